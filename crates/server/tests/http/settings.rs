//! What stewards set while the server runs: taken up at once, kept with its history.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::town::WEST;
use crate::common::{Answer, Client, Town, text};
use crate::roles::settings_body;

fn put(who: &Client, path: &str, version: &Value, body: &Value) -> Answer {
    let headers = [("If-Match", format!("\"{version}\""))];
    who.call(Method::PUT, path, &headers, Some(body))
}

fn of<'a>(list: &'a Value, code: &str) -> &'a Value {
    let settings = list["settings"].as_array().unwrap();
    settings.iter().find(|one| one["code"] == code).unwrap()
}

#[test]
fn a_duty_list_is_changed_taken_up_at_once_and_set_back() {
    let town = Town::new();
    let steward = town.person("steward");
    let path = "/api/v1/city/units/lights";
    let before = steward.get("/api/v1/city/units").expect(200);
    let before = of(&before, "lights").clone();
    let mut value = before["value"].clone();
    assert!(
        value["duties"]
            .as_array()
            .unwrap()
            .contains(&json!("light"))
    );
    value["duties"] = json!([]);
    value["name"] = json!({"zh": "市照明所", "en": "City lighting"});
    let body = json!({"value": value, "grounds": "三定方案 2026"});
    let after = put(&steward, path, &before["version"], &body).expect(200);
    assert_eq!(after["value"], value);
    assert_eq!(text(&after["set_by"]), "user:steward");
    assert_eq!(after["grounds"], "三定方案 2026");

    // The desk sees it without a restart: nobody answers for lights any more.
    let city = town.person("operator").get("/api/v1/city").expect(200);
    let units = city["units"].as_array().unwrap();
    let lights = units.iter().find(|unit| unit["code"] == "lights").unwrap();
    assert_eq!(lights["name"]["zh"], "市照明所");
    let unclear = steward.get("/api/v1/authority").expect(200);
    let gap = unclear["unclear"].as_array().unwrap().iter();
    assert_eq!(
        gap.filter(|row| row["flaw"] == "gap" && row["category"] == "light")
            .count(),
        1
    );

    // Who has not seen that change is told who made it.
    put(&steward, path, &before["version"], &body).refused(412, "setting.changed");
    let back = json!({"value": before["value"]});
    put(&steward, path, &after["version"], &back).expect(200);
    let history = steward.get(&format!("{path}/history")).expect(200);
    let versions = history["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 3);
    assert_eq!(versions[0]["value"], versions[2]["value"]);
    assert_eq!(versions[1]["version"], after["version"]);
}

#[test]
fn what_cannot_be_set_is_named_by_its_field() {
    let town = Town::new();
    let steward = town.person("steward");
    let unit = json!({
        "name": {"zh": "新", "en": "New"}, "kind": "community", "duties": ["light", "moon"],
        "areas": [],
    });
    let answer = put(
        &steward,
        "/api/v1/city/units/new",
        &json!(0),
        &json!({"value": unit}),
    );
    answer.refused(422, "setting.unknown");
    let body = json!({"value": {"name": {"zh": "x"}}});
    put(&steward, "/api/v1/city/units/new", &json!(0), &body).refused(422, "field.missing");
    let mut settings = settings_body();
    settings["limits"]["desk"]["accept"]["amount"] = json!(0);
    let version = steward.get("/api/v1/city/settings").expect(200)["version"].clone();
    let body = json!({"value": settings});
    put(&steward, "/api/v1/city/settings", &version, &body).refused(422, "setting.invalid");
    let body = json!({"value": {"from_permille": 1000}});
    put(&steward, "/api/v1/city/automatic", &json!(0), &body).refused(422, "setting.invalid");
    steward
        .get("/api/v1/city/units/moon/history")
        .refused(404, "setting.none");
}

#[test]
fn changed_limits_hold_for_the_next_request_and_can_be_tried_on_old_ones_first() {
    let town = Town::new();
    let steward = town.person("steward");
    let due_after = |id: &str| {
        let case = steward.get(&format!("/api/v1/cases/{id}")).expect(200);
        let at = |name: &str| text(&case[name]).parse::<yiwang_base::Timestamp>().unwrap();
        at("due_at").duration_since(at("submitted_at")).as_mins()
    };
    let old = text(&town.submit("路灯不亮", WEST)["id"]);
    let before = due_after(&old);
    let mut settings = settings_body();
    settings["limits"]["desk"]["accept"] = json!({"measure": "clock", "amount": 7});
    let tried = steward
        .post(
            "/api/v1/city/limits/try",
            &json!({"limits": settings["limits"]}),
        )
        .expect(200);
    assert_eq!(
        (&tried["cases"], &tried["more"]),
        (&json!(1), &json!(false))
    );
    let version = steward.get("/api/v1/city/settings").expect(200)["version"].clone();
    let body = json!({"value": settings});
    let set = put(&steward, "/api/v1/city/settings", &version, &body).expect(200);
    assert_eq!(set["value"], settings);
    let new = text(&town.submit("路灯又不亮", WEST)["id"]);
    assert_eq!(due_after(&new), 7);
    assert_eq!(due_after(&old), before, "no deadline given before moves");
    let history = steward.get("/api/v1/city/settings/history").expect(200);
    assert_eq!(history["versions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_new_category_can_be_asked_for_at_once() {
    let town = Town::new();
    let steward = town.person("steward");
    let hours = |amount: u32| json!({"measure": "working", "amount": amount});
    let category = json!({
        "name": {"zh": "井盖", "en": "Manhole cover"}, "group": {"zh": "设施", "en": "Facilities"},
        "limits": {"grade": null, "respond": hours(60), "resolve": hours(480), "accept": null,
            "dispatch": null, "verify": null, "close": hours(30)},
        "questions": [{"code": "pole", "asks": {"zh": "编号", "en": "Number"}, "answer": "string",
            "required": false, "hint": null, "choices": []}],
    });
    let path = "/api/v1/city/categories/cover";
    let body = json!({"value": category});
    let set = put(&steward, path, &json!(0), &body).expect(200);
    assert_eq!(set["value"], category);
    let request = json!({"words": "井盖坏了", "category": "cover", "place": {"point": {"lon": WEST.0, "lat": WEST.1}}});
    town.nobody().post("/api/v1/requests", &request).expect(201);
    put(&steward, path, &json!(0), &body).refused(412, "setting.changed");
}

#[test]
fn automatic_dispatch_is_set_and_training_needs_enough_closed_cases() {
    let town = Town::new();
    let steward = town.person("steward");
    let before = steward.get("/api/v1/city/automatic").expect(200);
    assert_eq!(before["setting"]["version"], 0);
    assert_eq!(before["setting"]["set_at"], Value::Null);
    let body = json!({"value": {"from_permille": 950}, "grounds": "试运行"});
    let set = put(&steward, "/api/v1/city/automatic", &json!(0), &body).expect(200);
    assert_eq!(set["setting"]["value"]["from_permille"], 950);
    assert_eq!(set["in_force"], false, "no model has shown anything");
    let trained = steward
        .post("/api/v1/city/automatic/train", &json!({}))
        .expect(200);
    assert_eq!(trained["model"], Value::Null);
    let history = steward.get("/api/v1/city/automatic/history").expect(200);
    assert_eq!(history["versions"][0]["grounds"], "试运行");
}

#[test]
fn the_likeness_of_duplicates_is_set_refused_by_field_and_undone() {
    let town = Town::new();
    let steward = town.person("steward");
    let path = "/api/v1/city/duplicates";
    let usual = steward.get(path).expect(200);
    assert_eq!(usual["version"], 0);
    assert_eq!(
        usual["value"],
        json!({"shown_permille": 350, "sure_permille": 620, "window_days": 45})
    );
    let set = |version: &Value, shown: u16, sure: u16, days: u16| {
        let value = json!({"shown_permille": shown, "sure_permille": sure, "window_days": days});
        put(
            &steward,
            path,
            version,
            &json!({"value": value, "grounds": "试行"}),
        )
    };
    let refused =
        |answer: crate::common::Answer| answer.refused(422, "duplicates.limit")["field"].clone();
    assert_eq!(
        refused(set(&json!(0), 100, 620, 45)),
        "value.shown_permille"
    );
    assert_eq!(refused(set(&json!(0), 700, 620, 45)), "value.sure_permille");
    assert_eq!(refused(set(&json!(0), 350, 620, 0)), "value.window_days");
    let operator = town.person("operator");
    let report = |words: &str, lon: f64| {
        let body = json!({"words": words, "category": "light",
            "place": {"point": {"lon": lon, "lat": 39.95}}});
        operator.post("/api/v1/requests", &body).expect(201)
    };
    report("春风路口路灯不亮", 116.25);
    // Some 85 m away, in other words: alike, and not the same.
    let second = report("春风路口的路灯坏了三天没人修", 116.251);
    let second = crate::common::text(&second["id"]);
    let beside = format!("/api/v1/cases/{second}/duplicates");
    // What came in is taken in before it is answered; limits hold at once.
    let shown = || {
        let found = operator.get(&beside).expect(200);
        found["candidates"].as_array().unwrap().len()
    };
    assert_eq!(shown(), 1);
    // They are not so much alike, until it is undone.
    let strict = set(&json!(0), 900, 990, 45).expect(200);
    assert_eq!(shown(), 0);
    let back = set(&strict["version"], 350, 620, 45).expect(200);
    assert_eq!(shown(), 1);
    set(&strict["version"], 400, 620, 45).refused(412, "setting.changed");
    let history = steward.get("/api/v1/city/duplicates/history").expect(200);
    assert_eq!(history["versions"].as_array().unwrap().len(), 2);
    assert_eq!(back["value"]["shown_permille"], 350);
}
