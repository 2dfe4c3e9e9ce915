//! More time, and standing still: what moves deadlines, and what does not.

use yiwang_base::{RefusalKind, Timestamp};
use yiwang_cases::{
    Action, AskExtension, AskResident, Case, Command, Event, Extend, Grade, Limits, OwnLimits,
    PauseKind, Rules, Shelve, ShelveReason, Stage, possible,
};

use crate::town::{FRIDAY, after, apply, at, case_at, good, note, rules};

fn extend(resolve_by: Option<&str>) -> Command {
    Command::Extend(Extend {
        resolve_by: resolve_by.map(at),
        reason: "the part is ordered".into(),
    })
}

fn ask_extension(resolve_by: &str) -> Command {
    Command::AskExtension(AskExtension {
        resolve_by: at(resolve_by),
        reason: "the part is ordered".into(),
    })
}

fn shelve(review_by: &str) -> Command {
    Command::Shelve(Shelve {
        reason: ShelveReason::AwaitingSeason,
        review_by: at(review_by),
        note: note("开春施工"),
    })
}

/// Decides by rules of one's own.
fn decide_by(rules: &Rules, case: &Case, command: &Command, now: Timestamp) -> Case {
    let actor = yiwang_cases::Actor::Resident;
    let context = yiwang_cases::Context {
        rules,
        actor: &actor,
        grounds: None,
        now,
    };
    let mut case = Some(case.clone());
    for happening in yiwang_cases::decide(case.as_ref(), command, &context).unwrap() {
        apply(&mut case, &happening);
    }
    case.unwrap()
}

#[test]
fn an_extension_moves_the_date_within_double_the_limit() {
    // Three working days: Tuesday 29th; three more: Wednesday 30th, 8th and 9th October.
    let case = case_at(Stage::InProgress);
    assert_eq!(case.due_at, Some(at("2026-09-29T10:00:00Z")));
    for (date, good) in [
        ("2026-09-29T10:00:00Z", false),
        ("2026-09-30T10:00:00Z", true),
        ("2026-10-09T10:00:00Z", true),
        ("2026-10-09T10:00:00.001Z", false),
        ("2026-01-01T00:00:00Z", false),
    ] {
        let extended = after(Some(&case), &extend(Some(date)), at(FRIDAY));
        assert_eq!(extended.is_ok(), good, "{date}");
        match extended {
            Ok(case) => {
                assert_eq!(case.due_at, Some(at(date)));
                assert_eq!(case.deadlines.resolve_by, Some(at(date)));
            }
            Err(refusal) => {
                assert_eq!(
                    (refusal.code, refusal.field.as_deref()),
                    ("extend.date", Some("resolve_by"))
                );
                assert!(refusal.allowed[0].ends_with("2026-10-09T10:00:00Z"));
            }
        }
    }
}

#[test]
fn an_extension_does_not_put_off_the_first_contact() {
    let case = case_at(Stage::Dispatched);
    let due = case.due_at;
    let case = after(Some(&case), &good(Action::Extend), at(FRIDAY)).unwrap();
    assert_eq!(case.due_at, due);
    assert_eq!(case.deadlines.respond_by, due);
}

#[test]
fn a_dispatch_is_extended_once_and_the_next_one_anew() {
    let case = after(
        Some(&case_at(Stage::InProgress)),
        &good(Action::Extend),
        at(FRIDAY),
    )
    .unwrap();
    let refusal = after(
        Some(&case),
        &extend(Some("2026-10-08T10:00:00Z")),
        at(FRIDAY),
    );
    assert_eq!(refusal.unwrap_err().code, "extend.too-often");
    let sent_on = after(Some(&case), &good(Action::Redirect), at(FRIDAY)).unwrap();
    assert!(after(Some(&sent_on), &good(Action::Extend), at(FRIDAY)).is_ok());
}

#[test]
fn what_a_city_allows_is_what_counts() {
    let mut rules = rules();
    rules.limits.allowance.extensions = 2;
    rules.limits.allowance.extended_percent = 300;
    let case = case_at(Stage::InProgress);
    let case = decide_by(
        &rules,
        &case,
        &extend(Some("2026-09-30T10:00:00Z")),
        at(FRIDAY),
    );
    // Six more days in all, one of them is used: 8th, 9th, 10th, 12th, 13th.
    let case = decide_by(
        &rules,
        &case,
        &extend(Some("2026-10-13T10:00:00Z")),
        at(FRIDAY),
    );
    assert_eq!(case.more.extensions.granted.len(), 2);
}

