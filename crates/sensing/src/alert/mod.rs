//! Alerts (告警): what was found, and who holds it.
//!
//! **Words:** an alert is *raised*; somebody *acknowledges* it and is its
//! *holder*; it is *handled* when the holder says what was done; it is *cleared*
//! when nothing of it is found any more. It is *silenced* until a time,
//! *inhibited* by a graver one nearby, *escalated* by the clock. When readings that it
//! rests on are put right, it is *judged again*, which tells and ends nothing.
//!
//! **Invariants**
//! - Acknowledged is not cleared, and cleared is not handled: an alert is over
//!   when it is both handled and cleared, and not before. None is deleted.
//! - Silence and inhibition keep an alert quiet; they neither end it nor stop
//!   the clock of a red one.
//! - [`decide()`] and [`Sheet::take`](crate::docket::Sheet::take) are pure, and
//!   replaying the steps gives the alert.

mod again;
mod command;
mod decide;
mod event;
mod group;
mod state;

pub use again::{Beginning, Readings, Times, Unclear, Verdict, beginnings, judge_again, together};
pub use command::{AlertCommand, Context};
pub use decide::{decide, possible};
pub use event::{AlertEvent, AmendedReading, Found, Outcome};
pub use group::{Spot, belongs, inhibitor};
pub use state::{Again, Alert, AlertAction, Handling};

/// Most readings that one step of an alert names.
pub const MOST_AMENDED: usize = 32;
