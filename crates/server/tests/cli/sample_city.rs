//! `yiwang sample-city`.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use yiwang_cases::civic::Kind;

use crate::binary::{Place, signal, wait};

const FEW: [&str; 3] = ["sample-city", "--requests", "300"];

#[test]
fn it_fills_an_empty_directory_with_a_city_that_verifies_and_can_be_signed_in_to() {
    let place = Place::new();
    let done = place
        .run(&["sample-city", "--requests", "300", "--json"])
        .ok();
    let report = done.json();
    assert_eq!(report["requests"], 300);
    assert!(report["map_features"].as_u64().unwrap() > 10_000);
    let verified = place.run(&["verify", "--json"]).ok().json();
    assert_eq!(verified["entries"], report["entries"], "{verified}");

    let list = place.path("data/first-sign-in.txt");
    let mode = std::fs::metadata(&list).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let list = std::fs::read_to_string(list).unwrap();
    let people = report["sign_in"].as_array().unwrap();
    for role in [
        "operator", "unit", "verifier", "leader", "steward", "auditor", "admin",
    ] {
        let one = people.iter().find(|one| one["role"] == role).unwrap();
        assert!(list.contains(one["password"].as_str().unwrap()), "{role}");
    }
    let server = place.serve(&[]);
    for one in people.iter().step_by(9) {
        let (name, password) = (
            one["name"].as_str().unwrap(),
            one["password"].as_str().unwrap(),
        );
        assert!(server.signs_in(name, password), "{name}");
        assert!(!server.signs_in(name, "not this one"), "{name}");
    }
    assert!(server.get("/api/v1/city").contains("云陵市"));
    assert!(server.stop("TERM").0.success());
}

#[test]
fn it_has_something_of_every_kind_so_that_no_page_is_empty() {
    let place = Place::new();
    place
        .run(&["sample-city", "--requests", "2000", "--json"])
        .ok();
    let sql = place.sql();
    let count = |what: &str| -> i64 { sql.query_row(what, [], |row| row.get(0)).unwrap() };
    // Proposals come of what comes back: that takes more requests than these.
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Proposal) {
        let word = kind.word();
        let found = format!("SELECT count(*) FROM dossier WHERE kind = '{word}'");
        assert!(count(&found) > 0, "nothing of the kind {word}");
    }
    for state in ["published", "drawn_up"] {
        let found =
            format!("SELECT count(*) FROM dossier WHERE kind = 'appraisal' AND state = '{state}'");
        assert_eq!(count(&found), 1, "an appraisal that is {state}");
    }
    // Something was counted: not every unit is told that there was too little.
    let points = "SELECT count(*) FROM dossier WHERE kind = 'appraisal' AND body LIKE '%points%'";
    assert!(count(points) > 0);
    let units = count("SELECT count(*) FROM item WHERE kind = 'unit'");
    assert_eq!(
        count("SELECT count(*) FROM item WHERE kind = 'roster'"),
        units
    );
}

#[test]
fn passwords_are_told_once_and_do_not_come_from_the_seed() {
    let told = [Place::new(), Place::new()].map(|place| {
        let out = place.run(&FEW).ok().out;
        assert!(out.contains(&place.read("data/first-sign-in.txt")), "{out}");
        let line = out
            .lines()
            .find(|line| line.trim_start().starts_with("operator "));
        line.unwrap().to_owned()
    });
    assert_ne!(told[0], told[1]);
}

#[test]
fn a_directory_with_anything_in_its_record_is_refused_and_left_alone() {
    let place = Place::city();
    let before = place.read_bytes("data/record.sqlite");
    let said = ["has a record already", "an empty directory only", "--data"];
    place.run(&FEW).refused(1, &said);
    assert!(place.read_bytes("data/record.sqlite") == before);
    assert!(!place.path("data/sample-city.unfinished").exists());
    let said = ["没有这种规模", "small, medium, large"];
    place
        .run(&["--lang", "zh", "sample-city", "--size", "vast"])
        .refused(1, &said);
}

#[test]
fn a_record_that_holds_nothing_yet_is_filled() {
    let place = Place::new();
    // A server that was only started leaves an empty record.
    let server = place.serve(&[]);
    place
        .run(&FEW)
        .refused(1, &["in use by another yiwang process"]);
    server.stop("TERM");
    place.run(&FEW).ok();
    place.run(&["verify"]).ok();
}

/// Starts a filling and waits until it has written something.
fn under_way(place: &Place) -> std::process::Child {
    let child = place
        .command(&["sample-city", "--requests", "200000"])
        .spawn()
        .unwrap();
    let record = place.path("data/sample-city.unfinished/record.sqlite-wal");
    let began = Instant::now();
    while std::fs::metadata(&record).map_or(0, |file| file.len()) < 1 << 20 {
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "nothing was written"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

#[test]
fn stopped_it_leaves_nothing_and_cut_off_it_starts_over() {
    let place = Place::new();
    let child = under_way(&place);
    place
        .run(&FEW)
        .refused(1, &["in use by another yiwang process"]);
    signal(&child, "INT");
    wait(child).refused(130, &["nothing of the city is left"]);
    assert!(!place.path("data/record.sqlite").exists());
    assert!(!place.path("data/sample-city.unfinished").exists());

    let mut child = under_way(&place);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        !place.path("data/record.sqlite").exists(),
        "half a city is served by nobody"
    );
    place.run(&FEW).ok();
    assert!(!place.path("data/sample-city.unfinished").exists());
    place.run(&["verify"]).ok();
}

#[test]
fn a_whole_city_that_was_not_yet_in_place_is_put_there() {
    let place = Place::new();
    place.run(&FEW).ok();
    let (data, unfinished) = (
        place.path("data"),
        place.path("data/sample-city.unfinished"),
    );
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::write(unfinished.join("whole"), "").unwrap();
    std::fs::rename(data.join("record.sqlite"), unfinished.join("record.sqlite")).unwrap();
    let done = place.run(&["sample-city"]).ok();
    assert!(done.err.contains("had to be put in place"), "{}", done.err);
    assert!(!unfinished.exists());
    place.run(&["verify"]).ok();
}
