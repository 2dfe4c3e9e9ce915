//! Rules (规则): what of a city's readings is out of the ordinary.
//!
//! **Words:** a [`Rule`] has *conditions*, each a *measure* of one stream with
//! *levels*; what a rule finds is a [`Finding`], when it begins, changes its
//! colour and ends. A [`Plan`] is rules made ready; an [`Engine`] follows it.
//!
//! **Invariants**
//! - A stream's readings are judged in the order of their times; what is older
//!   than what was judged is counted and left.
//! - A stream that no rule with a memory is for takes about sixty bytes and
//!   sixteen more for each condition. Judging a reading takes no memory unless
//!   something is found.

mod check;
mod definition;
mod engine;
mod finding;
mod grades;
mod joint;
mod joints;
mod memory;
mod near;
mod order;
mod plan;
mod preview;
mod reach;
mod routine;
mod shard;
mod state;
mod stream;
mod tree;
mod window;

pub use definition::{
    Condition, Escalation, Expr, Joint, Level, Measure, Near, Per, Rule, Scope, Side, When,
};
pub use engine::Engine;
pub use finding::{Finding, Ground, MAX_STREAMS};
pub use joints::{Joints, TogetherState};
pub use plan::Plan;
pub use preview::{Episode, Preview};
pub use routine::Routine;
pub use shard::{Change, Counts, Output, Shard};
pub use state::{Part, Snapshot, StreamState};
pub use stream::Stream;
