//! One year of a working calendar, as an authority published it.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::LocalText;

/// A holiday (节假日): its days, first and last included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Its name.
    pub name: LocalText,
    /// First day without work.
    pub from: Date,
    /// Last day without work.
    pub to: Date,
}

/// The holidays and make-up workdays (节假日和调休) of one year, with the notice
/// that published them.
///
/// Its days lie in the year or in the December before: a notice for a year may
/// move a working day to the last weekend of the old one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawYear", into = "RawYear")]
pub struct CalendarYear {
    year: i16,
    source: String,
    holidays: Vec<Holiday>,
    make_up_days: BTreeSet<Date>,
    off: BTreeSet<Date>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawYear {
    year: i16,
    source: String,
    holidays: Vec<Holiday>,
    #[serde(default)]
    make_up_days: BTreeSet<Date>,
}

/// Why a year cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarYearError {
    /// Not a year that dates can name on both sides.
    #[error("a year is 1900 to 9000, found {0}")]
    Year(i16),
    /// It does not say who published it.
    #[error("source names the notice that published the year, in 1 to 300 characters")]
    Source,
    /// A file without holidays is taken for one that was not filled in yet.
    #[error("the year has no holidays: it looks as if it was not published yet")]
    NoHolidays,
    /// The last day comes before the first, or long after it.
    #[error("a holiday lasts 1 to 31 days, found {from} to {to}")]
    Length {
        /// First day given.
        from: Date,
        /// Last day given.
        to: Date,
    },
    /// A day of another year.
    #[error("{day} is neither in {year} nor in the December before")]
    Elsewhere {
        /// The day.
        day: Date,
        /// The year it was given for.
        year: i16,
    },
    /// One day both free and worked.
    #[error("{0} is given both as a holiday and as a make-up workday")]
    Both(Date),
}

/// Longest holiday, days.
const LONGEST: usize = 31;

impl CalendarYear {
    /// A year of holidays and make-up workdays.
    ///
    /// # Errors
    /// [`CalendarYearError`].
    pub fn new(
        year: i16,
        source: &str,
        holidays: Vec<Holiday>,
        make_up_days: BTreeSet<Date>,
    ) -> Result<Self, CalendarYearError> {
        if !(1900..=9000).contains(&year) {
            return Err(CalendarYearError::Year(year));
        }
        let source = source.trim();
        if !(1..=300).contains(&source.chars().count()) || source.chars().any(char::is_control) {
            return Err(CalendarYearError::Source);
        }
        if holidays.is_empty() {
            return Err(CalendarYearError::NoHolidays);
        }
        let mut off = BTreeSet::new();
        for &Holiday { from, to, .. } in &holidays {
            let days = std::iter::successors(Some(from), |day| day.tomorrow().ok());
            let days: Vec<Date> = days
                .take_while(|day| *day <= to)
                .take(LONGEST + 1)
                .collect();
            if !(1..=LONGEST).contains(&days.len()) {
                return Err(CalendarYearError::Length { from, to });
            }
            off.extend(days);
        }
        let range = date(year - 1, 12, 1)..=date(year, 12, 31);
        if let Some(day) = off
            .iter()
            .chain(&make_up_days)
            .find(|d| !range.contains(*d))
        {
            return Err(CalendarYearError::Elsewhere { day: *day, year });
        }
        if let Some(day) = off.intersection(&make_up_days).next() {
            return Err(CalendarYearError::Both(*day));
        }
        Ok(Self {
            year,
            source: source.to_owned(),
            holidays,
            make_up_days,
            off,
        })
    }

    /// Which year.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// The notice that published it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The holidays, as published.
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }

    /// Days worked although they are of a weekend.
    pub fn make_up_days(&self) -> &BTreeSet<Date> {
        &self.make_up_days
    }

    /// All days of the holidays.
    pub fn off(&self) -> &BTreeSet<Date> {
        &self.off
    }

    /// What the notice says of a day: worked, free, or nothing.
    pub fn says(&self, day: Date) -> Option<bool> {
        if self.make_up_days.contains(&day) {
            Some(true)
        } else {
            self.off.contains(&day).then_some(false)
        }
    }
}

impl TryFrom<RawYear> for CalendarYear {
    type Error = CalendarYearError;

    fn try_from(raw: RawYear) -> Result<Self, CalendarYearError> {
        CalendarYear::new(raw.year, &raw.source, raw.holidays, raw.make_up_days)
    }
}

impl From<CalendarYear> for RawYear {
    fn from(year: CalendarYear) -> Self {
        Self {
            year: year.year,
            source: year.source,
            holidays: year.holidays,
            make_up_days: year.make_up_days,
        }
    }
}
