//! Whistles (吹哨): those near the residents call departments, who must check
//! in (报到) by their deadlines.
//!
//! **Words:** whoever *blows* is the *caller*: a street or a community, by its
//! right to call (呼叫权), or the desk. Each *call* asks one unit to come; the
//! unit *checks in*, or *refuses* and says who is responsible. A *campaign*
//! whistle has *milestones* (节点). The caller *confirms* the work, *scores*
//! each unit (考评权) and *closes* the whistle (销哨).
//!
//! **Invariants**
//! - [`decide_whistle`] and [`Whistle::apply`] are pure, and replaying a
//!   whistle's events gives the whistle.
//! - No call is ever forgotten: a unit that is called again after it refused has
//!   two calls, and one that never came is absent for good.
//! - What is asked, and who came where, is sealed beside the events.

mod blow;
mod command;
mod count;
mod decide;
mod event;
mod memory;
mod port;
mod sealed;
mod service;
mod state;
mod word;

pub use command::{
    About, Blow, CallUnit, CheckIn, PlannedMilestone, RefuseCall, ScoreUnit, WhistleCommand,
};
pub use count::CheckIns;
pub use decide::{decide_whistle, possible_whistle};
pub use event::{Called, Planned, WhistleEvent, WhistleHappening};
pub use memory::MemoryWhistles;
pub use port::{
    CallFilter, WhistleAppended, WhistleChange, WhistleFilter, WhistlePage, WhistleRecorded,
    WhistleStart, WhistleStore,
};
pub use sealed::{Presence, WhistleSealed, WhistleWords};
pub use service::{WhistleAsked, execute_whistle};
pub use state::{Attendance, Call, CallRefusal, Milestone, Whistle, WhistleReplayError};
pub use word::{WhistleAction, WhistleId, WhistleKind, WhistleLimits, WhistleStage};
