//! Giving a case back, the district as the backstop, and sending a case on.

use yiwang_base::{CaseId, RefusalKind, UnitCode};
use yiwang_cases::figures::{Turn, turns};
use yiwang_cases::{
    Action, Actor, Case, Command, Event, Limits, Recall, Redirect, Return, ReturnReason, Stage,
    possible,
};

use crate::fields::{refused, wrong_texts};
use crate::town::{
    FRIDAY, accept, after, at, case_at, decide_at, dispatch, good, note, submit, words,
};

fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

fn give_back(responsible: Option<&str>) -> Command {
    Command::Return(Return {
        reason: ReturnReason::NotOurDuty,
        responsible: responsible.map(unit),
        note: note("换了灯泡"),
    })
}

fn redirect(to: &str) -> Command {
    Command::Redirect(Redirect {
        unit: unit(to),
        assisting: vec![],
        reason: "nearer".into(),
        note: None,
    })
}

fn then(case: &Case, commands: &[Command]) -> Case {
    let mut case = case.clone();
    for command in commands {
        case = after(Some(&case), command, at(FRIDAY)).unwrap();
    }
    case
}

#[test]
fn the_first_return_goes_back_to_the_desk() {
    for stage in [Stage::Dispatched, Stage::InProgress] {
        let case = case_at(stage);
        let returned = then(&case, &[give_back(Some("lights-west"))]);
        assert_eq!(returned.stage, Stage::Accepted, "{stage:?}");
        assert_eq!(returned.due_at, Some(at("2026-09-25T04:00:00Z")));
        assert_eq!(returned.unit, None);
        assert_eq!(returned.deadlines, Default::default());
        assert_eq!(returned.more.returns.by, [unit("lights")]);
        assert_eq!(returned.more.returns.responsible, Some(unit("lights-west")));
    }
}

#[test]
fn a_return_says_why_and_names_a_unit_there_is() {
    let with = |text: &str| {
        Command::Return(Return {
            reason: ReturnReason::WrongCategory,
            responsible: None,
            note: note(text),
        })
    };
    for (text, code) in wrong_texts(4_000) {
        refused(Some(Stage::Dispatched), &with(&text), code, "note");
    }
    let unknown = give_back(Some("moon-office"));
    let refusal = refused(
        Some(Stage::Dispatched),
        &unknown,
        "unit.unknown",
        "responsible",
    );
    assert_eq!(refusal.allowed.len(), 5);
    let itself = give_back(Some("lights"));
    refused(
        Some(Stage::Dispatched),
        &itself,
        "return.to-oneself",
        "responsible",
    );
}

#[test]
fn a_unit_that_gave_it_back_gets_it_again_only_for_a_reason() {
    let case = then(&case_at(Stage::Dispatched), &[give_back(None)]);
    let refusal = decide_at(Some(&case), &dispatch("lights"), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "unit.returned-before");
    assert_eq!(refusal.field.as_deref(), Some("unit"));
    assert_eq!(
        refusal.allowed,
        ["lights-west"],
        "who has not given it back"
    );
    let reasoned = Command::Dispatch {
        unit: unit("lights"),
        assisting: vec![],
        limits: Limits::ByCategory,
        reason: Some("it is theirs since July".into()),
        note: None,
    };
    assert!(decide_at(Some(&case), &reasoned, at(FRIDAY)).is_ok());
}

#[test]
fn the_second_return_goes_to_the_district_by_rule() {
    let once = then(
        &case_at(Stage::Dispatched),
        &[give_back(None), dispatch("lights-west")],
    );
    let happenings = decide_at(Some(&once), &give_back(None), at(FRIDAY)).unwrap();
    let [returned, sent] = happenings.as_slice() else {
        panic!("{happenings:?}")
    };
    assert_eq!(returned.event.word(), "returned");
    assert_eq!(sent.by, Actor::System("district-backstop/1".into()));
    assert_eq!(sent.grounds.as_deref(), Some("return 2 of C7"));
    assert!(matches!(
        &sent.event,
        Event::Dispatched { backstop: true, unit, .. } if unit.as_str() == "district"
    ));
    let twice = then(&once, &[give_back(None)]);
    assert_eq!(twice.stage, Stage::Dispatched);
    assert_eq!(twice.unit, Some(unit("district")));
    assert_eq!(twice.more.returns.count(), 2);
    assert_eq!(twice.due_at, twice.deadlines.respond_by);
    assert!(twice.more.lead.backstop);
}

