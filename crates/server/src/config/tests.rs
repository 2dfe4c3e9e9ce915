use std::path::Path;

use super::*;

fn sources(variables: &[(&str, &str)], file: Option<&Path>) -> Sources {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Sources::new(variables, file, Path::new("/nowhere"))
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn origin(config: &Config, name: &str) -> Origin {
    let chosen = config.chosen.iter().find(|one| one.key.name == name);
    chosen.unwrap().origin.clone()
}

#[test]
fn the_defaults_are_allowed_and_fill_all_settings() {
    let config = Config::load(&sources(&[], None)).unwrap();
    assert_eq!(config.file, None);
    assert_eq!(config.settings.listen.port(), 8080);
    assert_eq!(config.settings.max_body_bytes, 1 << 20);
    assert!(!config.settings.secure_cookie);
    assert!(
        config
            .chosen
            .iter()
            .all(|one| one.origin == Origin::Default)
    );
    let names: Vec<_> = config.chosen.iter().map(|one| one.key.name).collect();
    assert!(names.is_sorted(), "a list a person can search");
}

#[test]
fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
    let file = file("readers = 2\nsession_hours = 2\nlog = \"warn\"\n");
    let variables = [("YIWANG_READERS", "3"), ("YIWANG_SESSION_HOURS", "3")];
    let mut sources = sources(&variables, Some(file.path()));
    sources.set("readers", "4", "--set readers=4").unwrap();
    let config = Config::load(&sources).unwrap();
    let settings = &config.settings;
    assert_eq!(
        (
            settings.readers,
            settings.session_hours,
            settings.log.as_str()
        ),
        (4, 3, "warn")
    );
    assert_eq!(
        origin(&config, "readers"),
        Origin::Flag("--set readers=4".into())
    );
    let variable = Origin::Environment("YIWANG_SESSION_HOURS".into());
    assert_eq!(origin(&config, "session_hours"), variable);
    assert_eq!(origin(&config, "log"), Origin::File(file.path().into()));
    assert_eq!(origin(&config, "listen"), Origin::Default);
}

#[test]
fn what_cannot_be_used_is_refused_with_source_key_and_what_is_allowed() {
    for (text, key, found) in [
        ("reader = 2", "reader", None),
        ("readers = 0", "readers", Some("0")),
        ("readers = \"2\"", "readers", Some("2")),
        ("listen = \"localhost\"", "listen", Some("localhost")),
        ("log = \"info,=,\"", "log", Some("info,=,")),
        ("secure_cookie = 1", "secure_cookie", Some("1")),
        ("trail_origin = \"a b\"", "trail_origin", Some("a b")),
        ("[readers]\nmost = 2", "readers", Some("a table")),
    ] {
        let file = file(text);
        let ConfigError(refusal) = Config::load(&sources(&[], Some(file.path()))).unwrap_err();
        assert_eq!(refusal.field.as_deref(), Some(key), "{text}");
        assert_eq!(refusal.found.as_deref(), found, "{text}");
        assert!(!refusal.allowed.is_empty());
        let path = file.path().display().to_string();
        assert!(refusal.message.en.contains(&path) && refusal.message.zh.contains(&path));
    }
    for value in ["", "x", "1.5", "257"] {
        let ConfigError(refusal) =
            Config::load(&sources(&[("YIWANG_READERS", value)], None)).unwrap_err();
        assert!(refusal.message.en.starts_with("environment YIWANG_READERS"));
        assert_eq!(refusal.found.as_deref(), Some(value));
        assert_eq!(refusal.allowed, ["1 to 256"]);
    }
    let ConfigError(refusal) = sources(&[], None)
        .set("port", "1", "--set port=1")
        .unwrap_err();
    assert!(refusal.allowed.contains(&"listen".to_owned()));
}

#[test]
fn a_broken_file_is_refused_with_its_line_and_a_named_file_must_exist() {
    let broken = file("readers = 2\nlisten = 127.0.0.1\n");
    let ConfigError(refusal) = Config::load(&sources(&[], Some(broken.path()))).unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("line 2"));
    let missing = Path::new("/nowhere/at/all.toml");
    let ConfigError(refusal) = Config::load(&sources(&[], Some(missing))).unwrap_err();
    assert!(refusal.message.en.contains("/nowhere/at/all.toml"));
}

#[test]
fn variables_that_set_nothing_are_named() {
    let variables = [
        ("YIWANG_LISTN", "127.0.0.1:1"),
        ("YIWANG_DATA", "x"),
        ("YIWANG_LOG", "warn"),
        ("HOME", "/"),
    ];
    assert_eq!(
        sources(&variables, None).unused_variables(),
        ["YIWANG_LISTN"]
    );
}
