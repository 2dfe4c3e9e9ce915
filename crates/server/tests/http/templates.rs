//! Templates of how streets are organised: set, tried on a street, applied, undone.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::town::WEST;
use crate::common::{Answer, Client, Town, text};

fn put(who: &Client, code: &str, version: &Value, body: &Value) -> Answer {
    let headers = [("If-Match", format!("\"{version}\""))];
    let path = format!("/api/v1/city/templates/{code}");
    who.call(Method::PUT, &path, &headers, Some(body))
}

fn part(code: &str, zh: &str, duties: &[&str], words: &[&str]) -> Value {
    json!({"code": code, "name": {"zh": zh, "en": code}, "kind": "office",
        "duties": duties, "words": words})
}

fn template(parts: &[Value]) -> Value {
    json!({"value": {"name": {"zh": "两室", "en": "Two offices"}, "parts": parts}})
}

fn unit(who: &Client, code: &str) -> Value {
    let city = who.get("/api/v1/city").expect(200);
    let units = city["units"].as_array().unwrap();
    let found = units.iter().find(|unit| unit["code"] == code);
    found.cloned().unwrap_or(Value::Null)
}

fn effects(preview: &Value) -> Vec<String> {
    let changes = preview["changes"].as_array().unwrap();
    let said = changes
        .iter()
        .map(|one| format!("{} {}", text(&one["unit"]), text(&one["effect"])));
    said.collect()
}

/// A town whose west has a street office that answers for noise and light.
fn town_with_street() -> (Town, Client) {
    let town = Town::with_streets();
    let steward = town.person("steward");
    let value = json!({"name": {"zh": "西街道", "en": "West street"}, "kind": "street",
        "duties": ["noise", "light"], "areas": ["west"]});
    let units = steward.get("/api/v1/city/units").expect(200);
    let units = units["settings"].as_array().unwrap();
    let office = units
        .iter()
        .find(|one| one["code"] == "west-street")
        .unwrap();
    let headers = [("If-Match", format!("\"{}\"", office["version"]))];
    let body = json!({ "value": value });
    let path = "/api/v1/city/units/west-street";
    steward
        .call(Method::PUT, path, &headers, Some(&body))
        .expect(200);
    (town, steward)
}

