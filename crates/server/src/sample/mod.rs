//! The sample city (示例城市): an invented city with two years of requests, so
//! that every page shows something true of it.
//!
//! **For:** a first look, tests of scale, and screenshots that are nobody's.
//!
//! **Words:** the *land* is the ground with streets, blocks and areas; a
//! *matter* is a category with all that makes its requests; a *spot* is where
//! one comes up; a *journey* is what becomes of a request until now.
//!
//! **Invariants**
//! - The same seed, size, number of requests and time give the same city and
//!   the same changes, byte for byte; nothing here reads a clock. Passwords are
//!   the exception: they come from the system's random source.
//! - Histories are made by the cases room's own decisions at past times. A
//!   refusal on the way is a bug and ends the filling.
//! - Nobody and nothing in it exists: names are put together, telephone numbers
//!   are given out by no network, and the map lies on open grassland.

mod accounts;
mod arrivals;
mod calendar;
mod city;
mod detours;
mod dice;
mod fill;
mod handling;
mod journey;
mod land;
mod matter;
mod name;
mod people;
mod phrase;
mod phrases;
mod pictures;
mod requests;
mod rosters;
mod sayings;
mod scenarios;
mod season;
mod sensors;
mod shift;
mod spot;
mod staff;
mod together;
mod unit;
mod weather;
mod whistles;
mod words;

pub use accounts::{SignIn, table};
pub use city::{Plan, SampleCity, Size};
pub use fill::{BY as FILLED_BY, FillError, Filled, Filling, SIGN_IN_FILE, UNFINISHED};
pub use requests::Requests;
pub(crate) use sayings::Sayings;
pub(crate) use whistles::blow;

/// The city's name, Chinese and English.
pub(crate) const CITY: (&str, &str) = ("云陵市", "Yunling");

/// A data file of the sample city cannot be read: a mistake in the program.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {source}")]
pub struct DataError {
    file: &'static str,
    source: serde_json::Error,
}

impl DataError {
    pub(crate) fn new(file: &'static str, source: serde_json::Error) -> Self {
        Self { file, source }
    }
}

/// Why a sample city cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A data file is broken.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A code is broken.
    #[error(transparent)]
    Code(#[from] yiwang_base::IdError),
    /// The calendar is broken.
    #[error(transparent)]
    Calendar(#[from] yiwang_base::CalendarError),
    /// A year of the calendar is broken.
    #[error("a year of the calendar: {} ({:?})", .0.message.en, .0.found)]
    Year(yiwang_base::Refusal),
    /// The record could not be written.
    #[error(transparent)]
    Store(#[from] yiwang_cases::StoreError),
    /// There is no place where such a thing comes up.
    #[error("the city has no place for {0}")]
    NoPlace(yiwang_base::CategoryCode),
    /// A step of a history was refused.
    #[error("a step of an invented history was refused: {} ({})", .0.message.en, .0.code)]
    Refused(yiwang_base::Refusal),
}
