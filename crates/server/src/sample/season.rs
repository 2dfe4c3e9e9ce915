//! How often each category comes up on a day, and at which hour.

use jiff::civil::{Date, Weekday};
use yiwang_base::WorkCalendar;

use super::calendar::Holidays;
use super::matter::{Hours, Matter, Season, Week};
use super::weather::Day;

/// The weight of a category on a day.
pub(crate) fn weight(
    matter: &Matter,
    date: Date,
    day: Day,
    holidays: &Holidays,
    calendar: &WorkCalendar,
) -> f64 {
    let off = holidays.off.contains(&date);
    matter.weight * season(matter.season, date, day, off) * week(matter.week, date, off, calendar)
}

fn season(season: Season, date: Date, day: Day, off: bool) -> f64 {
    let Day {
        warmth,
        rain,
        rain_before,
        storm,
        ..
    } = day;
    let month = date.month();
    let share = |from: f64, to: f64| ((warmth - from) / (to - from)).clamp(0.0, 1.0);
    match season {
        Season::Flat => 1.0,
        Season::Warm => 0.6 + 0.9 * share(3.0, 25.0),
        Season::Summer => 0.3 + 1.7 * share(12.0, 26.0),
        Season::Heat => 0.8 + 1.3 * share(23.0, 30.0),
        Season::Heatwave => 0.01 + 3.2 * share(21.0, 28.0),
        Season::Rain => 0.55 + ((rain + rain_before) / 18.0).min(4.0),
        Season::Flood => match rain {
            r if r > 45.0 => 14.0 + (r - 45.0) * 0.7,
            r if r > 18.0 => 1.5,
            _ => 0.04,
        },
        Season::Wind if storm => 14.0,
        Season::Wind => 0.6,
        Season::Heating => heating(date) * (0.35 + 1.1 * (1.0 - share(-8.0, 8.0))),
        Season::Cold => 0.5 + 1.2 * (1.0 - share(-4.0, 14.0)),
        Season::Freeze => 0.3 + 2.6 * (1.0 - share(-8.0, 1.0)),
        Season::Dark => match month {
            10..=12 | 1 | 2 => 1.5,
            5..=8 => 0.65,
            _ => 1.0,
        },
        Season::Dry if rain > 1.0 => 0.3,
        Season::Dry => match month {
            3..=5 => 1.9,
            9..=11 => 1.3,
            _ => 0.7,
        },
        Season::Growth => 0.4 + 1.4 * share(8.0, 22.0),
        Season::Spring => match month {
            4 | 5 => 4.0,
            6 => 1.0,
            _ => 0.05,
        },
        Season::Thaw => match month {
            2..=4 => 1.6,
            _ => 0.8 + (rain_before / 30.0).min(0.8),
        },
        Season::School => match month {
            5..=8 => 2.4,
            2 | 9 => 1.0,
            _ => 0.5,
        },
        Season::YearEnd => match month {
            12 | 1 => 2.6,
            2 => 1.2,
            _ => 0.6,
        },
        Season::NewYear => match month {
            1 | 2 if off => 14.0,
            1 | 2 => 1.2,
            _ => 0.05,
        },
    }
}

/// Heating runs from 15 November to 15 March; its first three weeks are the worst.
fn heating(date: Date) -> f64 {
    match (date.month(), date.day()) {
        (11, 15..) | (12, 1..=5) => 2.4,
        (12 | 1 | 2, _) | (3, 1..=15) => 1.0,
        (11, 1..=14) => 0.15,
        _ => 0.004,
    }
}

fn week(week: Week, date: Date, off: bool, calendar: &WorkCalendar) -> f64 {
    let monday = date.weekday() == Weekday::Monday;
    let works = calendar.is_working_day(date);
    match (week, works) {
        (Week::Work, true) => 1.1,
        (Week::Work, false) if off => 0.28,
        (Week::Work, false) => 0.5,
        (Week::Even, true) if monday => 1.12,
        (Week::Even, true) => 1.0,
        (Week::Even, false) if off => 0.6,
        (Week::Even, false) => 0.85,
        (Week::Leisure, true) => 0.92,
        (Week::Leisure, false) if off => 0.8,
        (Week::Leisure, false) => 1.25,
    }
}

/// The weight of each hour of a day for a category.
pub(crate) fn hours(hours: Hours, day: Day) -> [f64; 24] {
    let flat: [u8; 24] = match hours {
        Hours::All => [
            2, 1, 1, 1, 1, 2, 5, 9, 10, 10, 9, 8, 7, 7, 7, 7, 7, 8, 10, 11, 11, 9, 6, 4,
        ],
        Hours::Day => [
            1, 0, 0, 0, 0, 1, 4, 9, 13, 14, 12, 9, 6, 8, 10, 11, 10, 9, 7, 6, 5, 4, 2, 1,
        ],
        Hours::Office => [
            0, 0, 0, 0, 0, 0, 1, 3, 9, 16, 15, 10, 5, 8, 13, 14, 12, 7, 3, 2, 2, 1, 0, 0,
        ],
        Hours::Commute => [
            1, 0, 0, 0, 0, 1, 6, 15, 17, 9, 5, 4, 4, 4, 4, 5, 8, 15, 14, 8, 4, 3, 2, 1,
        ],
        Hours::Evening => [
            4, 2, 1, 0, 0, 1, 2, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 9, 14, 18, 18, 15, 11, 7,
        ],
        Hours::Night => [
            14, 10, 6, 3, 2, 4, 5, 4, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 3, 5, 8, 12, 17, 18,
        ],
        Hours::Weather => [1; 24],
    };
    let mut weights = flat.map(f64::from);
    if hours == Hours::Weather && day.rain.max(if day.storm { 20.0 } else { 0.0 }) > 10.0 {
        for (hour, weight) in weights.iter_mut().enumerate() {
            let since = hour as f64 - f64::from(day.peak);
            *weight = if since < 0.0 {
                0.05
            } else {
                30.0 * libm::exp(-since / 2.2)
            };
        }
    }
    weights
}
