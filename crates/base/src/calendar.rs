//! Working calendars: how long a limit lasts in clock or working time.

mod measure;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::CalendarYear;
use crate::work_hours::{Day, WorkHours, normalized, without};

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

/// What holds in a year that the calendar has no [`CalendarYear`] of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnlistedYears {
    /// The plain week: a city without a yearly notice of holidays.
    #[default]
    PlainWeek,
    /// Nothing is known: a limit in working time that reaches into such a year
    /// is refused, not guessed.
    Refuse,
}

impl UnlistedYears {
    /// Both of them.
    pub const ALL: [UnlistedYears; 2] = [UnlistedYears::PlainWeek, UnlistedYears::Refuse];
}

/// All that a [`WorkCalendar`] is made of, for reading, writing and changing it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarParts {
    /// IANA time zone.
    pub zone: String,
    /// When a working day runs.
    pub hours: WorkHours,
    /// Breaks in it, such as at noon (午休).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<WorkHours>,
    /// Weekdays that differ from `hours` and `breaks`; without any hours, nobody
    /// works on that weekday. Unless it is named here, Saturday and Sunday are free.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weekdays: BTreeMap<Day, Vec<WorkHours>>,
    /// The city's own free days, before what any year says.
    #[serde(default)]
    pub holidays: BTreeSet<Date>,
    /// The city's own worked days, before what any year says.
    #[serde(default)]
    pub make_up_days: BTreeSet<Date>,
    /// What holds in a year that is not in `years`.
    #[serde(default, skip_serializing_if = "is_plain")]
    pub unlisted_years: UnlistedYears,
    /// Years as published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<CalendarYear>,
}

fn is_plain(unlisted: &UnlistedYears) -> bool {
    *unlisted == UnlistedYears::PlainWeek
}

/// Working days and hours of a city.
///
/// Whether people work on a day is said by the first of these that says it: the
/// city's own days, the published year, the week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "CalendarParts", into = "CalendarParts")]
pub struct WorkCalendar {
    parts: CalendarParts,
    zone: TimeZone,
    /// Hours of a usual working day, breaks taken out.
    usual: Vec<WorkHours>,
    /// Hours of each weekday from Monday; none on a free one.
    week: [Vec<WorkHours>; 7],
    years: BTreeMap<i16, CalendarYear>,
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
    /// Hours of one day overlap.
    #[error("hours of one day do not overlap; those from minute {0} do")]
    Overlap(u16),
    /// Breaks leave nothing of the day.
    #[error("the breaks leave nothing of the working day")]
    NoHours,
    /// One date both free and worked.
    #[error("{0} is given both as a holiday and as a make-up workday")]
    Both(Date),
    /// One year given twice.
    #[error("the year {0} is given twice")]
    TwoOfAYear(i16),
    /// The limit reaches into a year of which nothing is known.
    #[error("the calendar does not hold the year {0}, into which the limit reaches")]
    YearMissing(i16),
    /// The limit ends outside the years a date can name, or never.
    #[error("the limit ends beyond any date that can be named")]
    Beyond,
}

/// When a limit ends, where perhaps not all of its days are known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// The first year on the way that the calendar does not hold: its days were
    /// counted by the plain week, and the end is provisional.
    pub missing: Option<i16>,
}

/// More days than this without finding the working time asked for means there is none.
const SEARCH_DAYS: u32 = 40_000;

impl TryFrom<CalendarParts> for WorkCalendar {
    type Error = CalendarError;

    fn try_from(mut parts: CalendarParts) -> Result<Self, CalendarError> {
        let zone =
            TimeZone::get(&parts.zone).map_err(|_| CalendarError::Zone(parts.zone.clone()))?;
        let breaks = normalized(&parts.breaks)?;
        let usual = without(&normalized(&[parts.hours])?, &breaks);
        if usual.is_empty() {
            return Err(CalendarError::NoHours);
        }
        let mut week = std::array::from_fn(|day| if day < 5 { usual.clone() } else { Vec::new() });
        for (day, hours) in &parts.weekdays {
            week[day.number()] = normalized(hours)?;
        }
        if let Some(date) = parts.holidays.intersection(&parts.make_up_days).next() {
            return Err(CalendarError::Both(*date));
        }
        let mut years = BTreeMap::new();
        for year in std::mem::take(&mut parts.years) {
            if let Some(twice) = years.insert(year.year(), year) {
                return Err(CalendarError::TwoOfAYear(twice.year()));
            }
        }
        Ok(Self {
            parts,
            zone,
            usual,
            week,
            years,
        })
    }
}

impl From<WorkCalendar> for CalendarParts {
    fn from(calendar: WorkCalendar) -> Self {
        Self {
            years: calendar.years.into_values().collect(),
            ..calendar.parts
        }
    }
}

