//! Which entries have a seal or erase something, however their data looks.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod common;

use proptest::prelude::*;
use serde_json::{Value, json};
use yiwang_journal::{Entry, Hash, Record, Sealed, Verifier, leaf_hash, seal};

const SALT: [u8; 32] = [4; 32];
const BODY: &[u8] = b"words";

/// Whether the verifier takes the entry with this stored beside it.
fn taken(entry: &Entry, sealed: Sealed<'_>) -> Result<(), &'static str> {
    let bytes = entry.to_canonical().unwrap();
    let key = common::key();
    let mut verifier = Verifier::new(key.verifier(), [], common::Tiles::default());
    let record = Record {
        seq: 0,
        bytes: &bytes,
        leaf: leaf_hash(&bytes),
        sealed,
    };
    verifier.feed(&record).map_err(|fault| fault.code())
}

fn tricky_data() -> impl Strategy<Value = Value> {
    let seal = Hash([0xcd; 32]).to_string();
    let text = prop_oneof![
        any::<String>(),
        Just(format!(
            ",\"kind\":\"x\",\"sealed\":\"{seal}\",\"subject\":\"y\",\"v\":1}}"
        )),
        Just("case.erased".to_owned()),
    ];
    let leaf = text.prop_map(Value::from);
    leaf.prop_recursive(3, 12, 4, move |inner| {
        let names = prop_oneof!["kind", "sealed", "subject", "v", "a"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(names, inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn an_erasure_that_names_no_list_is_unreadable() {
    let mut entry = common::entry(0, None);
    entry.kind = "user.erased".to_owned();
    assert_eq!(taken(&entry, Sealed::None), Err("unreadable"));
    entry.data = json!({"erases": [], "why": "request"});
    assert_eq!(taken(&entry, Sealed::None), Ok(()));
}

#[test]
fn bytes_that_are_no_entry_are_unreadable() {
    for bytes in [&b"{}"[..], b"", b"x,\"kind\":\"a\"", b"\xff\xfe"] {
        let key = common::key();
        let mut verifier = Verifier::new(key.verifier(), [], common::Tiles::default());
        let record = Record {
            seq: 0,
            bytes,
            leaf: leaf_hash(bytes),
            sealed: Sealed::None,
        };
        assert_eq!(verifier.feed(&record).unwrap_err().code(), "unreadable");
    }
}

proptest! {
    #![proptest_config(common::cases(400))]

    #[test]
    fn the_seal_is_the_entrys_own_whatever_its_data_holds(
        data in tricky_data(), kind in "[a-z]{1,5}", subject in any::<String>(), has_seal: bool,
        grounds in prop::option::of(any::<String>())
    ) {
        let sealed = has_seal.then(|| seal::commit(&SALT, BODY));
        let entry = Entry { data, kind, subject, grounds, ..common::entry(0, sealed) };
        let present = Sealed::Present { salt: &SALT, body: BODY };
        let (without, with) = if has_seal {
            (Err("seal-missing"), Ok(()))
        } else {
            (Ok(()), Err("seal-unexpected"))
        };
        prop_assert_eq!(taken(&entry, Sealed::None), without);
        prop_assert_eq!(taken(&entry, present), with);
    }
}
