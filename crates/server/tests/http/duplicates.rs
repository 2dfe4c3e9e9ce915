//! Duplicates over HTTP: what residents are shown, joining, merging, clusters.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Client, Town, text, town};

/// Some 85 m east of [`town::WEST`].
const NEAR: (f64, f64) = (town::WEST.0 + 0.001, town::WEST.1);

fn similar(client: &Client, words: &str, (lon, lat): (f64, f64)) -> Value {
    let body = json!({"words": words, "place": {"point": {"lon": lon, "lat": lat}}});
    client.post("/api/v1/similar", &body).expect(200)
}

fn follow(client: &Client, code: &Value) -> Value {
    client
        .get(&format!("/api/v1/follow/{}", text(code)))
        .expect(200)
}

fn case(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v1/cases/{id}")).expect(200)
}

fn version(client: &Client, id: &str) -> u64 {
    case(client, id)["version"].as_u64().unwrap()
}

fn events(view: &Value) -> Vec<String> {
    let rows = view["timeline"].as_array().unwrap();
    rows.iter().map(|row| text(&row["event"])).collect()
}

#[test]
fn more_than_a_request_may_hold_is_not_looked_for() {
    let town = Town::new();
    let long = json!({"words": "路".repeat(4001)});
    let answer = town.nobody().post("/api/v1/similar", &long);
    answer.refused(422, "text.length");
}

#[test]
fn requests_that_came_in_one_call_are_found_like_any_other() {
    let town = Town::new();
    let (lon, lat) = town::WEST;
    let place = json!({"point": {"lon": lon, "lat": lat}});
    let item = json!({"request": {"words": "春风路口的路灯坏了三天没人修", "place": place}});
    let partner = town.person("partner");
    partner
        .post("/api/v1/requests/batch", &json!([item]))
        .expect(200);
    let found = similar(&town.nobody(), "春风路口路灯不亮", NEAR);
    assert_eq!(found["cases"].as_array().unwrap().len(), 1, "{found}");
}

