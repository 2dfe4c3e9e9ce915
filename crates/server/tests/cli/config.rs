//! Help, configuration and languages.

use crate::binary::Place;

/// Every command, as a person would type it.
const COMMANDS: [&[&str]; 19] = [
    &["sample-city"],
    &["serve"],
    &["import", "areas"],
    &["import", "requests"],
    &["import", "osm"],
    &["city"],
    &["export", "case"],
    &["export", "cases"],
    &["verify"],
    &["backup"],
    &["restore"],
    &["user", "add"],
    &["user", "list"],
    &["user", "password"],
    &["user", "disable"],
    &["user", "enable"],
    &["user", "key"],
    &["eval", "dispatch"],
    &["config"],
];

#[test]
fn every_command_explains_itself() {
    let place = Place::new();
    for command in COMMANDS {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let help = place.run(&arguments).ok().out;
        assert!(
            help.contains(&format!("Usage: yiwang {}", command.join(" "))),
            "{help}"
        );
        let first = help.lines().next().unwrap();
        assert!(first.len() > 10 && !first.starts_with("Usage"), "{help}");
    }
    let help = place.run(&["--help"]).ok().out;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {}", command[0])), "{command:?}");
    }
    assert!(help.contains("Exit codes:"));
    assert_eq!(place.run(&[]).code, 2);
    assert_eq!(place.run(&["serv"]).refused(2, &["serve"]).out, "");
    assert_eq!(
        crate::binary::files(&place.path(".")),
        [""; 0],
        "help makes nothing"
    );
}

fn from(place: &Place, arguments: &[&str], key: &str) -> (String, String, String) {
    let mut all = vec!["config", "--json"];
    all.extend(arguments);
    let report = place.run(&all).ok().json();
    let settings = report["settings"].as_array().unwrap();
    let line = settings.iter().find(|line| line["key"] == key).unwrap();
    let text = |field: &str| match &line[field] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (text("value"), text("from"), text("name"))
}

fn told(value: &str, from: &str, name: &str) -> (String, String, String) {
    (value.to_owned(), from.to_owned(), name.to_owned())
}

#[test]
fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
    let place = Place::new();
    assert_eq!(from(&place, &[], "readers"), told("8", "default", "null"));
    std::fs::create_dir(place.path("data")).unwrap();
    place.write("data/yiwang.toml", "readers = 2\nlog = \"warn\"\n");
    let file = told("2", "file", "./data/yiwang.toml");
    assert_eq!(from(&place, &[], "readers"), file);
    let place = place.with("YIWANG_READERS", "3");
    let variable = told("3", "environment", "YIWANG_READERS");
    assert_eq!(from(&place, &[], "readers"), variable);
    let flag = told("4", "flag", "--set");
    assert_eq!(from(&place, &["--set", "readers=4"], "readers"), flag);
    assert_eq!(
        from(&place, &[], "log"),
        told("warn", "file", "./data/yiwang.toml")
    );
    place.write("other.toml", "log = \"debug\"\n");
    let other = told("debug", "file", "other.toml");
    assert_eq!(from(&place, &["--config", "other.toml"], "log"), other);
    let text = place.run(&["config"]).ok().out;
    let line = text
        .lines()
        .find(|line| line.starts_with("readers "))
        .unwrap();
    assert!(line.contains(" 3 ") && line.ends_with("environment YIWANG_READERS"));
}

#[test]
fn settings_that_cannot_be_used_are_refused_with_their_place_and_what_is_allowed() {
    let place = Place::new();
    place.write("bad.toml", "reader = 4\n");
    let said = ["bad.toml", "reader", "allowed: ", "readers"];
    let bad_file = ["serve", "--config", "bad.toml"];
    place.run(&bad_file).refused(2, &said);
    place.write("bad.toml", "listen = \"127.0.0.1:8080\"\nreaders = 4 4\n");
    place.run(&bad_file).refused(2, &["bad.toml", "line 2"]);
    let said = ["--set", "found:   0", "allowed: 1 to 256"];
    place
        .run(&["user", "list", "--set", "readers=0"])
        .refused(2, &said);
    place
        .run(&["config", "--set", "port=1"])
        .refused(2, &["port", "listen"]);
    place
        .run(&["config", "--set", "readers"])
        .refused(2, &["KEY=VALUE"]);
    place
        .run(&["serve", "--listen", "8080"])
        .refused(2, &["--listen", "127.0.0.1:8080"]);
    place
        .run(&["config", "--config", "none.toml"])
        .refused(2, &["none.toml"]);
    let place = place.with("YIWANG_SECURE_COOKIE", "perhaps");
    place
        .run(&["serve"])
        .refused(2, &["YIWANG_SECURE_COOKIE", "perhaps", "true or false"]);
}

#[test]
fn a_variable_that_sets_nothing_is_named() {
    let place = Place::new()
        .with("YIWANG_LISTN", "127.0.0.1:1")
        .with("YIWANG_DATA", "here");
    let report = place.run(&["config", "--json"]).ok().json();
    assert_eq!(
        report["unused_variables"],
        serde_json::json!(["YIWANG_LISTN"])
    );
}

#[test]
fn refusals_speak_the_readers_language() {
    let place = Place::new();
    let list = ["user", "list"];
    place
        .run(&list)
        .refused(1, &["error: there is no record in ./data", "--data"]);
    place
        .run(&["user", "list", "--lang", "zh"])
        .refused(1, &["错误:./data 中没有案卷库"]);
    let place = place.with("LANG", "zh_CN.UTF-8");
    place.run(&list).refused(1, &["没有案卷库"]);
    place
        .run(&["user", "list", "--lang", "en"])
        .refused(1, &["there is no record"]);
    let place = place.with("LC_ALL", "C");
    place.run(&list).refused(1, &["there is no record"]);
}
