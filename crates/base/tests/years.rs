//! A calendar with published years, breaks and weekdays of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use proptest::prelude::*;
use yiwang_base::{
    CalendarError, CalendarParts, CalendarYear, CalendarYearError, Day, Holiday, LocalText, Span,
    Timestamp, UnlistedYears, WorkCalendar, WorkHours,
};

fn hours(open: u16, close: u16) -> WorkHours {
    WorkHours {
        open: open * 60,
        close: close * 60,
    }
}

fn holiday(from: Date, to: Date) -> Holiday {
    Holiday {
        name: LocalText::same("holiday"),
        from,
        to,
    }
}

/// 2026 as it was published, at its end only: nothing after October.
fn year_2026() -> CalendarYear {
    let holidays = vec![
        holiday(date(2026, 1, 1), date(2026, 1, 3)),
        holiday(date(2026, 10, 1), date(2026, 10, 7)),
    ];
    let make_up = [date(2026, 1, 4), date(2026, 10, 10)].into();
    CalendarYear::new(2026, "notice", holidays, make_up).unwrap()
}

fn parts() -> CalendarParts {
    CalendarParts {
        zone: "Asia/Shanghai".into(),
        hours: hours(9, 18),
        breaks: Vec::new(),
        weekdays: BTreeMap::new(),
        holidays: BTreeSet::new(),
        make_up_days: BTreeSet::new(),
        unlisted_years: UnlistedYears::Refuse,
        years: vec![year_2026()],
    }
}

fn calendar() -> WorkCalendar {
    parts().try_into().unwrap()
}

fn at(text: &str) -> Timestamp {
    format!("{text}+08:00").parse().unwrap()
}

#[test]
fn a_limit_in_working_time_that_reaches_into_a_missing_year_is_refused() {
    let from = at("2026-12-31T17:00");
    let missing = Err(CalendarError::YearMissing(2027));
    assert_eq!(calendar().due(from, Span::Working { minutes: 61 }), missing);
    assert_eq!(calendar().due(from, Span::WorkingDays { days: 1 }), missing);
    // What ends before the year does, and what runs by the clock, is known.
    let within = calendar().due(from, Span::Working { minutes: 60 });
    assert_eq!(within, Ok(at("2026-12-31T18:00")));
    let clock = calendar().due(from, Span::Clock { minutes: 24 * 60 });
    assert_eq!(clock, Ok(at("2027-01-01T17:00")));
    // A year before the first is missing as well.
    let early = calendar().due(at("2025-12-30T17:00"), Span::Working { minutes: 1 });
    assert_eq!(early, Err(CalendarError::YearMissing(2025)));
}

#[test]
fn what_is_counted_without_a_year_says_which_one_and_counts_the_plain_week() {
    let from = at("2026-12-31T17:00");
    let due = calendar()
        .due_or_provisional(from, Span::WorkingDays { days: 2 })
        .unwrap();
    // 1 January 2027 is a Friday; the plain week knows no New Year.
    assert_eq!((due.at, due.missing), (at("2027-01-04T18:00"), Some(2027)));
    let known = calendar()
        .due_or_provisional(at("2026-12-30T17:00"), Span::WorkingDays { days: 1 })
        .unwrap();
    assert_eq!((known.at, known.missing), (at("2026-12-31T18:00"), None));
}

#[test]
fn a_city_that_declares_the_plain_week_needs_no_years() {
    let plain = calendar()
        .with_years([])
        .with_unlisted_years(UnlistedYears::PlainWeek);
    let due = plain.due(at("2026-12-31T17:00"), Span::WorkingDays { days: 1 });
    assert_eq!(due, Ok(at("2027-01-01T18:00")));
    assert_eq!(plain.known_until(date(2026, 1, 1)), None);
}

#[test]
fn it_says_up_to_when_it_is_known() {
    let days = |from| calendar().known_until(from);
    assert_eq!(days(date(2026, 3, 1)), Some(date(2026, 12, 31)));
    assert_eq!(days(date(2027, 3, 1)), Some(date(2027, 2, 28)));
}

#[test]
fn the_next_years_notice_has_the_last_word_on_december() {
    let make_up = [date(2026, 12, 26)].into();
    let next = CalendarYear::new(
        2027,
        "notice",
        vec![holiday(date(2026, 12, 31), date(2027, 1, 3))],
        make_up,
    );
    let both = calendar().with_years([year_2026(), next.unwrap()]);
    assert!(both.is_working_day(date(2026, 12, 26)), "a Saturday");
    assert!(!both.is_working_day(date(2026, 12, 31)), "a Thursday");
    assert!(calendar().is_working_day(date(2026, 12, 31)));
}

#[test]
fn the_citys_own_days_come_before_the_years() {
    let mut own = parts();
    own.holidays = [date(2026, 10, 10)].into();
    own.make_up_days = [date(2026, 10, 1)].into();
    let own = WorkCalendar::try_from(own).unwrap();
    assert!(!own.is_working_day(date(2026, 10, 10)));
    assert!(own.is_working_day(date(2026, 10, 1)));
}

