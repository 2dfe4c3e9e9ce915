//! Taking cases out.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::binary::{GOOD, Place, REQUESTS};

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_case_is_exported_with_proofs_and_with_words_only_when_asked() {
    let place = Place::city();
    let export = |arguments: &[&str]| {
        let mut all = vec!["export", "case", "c1"];
        all.extend(arguments);
        place.run(&all).ok().out
    };
    let plain: Value = serde_json::from_str(&export(&[])).unwrap();
    assert_eq!(plain["subject"], "case/1");
    assert_eq!(plain["entries"].as_array().unwrap().len(), 4);
    assert!(!export(&[]).contains("Lamp out"));
    assert!(export(&["--words"]).contains("Lamp out"));
    let said = export(&["--out", "c1.json"]);
    assert!(
        said.contains("yiwang verify --export c1.json --key yiwang.local/trail+"),
        "{said}"
    );
    assert_eq!(
        serde_json::from_str::<Value>(&place.read("c1.json")).unwrap(),
        plain
    );
    let mode = place
        .path("c1.json")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    place
        .run(&["export", "case", "C999"])
        .refused(1, &["no such case", "C999"]);
    place
        .run(&["export", "case", "lamp"])
        .refused(1, &["found:   lamp", "C12"]);
    let nowhere = ["export", "case", "C1", "--out", "none/c1.json"];
    place.run(&nowhere).refused(1, &["cannot write"]);
}

#[test]
fn while_a_server_runs_a_new_case_is_exported_once_it_is_signed() {
    let place = Place::city();
    let slow = place.serve(&["--set", "sign_every_seconds=3600"]);
    slow.submit("路灯不亮");
    let new = format!("C{}", GOOD + 1);
    let said = ["not signed yet", &new];
    place.run(&["export", "case", &new]).refused(1, &said);
    place.run(&["export", "case", "C1"]).ok();
    assert!(place.run(&["export", "cases"]).ok().out.contains(&new));
    let (status, _) = slow.stop("INT");
    assert!(status.success());
    place.run(&["export", "case", &new]).ok();
    let quick = place.serve(&["--set", "sign_every_seconds=1"]);
    quick.submit("井盖丢失");
    let newer = format!("C{}", GOOD + 2);
    let mut tries = 0;
    while place.run(&["export", "case", &newer]).code != 0 {
        tries += 1;
        assert!(tries < 100, "it is never signed");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[test]
fn a_table_of_cases_has_the_columns_and_rows_asked_for() {
    let place = Place::city();
    let table = place.run(&["export", "cases"]).ok();
    assert_eq!(table.err.trim(), format!("{GOOD} cases"));
    let mut reader = csv::Reader::from_reader(table.out.as_bytes());
    let head = reader.headers().unwrap().clone();
    assert_eq!(&head[0], "case");
    assert!(!head.iter().any(|name| name == "words" || name == "lat"));
    assert_eq!(reader.records().map(Result::unwrap).count() as u64, GOOD);
    let rows = |arguments: &[&str]| {
        let mut all = vec!["export", "cases", "--format", "jsonl"];
        all.extend(arguments);
        lines(&place.run(&all).ok().out)
    };
    let closed = rows(&["--stage", "closed"]);
    let open = rows(&["--stage", "dispatched,submitted"]);
    assert_eq!((closed.len() + open.len()) as u64, GOOD);
    assert!(open.iter().all(|row| row["closed_at"].is_null()));
    assert!(rows(&["--area", "south"]).is_empty());
    // 2023-03-01 in Boston begins at 05:00 UTC.
    let day = rows(&["--from", "2023-03-01", "--until", "2023-03-02"]);
    assert!(!day.is_empty() && day.len() < GOOD as usize);
    for row in &day {
        let at = row["submitted_at"].as_str().unwrap();
        assert!(
            ("2023-03-01T05:00".."2023-03-02T05:00").contains(&at),
            "{at}"
        );
    }
    let words = rows(&["--words", "--category", "street-light-outages"]);
    assert!(words.iter().any(|row| {
        row["words"]
            .as_str()
            .is_some_and(|w| w.contains("Lamp out"))
    }));
    assert!(words[0]["lat"].is_f64());
    let report = place
        .run(&["export", "cases", "--out", "all.csv", "--json"])
        .ok()
        .json();
    assert_eq!(report["cases"], GOOD);
    assert_eq!(place.read("all.csv"), table.out);
}

#[test]
fn a_filter_that_cannot_be_used_says_what_is_allowed() {
    let place = Place::city();
    for (flag, value, allowed) in [
        ("--stage", "done", "submitted, accepted"),
        ("--area", "moon", "north, south"),
        ("--unit", "nobody", "pwdx"),
        ("--category", "none", "street-light-outages"),
        ("--from", "yesterday", "2026-01-31"),
    ] {
        let said = [flag, value, allowed];
        place
            .run(&["export", "cases", flag, value])
            .refused(1, &said);
    }
    place
        .run(&["export", "cases", "--format", "pdf"])
        .refused(2, &["csv", "jsonl", "xlsx"]);
}

#[test]
fn what_someone_typed_is_no_formula_in_a_spreadsheet() {
    let place = Place::new();
    let evil = "\"=HYPERLINK(\"\"http://x.example\"\")\"";
    let row = REQUESTS
        .lines()
        .nth(1)
        .unwrap()
        .replacen("Lamp out", evil, 1);
    place.write(
        "evil.csv",
        format!("{}\n{row}\n", REQUESTS.lines().next().unwrap()),
    );
    assert_eq!(place.import("evil.csv").ok().json()["imported"], 1);
    let table = place.run(&["export", "cases", "--words"]).ok().out;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let column = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "words")
        .unwrap();
    let row = reader.records().next().unwrap().unwrap();
    assert!(row[column].starts_with("'=HYPERLINK"), "{}", &row[column]);
    let negative = row.iter().find(|field| field.starts_with("-71")).unwrap();
    assert!(negative.parse::<f64>().is_ok(), "numbers stay numbers");
    let json = place
        .run(&["export", "cases", "--words", "--format", "jsonl"])
        .ok()
        .out;
    assert!(
        lines(&json)[0]["words"]
            .as_str()
            .unwrap()
            .starts_with("=HYPERLINK")
    );
}
