//! Days, weeks and months of a city's own time zone.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind, Timestamp};

use super::Moment;

/// Most periods of one board.
pub const MAX_PERIODS: usize = 800;

/// How long a period lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// From midnight to midnight.
    Day,
    /// From Monday.
    Week,
    /// A month of the calendar.
    Month,
}

/// The times at which the periods from `from` until `until` begin, and the time
/// at which the last ends. The first and the last may be cut short.
///
/// # Errors
/// A refusal when there is no time between the two, or too many periods.
pub fn periods(
    zone: &TimeZone,
    from: Timestamp,
    until: Timestamp,
    every: Every,
) -> Result<Vec<Moment>, Refusal> {
    let (first, end) = (Moment::of(from), Moment::of(until));
    if first >= end {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "period.empty",
            "起始时间须早于截止时间",
            "the period must begin before it ends",
        )
        .at("until")
        .found(until.to_string()));
    }
    let mut starts = vec![first];
    let mut next = from.to_zoned(zone.clone());
    loop {
        next = following(&next, every).map_err(|_| beyond(until))?;
        let start = Moment::of(next.timestamp());
        if start >= end {
            break;
        }
        if starts.len() == MAX_PERIODS {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "period.too-many",
                "分期过多，请缩短时间范围或改用更长的分期",
                "there are too many periods: choose a shorter time or longer periods",
            )
            .at("group")
            .allowing([format!("1–{MAX_PERIODS}")]));
        }
        starts.push(start);
    }
    starts.push(end);
    Ok(starts)
}

/// The beginning of the period after the one that a time lies in.
fn following(at: &Zoned, every: Every) -> Result<Zoned, jiff::Error> {
    let day = at.date();
    let date = match every {
        Every::Day => day.checked_add(1.day())?,
        Every::Week => day.nth_weekday(1, Weekday::Monday)?,
        Every::Month => day.first_of_month().checked_add(1.month())?,
    };
    // Midnight, or the first time of a day on which clocks jump over it.
    date.to_zoned(at.time_zone().clone())
}

fn beyond(until: Timestamp) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "period.beyond",
        "截止时间超出可用范围",
        "the period ends beyond any date that can be named",
    )
    .at("until")
    .found(until.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(from: &str, until: &str, every: Every) -> Vec<String> {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let found = periods(&zone, from.parse().unwrap(), until.parse().unwrap(), every);
        let local = |moment: &Moment| {
            let zoned = moment.time().to_zoned(zone.clone());
            zoned.strftime("%m-%d %H:%M").to_string()
        };
        found.unwrap().iter().map(local).collect()
    }

    #[test]
    fn periods_begin_at_midnight_on_monday_and_on_the_first_in_the_citys_own_zone() {
        // A Wednesday, 20:00 in Shanghai.
        let (from, until) = ("2026-09-23T12:00:00Z", "2026-10-06T04:00:00Z");
        assert_eq!(
            starts(from, until, Every::Week),
            ["09-23 20:00", "09-28 00:00", "10-05 00:00", "10-06 12:00"]
        );
        assert_eq!(
            starts(from, until, Every::Month),
            ["09-23 20:00", "10-01 00:00", "10-06 12:00"]
        );
        let days = starts(from, until, Every::Day);
        assert_eq!((days.len(), days[1].as_str()), (15, "09-24 00:00"));
    }

    #[test]
    fn no_time_and_too_many_periods_are_refused() {
        let zone = TimeZone::UTC;
        let refusal = |from: &str, until: &str| {
            let (from, until) = (from.parse().unwrap(), until.parse().unwrap());
            periods(&zone, from, until, Every::Day).unwrap_err().code
        };
        let (new_year, later) = ("2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
        assert_eq!(refusal(new_year, new_year), "period.empty");
        assert_eq!(refusal(later, new_year), "period.empty");
        assert_eq!(refusal(new_year, later), "period.too-many");
    }
}
