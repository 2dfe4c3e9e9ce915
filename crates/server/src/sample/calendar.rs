//! Public holidays of mainland China and the days worked instead, for the years
//! in `data/holidays.json`. For other years nothing is known, and their working
//! days are Monday to Friday.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;
use yiwang_base::{WorkCalendar, WorkHours};

use super::DataError;

/// The zone of the sample city.
pub(crate) const ZONE: &str = "Asia/Shanghai";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "source")]
    _source: String,
    years: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    #[serde(rename = "year")]
    _year: i16,
    #[serde(rename = "notice")]
    _notice: String,
    /// First and last day of each holiday.
    off: Vec<(Date, Date)>,
    make_up: Vec<Date>,
}

/// Days off, and days worked instead.
pub(crate) struct Holidays {
    pub(crate) off: BTreeSet<Date>,
    pub(crate) make_up: BTreeSet<Date>,
}

impl Holidays {
    pub(crate) fn read() -> Result<Holidays, DataError> {
        let file: File = serde_json::from_str(include_str!("data/holidays.json"))
            .map_err(|source| DataError::new("holidays.json", source))?;
        let mut holidays = Holidays {
            off: BTreeSet::new(),
            make_up: BTreeSet::new(),
        };
        for year in file.years {
            for (first, last) in year.off {
                let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
                holidays.off.extend(days.take_while(|day| *day <= last));
            }
            holidays.make_up.extend(year.make_up);
        }
        Ok(holidays)
    }

    /// The working calendar: 9 to 17:30.
    pub(crate) fn calendar(&self) -> Result<WorkCalendar, yiwang_base::CalendarError> {
        let hours = WorkHours {
            open: 9 * 60,
            close: 17 * 60 + 30,
        };
        WorkCalendar::new(ZONE, hours, self.off.clone(), self.make_up.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Days off and days worked instead, counted by hand from the notices.
    #[test]
    fn each_year_has_the_days_of_its_notice() {
        let holidays = Holidays::read().unwrap();
        for (year, off, worked) in [
            (2024, 1 + 8 + 3 + 5 + 1 + 3 + 7, 8),
            (2025, 1 + 8 + 3 + 5 + 3 + 8, 5),
            (2026, 3 + 9 + 3 + 5 + 3 + 3 + 7, 6),
        ] {
            let in_year = |days: &BTreeSet<Date>| days.iter().filter(|d| d.year() == year).count();
            assert_eq!(
                (in_year(&holidays.off), in_year(&holidays.make_up)),
                (off, worked),
                "{year}"
            );
        }
        let calendar = holidays.calendar().unwrap();
        for (day, works) in [
            (date(2024, 2, 9), true),
            (date(2024, 2, 18), true),
            (date(2025, 10, 8), false),
            (date(2025, 10, 11), true),
            (date(2026, 1, 2), false),
            (date(2026, 2, 28), true),
            (date(2026, 9, 20), true),
            (date(2026, 11, 24), true),
        ] {
            assert_eq!(calendar.is_working_day(day), works, "{day}");
        }
    }
}
