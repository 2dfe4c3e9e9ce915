//! To which unit a case may be sent.

use yiwang_cases::{Command, Event, Limits, Stage};

use crate::fields::{refused, wrong_texts};
use crate::town::{FRIDAY, after, at, case_at, decide_at, dispatch};

#[test]
fn an_unknown_unit_is_refused_with_the_known_ones() {
    let refusal = refused(
        Some(Stage::Accepted),
        &dispatch("moon-office"),
        "unit.unknown",
        "unit",
    );
    assert_eq!(refusal.found.as_deref(), Some("moon-office"));
    assert_eq!(refusal.allowed.len(), 5);
}

#[test]
fn a_unit_outside_its_duty_list_needs_a_reason() {
    let refusal = refused(
        Some(Stage::Accepted),
        &dispatch("idle"),
        "unit.outside-duty",
        "unit",
    );
    // The unit bound to the area comes before the one for the whole city.
    assert_eq!(refusal.allowed, ["lights-west", "lights"]);
    let with = |reason: &str| Command::Dispatch {
        unit: "idle".parse().unwrap(),
        assisting: vec![],
        limits: Limits::ByCategory,
        reason: Some(reason.into()),
        note: None,
    };
    for (text, code) in wrong_texts(300) {
        refused(Some(Stage::Accepted), &with(&text), code, "reason");
    }
    let case = case_at(Stage::Accepted);
    let happening = decide_at(
        Some(&case),
        &with("the lights crew is on strike"),
        at(FRIDAY),
    )
    .unwrap()
    .remove(0);
    assert_eq!(
        happening.grounds.as_deref(),
        Some("the lights crew is on strike")
    );
    assert!(matches!(
        happening.event,
        Event::Dispatched {
            outside_duty: true,
            ..
        }
    ));
}

#[test]
fn a_duty_list_counts_only_in_the_units_areas() {
    // The case lies in the west; the street office answers for the east only,
    // the district for both halves.
    let accepted = Command::Accept {
        category: "rubbish".parse().unwrap(),
        area: None,
    };
    let case = after(Some(&case_at(Stage::Submitted)), &accepted, at(FRIDAY)).unwrap();
    let refusal = decide_at(Some(&case), &dispatch("street-east"), at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "unit.outside-duty");
    assert_eq!(refusal.allowed, ["district"]);
    let sent = decide_at(Some(&case), &dispatch("district"), at(FRIDAY)).unwrap();
    assert!(matches!(
        sent[0].event,
        Event::Dispatched {
            outside_duty: false,
            ..
        }
    ));
}

#[test]
fn a_category_that_left_the_table_stops_the_dispatch() {
    let mut case = case_at(Stage::Accepted);
    case.category = Some("gone".parse().unwrap());
    let reasoned = Command::Dispatch {
        unit: "lights".parse().unwrap(),
        assisting: vec![],
        limits: Limits::ByCategory,
        reason: Some("the nearest".into()),
        note: None,
    };
    let refusal = decide_at(Some(&case), &reasoned, at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.code, "category.unknown");
    case.category = None;
    let refusal = decide_at(Some(&case), &reasoned, at(FRIDAY)).unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("category"));
}
