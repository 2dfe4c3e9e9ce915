//! Who leads, what is suggested, and what is done without a person.

use pollster::block_on;
use yiwang_base::{CategoryCode, Personal};
use yiwang_cases::triage::{Desk, Example, Judge, Leads, Matter, Model, train};
use yiwang_cases::{
    Action, Actor, Asked, AtOnce, CaseStore as _, Command, Context, Event, Limits, MemoryStore,
    RequestWords, Stage, Submit, take_in,
};

use crate::town::{FRIDAY, after, at, case_after, case_at, dispatch, good, rules, words};

fn code<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn ranked(leads: &Leads, category: &str, area: Option<&str>) -> Vec<String> {
    let area = area.map(code);
    let ranked = leads.rank(&rules(), &code(category), area.as_ref());
    let sum: f64 = ranked.iter().map(|lead| lead.confidence).sum();
    assert!(ranked.is_empty() || (sum - 1.0).abs() < 1e-9, "{ranked:?}");
    ranked.iter().map(|lead| lead.unit.to_string()).collect()
}

#[test]
fn before_anything_is_learnt_the_duty_lists_decide() {
    let leads = Leads::default();
    assert_eq!(
        ranked(&leads, "light", Some("west")),
        ["lights-west", "lights"]
    );
    assert_eq!(ranked(&leads, "light", Some("east")), ["lights"]);
    assert!(ranked(&leads, "orphan", None).is_empty());
}

#[test]
fn who_handled_such_cases_before_comes_first() {
    let mut leads = Leads::default();
    for _ in 0..5 {
        leads.learn(&case_at(Stage::Closed));
    }
    assert_eq!(
        ranked(&leads, "light", Some("west")),
        ["lights", "lights-west"]
    );
    let first = &leads.rank(&rules(), &code("light"), Some(&code("west")))[0];
    assert_eq!(first.handled, 5);
    assert!(first.confidence > 0.8, "{first:?}");
}

#[test]
fn a_returned_case_counts_against_the_unit_that_gave_it_back() {
    let mut leads = Leads::default();
    leads.learn(&case_at(Stage::Closed));
    let first = |leads: &Leads| {
        let ranked = leads.rank(&rules(), &code("light"), Some(&code("east")));
        let lead = ranked
            .into_iter()
            .find(|lead| lead.unit.as_str() == "lights");
        lead.unwrap().confidence
    };
    let before = first(&leads);
    let shared = |leads: &mut Leads, steps: &[Action]| {
        let returned = case_after(&[
            Action::Submit,
            Action::Accept,
            Action::Dispatch,
            Action::Return,
        ]);
        let mut case = after(Some(&returned), &dispatch("lights-west"), at(FRIDAY)).unwrap();
        for step in steps {
            case = after(Some(&case), &good(*step), at(FRIDAY)).unwrap();
        }
        leads.learn(&case);
    };
    shared(
        &mut leads,
        &[
            Action::Start,
            Action::ReportBack,
            Action::Verify,
            Action::Close,
        ],
    );
    assert_eq!(before, 1.0, "alone in the east");
    assert_eq!(
        ranked(&leads, "light", Some("west")),
        ["lights-west", "lights"]
    );
}

fn model() -> Model {
    let lamp = [
        "路灯不亮",
        "街灯坏了",
        "路灯一直闪",
        "灯杆上的灯灭了",
        "street light out",
        "the lamp is broken",
    ];
    let rubbish = [
        "垃圾没人收",
        "垃圾桶满了",
        "垃圾成堆有臭味",
        "乱倒垃圾",
        "rubbish everywhere",
        "bins not emptied",
    ];
    let texts: Vec<[&str; 2]> = lamp
        .iter()
        .chain(&rubbish)
        .map(|text| [*text, ""])
        .collect();
    let examples = texts.iter().enumerate().map(|(n, texts)| Example {
        texts,
        label: if n < lamp.len() { "light" } else { "rubbish" },
    });
    train(&examples.collect::<Vec<_>>(), 1).unwrap().model
}

fn matter(words: &str) -> Matter<'_> {
    Matter {
        words,
        address: Some("春风路8号"),
        area: None,
    }
}

#[test]
fn a_suggestion_names_category_unit_confidence_and_words() {
    let judge = Judge::new(&rules(), Some(model()), Leads::default());
    let suggested = judge.suggest(&rules(), &matter("小区门口的路灯坏了"), 3);
    assert_eq!(suggested[0].category.as_str(), "light");
    assert!(suggested[0].confidence > suggested[1].confidence);
    assert!(
        suggested[0].words.iter().any(|word| word.contains("灯")),
        "{suggested:?}"
    );
    assert_eq!(suggested[0].units[0].unit.as_str(), "lights");
    assert!(judge.is_trained());
}

