//! Wherever the log is cut off, it opens with whole batches.

use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;
use yiwang_history::{
    AppendError, Appended, Batch, Found, Query, Streams, copy_log, copy_segments,
};

use crate::town::{batch, keyed, open, reading, seal_all, stored};

fn copy(from: &Path, to: &Path) {
    for folder in ["log", "segments"] {
        std::fs::create_dir_all(to.join(folder)).unwrap();
        for file in std::fs::read_dir(from.join(folder)).unwrap() {
            let path = file.unwrap().path();
            std::fs::copy(&path, to.join(folder).join(path.file_name().unwrap())).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn a_log_cut_off_anywhere_opens_with_whole_batches(
        sizes in proptest::collection::vec(1..20_usize, 1..10),
        cut in any::<prop::sample::Index>(),
        garbage in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let directory = TempDir::new().unwrap();
        let history = open(directory.path(), &[], 1000);
        let log = directory.path().join("log/00000000000000000000.log");
        let mut ends = vec![(std::fs::metadata(&log).unwrap().len(), 0)];
        for (seq, size) in (0..).zip(&sizes) {
            let rows = (0..*size).map(|i| reading(i as u64, 7, 1.0));
            history.append(keyed(rows.collect(), seq)).unwrap();
            ends.push((std::fs::metadata(&log).unwrap().len(), history.next_id()));
        }
        let crashed = TempDir::new().unwrap();
        copy(directory.path(), crashed.path());
        let log = crashed.path().join("log/00000000000000000000.log");
        let mut bytes = std::fs::read(&log).unwrap();
        let cut = cut.index(bytes.len() + 1);
        bytes.truncate(cut);
        bytes.extend_from_slice(&garbage);
        std::fs::write(&log, &bytes).unwrap();
        let whole = ends.iter().rfind(|(end, _)| *end <= cut as u64);
        let expected = whole.map_or(0, |(_, rows)| *rows);
        let again = open(crashed.path(), &[], 1000);
        prop_assert_eq!(again.next_id(), expected);
        prop_assert_eq!(again.rows(Query::of(Streams::All)).count() as u64, expected);
        // What was acknowledged is known, the rest is taken when it is sent again.
        for (seq, size) in (0..).zip(&sizes) {
            let rows = (0..*size).map(|i| reading(i as u64, 7, 1.0));
            again.append(keyed(rows.collect(), seq)).unwrap();
        }
        prop_assert_eq!(again.next_id(), history.next_id());
    }
}

#[test]
fn whatever_a_seal_had_reached_nothing_is_lost_and_nothing_is_twice() {
    let directory = TempDir::new().unwrap();
    let history = open(directory.path(), &[], 10);
    for i in 0..4 {
        history.append(batch(vec![reading(1, i, 1.0); 10])).unwrap();
    }
    let unsettled = history.seal().unwrap().unwrap();
    // A full part is closed after its last batch was answered: this waits until it is.
    drop(history);
    // The file is there, the record does not know it.
    let before = TempDir::new().unwrap();
    copy(directory.path(), before.path());
    let again = open(before.path(), &[], 10);
    assert_eq!(again.rows(Query::of(Streams::All)).count(), 40);
    let mut recorded = Vec::new();
    seal_all(&again, &mut recorded);
    assert_eq!(recorded.len(), 4);
    assert_eq!(again.rows(Query::of(Streams::All)).count(), 40);
    // The record knows it, the log is still there.
    let after = TempDir::new().unwrap();
    copy(directory.path(), after.path());
    let again = open(after.path(), &[unsettled.meta], 10);
    assert_eq!(again.rows(Query::of(Streams::All)).count(), 40);
    assert_eq!(
        stored(again.append(batch(vec![reading(1, 9, 1.0)])).unwrap()),
        40
    );
}

#[test]
fn a_segment_that_is_gone_is_told_and_the_rest_is_served() {
    let directory = TempDir::new().unwrap();
    let mut recorded = Vec::new();
    let history = open(directory.path(), &[], 10);
    for i in 0..3 {
        history.append(batch(vec![reading(1, i, 1.0); 10])).unwrap();
    }
    seal_all(&history, &mut recorded);
    drop(history);
    std::fs::remove_file(directory.path().join("segments").join(&recorded[1].name)).unwrap();
    let again = open(directory.path(), &recorded, 10);
    assert_eq!(again.found().missing[0].0, recorded[1].name);
    assert_eq!(again.rows(Query::of(Streams::All)).count(), 20);
    assert_eq!(again.next_id(), 30);
}

#[test]
fn what_is_too_large_is_refused_and_the_next_is_taken() {
    let directory = TempDir::new().unwrap();
    let history = open(directory.path(), &[], 10);
    let large = Batch {
        readings: vec![reading(1, 1, 1.0)],
        notes: vec![(0, "x".repeat(65 << 20).into())],
        key: None,
    };
    assert!(matches!(
        history.append(large),
        Err(AppendError::TooLarge(_))
    ));
    history.append(batch(vec![reading(1, 1, 1.0)])).unwrap();
}

#[test]
fn spans_written_down_are_gone_on_from() {
    let directory = TempDir::new().unwrap();
    let history = open(directory.path(), &[], 1000);
    history.append(batch(vec![reading(1, 5, 1.0); 10])).unwrap();
    history.keep_spans().unwrap();
    history
        .append(batch(vec![reading(1, 9, 2.0), reading(1 << 40, 3, 3.0)]))
        .unwrap();
    drop(history);
    let again = open(directory.path(), &[], 1000);
    let span = again.span(yiwang_sensing::StreamId(1)).unwrap();
    assert_eq!(
        (span.count, span.first_at, span.last_at, span.last_id),
        (11, 5, 9, 10)
    );
    assert_eq!(
        again.span(yiwang_sensing::StreamId(1 << 40)).unwrap().count,
        1
    );
}

#[test]
fn a_copy_made_while_parts_are_sealed_and_more_comes_in_is_whole() {
    let directory = TempDir::new().unwrap();
    let target = TempDir::new().unwrap();
    let mut recorded = Vec::new();
    let history = open(directory.path(), &[], 10);
    let append = |i: u64| {
        let rows = vec![reading(1, i.cast_signed(), 1.0); 10];
        stored(history.append(keyed(rows, i)).unwrap())
    };
    append(0);
    seal_all(&history, &mut recorded);
    append(1);
    append(2);
    assert!(copy_log(directory.path(), target.path()).unwrap().len() >= 2);
    // Before the record is copied, what the log held is sealed, and more comes in.
    append(3);
    seal_all(&history, &mut recorded);
    append(4);
    let copied = copy_segments(directory.path(), target.path(), &recorded).unwrap();
    assert_eq!(copied.len(), recorded.len());
    let again = open(target.path(), &recorded, 10);
    assert_eq!(again.found(), &Found::default());
    let rows: Vec<_> = again.rows(Query::of(Streams::All)).collect();
    assert_eq!(rows.len() as u64, recorded.last().unwrap().ids[1] + 1);
    assert!(
        rows.len() >= 30,
        "what was there when the copy began is in it"
    );
    // What is sent again is known up to where the copy ends.
    let rows = vec![reading(1, 1, 1.0); 10];
    assert!(matches!(
        again.append(keyed(rows, 2)).unwrap(),
        Appended::Repeated(_)
    ));
}
