//! What changed since an entry: for pages that show dossiers live.

use rusqlite::Connection;
use yiwang_base::Timestamp;
use yiwang_cases::StoreError;
use yiwang_cases::civic::Dossier;
use yiwang_journal::Entry;

use super::row::{COLUMNS, DossierData, from_row};
use crate::Store;
use crate::error::{broken, from_sqlite};

/// A change of a dossier, with the dossier as it is now.
#[derive(Debug, Clone)]
pub struct DossierMoved {
    /// The entry's number.
    pub seq: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// What happened, `dispute.registered`.
    pub event: String,
    /// Who did it, as in the journal.
    pub by: String,
    /// The dossier now (it may have moved on since).
    pub dossier: Dossier,
}

impl Store {
    /// Changes of dossiers from entry `from` on, voices apart, oldest first, at
    /// most `limit`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn dossiers_from(
        &self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<DossierMoved>, StoreError> {
        self.readers.run(move |sql| moved(sql, from, limit)).await
    }
}

fn moved(sql: &Connection, from: u64, limit: usize) -> Result<Vec<DossierMoved>, StoreError> {
    let query = format!(
        "SELECT {COLUMNS}, seq, (SELECT entry.body FROM entry WHERE entry.seq = dossier_entry.seq) \
         FROM dossier_entry JOIN dossier ON dossier.id = dossier_id \
         WHERE seq >= ?1 ORDER BY seq LIMIT ?2"
    );
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((from, limit)).map_err(from_sqlite)?;
    let mut moved = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let seq: i64 = row.get(6).map_err(from_sqlite)?;
        let body: Vec<u8> = row.get(7).map_err(from_sqlite)?;
        let entry = Entry::<DossierData>::parse(&body).map_err(broken)?;
        moved.push(DossierMoved {
            seq: seq.unsigned_abs(),
            at: entry.at,
            event: entry.data.event.word(),
            by: entry.by,
            dossier: from_row(row).map_err(from_sqlite)?,
        });
    }
    Ok(moved)
}
