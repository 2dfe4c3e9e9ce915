//! When people work: what would be done at night is done in the morning.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use yiwang_base::{Timestamp, WorkCalendar};

use super::arrivals::later;
use super::dice::Dice;

/// The working times of a city.
pub(crate) struct Shift<'a> {
    calendar: &'a WorkCalendar,
}

/// Minutes of the day between which people telephone residents.
const DAYTIME: (i32, i32) = (8 * 60, 21 * 60);
/// Minutes of the day between which offices work.
const OFFICE: (i32, i32) = (9 * 60, 17 * 60 + 30);

impl<'a> Shift<'a> {
    pub(crate) fn new(calendar: &'a WorkCalendar) -> Self {
        Self { calendar }
    }

    fn zone(&self) -> TimeZone {
        self.calendar.zone().clone()
    }

    /// The hour of the day.
    pub(crate) fn hour(&self, at: Timestamp) -> i8 {
        at.to_zoned(self.zone()).hour()
    }

    /// The same time by day, or the next morning.
    pub(crate) fn by_day(&self, at: Timestamp, dice: &mut Dice) -> Timestamp {
        self.next(at, DAYTIME, |_| true, dice)
    }

    /// The same time in working hours, or the morning of the next working day.
    pub(crate) fn at_work(&self, at: Timestamp, dice: &mut Dice) -> Timestamp {
        self.next(at, OFFICE, |date| self.calendar.is_working_day(date), dice)
    }

    fn next(
        &self,
        at: Timestamp,
        (open, close): (i32, i32),
        works: impl Fn(Date) -> bool,
        dice: &mut Dice,
    ) -> Timestamp {
        let local = at.to_zoned(self.zone());
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let mut date = local.date();
        if works(date) && (open..close).contains(&minute) {
            return at;
        }
        if works(date) && minute < open {
            return later(at, f64::from(open - minute) + dice.between(0.0, 100.0));
        }
        // No holiday lasts longer than this.
        for _ in 0..30 {
            let Ok(next) = date.tomorrow() else {
                return at;
            };
            date = next;
            if works(date) {
                break;
            }
        }
        date.to_zoned(self.zone()).map_or(at, |midnight| {
            later(
                midnight.timestamp(),
                f64::from(open) + dice.between(0.0, 100.0),
            )
        })
    }
}
