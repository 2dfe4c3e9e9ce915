//! Erasing what is sealed (依法删除).

use rusqlite::Connection;
use yiwang_base::CaseId;
use yiwang_cases::StoreError;

use crate::error::from_sqlite;
use crate::store::one;
use crate::{Store, files};

/// Entry numbers of a case beside which something is sealed now.
const SEALED: &str = "SELECT entry.seq FROM entry JOIN sealed ON sealed.seq = entry.seq \
    LEFT JOIN erased ON erased.seq = entry.seq WHERE entry.case_id = ?1 AND erased.seq IS NULL";

/// Refuses to erase what is not the case's own or not there: the record would
/// not verify afterwards.
pub(crate) fn check_sealed(
    sql: &Connection,
    id: CaseId,
    entries: &[u64],
) -> Result<(), StoreError> {
    for &entry in entries {
        let query = format!("{SEALED} AND entry.seq = ?2");
        let found: Option<i64> = one(sql, &query, (id.0 as i64, entry as i64))?;
        if found.is_none() {
            return Err(StoreError::NothingSealed { entry });
        }
    }
    Ok(())
}

/// Overwrites salt, body and file beside the entries and names the entry that ordered it.
pub(crate) fn erase_sealed(sql: &Connection, entries: &[u64], by: u64) -> Result<(), StoreError> {
    for seq in entries {
        sql.prepare_cached(
            "UPDATE sealed SET salt = zeroblob(32), body = zeroblob(length(body)) WHERE seq = ?1",
        )
        .and_then(|mut statement| statement.execute([*seq as i64]))
        .map_err(from_sqlite)?;
        files::erase(sql, *seq)?;
        sql.prepare_cached("INSERT OR IGNORE INTO erased (seq, by) VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute((*seq as i64, by as i64)))
            .map_err(from_sqlite)?;
    }
    Ok(())
}

impl Store {
    /// Numbers of the case's entries beside which something is still sealed.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn sealed_entries(&self, id: CaseId) -> Result<Vec<u64>, StoreError> {
        self.readers
            .run(move |sql| {
                let mut statement = sql
                    .prepare_cached(&format!("{SEALED} ORDER BY entry.seq"))
                    .map_err(from_sqlite)?;
                let rows = statement
                    .query_map([id.0 as i64], |row| row.get::<_, i64>(0))
                    .map_err(from_sqlite)?;
                rows.map(|row| row.map(i64::unsigned_abs).map_err(from_sqlite))
                    .collect()
            })
            .await
    }

    /// Waits until what was erased is out of the write-ahead log too, so that
    /// no copy of it is left in the data directory. The writer sees to that by
    /// itself after every erasure; a reader that has been at work since before
    /// the erasure (a check of the whole record, a back-up) holds it up. After
    /// two seconds the answer is `false`: it is done as soon as that reader ends.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub async fn forget_erased(&self) -> Result<bool, StoreError> {
        self.writer.empty_log().await
    }
}
