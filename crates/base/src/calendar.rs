//! Working calendars: how long a limit lasts in clock or working time.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// A length of time by which something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case", deny_unknown_fields)]
pub enum Span {
    /// Minutes by the clock, day and night.
    Clock {
        /// Minutes.
        minutes: u32,
    },
    /// Minutes of working time (工作时).
    Working {
        /// Minutes.
        minutes: u32,
    },
    /// Whole working days (工作日): due at the end of the n-th working day after the start.
    WorkingDays {
        /// Days.
        days: u32,
    },
}

/// When the working day runs, in minutes after local midnight; `open < close ≤ 1440`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkHours {
    /// Minute the day begins.
    pub open: u16,
    /// Minute the day ends.
    pub close: u16,
}

/// Working days and hours of a city.
///
/// A day is a working day when it is in `make_up_days`, or when its weekday is
/// Monday to Friday and it is not in `holidays`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawCalendar", into = "RawCalendar")]
pub struct WorkCalendar {
    zone_name: String,
    zone: TimeZone,
    hours: WorkHours,
    holidays: BTreeSet<Date>,
    make_up_days: BTreeSet<Date>,
}

/// Why a calendar cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not a name of the IANA time zone database.
    #[error("time zone is a name such as Asia/Shanghai, found {0:?}")]
    Zone(String),
    /// Hours that do not make a day.
    #[error(
        "working hours open before they close, within 0 to 1440 minutes; found {open} to {close}"
    )]
    Hours {
        /// Minute given as opening.
        open: u16,
        /// Minute given as closing.
        close: u16,
    },
    /// One date both free and worked.
    #[error("{0} is given both as a holiday and as a make-up workday")]
    Both(Date),
    /// The limit ends outside the years a date can name, or never.
    #[error("the limit ends beyond any date that can be named")]
    Beyond,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCalendar {
    zone: String,
    hours: WorkHours,
    #[serde(default)]
    holidays: BTreeSet<Date>,
    #[serde(default)]
    make_up_days: BTreeSet<Date>,
}

impl TryFrom<RawCalendar> for WorkCalendar {
    type Error = CalendarError;

    fn try_from(raw: RawCalendar) -> Result<Self, CalendarError> {
        WorkCalendar::new(&raw.zone, raw.hours, raw.holidays, raw.make_up_days)
    }
}

impl From<WorkCalendar> for RawCalendar {
    fn from(calendar: WorkCalendar) -> Self {
        Self {
            zone: calendar.zone_name,
            hours: calendar.hours,
            holidays: calendar.holidays,
            make_up_days: calendar.make_up_days,
        }
    }
}

/// More days than this without finding the working time asked for means there is none.
const SEARCH_DAYS: u32 = 40_000;

impl WorkCalendar {
    /// A calendar for an IANA time zone.
    ///
    /// # Errors
    /// When the zone is unknown, the hours do not make a day, or a date is
    /// both a holiday and a make-up workday.
    pub fn new(
        zone: &str,
        hours: WorkHours,
        holidays: BTreeSet<Date>,
        make_up_days: BTreeSet<Date>,
    ) -> Result<Self, CalendarError> {
        let tz = TimeZone::get(zone).map_err(|_| CalendarError::Zone(zone.to_owned()))?;
        if hours.open >= hours.close || hours.close > 1440 {
            return Err(CalendarError::Hours {
                open: hours.open,
                close: hours.close,
            });
        }
        if let Some(date) = holidays.intersection(&make_up_days).next() {
            return Err(CalendarError::Both(*date));
        }
        Ok(Self {
            zone_name: zone.to_owned(),
            zone: tz,
            hours,
            holidays,
            make_up_days,
        })
    }

    /// The zone in which days begin and end.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether people work on this date.
    pub fn is_working_day(&self, date: Date) -> bool {
        if self.make_up_days.contains(&date) {
            return true;
        }
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self.holidays.contains(&date)
    }

    /// When a limit that begins at `from` ends.
    ///
    /// Working minutes count only inside the hours of working days. Working
    /// days: the day of the start does not count; the limit ends when the n-th
    /// working day after it closes (for 0 days: when the next or current
    /// working day closes).
    ///
    /// # Errors
    /// [`CalendarError::Beyond`] when no date can be named.
    pub fn due(&self, from: Timestamp, span: Span) -> Result<Timestamp, CalendarError> {
        match span {
            Span::Clock { minutes } => from
                .checked_add(SignedDuration::from_mins(i64::from(minutes)))
                .map_err(|_| CalendarError::Beyond),
            Span::Working { minutes } => self.after_working_minutes(from, minutes),
            Span::WorkingDays { days } => self.after_working_days(from, days),
        }
    }

    fn after_working_minutes(
        &self,
        from: Timestamp,
        minutes: u32,
    ) -> Result<Timestamp, CalendarError> {
        let mut left = SignedDuration::from_mins(i64::from(minutes));
        let mut date = from.to_zoned(self.zone.clone()).date();
        for _ in 0..SEARCH_DAYS {
            if self.is_working_day(date) {
                let (opens, closes) = (
                    self.at(date, self.hours.open)?,
                    self.at(date, self.hours.close)?,
                );
                let begin = from.max(opens);
                if begin < closes {
                    let room = closes.duration_since(begin);
                    if left <= room {
                        return begin.checked_add(left).map_err(|_| CalendarError::Beyond);
                    }
                    left -= room;
                }
            }
            date = date
                .checked_add(1.day())
                .map_err(|_| CalendarError::Beyond)?;
        }
        Err(CalendarError::Beyond)
    }

    fn after_working_days(&self, from: Timestamp, days: u32) -> Result<Timestamp, CalendarError> {
        let start = from.to_zoned(self.zone.clone()).date();
        let mut left = days;
        let mut date = start;
        if days == 0 && self.is_working_day(start) {
            let closes = self.at(start, self.hours.close)?;
            if from <= closes {
                return Ok(closes);
            }
        }
        for _ in 0..SEARCH_DAYS {
            date = date
                .checked_add(1.day())
                .map_err(|_| CalendarError::Beyond)?;
            if self.is_working_day(date) {
                left = left.saturating_sub(1);
                if left == 0 {
                    return self.at(date, self.hours.close);
                }
            }
        }
        Err(CalendarError::Beyond)
    }

    /// The instant of a minute of a local day; 1440 is the next midnight.
    fn at(&self, date: Date, minute: u16) -> Result<Timestamp, CalendarError> {
        let midnight = DateTime::from_parts(date, Time::midnight());
        midnight
            .checked_add(i64::from(minute).minutes())
            .and_then(|local| local.to_zoned(self.zone.clone()))
            .map(|zoned| zoned.timestamp())
            .map_err(|_| CalendarError::Beyond)
    }
}
