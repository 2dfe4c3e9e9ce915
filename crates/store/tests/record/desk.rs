//! A store in a directory of its own, and cases to fill it with.

use std::future::Future;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;
use yiwang_base::{CaseId, Timestamp};
use yiwang_cases::conformance::sample::{
    Draft, change, declined as declined_event, happening, minute, note,
};
use yiwang_cases::{Case, CaseStore, Change, Event};
use yiwang_journal::SigningKey;
use yiwang_store::{Options, Store};

/// Waits for a future on this thread.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// A store that takes its directory with it when it goes.
pub(crate) struct Held {
    store: Option<Store>,
    directory: TempDir,
}

impl Held {
    pub(crate) fn new() -> Held {
        let directory = TempDir::new().unwrap();
        Held {
            store: Some(open(directory.path())),
            directory,
        }
    }

    /// Closes it and opens it again, as a restart does.
    pub(crate) fn reopen(&mut self) {
        self.store = None;
        self.store = Some(open(self.directory.path()));
    }

    /// Closes it and keeps the directory.
    pub(crate) fn close(mut self) -> TempDir {
        self.store = None;
        self.directory
    }
}

impl Deref for Held {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store.as_ref().unwrap()
    }
}

/// Opens a store that does not wait for the disk: what faults and power cuts
/// do is tested elsewhere.
pub(crate) fn open(directory: &Path) -> Store {
    let relaxed = Options {
        relaxed: true,
        ..Options::default()
    };
    Store::open(directory, relaxed).unwrap()
}

/// The record's file, to look into or to tamper with.
pub(crate) fn raw(directory: &Path) -> Connection {
    Connection::open(directory.join("record.sqlite")).unwrap()
}

pub(crate) fn key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_seed("yiwang.test/trail", &[7; 32]).unwrap())
}

/// A case that comes in at minute `n` and is declined ten minutes later: two
/// entries, each with something sealed beside it.
pub(crate) fn declined(id: CaseId, n: i64) -> Change {
    let mut draft = Draft::at(n);
    draft.request.words = format!("路灯 {n} 坏了三天");
    draft.request.follow_code = Some(format!("CODE{n}"));
    let declined = happening(n + 10, declined_event(), note("没有诉求"));
    change(id, None, vec![draft.happening(), declined])
}

/// Fills a store with [`declined`] cases.
pub(crate) fn fill(store: &Store, cases: i64) -> Vec<Case> {
    let start = i64::try_from(*store.durable().borrow()).unwrap();
    let changes: Vec<Change> = (start..start + cases)
        .map(|n| declined(store.new_case_id(), n))
        .collect();
    let after = changes.iter().map(|change| change.after.clone()).collect();
    for outcome in wait(store.append_all(changes)).unwrap() {
        outcome.unwrap();
    }
    after
}

/// Erases all that is sealed of a case.
pub(crate) fn erase(store: &Store, case: &Case) -> Case {
    let erases = wait(store.sealed_entries(case.id)).unwrap();
    let mut erased = happening(90, Event::Erased { erases }, None);
    erased.grounds = Some("article 47".into());
    let change = change(case.id, Some(case), vec![erased]);
    let after = change.after.clone();
    wait(store.append(change)).unwrap();
    after
}

pub(crate) fn now() -> Timestamp {
    minute(0)
}
