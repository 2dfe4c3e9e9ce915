//! What is suggested for cases and for words being written, and hot topics.

use serde_json::{Value, json};

use crate::common::town::{EAST, WEST};
use crate::common::{Town, text};

#[test]
fn before_anything_is_learnt_categories_are_suggested_by_their_names() {
    let town = Town::new();
    let body =
        json!({"words": "门口的路灯不亮了", "place": {"point": {"lon": WEST.0, "lat": WEST.1}}});
    let seen = town.nobody().post("/api/v1/suggestions", &body).expect(200);
    assert_eq!(seen["model"], Value::Null);
    assert_eq!(seen["categories"][0]["category"], "light");
    assert!(seen["categories"][0]["confidence"].as_f64().unwrap() <= 0.5);
    assert_eq!(seen["categories"][0]["units"], json!([]), "for staff only");
    let staff = town.person("operator").post("/api/v1/suggestions", &body);
    let staff = staff.expect(200);
    assert_eq!(staff["categories"][0]["units"][0]["unit"], "lights");
    let english = json!({"words": "There is road damage near the bridge"});
    let seen = town
        .nobody()
        .post("/api/v1/suggestions", &english)
        .expect(200);
    assert_eq!(seen["categories"][0]["category"], "road");
    let nothing = json!({"words": "qqq"});
    let seen = town
        .nobody()
        .post("/api/v1/suggestions", &nothing)
        .expect(200);
    assert_eq!(seen["categories"], json!([]));
}

#[test]
fn a_suggestion_for_words_says_what_is_wrong_with_them() {
    let town = Town::new();
    let nobody = town.nobody();
    let refused =
        |body: Value, code: &str| nobody.post("/api/v1/suggestions", &body).refused(422, code);
    assert_eq!(
        refused(json!({"words": " "}), "text.length")["field"],
        "words"
    );
    assert_eq!(
        refused(json!({"words": "字".repeat(4001)}), "text.length")["found"],
        "4001"
    );
    let off = json!({"words": "灯", "place": {"point": {"lon": 200, "lat": 0}}});
    assert_eq!(refused(off, "point.off-map")["field"], "place.point.lon");
}

#[test]
fn a_case_has_its_suggestion_for_whoever_may_read_its_words() {
    let town = Town::new();
    let id = text(&town.submit("施工噪声太大", EAST)["id"]);
    let path = format!("/api/v1/cases/{id}/suggestion");
    let seen = town.person("operator").get(&path).expect(200);
    assert_eq!(seen["categories"][0]["category"], "noise");
    assert_eq!(
        seen["categories"][0]["units"],
        json!([]),
        "no unit answers for it"
    );
    town.person("auditor")
        .get(&path)
        .refused(403, "policy.forbidden");
    town.person("crew")
        .get(&path)
        .refused(404, "case.not-found");
    town.person("operator")
        .get("/api/v1/cases/C999/suggestion")
        .refused(404, "case.not-found");
    let erased = json!({"ground": "个人信息保护法第四十七条"});
    town.person("steward")
        .act(&id, "erase", 1, &erased)
        .expect(200);
    let seen = town.person("operator").get(&path).expect(200);
    assert_eq!(seen["categories"], json!([]), "there are no words left");
}

#[test]
fn nothing_is_said_of_usual_times_until_enough_cases_have_ended() {
    let town = Town::new();
    let id = town.case_at("dispatched");
    let case = town
        .person("operator")
        .get(&format!("/api/v1/cases/{id}"))
        .expect(200);
    assert_eq!(case["usually_done"], Value::Null);
    let follow = format!("/api/v1/follow/{}", text(&case["follow_code"]));
    assert_eq!(
        town.nobody().get(&follow).expect(200)["usually_done"],
        Value::Null
    );
}

#[test]
fn cases_about_the_same_thing_are_a_topic_with_its_cases() {
    let town = Town::new();
    let alike = [
        "梧桐苑小区楼板开裂",
        "梧桐苑楼板开裂没人管",
        "梧桐苑墙面和楼板开裂",
    ];
    let mut ids: Vec<String> = alike
        .map(|words| text(&town.submit(words, WEST)["id"]))
        .to_vec();
    town.submit("老年食堂几点开门", EAST);
    town.submit("公交车站没有雨棚", EAST);
    let topics = town
        .person("leader")
        .get("/api/v1/topics?days=7")
        .expect(200);
    assert_eq!(
        (&topics["looked_at"], &topics["more"]),
        (&json!(5), &json!(false))
    );
    let found = topics["topics"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{topics}");
    let mut cases: Vec<String> = found[0]["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect();
    cases.sort();
    ids.sort();
    assert_eq!(cases, ids);
    assert_eq!(found[0]["areas"], json!([{"code": "west", "count": 3}]));
    assert_eq!(found[0]["heat"], 3.0);
    let unit = town.person("unit").get("/api/v1/topics").expect(200);
    assert_eq!(unit["looked_at"], 0, "none of them is its own");
    for (query, allowed) in [
        ("days=0", "1 – 366"),
        ("days=x", "1 – 366"),
        ("since=1", "days"),
    ] {
        let path = format!("/api/v1/topics?{query}");
        let refusal = town
            .person("leader")
            .get(&path)
            .refused(422, "query.topics");
        assert_eq!(refusal["allowed"], json!([allowed]), "{query}");
    }
}
