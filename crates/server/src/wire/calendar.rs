//! The working calendar.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::{CalendarParts, CalendarYear, Holiday, LocalText, UnlistedYears, WorkHours};

use super::{Time, UnlistedWord, Word};

/// The working calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarView {
    /// IANA time zone.
    pub zone: String,
    /// Hours of a working day.
    pub hours: HoursView,
    /// Breaks in them.
    pub breaks: Vec<HoursView>,
    /// Weekdays with other hours.
    pub weekdays: Vec<WeekdayView>,
    /// The city's own free days, before what any year says.
    pub holidays: Vec<String>,
    /// The city's own worked days, before what any year says.
    pub make_up_days: Vec<String>,
    /// What holds in a year that is not there.
    pub unlisted_years: UnlistedWord,
    /// The last day of which it is known whether it is worked; `null` without end.
    #[schema(required)]
    pub known_until: Option<String>,
    /// Years in the record.
    pub years: Vec<YearView>,
    /// Years that come with the program and are not in the record.
    pub available: Vec<YearBody>,
    /// Cases with a deadline that waits for a year.
    pub provisional: u64,
}

/// Hours of a day, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoursView {
    /// Minute they begin.
    #[schema(maximum = 1440)]
    pub open: u16,
    /// Minute they end.
    #[schema(maximum = 1440)]
    pub close: u16,
}

/// The hours of a weekday.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeekdayView {
    /// `mon` to `sun`.
    pub day: &'static str,
    /// Its hours; none when nobody works on it.
    pub hours: Vec<HoursView>,
}

/// A year in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearView {
    /// To be named in `If-Match` by whoever replaces it.
    pub version: u64,
    /// When it was set.
    pub set_at: Time,
    /// Who set it, as the record names them.
    pub set_by: String,
    /// The year.
    #[serde(flatten)]
    pub year: YearBody,
}

/// A year of holidays and make-up workdays, as published.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearBody {
    /// Which year.
    #[schema(minimum = 1900, maximum = 9000)]
    pub year: i16,
    /// The notice that published it.
    #[schema(min_length = 1, max_length = 300)]
    pub source: String,
    /// The holidays.
    #[schema(min_items = 1)]
    pub holidays: Vec<HolidayBody>,
    /// Days worked although they are of a weekend.
    #[schema(value_type = Vec<String>, format = Date)]
    pub make_up_days: Vec<jiff::civil::Date>,
}

/// A holiday.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayBody {
    /// Its name.
    pub name: NameBody,
    /// First day without work.
    #[schema(value_type = String, format = Date)]
    pub from: jiff::civil::Date,
    /// Last day without work.
    #[schema(value_type = String, format = Date)]
    pub to: jiff::civil::Date,
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameBody {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What an item of the city was set to, and by whom.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearHistory {
    /// Oldest first.
    pub versions: Vec<YearView>,
}

/// What setting a year did.
#[derive(Debug, Serialize, ToSchema)]
pub struct YearSet {
    /// Cases whose deadlines are the calendar's own now.
    pub settled: u64,
    /// Cases whose deadlines still wait for a year.
    pub waiting: u64,
    /// The calendar after it.
    pub calendar: CalendarView,
}

impl From<WorkHours> for HoursView {
    fn from(WorkHours { open, close }: WorkHours) -> Self {
        Self { open, close }
    }
}

impl From<HoursView> for WorkHours {
    fn from(HoursView { open, close }: HoursView) -> Self {
        Self { open, close }
    }
}

impl From<&LocalText> for NameBody {
    fn from(text: &LocalText) -> Self {
        Self {
            zh: text.zh.clone(),
            en: text.en.clone(),
        }
    }
}

impl From<NameBody> for LocalText {
    fn from(name: NameBody) -> Self {
        LocalText::new(name.zh, name.en)
    }
}

impl From<&CalendarYear> for YearBody {
    fn from(year: &CalendarYear) -> Self {
        let holiday = |holiday: &Holiday| HolidayBody {
            name: NameBody::from(&holiday.name),
            from: holiday.from,
            to: holiday.to,
        };
        Self {
            year: year.year(),
            source: year.source().to_owned(),
            holidays: year.holidays().iter().map(holiday).collect(),
            make_up_days: year.make_up_days().iter().copied().collect(),
        }
    }
}

impl TryFrom<YearBody> for CalendarYear {
    type Error = yiwang_base::CalendarYearError;

    fn try_from(body: YearBody) -> Result<Self, Self::Error> {
        let holiday = |holiday: HolidayBody| Holiday {
            name: holiday.name.into(),
            from: holiday.from,
            to: holiday.to,
        };
        let holidays = body.holidays.into_iter().map(holiday).collect();
        let make_up = body.make_up_days.into_iter().collect();
        CalendarYear::new(body.year, &body.source, holidays, make_up)
    }
}

impl CalendarView {
    /// The calendar's hours and own days; years and cases are added by the caller.
    pub fn of(parts: &CalendarParts) -> CalendarView {
        let hours = |hours: &[WorkHours]| hours.iter().copied().map(Into::into).collect();
        let dates = |days: &std::collections::BTreeSet<jiff::civil::Date>| {
            days.iter().map(ToString::to_string).collect()
        };
        let weekdays = parts.weekdays.iter().map(|(day, of)| WeekdayView {
            day: day.word(),
            hours: hours(of),
        });
        CalendarView {
            zone: parts.zone.clone(),
            hours: parts.hours.into(),
            breaks: hours(&parts.breaks),
            weekdays: weekdays.collect(),
            holidays: dates(&parts.holidays),
            make_up_days: dates(&parts.make_up_days),
            unlisted_years: Word(parts.unlisted_years),
            known_until: None,
            years: Vec::new(),
            available: Vec::new(),
            provisional: 0,
        }
    }
}

/// The word of a rule for years that are not there.
pub(crate) fn unlisted_word(unlisted: UnlistedYears) -> &'static str {
    match unlisted {
        UnlistedYears::PlainWeek => "plain_week",
        UnlistedYears::Refuse => "refuse",
    }
}
