//! Giving back, sending on, leading and assisting.

use serde_json::{Value, json};

use crate::common::{Town, text};

fn events(case: &Value) -> String {
    let rows = case["timeline"].as_array().unwrap();
    let words: Vec<String> = rows.iter().map(|row| text(&row["event"])).collect();
    words.join(" ")
}

#[test]
fn what_two_units_give_back_the_district_takes() {
    let town = Town::new();
    let (operator, unit, crew) = (
        town.person("operator"),
        town.person("unit"),
        town.person("crew"),
    );
    let id = town.case_at("dispatched");
    let not_ours = json!({
        "reason": "not_our_area", "responsible": "roads-east", "note": "在东街"
    });
    let returned = unit.act(&id, "return", 3, &not_ours);
    // It is not the unit's any more: it has done this and sees no more of it.
    let seen = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(returned.status, 200, "{seen}");
    assert_eq!(seen["stage"], "accepted");
    assert_eq!(seen["unit"], Value::Null);
    assert_eq!(seen["responsible"], "roads-east");
    assert_eq!(seen["returned_by"], json!(["lights"]));
    assert_eq!(seen["timeline"][3]["note"], "在东街");
    unit.get(&format!("/api/v1/cases/{id}"))
        .refused(404, "case.not-found");

    let again = operator.act(&id, "dispatch", 4, &json!({"unit": "lights"}));
    let again = again.refused(422, "unit.returned-before");
    assert_eq!(again["field"], "unit");
    let there = json!({"unit": "roads-east", "reason": "named by lights"});
    operator.act(&id, "dispatch", 4, &there).expect(200);
    let why = json!({"reason": "not_our_duty", "note": "不是道路"});
    crew.act(&id, "return", 5, &why).expect(200);
    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(
        (&case["unit"], &case["backstop"]),
        (&json!("town-hall"), &json!(true))
    );
    assert_eq!(
        events(&case),
        "submitted accepted dispatched returned dispatched returned dispatched"
    );
    assert_eq!(case["timeline"][6]["by"], "system:district-backstop/1");

    let hall = town.person("hall");
    let case = hall.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(
        case["actions"],
        json!([
            "start",
            "add_unit",
            "ask_extension",
            "ask_resident",
            "comment",
            "attach"
        ])
    );
    let refusal = hall
        .act(&id, "return", 7, &why)
        .refused(409, "case.not-now");
    assert!(
        !refusal["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("return"))
    );
}

#[test]
fn a_unit_that_assists_sees_the_case_and_reports_its_part_and_no_more() {
    let town = Town::new();
    let (operator, unit, crew) = (
        town.person("operator"),
        town.person("unit"),
        town.person("crew"),
    );
    let id = town.case_at("accepted");
    let together = json!({"unit": "lights", "assisting": ["roads-east"]});
    let sent = operator.act(&id, "dispatch", 2, &together).expect(200);
    assert_eq!(sent["parts"][0]["unit"], "roads-east");
    assert_eq!(sent["parts"][0]["reported_at"], Value::Null);
    let listed = crew.get("/api/v1/cases").expect(200);
    assert_eq!(listed["cases"][0]["id"], id.as_str());
    let case = crew.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(case["actions"], json!(["report_part", "comment", "attach"]));
    let refusal = crew.act(&id, "start", 3, &json!({}));
    assert_eq!(
        refusal.refused(403, "policy.not-your-part")["found"],
        "roads-east"
    );

    unit.act(&id, "start", 3, &json!({})).expect(200);
    let early = unit.act(&id, "report-back", 4, &json!({"note": "换了灯泡"}));
    let early = early.refused(422, "parts.open");
    assert_eq!(
        (&early["field"], &early["found"]),
        (&json!("open_parts_reason"), &json!("roads-east"))
    );
    let done = crew.act(&id, "report-part", 4, &json!({"note": "补了路面"}));
    assert!(done.expect(200)["parts"][0]["reported_at"].is_string());
    let reported = unit.act(&id, "report-back", 5, &json!({"note": "换了灯泡"}));
    assert_eq!(reported.expect(200)["stage"], "reported");

    let own = town.nobody().get(&format!(
        "/api/v1/follow/{}",
        text(&operator.get(&format!("/api/v1/cases/{id}")).expect(200)["follow_code"])
    ));
    let own = own.expect(200).to_string();
    assert!(
        own.contains("换了灯泡") && !own.contains("补了路面"),
        "{own}"
    );
}

#[test]
fn the_desk_adds_removes_and_sends_on() {
    let town = Town::new();
    let operator = town.person("operator");
    let id = town.case_at("dispatched");
    let added = operator.act(&id, "add-unit", 3, &json!({"unit": "roads-east"}));
    assert_eq!(added.expect(200)["parts"][0]["unit"], "roads-east");
    let gone = json!({"unit": "roads-east", "reason": "no road there"});
    let removed = operator.act(&id, "remove-unit", 4, &gone).expect(200);
    assert_eq!(removed["parts"], json!([]));
    assert_eq!(removed["timeline"][4]["grounds"], "no road there");
    let on = json!({"unit": "roads-east", "assisting": ["lights"], "reason": "it is a road"});
    let sent = operator.act(&id, "redirect", 5, &on).expect(200);
    assert_eq!(
        (&sent["unit"], &sent["redirects"]),
        (&json!("roads-east"), &json!(1))
    );
    assert_eq!(sent["version"], 7);
    assert!(events(&sent).ends_with("redirected dispatched"));
    // Nobody has begun: the desk takes it back, with or without a word.
    let back = operator.act(&id, "recall", 7, &json!({})).expect(200);
    assert_eq!(
        (&back["stage"], &back["unit"]),
        (&json!("accepted"), &Value::Null)
    );
    assert!(events(&back).ends_with("recalled"));
    let problem = operator
        .act(&id, "recall", 8, &json!({}))
        .refused(409, "case.not-now");
    assert_eq!(problem["found"], "recall");
    let city = operator.get("/api/v1/city").expect(200);
    let named = |list: &str, code: &str| {
        let list = city[list].as_array().unwrap();
        list.iter().any(|one| one["code"] == code)
    };
    assert!(named("events", "redirected") && named("actions", "redirect"));
    assert!(named("return_reasons", "not_our_area"));
}
