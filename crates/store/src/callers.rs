//! Which cases a caller sent: found by a keyed hash of the telephone number.
//!
//! The numbers themselves are sealed with the requests. Who has the record but
//! not the key cannot tell whose hash is whose. A follower of the journal keeps
//! the table; where words are erased, so are the case's rows in it.

use yiwang_base::CaseId;
use yiwang_cases::{Case, StoreError};

use crate::Store;
use crate::case_row::{COLUMNS, from_row};
use crate::error::from_sqlite;
use crate::store::one;

/// Name under which the follower's position is kept.
const FOLLOWER: &str = "caller";

impl Store {
    /// The first entry that the table of callers does not reflect yet.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn callers_next(&self) -> Result<u64, StoreError> {
        self.readers
            .run(|sql| {
                let query = "SELECT next FROM follower WHERE name = ?1";
                let next: Option<i64> = one(sql, query, [FOLLOWER])?;
                Ok(next.unwrap_or(0).unsigned_abs())
            })
            .await
    }

    /// Adds callers of cases whose words are not erased, and moves the position.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn add_callers(
        &self,
        callers: Vec<([u8; 32], CaseId)>,
        next: u64,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |transaction| {
                let sql = transaction.sql;
                for (hash, id) in &callers {
                    sql.prepare_cached(
                        "INSERT OR IGNORE INTO caller (hash, case_id) SELECT ?1, id FROM cases \
                         WHERE id = ?2 AND request_seq IS NOT NULL",
                    )
                    .and_then(|mut statement| statement.execute((hash, id.0 as i64)))
                    .map_err(from_sqlite)?;
                }
                sql.execute(
                    "INSERT INTO follower (name, next) VALUES (?1, ?2) \
                     ON CONFLICT (name) DO UPDATE SET next = excluded.next",
                    (FOLLOWER, next as i64),
                )
                .map_err(from_sqlite)?;
                Ok(())
            })
            .await
    }

    /// The cases of a caller, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn cases_of_caller(
        &self,
        hash: [u8; 32],
        limit: usize,
    ) -> Result<Vec<Case>, StoreError> {
        self.readers
            .run(move |sql| {
                let query = format!(
                    "SELECT {} FROM caller JOIN cases ON cases.id = caller.case_id \
                     WHERE caller.hash = ?1 ORDER BY submitted_at DESC, id DESC LIMIT ?2",
                    *COLUMNS
                );
                let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                let rows = statement.query_map((hash, limit), from_row);
                rows.and_then(Iterator::collect).map_err(from_sqlite)
            })
            .await
    }
}

/// Forgets who sent a case.
pub(crate) fn forget(sql: &rusqlite::Connection, id: CaseId) -> Result<(), StoreError> {
    sql.prepare_cached("DELETE FROM caller WHERE case_id = ?1")
        .and_then(|mut statement| statement.execute([id.0 as i64]))
        .map_err(from_sqlite)?;
    Ok(())
}
