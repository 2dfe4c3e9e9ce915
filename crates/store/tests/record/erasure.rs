//! What is erased is in no file of the data directory any more.

use std::path::Path;

use tempfile::TempDir;
use yiwang_base::Point;
use yiwang_cases::conformance::sample::{
    Draft, change, happening, minute, note, receipt, straight_road,
};
use yiwang_cases::{Case, CaseStore, Event, SourceRef};
use yiwang_journal::verify_export;
use yiwang_store::{replay, verify};

use crate::desk::{Held, erase, fill, key, raw, wait};

/// How often a text stands in the files of a directory.
fn copies(directory: &Path, text: &str) -> usize {
    let mut count = 0;
    for file in std::fs::read_dir(directory).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        count += memchr::memmem::find_iter(&bytes, text).count();
    }
    count
}

/// A case full of words, each to be found by its own mark.
fn personal(store: &Held, mark: &str, length: usize) -> Case {
    let mut draft = Draft::at(0);
    draft.request.words = format!("{mark}-words {}", "字".repeat(length));
    draft.request.place.address = Some(format!("{mark}-address"));
    draft.request.reporter.name = Some(format!("{mark}-name"));
    draft.request.reporter.phone = Some(format!("{mark}-phone"));
    draft.request.follow_code = Some(format!("{mark}-code"));
    draft.request.place.point = Some(Point::new(longitude(mark), 39.9).unwrap());
    draft.source = Some(SourceRef {
        id: format!("{length}-{}", store.new_case_id()),
        system: "elsewhere".into(),
    });
    let mut first = change(store.new_case_id(), None, vec![draft.happening()]);
    first.receipt = Some(receipt(&format!("key-{mark}"), 0xEE));
    let case = first.after.clone();
    wait(store.append(first)).unwrap();
    let mut case = case;
    for event in straight_road() {
        let said = note(&format!("{mark}-note {}", "字".repeat(length)));
        let next = change(case.id, Some(&case), vec![happening(20, event, said)]);
        case = next.after.clone();
        wait(store.append(next)).unwrap();
    }
    case
}

/// A place of its own for each mark.
fn longitude(mark: &str) -> f64 {
    let number = mark
        .bytes()
        .fold(0_u64, |sum, byte| sum * 31 + u64::from(byte));
    115.0 + (number % 900_001) as f64 / 900_001.0
}

/// Nothing of a case that was erased is in any file.
fn assert_gone(directory: &Path, mark: &str) {
    for part in PARTS {
        let text = format!("{mark}-{part}");
        assert_eq!(copies(directory, &text), 0, "{text}");
    }
    assert_eq!(copies(directory, &longitude(mark).to_string()), 0, "{mark}");
}

const PARTS: [&str; 6] = ["words", "address", "name", "phone", "code", "note"];

#[test]
fn no_copy_is_left_in_any_file_however_long_the_words_are() {
    // Short words lie within a page, long ones on pages of their own, the
    // longest on many.
    for length in [3, 900, 4_000] {
        let store = Held::new();
        fill(&store, 40);
        let stays = personal(&store, "STAYS", length);
        let goes = personal(&store, "GOES", length);
        fill(&store, 40);
        let directory = store.directory().to_owned();
        assert!(
            copies(&directory, "GOES-words") > 0,
            "they were there before"
        );
        erase(&store, &goes);
        assert!(wait(store.forget_erased()).unwrap());
        assert_gone(&directory, "GOES");
        assert!(copies(&directory, "STAYS-words") > 0);
        let request = wait(store.case(stays.id)).unwrap().unwrap().request;
        assert!(request.is_some());
        wait(store.sign(&key())).unwrap();
        let report = verify(&directory, key().verifier(), &mut |_| {}).unwrap();
        assert_eq!(report.erased, 5);
    }
}

#[test]
fn no_copy_is_left_after_pages_were_split_and_joined_many_times() {
    let store = Held::new();
    let marks: Vec<String> = (0..60).map(|n| format!("MARK{n:02}")).collect();
    let cases: Vec<Case> = marks
        .iter()
        .zip([2, 40, 300, 1_200, 3_000].into_iter().cycle())
        .map(|(mark, length)| personal(&store, mark, length))
        .collect();
    let directory = store.directory().to_owned();
    // In no order, so that neighbours go before and after each other.
    for n in 0..60 {
        let at = n * 37 % 60;
        erase(&store, &cases[at]);
        if n % 10 == 9 {
            fill(&store, 15);
        }
    }
    assert!(wait(store.forget_erased()).unwrap());
    for mark in &marks {
        assert_gone(&directory, mark);
    }
}

#[test]
fn it_is_shown_when_and_by_whom_and_still_verifies() {
    let store = Held::new();
    let case = personal(&store, "GOES", 5);
    let erased = erase(&store, &case);
    let timeline = wait(store.timeline(case.id)).unwrap();
    let last = timeline.last().unwrap();
    assert_eq!(last.happening.by.to_string(), "user:li.na");
    assert_eq!(last.happening.at, minute(90));
    assert_eq!(last.happening.grounds.as_deref(), Some("article 47"));
    assert!(matches!(&last.happening.event, Event::Erased { erases } if erases.len() == 5));
    assert_eq!(wait(store.sealed_entries(case.id)).unwrap(), [0; 0]);
    let export = wait(store.export_case(erased.id, &key(), true))
        .unwrap()
        .unwrap();
    let report = verify_export(&export, Some(key().verifier())).unwrap();
    assert_eq!((report.erased, report.sealed_shown), (5, 0));
    let directory = store.close();
    let report = verify(directory.path(), key().verifier(), &mut |_| {}).unwrap();
    assert_eq!((report.sealed, report.erased), (5, 5));
    let report = replay(directory.path(), true, &mut |_| {}).unwrap();
    assert_eq!(report.differing, [""; 0]);
}

#[test]
fn a_reader_holds_an_erasure_up_but_not_the_writer_and_not_for_good() {
    let store = Held::new();
    let goes = personal(&store, "GOES", 3);
    let directory = store.directory().to_owned();
    let reader = raw(&directory);
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM entry")
        .unwrap();
    erase(&store, &goes);
    // A check of the whole record is under way: the answer comes, and says so.
    assert!(!wait(store.forget_erased()).unwrap());
    assert!(copies(&directory, "GOES-words") > 0);
    let began = std::time::Instant::now();
    fill(&store, 5);
    assert!(
        began.elapsed().as_secs() < 2,
        "writers do not wait for readers"
    );
    reader.execute_batch("COMMIT").unwrap();
    // Nobody asks again: the writer sees to it by itself.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while copies(&directory, "GOES-words") > 0 {
        assert!(std::time::Instant::now() < deadline, "still there");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn a_closed_store_leaves_no_log_behind() {
    let store = Held::new();
    let goes = personal(&store, "GOES", 3);
    // A reader of the pool is open, too.
    assert!(wait(store.case(goes.id)).unwrap().is_some());
    erase(&store, &goes);
    let directory: TempDir = store.close();
    let names: Vec<String> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        !names.iter().any(|name| name.ends_with("-wal")),
        "{names:?}"
    );
    assert_eq!(copies(directory.path(), "GOES-words"), 0);
}
