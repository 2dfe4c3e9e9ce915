//! Knowing a caller again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{Server, Town, text};

fn call(town: &Town, words: &str, phone: &str) -> String {
    let body = json!({"words": words, "channel": "hotline", "place": {"address": "春风路"},
        "reporter": {"phone": phone}});
    let answer = town.person("operator").post("/api/v1/requests", &body);
    text(&answer.expect(201)["id"])
}

/// The caller's cases, once there are so many.
#[track_caller]
fn known(town: &Town, phone: &str, count: usize) -> Vec<Value> {
    let began = Instant::now();
    loop {
        let answer = town
            .person("operator")
            .post("/api/v1/callers", &json!({"phone": phone}));
        let cases = answer.expect(200)["cases"].as_array().unwrap().clone();
        if cases.len() == count {
            return cases;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{cases:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_caller_is_known_by_the_number_however_it_is_written_until_it_is_erased() {
    let mut town = Town::new();
    let first = call(&town, "路灯不亮", "199 0000 1234");
    let other = call(&town, "井盖丢了", "19900009999");
    let second = call(&town, "还是不亮", "+86-19900001234");
    let cases = known(&town, "19900001234", 2);
    assert_eq!(
        (&cases[0]["id"], &cases[1]["id"]),
        (&json!(second), &json!(first))
    );
    assert_eq!(cases[0]["words"], "还是不亮");
    assert_eq!(known(&town, "19900009999", 1)[0]["id"], json!(other));
    known(&town, "19911112222", 0);
    // The key outlives the server.
    town.server.kill();
    assert!(town.directory().join("caller.key").exists());
    town.server = Server::on(&town.directory());
    known(&town, "19900001234", 2);
    let steward = town.person("steward");
    steward
        .act(&first, "erase", 1, &json!({"ground": "依申请"}))
        .expect(200);
    assert_eq!(known(&town, "19900001234", 1)[0]["id"], json!(second));
    let operator = town.person("operator");
    let refused = operator.post("/api/v1/callers", &json!({"phone": "12"}));
    assert_eq!(refused.refused(422, "caller.number")["field"], "phone");
    let (log, _directory) = town.stop();
    assert!(!log.contains("19900001234"), "no number in the log: {log}");
}
