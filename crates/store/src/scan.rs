//! Reading the whole journal in order, one thread reading while another works.

use std::path::Path;
use std::sync::mpsc::sync_channel;

use rusqlite::Connection;
use yiwang_cases::StoreError;
use yiwang_journal::Hash;

use crate::error::{broken, from_sqlite};

/// Rows handed over at once, and how many such batches may wait.
const BATCH: usize = 2048;
const WAITING: usize = 8;

/// A row of the journal with what is sealed beside it.
pub(crate) struct JournalRow {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
    pub(crate) body: Vec<u8>,
    pub(crate) salt: Option<[u8; 32]>,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) erased_by: Option<u64>,
}

/// How far a scan is.
#[derive(Debug, Clone, Copy)]
pub struct ScanProgress {
    /// Entries done.
    pub done: u64,
    /// Entries in all.
    pub total: u64,
}

/// Opens a record for reading only, without the lock: one read transaction
/// sees one state even while a server writes.
pub(crate) fn open_record(directory: &Path) -> Result<Connection, StoreError> {
    let path = directory.join(crate::store::RECORD);
    if !path.is_file() {
        return Err(StoreError::ReadOnly(format!(
            "there is no record in {}",
            directory.display()
        )));
    }
    let sql = crate::read::open_reader(&path).map_err(from_sqlite)?;
    sql.execute_batch("PRAGMA mmap_size = 1073741824; BEGIN")
        .map_err(from_sqlite)?;
    Ok(sql)
}

/// Number of entries.
pub(crate) fn entry_count(sql: &Connection) -> Result<u64, StoreError> {
    let count: i64 = sql
        .query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
        .map_err(from_sqlite)?;
    Ok(count.unsigned_abs())
}

/// Calls `each` for every row in order, on this thread; rows are read on another.
pub(crate) fn scan(
    directory: &Path,
    progress: &mut dyn FnMut(ScanProgress),
    mut each: impl FnMut(JournalRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = open_record(directory)?;
    let total = entry_count(&sql)?;
    let mut done = 0;
    std::thread::scope(|scope| {
        let (give, take) = sync_channel::<Result<Vec<JournalRow>, StoreError>>(WAITING);
        scope.spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let read = read_rows(&sql, |row| {
                batch.push(row);
                batch.len() < BATCH
                    || give
                        .send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))))
                        .is_ok()
            });
            // The other side may have stopped at a fault; then nobody listens.
            let _ = give.send(read.map(|()| batch));
        });
        for batch in take {
            let batch = batch?;
            done += batch.len() as u64;
            for row in batch {
                each(row)?;
            }
            progress(ScanProgress { done, total });
        }
        Ok(())
    })
}

fn read_rows(sql: &Connection, mut give: impl FnMut(JournalRow) -> bool) -> Result<(), StoreError> {
    let mut statement = sql
        .prepare(
            "SELECT entry.seq, entry.hash, entry.body, sealed.salt, sealed.body, \
             sealed.erased_by FROM entry LEFT JOIN sealed ON sealed.seq = entry.seq ORDER BY entry.seq",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let row = journal_row(row).map_err(broken)?;
        if !give(row) {
            break;
        }
    }
    Ok(())
}

fn journal_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<JournalRow> {
    let hash: Vec<u8> = row.get(1)?;
    Ok(JournalRow {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        // A stored hash of another length agrees with no entry.
        hash: Hash(hash.try_into().unwrap_or([0; 32])),
        body: row.get(2)?,
        salt: row
            .get::<_, Option<Vec<u8>>>(3)?
            .map(|salt| salt.try_into().unwrap_or([0; 32])),
        sealed: row.get(4)?,
        erased_by: row.get::<_, Option<i64>>(5)?.map(i64::unsigned_abs),
    })
}
