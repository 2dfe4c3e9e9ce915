//! Faults of a real disk: full, read-only, failing to write or to sync.
//!
//! Each test runs a part of itself in a process of its own, in a small file
//! system that it mounts (where the system lets it) or with calls that fail
//! (`fault.c`). Where neither can be had the test says "skipped" and why.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod apart;
mod failing_calls;
mod small_disk;

use std::path::Path;
use std::sync::Arc;

use yiwang_cases::conformance::sample::{Draft, change};
use yiwang_cases::{CaseFilter, CaseStore, Order, StoreError};
use yiwang_journal::SigningKey;
use yiwang_store::{Options, Store, replay, verify};

fn key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_seed("yiwang.test/trail", &[7; 32]).unwrap())
}

fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// A store and the numbers of the cases it has acknowledged.
struct Desk {
    store: Store,
    acknowledged: Vec<u64>,
}

impl Desk {
    fn open(directory: &Path) -> Desk {
        Desk {
            store: Store::open(directory, Options::default()).unwrap(),
            acknowledged: Vec::new(),
        }
    }

    /// Submits a request of some 12 KB, and remembers it if it was acknowledged.
    fn submit(&mut self) -> Result<(), StoreError> {
        let mut draft = Draft::at(0);
        draft.request.words = "字".repeat(4_000);
        let change = change(self.store.new_case_id(), None, vec![draft.happening()]);
        let id = change.after.id.0;
        wait(self.store.append(change))?;
        self.acknowledged.push(id);
        Ok(())
    }

    fn submit_some(&mut self, count: usize) {
        for _ in 0..count {
            self.submit().unwrap();
        }
    }

    /// Submits until it is refused.
    fn submit_until_refused(&mut self) -> StoreError {
        for _ in 0..100_000 {
            if let Err(error) = self.submit() {
                return error;
            }
        }
        panic!("it was never refused");
    }

    /// Numbers of the cases that are there, lowest first.
    fn there(&self) -> Vec<u64> {
        let any = CaseFilter::default();
        let page = wait(self.store.list(&any, Order::Newest, None, usize::MAX)).unwrap();
        let mut ids: Vec<u64> = page.cases.iter().map(|case| case.id.0).collect();
        ids.sort_unstable();
        ids
    }

    /// What was acknowledged is there and nothing else, also after a restart;
    /// everything verifies.
    fn holds_exactly_what_was_acknowledged(self) {
        assert_eq!(self.there(), self.acknowledged);
        wait(self.store.sign(&key())).unwrap();
        let directory = self.store.directory().to_owned();
        drop(self.store);
        let again = Desk::open(&directory);
        assert_eq!(again.there(), self.acknowledged);
        drop(again);
        let report = verify(&directory, key().verifier(), &mut |_| {}).unwrap();
        assert_eq!(report.entries, self.acknowledged.len() as u64);
        let replayed = replay(&directory, true, &mut |_| {}).unwrap();
        assert_eq!(replayed.differing, [""; 0]);
    }
}
