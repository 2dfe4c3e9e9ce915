//! Scenarios over HTTP: satisfaction and friction, gates, acceptance, coverage.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Answer, Client, Town, text, town};

fn put(who: &Client, path: &str, version: &Value, body: &Value) -> Answer {
    let headers = [("If-Match", format!("\"{version}\""))];
    who.call(Method::PUT, path, &headers, Some(body))
}

/// A scenario of street lights in the west street, with thresholds so low that a few
/// cases tell.
fn lamps() -> Value {
    json!({
        "name": {"zh": "老人夜行", "en": "Light for older people"},
        "serves": {"zh": "夜间出行的老人", "en": "Older people out at night"},
        "domain": "elder_care", "categories": ["light"], "areas": ["west"],
        "pages": ["/report"], "steps": ["comment"],
        "gates": {
            "answers": 1, "days": 30, "drill_days": 30, "liked_percent": 50, "people": 1,
            "raters": 1, "satisfied_percent": 60, "used_percent": 50,
        },
    })
}

const PATH: &str = "/api/v1/scenarios/lamps";

fn says(view: &Value) -> Vec<String> {
    let gates = view["gates"].as_array().unwrap().iter();
    gates.map(|gate| text(&gate["says"])).collect()
}

fn figure<'a>(view: &'a Value, code: &str) -> &'a Value {
    let mut all = view["friction"].as_array().unwrap().iter();
    all.find(|one| one["formula"]["code"] == code).unwrap()
}

/// A closed case of a street light with this answer of the resident.
fn answered(town: &Town, satisfaction: u8) -> String {
    let case = town.case_at("closed");
    let asked = json!({"reached": true, "solved": satisfaction > 2, "satisfaction": satisfaction});
    let operator = town.person("operator");
    operator.act(&case, "call-back", 7, &asked).expect(200);
    case
}

#[test]
fn a_scenario_is_accepted_only_with_all_three_gates_and_its_acceptance_lapses() {
    let town = Town::new();
    let (steward, leader) = (town.person("steward"), town.person("leader"));
    let (operator, unit) = (town.person("operator"), town.person("unit"));
    let set = put(&steward, PATH, &json!(0), &json!({"value": lamps()})).expect(200);
    let version = &set["version"];
    let view = leader.get(PATH).expect(200);
    assert_eq!(view["standing"], "on_trial");
    assert_eq!(says(&view), ["not_enough", "not_enough", "not_enough"]);
    let acceptance = format!("{PATH}/acceptance");
    let yes = json!({"accepted": true, "grounds": "三关齐过"});
    put(&leader, &acceptance, version, &yes).refused(409, "scenario.gates");

    // Drilled, used by choice and rated, and residents are content.
    let drill = |passed: bool| {
        json!({"on": "2026-11-20", "units": ["lights"], "evidence": "记录 3",
            "steps": [{"name": "半小时到场", "passed": passed, "note": "到了"}]})
    };
    let drills = format!("{PATH}/drills");
    let mut late = drill(true);
    late["on"] = json!("2999-01-01");
    operator.post(&drills, &late).refused(422, "drill.not-yet");
    operator.post(&drills, &drill(false)).expect(200);
    let view = unit.post(&drills, &drill(true)).expect(200);
    assert_eq!(says(&view)[0], "passed");
    assert_eq!(view["drills"].as_array().unwrap().len(), 2);
    assert_eq!(view["drills"][0]["by"], "user:unit");
    let good = answered(&town, 5);
    operator
        .act(&good, "comment", 8, &json!({"note": "老人已知悉"}))
        .expect(200);
    let rating = format!("{PATH}/rating");
    let headers = [];
    let rate = |who: &Client, rating_of: u8| {
        who.call(
            Method::PUT,
            &rating,
            &headers,
            Some(&json!({"rating": rating_of})),
        )
    };
    rate(&operator, 6).refused(422, "scenario.rating");
    rate(&operator, 2).expect(200);
    // A later rating takes the place of an earlier one.
    let view = rate(&operator, 5).expect(200);
    assert_eq!(view["liked"], json!({"raters": 1, "liked": 1, "own": 5}));
    assert_eq!(view["used"]["people"], 1);
    assert_eq!(says(&view), ["passed", "passed", "passed"]);
    put(&leader, &acceptance, &json!(1), &yes).refused(412, "setting.changed");
    let view = put(&leader, &acceptance, version, &yes).expect(200);
    assert_eq!(view["standing"], "accepted");
    assert_eq!(view["acceptance"]["by"], "user:leader");

    // Figures fall: one of two is content, which is less than 60 %.
    answered(&town, 1);
    let view = leader.get(PATH).expect(200);
    assert_eq!(says(&view)[2], "not_passed");
    assert_eq!(view["standing"], "lapsed");
    let list = leader.get("/api/v1/scenarios").expect(200);
    assert_eq!(list["scenarios"][0]["standing"], "lapsed");
    let no = json!({"accepted": false, "grounds": "群众不满意"});
    let view = put(&leader, &acceptance, version, &no).expect(200);
    assert_eq!(view["standing"], "withdrawn");
}

