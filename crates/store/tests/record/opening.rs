//! Opening a data directory.

use std::process::Command;

use tempfile::TempDir;
use yiwang_base::CaseId;
use yiwang_cases::CaseStore;
use yiwang_store::{LATEST_SCHEMA, OpenError, Options, Store};

use crate::desk::{Held, fill, open, raw, wait};

fn refused(directory: &std::path::Path) -> OpenError {
    match Store::open(directory, Options::default()) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

#[test]
fn what_was_written_is_there_after_a_restart_and_numbers_go_on() {
    let mut store = Held::new();
    let cases = fill(&store, 5);
    store.reopen();
    assert_eq!(*store.durable().borrow(), 10);
    for case in &cases {
        assert_eq!(wait(store.case(case.id)).unwrap().as_ref(), Some(case));
    }
    assert_eq!(store.new_case_id(), CaseId(6));
    assert_eq!(store.new_case_id(), CaseId(7));
}

#[test]
fn a_directory_is_made_where_it_is_missing() {
    let directory = TempDir::new().unwrap();
    let deep = directory.path().join("a/b/数据");
    fill(&open(&deep), 1);
    assert_eq!(*open(&deep).durable().borrow(), 2);
}

#[test]
fn a_second_store_is_refused_as_long_as_the_first_is_open() {
    let store = Held::new();
    let error = refused(store.directory());
    assert!(matches!(error, OpenError::InUse(_)));
    assert!(
        error
            .to_string()
            .contains("in use by another yiwang process")
    );
    let directory = store.close();
    drop(open(directory.path()));
}

#[test]
fn a_store_is_opened_once_whoever_is_on_the_way_out_lets_go_of_it() {
    let directory = TempDir::new().unwrap();
    let lock = std::fs::File::create(directory.path().join("lock")).unwrap();
    lock.try_lock().unwrap();
    let leaving = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(lock);
    });
    drop(open(directory.path()));
    leaving.join().unwrap();
}

/// Not a test by itself: what the second process of the next one does.
#[test]
fn second_process() {
    let Some(directory) = std::env::var_os("YIWANG_TEST_SECOND_PROCESS") else {
        return;
    };
    let error = refused(directory.as_ref());
    println!("refused: {error}");
}

#[test]
fn a_second_process_is_refused() {
    let store = Held::new();
    let second = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "opening::second_process", "--nocapture"])
        .env("YIWANG_TEST_SECOND_PROCESS", store.directory())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stdout);
    assert!(said.contains("refused: "), "{said}");
    assert!(said.contains("in use by another yiwang process"), "{said}");
}

#[test]
fn a_record_of_a_newer_program_is_refused_and_left_alone() {
    let directory = Held::new().close();
    let newer = LATEST_SCHEMA + 1;
    raw(directory.path())
        .pragma_update(None, "user_version", newer)
        .unwrap();
    let before = std::fs::read(directory.path().join("record.sqlite")).unwrap();
    let error = refused(directory.path()).to_string();
    let said = format!("its schema is {newer}, this program works with {LATEST_SCHEMA}");
    assert!(error.contains(&said), "{error}");
    let after = std::fs::read(directory.path().join("record.sqlite")).unwrap();
    assert!(before == after, "not a byte was changed");
}

#[test]
fn a_file_that_is_no_record_is_refused_and_left_alone() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("record.sqlite");
    let holiday = b"my holiday pictures, not a database".repeat(200);
    std::fs::write(&file, &holiday).unwrap();
    let error = refused(directory.path()).to_string();
    assert!(error.contains("record.sqlite"), "{error}");
    assert!(error.contains("not a database"), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), holiday);
}

#[test]
fn a_database_of_something_else_is_refused() {
    let directory = TempDir::new().unwrap();
    raw(directory.path())
        .execute_batch("CREATE TABLE entry (picture BLOB)")
        .unwrap();
    let error = refused(directory.path()).to_string();
    assert!(error.contains("record.sqlite"), "{error}");
}

#[test]
fn a_record_whose_tail_is_torn_off_is_refused_not_misread() {
    let store = Held::new();
    fill(&store, 300);
    let directory = store.close();
    raw(directory.path())
        .execute("DELETE FROM tile", [])
        .unwrap();
    let error = refused(directory.path()).to_string();
    assert!(error.contains("tile 0/0"), "{error}");
}