#[test]
fn the_district_cannot_give_back_what_nobody_else_took() {
    let case = then(
        &case_at(Stage::Dispatched),
        &[give_back(None), dispatch("lights-west"), give_back(None)],
    );
    assert!(!possible(&case).contains(&Action::Return));
    let refusal = decide_at(Some(&case), &give_back(None), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::NotNow);
    assert!(refusal.allowed.contains(&"redirect".to_owned()));
    // The desk may still send it to someone; that unit's return is the district's again.
    let redirected = then(&case, &[redirect("idle")]);
    assert!(!redirected.more.lead.backstop);
    let again = then(&redirected, &[give_back(None)]);
    assert_eq!(again.unit, Some(unit("district")));
}

#[test]
fn the_district_as_the_second_unit_to_give_it_back_is_told_to_keep_it() {
    let accepted = Command::Accept {
        category: "rubbish".parse().unwrap(),
        area: Some("east".parse().unwrap()),
    };
    let case = then(
        &case_at(Stage::Submitted),
        &[
            accepted,
            dispatch("street-east"),
            give_back(Some("district")),
            dispatch("district"),
        ],
    );
    let refusal = decide_at(Some(&case), &give_back(None), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "return.backstop");
    assert_eq!(refusal.field.as_deref(), Some("unit"));
}

#[test]
fn without_a_district_for_the_area_the_desk_decides_each_time() {
    // Nobody knows where it lies.
    let mut nowhere = words();
    nowhere.place.point = None;
    let case = after(None, &submit(nowhere), at(FRIDAY)).unwrap();
    let case = then(
        &case,
        &[
            accept(),
            dispatch("lights"),
            give_back(None),
            redirect_by_dispatch("idle"),
            give_back(None),
        ],
    );
    assert_eq!(case.stage, Stage::Accepted);
    assert_eq!(case.more.returns.count(), 2);
    assert!(!case.more.lead.backstop);
}

fn redirect_by_dispatch(to: &str) -> Command {
    Command::Dispatch {
        unit: unit(to),
        assisting: vec![],
        limits: Limits::ByCategory,
        reason: Some("nobody else".into()),
        note: None,
    }
}

#[test]
fn the_desk_sends_it_on_and_that_is_counted() {
    let case = case_at(Stage::InProgress);
    let now = at("2026-09-25T08:00:00Z");
    let happenings = decide_at(Some(&case), &redirect("lights-west"), now).unwrap();
    let words: Vec<&str> = happenings.iter().map(|h| h.event.word()).collect();
    assert_eq!(words, ["redirected", "dispatched"]);
    for happening in &happenings {
        assert_eq!(happening.grounds.as_deref(), Some("nearer"));
    }
    let sent = after(Some(&case), &redirect("lights-west"), now).unwrap();
    assert_eq!(sent.stage, Stage::Dispatched);
    assert_eq!(sent.unit, Some(unit("lights-west")));
    assert_eq!((sent.more.redirects, sent.more.returns.count()), (1, 0));
    assert_eq!(sent.dispatched_at, Some(now));
    assert_eq!(sent.started_at, None);
    assert_eq!(sent.deadlines.respond_by, Some(at("2026-09-25T10:00:00Z")));
}

