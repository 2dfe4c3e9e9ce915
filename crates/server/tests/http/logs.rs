//! Nothing personal and no secret reaches the log, whatever happens.

use serde_json::json;
use ureq::http::Method;

use crate::common::{Town, text, town};

#[test]
fn the_log_holds_no_words_names_numbers_or_secrets() {
    let town = Town::new();
    let nobody = town.nobody();
    let secret = [
        "电线冒火花",
        "春风路8号",
        "王小明",
        "19900001234",
        town::PASSWORD,
        "another-password-77",
    ];
    let receipt = nobody.post(
        "/api/v1/requests",
        &json!({
            "words": secret[0],
            "place": {"address": secret[1]},
            "reporter": {"name": secret[2], "phone": secret[3]},
        }),
    );
    let receipt = receipt.expect(201);
    let (id, code) = (text(&receipt["id"]), text(&receipt["follow_code"]));
    nobody
        .post(
            "/api/v1/session",
            &json!({"user": "operator", "password": secret[4]}),
        )
        .expect(200);
    nobody
        .post(
            "/api/v1/session",
            &json!({"user": "operator", "password": secret[5]}),
        )
        .expect(401);
    nobody.get(&format!("/api/v1/follow/{code}")).expect(200);
    let operator = town.person("operator");
    operator
        .get("/api/v1/cases?q=%E7%94%B5%E7%BA%BF%E5%86%92%E7%81%AB%E8%8A%B1")
        .expect(200);
    operator
        .act(
            &id,
            "decline",
            1,
            &json!({"reason": secret[0], "note": secret[2]}),
        )
        .expect(422);
    operator
        .act(
            &id,
            "decline",
            7,
            &json!({"reason": "no_request", "note": secret[2]}),
        )
        .expect(412);
    let broken = format!(
        "{{\"words\":\"{}\",\"place\":{{\"address\":\"{}\"",
        secret[0], secret[3]
    );
    let broken = Some(("application/json", broken.into_bytes()));
    nobody
        .send(Method::POST, "/api/v1/requests", &[], broken)
        .expect(400);
    nobody
        .post("/api/v1/requests", &json!({secret[2]: secret[3]}))
        .expect(422);
    let token = town::token("operator");
    let (log, _directory) = town.stop();
    let plain = code.replace('-', "");
    for word in secret
        .iter()
        .copied()
        .chain([code.as_str(), plain.as_str(), token.as_str()])
    {
        assert!(!log.contains(word), "the log holds {word:?}:\n{log}");
    }
}
