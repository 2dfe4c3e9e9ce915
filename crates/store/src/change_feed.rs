//! What changed since an entry: for pages that show the record live.

use yiwang_cases::{Case, StoreError};
use yiwang_journal::Entry;

use crate::Store;
use crate::append::CaseData;
use crate::case_row::{COLUMNS, WIDTH, from_row};
use crate::error::{broken, from_sqlite};

/// A change of a case, with the case as it is now.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The entry's number.
    pub seq: u64,
    /// What happened, `dispatched`.
    pub event: &'static str,
    /// Who did it, as in the journal.
    pub by: String,
    /// The case now (it may have moved on since).
    pub case: Case,
}

impl Store {
    /// Changes of cases from entry `from` on, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn changes_from(&self, from: u64, limit: usize) -> Result<Vec<Changed>, StoreError> {
        self.readers
            .run(move |sql| {
                let query = format!(
                    "SELECT {}, entry.seq, entry.body FROM entry \
                     JOIN cases ON cases.id = entry.case_id \
                     WHERE entry.seq >= ?1 ORDER BY entry.seq LIMIT ?2",
                    *COLUMNS
                );
                let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
                let from = i64::try_from(from).unwrap_or(i64::MAX);
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                let mut rows = statement.query((from, limit)).map_err(from_sqlite)?;
                let mut changes = Vec::new();
                while let Some(row) = rows.next().map_err(from_sqlite)? {
                    let seq: i64 = row.get(WIDTH).map_err(from_sqlite)?;
                    let body: Vec<u8> = row.get(WIDTH + 1).map_err(from_sqlite)?;
                    let entry = Entry::<CaseData>::parse(&body).map_err(broken)?;
                    changes.push(Changed {
                        seq: seq.unsigned_abs(),
                        event: entry.data.event.word(),
                        by: entry.by,
                        case: from_row(row).map_err(from_sqlite)?,
                    });
                }
                Ok(changes)
            })
            .await
    }
}
