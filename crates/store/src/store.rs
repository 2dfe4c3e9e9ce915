//! Opening a data directory.

use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use yiwang_base::CaseId;
use yiwang_cases::{StoreError, WhistleId};
use yiwang_journal::{Frontier, Hash};

use crate::error::{broken, from_sqlite, look_closer};
use crate::figures::Figures;
use crate::keys::Noting;
use crate::read::{Readers, open_reader};
use crate::registry;
use crate::schema::{self, SchemaError};
use crate::trail::{Signed, StoredTiles};
use crate::whistles;
use crate::writer::Writer;

/// Name of the record's file in a data directory.
pub(crate) const RECORD: &str = "record.sqlite";

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Most queries at once.
    pub readers: usize,
    /// Whether a power cut may lose the last moments: only for filling an
    /// empty directory, where the work is simply done again.
    pub relaxed: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 8,
            relaxed: false,
        }
    }
}

/// Why a data directory cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("{} is in use by another yiwang process; stop it first", .0.display())]
    InUse(PathBuf),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// There is nothing to read.
    #[error("there is no record in {}", .0.display())]
    Missing(PathBuf),
    /// The record has another schema than this program works with.
    #[error("{}: its schema is {found}, this program works with {}", path.display(), schema::LATEST)]
    Schema {
        /// Where.
        path: PathBuf,
        /// The schema found.
        found: u32,
    },
    /// The record cannot be read or upgraded.
    #[error("{}: {reason}", path.display())]
    Record {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// What the writer's connection keeps of the database, as SQLite wants it: KiB, negative.
/// Each commit that has divided a page of an index goes through the whole of it (the page
/// number that SQLite lends itself while it sorts pages lies beyond the end of the file), so
/// that 128 MiB cost a quarter of the writer's time (docs/BENCHMARKS.md).
const WRITER_CACHE_KIB: i32 = -32_768;

/// How long to wait for whoever holds SQLite's own locks for a moment.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The record, open for one process.
pub struct Store {
    // Closed first, so that the writer is the last and clears the log away.
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    pub(crate) signed: Mutex<Option<Arc<Signed>>>,
    pub(crate) figures: Arc<Figures>,
    pub(crate) noting: Noting,
    next_case: AtomicU64,
    next_whistle: AtomicU64,
    pub(crate) next_dossier: AtomicU64,
    /// The last numbers given in the register, by the kinds' numbers.
    pub(crate) last_registered: [AtomicU64; registry::KINDS],
    directory: PathBuf,
    /// Held as long as the store is open to write, so that no second process does.
    _lock: Option<std::fs::File>,
}

impl Store {
    /// Opens a data directory, making it where it is missing.
    ///
    /// # Errors
    /// [`OpenError`] when another process has it, or it cannot be read,
    /// written or upgraded.
    pub fn open(directory: &Path, options: Options) -> Result<Store, OpenError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io { path, source }
        };
        std::fs::create_dir_all(directory).map_err(io(directory))?;
        let lock_path = directory.join("lock");
        let lock = std::fs::File::create(&lock_path).map_err(io(&lock_path))?;
        if !take_lock(&lock).map_err(io(&lock_path))? {
            return Err(OpenError::InUse(directory.to_owned()));
        }
        let path = directory.join(RECORD);
        let record = |reason: String| OpenError::Record {
            path: path.clone(),
            reason,
        };
        let mut connection = open_writer(&path, options).map_err(|e| record(e.to_string()))?;
        schema::upgrade(&mut connection).map_err(|error| match error {
            SchemaError::Newer { found } => OpenError::Schema {
                path: path.clone(),
                found,
            },
            SchemaError::Sqlite(error) => record(error.to_string()),
        })?;
        let mover = open_writer(&path, options).map_err(|e| record(e.to_string()))?;
        let size = entry_count(&connection).map_err(|e| record(e.to_string()))?;
        let frontier = frontier(&connection, size).map_err(|e| record(e.to_string()))?;
        let signed = last_signed(&connection, size).map_err(|e| record(e.to_string()))?;
        let last: Option<i64> = connection
            .query_row("SELECT max(id) FROM cases", [], |row| row.get(0))
            .map_err(|e| record(e.to_string()))?;
        let last_whistle = whistles::last_number(&connection).map_err(|e| record(e.to_string()))?;
        let last_dossier = one(&connection, "SELECT max(id) FROM dossier", [])
            .map_err(|e| record(e.to_string()))?
            .map_or(0, i64::unsigned_abs);
        let last_registered =
            registry::last_numbers(&connection).map_err(|e| record(e.to_string()))?;
        let wal = directory.join(format!("{RECORD}-wal"));
        let writer = Writer::start(connection, mover, frontier, wal).map_err(io(directory))?;
        Ok(Store {
            readers: Readers::new(&path, options.readers),
            writer,
            signed: Mutex::new(signed.map(Arc::new)),
            figures: Arc::default(),
            noting: Noting::default(),
            next_case: AtomicU64::new(last.unwrap_or(0).unsigned_abs() + 1),
            next_whistle: AtomicU64::new(last_whistle + 1),
            next_dossier: AtomicU64::new(last_dossier + 1),
            last_registered: last_registered.map(AtomicU64::new),
            directory: directory.to_owned(),
            _lock: Some(lock),
        })
    }

    /// Opens a data directory for reading only. Needs no lock and works beside
    /// a server; what would write is refused with [`StoreError::ReadOnly`].
    ///
    /// # Errors
    /// [`OpenError`] when there is no record, or it cannot be read or needs an
    /// upgrade first.
    pub fn open_to_read(directory: &Path, readers: usize) -> Result<Store, OpenError> {
        let path = directory.join(RECORD);
        if !path.is_file() {
            return Err(OpenError::Missing(directory.to_owned()));
        }
        let record = |error: &dyn std::fmt::Display| OpenError::Record {
            path: path.clone(),
            reason: error.to_string(),
        };
        let sql = open_reader(&path).map_err(|e| record(&e))?;
        let found = schema::version(&sql).map_err(|e| record(&e))?;
        if found != schema::LATEST {
            return Err(OpenError::Schema { path, found });
        }
        // One transaction, so that the last checkpoint is found in the tree it signs.
        sql.execute_batch("BEGIN").map_err(|e| record(&e))?;
        let entries = entry_count(&sql).map_err(|e| record(&e))?;
        let signed = last_signed(&sql, entries).map_err(|e| record(&e))?;
        Ok(Store {
            readers: Readers::new(&path, readers),
            writer: Writer::none(entries),
            signed: Mutex::new(signed.map(Arc::new)),
            figures: Arc::default(),
            noting: Noting::default(),
            next_case: AtomicU64::new(1),
            next_whistle: AtomicU64::new(1),
            next_dossier: AtomicU64::new(1),
            last_registered: Default::default(),
            directory: directory.to_owned(),
            _lock: None,
        })
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// How many changes wait for the record.
    pub fn waiting(&self) -> u64 {
        self.writer.queued.load(Ordering::Relaxed)
    }

    /// Number of durable entries; changes wake the receiver.
    pub fn durable(&self) -> tokio::sync::watch::Receiver<u64> {
        self.writer.durable.clone()
    }

    /// How many cases there are.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn case_count(&self) -> Result<u64, StoreError> {
        self.readers.with(|sql| {
            let count: Option<i64> = one(sql, "SELECT count(*) FROM cases", [])?;
            Ok(count.unwrap_or(0).unsigned_abs())
        })
    }

    pub(crate) fn take_case_id(&self) -> CaseId {
        CaseId(self.next_case.fetch_add(1, Ordering::Relaxed))
    }

    /// Numbers that callers chose themselves are not given out again.
    pub(crate) fn no_case_id_up_to(&self, last: CaseId) {
        self.next_case.fetch_max(last.0 + 1, Ordering::Relaxed);
    }

    pub(crate) fn take_whistle_id(&self) -> WhistleId {
        WhistleId(self.next_whistle.fetch_add(1, Ordering::Relaxed))
    }

    /// Copies the whole record, as of one moment, to a new file; returns once
    /// the copy is durable.
    ///
    /// # Errors
    /// When the target exists or cannot be written.
    pub async fn back_up(&self, target: PathBuf) -> Result<(), StoreError> {
        let path = self.directory.join(RECORD);
        self.readers
            .run(move |_| {
                if target.exists() {
                    return Err(broken(format!("{} exists", target.display())));
                }
                let copied = copy_record(&path, &target);
                if copied.is_err() {
                    // Half a copy is none; where it could not be made, nothing is there.
                    let _ = std::fs::remove_file(&target);
                }
                copied
            })
            .await
    }
}

