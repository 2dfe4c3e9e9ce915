//! Whatever is asked in whatever order, the case stays a legal one.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::SignedDuration;
use proptest::prelude::*;
use yiwang_base::{CaseId, RefusalKind, UnlistedYears};
use yiwang_cases::{
    Action, Actor, Case, Context, Event, Happening, Rules, Stage, decide, possible,
};

use crate::any_command::commands;
use crate::town::{FRIDAY, SECRETS, apply, at, rules};

static RULES: LazyLock<Rules> = LazyLock::new(rules);

/// The town before any year of its calendar is known.
static BLIND: LazyLock<Rules> = LazyLock::new(|| {
    let mut rules = rules();
    rules.calendar = rules.calendar.with_unlisted_years(UnlistedYears::Refuse);
    rules
});

/// The town at the n-th command: now with its calendar, now without.
fn rules_at(n: usize) -> &'static Rules {
    if n.is_multiple_of(3) { &BLIND } else { &RULES }
}

const ID: CaseId = CaseId(7);

/// What is true of every case, told from its own history.
fn assert_legal(case: &Case, history: &[Happening]) {
    assert_eq!(case.version as usize, history.len());
    assert_eq!(case.changed_at, history.last().unwrap().at);
    assert_eq!(case.submitted_at, history[0].at);
    assert_eq!(
        case.due_at.is_none(),
        !case.stage.is_open(),
        "someone has to act while the case is open: {case:?}"
    );
    assert_eq!(case.closed_at.is_none(), case.stage.is_open());
    assert_eq!(case.decline.is_some(), case.stage == Stage::Declined);
    assert_eq!(case.erased, case.request.is_none());
    if matches!(
        case.stage,
        Stage::Dispatched | Stage::InProgress | Stage::Reported | Stage::Verified
    ) {
        assert!(case.unit.is_some(), "a unit leads");
    }
    assert_parts(case, history);
    // What was withdrawn may never have been accepted.
    assert_eq!(case.more.merged.is_some(), case.stage == Stage::Merged);
    if !matches!(
        case.stage,
        Stage::Submitted | Stage::Declined | Stage::Merged
    ) && !case.more.withdrawn
    {
        assert!(case.category.is_some());
    }
    assert_closed_for_a_reason(case, history);
    assert_clock(case, history);
    assert!(!possible(case).is_empty(), "something is always possible");
}

/// No case closes without a passed verification since it was opened, or a
/// reason that is sealed beside the entry that closed it.
fn assert_closed_for_a_reason(case: &Case, history: &[Happening]) {
    if case.stage == Stage::Closed {
        let closing = history
            .iter()
            .rposition(|h| matches!(h.event, Event::Closed { .. } | Event::Withdrawn {}))
            .unwrap();
        let withdrawn = matches!(history[closing].event, Event::Withdrawn {});
        assert_eq!(case.more.withdrawn, withdrawn);
        let opened = history[..closing]
            .iter()
            .rposition(|h| matches!(h.event, Event::Reopened { .. }))
            .unwrap_or(0);
        let verdict = history[opened..closing]
            .iter()
            .rev()
            .find_map(|h| match h.event {
                Event::Verified { pass, .. } => Some(pass),
                _ => None,
            });
        if case.closed_unverified {
            assert!(history[closing].sealed.is_some(), "a reason is sealed");
        } else {
            assert_eq!(verdict, Some(true), "verified since it was opened");
        }
    }
}

/// Only what a unit has in hand stands still, and then it waits for the date
/// set; pauses follow each other. Extensions stay within what the city allows.
fn assert_clock(case: &Case, history: &[Happening]) {
    let pauses = &case.more.pauses;
    let stops = history
        .iter()
        .filter(|h| matches!(h.event, Event::Shelved(_) | Event::ResidentAsked(_)))
        .count();
    assert_eq!(
        pauses.past.len() + usize::from(pauses.now.is_some()),
        stops,
        "every time it stood still is told"
    );
    for pair in pauses.past.windows(2) {
        assert!(pair[0].until <= pair[1].from);
    }
    assert!(pauses.past.iter().all(|pause| pause.from <= pause.until));
    if let Some(now) = &pauses.now {
        assert!(case.stage.is_handled());
        assert_eq!(case.due_at, Some(now.until));
    }
    let allowance = RULES.limits.allowance;
    assert!(case.more.extensions.granted.len() <= allowance.extensions as usize);
    for extended in &case.more.extensions.granted {
        assert!(extended.resolve_by > extended.from);
    }
    let open = case.more.supervisions.0.iter();
    let open = open.filter(|watch| watch.released_at.is_none()).count();
    assert!(open <= 1, "one supervision at a time");
}

