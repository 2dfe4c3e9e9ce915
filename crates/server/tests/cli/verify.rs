//! Checking a record and an exported case.

use serde_json::{Value, json};

use crate::binary::Place;

#[test]
fn a_sound_record_verifies_also_beside_a_server() {
    let place = Place::city();
    let report = place.run(&["verify", "--json"]).ok().json();
    assert_eq!(report["ok"], true);
    assert_eq!(
        report["entries"], report["signed"],
        "a command that writes signs at its end"
    );
    assert_eq!(report["cases"], crate::binary::GOOD);
    let key = report["key"].as_str().unwrap();
    let server = place.serve(&[]);
    assert_eq!(server.get("/trail/vkey").trim(), key);
    server.submit("路灯不亮");
    let text = place.run(&["verify", "--key", key]).ok().out;
    assert!(
        text.contains("sound") && text.contains("not signed yet"),
        "{text}"
    );
    assert!(
        !text.contains("compare it"),
        "the reader's own key was used"
    );
    assert!(
        place
            .run(&["verify", "--lang", "zh"])
            .ok()
            .out
            .contains("条目完好")
    );
    place
        .run(&["verify", "--data", "none"])
        .refused(1, &["none", "--key"]);
    place
        .run(&["verify", "--key", "no key"])
        .refused(1, &["--key", "no key"]);
}

/// Damages the record with SQL and gives the report of the check.
#[track_caller]
fn tampered(damage: &str) -> Value {
    let place = Place::city();
    assert!(place.sql().execute(damage, []).unwrap() > 0);
    let done = place.run(&["verify", "--json"]);
    assert_eq!(done.code, 1, "{}", done.out);
    let text = place.run(&["verify"]);
    assert!(text.out.contains("FAULT: "), "{}{}", text.out, text.err);
    let report = done.json();
    assert_eq!(report["ok"], false);
    report
}

#[test]
fn a_changed_entry_is_found_and_named() {
    let report = tampered(
        "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'import:', 'lmport:') AS BLOB) WHERE seq = 20",
    );
    assert_eq!(
        (&report["first_bad"], &report["last_bad"]),
        (&json!(20), &json!(20))
    );
    assert!(report["fault"].as_str().unwrap().contains("20"));
}

#[test]
fn a_changed_word_a_dropped_entry_and_a_changed_row_are_found() {
    let report = tampered(
        "UPDATE sealed SET body = CAST(replace(CAST(body AS TEXT), 'Lamp', 'Lump') AS BLOB) \
         WHERE seq = (SELECT min(seq) FROM entry WHERE case_id = 1)",
    );
    assert!(report["first_bad"].is_u64(), "{report}");
    let report = tampered("DELETE FROM entry WHERE seq = 21");
    assert_eq!(report["first_bad"], 21);
    let report = tampered("UPDATE cases SET unit = 'another' WHERE id = 3");
    assert_eq!(report["differing"], json!(["case/3"]));
    assert!(
        report["entries"].is_u64(),
        "the entries themselves are sound"
    );
}

#[test]
fn another_key_and_a_lost_key_are_told() {
    let place = Place::city();
    let other = Place::city();
    let key = other.run(&["verify", "--json"]).ok().json()["key"].clone();
    let done = place.run(&["verify", "--key", key.as_str().unwrap()]);
    assert_eq!(done.code, 1);
    assert!(done.out.contains("FAULT: "), "{}", done.out);
    std::fs::remove_file(place.path("data/trail.key")).unwrap();
    place
        .run(&["verify"])
        .refused(1, &["there is no key in ./data"]);
    place
        .run(&["serve"])
        .refused(1, &["./data/trail.key is gone", "backup"]);
    assert!(
        !place.path("data/trail.key").exists(),
        "no other key takes its place"
    );
}

#[test]
fn an_exported_case_is_checked_anywhere_and_a_changed_one_found() {
    let place = Place::city();
    let key = place.run(&["verify", "--json"]).ok().json()["key"].clone();
    let key = key.as_str().unwrap();
    let text = place.run(&["export", "case", "C1", "--words"]).ok().out;
    let elsewhere = Place::new();
    elsewhere.write("c1.json", &text);
    let check = ["verify", "--export", "c1.json"];
    let with_key = ["verify", "--export", "c1.json", "--key", key, "--json"];
    let report = elsewhere.run(&with_key).ok().json();
    assert_eq!(
        (&report["ok"], &report["key_checked"]),
        (&json!(true), &json!(true))
    );
    assert!(
        elsewhere
            .run(&check)
            .ok()
            .out
            .contains("no key was compared")
    );
    let stdin = elsewhere.run_with_input(&["verify", "--export", "-", "--key", key], &text);
    assert!(stdin.ok().out.contains("case/1 is sound"));
    assert_eq!(
        crate::binary::files(&elsewhere.path(".")),
        ["c1.json"],
        "it needs no data directory"
    );
    for (from, to) in [
        ("Lamp out", "Lamp off"),
        ("case/1", "case/2"),
        ("import:", "lmport:"),
    ] {
        assert!(text.contains(from));
        elsewhere.write("c1.json", text.replace(from, to));
        let done = elsewhere.run(&check);
        assert_eq!(done.code, 1, "{from}");
        assert!(done.out.contains("FAULT: "), "{}", done.out);
    }
    let mut case: Value = serde_json::from_str(&text).unwrap();
    case["entries"][0]["index"] = json!(0);
    elsewhere.write("c1.json", case.to_string());
    assert_eq!(elsewhere.run(&check).code, 1);
    elsewhere.write("c1.json", "{");
    elsewhere
        .run(&check)
        .refused(1, &["not an exported case", "line 1"]);
    elsewhere
        .run(&["verify", "--export", "none.json"])
        .refused(1, &["none.json"]);
    let other = Place::city().run(&["verify", "--json"]).ok().json()["key"].clone();
    elsewhere.write("c1.json", &text);
    let wrong = [
        "verify",
        "--export",
        "c1.json",
        "--key",
        other.as_str().unwrap(),
    ];
    assert_eq!(elsewhere.run(&wrong).code, 1);
}
