//! By when the next step is due.

use yiwang_cases::{Case, Command, Limits, Stage};

use crate::town::{FRIDAY, accept, after, at, case_at, decide_at, dispatch, good, note};
use yiwang_cases::Action;

fn dispatched(category: &str, unit: &str, limits: Limits, now: &str) -> Case {
    let accepted = Command::Accept {
        category: category.parse().unwrap(),
        area: None,
    };
    let case = after(Some(&case_at(Stage::Submitted)), &accepted, at(FRIDAY)).unwrap();
    let sent = Command::Dispatch {
        unit: unit.parse().unwrap(),
        assisting: vec![],
        limits,
        reason: None,
        note: None,
    };
    after(Some(&case), &sent, at(now)).unwrap()
}

#[test]
fn the_desk_has_two_hours_by_the_clock_to_accept_and_to_dispatch() {
    let case = case_at(Stage::Submitted);
    assert_eq!(case.due_at, Some(at("2026-09-25T04:00:00Z")));
    let midnight = at("2026-10-03T15:30:00Z");
    let case = after(Some(&case), &accept(), midnight).unwrap();
    assert_eq!(
        case.due_at,
        Some(at("2026-10-03T17:30:00Z")),
        "holidays too"
    );
}

#[test]
fn a_limit_in_working_days_counts_make_up_days_and_skips_holidays() {
    // Friday; Sunday 27th (made up), Monday 28th, Tuesday 29th, 18:00.
    let case = dispatched("light", "lights", Limits::ByCategory, FRIDAY);
    assert_eq!(case.deadlines.respond_by, Some(at("2026-09-25T04:00:00Z")));
    assert_eq!(case.deadlines.resolve_by, Some(at("2026-09-29T10:00:00Z")));
    // Wednesday 30th; Thursday 8th, Friday 9th, Saturday 10th October (made up).
    let case = dispatched(
        "light",
        "lights",
        Limits::ByCategory,
        "2026-09-30T02:00:00Z",
    );
    assert_eq!(case.deadlines.resolve_by, Some(at("2026-10-10T10:00:00Z")));
}

#[test]
fn a_limit_in_working_time_stops_at_night() {
    // Friday 17:30: half an hour is left, the rest falls on the made-up Sunday from 9:00.
    let case = dispatched(
        "rubbish",
        "district",
        Limits::ByCategory,
        "2026-09-25T09:30:00Z",
    );
    assert_eq!(case.deadlines.respond_by, Some(at("2026-09-27T01:30:00Z")));
    assert_eq!(case.deadlines.resolve_by, Some(at("2026-09-27T04:30:00Z")));
    // Saturday 26th is free.
    let case = dispatched(
        "rubbish",
        "district",
        Limits::ByCategory,
        "2026-09-26T03:00:00Z",
    );
    assert_eq!(case.deadlines.respond_by, Some(at("2026-09-27T02:00:00Z")));
}

#[test]
fn first_the_resident_is_to_be_contacted_then_it_is_to_be_resolved() {
    let case = case_at(Stage::Dispatched);
    assert_eq!(case.due_at, case.deadlines.respond_by);
    let case = after(Some(&case), &Command::Start, at(FRIDAY)).unwrap();
    assert_eq!(case.due_at, case.deadlines.resolve_by);
    assert!(!case.is_late(case.due_at.unwrap()));
    assert!(case.is_late(at("2026-09-29T10:00:00.001Z")));
}

#[test]
fn verifying_and_closing_have_a_working_day_each() {
    let sunday = Some(at("2026-09-27T10:00:00Z"));
    let case = case_at(Stage::Reported);
    assert_eq!(case.due_at, sunday);
    assert_eq!(case_at(Stage::Verified).due_at, sunday);
}

#[test]
fn doing_it_again_never_has_less_time_than_was_left() {
    let failed = Command::Verify {
        pass: false,
        note: Some(note("还是不亮")),
    };
    let case = case_at(Stage::Reported);
    let owed = case.deadlines.resolve_by;
    let early = after(Some(&case), &failed, at(FRIDAY)).unwrap();
    assert_eq!(early.due_at, owed, "more was left than a working day");
    let late = after(Some(&case), &failed, at("2026-09-30T02:00:00Z")).unwrap();
    assert_eq!(late.due_at, Some(at("2026-10-08T10:00:00Z")));
}

#[test]
fn opening_again_is_dispatched_within_two_hours() {
    let case = case_at(Stage::Closed);
    let open = after(
        Some(&case),
        &good(Action::Reopen),
        at("2026-11-01T00:00:00Z"),
    )
    .unwrap();
    assert_eq!(open.due_at, Some(at("2026-11-01T02:00:00Z")));
}

#[test]
fn an_imported_case_keeps_the_target_its_source_had_set() {
    let target = at("2015-06-01T12:00:00Z");
    let limits = Limits::FromSource {
        resolve_by: Some(target),
    };
    let case = dispatched("light", "lights", limits, "2015-05-01T12:00:00Z");
    assert_eq!(case.deadlines.respond_by, None);
    assert_eq!(case.deadlines.resolve_by, Some(target));
    assert_eq!(case.due_at, Some(target));
    let none = Limits::FromSource { resolve_by: None };
    let case = dispatched("light", "lights", none, "2015-05-01T12:00:00Z");
    assert_eq!(case.due_at, None, "the source owed nobody a date");
}

#[test]
fn a_limit_that_never_ends_is_refused_rather_than_left_out() {
    let endless = Command::Accept {
        category: "endless".parse().unwrap(),
        area: None,
    };
    let case = after(Some(&case_at(Stage::Submitted)), &endless, at(FRIDAY)).unwrap();
    let mut sent = dispatch("lights");
    if let Command::Dispatch { reason, .. } = &mut sent {
        *reason = Some("to see".into());
    }
    let refusal = decide_at(Some(&case), &sent, at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "limit.beyond");
    assert!(refusal.found.is_some());
}
