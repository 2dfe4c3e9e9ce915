//! Row versions and idempotency keys.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Answer, Client, Town, text, town};

fn keyed(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let headers = [("Idempotency-Key", key.to_owned())];
    client.call(Method::POST, path, &headers, Some(body))
}

#[test]
fn a_command_names_the_version_it_was_made_for() {
    let town = Town::new();
    let id = text(&town.submit("路灯不亮", town::WEST)["id"]);
    let operator = town.person("operator");
    let path = format!("/api/v1/cases/{id}/accept");
    let body = json!({"category": "light"});
    let missing = operator.post(&path, &body).refused(428, "if-match.missing");
    assert_eq!(missing["field"], "If-Match");
    for odd in [
        "3",
        "\"+1\"",
        "W/\"1\"",
        "*",
        "\"1\", \"2\"",
        "\"99999999999\"",
        "\"\"",
    ] {
        let headers = [("If-Match", odd.to_owned())];
        let answer = operator.call(Method::POST, &path, &headers, Some(&body));
        assert_eq!(answer.refused(422, "if-match.malformed")["found"], odd);
    }
    let ahead = operator
        .act(&id, "accept", 2, &body)
        .refused(412, "case.changed");
    assert_eq!(ahead["allowed"], json!(["1"]));
    let accepted = operator.act(&id, "accept", 1, &body);
    assert_eq!((accepted.status, accepted.header("etag")), (200, "\"2\""));
    operator
        .act(&id, "accept", 1, &body)
        .refused(412, "case.changed");
}

#[test]
fn of_many_who_act_on_one_version_exactly_one_is_heard() {
    let town = Town::new();
    let id = text(&town.submit("路灯不亮", town::WEST)["id"]);
    let body = json!({"category": "light"});
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| town.person("operator").act(&id, "accept", 1, &body).status))
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{statuses:?}"
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 412).count(),
        7,
        "{statuses:?}"
    );
}

#[test]
fn a_repeated_request_is_one_case_and_has_one_answer() {
    let town = Town::new();
    let body = json!({"words": "路灯不亮", "place": {"address": "春风路"}});
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| keyed(&town.nobody(), "/api/v1/requests", "k-1", &body).expect(201))
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(
        answers.iter().all(|answer| answer == &answers[0]),
        "{answers:?}"
    );
    let operator = town.person("operator");
    assert_eq!(operator.get("/api/v1/cases/counts").expect(200)["total"], 1);
    // The answer stays the first one, whatever became of the case.
    let id = text(&answers[0]["id"]);
    operator
        .act(&id, "accept", 1, &json!({"category": "light"}))
        .expect(200);
    let late = keyed(&town.nobody(), "/api/v1/requests", "k-1", &body).expect(201);
    assert_eq!(late, answers[0]);
}

#[test]
fn a_key_used_for_something_else_is_refused() {
    let town = Town::new();
    let body = json!({"words": "路灯不亮", "place": {"address": "春风路"}});
    keyed(&town.nobody(), "/api/v1/requests", "k-1", &body).expect(201);
    let other = json!({"words": "井盖丢了", "place": {"address": "春风路"}});
    keyed(&town.nobody(), "/api/v1/requests", "k-1", &other).refused(422, "idempotency.key-reused");
    // Keys belong to who chose them.
    keyed(&town.person("operator"), "/api/v1/requests", "k-1", &other).expect(201);
    for odd in ["a b".to_owned(), "k".repeat(129), String::new()] {
        let answer = keyed(&town.nobody(), "/api/v1/requests", &odd, &body);
        assert_eq!(
            answer.refused(422, "idempotency.key-malformed")["field"],
            "Idempotency-Key"
        );
    }
    assert_eq!(
        town.person("operator")
            .get("/api/v1/cases/counts")
            .expect(200)["total"],
        2
    );
}

#[test]
fn a_repeated_command_is_done_once() {
    let town = Town::new();
    let id = text(&town.submit("路灯不亮", town::WEST)["id"]);
    let operator = town.person("operator");
    let headers = [
        ("If-Match", "\"1\"".to_owned()),
        ("Idempotency-Key", "k-2".to_owned()),
    ];
    let accept = |body: &Value| {
        operator.call(
            Method::POST,
            &format!("/api/v1/cases/{id}/accept"),
            &headers,
            Some(body),
        )
    };
    let body = json!({"category": "light"});
    let first = accept(&body).expect(200);
    let second = accept(&body).expect(200);
    assert_eq!(first["timeline"], second["timeline"]);
    assert_eq!(second["version"], 2);
    accept(&json!({"category": "road"})).refused(422, "idempotency.key-reused");
    let dispatch = format!("/api/v1/cases/{id}/dispatch");
    let answer = operator.call(
        Method::POST,
        &dispatch,
        &headers,
        Some(&json!({"unit": "lights"})),
    );
    answer.refused(422, "idempotency.key-reused");

    let receipt = town.submit("井盖丢了", town::EAST);
    let follow = format!("/api/v1/follow/{}/reopen", text(&receipt["follow_code"]));
    let id = text(&receipt["id"]);
    let declined = json!({"reason": "no_request", "note": "没有诉求"});
    operator.act(&id, "decline", 1, &declined).expect(200);
    let body = json!({"note": "有的"});
    let first = keyed(&town.nobody(), &follow, "k-3", &body).expect(200);
    assert_eq!(
        keyed(&town.nobody(), &follow, "k-3", &body).expect(200),
        first
    );
}

#[test]
fn a_command_made_many_times_at_once_is_done_once_and_everyone_is_told() {
    let town = Town::new();
    for round in 0..5 {
        let id = text(&town.submit("路灯不亮", town::WEST)["id"]);
        let headers = [
            ("If-Match", "\"1\"".to_owned()),
            ("Idempotency-Key", format!("k-{round}")),
        ];
        let path = format!("/api/v1/cases/{id}/accept");
        let accept = || {
            let operator = town.person("operator");
            let body = json!({"category": "light"});
            operator.call(Method::POST, &path, &headers, Some(&body))
        };
        std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8).map(|_| scope.spawn(accept)).collect();
            for one in tries {
                assert_eq!(one.join().unwrap().expect(200)["version"], 2);
            }
        });
    }
}
