//! A file system that is really full, and one that is really read-only.

use std::process::Command;

use yiwang_cases::{CaseStore, StoreError};
use yiwang_store::{Options, Store, replay, verify};

use crate::apart::{directory, on_a_small_disk};
use crate::{Desk, key, wait};

#[test]
fn on_a_full_disk_nothing_is_lost_and_it_goes_on_once_there_is_space() {
    let Some(disk) = directory() else {
        let test = "small_disk::on_a_full_disk_nothing_is_lost_and_it_goes_on_once_there_is_space";
        return on_a_small_disk(test, "6m");
    };
    let data = disk.join("data");
    let ballast = disk.join("ballast");
    std::fs::write(&ballast, vec![0; 2 << 20]).unwrap();
    let mut desk = Desk::open(&data);
    let mut rounds = Vec::new();
    for round in 0..3 {
        let error = desk.submit_until_refused();
        assert_eq!(error, StoreError::Full, "round {round}");
        // Whatever is tried while it is full fails the same way and leaves nothing.
        for _ in 0..5 {
            assert_eq!(desk.submit(), Err(StoreError::Full));
        }
        assert_eq!(desk.there(), desk.acknowledged);
        let first = desk.acknowledged[0];
        let case = wait(desk.store.case(yiwang_base::CaseId(first))).unwrap();
        assert!(case.is_some(), "reading goes on");
        rounds.push(desk.acknowledged.len());
        if round < 2 {
            let left = 1 - round;
            std::fs::write(&ballast, vec![0; left << 20]).unwrap();
            desk.submit_some(3);
        }
    }
    assert!(rounds.is_sorted_by(|a, b| a < b), "{rounds:?}");
    std::fs::remove_file(&ballast).unwrap();
    // The log is given back, too, and with it the space for the rest.
    wait(desk.store.forget_erased()).ok();
    Command::new("mount")
        .args(["-o", "remount,size=20m"])
        .arg(&disk)
        .status()
        .unwrap();
    desk.submit_some(3);
    desk.holds_exactly_what_was_acknowledged();
}

#[test]
fn a_back_up_to_a_full_disk_says_so_and_leaves_no_half_of_one() {
    let Some(disk) = directory() else {
        let test = "small_disk::a_back_up_to_a_full_disk_says_so_and_leaves_no_half_of_one";
        return on_a_small_disk(test, "1m");
    };
    // The record lies on another, larger disk.
    let elsewhere = tempfile::TempDir::new_in(std::env::current_dir().unwrap()).unwrap();
    let mut desk = Desk::open(elsewhere.path());
    desk.submit_some(150);
    let target = disk.join("copy.sqlite");
    let refused = wait(desk.store.back_up(target.clone()));
    assert_eq!(refused, Err(StoreError::Full));
    assert!(!target.exists());
    desk.submit_some(1);
    desk.holds_exactly_what_was_acknowledged();
}

#[test]
fn a_record_on_a_read_only_disk_can_be_read_and_checked_but_not_opened_to_write() {
    let Some(disk) = directory() else {
        let test = "small_disk::a_record_on_a_read_only_disk_can_be_read_and_checked_but_not_opened_to_write";
        return on_a_small_disk(test, "6m");
    };
    // Characters that mean something where SQLite is given a URI.
    let data = disk.join("数据 100%?#");
    let mut desk = Desk::open(&data);
    desk.submit_some(5);
    wait(desk.store.sign(&key())).unwrap();
    drop(desk);
    let remount = |how: &str| {
        let mut mount = Command::new("mount");
        let done = mount
            .args(["-o", &format!("remount,{how}")])
            .arg(&disk)
            .status();
        assert!(done.unwrap().success());
    };
    remount("ro");
    let error = match Store::open(&data, Options::default()) {
        Ok(_) => panic!("it opened"),
        Err(error) => error.to_string(),
    };
    assert!(error.contains("Read-only file system"), "{error}");
    let report = verify(&data, key().verifier(), &mut |_| {}).unwrap();
    assert_eq!((report.entries, report.signed), (5, 5));
    let replayed = replay(&data, true, &mut |_| {}).unwrap();
    assert_eq!((replayed.cases, replayed.differing.len()), (5, 0));
    let reading = Store::open_to_read(&data, 2).unwrap();
    let case = wait(reading.case(yiwang_base::CaseId(3))).unwrap();
    assert!(case.is_some());
    drop(reading);
    remount("rw");
    let mut desk = Desk::open(&data);
    desk.acknowledged = (1..=5).collect();
    desk.submit_some(1);
    desk.holds_exactly_what_was_acknowledged();
}
