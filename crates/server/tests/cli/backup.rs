//! Backups and restoring them.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::binary::{GOOD, Place, files};

#[test]
fn a_backup_of_a_running_server_is_restored_whole() {
    let place = Place::city();
    place.write("data/yiwang.toml", "session_hours = 3\n");
    let server = place.serve(&[]);
    server.submit("备份之前");
    let report = place.run(&["backup", "copy", "--json"]).ok().json();
    assert!(report["entries"].is_u64());
    server.submit("备份之后");
    server.stop("TERM");
    let expected = [
        "caller.key",
        "history",
        "manifest.json",
        "record.sqlite",
        "trail.key",
        "yiwang.toml",
    ];
    assert_eq!(files(&place.path("copy")), expected);
    for name in ["", "caller.key", "history", "record.sqlite", "trail.key"] {
        let mode = place
            .path("copy")
            .join(name)
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    let manifest: Value = serde_json::from_str(&place.read("copy/manifest.json")).unwrap();
    assert_eq!(manifest["files"].as_array().unwrap().len(), 5);
    let said = place.run(&["restore", "copy", "--data", "again"]).ok().out;
    assert!(said.contains("checked"), "{said}");
    let report = place
        .run(&["verify", "--data", "again", "--json"])
        .ok()
        .json();
    assert_eq!(
        (&report["ok"], &report["cases"]),
        (&json!(true), &json!(GOOD + 1))
    );
    assert_eq!(report["key"], manifest["key"]);
    let config = place.run(&["config", "--data", "again"]).ok().out;
    assert!(config.contains("again/yiwang.toml"));
    let again = place.serve(&["--data", "again"]);
    again.submit("恢复之后");
    assert!(again.stop("TERM").0.success());
    place.run(&["verify", "--data", "again"]).ok();
}

#[test]
fn readings_are_backed_up_while_they_come_in_and_restored_with_the_record() {
    let place = Place::city();
    let add = [
        "user", "add", "gauges", "--role", "partner", "--name", "Gauges",
    ];
    place.run_with_input(&add, "gauges-password-1\n").ok();
    let key = place.run(&["user", "key", "gauges", "--json"]).ok().json();
    let key = key["key"].as_str().unwrap().to_owned();
    let server = place.serve(&[]);
    let post = |url: &str, path: &str, body: &Value| {
        let answer = ureq::post(format!("{url}/sta/v1.1/{path}"))
            .header("Content-Type", "application/json")
            .header("Authorization", format!("Bearer {key}"))
            .send(body.to_string());
        assert_eq!(answer.unwrap().status(), 201, "{path}");
    };
    let thing = json!({
        "name": "gauge", "description": "",
        "Datastreams": [{
            "name": "level", "description": "", "observationType": "OM_Measurement",
            "unitOfMeasurement": {"name": "metre", "symbol": "m", "definition": "ucum:m"},
            "Sensor": {"name": "s", "description": "", "encodingType": "text/plain", "metadata": "x"},
            "ObservedProperty": {"name": "level", "definition": "http://x", "description": ""},
        }],
    });
    post(&server.url, "Things", &thing);
    for minute in 0..5 {
        let reading = json!({
            "phenomenonTime": format!("2026-01-01T00:0{minute}:00Z"), "result": minute,
        });
        post(&server.url, "Datastreams(1)/Observations", &reading);
    }
    let report = place.run(&["backup", "copy", "--json"]).ok().json();
    let names: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    let log = names.iter().find(|name| name.starts_with("history/log/"));
    let log = log
        .expect("the log of readings is in the backup")
        .to_string();
    server.stop("TERM");
    place.run(&["restore", "copy", "--data", "again"]).ok();
    let again = place.serve(&["--data", "again"]);
    let mut found = ureq::get(format!(
        "{}/sta/v1.1/Datastreams(1)/Observations?$count=true",
        again.url
    ))
    .header("Authorization", format!("Bearer {key}"))
    .call()
    .unwrap();
    let found = found.body_mut().read_to_string().unwrap();
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["@iot.count"], 5);
    again.stop("TERM");
    // A changed byte is found, and a name that leads elsewhere is refused.
    let whole = place.read_bytes(&format!("copy/{log}"));
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    place.write(&format!("copy/{log}"), &changed);
    let said = ["is damaged", &log];
    place
        .run(&["restore", "copy", "--data", "third"])
        .refused(1, &said);
    place.write(&format!("copy/{log}"), &whole);
    let manifest = place.read("copy/manifest.json");
    let outside = manifest.replace(&log, "history/log/../../../x.log");
    place.write("copy/manifest.json", outside);
    place
        .run(&["restore", "copy", "--data", "third"])
        .refused(1, &["does not list the files of a backup"]);
}

