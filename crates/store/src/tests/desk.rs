//! A store whose writer can be held, and cases to append.

use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll, Waker};

use rusqlite::Connection;
use tempfile::TempDir;
use yiwang_cases::conformance::sample::{Draft, change};
use yiwang_cases::{CaseStore, Change, StoreError};
use yiwang_journal::SigningKey;

use crate::{Options, Store, verify};

/// A store that takes its directory with it when it goes.
pub(super) struct Held {
    store: Option<Store>,
    pub(super) directory: TempDir,
}

impl Held {
    pub(super) fn new() -> Held {
        let directory = TempDir::new().unwrap();
        let store = Store::open(directory.path(), Options::default()).unwrap();
        Held {
            store: Some(store),
            directory,
        }
    }

    /// Carries out something on the writer's own connection.
    pub(super) async fn on_writer(&self, work: impl FnOnce(&Connection) + Send + 'static) {
        let done = self.writer.run(move |transaction| {
            work(transaction.sql);
            Ok(())
        });
        done.await.unwrap();
    }

    /// Commits in the write-ahead log: frames that name the database's size
    /// (SQLite file format, 4.1). Nothing has been moved out of it yet.
    pub(super) fn commits(&self) -> usize {
        let log = std::fs::read(self.directory.path().join("record.sqlite-wal")).unwrap();
        let (header, frames) = log.split_at(32);
        let page = u32::from_be_bytes(header[8..12].try_into().unwrap()) as usize;
        let commits = frames
            .chunks_exact(24 + page)
            .filter(|frame| frame[4..8] != [0; 4]);
        commits.count()
    }

    /// Holds the writer until the answer is dropped, so that jobs gather.
    pub(super) async fn hold(&self) -> Sender<()> {
        let (release, held) = channel();
        let (tell, begun) = tokio::sync::oneshot::channel();
        let mut job = Box::pin(self.writer.run(move |_| {
            // Whoever waits for it is this very function.
            let _ = tell.send(());
            // An error is what it waits for: the other end is gone.
            let _ = held.recv();
            Ok(())
        }));
        assert!(look(job.as_mut()).is_none());
        begun.await.unwrap();
        release
    }

    /// Entries, and that they verify.
    pub(super) async fn checked(&self) -> u64 {
        let key = Arc::new(SigningKey::from_seed("yiwang.test/trail", &[7; 32]).unwrap());
        self.sign(&key).await.unwrap();
        let report = verify(self.directory.path(), key.verifier(), &mut |_| {}).unwrap();
        let replayed = crate::replay(self.directory.path(), true, &mut |_| {}).unwrap();
        assert_eq!(replayed.differing, [""; 0]);
        report.entries
    }

    /// A new case, not yet appended.
    pub(super) fn case(&self) -> Change {
        change(self.new_case_id(), None, vec![Draft::at(0).happening()])
    }

    pub(super) async fn append_one(&self) -> Result<(), StoreError> {
        self.append(self.case()).await
    }
}

/// One look at a future.
pub(super) fn look<T>(future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match future.poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

impl Deref for Held {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store.as_ref().unwrap()
    }
}
