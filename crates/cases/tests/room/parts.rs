//! Who leads, who assists, and who may choose that.

use yiwang_base::{RefusalKind, UnitCode};
use yiwang_cases::{
    Action, AddUnit, Case, Command, Event, RemoveUnit, ReportPart, Stage, Standing, possible,
};

use crate::fields::{refused, wrong_texts};
use crate::town::{FRIDAY, after, at, case_at, decide_at, dispatch_with, good, note};

fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

fn add(by: Option<&str>, code: &str) -> Command {
    Command::AddUnit(AddUnit {
        by: by.map(unit),
        unit: unit(code),
        note: None,
    })
}

fn remove(by: Option<&str>, code: &str) -> Command {
    Command::RemoveUnit(RemoveUnit {
        by: by.map(unit),
        unit: unit(code),
        reason: "not needed".into(),
    })
}

fn report(code: &str) -> Command {
    Command::ReportPart(ReportPart {
        unit: unit(code),
        note: note("换了灯泡"),
    })
}

fn report_back(reason: Option<&str>) -> Command {
    Command::ReportBack {
        note: note("换了灯泡"),
        open_parts_reason: reason.map(str::to_owned),
    }
}

fn then(case: &Case, commands: &[Command]) -> Case {
    let mut case = case.clone();
    for command in commands {
        case = after(Some(&case), command, at(FRIDAY)).unwrap();
    }
    case
}

/// In progress at `lights`, which the units assist.
fn together(assisting: &[&str]) -> Case {
    let sent = dispatch_with("lights", assisting);
    then(&case_at(Stage::Accepted), &[sent, Command::Start])
}

fn open(case: &Case) -> Vec<&str> {
    case.more.parts.open().map(UnitCode::as_str).collect()
}

#[test]
fn a_case_goes_to_a_lead_and_to_units_that_assist() {
    let case = together(&["idle", "street-east"]);
    assert_eq!(case.unit, Some(unit("lights")));
    assert_eq!(open(&case), ["idle", "street-east"]);
    assert_eq!(case.standings(&unit("lights")), [Standing::Lead]);
    assert_eq!(case.standings(&unit("idle")), [Standing::Assisting]);
    assert_eq!(case.standings(&unit("district")), []);
}

#[test]
fn who_assists_is_known_once_and_does_not_lead() {
    let dispatched = |assisting: &[&str]| dispatch_with("lights", assisting);
    let stage = Some(Stage::Accepted);
    refused(
        stage,
        &dispatched(&["idle", "moon"]),
        "unit.unknown",
        "assisting[1]",
    );
    refused(
        stage,
        &dispatched(&["lights"]),
        "unit.is-lead",
        "assisting[0]",
    );
    refused(
        stage,
        &dispatched(&["idle", "idle"]),
        "unit.assists-already",
        "assisting[1]",
    );
}

#[test]
fn the_lead_waits_for_the_parts_or_says_why_not() {
    let case = together(&["idle", "street-east"]);
    let refusal = decide_at(Some(&case), &report_back(None), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "parts.open");
    assert_eq!(refusal.field.as_deref(), Some("open_parts_reason"));
    assert_eq!(refusal.found.as_deref(), Some("idle, street-east"));
    let case = then(&case, &[report("idle")]);
    assert_eq!(open(&case), ["street-east"]);
    let happening = decide_at(
        Some(&case),
        &report_back(Some("the rest can follow")),
        at(FRIDAY),
    )
    .unwrap()
    .remove(0);
    assert_eq!(happening.grounds.as_deref(), Some("the rest can follow"));
    assert!(matches!(
        &happening.event,
        Event::ReportedBack { open_parts, .. } if *open_parts == [unit("street-east")]
    ));
    let done = then(&case, &[report("street-east"), report_back(None)]);
    assert_eq!(done.stage, Stage::Reported);
    for (text, code) in wrong_texts(300) {
        refused(
            Some(Stage::InProgress),
            &report_back(Some(&text)),
            code,
            "open_parts_reason",
        );
    }
}

