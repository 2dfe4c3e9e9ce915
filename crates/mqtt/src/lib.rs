//! MQTT 3.1.1: packets, topics, and what a broker remembers.
//!
//! **For:** taking messages from devices and giving them to subscribers, at
//! most once (QoS 0) or at least once (QoS 1).
//!
//! **Words:** a *topic* is what a message is published under; a *filter* is
//! what is subscribed to, `+` standing for one level and `#` for all that
//! follow; a *session* is what the broker remembers of a client; a *retained*
//! message is the last of its topic, given to whoever subscribes later.
//!
//! **Invariants**
//! - Nothing here reads a clock or a socket; the server has both.
//! - What waits for a client, and what is kept for an account and for all, is
//!   bounded in number and bytes; what no longer fits is dropped and counted by its cause.
//! - A session belongs to an account: nobody takes over another's by its name.
//! - A message under a topic that begins with `$` never matches a filter that
//!   begins with a wildcard.

mod broker;
mod dropped;
mod packet;
mod session;
mod topic;
mod tree;

pub use broker::{Broker, ClientName, Connected, Limits, Usage};
pub use dropped::{Cause, Dropped};
pub use packet::{Malformed, decode, encode};
pub use session::Message;
pub use topic::{covers, is_filter, is_topic, matches};
pub use tree::Tree;

pub use rumqttc::{
    ConnAck, Connect, ConnectReturnCode, LastWill, Login, Packet, PubAck, Publish, QoS, SubAck,
    Subscribe, SubscribeFilter, SubscribeReasonCode, UnsubAck, Unsubscribe,
};
