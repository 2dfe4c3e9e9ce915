//! Old cases under other limits.

use yiwang_base::Span;
use yiwang_cases::{Action, Case, Happening, Rules, Shelve, ShelveReason, Step, Tally, WhatIf};

use crate::town::{FRIDAY, apply, at, decide_at, good, note, rules};

/// The events of good commands, each at its time.
fn history(steps: &[(Action, &str)]) -> Vec<Happening> {
    let mut case: Option<Case> = None;
    let mut events = Vec::new();
    for (action, time) in steps {
        let command = match action {
            Action::Shelve => yiwang_cases::Command::Shelve(Shelve {
                reason: ShelveReason::AwaitingFunds,
                review_by: at("2026-12-01T00:00:00Z"),
                note: note("等资金"),
            }),
            action => good(*action),
        };
        for happening in decide_at(case.as_ref(), &command, at(time)).unwrap() {
            apply(&mut case, &happening);
            events.push(happening);
        }
    }
    events
}

fn tally(events: &[Happening], rules: &Rules, step: Step) -> Tally {
    let mut what_if = WhatIf::default();
    what_if.add(events, rules, at("2027-01-01T00:00:00Z"));
    what_if.steps.get(&step).copied().unwrap_or_default()
}

fn counts(taken: u64, late: u64, late_then: u64) -> Tally {
    Tally {
        taken,
        late,
        late_then,
    }
}

const ROAD: [(Action, &str); 7] = [
    (Action::Submit, FRIDAY),
    (Action::Accept, "2026-09-25T03:00:00Z"),
    (Action::Dispatch, "2026-09-25T06:00:00Z"),
    (Action::Start, "2026-09-25T07:00:00Z"),
    (Action::ReportBack, "2026-09-29T03:00:00Z"),
    (Action::Verify, "2026-09-29T04:00:00Z"),
    (Action::Close, "2026-09-29T05:00:00Z"),
];

#[test]
fn under_the_same_limits_as_many_are_late_as_were() {
    let events = history(&ROAD);
    for (step, late) in Step::ALL.into_iter().zip([0, 1, 0, 0, 0, 0]) {
        assert_eq!(
            tally(&events, &rules(), step),
            counts(1, late, late),
            "{step:?}"
        );
    }
}

#[test]
fn shorter_limits_make_more_of_them_late_and_longer_ones_fewer() {
    let events = history(&ROAD);
    let mut other = rules();
    for category in other.categories.values_mut() {
        category.respond = Span::Clock { minutes: 30 };
        category.resolve = Span::WorkingDays { days: 1 };
    }
    other.desk.dispatch = Span::Clock { minutes: 600 };
    assert_eq!(tally(&events, &other, Step::Respond), counts(1, 0, 1));
    assert_eq!(tally(&events, &other, Step::Resolve), counts(1, 0, 1));
    assert_eq!(tally(&events, &other, Step::Dispatch), counts(1, 1, 0));
    let mut what_if = WhatIf::default();
    what_if.add(&events, &other, at("2027-01-01T00:00:00Z"));
    let light = what_if.categories[&"light".parse().unwrap()];
    assert_eq!((what_if.cases, light), (1, counts(1, 0, 1)));
}

#[test]
fn time_in_which_the_case_stood_still_counts_under_no_limits() {
    let mut road = ROAD[..4].to_vec();
    road.push((Action::Shelve, "2026-09-25T08:00:00Z"));
    road.push((Action::Resume, "2026-10-15T02:00:00Z"));
    // Three working days are left on the 15th, a Thursday: Tuesday 20th.
    road.push((Action::ReportBack, "2026-10-19T03:00:00Z"));
    let events = history(&road);
    assert_eq!(tally(&events, &rules(), Step::Resolve), counts(1, 0, 0));
    let mut other = rules();
    for category in other.categories.values_mut() {
        category.resolve = Span::WorkingDays { days: 1 };
    }
    assert_eq!(tally(&events, &other, Step::Resolve), counts(1, 0, 1));
}

#[test]
fn what_was_never_done_is_late_when_its_time_is_over() {
    let events = history(&ROAD[..3]);
    assert_eq!(tally(&events, &rules(), Step::Resolve), counts(1, 1, 1));
    let mut what_if = WhatIf::default();
    what_if.add(&events, &rules(), at("2026-09-25T06:30:00Z"));
    assert!(
        !what_if.steps.contains_key(&Step::Respond),
        "it still has time"
    );
}

#[test]
fn what_was_given_back_or_withdrawn_owes_nothing() {
    for last in [Action::Return, Action::Withdraw, Action::Close] {
        let mut road = ROAD[..3].to_vec();
        road.push((last, "2026-10-30T03:00:00Z"));
        let found = tally(&history(&road), &rules(), Step::Resolve);
        assert_eq!(found, counts(0, 0, 0), "{last:?}");
    }
}