impl WorkCalendar {
    /// A calendar for an IANA time zone: Monday to Friday, and no year held.
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
        CalendarParts {
            zone: zone.to_owned(),
            hours,
            breaks: Vec::new(),
            weekdays: BTreeMap::new(),
            holidays,
            make_up_days,
            unlisted_years: UnlistedYears::PlainWeek,
            years: Vec::new(),
        }
        .try_into()
    }

    /// The same with these years as published, in place of those it held.
    #[must_use]
    pub fn with_years(mut self, years: impl IntoIterator<Item = CalendarYear>) -> Self {
        self.years = years.into_iter().map(|year| (year.year(), year)).collect();
        self
    }

    /// The same with another rule for years it does not hold.
    #[must_use]
    pub fn with_unlisted_years(mut self, unlisted: UnlistedYears) -> Self {
        self.parts.unlisted_years = unlisted;
        self
    }

    /// The zone in which days begin and end.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The years it holds, by number.
    pub fn years(&self) -> &BTreeMap<i16, CalendarYear> {
        &self.years
    }

    /// What holds in a year that it does not hold.
    pub fn unlisted_years(&self) -> UnlistedYears {
        self.parts.unlisted_years
    }

    /// Whether it is known if people work on this date.
    pub fn knows(&self, date: Date) -> bool {
        self.parts.unlisted_years == UnlistedYears::PlainWeek
            || self.years.contains_key(&date.year())
            || self.says(date).is_some()
    }

    /// The last date of the unbroken row of known days from `from` on; `None`
    /// where there is no end to it, `from`'s yesterday where it is not known itself.
    pub fn known_until(&self, from: Date) -> Option<Date> {
        if self.parts.unlisted_years == UnlistedYears::PlainWeek {
            return None;
        }
        let mut last = from.yesterday().ok()?;
        while self.years.contains_key(&last.tomorrow().ok()?.year()) {
            last = last.tomorrow().ok()?.last_of_year();
        }
        Some(last)
    }

    /// Whether people work on this date; by the plain week where it is not known.
    pub fn is_working_day(&self, date: Date) -> bool {
        !self.hours_of(date).is_empty()
    }

    /// What the city or a published year says of a date.
    fn says(&self, date: Date) -> Option<bool> {
        if self.parts.make_up_days.contains(&date) {
            return Some(true);
        }
        if self.parts.holidays.contains(&date) {
            return Some(false);
        }
        // The notice of the next year has the last word on December.
        let year = |number: i16| self.years.get(&number).and_then(|year| year.says(date));
        year(date.year().saturating_add(1)).or_else(|| year(date.year()))
    }

    /// The hours in which people work on this date.
    pub fn hours_of(&self, date: Date) -> &[WorkHours] {
        let of_weekday = &self.week[Day::from(date.weekday()).number()];
        match self.says(date) {
            Some(false) => &[],
            Some(true) if of_weekday.is_empty() => &self.usual,
            _ => of_weekday,
        }
    }

    /// When a limit that begins at `from` ends.
    ///
    /// Working minutes count only inside the hours of working days. Working
    /// days: the day of the start does not count; the limit ends when the n-th
    /// working day after it closes (for 0 days: when the next or current
    /// working day closes).
    ///
    /// # Errors
    /// [`CalendarError::YearMissing`] when it reaches into a year of which
    /// nothing is known, [`CalendarError::Beyond`] when no date can be named.
    pub fn due(&self, from: Timestamp, span: Span) -> Result<Timestamp, CalendarError> {
        let due = self.due_or_provisional(from, span)?;
        match due.missing {
            None => Ok(due.at),
            Some(year) => Err(CalendarError::YearMissing(year)),
        }
    }

    /// The same, where days of a year of which nothing is known are counted by
    /// the plain week: what comes out then is provisional, and says so.
    ///
    /// # Errors
    /// [`CalendarError::Beyond`] when no date can be named.
    pub fn due_or_provisional(&self, from: Timestamp, span: Span) -> Result<Due, CalendarError> {
        let mut missing = None;
        let at = match span {
            Span::Clock { minutes } => from
                .checked_add(SignedDuration::from_mins(i64::from(minutes)))
                .map_err(|_| CalendarError::Beyond)?,
            Span::Working { minutes } => self.after_working_minutes(from, minutes, &mut missing)?,
            Span::WorkingDays { days } => self.after_working_days(from, days, &mut missing)?,
        };
        Ok(Due { at, missing })
    }

    fn after_working_minutes(
        &self,
        from: Timestamp,
        minutes: u32,
        missing: &mut Option<i16>,
    ) -> Result<Timestamp, CalendarError> {
        let mut left = SignedDuration::from_mins(i64::from(minutes));
        let mut date = from.to_zoned(self.zone.clone()).date();
        for _ in 0..SEARCH_DAYS {
            self.look_at(date, missing);
            for hours in self.hours_of(date) {
                let (opens, closes) = (self.at(date, hours.open)?, self.at(date, hours.close)?);
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

    fn after_working_days(
        &self,
        from: Timestamp,
        days: u32,
        missing: &mut Option<i16>,
    ) -> Result<Timestamp, CalendarError> {
        let start = from.to_zoned(self.zone.clone()).date();
        let mut left = days;
        let mut date = start;
        if days == 0 {
            self.look_at(start, missing);
            if let Some(last) = self.hours_of(start).last() {
                let closes = self.at(start, last.close)?;
                if from <= closes {
                    return Ok(closes);
                }
            }
        }
        for _ in 0..SEARCH_DAYS {
            date = date
                .checked_add(1.day())
                .map_err(|_| CalendarError::Beyond)?;
            self.look_at(date, missing);
            if let Some(last) = self.hours_of(date).last() {
                left = left.saturating_sub(1);
                if left == 0 {
                    return self.at(date, last.close);
                }
            }
        }
        Err(CalendarError::Beyond)
    }

    /// Remembers the first year that is not known.
    fn look_at(&self, date: Date, missing: &mut Option<i16>) {
        if missing.is_none() && !self.knows(date) {
            *missing = Some(date.year());
        }
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

impl From<Weekday> for Day {
    fn from(weekday: Weekday) -> Day {
        Day::ALL[weekday.to_monday_zero_offset().unsigned_abs() as usize % 7]
    }
}