#[test]
fn breaks_and_weekdays_make_the_hours_of_a_day() {
    let mut with = parts();
    with.breaks = vec![hours(12, 13)];
    with.weekdays = [
        (Day::Fri, vec![hours(9, 12)]),
        (Day::Sat, vec![hours(10, 12)]),
        (Day::Mon, Vec::new()),
    ]
    .into();
    let with = WorkCalendar::try_from(with).unwrap();
    let cases = [
        // Thursday over noon.
        ("2026-11-19T11:30", 60, "2026-11-19T13:30"),
        // Friday ends at noon; Saturday has two hours; Monday is free.
        ("2026-11-20T11:00", 60 + 120, "2026-11-21T12:00"),
        ("2026-11-20T11:00", 60 + 121, "2026-11-24T09:01"),
        // A break is over before any of it counts.
        ("2026-11-19T12:30", 30, "2026-11-19T13:30"),
    ];
    for (from, minutes, due) in cases {
        let found = with.due(at(from), Span::Working { minutes });
        assert_eq!(found, Ok(at(due)), "{from} {minutes}");
    }
    let friday = with.due(at("2026-11-19T12:30"), Span::WorkingDays { days: 1 });
    assert_eq!(friday, Ok(at("2026-11-20T12:00")));
    // A make-up day has the hours of its weekday where that has any, else the usual ones.
    assert_eq!(with.hours_of(date(2026, 10, 10)), [hours(10, 12)]);
    assert_eq!(
        with.hours_of(date(2026, 1, 4)),
        [hours(9, 12), hours(13, 18)]
    );
}

#[test]
fn hours_that_make_no_day_are_refused() {
    let refused = |edit: fn(&mut CalendarParts)| {
        let mut parts = parts();
        edit(&mut parts);
        WorkCalendar::try_from(parts).unwrap_err()
    };
    let all_day = refused(|parts| parts.breaks = vec![hours(0, 24)]);
    assert_eq!(all_day, CalendarError::NoHours);
    let twice = refused(|parts| parts.breaks = vec![hours(12, 14), hours(13, 15)]);
    assert_eq!(twice, CalendarError::Overlap(13 * 60));
    let backwards = refused(|parts| {
        parts.weekdays.insert(Day::Sat, vec![hours(12, 9)]);
    });
    assert!(matches!(backwards, CalendarError::Hours { .. }));
    let again = refused(|parts| parts.years.push(year_2026()));
    assert_eq!(again, CalendarError::TwoOfAYear(2026));
}

#[test]
fn a_calendar_of_the_first_form_reads_and_is_written_as_it_was() {
    let old = r#"{"zone":"Asia/Shanghai","hours":{"open":540,"close":1080},"holidays":["2026-10-01"],"make_up_days":["2026-10-10"]}"#;
    let read: WorkCalendar = serde_json::from_str(old).unwrap();
    assert_eq!(read.unlisted_years(), UnlistedYears::PlainWeek);
    assert_eq!(serde_json::to_string(&read).unwrap(), old);
    let new = serde_json::to_string(&calendar()).unwrap();
    assert_eq!(
        serde_json::from_str::<WorkCalendar>(&new).unwrap(),
        calendar()
    );
}

#[test]
fn a_year_that_was_not_filled_in_right_is_refused() {
    let new = |year, source: &str, holidays, make_up: &[Date]| {
        CalendarYear::new(year, source, holidays, make_up.iter().copied().collect()).unwrap_err()
    };
    let (first, last) = (date(2027, 10, 1), date(2027, 10, 7));
    let some = || vec![holiday(first, last)];
    assert_eq!(new(0, "x", some(), &[]), CalendarYearError::Year(0));
    assert_eq!(new(2027, " ", some(), &[]), CalendarYearError::Source);
    assert_eq!(new(2027, "x", vec![], &[]), CalendarYearError::NoHolidays);
    assert_eq!(
        new(2027, "x", vec![holiday(last, first)], &[]),
        CalendarYearError::Length {
            from: last,
            to: first
        }
    );
    assert_eq!(
        new(2027, "x", some(), &[first]),
        CalendarYearError::Both(first)
    );
    let day = date(2026, 11, 30);
    assert_eq!(
        new(2027, "x", some(), &[day]),
        CalendarYearError::Elsewhere { day, year: 2027 }
    );
}

proptest! {
    /// The provisional count is the true one wherever the year turns out to have
    /// nothing on the way, and it is provisional just where it reaches into the year.
    #[test]
    fn a_known_year_gives_what_the_provisional_count_gives_where_it_has_no_days(
        start in 0_i64..200_000,
        days in 1_u32..40,
    ) {
        let from = at("2026-10-20T00:00") + jiff::SignedDuration::from_mins(start);
        let span = Span::WorkingDays { days };
        let quiet = CalendarYear::new(
            2027,
            "notice",
            vec![holiday(date(2027, 12, 31), date(2027, 12, 31))],
            BTreeSet::new(),
        ).unwrap();
        let provisional = calendar().due_or_provisional(from, span).unwrap();
        let known = calendar().with_years([year_2026(), quiet]);
        prop_assert_eq!(known.due(from, span), Ok(provisional.at));
        let reaches = provisional.at >= at("2027-01-01T00:00");
        prop_assert_eq!(provisional.missing.is_some(), reaches);
    }
}