#[test]
fn sending_it_on_names_another_unit_and_a_reason() {
    refused(
        Some(Stage::Dispatched),
        &redirect("lights"),
        "redirect.same-unit",
        "unit",
    );
    refused(
        Some(Stage::Dispatched),
        &redirect("moon"),
        "unit.unknown",
        "unit",
    );
    let with = |reason: &str| {
        Command::Redirect(Redirect {
            unit: unit("lights-west"),
            assisting: vec![],
            reason: reason.into(),
            note: None,
        })
    };
    for (text, code) in wrong_texts(300) {
        refused(Some(Stage::Dispatched), &with(&text), code, "reason");
    }
}

#[test]
fn a_returned_case_that_is_closed_and_opened_again_keeps_its_category() {
    let case = then(
        &case_at(Stage::Dispatched),
        &[give_back(None), good(Action::Close), good(Action::Reopen)],
    );
    assert_eq!(case.stage, Stage::Accepted);
    assert_eq!(case.more.returns.count(), 1, "that stays known");
}

fn recall(reason: Option<&str>) -> Command {
    Command::Recall(Recall {
        reason: reason.map(str::to_owned),
    })
}

#[test]
fn what_was_sent_by_mistake_comes_back_to_the_desk_and_was_nobodys_turn() {
    let case = case_at(Stage::Dispatched);
    let back = then(&case, &[recall(Some("wrong key"))]);
    assert_eq!((back.stage, &back.unit), (Stage::Accepted, &None));
    assert_eq!(back.due_at, Some(at("2026-09-25T04:00:00Z")));
    assert_eq!((back.more.redirects, back.more.returns.count()), (0, 0));
    let happenings = decide_at(Some(&case), &recall(Some("wrong key")), at(FRIDAY)).unwrap();
    assert_eq!(happenings[0].event.word(), "recalled");
    assert_eq!(happenings[0].grounds.as_deref(), Some("wrong key"));
    // Only the second dispatch is a turn, and the unit may be the same again.
    let road = [
        submit(words()),
        accept(),
        dispatch("lights"),
        recall(None),
        dispatch("lights"),
    ];
    let mut case: Option<Case> = None;
    let mut events = Vec::new();
    for (number, command) in road.iter().enumerate() {
        events.extend(decide_at(case.as_ref(), command, at(FRIDAY)).unwrap());
        case = Case::replay(CaseId(7), &events).unwrap();
        let turns = turns(CaseId(7), &events).unwrap();
        let units: Vec<_> = turns.iter().map(|turn| turn.unit.clone()).collect();
        let expected = [2, 4].contains(&number).then(|| unit("lights"));
        assert_eq!(units, [expected], "after {number}");
        let case = case.as_ref().unwrap();
        assert!(!case.had_turns());
        assert_eq!(Turn::only(case), turns[0], "after {number}");
    }
}

#[test]
fn nothing_is_recalled_that_a_unit_has_begun_or_kept_waiting() {
    // Whoever asked for more time, or did a part, has begun; so has who started.
    let untouched = case_at(Stage::Dispatched);
    assert!(possible(&untouched).contains(&Action::Recall));
    let begun = [
        then(&untouched, &[good(Action::AskExtension)]),
        then(
            &untouched,
            &[good(Action::AddUnit), good(Action::ReportPart)],
        ),
        case_at(Stage::InProgress),
    ];
    for case in begun {
        let refusal = decide_at(Some(&case), &recall(None), at(FRIDAY)).unwrap_err();
        assert_eq!(refusal.code, "case.not-now");
        assert!(refusal.allowed.contains(&"redirect".to_owned()));
    }
    // A resident who was kept waiting was kept waiting by somebody.
    let due = untouched.due_at.unwrap();
    assert!(decide_at(Some(&untouched), &recall(None), due).is_ok());
    let late = due + jiff::SignedDuration::from_secs(1);
    let refusal = decide_at(Some(&untouched), &recall(None), late).unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.code),
        (RefusalKind::Invalid, "recall.late")
    );
    assert_eq!(refusal.allowed, ["redirect"]);
    for (text, code) in wrong_texts(300) {
        refused(
            Some(Stage::Dispatched),
            &recall(Some(&text)),
            code,
            "reason",
        );
    }
}
