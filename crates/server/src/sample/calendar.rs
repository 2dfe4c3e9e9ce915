//! The sample city's working calendar: mainland China's published years, and
//! Monday to Friday in all others, as this city has declared for itself.

use std::collections::BTreeSet;

use jiff::civil::Date;
use yiwang_base::{CalendarYear, Refusal, WorkCalendar, WorkHours};

use crate::calendars::mainland_china;

/// The zone of the sample city.
pub(crate) const ZONE: &str = "Asia/Shanghai";

/// The years it holds, and their days off.
pub(crate) struct Holidays {
    pub(crate) years: Vec<CalendarYear>,
    pub(crate) off: BTreeSet<Date>,
}

impl Holidays {
    pub(crate) fn read() -> Result<Holidays, Refusal> {
        let years = mainland_china()?;
        let off = years.iter().flat_map(CalendarYear::off).copied();
        Ok(Holidays {
            off: off.collect(),
            years,
        })
    }

    /// The working calendar: 9 to 17:30.
    pub(crate) fn calendar(&self) -> Result<WorkCalendar, yiwang_base::CalendarError> {
        let hours = WorkHours {
            open: 9 * 60,
            close: 17 * 60 + 30,
        };
        let calendar = WorkCalendar::new(ZONE, hours, BTreeSet::new(), BTreeSet::new())?;
        Ok(calendar.with_years(self.years.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn its_days_are_those_of_the_notices_and_the_plain_week_elsewhere() {
        let calendar = Holidays::read().unwrap().calendar().unwrap();
        for (day, works) in [
            (date(2024, 2, 9), true),
            (date(2024, 2, 18), true),
            (date(2025, 10, 8), false),
            (date(2025, 10, 11), true),
            (date(2026, 1, 2), false),
            (date(2026, 2, 28), true),
            (date(2026, 9, 20), true),
            (date(2026, 11, 24), true),
            (date(2031, 10, 1), true),
            (date(2031, 10, 4), false),
        ] {
            assert_eq!(calendar.is_working_day(day), works, "{day}");
        }
    }
}