/// How long to wait for whoever has the directory to be gone: a process on its
/// way out, or a child that has just been forked and still holds what it inherited.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);
const LOCK_PACE: Duration = Duration::from_millis(20);

/// Whether the lock could be had.
fn take_lock(lock: &std::fs::File) -> std::io::Result<bool> {
    let until = Instant::now() + LOCK_PATIENCE;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => return Ok(false),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PACE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// A copy without free pages, and without what was erased.
fn copy_record(path: &Path, target: &Path) -> Result<(), StoreError> {
    // A connection of its own: those of the pool refuse to write anywhere.
    let sql =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(from_sqlite)?;
    sql.busy_timeout(BUSY_TIMEOUT).map_err(from_sqlite)?;
    sql.execute("VACUUM INTO ?1", [target.to_string_lossy()])
        .map_err(|error| look_closer(target, from_sqlite(error)))?;
    let directory = target
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    for durable in [target, directory.unwrap_or(Path::new("."))] {
        std::fs::File::open(durable)
            .and_then(|file| file.sync_all())
            .map_err(broken)?;
    }
    Ok(())
}

pub(crate) fn open_writer(path: &Path, options: Options) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit returns after the log is on the disk.
    let synchronous = if options.relaxed { "NORMAL" } else { "FULL" };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE_KIB)?;
    // What is deleted is overwritten, not only unlinked.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Number of entries.