#[test]
fn friction_stands_beside_satisfaction_and_each_opens_to_its_cases() {
    let town = Town::new();
    let steward = town.person("steward");
    put(&steward, PATH, &json!(0), &json!({"value": lamps()})).expect(200);
    let good = answered(&town, 5);
    let bad = answered(&town, 1);
    let operator = town.person("operator");
    operator
        .act(&bad, "reopen", 8, &json!({"note": "还是不亮"}))
        .expect(200);
    // In the east, where the scenario is not.
    let elsewhere = town.submit("路灯不亮", town::EAST);
    let view = operator.get(PATH).expect(200);
    let satisfied = &view["satisfaction"];
    assert_eq!(
        (&satisfied["count"], &satisfied["share"]),
        (&json!(1), &json!(0.5))
    );
    assert!(satisfied["low"].as_f64() < Some(0.1) && satisfied["trouble"].is_null());
    assert_eq!(figure(&view, "reopen")["count"], 1);
    assert_eq!(figure(&view, "not_solved")["trouble"], "met");
    let late = figure(&view, "on_time");
    assert_eq!(
        (&late["trouble"], &late["count"]),
        (&json!("not_met"), &json!(0))
    );
    let behind = |query: &Value, part: &str| -> Vec<String> {
        let path = format!(
            "/api/v1/figures/cases?{}&part={part}",
            query.as_str().unwrap()
        );
        let page = operator.get(&path).expect(200);
        let turns = page["turns"].as_array().unwrap().iter();
        turns.map(|turn| text(&turn["id"])).collect()
    };
    assert_eq!(
        behind(&figure(&view, "reopen")["query"], "met"),
        std::slice::from_ref(&bad)
    );
    assert_eq!(
        behind(&satisfied["query"], "met"),
        std::slice::from_ref(&good)
    );

    // What lies in no scenario is counted and opens too.
    let coverage = operator.get("/api/v1/scenario-coverage").expect(200);
    let total = &coverage["covered"]["total"];
    assert_eq!((&total["met"], &total["counted"]), (&json!(2), &json!(3)));
    assert_eq!(
        behind(&coverage["query"], "not_met"),
        [text(&elsewhere["id"])]
    );
    let first = &coverage["domains"][0];
    assert_eq!(
        (&first["domain"], &first["tally"]),
        (&json!("elder_care"), &Value::Null)
    );
    assert_eq!(first["standing"], json!({"on_trial": 1}));
    let domains = "/api/v1/city/domains";
    let unknown = json!({"value": {"categories": {"moon": ["light"]}}});
    put(&steward, domains, &json!(0), &unknown).refused(422, "query.invalid");
    let set = json!({"value": {"categories": {"elder_care": ["light"]}}});
    put(&steward, domains, &json!(0), &set).expect(200);
    let coverage = operator.get("/api/v1/scenario-coverage").expect(200);
    assert_eq!(coverage["domains"][0]["tally"]["met"], 2);
    let table = operator.get("/api/v1/scenario-coverage/export?format=csv");
    assert_eq!(table.status, 200);
    operator
        .get("/api/v1/figures?scenario=moon")
        .refused(422, "query.invalid");
    operator
        .get("/api/v1/figures?formula=check_in&scenario=lamps")
        .refused(422, "figures.calls-have-none");

    // Out of use it covers nothing.
    let mut out = lamps();
    out["retired"] = json!(true);
    let version = view["setting"]["version"].clone();
    put(&steward, PATH, &version, &json!({"value": out})).expect(200);
    let coverage = operator.get("/api/v1/scenario-coverage").expect(200);
    assert_eq!(coverage["covered"]["total"]["met"], 0);
    let history = operator.get(&format!("{PATH}/history")).expect(200);
    assert_eq!(history["versions"].as_array().unwrap().len(), 2);
}
