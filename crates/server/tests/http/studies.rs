//! Timing studies over HTTP: begun, honoured by the desk, ended, and told honestly.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Answer, Client, Town, text, town};

fn begin(who: &Client, code: &str) -> Answer {
    let body = json!({
        "name": {"zh": "春季试验", "en": "Spring"}, "control_percent": 50, "aim_percent": 20,
        "away_minutes": 15, "grounds": "看看快不快",
    });
    who.call(
        Method::PUT,
        &format!("/api/v1/studies/{code}"),
        &[],
        Some(&body),
    )
}

fn suggestion(who: &Client, id: &str) -> Value {
    who.get(&format!("/api/v1/cases/{id}/suggestion"))
        .expect(200)
}

/// Requests that came in during the study, and whether each is in the control.
fn some(town: &Town, count: usize) -> Vec<(String, bool)> {
    let operator = town.person("operator");
    let ids = (0..count).map(|_| text(&town.submit("路灯不亮", town::WEST)["id"]));
    ids.map(|id| {
        let held = suggestion(&operator, &id)["held_back"].as_bool().unwrap();
        (id, held)
    })
    .collect()
}

#[test]
fn while_a_study_runs_nothing_is_suggested_for_its_control() {
    let town = Town::new();
    let (steward, operator) = (town.person("steward"), town.person("operator"));
    let before = text(&town.submit("路灯不亮", town::WEST)["id"]);
    begin(&steward, "spring").expect(200);
    begin(&steward, "summer").refused(409, "study.running");
    let cases = some(&town, 24);
    let (hidden, shown): (Vec<_>, Vec<_>) = cases.into_iter().partition(|(_, held)| *held);
    assert!(!hidden.is_empty() && !shown.is_empty(), "by lot");
    for (id, _) in &hidden {
        assert_eq!(suggestion(&operator, id)["categories"], json!([]));
        let accept = json!({"category": "light"});
        let case = operator.act(id, "accept", 1, &accept).expect(200);
        assert_eq!(
            case["suggested_units"],
            json!([]),
            "units are a suggestion too"
        );
    }
    assert_eq!(
        suggestion(&operator, &shown[0].0)["categories"][0]["category"],
        "light"
    );
    // A case from before the study is in none of its groups.
    assert_eq!(suggestion(&operator, &before)["held_back"], false);

    // One follows the suggestion, another does not; the record says so.
    let dispatch = |id: &str, unit: &str, reason: Option<&str>| {
        operator
            .act(id, "accept", 1, &json!({"category": "light"}))
            .expect(200);
        let mut body = json!({"unit": unit});
        if let Some(reason) = reason {
            body["reason"] = json!(reason);
        }
        operator.act(id, "dispatch", 2, &body).expect(200)
    };
    let case = dispatch(&shown[0].0, "lights", None);
    let timeline = case["timeline"].as_array().unwrap();
    assert_eq!(
        timeline.last().unwrap()["grounds"],
        "study spring: suggestion followed"
    );
    let view = operator.get("/api/v1/studies/spring").expect(200);
    let all = (
        view["shown"]["cases"].as_u64(),
        view["hidden"]["cases"].as_u64(),
    );
    assert_eq!(all, (Some(shown.len() as u64), Some(hidden.len() as u64)));
    assert_eq!(
        (&view["outcome"], &view["gain"]),
        (&json!("too_few"), &Value::Null)
    );
    assert_eq!(view["followed"]["cases"], 1);
    let one = view["cases"].as_array().unwrap().iter();
    let mut one = one.filter(|one| one["id"] == json!(shown[0].0));
    let one = one.next().unwrap();
    assert_eq!(
        (&one["arm"], &one["followed"]),
        (&json!("shown"), &json!(true))
    );
    // Steps in other cases came before, and all within a second: nobody reads that quickly.
    assert_eq!(one["left_out"], "bulk");

    let end = json!({"grounds": "够了"});
    let view = steward.post("/api/v1/studies/spring/end", &end).expect(200);
    assert_eq!(view["study"]["ended"]["grounds"], "够了");
    assert_eq!(view["study"]["begun"]["by"], "user:steward");
    steward
        .post("/api/v1/studies/spring/end", &end)
        .refused(409, "study.ended");
    assert_eq!(suggestion(&operator, &hidden[0].0)["held_back"], false);
    begin(&steward, "spring").refused(409, "study.code-taken");
    begin(&steward, "summer").expect(200);
    let list = operator.get("/api/v1/studies").expect(200);
    assert_eq!(list["studies"][0]["code"], "summer");
}
