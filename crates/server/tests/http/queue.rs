//! A unit's queue, and many commands in one call.

use serde_json::{Value, json};

use crate::common::{Client, Town, text};

const BATCH: &str = "/api/v1/cases/batch";

/// A case of a broken lamp, sent to the unit that answers for lamps.
fn dispatched(town: &Town, n: usize) -> String {
    let request = json!({"words": format!("路灯 {n} 不亮"), "place": {"address": "春风路"}});
    let sent = town.nobody().post("/api/v1/requests", &request);
    let id = text(&sent.expect(201)["id"]);
    let operator = town.person("operator");
    act(&operator, &id, "accept", &json!({"category": "light"}));
    act(&operator, &id, "dispatch", &json!({"unit": "lights"}));
    id
}

fn act(who: &Client, id: &str, action: &str, body: &Value) -> Value {
    let item = json!([item(who, id, action, body)]);
    let answer = who.post(BATCH, &item).expect(200);
    assert_eq!(answer["done"], 1, "{answer}");
    answer["items"][0]["case"].clone()
}

/// An item for the case as it is now.
fn item(who: &Client, id: &str, action: &str, body: &Value) -> Value {
    let case = who.get(&format!("/api/v1/cases/{id}")).expect(200);
    json!({"id": id, "version": case["version"], "action": action, "body": body})
}

fn ids(queue: &Value) -> Vec<String> {
    let cases = queue["cases"].as_array().unwrap();
    cases.iter().map(|case| text(&case["id"])).collect()
}

#[test]
fn a_queue_holds_what_waits_for_the_unit_and_for_what() {
    let town = Town::new();
    let unit = town.person("unit");
    let operator = town.person("operator");
    let [first, second, third] = [1, 2, 3].map(|n| dispatched(&town, n));
    act(&unit, &second, "start", &json!({}));
    act(&unit, &third, "start", &json!({}));
    act(&unit, &third, "report_back", &json!({"note": "修好了"}));
    let wrong = json!({"pass": false, "note": "还是不亮"});
    act(&operator, &third, "verify", &wrong);

    let queue = unit.get("/api/v1/queue").expect(200);
    assert_eq!(queue["unit"], "lights");
    let mut found = ids(&queue);
    found.sort();
    let mut all = vec![first.clone(), second.clone(), third.clone()];
    all.sort();
    assert_eq!(found, all);
    let counts = &queue["counts"];
    for (part, count) in [("all", 3), ("to_accept", 1), ("in_work", 2)] {
        assert_eq!(counts[part], count, "{part}: {counts}");
    }
    assert_eq!(
        (&counts["sent_back"], &counts["late"]),
        (&json!(1), &json!(0))
    );
    let of = |part: &str| ids(&unit.get(&format!("/api/v1/queue?part={part}")).expect(200));
    assert_eq!(of("to_accept"), std::slice::from_ref(&first));
    assert_eq!(of("sent_back"), std::slice::from_ref(&third));
    assert_eq!(of("assisting"), Vec::<String>::new());
    // The list takes the same word.
    let listed = unit.get("/api/v1/cases?part=sent_back").expect(200);
    assert_eq!(ids(&listed), std::slice::from_ref(&third));

    let rows = queue["cases"].as_array().unwrap();
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(row(&first)["actions"][0], "start");
    assert_eq!(row(&third)["waits_for"], json!(["in_work", "sent_back"]));
    // None, where it is due before work begins again.
    assert!(row(&first)["working_minutes_left"].as_i64().unwrap() >= 0);

    // Who assists has it in the queue until the part is reported.
    act(
        &operator,
        &first,
        "add_unit",
        &json!({"unit": "roads-east"}),
    );
    let crew = town.person("crew");
    let assisting = crew.get("/api/v1/queue?part=assisting").expect(200);
    assert_eq!(ids(&assisting), std::slice::from_ref(&first));
    assert_eq!(assisting["cases"][0]["open_parts"], json!(["roads-east"]));
    act(&crew, &first, "report_part", &json!({"note": "路面已复原"}));
    assert_eq!(
        ids(&crew.get("/api/v1/queue").expect(200)),
        Vec::<String>::new()
    );

    // The desk reads the queue of one unit, which it must name.
    let seen = operator.get("/api/v1/queue?unit=lights").expect(200);
    assert_eq!(seen["counts"]["all"], 3);
    operator.get("/api/v1/queue").refused(422, "queue.unit");
    operator
        .get("/api/v1/queue?part=in_work")
        .refused(422, "queue.unit");
    unit.get("/api/v1/queue?part=rest")
        .refused(422, "query.invalid");
    // Another unit's queue is empty for staff of this one.
    let other = unit.get("/api/v1/queue?unit=roads-east").expect(200);
    assert_eq!(ids(&other), Vec::<String>::new());
}

