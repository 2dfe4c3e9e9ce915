//! A record that is open for reading only, beside the process that writes it.

use tempfile::TempDir;
use yiwang_cases::{CaseFilter, CaseStore as _, Order, StoreError};
use yiwang_store::{LATEST_SCHEMA, OpenError, Store};

use crate::desk::{Held, declined, fill, key, raw, wait};

fn refused(directory: &std::path::Path) -> OpenError {
    match Store::open_to_read(directory, 2) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

#[test]
fn what_another_process_writes_can_be_read_beside_it() {
    let store = Held::new();
    let cases = fill(&store, 3);
    let reader = Store::open_to_read(store.directory(), 2).unwrap();
    assert_eq!(*reader.durable().borrow(), 6);
    assert_eq!(
        wait(reader.case(cases[0].id)).unwrap(),
        Some(cases[0].clone())
    );
    fill(&store, 2);
    let any = CaseFilter::default();
    let page = reader.list(&any, Order::Newest, None, 10);
    assert_eq!(
        wait(page).unwrap().cases.len(),
        5,
        "each query sees what is there then"
    );
}

#[test]
fn a_reader_refuses_to_write_and_writes_nothing() {
    let store = Held::new();
    fill(&store, 1);
    let reader = Store::open_to_read(store.directory(), 2).unwrap();
    let read_only = |error| matches!(error, StoreError::ReadOnly(_));
    let change = declined(reader.new_case_id(), 9);
    assert!(read_only(wait(reader.append(change)).unwrap_err()));
    assert!(read_only(wait(reader.sign(&key())).unwrap_err()));
    assert!(read_only(wait(reader.forget_erased()).unwrap_err()));
    assert_eq!(*store.durable().borrow(), 2);
    assert!(store.signed().is_none());
}

#[test]
fn a_reader_exports_what_was_signed_when_it_opened() {
    let store = Held::new();
    let cases = fill(&store, 2);
    wait(store.sign(&key())).unwrap();
    let later = fill(&store, 1);
    let reader = Store::open_to_read(store.directory(), 2).unwrap();
    let signed = reader.signed().unwrap();
    assert_eq!(signed.size(), 4);
    signed.check(key().verifier()).unwrap();
    let key = key();
    let export = |id| wait(reader.export_signed(id, key.verifier(), true)).unwrap();
    assert_eq!(export(later[0].id), None, "it is not signed yet");
    let exported = export(cases[1].id).unwrap();
    let report = yiwang_journal::verify_export(&exported, Some(key.verifier())).unwrap();
    assert_eq!((report.entries, report.sealed_shown), (2, 2));
}

#[test]
fn a_checkpoint_of_another_key_or_another_tree_is_told() {
    let store = Held::new();
    fill(&store, 2);
    let signed = wait(store.sign(&key())).unwrap();
    let other = yiwang_journal::SigningKey::from_seed("yiwang.test/trail", &[8; 32]).unwrap();
    assert!(signed.check(other.verifier()).is_err());
    let directory = store.close();
    raw(directory.path())
        .execute("UPDATE entry SET hash = zeroblob(32) WHERE seq = 2", [])
        .unwrap();
    let store = Store::open_to_read(directory.path(), 2).unwrap();
    let said = store.signed().unwrap().check(key().verifier()).unwrap_err();
    assert!(said.to_string().contains("another root"), "{said}");
}

#[test]
fn what_is_not_there_or_of_another_schema_is_refused_and_left_alone() {
    let directory = TempDir::new().unwrap();
    assert!(matches!(refused(directory.path()), OpenError::Missing(_)));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    let directory = Held::new().close();
    for other in [LATEST_SCHEMA - 1, LATEST_SCHEMA + 1] {
        let set = raw(directory.path()).pragma_update(None, "user_version", other);
        set.unwrap();
        let error = refused(directory.path());
        assert!(
            matches!(error, OpenError::Schema { found, .. } if found == other),
            "{error}"
        );
    }
}

#[test]
fn a_record_that_lost_signed_entries_does_not_open() {
    let store = Held::new();
    fill(&store, 2);
    wait(store.sign(&key())).unwrap();
    let directory = store.close();
    raw(directory.path())
        .execute_batch("DELETE FROM sealed WHERE seq = 3; DELETE FROM entry WHERE seq = 3")
        .unwrap();
    let said = refused(directory.path()).to_string();
    assert!(
        said.contains("4 entries were signed, only 3 are there"),
        "{said}"
    );
}
