//! What changed since an entry: for pages that show the record live.

use rusqlite::Connection;
use yiwang_base::Timestamp;
use yiwang_cases::{Case, StoreError};
use yiwang_journal::{Entry, EntryView};

use crate::Store;
use crate::append::CaseData;
use crate::case_row::{COLUMNS, WIDTH, from_row};
use crate::error::{broken, from_sqlite};
use crate::store::one;

/// A change of a case, with the case as it is now.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The entry's number.
    pub seq: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// What happened, `dispatched`.
    pub event: &'static str,
    /// Who did it, as in the journal.
    pub by: String,
    /// On what grounds.
    pub grounds: Option<String>,
    /// The case now (it may have moved on since).
    pub case: Case,
}

/// By how much an entry may stand too late in the journal.
const DISORDER: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);

impl Store {
    /// Changes of cases from entry `from` on, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn changes_from(&self, from: u64, limit: usize) -> Result<Vec<Changed>, StoreError> {
        self.readers.run(move |sql| changes(sql, from, limit)).await
    }

    /// Changes of cases recorded at or after `from` and before `until`, oldest
    /// first, at most `limit`. Entries stand nearly in the order of their times
    /// (commands that come together may change places), so the first is found by
    /// halving, from a minute before.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn changes_recorded(
        &self,
        from: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Changed>, StoreError> {
        self.readers
            .run(move |sql| {
                let before = from.checked_sub(DISORDER).unwrap_or(Timestamp::MIN);
                let first = first_at_or_after(sql, before)?;
                let mut changes = changes(sql, first, limit)?;
                changes.retain(|change| (from..until).contains(&change.at));
                Ok(changes)
            })
            .await
    }
}

/// The number of the first entry recorded at or after a time.
fn first_at_or_after(sql: &Connection, time: Timestamp) -> Result<u64, StoreError> {
    let recorded = |seq: u64| -> Result<Timestamp, StoreError> {
        let body: Option<Vec<u8>> =
            one(sql, "SELECT body FROM entry WHERE seq = ?1", [seq as i64])?;
        let body = body.ok_or_else(|| broken(format!("entry {seq} is missing")))?;
        let view = EntryView::<&serde_json::value::RawValue>::parse(&body).map_err(broken)?;
        Ok(view.at)
    };
    let end: Option<i64> = one(sql, "SELECT coalesce(max(seq) + 1, 0) FROM entry", [])?;
    let (mut low, mut high) = (0, end.unwrap_or(0).unsigned_abs());
    while low < high {
        let middle = low + (high - low) / 2;
        if recorded(middle)? < time {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn changes(sql: &Connection, from: u64, limit: usize) -> Result<Vec<Changed>, StoreError> {
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
            at: entry.at,
            event: entry.data.event.word(),
            by: entry.by,
            grounds: entry.grounds,
            case: from_row(row).map_err(from_sqlite)?,
        });
    }
    Ok(changes)
}
