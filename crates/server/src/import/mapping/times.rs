//! Reading times as files have them.

use calamine::{ExcelDateTime, ExcelDateTimeType};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use yiwang_base::{Refusal, truncate_millis};

use super::wrong;
use crate::import::source_case::SourceTime;

/// Forms that can be read in one way only; all of them where a mapping names none.
pub const READ_ALWAYS: [&str; 12] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y.%m.%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日%H时%M分%S秒",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y年%m月%d日",
];
/// What a date in a sheet becomes, understood beside whatever a mapping names.
const OWN: &str = READ_ALWAYS[0];

#[derive(Debug, Clone, PartialEq)]
enum Form {
    /// A form of `strptime`.
    Pattern(String),
    /// Days since 1899-12-30, as a sheet keeps a date that is not marked as one.
    Excel,
    /// Seconds since 1970.
    Unix,
}

/// The forms of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeFormats(Vec<Form>);

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Written {
    /// With an offset, or counted from a known instant.
    Instant(Timestamp),
    /// By some clock on a wall.
    Local(DateTime),
}

impl TimeFormats {
    /// The forms of a mapping's list; those that need no telling where it is empty.
    ///
    /// # Errors
    /// When a form is none.
    pub fn of(list: &[String]) -> Result<TimeFormats, Refusal> {
        let forms: Vec<String> = if list.is_empty() {
            READ_ALWAYS.iter().map(|form| (*form).to_owned()).collect()
        } else {
            let mut forms = list.to_vec();
            forms.push(OWN.to_owned());
            forms
        };
        let one = |form: String| match form.as_str() {
            "excel" => Ok(Form::Excel),
            "unix" => Ok(Form::Unix),
            pattern if Self::is_sound(pattern) => Ok(Form::Pattern(form)),
            other => Err(wrong(
                "time.formats",
                other,
                "%Y-%m-%d %H:%M:%S, %d/%m/%Y %H:%M, …, excel, unix",
            )),
        };
        forms
            .into_iter()
            .map(one)
            .collect::<Result<_, _>>()
            .map(TimeFormats)
    }

    /// One form and no other.
    pub(crate) fn only(form: &str) -> TimeFormats {
        TimeFormats(vec![Form::Pattern(form.to_owned())])
    }

    /// Whether a pattern can be written, so that it can be read, and names a day.
    fn is_sound(pattern: &str) -> bool {
        let sample = Date::constant(2026, 1, 31).at(13, 30, 0, 0);
        let Ok(zoned) = sample.to_zoned(TimeZone::UTC) else {
            return false;
        };
        let Ok(text) = BrokenDownTime::from(&zoned).to_string(pattern) else {
            return false;
        };
        matches!(read(pattern, &text), Some(Written::Local(at)) if at.date() == sample.date())
            || matches!(read(pattern, &text), Some(Written::Instant(_)))
    }

    /// The time that a text is in the first form that fits.
    pub fn read(&self, text: &str) -> Option<Written> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Written::Instant(instant));
        }
        self.0.iter().find_map(|form| match form {
            Form::Pattern(pattern) => read(pattern, text),
            Form::Excel => excel(text),
            Form::Unix => {
                let seconds = text.parse().ok()?;
                Timestamp::from_second(seconds).ok().map(Written::Instant)
            }
        })
    }

    /// The forms, for a person.
    pub fn show(&self) -> String {
        let show = |form: &Form| match form {
            Form::Pattern(pattern) => pattern.clone(),
            Form::Excel => "excel".to_owned(),
            Form::Unix => "unix".to_owned(),
        };
        self.0.iter().map(show).collect::<Vec<_>>().join(", ")
    }
}

impl Written {
    /// As a time of a source; see [`SourceTime::local`].
    pub(super) fn in_zone(
        self,
        what: &str,
        zone: &TimeZone,
        not_before: Option<Timestamp>,
    ) -> Option<SourceTime> {
        match self {
            Written::Instant(at) => Some(SourceTime {
                at: truncate_millis(at),
                doubt: None,
            }),
            Written::Local(local) => SourceTime::local(what, local, zone, not_before).ok(),
        }
    }
}

fn read(pattern: &str, text: &str) -> Option<Written> {
    let broken = BrokenDownTime::parse(pattern, text).ok()?;
    if broken.offset().is_some() {
        return broken.to_timestamp().ok().map(Written::Instant);
    }
    let date = broken.to_date().ok()?;
    // A day alone begins at midnight.
    let time = match broken.hour() {
        Some(_) => broken.to_time().ok()?,
        None => Time::midnight(),
    };
    Some(Written::Local(date.to_datetime(time)))
}

fn excel(text: &str) -> Option<Written> {
    let days: f64 = text.parse().ok()?;
    // Before 1900-03-01 the count has a day that never was; after 9999 it ends.
    if !(61.0..2_958_466.0).contains(&days) {
        return None;
    }
    let at = ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false);
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let small = |n: u8| i8::try_from(n).ok();
    let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let nanos = i32::from(milli) * 1_000_000;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, nanos).ok()?;
    Some(Written::Local(date.to_datetime(time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> Option<Written> {
        Some(Written::Local(text.parse().unwrap()))
    }

    #[test]
    fn times_that_can_be_read_in_one_way_need_no_telling() {
        let usual = TimeFormats::of(&[]).unwrap();
        for (text, at) in [
            ("2012/9/3 7:40:27", "2012-09-03T07:40:27"),
            ("2012-09-03 07:40", "2012-09-03T07:40:00"),
            ("2012-09-03T07:40:27.250", "2012-09-03T07:40:27.25"),
            ("2012年9月3日", "2012-09-03T00:00:00"),
            ("2012年9月3日 7:40", "2012-09-03T07:40:00"),
            ("2012年09月03日07时40分27秒", "2012-09-03T07:40:27"),
        ] {
            assert_eq!(usual.read(text), local(at), "{text}");
        }
        let instant = "2012-09-03T07:40:27Z".parse().unwrap();
        assert_eq!(
            usual.read("2012-09-03T15:40:27+08:00"),
            Some(Written::Instant(instant))
        );
        for text in [
            "03/04/2012",
            "soon",
            "",
            "2012-13-01",
            "2012-02-30",
            "20120903",
        ] {
            assert_eq!(usual.read(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_mapping_names_is_all_there_is_besides_our_own() {
        let list = ["%d/%m/%Y %I:%M:%S %p", "excel", "unix"].map(str::to_owned);
        let named = TimeFormats::of(&list).unwrap();
        assert_eq!(
            named.read("03/04/2012 01:05:00 PM"),
            local("2012-04-03T13:05:00")
        );
        assert_eq!(
            named.read("2012-04-03 13:05:00"),
            local("2012-04-03T13:05:00")
        );
        assert_eq!(named.read("2012-04-03"), None);
        assert_eq!(named.read("45943.5"), local("2025-10-13T12:00:00"));
        let instant = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(
            TimeFormats::of(&["unix".into()])
                .unwrap()
                .read("1700000000"),
            Some(Written::Instant(instant))
        );
        for text in ["0", "60", "-1", "1e99", "NaN"] {
            assert_eq!(TimeFormats::of(&["excel".into()]).unwrap().read(text), None);
        }
    }

    #[test]
    fn a_pattern_that_names_no_day_is_refused() {
        for pattern in ["", "%H:%M", "%Y", "%Q%", "%!"] {
            let refusal = TimeFormats::of(&[pattern.to_owned()]).unwrap_err();
            assert_eq!(refusal.field.as_deref(), Some("time.formats"), "{pattern}");
        }
    }
}
