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

    #[test]
    fn no_stored_rows_whatever_make_the_verifier_panic(
        rows in prop::collection::vec(
            (any::<u64>(), 0u64..4, any::<u8>(), prop::option::of(any::<u64>()), tricky_data()),
            0..6
        ),
        notes in prop::collection::vec((any::<u64>(), any::<bool>()), 0..3)
    ) {
        let key = common::key();
        let notes = notes.into_iter().map(|(size, nonsense)| match nonsense {
            true => size.to_string(),
            false => key.sign(size >> 16, Hash([1; 32])).unwrap(),
        });
        let mut verifier = Verifier::new(key.verifier(), notes, common::Tiles::default());
        for (seq, (any_seq, pick, byte, by, data)) in (0..).zip(rows) {
            let mut entry = Entry { data, ..common::entry(seq, None) };
            if pick == 1 {
                entry.kind = "case.erased".to_owned();
                entry.data = json!({"erases": [any_seq >> 11, seq]});
            }
            entry.sealed = by.map(|_| Hash([byte; 32]));
            let bytes = entry.to_canonical().unwrap();
            let taken = verifier.feed(&Record {
                seq: if pick == 0 { any_seq } else { seq },
                bytes: if byte == 0 { b"{}" } else { &bytes },
                leaf: leaf_hash(&bytes),
                sealed: by.map_or(Sealed::None, |by| Sealed::Erased { by }),
            });
            if let Err(fault) = taken {
                prop_assert!(!fault.text().zh.is_empty());
                return Ok(());
            }
        }
        if let Err(fault) = verifier.finish() {
            prop_assert!(!fault.text().zh.is_empty());
        }
    }
}
