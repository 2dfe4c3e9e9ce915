//! Calls that fail as they do on a bad disk.

use yiwang_cases::StoreError;

use crate::apart::{Fault, directory, with_failing_calls};
use crate::{Desk, key, wait};

/// Errors as Linux numbers them.
const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;
const EDQUOT: i32 = 122;

#[test]
fn what_could_not_be_synced_is_not_acknowledged() {
    let Some(place) = directory() else {
        return with_failing_calls("failing_calls::what_could_not_be_synced_is_not_acknowledged");
    };
    let fault = Fault::of(&place);
    let mut desk = Desk::open(&place.join("data"));
    desk.submit_some(4);
    let durable = *desk.store.durable().borrow();
    fault.set("fsync", EIO, "-wal");
    for _ in 0..3 {
        let refused = desk.submit();
        assert!(matches!(refused, Err(StoreError::Broken(_))), "{refused:?}");
    }
    assert_eq!(*desk.store.durable().borrow(), durable);
    assert_eq!(desk.there(), desk.acknowledged);
    fault.clear();
    desk.submit_some(2);
    desk.holds_exactly_what_was_acknowledged();
}

#[test]
fn what_could_not_be_written_is_refused_for_the_reason_there_is() {
    let Some(place) = directory() else {
        let test = "failing_calls::what_could_not_be_written_is_refused_for_the_reason_there_is";
        return with_failing_calls(test);
    };
    let fault = Fault::of(&place);
    let mut desk = Desk::open(&place.join("data"));
    for errno in [EIO, ENOSPC, EROFS, EDQUOT] {
        desk.submit_some(2);
        fault.set("write", errno, "*");
        for _ in 0..3 {
            let refused = desk.submit().unwrap_err();
            let as_expected = match errno {
                ENOSPC | EDQUOT => refused == StoreError::Full,
                EROFS => matches!(refused, StoreError::ReadOnly(_)),
                _ => matches!(refused, StoreError::Broken(_)),
            };
            assert!(as_expected, "{errno}: {refused:?}");
            assert_eq!(desk.there(), desk.acknowledged);
        }
        fault.clear();
        desk.submit_some(1);
    }
    desk.holds_exactly_what_was_acknowledged();
}

#[test]
fn when_pages_cannot_be_moved_the_log_keeps_them() {
    let Some(place) = directory() else {
        return with_failing_calls("failing_calls::when_pages_cannot_be_moved_the_log_keeps_them");
    };
    let fault = Fault::of(&place);
    let data = place.join("data");
    let mut desk = Desk::open(&data);
    desk.submit_some(20);
    for (call, errno) in [("fsync", EIO), ("write", EIO), ("write", ENOSPC)] {
        fault.set(call, errno, "record.sqlite");
        let emptied = wait(desk.store.forget_erased());
        assert!(emptied.is_err(), "{call} {errno}: {emptied:?}");
        // Nothing is lost, and writing goes on: into the log.
        desk.submit_some(3);
        assert_eq!(desk.there(), desk.acknowledged);
        fault.clear();
        assert_eq!(wait(desk.store.forget_erased()), Ok(true));
        let log = std::fs::metadata(data.join("record.sqlite-wal")).unwrap();
        assert_eq!(log.len(), 0);
        desk.submit_some(3);
    }
    desk.holds_exactly_what_was_acknowledged();
}

#[test]
fn a_checkpoint_of_the_tree_that_was_not_synced_is_not_published() {
    let Some(place) = directory() else {
        let test = "failing_calls::a_checkpoint_of_the_tree_that_was_not_synced_is_not_published";
        return with_failing_calls(test);
    };
    let fault = Fault::of(&place);
    let mut desk = Desk::open(&place.join("data"));
    desk.submit_some(3);
    let first = wait(desk.store.sign(&key())).unwrap();
    desk.submit_some(2);
    fault.set("fsync", EIO, "-wal");
    assert!(wait(desk.store.sign(&key())).is_err());
    let served = desk.store.signed().unwrap();
    assert_eq!(served.note, first.note, "what was published before stays");
    fault.clear();
    let second = wait(desk.store.sign(&key())).unwrap();
    assert_eq!(second.size(), 5);
    desk.holds_exactly_what_was_acknowledged();
}

#[test]
fn a_process_that_dies_after_a_failed_sync_has_acknowledged_nothing_that_is_lost() {
    let Some(place) = directory() else {
        let test = "failing_calls::a_process_that_dies_after_a_failed_sync_has_acknowledged_nothing_that_is_lost";
        return with_failing_calls(test);
    };
    let fault = Fault::of(&place);
    let data = place.join("data");
    let mut desk = Desk::open(&data);
    desk.submit_some(5);
    fault.set("fsync", EIO, "-wal");
    assert!(desk.submit().is_err());
    // As after a power cut: the files as they are now, in another place.
    let after = place.join("data-after");
    std::fs::create_dir(&after).unwrap();
    for name in ["record.sqlite", "record.sqlite-wal"] {
        std::fs::copy(data.join(name), after.join(name)).unwrap();
    }
    fault.clear();
    let found = Desk::open(&after);
    let there = found.there();
    // What was refused may have reached the disk all the same, but nothing more.
    assert_eq!(there[..5], desk.acknowledged);
    assert!(there.len() <= 6, "{there:?}");
}