#[test]
fn neither_a_backup_nor_a_restore_overwrites_anything() {
    let place = Place::city();
    place.run(&["backup", "copy"]).ok();
    place
        .run(&["backup", "copy"])
        .refused(1, &["copy is not empty", "name another"]);
    let said = ["./data is not empty", "nothing was changed"];
    place.run(&["restore", "copy"]).refused(1, &said);
    place.run(&["verify"]).ok();
    std::fs::create_dir(place.path("empty")).unwrap();
    place.run(&["restore", "copy", "--data", "empty"]).ok();
    // What a restore that was cut off leaves behind is no data.
    std::fs::create_dir_all(place.path("cut/.restoring")).unwrap();
    place.write("cut/.restoring/record.sqlite", "half of it");
    place.run(&["restore", "copy", "--data", "cut"]).ok();
    assert_eq!(files(&place.path("cut")), ["record.sqlite", "trail.key"]);
    place
        .run(&["backup", "other", "--data", "none"])
        .refused(1, &["no record in none"]);
    assert!(!place.path("other").exists());
}

#[test]
fn a_damaged_backup_is_refused_and_nothing_is_restored() {
    let place = Place::city();
    place.run(&["backup", "copy"]).ok();
    let damage = |name: &str, edit: &dyn Fn(&mut Vec<u8>)| {
        let path = place.path("copy").join(name);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        edit(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        let done = place.run(&["restore", "copy", "--data", "again"]);
        std::fs::write(&path, whole).unwrap();
        let again = place.path("again");
        assert!(!again.exists() || files(&again).is_empty(), "{name}");
        done
    };
    let flip = |bytes: &mut Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    };
    let said = ["is damaged", "record.sqlite", "use another backup"];
    damage("record.sqlite", &flip).refused(1, &said);
    damage("record.sqlite", &|bytes| bytes.truncate(4096)).refused(1, &said);
    damage("trail.key", &flip).refused(1, &["trail.key"]);
    damage("manifest.json", &|bytes| bytes.truncate(20)).refused(1, &["manifest.json is damaged"]);
    let rename = |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), to.to_owned());
        move |bytes: &mut Vec<u8>| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(&from));
            *bytes = text.replacen(&from, &to, 1).into_bytes();
        }
    };
    let outside = rename("\"trail.key\"", "\"../trail.key\"");
    damage("manifest.json", &outside).refused(1, &["does not list the files of a backup"]);
    let schema = format!("\"schema\": {}", yiwang_store::LATEST_SCHEMA);
    let newer = rename(&schema, "\"schema\": 99");
    damage("manifest.json", &newer).refused(1, &["newer yiwang"]);
    let other = rename("\"yiwang_backup\": 1", "\"yiwang_backup\": 2");
    damage("manifest.json", &other).refused(1, &["another form"]);
    std::fs::remove_file(place.path("copy/manifest.json")).unwrap();
    let said = ["manifest.json", "not finished"];
    place
        .run(&["restore", "copy", "--data", "again"])
        .refused(1, &said);
}

#[test]
fn a_record_that_was_changed_is_neither_backed_up_nor_restored_as_sound() {
    let place = Place::city();
    place.run(&["backup", "copy"]).ok();
    let change = "UPDATE cases SET unit = 'another' WHERE id = 1";
    place.sql().execute(change, []).unwrap();
    place
        .run(&["backup", "second"])
        .refused(1, &["does not verify", "case/1"]);
    assert!(
        !place.path("second/manifest.json").exists(),
        "what is unsound is no backup"
    );
    // Someone who changes a backup can mend its manifest, but not the tree.
    let record = place.path("copy/record.sqlite");
    let sql = rusqlite::Connection::open(&record).unwrap();
    sql.execute("UPDATE entry SET body = x'7b7d' WHERE seq = 9", [])
        .unwrap();
    drop(sql);
    let mut manifest: Value = serde_json::from_str(&place.read("copy/manifest.json")).unwrap();
    let bytes = std::fs::read(&record).unwrap();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
    manifest["files"][0]["bytes"] = json!(bytes.len());
    manifest["files"][0]["sha256"] = json!(hex::encode(digest));
    place.write("copy/manifest.json", manifest.to_string());
    let said = ["does not verify", "entry 9", "use another backup"];
    place
        .run(&["restore", "copy", "--data", "again"])
        .refused(1, &said);
    assert_eq!(files(&place.path("again")), [""; 0]);
}
