//! Whatever is asked in whatever order, the case stays a legal one.

use std::sync::LazyLock;

use jiff::SignedDuration;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use yiwang_base::{CaseId, Personal, Point, RefusalKind};
use yiwang_cases::{
    Action, Actor, Case, Channel, Command, Context, DeclineReason, Event, Happening, Limits,
    RequestWords, Rules, Stage, Submit, decide, possible,
};

use crate::town::{FRIDAY, SECRETS, at, rules, words};

static RULES: LazyLock<Rules> = LazyLock::new(rules);

const ID: CaseId = CaseId(7);

fn note() -> impl Strategy<Value = Personal<String>> {
    prop_oneof![
        6 => Just("换了灯泡".to_owned()),
        1 => Just(String::new()),
        1 => Just("换了灯泡\u{7}".to_owned()),
    ]
    .prop_map(Personal::new)
}

fn reason() -> impl Strategy<Value = Option<String>> {
    option::of(prop_oneof![3 => Just("nearest crew".to_owned()), 1 => Just(" ".to_owned())])
}

fn request() -> impl Strategy<Value = Personal<RequestWords>> {
    (any::<bool>(), any::<bool>(), 100.0..130.0, 20.0..80.0).prop_map(
        |(with_words, with_place, lon, lat)| {
            let mut request = words();
            if !with_words {
                request.words.clear();
            }
            request.place.point = with_place.then(|| Point::new(lon, lat).unwrap());
            Personal::new(request)
        },
    )
}

fn command() -> impl Strategy<Value = Command> {
    let category = || select(vec!["light", "rubbish", "endless", "moon"]);
    let unit = select(vec!["lights", "lights-west", "street-east", "idle", "moon"]);
    let area = option::of(select(vec!["west", "east", "town", "moon"]));
    let limits = prop_oneof![
        4 => Just(Limits::ByCategory),
        1 => Just(Limits::FromSource { resolve_by: Some(at(FRIDAY)) }),
    ];
    prop_oneof![
        (
            request(),
            option::of(category()),
            select(Channel::ALL.to_vec())
        )
            .prop_map(|(request, category, channel)| Command::Submit(Submit {
                channel,
                category: category.map(|code| code.parse().unwrap()),
                request,
                source: None,
            })),
        (category(), area).prop_map(|(category, area)| Command::Accept {
            category: category.parse().unwrap(),
            area: area.map(|code| code.parse().unwrap()),
        }),
        (select(DeclineReason::ALL.to_vec()), note())
            .prop_map(|(reason, note)| Command::Decline { reason, note }),
        (unit, limits, reason(), option::of(note())).prop_map(|(unit, limits, reason, note)| {
            Command::Dispatch {
                unit: unit.parse().unwrap(),
                limits,
                reason,
                note,
            }
        }),
        Just(Command::Start),
        note().prop_map(|note| Command::ReportBack { note }),
        (any::<bool>(), option::of(note())).prop_map(|(pass, note)| Command::Verify { pass, note }),
        option::of(note()).prop_map(|reason| Command::Close { reason }),
        (
            any::<bool>(),
            option::of(any::<bool>()),
            option::of(0..7_u8),
            option::of(note())
        )
            .prop_map(|(reached, solved, satisfaction, note)| Command::CallBack {
                reached,
                solved,
                satisfaction,
                note,
            }),
        note().prop_map(|note| Command::Reopen { note }),
        proptest::collection::vec(0..40_u64, 0..3).prop_map(|entries| Command::Erase {
            ground: "article 47".into(),
            entries,
        }),
    ]
}

/// The command at the front takes the case on its way more often than chance would.
fn commands() -> impl Strategy<Value = Vec<(Command, i64)>> {
    let step = (command(), 0..200_000_i64);
    let usual = Just(()).prop_map(|()| {
        Action::ALL
            .iter()
            .map(|action| (crate::town::good(*action), 60_000))
            .filter(|(command, _)| !matches!(command, Command::Decline { .. }))
            .collect::<Vec<_>>()
    });
    (usual, 0..12_usize, proptest::collection::vec(step, 0..40)).prop_map(
        |(mut road, taken, rest)| {
            road.truncate(taken);
            road.extend(rest);
            road
        },
    )
}

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
    assert!(case.unit.is_some() || case.dispatched_at.is_none());
    if !matches!(case.stage, Stage::Submitted | Stage::Declined) {
        assert!(case.category.is_some());
    }
    if case.stage == Stage::Closed {
        let closing = history
            .iter()
            .rposition(|h| matches!(h.event, Event::Closed { .. }))
            .unwrap();
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
    assert!(!possible(case).is_empty(), "something is always possible");
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
        for (command, seconds) in &commands {
            now += SignedDuration::from_secs(*seconds);
            let context = Context { rules: &RULES, actor: &actor, grounds: None, now };
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
            prop_assert_eq!(happenings.len(), 1);
            for happening in happenings {
                match &mut case {
                    None => case = Some(Case::begin(ID, &happening).unwrap()),
                    Some(case) => case.apply(&happening).unwrap(),
                }
                history.push(happening);
            }
            assert_legal(case.as_ref().unwrap(), &history);
        }
        prop_assert_eq!(Case::replay(ID, &history).unwrap(), case);
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
                match &mut case {
                    None => case = Some(Case::begin(ID, &happening).unwrap()),
                    Some(case) => case.apply(&happening).unwrap(),
                }
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
                        match &mut case {
                            None => case = Some(Case::begin(ID, happening).unwrap()),
                            Some(case) => case.apply(happening).unwrap(),
                        }
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
fn the_random_histories_reach_every_stage() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    let actor = Actor::Resident;
    for _ in 0..300 {
        let commands = commands().new_tree(&mut runner).unwrap().current();
        let mut case: Option<Case> = None;
        for (command, _) in &commands {
            let context = Context {
                rules: &RULES,
                actor: &actor,
                grounds: None,
                now: at(FRIDAY),
            };
            for happening in decide(case.as_ref(), command, &context).unwrap_or_default() {
                match &mut case {
                    None => case = Some(Case::begin(ID, &happening).unwrap()),
                    Some(case) => case.apply(&happening).unwrap(),
                }
            }
            seen.extend(case.as_ref().map(|case| case.stage));
        }
    }
    assert_eq!(seen.len(), Stage::ALL.len(), "{seen:?}");
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
