//! Honest figures: rates (响应率、解决率、满意率……) that open to the cases behind them.
//!
//! **For:** counting what became of cases, by formulas that are data with a
//! version, so that any figure can be counted again and argued about.
//!
//! **Words:** a *turn* (一次办理) is what one unit did with a case between two
//! dispatches; a case has at least one, and its last is the case as it stands.
//! A *formula* (公式) says which turns are looked at, which of them are left out
//! and why, and which of the rest count as met. A few formulas are about the
//! *calls* of units by whistles (吹哨) instead of turns. A *board* (看板) is one formula's
//! figures, by unit, area, category, channel or period.
//!
//! **Invariants**
//! - Every turn or call that a question is about is either counted or left out, and it
//!   is left out for exactly one reason: the first that applies.
//! - Turns and calls follow from events alone; replaying gives the same.
//! - A version of a formula never changes; a new one gets a new number.
//! - Figures count whole seconds; whether a limit was kept is told to the
//!   millisecond, before the times are rounded down.

mod board;
mod condition;
mod countable;
mod defaults;
mod first_hands;
mod formula;
mod interval;
mod mask;
mod memory;
mod moment;
mod period;
mod port;
mod question;
mod scope;
mod spread;
mod turn;
mod whistled;

pub use board::{Board, Figure, Gathered, Rank, Tally, ranks};
pub use condition::{Condition, Conditions};
pub use countable::Countable;
pub use defaults::{default_formula, default_formulas};
pub use first_hands::{FirstHands, Steps};
pub use formula::{
    Better, Clause, Counted, Dated, Exclusion, Formula, FormulaKey, MAX_EXCLUSIONS, Measured,
    Verdict,
};
pub use interval::{Interval, wilson};
pub use mask::{ClauseMask, FormulaMask};
pub use memory::{answer, behind};
pub use moment::Moment;
pub use period::{Every, MAX_PERIODS, periods};
pub use port::{Behind, BehindPage, BehindStart, FigureStore, Part, Progress};
pub use question::{FigureFilter, FigureQuestion, GroupBy, GroupKey};
pub use scope::Scope;
pub use spread::Spread;
pub use turn::{Ending, Turn, TurnId, turns};
pub use whistled::{CallId, Whistled};
