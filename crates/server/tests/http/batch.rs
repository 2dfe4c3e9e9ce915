//! Many requests in one call.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Town, text};

const PATH: &str = "/api/v1/requests/batch";

fn item(n: usize) -> Value {
    json!({"key": format!("k{n}"), "request": {"words": format!("路灯 {n} 不亮"), "place": {"address": "春风路"}}})
}

fn outcomes(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().unwrap();
    items
        .iter()
        .map(|row| row["outcome"].as_str().unwrap())
        .collect()
}

#[test]
fn each_of_many_requests_is_answered_for_itself() {
    let town = Town::new();
    let partner = town.person("partner");
    let mut wrong = item(1);
    wrong["request"]["place"] = json!({"point": {"lon": 200, "lat": 0}});
    let mut unknown = item(2);
    unknown["request"]["category"] = json!("pigeons");
    let list = json!([item(0), wrong, unknown, {"request": {}}, "x", item(3)]);
    let answer = partner.post(PATH, &list).expect(200);
    assert_eq!(
        outcomes(&answer),
        ["taken", "refused", "refused", "refused", "refused", "taken"]
    );
    assert_eq!(
        (&answer["taken"], &answer["refused"]),
        (&json!(2), &json!(4))
    );
    let problem = |n: usize| {
        (
            text(&answer["items"][n]["problem"]["code"]),
            text(&answer["items"][n]["problem"]["field"]),
        )
    };
    assert_eq!(
        problem(1),
        ("point.off-map".into(), "request.place.point.lon".into())
    );
    assert_eq!(
        problem(2),
        ("category.unknown".into(), "request.category".into())
    );
    assert_eq!(problem(3), ("field.missing".into(), "request.words".into()));
    assert_eq!(answer["items"][4]["problem"]["retry"], false);
    let case = town.person("operator").get(&format!(
        "/api/v1/cases/{}",
        text(&answer["items"][0]["id"])
    ));
    assert_eq!(case.expect(200)["channel"], "partner");
    let code = text(&answer["items"][5]["follow_code"]);
    town.nobody()
        .get(&format!("/api/v1/follow/{code}"))
        .expect(200);
    let chinese = partner
        .in_chinese()
        .post(PATH, &json!([{"request": {}}]))
        .expect(200);
    assert_eq!(chinese["items"][0]["problem"]["detail"], "缺少此项");
}

#[test]
fn what_is_sent_again_is_known_by_its_key_or_by_its_number() {
    let town = Town::new();
    let partner = town.person("partner");
    let mut numbered = item(1);
    numbered["source_id"] = json!("A-7");
    numbered.as_object_mut().unwrap().remove("key");
    let list = json!([item(0), numbered]);
    let first = partner.post(PATH, &list).expect(200);
    assert_eq!(outcomes(&first), ["taken", "taken"]);
    let again = partner.post(PATH, &list).expect(200);
    assert_eq!(outcomes(&again), ["known", "known"]);
    assert_eq!(again["items"][1]["id"], first["items"][1]["id"]);
    // The number counts whatever stands beside it, and twice in one list is once.
    let mut other = numbered.clone();
    other["request"]["words"] = json!("别的话");
    let mut new = numbered.clone();
    new["source_id"] = json!("A-8");
    let mixed = partner.post(PATH, &json!([other, new, new])).expect(200);
    let mut found = outcomes(&mixed);
    found[1..].sort_unstable();
    assert_eq!(found, ["known", "known", "taken"]);
    // A key stands for one item only, and each sender has its own keys and numbers.
    let mut reused = item(9);
    reused["key"] = json!("k0");
    let reused = partner.post(PATH, &json!([reused])).expect(200);
    assert_eq!(
        reused["items"][0]["problem"]["code"],
        "idempotency.key-reused"
    );
    let operator = town.person("operator").post(PATH, &list).expect(200);
    assert_eq!(outcomes(&operator), ["taken", "taken"]);
}

#[test]
fn lines_are_taken_like_a_list() {
    let town = Town::new();
    let partner = town.person("partner");
    let lines = format!("{}\n\nnot json\n{}\r\n", item(0), item(1));
    let body = Some(("application/x-ndjson", lines.into_bytes()));
    let answer = partner.send(Method::POST, PATH, &[], body).expect(200);
    assert_eq!(outcomes(&answer), ["taken", "refused", "taken"]);
    assert_eq!(answer["items"][1]["problem"]["code"], "body.not-json");
    assert_eq!(answer["items"][2]["index"], 2);
}

#[test]
fn a_body_that_is_no_list_is_refused_whole() {
    let town = Town::new();
    let partner = town.person("partner");
    partner.post(PATH, &json!({})).refused(400, "body.not-json");
    partner.post(PATH, &json!([])).refused(422, "batch.count");
    let many: Vec<Value> = (0..1001).map(|_| json!(1)).collect();
    partner.post(PATH, &json!(many)).refused(422, "batch.count");
    let body = Some(("text/plain", b"[]".to_vec()));
    partner
        .send(Method::POST, PATH, &[], body)
        .refused(415, "body.content-type");
    town.person("leader")
        .post(PATH, &json!([item(0)]))
        .refused(403, "policy.forbidden");
    town.nobody()
        .post(PATH, &json!([item(0)]))
        .refused(401, "session.none");
}

#[test]
fn a_program_signs_in_with_its_key_in_the_header_meant_for_that() {
    let town = Town::new();
    let key = format!("Bearer {}", crate::common::town::token("partner"));
    let headers = [("Authorization", key)];
    let list = json!([item(0)]);
    let answer = town
        .nobody()
        .call(Method::POST, PATH, &headers, Some(&list));
    assert_eq!(outcomes(&answer.expect(200)), ["taken"]);
    let wrong = [("Authorization", "Bearer nobody".to_owned())];
    let answer = town.nobody().call(Method::POST, PATH, &wrong, Some(&list));
    answer.refused(401, "session.none");
}
