//! Deadlines while next year's calendar is not there yet.

use std::sync::LazyLock;

use yiwang_base::{CalendarYear, Holiday, LocalText, Refusal, Timestamp, UnlistedYears};
use yiwang_cases::{
    Action, Actor, Case, Command, Context, Event, Happening, PLAIN_WEEK_RULE, Rules, Stage, decide,
};

use crate::town::{accept, apply, at, dispatch, good, note, rules, submit, words};

fn year(number: i16, off: &[(&str, &str)]) -> CalendarYear {
    let holidays = off.iter().map(|(from, to)| Holiday {
        name: LocalText::same("holiday"),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    });
    let source = format!("notice of {number}");
    CalendarYear::new(number, &source, holidays.collect(), [].into()).unwrap()
}

/// The town, whose calendar must hold each year.
fn town(years: impl IntoIterator<Item = CalendarYear>) -> Rules {
    let mut rules = rules();
    rules.calendar = rules
        .calendar
        .with_years(years)
        .with_unlisted_years(UnlistedYears::Refuse);
    rules
}

static BEFORE: LazyLock<Rules> =
    LazyLock::new(|| town([year(2026, &[("2026-10-01", "2026-10-07")])]));
static AFTER: LazyLock<Rules> = LazyLock::new(|| {
    let next = year(2027, &[("2027-01-01", "2027-01-03")]);
    town([year(2026, &[("2026-10-01", "2026-10-07")]), next])
});

fn run(
    rules: &Rules,
    case: Option<&Case>,
    command: &Command,
    now: Timestamp,
) -> Result<(Case, Vec<Happening>), Refusal> {
    let actor = Actor::User("li.na".parse().unwrap());
    let context = Context {
        rules,
        actor: &actor,
        grounds: None,
        now,
    };
    let happenings = decide(case, command, &context)?;
    let mut after = case.cloned();
    for happening in &happenings {
        apply(&mut after, happening);
    }
    Ok((after.unwrap(), happenings))
}

/// Dispatched on 30 December, a Wednesday: three working days end in January.
fn dispatched() -> (Case, Vec<Happening>) {
    let now = at("2026-12-30T02:00:00Z");
    let (case, _) = run(&BEFORE, None, &submit(words()), now).unwrap();
    let (case, _) = run(&BEFORE, Some(&case), &accept(), now).unwrap();
    run(&BEFORE, Some(&case), &dispatch("lights-west"), now).unwrap()
}

#[test]
fn no_step_waits_for_the_notice_and_the_record_says_what_was_assumed() {
    let (case, happenings) = dispatched();
    let [_, mark] = happenings.as_slice() else {
        panic!("{happenings:?}")
    };
    assert_eq!(mark.by, Actor::System(PLAIN_WEEK_RULE.into()));
    assert_eq!(
        mark.grounds.as_deref(),
        Some("the calendar does not hold 2027")
    );
    // Thursday 31st, Friday 1st (by the plain week), Monday 4th.
    assert_eq!(case.deadlines.resolve_by, Some(at("2027-01-04T10:00:00Z")));
    assert_eq!(case.stage, Stage::Dispatched);
    // The two hours by the clock in which the resident is contacted are certain.
    assert!(!case.is_due_provisionally());
    assert_eq!(case.more.provisional.len(), 1);
    let (started, _) = run(
        &BEFORE,
        Some(&case),
        &Command::Start,
        at("2026-12-30T03:00:00Z"),
    )
    .unwrap();
    assert!(started.is_due_provisionally());
}

#[test]
fn a_limit_that_ends_within_the_known_years_has_no_mark() {
    let now = at("2026-12-20T02:00:00Z");
    let (case, _) = run(&BEFORE, None, &submit(words()), now).unwrap();
    let (case, _) = run(&BEFORE, Some(&case), &accept(), now).unwrap();
    let (case, sent) = run(&BEFORE, Some(&case), &dispatch("lights-west"), now).unwrap();
    assert_eq!(sent.len(), 1);
    assert!(case.more.provisional.is_empty());
}

#[test]
fn clock_time_over_the_new_year_is_certain() {
    let now = at("2026-12-31T15:30:00Z");
    let (case, happenings) = run(&BEFORE, None, &submit(words()), now).unwrap();
    assert_eq!(
        case.due_at,
        Some(at("2026-12-31T17:30:00Z")),
        "2027 in Shanghai"
    );
    assert_eq!(happenings.len(), 1);
}

#[test]
fn once_the_year_is_there_the_deadline_is_settled_by_it() {
    let (case, _) = dispatched();
    let now = at("2026-12-30T05:00:00Z");
    let (case, _) = run(&BEFORE, Some(&case), &Command::Start, now).unwrap();
    let early = run(&BEFORE, Some(&case), &Command::SettleDue, now).unwrap_err();
    assert_eq!(early.code, "calendar.year-missing");
    assert!(early.message.zh.contains("2027"));

    let (case, happenings) = run(&AFTER, Some(&case), &Command::SettleDue, now).unwrap();
    // Thursday 31st, Monday 4th, Tuesday 5th.
    let due = Some(at("2027-01-05T10:00:00Z"));
    assert_eq!((case.deadlines.resolve_by, case.due_at), (due, due));
    assert!(case.more.provisional.is_empty());
    assert_eq!(happenings.len(), 1);
    assert_eq!(happenings[0].grounds.as_deref(), Some("notice of 2027"));
    let again = run(&AFTER, Some(&case), &Command::SettleDue, now).unwrap_err();
    assert_eq!(again.code, "case.not-now");
}

#[test]
fn a_deadline_that_another_took_the_place_of_is_not_settled() {
    let (case, _) = dispatched();
    let later = at("2026-12-30T03:00:00Z");
    let (case, _) = run(&BEFORE, Some(&case), &good(Action::Return), later).unwrap();
    assert!(case.more.provisional.is_empty(), "the desk has two hours");
    let (case, _) = dispatched();
    let close = Command::Close {
        reason: Some(note("找到了原因")),
    };
    let (case, _) = run(&BEFORE, Some(&case), &close, later).unwrap();
    assert!(case.more.provisional.is_empty(), "nobody has to act");
}

#[test]
fn the_marks_are_in_the_record_in_a_form_that_stays() {
    let (_, happenings) = dispatched();
    let json = serde_json::to_string(&happenings[1].event).unwrap();
    assert_eq!(
        json,
        r#"{"due_provisional":{"due":"2027-01-04T10:00:00Z","from":"2026-12-30T02:00:00Z","missing":2027,"span":{"working_days":3}}}"#
    );
    let read: Event = serde_json::from_str(&json).unwrap();
    assert_eq!(read, happenings[1].event);
}
