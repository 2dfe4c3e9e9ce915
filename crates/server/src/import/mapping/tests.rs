use proptest::prelude::*;

use super::*;

const LEAST: &str = r#"
system = "s"
id.column = "a"
submitted.column = 2
words.columns = ["c"]
"#;

fn refused(text: &str) -> Refusal {
    Mapping::read(text).unwrap_err()
}

#[test]
fn the_least_mapping_says_number_time_and_words() {
    let mapping = Mapping::read(LEAST).unwrap();
    assert_eq!(mapping.channel.default, Channel::Partner);
    assert!(!mapping.place.may_be_unknown);
    assert_eq!(mapping.reading().unwrap(), Reading::default());
    for line in LEAST.trim().lines() {
        let refusal = refused(&LEAST.replace(line, ""));
        assert_eq!(refusal.code, "mapping.toml", "{line}");
    }
}

#[test]
fn the_mappings_that_come_with_the_program_can_be_used() {
    for (name, _) in BUILT_IN {
        assert_eq!(Mapping::built_in(name).unwrap().system, name);
    }
}

#[test]
fn what_is_wrong_in_a_mapping_is_named() {
    for (more, field) in [
        ("place.lon = \"x\"", "place"),
        (
            "place = { point = \"p\", lon = \"x\", lat = \"y\" }",
            "place",
        ),
        ("file.encoding = \"utf-9\"", "file.encoding"),
        ("file.delimiter = \"\\n\"", "file.delimiter"),
        ("file.delimiter = \"\u{ff0c}\"", "file.delimiter"),
        ("file.header_row = 0", "file.header_row"),
        ("time.zone = \"Mars/Olympus\"", "time.zone"),
        ("time.formats = [\"%H\"]", "time.formats"),
        (
            "call_back = { solved = 1, yes = [], no = [], values = { good = 6 } }",
            "call_back.values",
        ),
    ] {
        let refusal = refused(&format!("{LEAST}{more}"));
        assert_eq!(refusal.code, "mapping.value", "{more}");
        assert_eq!(refusal.field.as_deref(), Some(field), "{more}");
        assert!(!refusal.allowed.is_empty());
    }
    for (more, line) in [
        ("colour = \"red\"", "line 6"),
        ("channel.values = { x = \"pigeon\" }", "line 6"),
        ("closed = { column = \"d\", why = \"e\" }", "line 6"),
        ("outcome = { column = 1.5 }", "line 6"),
        ("unit = ", "line 6"),
    ] {
        let refusal = refused(&format!("{LEAST}{more}"));
        assert_eq!(refusal.field.as_deref(), Some(line), "{more}: {refusal:?}");
        assert!(
            refusal.message.zh.contains("第 6 行"),
            "{}",
            refusal.message.zh
        );
    }
    let refusal = refused(&LEAST.replace("\"s\"", "\"two words\""));
    assert_eq!(refusal.field.as_deref(), Some("system"));
}

proptest! {
    #[test]
    fn any_text_is_a_mapping_or_refused(text in "\\PC{0,200}") {
        let _ = Mapping::read(&text);
    }

    #[test]
    fn any_value_is_taken_or_refused(
        key in prop::sample::select(vec!["file.encoding", "file.delimiter", "time.zone", "time.formats", "place.datum", "channel.default"]),
        value in prop_oneof!["\\PC{0,12}".prop_map(|text| serde_json::json!(text)), "[%a-zA-Z/: -]{0,12}".prop_map(|text| serde_json::json!([text]))],
    ) {
        let text = format!("{LEAST}{key} = {value}");
        if let Ok(mapping) = Mapping::read(&text) {
            prop_assert!(mapping.reading().is_ok());
        }
    }
}
