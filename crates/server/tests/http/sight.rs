//! Who may not see residents' words gets none of them, anywhere.

use serde_json::json;

use crate::common::{Town, text, town};

const WORDS: [&str; 6] = [
    "电线冒火花",
    "春风路8号",
    "王小明",
    "19900001234",
    "请注意安全",
    "已经断电",
];

#[test]
fn words_reach_only_those_who_may_see_them() {
    let town = Town::new();
    let operator = town.person("operator");
    let receipt = town.nobody().post(
        "/api/v1/requests",
        &json!({
            "words": WORDS[0],
            "place": {"address": WORDS[1], "point": {"lon": town::WEST.0, "lat": town::WEST.1}},
            "reporter": {"name": WORDS[2], "phone": WORDS[3]},
        }),
    );
    let receipt = receipt.expect(201);
    let (id, code) = (text(&receipt["id"]), text(&receipt["follow_code"]));
    operator
        .act(&id, "accept", 1, &json!({"category": "light"}))
        .expect(200);
    operator
        .act(
            &id,
            "dispatch",
            2,
            &json!({"unit": "lights", "note": WORDS[4]}),
        )
        .expect(200);
    let unit = town.person("unit");
    unit.act(&id, "start", 3, &json!({})).expect(200);
    unit.act(&id, "report-back", 4, &json!({"note": WORDS[5]}))
        .expect(200);

    let reads = [
        "/api/v1/cases".to_owned(),
        format!("/api/v1/cases?q={id}"),
        format!("/api/v1/cases/{id}"),
        format!("/api/v1/cases/{id}/proof"),
        "/api/v1/cases/counts".to_owned(),
        "/tiles/cases/0/0/0.mvt".to_owned(),
        "/tiles/cases/14/13483/6207.mvt".to_owned(),
        "/trail/tile/entries/000.p/1".to_owned(),
        "/api/v1/city".to_owned(),
        "/api/v1/areas.geojson".to_owned(),
    ];
    // Which of the six each role may read somewhere.
    let table: [(&str, &[usize]); 8] = [
        ("operator", &[0, 1, 2, 3, 4, 5]),
        ("unit", &[0, 1, 2, 3, 4, 5]),
        ("verifier", &[0, 1, 2, 3, 4, 5]),
        ("leader", &[0, 1, 4, 5]),
        ("crew", &[]),
        ("steward", &[]),
        ("auditor", &[]),
        ("admin", &[]),
    ];
    for (who, expected) in table {
        let client = town.person(who);
        let all: String = reads.iter().map(|path| client.get(path).text()).collect();
        let seen: Vec<usize> = (0..WORDS.len())
            .filter(|n| all.contains(WORDS[*n]))
            .collect();
        assert_eq!(seen, expected, "{who}");
        assert_eq!(
            all.contains(&code),
            expected.contains(&2),
            "the follow code, {who}"
        );
        assert_eq!(
            all.contains("116.25"),
            !expected.is_empty(),
            "the point, {who}"
        );
    }
    let all: String = reads
        .iter()
        .map(|path| town.nobody().get(path).text())
        .collect();
    assert!(WORDS.iter().all(|words| !all.contains(words)), "{all}");
}

#[test]
fn who_may_not_see_words_may_not_search_them_either() {
    let town = Town::new();
    let id = text(&town.submit("电线冒火花", town::WEST)["id"]);
    for who in ["steward", "auditor", "admin"] {
        let client = town.person(who);
        for path in ["/api/v1/cases", "/api/v1/cases/counts"] {
            for words in ["%E7%94%B5", "%E6%B2%A1%E6%9C%89"] {
                let answer = client.get(&format!("{path}?q={words}"));
                assert_eq!(
                    answer.refused(403, "query.words-not-allowed")["field"],
                    "q",
                    "{who}"
                );
            }
            client.get(&format!("{path}?q={id}")).expect(200);
        }
    }
}

#[test]
fn a_follow_code_shows_the_senders_own_case_and_cannot_be_guessed_from_the_outside() {
    let town = Town::new();
    let receipt = town.submit("电线冒火花", town::WEST);
    let code = text(&receipt["follow_code"]);
    assert_eq!(code.len(), 14);
    let typed = code.to_lowercase().replace('-', "%20");
    assert_eq!(
        town.nobody()
            .get(&format!("/api/v1/follow/{typed}"))
            .expect(200)["id"],
        receipt["id"]
    );
    for odd in [
        "0000-0000-0000",
        "x",
        "C1",
        "%00",
        "%2e%2e%2f",
        "路",
        &"A".repeat(3000),
    ] {
        town.nobody()
            .get(&format!("/api/v1/follow/{odd}"))
            .refused(404, "follow.unknown");
    }
}
