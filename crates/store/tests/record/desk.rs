//! A store in a directory of its own.

use std::future::Future;
use std::ops::Deref;
use std::path::Path;

use tempfile::TempDir;
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
    store: Store,
    _directory: TempDir,
}

impl Held {
    pub(crate) fn new() -> Held {
        let directory = TempDir::new().unwrap();
        Held {
            store: open(directory.path()),
            _directory: directory,
        }
    }
}

pub(crate) fn open(directory: &Path) -> Store {
    Store::open(directory, Options::default()).unwrap()
}

impl Deref for Held {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}
