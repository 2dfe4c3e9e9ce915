//! Files beside entries: whole, and gone when they are erased.

use sha2::{Digest, Sha256};
use yiwang_base::Personal;
use yiwang_cases::conformance::sample::{Draft, change, happening};
use yiwang_cases::{Attached, Case, CaseStore, Event, File, FileKind, Sealed};
use yiwang_store::{replay, verify};

use crate::desk::{Held, erase, key, raw, wait};

/// Long enough to spill over pages, with a mark to be found by.
fn bytes() -> Vec<u8> {
    [&b"photograph-of-somebody"[..], &[7; 20_000]].concat()
}

fn with_file(store: &Held) -> Case {
    let mut draft = Draft::at(0);
    draft.request.follow_code = Some("CODE".into());
    let id = store.new_case_id();
    let sha256 = Sha256::digest(bytes());
    let file = File {
        name: Some("name-of-somebody.jpg".into()),
        sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
        bytes: bytes().into(),
    };
    let event = Event::Attached(Attached {
        bytes: bytes().len() as u64,
        for_resident: true,
        kind: FileKind::Jpeg,
        own: true,
    });
    let sealed = Some(Sealed::File(Personal::new(file)));
    let road = vec![draft.happening(), happening(1, event, sealed)];
    let change = change(id, None, road);
    let case = change.after.clone();
    wait(store.append(change)).unwrap();
    case
}

fn copies(directory: &std::path::Path, text: &str) -> usize {
    let files = std::fs::read_dir(directory).unwrap();
    let found = files.map(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        memchr::memmem::find_iter(&bytes, text).count()
    });
    found.sum()
}

#[test]
fn what_is_erased_of_a_file_is_in_no_file_of_the_directory() {
    let store = Held::new();
    let case = with_file(&store);
    wait(store.sign(&key())).unwrap();
    erase(&store, &case);
    wait(store.forget_erased()).unwrap();
    let directory = store.close();
    for mark in ["photograph-of-somebody", "name-of-somebody"] {
        assert_eq!(copies(directory.path(), mark), 0, "{mark}");
    }
    verify(directory.path(), key().verifier(), &mut |_| {}).unwrap();
    let report = replay(directory.path(), true, &mut |_| {}).unwrap();
    assert_eq!(report.differing, [""; 0]);
}

#[test]
fn a_file_that_was_changed_or_taken_away_is_found() {
    for statement in [
        "UPDATE file SET body = zeroblob(length(body))",
        "UPDATE file SET body = body || x'00'",
        "DELETE FROM file",
    ] {
        let store = Held::new();
        let case = with_file(&store);
        let directory = store.close();
        let before = replay(directory.path(), true, &mut |_| {}).unwrap();
        assert_eq!(before.differing, [""; 0]);
        raw(directory.path()).execute_batch(statement).unwrap();
        let report = replay(directory.path(), true, &mut |_| {}).unwrap();
        assert_eq!(
            report.differing,
            [format!("case/{}", case.id.0)],
            "{statement}"
        );
    }
}