pub(crate) fn entry_count(sql: &Connection) -> Result<u64, StoreError> {
    let last: Option<i64> = one(sql, "SELECT max(seq) FROM entry WHERE seq >= 0", [])?;
    Ok(last.map_or(0, |last| last.unsigned_abs() + 1))
}

/// The right edge of the stored tree as it was at `size` entries.
fn frontier(sql: &Connection, size: u64) -> Result<Frontier, StoreError> {
    let mut statement = sql
        .prepare("SELECT hash FROM entry WHERE seq >= ?1 AND seq < ?2 ORDER BY seq")
        .map_err(from_sqlite)?;
    let tail = statement
        .query_map(((size - size % 256) as i64, size as i64), |row| {
            row.get::<_, [u8; 32]>(0)
        })
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(from_sqlite)?;
    let tail: Vec<Hash> = tail.into_iter().map(Hash).collect();
    Frontier::restore(size, &tail, &StoredTiles(sql)).map_err(broken)
}

/// The last signed state, so that what was published before a restart is still served.
fn last_signed(sql: &Connection, entries: u64) -> Result<Option<Signed>, StoreError> {
    let query = "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1";
    let row: Option<(i64, String)> = sql
        .query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(from_sqlite)?;
    row.map(|(size, note)| {
        let size = size.unsigned_abs();
        if size > entries {
            return Err(broken(format!(
                "{size} entries were signed, only {entries} are there"
            )));
        }
        let frontier = frontier(sql, size)?;
        Ok(Signed { note, frontier })
    })
    .transpose()
}

/// One value of a row, if there is a row and the value is not NULL.
pub(crate) fn one<T: rusqlite::types::FromSql>(
    sql: &Connection,
    query: &str,
    parameters: impl rusqlite::Params,
) -> Result<Option<T>, StoreError> {
    sql.prepare_cached(query)
        .and_then(|mut statement| {
            let value = statement.query_row(parameters, |row| row.get::<_, Option<T>>(0));
            value.optional().map(Option::flatten)
        })
        .map_err(from_sqlite)
}
