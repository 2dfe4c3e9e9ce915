//! Starting and stopping the server.

use yiwang_store::LATEST_SCHEMA;

use crate::binary::Place;

#[test]
fn it_says_where_it_listens_and_stops_on_either_signal() {
    let place = Place::city();
    for name in ["INT", "TERM"] {
        let server = place.serve(&[]);
        assert!(server.url.starts_with("http://127.0.0.1:"));
        assert!(server.get("/healthz").starts_with("ok "));
        let (status, log) = server.stop(name);
        assert!(status.success(), "{log}");
        assert!(log.contains("the server is ready") && log.contains("the server has stopped"));
        assert!(log.contains("nobody can sign in yet"), "{log}");
    }
    let quiet = place.serve(&["--set", "log=error"]);
    assert_eq!(quiet.stop("TERM").1, "");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let place = Place::city();
    let server = place.serve(&[]);
    let address = server.url.strip_prefix("http://").unwrap();
    let other = Place::city();
    let said = [&*format!("cannot listen on {address}"), "in use"];
    other.run(&["serve", "--listen", address]).refused(1, &said);
}

#[test]
fn it_does_not_start_on_a_record_that_is_in_use_newer_or_damaged() {
    let place = Place::city();
    let server = place.serve(&[]);
    let said = [
        "./data is in use by another yiwang process",
        "stop it first",
    ];
    place
        .run(&["serve", "--listen", "127.0.0.1:0"])
        .refused(1, &said);
    server.stop("TERM");
    place.sql().pragma_update(None, "user_version", 99).unwrap();
    let said = [
        "written by a newer yiwang",
        "schema 99",
        "nothing was changed",
    ];
    place.run(&["serve"]).refused(1, &said);
    place.run(&["export", "cases"]).refused(1, &said);
    place
        .sql()
        .pragma_update(None, "user_version", LATEST_SCHEMA)
        .unwrap();
    let advice = ["yiwang verify", "yiwang restore"];
    let entry = "UPDATE entry SET hash = zeroblob(32) WHERE seq = (SELECT max(seq) FROM entry)";
    place.sql().execute(entry, []).unwrap();
    place.run(&["serve"]).refused(1, &advice);
    place
        .sql()
        .execute(
            "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)",
            [],
        )
        .unwrap();
    place.run(&["serve"]).refused(1, &advice);
    place.write("data/record.sqlite", "this is no record");
    place.run(&["serve"]).refused(1, &advice);
}

#[test]
fn the_trail_keeps_the_name_its_key_was_made_with() {
    let place = Place::new();
    let named = [
        "city",
        "--name",
        "X",
        "--set",
        "trail_origin=city.example/trail",
    ];
    place.run(&named).ok();
    let server = place.serve(&[]);
    assert!(server.get("/trail/vkey").starts_with("city.example/trail+"));
    server.stop("TERM");
    let other = ["serve", "--set", "trail_origin=other.example/trail"];
    place
        .run(&other)
        .refused(2, &["other.example/trail", "allowed: city.example/trail"]);
}