/// Assisting units are known once each and never lead; who came as the backstop
/// was sent by the rule and by nobody else.
fn assert_parts(case: &Case, history: &[Happening]) {
    let units: Vec<_> = case.more.parts.0.iter().map(|part| &part.unit).collect();
    let distinct: BTreeSet<_> = units.iter().collect();
    assert_eq!(distinct.len(), units.len(), "{units:?}");
    assert!(case.unit.as_ref().is_none_or(|lead| !units.contains(&lead)));
    let returns = history
        .iter()
        .filter(|h| matches!(h.event, Event::Returned(_)))
        .count();
    assert_eq!(case.more.returns.count() as usize, returns);
    if case.more.lead.backstop {
        assert!(returns >= 2);
        let sent = history
            .iter()
            .rfind(|h| matches!(h.event, Event::Dispatched { .. }))
            .unwrap();
        assert!(matches!(&sent.by, Actor::System(rule) if rule == "district-backstop/1"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_commands_leave_a_legal_case_or_a_refusal_that_says_what_is_possible(
        commands in commands()
    ) {
        let actor = Actor::Resident;
        let mut now = at(FRIDAY);
        let mut case: Option<Case> = None;
        let mut history: Vec<Happening> = Vec::new();
        for (n, (command, seconds)) in commands.iter().enumerate() {
            now += SignedDuration::from_secs(*seconds);
            let context = Context { rules: rules_at(n), actor: &actor, grounds: None, now };
            let happenings = match decide(case.as_ref(), command, &context) {
                Ok(happenings) => happenings,
                Err(refusal) => {
                    prop_assert!(!refusal.message.zh.is_empty() && !refusal.message.en.is_empty());
                    let Some(case) = &case else { continue };
                    let words: Vec<_> = possible(case).iter().map(|a| a.word()).collect();
                    let offered = words.contains(&command.action().word());
                    if refusal.kind == RefusalKind::NotNow {
                        prop_assert!(!offered);
                        prop_assert_eq!(refusal.allowed, words);
                    } else {
                        prop_assert!(offered && refusal.field.is_some(), "{:?}", refusal);
                    }
                    continue;
                }
            };
            prop_assert!(!happenings.is_empty());
            for happening in happenings {
                apply(&mut case, &happening);
                history.push(happening);
                assert_legal(case.as_ref().unwrap(), &history);
            }
        }
        prop_assert_eq!(Case::replay(ID, &history).unwrap(), case);
    }

    #[test]
    fn no_case_closes_without_a_passed_verification_or_a_logged_reason(commands in commands()) {
        let actor = Actor::Resident;
        let mut now = at(FRIDAY);
        let mut case: Option<Case> = None;
        let mut history: Vec<Happening> = Vec::new();
        for (command, seconds) in &commands {
            now += SignedDuration::from_secs(*seconds);
            let context = Context { rules: &RULES, actor: &actor, grounds: None, now };
            for happening in decide(case.as_ref(), command, &context).unwrap_or_default() {
                apply(&mut case, &happening);
                history.push(happening);
                let case = case.as_ref().unwrap();
                assert_closed_for_a_reason(case, &history);
                if case.stage == Stage::Closed && !case.closed_unverified {
                    let passed = |h: &Happening| matches!(h.event, Event::Verified { pass: true, .. });
                    prop_assert!(history.iter().any(passed));
                }
            }
        }
    }

    #[test]
    fn deciding_twice_gives_the_same(commands in commands()) {
        let actor = Actor::Resident;
        let context = Context { rules: &RULES, actor: &actor, grounds: Some("x"), now: at(FRIDAY) };
        let mut case: Option<Case> = None;
        for (command, _) in &commands {
            let first = decide(case.as_ref(), command, &context);
            prop_assert_eq!(&first, &decide(case.as_ref(), command, &context));
            for happening in first.unwrap_or_default() {
                apply(&mut case, &happening);
            }
        }
    }

    #[test]
    fn no_personal_word_is_printed(commands in commands()) {
        let actor = Actor::Resident;
        let context = Context { rules: &RULES, actor: &actor, grounds: None, now: at(FRIDAY) };
        let mut case: Option<Case> = None;
        let mut printed = String::new();
        for (command, _) in &commands {
            printed += &format!("{command:?}");
            match decide(case.as_ref(), command, &context) {
                Err(refusal) => printed += &format!("{refusal:?} {refusal}"),
                Ok(happenings) => {
                    printed += &format!("{happenings:?}");
                    for happening in &happenings {
                        printed += &serde_json::to_string(&happening.event).unwrap();
                        apply(&mut case, happening);
                    }
                }
            }
            printed += &format!("{case:?}");
        }
        for secret in SECRETS {
            prop_assert!(!printed.contains(secret), "{} in {}", secret, printed);
        }
    }
}

#[test]
fn the_random_histories_reach_every_stage_and_hold_every_sort_of_event() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    let mut words = BTreeSet::new();
    let actor = Actor::Resident;
    for _ in 0..4000 {
        let commands = commands().new_tree(&mut runner).unwrap().current();
        let mut case: Option<Case> = None;
        for (n, (command, _)) in commands.iter().enumerate() {
            let context = Context {
                rules: rules_at(n),
                actor: &actor,
                grounds: None,
                now: at(FRIDAY),
            };
            for happening in decide(case.as_ref(), command, &context).unwrap_or_default() {
                apply(&mut case, &happening);
                words.insert(happening.event.word());
            }
            seen.extend(case.as_ref().map(|case| case.stage));
        }
    }
    assert_eq!(seen.len(), Stage::ALL.len(), "{seen:?}");
    // What the main case of a merge hears is not decided on that case.
    for word in Event::WORDS {
        if matches!(word, "absorbed" | "released") {
            continue;
        }
        assert!(words.contains(word), "{word} in {words:?}");
    }
}

#[test]
fn a_history_that_does_not_begin_with_one_submission_is_refused() {
    let happening = |action| {
        let case = crate::town::case_at(Stage::Submitted);
        let before = (action != Action::Submit).then_some(&case);
        crate::town::decide_at(before, &crate::town::good(action), at(FRIDAY))
            .unwrap()
            .remove(0)
    };
    let (submitted, accepted) = (happening(Action::Submit), happening(Action::Accept));
    assert_eq!(Case::replay(ID, []), Ok(None));
    assert!(Case::replay(ID, [&accepted]).is_err());
    let twice = Case::replay(ID, [&submitted, &submitted]).unwrap_err();
    assert!(twice.to_string().contains("second submission"));
    let case = Case::replay(ID, [&submitted, &accepted]).unwrap().unwrap();
    assert_eq!((case.stage, case.version), (Stage::Accepted, 2));
}
