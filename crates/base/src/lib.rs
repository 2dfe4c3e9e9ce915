//! Words everyone shares.
//!
//! **For:** the ids, times, working calendars, places, localized texts and the
//! [`Refusal`] that every room speaks.
//!
//! **Invariants**
//! - Nothing here reads a clock, a disk, the network or a random source.
//! - Personal data is wrapped in [`Personal`]: it does not print and it does
//!   not serialize; it leaves only through [`Personal::disclose`] with a named
//!   [`Purpose`].

mod calendar;
mod calendar_year;
mod cell;
mod colour;
pub mod field;
mod grid_code;
mod ids;
mod personal;
mod place;
mod refusal;
mod text;
mod time;
mod work_hours;

pub use calendar::{CalendarError, CalendarParts, Due, Span, UnlistedYears, WorkCalendar};
pub use calendar_year::{CalendarYear, CalendarYearError, Holiday};
pub use cell::{CELL_ZOOM, CellBox, Share, cell, cells_of_tile, point_of_cell};
pub use colour::Colour;
pub use grid_code::{ComponentCode, GridCode};
pub use ids::{
    AreaCode, CaseId, CategoryCode, FormulaCode, IdError, RuleCode, ScenarioCode, StudyCode,
    UnitCode, UserName,
};
pub use personal::{Personal, Purpose};
pub use place::{PlaceError, Point};
pub use refusal::{Refusal, RefusalKind};
pub use text::{Lang, LocalText};
pub use time::{from_millis, to_millis, truncate_millis};
pub use work_hours::{Day, WorkHours};

pub use jiff::Timestamp;