#[test]
fn a_part_is_reported_by_the_unit_that_has_it_and_once() {
    let case = together(&["idle", "street-east"]);
    let refusal = decide_at(Some(&case), &report("lights"), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "unit.does-not-assist");
    assert_eq!(refusal.allowed, ["idle", "street-east"]);
    let case = then(&case, &[report("idle")]);
    let refusal = decide_at(Some(&case), &report("idle"), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "part.reported-already");
    assert_eq!(refusal.allowed, ["street-east"]);
    let case = then(&case, &[report("street-east")]);
    assert!(!possible(&case).contains(&Action::ReportPart));
    for (text, code) in wrong_texts(4_000) {
        let said = Command::ReportPart(ReportPart {
            unit: unit("idle"),
            note: note(&text),
        });
        let refusal = decide_at(Some(&together(&["idle"])), &said, at(FRIDAY)).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (code, Some("note"))
        );
    }
}

#[test]
fn the_desk_adds_and_removes_who_assists() {
    let case = then(&case_at(Stage::Dispatched), &[add(None, "idle")]);
    assert_eq!(open(&case), ["idle"]);
    let refusal = decide_at(Some(&case), &add(None, "idle"), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "unit.assists-already");
    let refusal = decide_at(Some(&case), &add(None, "lights"), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "unit.is-lead");
    let refusal = decide_at(Some(&case), &remove(None, "street-east"), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "unit.does-not-assist");
    assert_eq!(refusal.allowed, ["idle"]);
    for (text, code) in wrong_texts(300) {
        let command = Command::RemoveUnit(RemoveUnit {
            by: None,
            unit: unit("idle"),
            reason: text,
        });
        let refusal = decide_at(Some(&case), &command, at(FRIDAY)).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (code, Some("reason"))
        );
    }
    let removed = decide_at(Some(&case), &remove(None, "idle"), at(FRIDAY)).unwrap();
    assert_eq!(removed[0].grounds.as_deref(), Some("not needed"));
    let case = then(&case, &[remove(None, "idle")]);
    assert!(open(&case).is_empty());
    assert!(!possible(&case).contains(&Action::RemoveUnit));
}

#[test]
fn a_unit_that_has_done_its_part_can_be_asked_again() {
    let case = then(&together(&["idle"]), &[report("idle"), add(None, "idle")]);
    assert_eq!(open(&case), ["idle"]);
    assert_eq!(case.more.parts.0.len(), 1);
}

#[test]
fn where_the_duty_is_clear_the_lead_does_not_choose_who_assists() {
    let case = together(&["idle"]);
    assert!(!case.more.lead.first_receiver, "one unit comes first");
    for command in [
        add(Some("lights"), "street-east"),
        remove(Some("lights"), "idle"),
    ] {
        let refusal = decide_at(Some(&case), &command, at(FRIDAY)).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Forbidden);
        assert_eq!(refusal.code, "unit.desk-chooses");
    }
}

#[test]
fn where_the_duty_is_unclear_the_first_receiver_leads_and_chooses() {
    // Nobody answers for it.
    let unclear = Command::Accept {
        category: "orphan".parse().unwrap(),
        area: None,
    };
    let mut sent = dispatch_with("lights", &[]);
    if let Command::Dispatch { reason, .. } = &mut sent {
        *reason = Some("came first".into());
    }
    let case = then(&case_at(Stage::Submitted), &[unclear, sent]);
    assert!(case.more.lead.first_receiver);
    let case = then(&case, &[add(Some("lights"), "idle")]);
    assert_eq!(open(&case), ["idle"]);
    let refusal = decide_at(Some(&case), &add(Some("idle"), "street-east"), at(FRIDAY));
    assert_eq!(
        refusal.unwrap_err().code,
        "unit.desk-chooses",
        "only the lead"
    );
    let case = then(&case, &[remove(Some("lights"), "idle")]);
    assert!(open(&case).is_empty());
}

#[test]
fn where_several_units_share_the_duty_the_first_receiver_chooses() {
    let shared = Command::Accept {
        category: "shared".parse().unwrap(),
        area: None,
    };
    let case = then(
        &case_at(Stage::Submitted),
        &[shared, dispatch_with("lights", &[])],
    );
    assert!(case.more.lead.first_receiver);
    assert!(decide_at(Some(&case), &add(Some("lights"), "idle"), at(FRIDAY)).is_ok());
}

#[test]
fn a_new_dispatch_begins_with_its_own_parts() {
    let case = then(&together(&["idle"]), &[good(Action::Redirect)]);
    assert!(case.more.parts.0.is_empty());
}