#[test]
fn a_template_is_tried_applied_and_undone_as_one_deed() {
    let (town, steward) = town_with_street();
    let parts = [
        part("calm", "安静办公室", &[], &["噪声"]),
        part("idle", "闲室", &[], &[]),
    ];
    put(&steward, "two", &json!(0), &template(&parts)).expect(200);
    let listed = steward.get("/api/v1/city/templates").expect(200);
    let codes = listed["settings"].as_array().unwrap().iter();
    let codes: Vec<_> = codes
        .map(|one| (text(&one["code"]), one["version"] == 0))
        .collect();
    assert_eq!(codes, [("6-2".to_owned(), true), ("two".to_owned(), false)]);

    let path = "/api/v1/city/templates/two/preview?street=west";
    let preview = steward.get(path).expect(200);
    assert_eq!(
        effects(&preview),
        ["west-calm made", "west-idle made", "west-street relieved"]
    );
    assert_eq!(preview["changes"][0]["after"]["duties"], json!(["noise"]));
    assert_eq!(
        preview["left"],
        json!(["light"]),
        "it stays with the street's office"
    );
    // Roads are nobody's in the west, before and after.
    let unclear: Vec<_> = preview["unclear"].as_array().unwrap().iter().collect();
    assert_eq!(unclear.len(), 1);
    assert_eq!(
        (&unclear[0]["flaw"], &unclear[0]["category"]),
        (&json!("gap"), &json!("road"))
    );
    let kept = steward.get(&format!("{path}&hand_over=false")).expect(200);
    let twice = kept["unclear"].as_array().unwrap().iter();
    let twice: Vec<_> = twice.filter(|row| row["flaw"] == "duplicate").collect();
    assert_eq!(twice[0]["units"], json!(["west-calm", "west-street"]));
    assert_eq!(
        unit(&steward, "west-calm"),
        Value::Null,
        "nothing was changed"
    );

    let body = json!({"template": "two", "street": "west", "hand_over": true,
        "fingerprint": preview["fingerprint"], "grounds": "编办〔2026〕9号"});
    let applied = steward
        .post("/api/v1/city/reorganizations", &body)
        .expect(200);
    let first = &applied["reorganizations"][0];
    assert_eq!(
        (&first["number"], &first["stands"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(text(&first["set_by"]), "user:steward");
    assert_eq!(unit(&steward, "west-calm")["duties"], json!(["noise"]));
    assert_eq!(unit(&steward, "west-street")["duties"], json!(["light"]));
    // Each unit has its entry on these grounds, and the deed one of its own.
    let history = steward
        .get("/api/v1/city/units/west-calm/history")
        .expect(200);
    assert_eq!(history["versions"][0]["grounds"], "编办〔2026〕9号");
    // What is dispatched now goes to the part.
    let operator = town.person("operator");
    let case = town.submit("工地半夜施工噪声很大", WEST);
    let id = text(&case["id"]);
    operator
        .act(&id, "accept", 1, &json!({"category": "noise"}))
        .expect(200);
    let to_part = json!({"unit": "west-calm"});
    operator.act(&id, "dispatch", 2, &to_part).expect(200);

    steward
        .post("/api/v1/city/reorganizations", &body)
        .refused(412, "organization.changed");
    let again = steward.get(path).expect(200);
    let mut same = body.clone();
    same["fingerprint"] = again["fingerprint"].clone();
    steward
        .post("/api/v1/city/reorganizations", &same)
        .refused(409, "organization.nothing");

    let undo = "/api/v1/city/reorganizations/1/undo";
    let undone = steward.post(undo, &json!({})).expect(200);
    assert_eq!(undone["reorganizations"][0]["stands"], false);
    assert_eq!(
        unit(&steward, "west-street")["duties"],
        json!(["noise", "light"])
    );
    let gone = unit(&steward, "west-calm");
    assert_eq!(
        (&gone["retired"], &gone["duties"]),
        (&json!(true), &json!([]))
    );
    steward
        .post(undo, &json!({}))
        .refused(409, "organization.undo-not-now");
    // The case in hand still names it, and nothing new is sent to it.
    let case = operator.get(&format!("/api/v1/cases/{id}")).expect(200);
    assert_eq!(case["unit"], "west-calm");
    let other = text(&town.submit("又是施工噪声", WEST)["id"]);
    operator
        .act(&other, "accept", 1, &json!({"category": "noise"}))
        .expect(200);
    let refused = operator
        .act(&other, "dispatch", 2, &to_part)
        .refused(422, "unit.retired");
    assert!(
        !refused["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("west-calm"))
    );
    // Applied again, the same units come into use again.
    let third = steward.get(path).expect(200);
    assert_eq!(effects(&third)[0], "west-calm made");
    drop((steward, operator));
    town.stop_and_verify();
}

#[test]
fn what_has_changed_since_is_not_undone_and_wrong_templates_are_refused_by_field() {
    let (_town, steward) = town_with_street();
    let twice = [part("a", "甲室", &[], &[]), part("b", "甲室", &[], &[])];
    let refused = put(&steward, "two", &json!(0), &template(&twice));
    assert_eq!(
        refused.refused(422, "template.part-twice")["field"],
        "value.parts[1].name.zh"
    );
    let unknown = [part("a", "甲室", &["moonlight"], &[])];
    let refused = put(&steward, "two", &json!(0), &template(&unknown));
    let problem = refused.refused(422, "setting.unknown");
    assert_eq!(problem["field"], "value.parts[0].duties[0]");
    assert!(
        problem["allowed"]
            .as_array()
            .unwrap()
            .contains(&json!("noise"))
    );
    put(&steward, "two", &json!(0), &template(&[])).refused(422, "template.parts");

    let version = put(
        &steward,
        "two",
        &json!(0),
        &template(&[part("a", "甲室", &["noise"], &[])]),
    )
    .expect(200)["version"]
        .clone();
    put(&steward, "two", &json!(0), &template(&twice[..1])).refused(412, "setting.changed");
    let history = steward
        .get("/api/v1/city/templates/two/history")
        .expect(200);
    assert_eq!(history["versions"][0]["version"], version);
    let shipped = steward
        .get("/api/v1/city/templates/6-2/history")
        .expect(200);
    assert_eq!(shipped["versions"], json!([]));

    let at = |path: &str| steward.get(&format!("/api/v1/city/templates/{path}"));
    at("none/preview?street=west").refused(404, "template.none");
    let nowhere = at("two/preview?street=town").refused(422, "organization.street");
    assert_eq!(nowhere["allowed"], json!(["east", "west"]));
    at("two/preview?street=west&hand_over=maybe").refused(422, "query.invalid");

    let preview = at("two/preview?street=west").expect(200);
    let body = json!({"template": "two", "street": "west", "hand_over": true,
        "fingerprint": preview["fingerprint"]});
    steward
        .post("/api/v1/city/reorganizations", &body)
        .expect(200);
    let part = steward.get("/api/v1/city/units").expect(200);
    let part = part["settings"].as_array().unwrap().iter();
    let part = part.clone().find(|one| one["code"] == "west-a").unwrap();
    let mut value = part["value"].clone();
    value["duties"] = json!([]);
    let headers = [("If-Match", format!("\"{}\"", part["version"]))];
    let set = json!({ "value": value });
    let path = "/api/v1/city/units/west-a";
    steward
        .call(Method::PUT, path, &headers, Some(&set))
        .expect(200);
    let refused = steward.post("/api/v1/city/reorganizations/1/undo", &json!({}));
    let problem = refused.refused(409, "organization.changed-since");
    assert_eq!(problem["found"], "west-a");
    let none = steward.post("/api/v1/city/reorganizations/9/undo", &json!({}));
    none.refused(404, "organization.none");
}