#[test]
fn whoever_types_is_shown_what_is_there_and_may_join_it_without_seeing_whose_it_is() {
    let town = Town::new();
    let nobody = town.nobody();
    let first = town.submit("春风路口的路灯坏了三天没人修", town::WEST);
    town.submit("楼上装修噪声扰民", town::EAST);
    let found = similar(&nobody, "春风路口路灯不亮", NEAR);
    let cases = found["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 1, "{found}");
    let shown = cases[0].as_object().unwrap();
    let fields: Vec<&str> = shown.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "about_metres",
            "about_when",
            "category",
            "joined",
            "offer",
            "stage"
        ],
        "neither words nor number nor exact place"
    );
    let metres = shown["about_metres"].as_u64().unwrap();
    assert!(
        metres.is_multiple_of(100) && (100..=500).contains(&metres),
        "{metres}"
    );
    assert!(text(&shown["about_when"]).ends_with(":00:00.000Z"));
    assert_eq!(found["suggested_area"], "west");
    assert_eq!(similar(&nobody, "井盖丢了", town::WEST)["cases"], json!([]));

    let path = format!("/api/v1/similar/{}/join", text(&shown["offer"]));
    let key = [("Idempotency-Key", "join-once".to_owned())];
    let who =
        json!({"reporter": {"name": "李四", "phone": "19900004321"}, "words": "我家门口也黑"});
    let joined = nobody
        .call(Method::POST, &path, &key, Some(&who))
        .expect(201);
    assert_eq!(joined["joined"], 1);
    let again = nobody
        .call(Method::POST, &path, &key, Some(&who))
        .expect(201);
    assert_eq!(again, joined, "the same call again joins once");
    let seen = follow(&nobody, &joined["follow_code"]);
    assert_eq!(
        (&seen["joined"], &seen["words"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(seen["id"], first["id"]);
    assert_eq!(events(&seen), ["joined"]);
    assert_eq!(
        events(&follow(&nobody, &first["follow_code"])),
        ["submitted"]
    );
    nobody
        .post("/api/v1/similar/no-such-offer-was-made-x/join", &who)
        .refused(404, "similar.offer-unknown");
    let operator = town.person("operator");
    let seen = case(&operator, &text(&first["id"]));
    assert_eq!(seen["joined"], 1);
    let actions = seen["actions"].as_array().unwrap();
    assert!(
        !actions.contains(&json!("join")),
        "joining is not for staff"
    );
}

#[test]
fn whoever_joined_is_asked_when_it_is_done_and_may_say_that_it_is_not() {
    let town = Town::new();
    let nobody = town.nobody();
    let id = town.case_at("accepted");
    let found = similar(&nobody, "路灯不亮", town::WEST);
    let path = format!("/api/v1/similar/{}/join", text(&found["cases"][0]["offer"]));
    let joined = nobody.post(&path, &json!({})).expect(201);
    let code = text(&joined["follow_code"]);
    assert_eq!(follow(&nobody, &joined["follow_code"])["can"], json!([]));
    let (operator, unit) = (town.person("operator"), town.person("unit"));
    operator
        .act(&id, "dispatch", 3, &json!({"unit": "lights"}))
        .expect(200);
    unit.act(&id, "start", 4, &json!({})).expect(200);
    unit.act(&id, "report-back", 5, &json!({"note": "换了灯泡"}))
        .expect(200);
    operator
        .act(&id, "verify", 6, &json!({"pass": true}))
        .expect(200);
    operator.act(&id, "close", 7, &json!({})).expect(200);
    let seen = follow(&nobody, &joined["follow_code"]);
    assert_eq!(seen["can"], json!(["call_back", "reopen"]));
    assert_eq!(
        seen["timeline"][3]["note"],
        Value::Null,
        "notes are the reporter's"
    );
    let answer = json!({"solved": false, "satisfaction": 2});
    let said = nobody
        .post(&format!("/api/v1/follow/{code}/call-back"), &answer)
        .expect(200);
    assert_eq!(said["call_back"]["solved"], false);
    let case = case(&operator, &id);
    assert_eq!(
        (&case["joined_unsolved"], &case["call_back"]),
        (&json!(1), &Value::Null)
    );
    let again = json!({"note": "还是黑的"});
    let reopened = nobody
        .post(&format!("/api/v1/follow/{code}/reopen"), &again)
        .expect(200);
    assert_eq!(reopened["stage"], "accepted");
}

#[test]
fn merged_cases_follow_the_main_one_and_come_back_as_they_were() {
    let town = Town::new();
    let (nobody, operator) = (town.nobody(), town.person("operator"));
    let main = town.submit("春风路口的路灯坏了三天没人修", town::WEST);
    let other = town.submit("春风路口路灯不亮,很黑", NEAR);
    let (main_id, other_id) = (text(&main["id"]), text(&other["id"]));
    let beside = operator
        .get(&format!("/api/v1/cases/{other_id}/duplicates"))
        .expect(200);
    let candidate = &beside["candidates"][0];
    assert_eq!(candidate["case"]["id"], main["id"], "{beside}");
    assert!(
        candidate["shared"]
            .as_array()
            .unwrap()
            .contains(&json!("春风路口"))
    );
    assert!((60..110).contains(&candidate["metres"].as_u64().unwrap()));
    assert_eq!(beside["rule"], "duplicates/2");

    let due = case(&operator, &other_id)["due_at"].clone();
    let into = json!({"into": main_id});
    operator
        .act(&other_id, "merge", 9, &into)
        .refused(412, "case.changed");
    let merged = operator.act(&other_id, "merge", 1, &into).expect(200);
    assert_eq!(
        (&merged["stage"], &merged["due_at"]),
        (&json!("merged"), &Value::Null)
    );
    assert_eq!(merged["merged_into"], main["id"]);
    assert_eq!(
        merged["actions"],
        json!(["unmerge", "call_back", "comment", "attach"])
    );
    assert_eq!(case(&operator, &main_id)["duplicates"], json!([other_id]));
    let third = text(&town.submit("路灯坏了", town::WEST)["id"]);
    let chain = operator.act(&third, "merge", 1, &json!({"into": other_id}));
    assert_eq!(
        chain.refused(422, "merge.chain")["allowed"],
        json!([main_id])
    );
    operator
        .act(&main_id, "merge", 2, &json!({"into": third}))
        .refused(409, "case.not-now");
    operator
        .act(&third, "merge", 1, &json!({"into": "C999"}))
        .refused(404, "case.not-found");

    // The reporter of the merged case sees the main one go on.
    operator
        .act(&main_id, "accept", 2, &json!({"category": "light"}))
        .expect(200);
    let seen = follow(&nobody, &other["follow_code"]);
    assert_eq!(
        (&seen["stage"], &seen["follows"]),
        (&json!("accepted"), &main["id"])
    );
    assert_eq!(events(&seen), ["submitted", "merged", "accepted"]);
    assert_eq!(seen["words"], "春风路口路灯不亮,很黑");
    let reached = json!({"reached": true, "solved": true});
    operator
        .act(&other_id, "call-back", 2, &reached)
        .refused(409, "merge.main-not-done");
    operator
        .act(&main_id, "close", 3, &json!({"reason": "已换新灯"}))
        .expect(200);
    let seen = follow(&nobody, &other["follow_code"]);
    assert_eq!(seen["can"], json!(["call_back", "reopen", "attach"]));
    operator
        .act(&other_id, "call-back", 2, &reached)
        .expect(200);
    let beside = operator
        .get(&format!("/api/v1/cases/{main_id}/duplicates"))
        .expect(200);
    assert_eq!(beside["merged"][0]["call_back"]["solved"], true);

    let back = operator
        .act(&other_id, "unmerge", 3, &json!({"reason": "另一盏灯"}))
        .expect(200);
    assert_eq!(
        (&back["stage"], &back["due_at"]),
        (&json!("submitted"), &due)
    );
    assert_eq!(back["merged_into"], Value::Null);
    assert_eq!(case(&operator, &main_id)["duplicates"], json!([]));
    assert_eq!(
        follow(&nobody, &other["follow_code"])["follows"],
        Value::Null
    );
    assert_eq!(version(&operator, &main_id), 5, "absorbed, released");
}

#[test]
fn what_residents_wrote_of_an_erased_case_is_no_candidate_any_more() {
    let town = Town::new();
    let (operator, steward) = (town.person("operator"), town.person("steward"));
    let gone = town.submit("春风路口的路灯坏了三天没人修", town::WEST);
    let kept = town.submit("春风路口路灯不亮", NEAR);
    let path = format!("/api/v1/cases/{}/duplicates", text(&kept["id"]));
    let before = operator.get(&path).expect(200);
    assert_eq!(before["candidates"].as_array().unwrap().len(), 1);
    steward
        .act(
            &text(&gone["id"]),
            "erase",
            1,
            &json!({"ground": "article 47"}),
        )
        .expect(200);
    assert_eq!(operator.get(&path).expect(200)["candidates"], json!([]));
    let words = "春风路口的路灯坏了三天没人修";
    let found = similar(&town.nobody(), words, town::WEST);
    assert_eq!(found["cases"].as_array().unwrap().len(), 1, "the other one");
}

#[test]
fn clusters_of_open_cases_are_found_in_the_background() {
    let town = Town::new();
    let operator = town.person("operator");
    let ids: Vec<String> = (0..3)
        .map(|n| {
            let place = (town::WEST.0 + f64::from(n) * 0.0002, town::WEST.1);
            text(&town.submit("东门菜市场后面垃圾堆积如山恶臭", place)["id"])
        })
        .collect();
    town.submit("电梯坏了", town::EAST);
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let found = operator.get("/api/v1/duplicates/clusters").expect(200);
        if let Some(cluster) = found["clusters"].get(0)
            && cluster["size"] == 3
        {
            assert_eq!(cluster["main"]["id"], ids[0]);
            assert_eq!(cluster["cases"].as_array().unwrap().len(), 2);
            assert_eq!(found["clusters"].as_array().unwrap().len(), 1);
            break;
        }
        assert!(Instant::now() < until, "{found}");
        std::thread::sleep(Duration::from_millis(200));
    }
    // What is merged is no longer shown as several.
    for id in &ids[1..] {
        operator
            .act(id, "merge", 1, &json!({"into": ids[0]}))
            .expect(200);
    }
    let found = operator.get("/api/v1/duplicates/clusters").expect(200);
    assert_eq!(found["clusters"], json!([]));
}

#[test]
fn recent_cases_are_known_again_after_a_restart() {
    let town = Town::new();
    town.submit("春风路口的路灯坏了三天没人修", town::WEST);
    let (_, directory) = town.stop();
    let server = crate::common::Server::on(&directory.path());
    let nobody = Client::nobody(&server.address);
    let until = Instant::now() + Duration::from_secs(20);
    while similar(&nobody, "春风路口路灯不亮", NEAR)["cases"] == json!([]) {
        assert!(Instant::now() < until, "it is not found");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn an_area_named_in_the_words_is_suggested_where_there_is_no_point() {
    let town = Town::new();
    let operator = town.person("operator");
    let request = json!({"words": "west 的路灯不亮", "place": {"address": "路口"}});
    let id = text(&town.nobody().post("/api/v1/requests", &request).expect(201)["id"]);
    let beside = operator
        .get(&format!("/api/v1/cases/{id}/duplicates"))
        .expect(200);
    assert_eq!(beside["suggested_area"], "west");
    let place = &beside["places"][0];
    assert_eq!(
        (&place["begin"], &place["end"], &place["kind"]),
        (&json!(0), &json!(4), &json!("area"))
    );
}