#[test]
fn more_time_is_asked_for_in_time_and_may_be_granted_later() {
    let case = case_at(Stage::InProgress);
    let late = at("2026-09-29T10:00:01Z");
    for command in [
        ask_extension("2026-10-08T10:00:00Z"),
        extend(Some("2026-10-08T10:00:00Z")),
    ] {
        let refusal = after(Some(&case), &command, late).unwrap_err();
        assert_eq!(refusal.code, "extend.late");
    }
    let asked = after(
        Some(&case),
        &ask_extension("2026-10-08T10:00:00Z"),
        at(FRIDAY),
    );
    let asked = asked.unwrap();
    assert_eq!(asked.due_at, case.due_at, "asking moves nothing");
    assert!(!possible(&asked).contains(&Action::AskExtension));
    let granted = after(Some(&asked), &extend(None), late).unwrap();
    assert_eq!(granted.due_at, Some(at("2026-10-08T10:00:00Z")));
    let refused = after(Some(&asked), &good(Action::RefuseExtension), late).unwrap();
    assert_eq!(refused.due_at, case.due_at);
    assert_eq!(refused.more.extensions.asked, None);
    let nothing = after(Some(&case), &extend(None), at(FRIDAY)).unwrap_err();
    assert_eq!(nothing.field.as_deref(), Some("resolve_by"));
}

#[test]
fn a_shelved_case_waits_for_its_review_and_has_what_was_left_afterwards() {
    // Monday 28th is the second of three working days: one is left.
    let case = case_at(Stage::InProgress);
    let shelved = after(
        Some(&case),
        &shelve("2026-10-20T02:00:00Z"),
        at("2026-09-28T02:00:00Z"),
    )
    .unwrap();
    assert_eq!(shelved.due_at, Some(at("2026-10-20T02:00:00Z")));
    assert!(!shelved.is_late(at("2026-10-19T00:00:00Z")));
    assert!(
        shelved.is_late(at("2026-10-20T02:00:01Z")),
        "it is due to the desk"
    );
    for action in [Action::ReportBack, Action::Return, Action::Extend] {
        let refusal = after(Some(&shelved), &good(action), at(FRIDAY)).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::NotNow);
        assert_eq!(refusal.allowed[0], "resume");
    }
    // Early: Thursday 15th; one working day later is Friday.
    let resumed = after(
        Some(&shelved),
        &good(Action::Resume),
        at("2026-10-15T02:00:00Z"),
    )
    .unwrap();
    assert_eq!(
        resumed.deadlines.resolve_by,
        Some(at("2026-10-16T10:00:00Z"))
    );
    assert_eq!(resumed.due_at, resumed.deadlines.resolve_by);
    let pause = resumed.more.pauses.past[0];
    assert_eq!(
        (pause.kind, pause.from, pause.until),
        (
            PauseKind::Shelved,
            at("2026-09-28T02:00:00Z"),
            at("2026-10-15T02:00:00Z")
        )
    );
    // Left lying after the review: the clock ran again from there.
    let late = after(
        Some(&shelved),
        &good(Action::Resume),
        at("2026-12-01T02:00:00Z"),
    )
    .unwrap();
    assert_eq!(late.due_at, Some(at("2026-10-21T10:00:00Z")));
    assert_eq!(late.more.pauses.past[0].until, at("2026-10-20T02:00:00Z"));
}

#[test]
fn the_review_lies_ahead_and_not_too_far() {
    let case = case_at(Stage::InProgress);
    for date in [FRIDAY, "2026-01-01T00:00:00Z", "2027-06-01T00:00:00Z"] {
        let refusal = after(Some(&case), &shelve(date), at(FRIDAY)).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            ("shelve.review-date", Some("review_by")),
            "{date}"
        );
    }
}

#[test]
fn what_was_late_before_stays_late() {
    let case = case_at(Stage::InProgress);
    let late = at("2026-10-08T02:00:00Z");
    let shelved = after(Some(&case), &shelve("2026-10-20T02:00:00Z"), late).unwrap();
    let resumed = after(
        Some(&shelved),
        &good(Action::Resume),
        at("2026-10-15T02:00:00Z"),
    )
    .unwrap();
    assert_eq!(resumed.due_at, case.due_at);
    assert_eq!(resumed.deadlines, case.deadlines);
}

#[test]
fn the_residents_answer_starts_the_clock_again() {
    // Contact within two hours: at 10:30 an hour and a half is left.
    let case = case_at(Stage::Dispatched);
    let asked = after(
        Some(&case),
        &good(Action::AskResident),
        at("2026-09-25T02:30:00Z"),
    )
    .unwrap();
    assert_eq!(asked.due_at, Some(at("2026-09-28T02:30:00Z")), "three days");
    assert_eq!(
        possible(&asked)[..2],
        [Action::AnswerQuestion, Action::Resume]
    );
    let answered = after(
        Some(&asked),
        &good(Action::AnswerQuestion),
        at("2026-09-26T02:00:00Z"),
    )
    .unwrap();
    assert_eq!(answered.due_at, Some(at("2026-09-26T03:30:00Z")));
    assert_eq!(answered.deadlines.respond_by, answered.due_at);
    assert!(!possible(&answered).contains(&Action::AnswerQuestion));
}

