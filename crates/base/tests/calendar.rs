//! Working time against dates worked out by hand, and against counting minutes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use jiff::civil::{Date, date};
use proptest::prelude::*;
use yiwang_base::{CalendarError, Span, Timestamp, WorkCalendar, WorkHours};

const HOURS: WorkHours = WorkHours {
    open: 9 * 60,
    close: 17 * 60,
};

/// Holidays 1–7 October 2025 (Wednesday–Tuesday); made up on Saturday 11 October.
fn calendar() -> WorkCalendar {
    let holidays = (1..=7).map(|day| date(2025, 10, day)).collect();
    let make_up = [date(2025, 10, 11)].into();
    WorkCalendar::new("Asia/Shanghai", HOURS, holidays, make_up).unwrap()
}

fn at(text: &str) -> Timestamp {
    format!("{text}+08:00").parse().unwrap()
}

#[test]
fn clock_time_runs_through_nights_and_holidays() {
    let due = calendar().due(at("2025-10-01T23:00"), Span::Clock { minutes: 120 });
    assert_eq!(due, Ok(at("2025-10-02T01:00")));
}

#[test]
fn working_time_skips_nights_weekends_and_holidays() {
    let cases = [
        ("2025-09-30T16:00", 30, "2025-09-30T16:30"),
        ("2025-09-30T16:00", 60, "2025-09-30T17:00"),
        ("2025-09-30T16:00", 61, "2025-10-08T09:01"),
        ("2025-10-03T12:00", 60, "2025-10-08T10:00"),
        ("2025-10-10T16:00", 120, "2025-10-11T10:00"),
        ("2025-10-11T16:30", 60, "2025-10-13T09:30"),
    ];
    for (from, minutes, due) in cases {
        assert_eq!(
            calendar().due(at(from), Span::Working { minutes }),
            Ok(at(due)),
            "{from}"
        );
    }
}

#[test]
fn working_days_end_with_the_day() {
    let cases = [
        ("2025-09-29T10:00", 1, "2025-09-30T17:00"),
        ("2025-09-29T10:00", 2, "2025-10-08T17:00"),
        ("2025-10-09T18:00", 2, "2025-10-11T17:00"),
        ("2025-10-09T10:00", 0, "2025-10-09T17:00"),
        ("2025-10-12T10:00", 0, "2025-10-13T17:00"),
    ];
    for (from, days, due) in cases {
        assert_eq!(
            calendar().due(at(from), Span::WorkingDays { days }),
            Ok(at(due)),
            "{from}"
        );
    }
}

#[test]
fn impossible_calendars_are_refused() {
    let none = Default::default;
    assert!(matches!(
        WorkCalendar::new("Mars/Base", HOURS, none(), none()),
        Err(CalendarError::Zone(_))
    ));
    let backwards = WorkHours {
        open: 600,
        close: 600,
    };
    assert!(WorkCalendar::new("UTC", backwards, none(), none()).is_err());
    let day: std::collections::BTreeSet<Date> = [date(2025, 10, 1)].into();
    assert!(matches!(
        WorkCalendar::new("UTC", HOURS, day.clone(), day),
        Err(CalendarError::Both(_))
    ));
    let late = Timestamp::MAX;
    assert_eq!(
        calendar().due(late, Span::Clock { minutes: 1 }),
        Err(CalendarError::Beyond)
    );
    assert_eq!(
        calendar().due(late, Span::WorkingDays { days: 1 }),
        Err(CalendarError::Beyond)
    );
}

/// The oracle: walk minute by minute.
fn count_minutes(calendar: &WorkCalendar, from: Timestamp, to: Timestamp) -> i64 {
    let mut minutes = 0;
    let mut at = from;
    while at < to {
        let local = at.to_zoned(calendar.zone().clone());
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        if calendar.is_working_day(local.date()) && (540..1020).contains(&minute) {
            minutes += 1;
        }
        at += jiff::SignedDuration::from_mins(1);
    }
    minutes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn working_minutes_are_the_minutes_counted(start in 0i64..20_000, minutes in 1u32..3_000) {
        let from = at("2025-09-28T00:00") + jiff::SignedDuration::from_mins(start);
        let due = calendar().due(from, Span::Working { minutes }).unwrap();
        prop_assert_eq!(count_minutes(&calendar(), from, due), i64::from(minutes));
    }

    #[test]
    fn what_lies_between_is_the_limit_that_lay_there(
        start in 0i64..20_000,
        amount in 0u32..900,
        measure in 0..3_usize,
    ) {
        let from = at("2025-09-28T00:00") + jiff::SignedDuration::from_mins(start);
        let span = [
            Span::Clock { minutes: amount },
            Span::Working { minutes: amount },
            Span::WorkingDays { days: amount % 20 + 1 },
        ][measure];
        let due = calendar().due(from, span).unwrap();
        let between = calendar().between(from, due, span).unwrap();
        // Working time that begins outside of working hours may end before it began.
        prop_assert_eq!(between, span);
        prop_assert_eq!(calendar().due(from, between).unwrap(), due);
    }

    #[test]
    fn what_is_left_never_ends_before_the_deadline_nor_a_minute_after(
        start in 0i64..20_000_000,
        length in 1i64..1_000_000_000,
        working in any::<bool>(),
    ) {
        let calendar = calendar();
        let from = at("2025-09-28T00:00") + jiff::SignedDuration::from_millis(start);
        let to = from + jiff::SignedDuration::from_millis(length);
        let like = if working { Span::Working { minutes: 0 } } else { Span::Clock { minutes: 0 } };
        let left = calendar.between(from, to, like).unwrap();
        let again = calendar.due(from, left).unwrap();
        if working {
            // Outside of working hours nothing more is left than at their end.
            let same = calendar.between(from, again, like).unwrap();
            prop_assert_eq!(same, left);
        } else {
            prop_assert!(again >= to);
            prop_assert!(again.duration_since(to) < jiff::SignedDuration::from_mins(1));
        }
        prop_assert_eq!(calendar.between(to, from, like).unwrap().amount(), 0);
    }
}
