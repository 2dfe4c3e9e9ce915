//! Read connections, used from async code.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
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
    let connection = connect(path)?;
    connection.busy_timeout(crate::store::BUSY_TIMEOUT)?;
    connection.execute_batch("PRAGMA query_only = 1; PRAGMA cache_size = -16384;")?;
    connection.set_prepared_statement_cache_capacity(64);
    functions::register(&connection)?;
    Ok(connection)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let looked = connection.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(()));
    match looked.optional() {
        // Beside its log SQLite wants a file to share, which a disk that takes
        // no writes cannot give; but there nothing changes either.
        Err(error)
            if error.sqlite_error_code() == Some(ErrorCode::CannotOpen)
                && on_read_only_disk(path) =>
        {
            let path = percent_encoded(&path.to_string_lossy());
            let uri = format!("file:{path}?immutable=1");
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
        }
        looked => looked.map(|_| connection),
    }
}

/// Whether a record that was closed well lies on a disk that takes no writes.
fn on_read_only_disk(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let probe = path.with_file_name("probe");
    let probed = std::fs::File::create(&probe).map_err(|error| error.kind());
    // Where it could not be made there is nothing to remove.
    let _ = std::fs::remove_file(&probe);
    !Path::new(&log).exists() && matches!(probed, Err(ErrorKind::ReadOnlyFilesystem))
}

/// A path as SQLite reads it in a URI (RFC 3986).
fn percent_encoded(path: &str) -> String {
    let reserved = |c| matches!(c, '%' | '?' | '#');
    path.chars()
        .map(|c| match c {
            c if reserved(c) => format!("%{:02X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}
