//! Anything at all given to what reads callers' input: a value or a refusal,
//! never a panic.

use axum::http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use yiwang_base::{CaseId, LocalText, RefusalKind, from_millis};
use yiwang_cases::{AreaIndex, PageStart, Rules};
use yiwang_journal::TrailPath;
use yiwang_store::Account;

use super::{assets, body, commands, cursor, filter, problem, tiles};
use crate::city::{City, CitySettings};
use crate::follow_code;
use crate::policy::{Role, User};
use crate::wire;

fn city() -> City {
    let settings = CitySettings::new(LocalText::same("x"), "Asia/Shanghai").unwrap();
    City {
        name: settings.name,
        zone: "Asia/Shanghai".into(),
        loaded_at: from_millis(0),
        rules: Rules {
            areas: Default::default(),
            categories: Default::default(),
            units: Default::default(),
            calendar: settings.calendar,
            desk: settings.desk,
            limits: settings.limits,
            locator: Box::new(AreaIndex::new([])),
        },
        outlines: Default::default(),
        successors: Default::default(),
        scenarios: Default::default(),
        study: None,
    }
}

fn user(role: Role) -> User {
    let account = Account {
        name: "li.na".parse().unwrap(),
        display_name: "李娜".into(),
        role: role.word().into(),
        unit: (role == Role::Unit).then(|| "lights".parse().unwrap()),
        disabled: false,
    };
    User::of(account, &city()).unwrap()
}

/// JSON of any shape, with the interface's own names among its keys.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    let key = prop_oneof![
        "words|place|point|lon|lat|address|reporter|name|phone|category|channel|note|pass|reached",
        any::<String>(),
    ];
    leaf.prop_recursive(5, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn refused_bodies_are_refusals(bytes: &[u8]) {
    let refusals = [
        body::read::<wire::RequestBody>(bytes).err(),
        body::read::<wire::AcceptBody>(bytes).err(),
        body::read::<wire::DeclineBody>(bytes).err(),
        body::read::<wire::StartBody>(bytes).err(),
        body::read::<wire::VerifyBody>(bytes).err(),
        body::read::<wire::CallBackBody>(bytes).err(),
        body::read::<wire::Credentials>(bytes).err(),
    ];
    for refusal in refusals.into_iter().flatten() {
        assert_eq!(refusal.kind, RefusalKind::Invalid);
        assert!(!refusal.message.zh.is_empty() && !refusal.message.en.is_empty());
    }
}

proptest! {
    #[test]
    fn bodies_of_any_bytes(bytes in any::<Vec<u8>>()) {
        refused_bodies_are_refusals(&bytes);
    }

    #[test]
    fn bodies_of_any_json(json in any_json()) {
        refused_bodies_are_refusals(json.to_string().as_bytes());
    }

    #[test]
    fn queries(query in prop_oneof![
        any::<String>(),
        "((stage|unit|area|category|channel|late|from|until|q|order|limit|cursor)=[ -~路]{0,20}&?){0,6}",
    ]) {
        let city = city();
        for role in Role::ALL {
            if let Ok(read) = filter::read(&query, &city, &user(role), from_millis(0)) {
                prop_assert!((1..=200).contains(&read.limit));
                let bound = role == Role::Unit;
                prop_assert!(!bound || read.filter.involved == ["lights".parse().unwrap()]);
                let hidden = !role.may(crate::policy::Right::ReadWords);
                let words = read.filter.text.filter(|text| text.trim().parse::<CaseId>().is_err());
                prop_assert!(!hidden || words.is_none());
            }
        }
    }

    #[test]
    fn cursors(text in any::<String>(), key in any::<i64>(), id in 0..=i64::MAX as u64) {
        if let Ok(start) = cursor::read(&text) {
            prop_assert_eq!(cursor::show(start), text);
        }
        let start = PageStart { key, id: CaseId(id) };
        prop_assert_eq!(cursor::read(&cursor::show(start)), Ok(start));
    }

    #[test]
    fn trail_paths(path in prop_oneof![any::<String>(), "(tile/)?(entries/|[0-9]{1,2}/)?(x?[0-9]{3}/?){0,4}(\\.p/[0-9]{1,3})?"]) {
        if let Ok(read) = path.parse::<TrailPath>() {
            prop_assert_eq!(read.to_string(), path);
        }
    }

    #[test]
    fn tile_addresses(zoom in "[0-9+ -]{0,4}|\\PC{0,6}", x in "[0-9]{0,12}", y in "[0-9]{0,12}(\\.mvt)?|\\PC{0,6}") {
        if let Ok(tile) = tiles::address(&zoom, &x, &y) {
            prop_assert!(tile.zoom <= 22 && tile.x < 1 << tile.zoom && tile.y < 1 << tile.zoom);
        }
    }

    #[test]
    fn follow_codes(typed in prop_oneof![any::<String>(), "[0-9A-Za-z -]{10,18}"]) {
        if let Some(code) = follow_code::read(&typed) {
            prop_assert_eq!(follow_code::read(&follow_code::show(&code)), Some(code));
        }
    }

    #[test]
    fn addresses_of_pages(path in prop_oneof![any::<String>(), "(/|\\.|%2e|%2F|%00|%5c|\\\\|a|assets|\\.js){0,12}"]) {
        if let Some(name) = assets::name(&path) {
            prop_assert!(!name.split('/').any(|part| part == ".." || part == "."), "{}", name);
            prop_assert!(!name.contains(['\0', '\\']), "{}", name);
        }
    }

    #[test]
    fn headers(bytes in prop::collection::vec(32u8..=255, 0..40)) {
        let Ok(value) = HeaderValue::from_bytes(&bytes) else { return Ok(()) };
        let mut headers = HeaderMap::new();
        for name in ["accept-language", "if-match", "idempotency-key", "cookie"] {
            headers.insert(name, value.clone());
        }
        let _ = problem::reader_language(&headers);
        let seen = commands::seen_version(&headers);
        prop_assert!(seen.is_err() || (bytes.first() == Some(&b'"') && bytes.last() == Some(&b'"')));
        let actor = yiwang_cases::Actor::Resident;
        let receipt = commands::receipt(&headers, &actor, &axum::http::Method::POST, "x", b"{}");
        if let Ok(Some(receipt)) = receipt {
            prop_assert!(receipt.key.len() <= "resident/".len() + 128);
        }
    }
}