#[test]
fn each_of_many_commands_is_done_or_refused_for_itself() {
    let town = Town::new();
    let unit = town.person("unit");
    let [first, second, third] = [1, 2, 3].map(|n| dispatched(&town, n));
    let mut old = item(&unit, &second, "start", &json!({}));
    old["version"] = json!(1);
    let list = json!([
        item(&unit, &first, "start", &json!({})),
        old,
        item(&unit, &third, "report_back", &json!({"note": "好了"})),
        item(&unit, &third, "return", &json!({"reason": "too_far", "note": "x"})),
        item(&unit, &third, "accept", &json!({"category": "light"})),
        {"id": "C999", "version": 1, "action": "start"},
        {"id": third, "version": 1, "action": "attach"},
        {"id": third, "version": 1, "action": "dance"},
        "x",
    ]);
    let answer = unit.post(BATCH, &list).expect(200);
    assert_eq!(
        (&answer["done"], &answer["refused"]),
        (&json!(1), &json!(8))
    );
    assert_eq!(answer["items"][0]["case"]["stage"], "in_progress");
    let problems: Vec<(String, Option<&str>)> = answer["items"].as_array().unwrap()[1..]
        .iter()
        .map(|row| &row["problem"])
        .map(|problem| (text(&problem["code"]), problem["field"].as_str()))
        .collect();
    let expected = [
        ("case.changed", Some("version")),
        ("case.not-now", Some("action")),
        ("field.invalid", Some("body.reason")),
        ("policy.forbidden", None),
        ("case.not-found", None),
        // A file is sent alone.
        ("batch.action", Some("action")),
        ("field.invalid", Some("action")),
        ("field.invalid", Some("body")),
    ];
    let problems = problems.iter().map(|(code, field)| (code.as_str(), *field));
    assert_eq!(problems.collect::<Vec<_>>(), expected);
    let chinese = unit.in_chinese().post(BATCH, &json!([{"id": first}]));
    let chinese = chinese.expect(200);
    assert_eq!(chinese["items"][0]["problem"]["detail"], "缺少此项");
}

#[test]
fn a_command_sent_again_under_its_key_is_done_once() {
    let town = Town::new();
    let unit = town.person("unit");
    let id = dispatched(&town, 1);
    let mut start = item(&unit, &id, "start", &json!({}));
    start["key"] = json!("k1");
    let first = unit.post(BATCH, &json!([start])).expect(200);
    let again = unit.post(BATCH, &json!([start])).expect(200);
    assert_eq!(again["done"], 1);
    let version = |answer: &Value| answer["items"][0]["case"]["version"].clone();
    assert_eq!(version(&first), version(&again));
    // A key stands for one command only.
    start["action"] = json!("comment");
    start["body"] = json!({"note": "在路上"});
    let other = unit.post(BATCH, &json!([start])).expect(200);
    assert_eq!(
        other["items"][0]["problem"]["code"],
        "idempotency.key-reused"
    );
    unit.post(BATCH, &json!([])).refused(422, "batch.count");
}
