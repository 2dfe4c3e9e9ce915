//! How much of a limit lies between two instants.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{CalendarError, SEARCH_DAYS, Span, WorkCalendar};

impl Span {
    /// How much it is, in its own measure: minutes or days.
    pub fn amount(self) -> u32 {
        match self {
            Span::Clock { minutes } | Span::Working { minutes } => minutes,
            Span::WorkingDays { days } => days,
        }
    }

    /// Another amount in the same measure.
    #[must_use]
    pub fn with_amount(self, amount: u32) -> Span {
        match self {
            Span::Clock { .. } => Span::Clock { minutes: amount },
            Span::Working { .. } => Span::Working { minutes: amount },
            Span::WorkingDays { .. } => Span::WorkingDays { days: amount },
        }
    }
}

impl WorkCalendar {
    /// How much lies from one instant to a later one, in the measure of `like`:
    /// [`due`](Self::due) from the first gives the second again, at most a
    /// minute later. Nothing where the second is not later. Days of a year that is
    /// not known count by the plain week.
    ///
    /// # Errors
    /// [`CalendarError::Beyond`] when the amount cannot be said in `u32`, or the
    /// days cannot be named.
    pub fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
        like: Span,
    ) -> Result<Span, CalendarError> {
        let amount = match like {
            _ if to <= from => 0,
            Span::Clock { .. } => whole_minutes(to.duration_since(from))?,
            Span::Working { .. } => whole_minutes(self.working_time(from, to)?)?,
            Span::WorkingDays { .. } => self.working_days(from, to)?,
        };
        Ok(like.with_amount(amount))
    }

    fn working_time(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<SignedDuration, CalendarError> {
        let mut date = local(from, &self.zone);
        let last = local(to, &self.zone);
        let mut sum = SignedDuration::ZERO;
        for _ in 0..SEARCH_DAYS {
            if date > last {
                return Ok(sum);
            }
            for hours in self.hours_of(date) {
                let begin = from.max(self.at(date, hours.open)?);
                let end = to.min(self.at(date, hours.close)?);
                if begin < end {
                    sum += end.duration_since(begin);
                }
            }
            date = date
                .checked_add(1.day())
                .map_err(|_| CalendarError::Beyond)?;
        }
        Err(CalendarError::Beyond)
    }

    /// Working days after the day of `from`, up to and with the day of `to`.
    fn working_days(&self, from: Timestamp, to: Timestamp) -> Result<u32, CalendarError> {
        let mut date = local(from, &self.zone);
        let last = local(to, &self.zone);
        let mut days = 0;
        for _ in 0..SEARCH_DAYS {
            if date >= last {
                return Ok(days);
            }
            date = date
                .checked_add(1.day())
                .map_err(|_| CalendarError::Beyond)?;
            days += u32::from(self.is_working_day(date));
        }
        Err(CalendarError::Beyond)
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> jiff::civil::Date {
    at.to_zoned(zone.clone()).date()
}

/// Begun minutes count whole: whoever has to act loses nothing.
fn whole_minutes(duration: SignedDuration) -> Result<u32, CalendarError> {
    let millis = duration.as_millis();
    u32::try_from((millis + 59_999) / 60_000).map_err(|_| CalendarError::Beyond)
}