#[test]
fn without_a_model_names_suggest_and_nothing_is_automatic() {
    let judge = Judge::new(&rules(), None, Leads::default());
    let suggested = judge.suggest(&rules(), &matter("the light is out"), 3);
    assert_eq!(suggested[0].category.as_str(), "light");
    assert!(suggested[0].confidence <= 0.5 && suggested[0].words.is_empty());
    assert!(judge.suggest(&rules(), &matter("qqq"), 3).is_empty());
    let sure = judge.automatic(&rules(), &matter("light"), 0.0, &mut Desk::default());
    assert_eq!(sure, None);
}

#[test]
fn only_what_is_sure_enough_in_category_and_unit_is_automatic() {
    let judge = Judge::new(&rules(), Some(model()), Leads::default());
    let mut desk = Desk::default();
    let words = "路灯不亮,街灯坏了";
    let sure = judge
        .automatic(&rules(), &matter(words), 0.5, &mut desk)
        .unwrap();
    assert_eq!(
        (sure.category.as_str(), sure.unit.as_str()),
        ("light", "lights")
    );
    assert!(sure.confidence >= 0.5 && sure.deciding_words > 0);
    assert_eq!(
        judge.automatic(&rules(), &matter(words), 1.0, &mut desk),
        None
    );
    for nothing in ["qqq", "", "12345"] {
        let known = judge.automatic(&rules(), &matter(nothing), 0.0, &mut desk);
        assert_eq!(known, None, "{nothing}: no word of it decided");
    }
    // In the west two units answer for it, and nothing was learnt of them yet.
    let west = code("west");
    let there = Matter {
        area: Some(&west),
        ..matter(words)
    };
    assert_eq!(judge.automatic(&rules(), &there, 0.9, &mut desk), None);
}

fn taken_in(unit: &str) -> (Stage, Vec<String>) {
    let (store, rules, actor) = (MemoryStore::default(), rules(), Actor::Resident);
    let context = Context {
        rules: &rules,
        actor: &actor,
        grounds: None,
        now: at(FRIDAY),
    };
    let asked = Asked {
        id: None,
        seen_version: None,
        command: Command::Submit(Submit {
            channel: yiwang_cases::Channel::Web,
            category: None,
            request: Personal::new(RequestWords {
                follow_code: None,
                ..words()
            }),
            source: None,
        }),
        receipt: None,
    };
    let step = |command| AtOnce {
        actor: Actor::System("triage/3".into()),
        grounds: "confidence 0.970 from 2 deciding words".into(),
        command,
    };
    let category: CategoryCode = code("light");
    let steps = vec![
        step(Command::Accept {
            category,
            area: None,
        }),
        step(Command::Dispatch {
            unit: code(unit),
            assisting: vec![],
            limits: Limits::ByCategory,
            reason: None,
            note: None,
        }),
    ];
    let taken = block_on(take_in(&store, &asked, &context, |_| steps)).unwrap();
    let came = taken.as_it_came.unwrap();
    assert_eq!((came.stage, came.version), (Stage::Submitted, 1));
    let case = taken.case;
    let timeline = block_on(store.timeline(case.id)).unwrap();
    let told = timeline.iter().map(|recorded| {
        let happening = &recorded.happening;
        let grounds = happening.grounds.clone().unwrap_or_default();
        if matches!(happening.event, Event::Submitted { .. }) {
            assert!(grounds.is_empty());
        }
        format!("{} {} {grounds}", happening.event.word(), happening.by)
    });
    (case.stage, told.collect())
}

#[test]
fn a_request_is_taken_in_accepted_and_dispatched_in_one_change_that_names_the_model() {
    let (stage, told) = taken_in("lights-west");
    assert_eq!(stage, Stage::Dispatched);
    let grounds = "confidence 0.970 from 2 deciding words";
    assert_eq!(
        told,
        [
            "submitted resident ".to_owned(),
            format!("accepted system:triage/3 {grounds}"),
            format!("dispatched system:triage/3 {grounds}"),
        ]
    );
}

#[test]
fn steps_that_are_refused_leave_the_request_to_a_person() {
    // This unit's duty list does not name the matter.
    let (stage, told) = taken_in("idle");
    assert_eq!((stage, told.len()), (Stage::Submitted, 1));
}
