//! Read connections, used from async code.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;
use yiwang_cases::StoreError;

use crate::error::{broken, from_sqlite};
use crate::functions;

/// A pool of read-only connections; each sees the record as of its own query.
#[derive(Clone)]
pub(crate) struct Readers {
    path: Arc<PathBuf>,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(path: &Path, most: usize) -> Readers {
        Readers {
            path: Arc::new(path.to_owned()),
            idle: Arc::default(),
            turns: Arc::new(Semaphore::new(most)),
        }
    }

    /// Runs a query on a thread where it may block.
    pub(crate) async fn run<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(broken)?;
        let pool = self.clone();
        tokio::task::spawn_blocking(move || {
            let result = pool.with(query);
            drop(turn);
            result
        })
        .await
        .map_err(broken)?
    }

    /// Runs a query here and now.
    pub(crate) fn with<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle.lock().map_err(broken)?.pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.path).map_err(from_sqlite)?,
        };
        let result = query(&connection);
        self.idle.lock().map_err(broken)?.push(connection);
        result
    }
}

/// A connection that cannot write.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(crate::store::BUSY_TIMEOUT)?;
    connection.execute_batch("PRAGMA query_only = 1; PRAGMA cache_size = -16384;")?;
    connection.set_prepared_statement_cache_capacity(64);
    functions::register(&connection)?;
    Ok(connection)
}
