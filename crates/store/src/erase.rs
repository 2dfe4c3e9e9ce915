//! Erasing what is sealed (依法删除).

use rusqlite::Connection;
use yiwang_base::CaseId;
use yiwang_cases::StoreError;

use crate::Store;
use crate::error::from_sqlite;

/// Deletes salt and body beside the entries; the row stays and names the entry
/// that ordered it.
pub(crate) fn erase_sealed(sql: &Connection, entries: &[u64], by: u64) -> Result<(), StoreError> {
    for seq in entries {
        sql.prepare_cached(
            "UPDATE sealed SET salt = NULL, body = NULL, erased_by = ?2 WHERE seq = ?1",
        )
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
                    .prepare_cached(
                        "SELECT entry.seq FROM entry JOIN sealed ON sealed.seq = entry.seq \
                         WHERE entry.case_id = ?1 AND sealed.body IS NOT NULL ORDER BY entry.seq",
                    )
                    .map_err(from_sqlite)?;
                let rows = statement
                    .query_map([id.0 as i64], |row| row.get::<_, i64>(0))
                    .map_err(from_sqlite)?;
                rows.map(|row| row.map(i64::unsigned_abs).map_err(from_sqlite))
                    .collect()
            })
            .await
    }

    /// Takes what was erased out of the write-ahead log as well, so that no
    /// copy of it is left in the data directory.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn forget_erased(&self) -> Result<(), StoreError> {
        self.writer.empty_log().await
    }
}
