//! A file system that takes no new file any more while readings come in.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use yiwang_history::{History, HistoryError, Query, Streams};

use crate::town::{batch, open, reading, seal_all, stored};

/// Said to the test itself where it runs among mounts of its own.
const INSIDE: &str = "YIWANG_TEST_OWN_MOUNTS";

/// Runs a test once more, where it may mount; says `skipped:` where this machine does not
/// let it.
fn among_own_mounts(test: &str) {
    let mut may = Command::new("unshare");
    may.args(["-rm", "true"]).stderr(Stdio::null());
    if !may.status().is_ok_and(|status| status.success()) {
        println!("skipped: this machine does not allow a mount namespace");
        return;
    }
    let mut again = Command::new("unshare");
    again.arg("-rm").arg(std::env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture"]).env(INSIDE, "");
    let said = again.output().unwrap();
    let out = String::from_utf8_lossy(&said.stdout);
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(
        said.status.success() && out.contains("1 passed"),
        "{out}{err}"
    );
}

fn mount(options: &[&str], directory: &Path) {
    let mut mount = Command::new("mount");
    let status = mount.args(options).arg(directory).status().unwrap();
    assert!(status.success(), "mount {options:?}: {status}");
}

/// All readings, as numbers.
fn kept(history: &History) -> Vec<i64> {
    let rows = history.rows(Query::of(Streams::All));
    rows.map(|row| row.unwrap().reading.value as i64).collect()
}

#[test]
fn readings_are_kept_while_no_new_file_can_be_made_and_are_sealed_once_one_can() {
    if std::env::var_os(INSIDE).is_none() {
        return among_own_mounts(
            "read_only::readings_are_kept_while_no_new_file_can_be_made_and_are_sealed_once_one_can",
        );
    }
    let home = TempDir::new().unwrap();
    let directory = home.path();
    let history = open(directory, &[], 10);
    let mut sent = 0;
    let mut send = |history: &History, count: i64| {
        for _ in 0..count {
            let one = reading(1, sent * 1_000, sent as f64);
            assert_eq!(
                stored(history.append(batch(vec![one])).unwrap()),
                sent as u64
            );
            sent += 1;
        }
        (0..sent).collect::<Vec<i64>>()
    };
    // One part is closed, and waits to be sealed; the next is begun.
    send(&history, 15);
    let itself = directory.to_str().unwrap();
    mount(&["--bind", itself], directory);
    mount(&["-o", "remount,bind,ro"], directory);
    let refused = File::create(directory.join("new")).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ReadOnlyFilesystem);
    // The part that is open grows on, and what is closed cannot be sealed.
    let all = send(&history, 40);
    assert_eq!(kept(&history), all);
    let Err(HistoryError::Io { source, .. }) = history.seal() else {
        panic!("a segment is a new file");
    };
    assert_eq!(source.kind(), ErrorKind::ReadOnlyFilesystem);
    assert_eq!(kept(&history), all);
    mount(&["-o", "remount,bind,rw"], directory);
    let all = send(&history, 1);
    let mut recorded = Vec::new();
    seal_all(&history, &mut recorded);
    // The last reading may have come when the part before it was closed already.
    let rows: Vec<u64> = recorded.iter().map(|segment| segment.rows).collect();
    assert!(rows.iter().sum::<u64>() >= all.len() as u64 - 1, "{rows:?}");
    assert_eq!(kept(&history), all);
    drop(history);
    assert_eq!(kept(&open(directory, &recorded, 10)), all);
}