#[test]
fn the_clock_stops_for_the_resident_twice_in_a_dispatch_at_most() {
    let mut case = case_at(Stage::InProgress);
    let ask = Command::AskResident(AskResident {
        note: note("哪一盏?"),
    });
    for _ in 0..2 {
        case = after(Some(&case), &ask, at(FRIDAY)).unwrap();
        case = after(Some(&case), &good(Action::Resume), at(FRIDAY)).unwrap();
    }
    let refusal = after(Some(&case), &ask, at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "ask.too-often");
}

#[test]
fn closing_ends_a_pause() {
    let shelved = after(
        Some(&case_at(Stage::InProgress)),
        &shelve("2026-10-20T02:00:00Z"),
        at(FRIDAY),
    )
    .unwrap();
    for action in [Action::Close, Action::Withdraw] {
        let closed = after(Some(&shelved), &good(action), at("2026-10-01T02:00:00Z")).unwrap();
        assert_eq!(closed.stage, Stage::Closed);
        assert_eq!(closed.more.pauses.now, None);
        assert_eq!(closed.more.pauses.past[0].until, at("2026-10-01T02:00:00Z"));
        assert_eq!(closed.due_at, None);
    }
}

#[test]
fn a_category_can_have_a_grade_and_limits_of_its_own_for_each_step() {
    let mut rules = rules();
    let hours = |hours: u32| {
        Some(yiwang_base::Span::Clock {
            minutes: hours * 60,
        })
    };
    let light = "light".parse().unwrap();
    rules.categories.get_mut(&light).unwrap().own = OwnLimits {
        grade: Some(Grade::Emergency),
        accept: hours(1),
        dispatch: hours(3),
        verify: hours(4),
        close: hours(5),
    };
    let road = [
        (Action::Accept, "2026-09-25T05:00:00Z"),
        (Action::Dispatch, "2026-09-25T04:00:00Z"),
        (Action::Start, "2026-09-25T04:00:00Z"),
        (Action::ReportBack, "2026-09-25T06:00:00Z"),
        (Action::Verify, "2026-09-25T07:00:00Z"),
    ];
    let mut case = case_at(Stage::Submitted);
    for (action, due) in road {
        case = decide_by(&rules, &case, &good(action), at(FRIDAY));
        assert_eq!(case.due_at, Some(at(due)), "{action:?}");
    }
}

#[test]
fn changed_limits_leave_the_deadlines_that_were_set() {
    let case = case_at(Stage::Dispatched);
    let mut rules = rules();
    rules.desk.verify = yiwang_base::Span::Clock { minutes: 5 };
    for category in rules.categories.values_mut() {
        category.resolve = yiwang_base::Span::Clock { minutes: 5 };
        category.respond = category.resolve;
    }
    let started = decide_by(&rules, &case, &Command::Start, at(FRIDAY));
    assert_eq!(
        started.deadlines, case.deadlines,
        "the old case keeps its own"
    );
    let accepted = decide_by(
        &rules,
        &case_at(Stage::Submitted),
        &good(Action::Accept),
        at(FRIDAY),
    );
    let sent = Command::Dispatch {
        unit: "lights".parse().unwrap(),
        assisting: vec![],
        limits: Limits::ByCategory,
        reason: None,
        note: None,
    };
    let new = decide_by(&rules, &accepted, &sent, at(FRIDAY));
    assert_eq!(new.deadlines.resolve_by, Some(at("2026-09-25T02:05:00Z")));
}

#[test]
fn the_form_of_these_events_stays_what_it_is() {
    for json in [
        r#"{"extended":{"from":"2026-09-29T10:00:00Z","resolve_by":"2026-09-30T10:00:00Z"}}"#,
        r#"{"shelved":{"left":{"due":{"working_days":1},"resolve":{"clock":90}},"reason":"awaiting_funds","review_by":"2026-10-25T02:00:00Z"}}"#,
        r#"{"resident_asked":{"answer_by":"2026-09-28T02:00:00Z","left":{"respond":{"working":30}}}}"#,
        r#"{"resumed":{"due_at":"2026-09-28T02:00:00Z"}}"#,
        r#"{"supervised":{"answer_by":"2026-09-28T02:00:00Z","level":"key"}}"#,
        r#"{"scored":{"score":4,"unit":"lights"}}"#,
        r#"{"attached":{"bytes":5,"kind":"jpeg","own":true}}"#,
        r#"{"withdrawn":{}}"#,
    ] {
        let event: Event = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
    }
}
