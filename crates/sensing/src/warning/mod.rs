//! Public warnings (预警): what the public is told, by whom, until when.
//!
//! **Words:** a warning is *drafted*, above yellow *approved* by a named person
//! who did not draft it, *issued*, *updated*, *cancelled*, or *expires*. Each
//! issue, update and cancellation is a *message* with an identifier of its own,
//! which refers to those before. A *table* says from which amount on which
//! colour is due.
//!
//! **Invariants**
//! - [`decide()`] and [`Sheet::take`](crate::docket::Sheet::take) are pure.
//! - Whether a warning is actual, an exercise or a test is said when it is drafted
//!   and never changes. What is published takes [`Actual`], which only an actual
//!   warning that was issued can become.

mod decide;
mod event;
mod state;
mod table;

pub use decide::{Context, Sender, WarningCommand, decide, possible};
pub use event::{Content, MessageKind, Status, WarningEvent};
pub use state::{Actual, Message, Stage, Warning, WarningAction};
pub use table::{Due, Table};
