//! Sensing (感知): from a million readings to the few alerts that matter.
//!
//! **For:** what the city's devices say, what of it is out of the ordinary, and
//! what becomes of that: an alert that somebody holds, a public warning.
//!
//! **Words:** a *thing* (物) carries *datastreams* (数据流); a *reading* (读数)
//! is one result of a datastream at one time; a *rule* or a *detector* judges
//! readings; an *alert* (告警) is what was found and who holds it; a *warning*
//! (预警) is what the public is told.
//!
//! **Invariants**
//! - Everything here is pure and streaming: the same readings with the same
//!   rules give the same alerts, whatever the clock on the wall says, and the
//!   state of a stream does not grow with the number of its readings.
//! - Time is event time: when something was observed, not when it arrived.
//! - Acknowledged is not cleared; what was raised is never forgotten.

pub mod alert;
mod check;
pub mod detect;
pub mod device;
pub mod docket;
mod reading;
pub mod registry;
pub mod rule;
pub mod warning;

pub use reading::{Reading, StreamId};
