//! Entries: one value, one sequence of bytes.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use yiwang_journal::{Entry, EntryView, Error, Hash, MAX_ENTRY_BYTES, seal};

fn with_data(data: Value) -> Entry {
    Entry {
        data,
        ..common::entry(3, Some(Hash([0xab; 32])))
    }
}

#[test]
fn the_bytes_of_an_entry_are_fixed() {
    let bytes = with_data(json!({"b": [1, true, null], "a": "声\n"})).to_canonical();
    assert_eq!(
        String::from_utf8(bytes.unwrap()).unwrap(),
        "{\"at\":\"2026-09-21T14:13:20.003Z\",\"by\":\"user:li.na\",\
         \"data\":{\"a\":\"声\\n\",\"b\":[1,true,null]},\"grounds\":\"市容条例 第12条\",\
         \"kind\":\"case.submitted\",\"sealed\":\"abababababababababababababababababababababababab\
         abababababababab\",\"subject\":\"case/3\",\"v\":1}"
    );
}

#[test]
fn absent_grounds_and_seal_are_not_written() {
    let bytes = common::entry(1, None).to_canonical().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains("grounds") && !text.contains("sealed"));
    assert_eq!(
        Entry::parse_strict(text.as_bytes()).unwrap(),
        common::entry(1, None)
    );
}

#[test]
fn digits_finer_than_a_millisecond_are_dropped() {
    let mut entry = common::entry(1, None);
    entry.at = "2026-01-02T03:04:05.123456789Z".parse().unwrap();
    let bytes = entry.to_canonical().unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains("\"2026-01-02T03:04:05.123Z\""));
}

#[test]
fn typed_data_out_of_order_or_with_fractions_is_still_canonical() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type")]
    enum Event {
        Moved {
            z: f64,
            a: i64,
            words: BTreeMap<String, u8>,
        },
    }
    let words = BTreeMap::from([("\u{e000}".to_owned(), 1), ("𐀀".to_owned(), 2)]);
    let base = common::entry(1, None);
    let entry = Entry {
        data: Event::Moved {
            z: 1e-7,
            a: -4,
            words,
        },
        at: base.at,
        by: base.by,
        grounds: None,
        kind: base.kind,
        sealed: None,
        subject: base.subject,
        v: 1,
    };
    let bytes = entry.to_canonical().unwrap();
    assert_eq!(bytes, serde_json_canonicalizer::to_vec(&entry).unwrap());
    // By UTF-16 units the pair of surrogates of 𐀀 sorts before U+E000.
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(
        text.contains(
            "{\"a\":-4,\"type\":\"Moved\",\"words\":{\"𐀀\":2,\"\u{e000}\":1},\"z\":1e-7}"
        )
    );
    Entry::parse_strict(&bytes).unwrap();
    assert_eq!(Entry::<Event>::parse(&bytes).unwrap(), entry);
}

#[test]
fn numbers_that_programs_read_differently_are_refused() {
    let too_large = [
        json!(9_007_199_254_740_992u64),
        json!(-9_007_199_254_740_992i64),
        json!(1e300),
    ];
    for number in too_large {
        assert!(matches!(
            with_data(json!({"n": number})).to_canonical(),
            Err(Error::UnsafeNumber { .. })
        ));
    }
    with_data(json!(9_007_199_254_740_991u64))
        .to_canonical()
        .unwrap();
}

#[test]
fn an_entry_longer_than_a_bundle_can_hold_is_refused_and_one_that_fits_is_not() {
    let spare = MAX_ENTRY_BYTES - with_data(json!("")).to_canonical().unwrap().len();
    let full = with_data(json!("x".repeat(spare))).to_canonical().unwrap();
    assert_eq!(full.len(), MAX_ENTRY_BYTES);
    assert_eq!(
        with_data(json!("x".repeat(spare + 1))).to_canonical(),
        Err(Error::EntryTooLarge {
            bytes: MAX_ENTRY_BYTES + 1
        })
    );
}

#[test]
fn other_spellings_of_the_same_entry_are_refused_where_they_differ() {
    let good = String::from_utf8(with_data(json!({"a": 1})).to_canonical().unwrap()).unwrap();
    for (from, to) in [
        ("{\"a\":1}", "{\"a\": 1}"),
        ("{\"a\":1}", "{\"a\":1.0}"),
        ("{\"a\":1}", "{\"a\":1,\"a\":1}"),
        (".003Z", ".0030Z"),
        ("user:li.na", "user\\u003ali.na"),
        ("\"v\":1}", "\"v\":1}\n"),
    ] {
        let other = good.replace(from, to);
        assert_ne!(other, good);
        assert!(
            matches!(
                Entry::parse_strict(other.as_bytes()),
                Err(Error::NotCanonical { .. })
            ),
            "{other}"
        );
    }
    for (from, to) in [
        ("\"v\":1", "\"v\":1,\"w\":2"),
        ("\"v\":1", "\"v\":1,\"v\":1"),
        ("abab", "ABAB"),
        (",\"v\":1", ""),
    ] {
        let other = good.replace(from, to);
        assert!(
            matches!(
                Entry::parse_strict(other.as_bytes()),
                Err(Error::NotAnEntry(_))
            ),
            "{other}"
        );
    }
}

#[test]
fn a_view_borrows_and_leaves_data_unread() {
    let bytes = with_data(json!({"x": [1, 2]})).to_canonical().unwrap();
    let view = EntryView::<&RawValue>::parse(&bytes).unwrap();
    assert_eq!(view.data.get(), "{\"x\":[1,2]}");
    assert!(matches!(view.subject, std::borrow::Cow::Borrowed("case/3")));
    let view = EntryView::<Value>::parse(&bytes).unwrap();
    assert_eq!(view.to_canonical().unwrap(), bytes);
}

#[test]
fn a_seal_depends_on_salt_and_body_and_is_fixed() {
    let seal = seal::commit(&[1; 32], b"words");
    assert_ne!(seal, seal::commit(&[2; 32], b"words"));
    assert_ne!(seal, seal::commit(&[1; 32], b"word"));
    assert_eq!(
        seal.to_string(),
        "44af54fedb9952c0299d9876a128bce89e20e309d9e3c9aa923a16ffd7e38b18"
    );
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from),
        (-1e15f64..1e15).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(prop_oneof!["[a-f]{0,3}", any::<String>()], inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(common::cases(256))]

    #[test]
    fn any_entry_is_written_as_the_canonicalizer_writes_it(data in json_value(), by in any::<String>()) {
        let entry = Entry { by, ..with_data(data) };
        let bytes = entry.to_canonical().unwrap();
        prop_assert_eq!(&bytes, &serde_json_canonicalizer::to_vec(&entry).unwrap());
        prop_assert!(Entry::parse_strict(&bytes).is_ok());
    }

    #[test]
    fn reading_an_entry_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<usize>()) {
        let _ = Entry::parse_strict(&bytes);
        let mut near = with_data(json!({"a": [1.5, "x"]})).to_canonical().unwrap();
        for (offset, byte) in bytes.iter().take(4).enumerate() {
            let at = (at % near.len() + offset * 7) % near.len();
            near[at] = *byte;
        }
        let _ = Entry::parse_strict(&near);
        let _ = EntryView::<&RawValue>::parse(&near);
    }
}
