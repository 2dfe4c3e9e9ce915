//! Copying the whole record.

use tempfile::TempDir;
use yiwang_store::{replay, verify};

use crate::desk::{Held, erase, fill, key, open, wait};

#[test]
fn a_copy_made_while_others_write_is_whole_and_opens() {
    let store = Held::new();
    let cases = fill(&store, 300);
    erase(&store, &cases[3]);
    wait(store.sign(&key())).unwrap();
    let target = TempDir::new().unwrap();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for _ in 0..40 {
                fill(&store, 10);
                wait(store.sign(&key())).unwrap();
            }
        });
        for n in 0..3 {
            let directory = target.path().join(n.to_string());
            std::fs::create_dir(&directory).unwrap();
            wait(store.back_up(directory.join("record.sqlite"))).unwrap();
            let report = verify(&directory, key().verifier(), &mut |_| {}).unwrap();
            assert!(report.entries >= 601);
            assert!(
                report.entries - report.signed <= 20,
                "all but the last moment is signed"
            );
            let replayed = replay(&directory, true, &mut |_| {}).unwrap();
            assert_eq!(
                (replayed.entries, replayed.differing.len()),
                (report.entries, 0)
            );
        }
        writing.join().unwrap();
    });
    // A copy is a record like any other.
    let copy = open(&target.path().join("0"));
    let before = *copy.durable().borrow();
    fill(&copy, 1);
    assert_eq!(*copy.durable().borrow(), before + 2);
}

#[test]
fn a_copy_holds_nothing_that_was_erased() {
    let store = Held::new();
    let cases = fill(&store, 30);
    let target = TempDir::new().unwrap();
    let file = target.path().join("copy.sqlite");
    let bytes = "路灯 8 坏了三天".as_bytes();
    let found = |file: &std::path::Path| {
        let copy = std::fs::read(file).unwrap();
        copy.windows(bytes.len()).any(|at| at == bytes)
    };
    wait(store.back_up(file.clone())).unwrap();
    assert!(found(&file));
    erase(&store, &cases[8]);
    std::fs::remove_file(&file).unwrap();
    wait(store.back_up(file.clone())).unwrap();
    assert!(!found(&file));
}

#[test]
fn a_copy_does_not_overwrite_and_says_where_it_cannot_be_made() {
    let store = Held::new();
    fill(&store, 3);
    let target = TempDir::new().unwrap();
    let taken = target.path().join("taken");
    std::fs::write(&taken, b"mine").unwrap();
    assert!(wait(store.back_up(taken.clone())).is_err());
    assert_eq!(std::fs::read(&taken).unwrap(), b"mine");
    let nowhere = target.path().join("no/such/directory");
    assert!(wait(store.back_up(nowhere.clone())).is_err());
    // Once the way is free it works.
    std::fs::remove_file(&taken).unwrap();
    wait(store.back_up(taken)).unwrap();
}
