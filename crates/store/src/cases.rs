//! The cases room's port.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use yiwang_base::{CaseId, Personal, Timestamp};
use yiwang_cases::{
    Breakdown, Case, CaseFilter, CasePoint, CaseStore, Change, Counts, Happening, MapTile, Order,
    Page, PageStart, Receipt, Recorded, Sealed, SourceRef, StoreError,
};
use yiwang_journal::Entry;

use crate::append::{CaseData, by_source, prepare_change, repeated};
use crate::case_row::{COLUMNS, follow_hash, from_row};
use crate::error::{broken, from_sqlite};
use crate::finding::{breakdown, counts, list};
use crate::marks::points;
use crate::{Store, files, joiners};

impl Store {
    /// Writes many changes as one job: in order, each whole or not at all.
    /// Returns what became of each.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn append_all(
        &self,
        changes: Vec<Change>,
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        if let Some(last) = changes.iter().map(|change| change.after.id).max() {
            self.no_case_id_up_to(last);
        }
        let prepared = changes
            .into_iter()
            .map(prepare_change)
            .collect::<Result<Vec<_>, StoreError>>()?;
        self.writer
            .run(move |transaction| {
                let mut outcomes = Vec::with_capacity(prepared.len());
                for change in &prepared {
                    let outcome = transaction.change(change);
                    if let Err(
                        error
                        @ (StoreError::Full | StoreError::ReadOnly(_) | StoreError::Broken(_)),
                    ) = outcome
                    {
                        return Err(error);
                    }
                    outcomes.push(outcome);
                }
                Ok(outcomes)
            })
            .await
    }
}

impl Store {
    /// Cases as they are now, in the order of these numbers; those that are not
    /// there are left out.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn cases(&self, ids: Vec<CaseId>) -> Result<Vec<Case>, StoreError> {
        self.readers
            .run(move |sql| {
                let each = ids.into_iter();
                let found = each.map(|id| find(sql, "id = ?1", [Value::from(id.0 as i64)]));
                found.filter_map(Result::transpose).collect()
            })
            .await
    }
}

impl CaseStore for Store {
    fn new_case_id(&self) -> CaseId {
        self.take_case_id()
    }

    async fn case(&self, id: CaseId) -> Result<Option<Case>, StoreError> {
        self.readers
            .run(move |sql| find(sql, "id = ?1", [Value::from(id.0 as i64)]))
            .await
    }

    async fn case_by_follow_code(&self, code: &str) -> Result<Option<Case>, StoreError> {
        let hash = follow_hash(code).to_vec();
        self.readers
            .run(move |sql| find(sql, "follow_code = ?1", [Value::from(hash)]))
            .await
    }

    async fn by_source(&self, source: &SourceRef) -> Result<Option<CaseId>, StoreError> {
        let source = source.clone();
        self.readers.run(move |sql| by_source(sql, &source)).await
    }

    async fn repeated(&self, receipt: &Receipt) -> Result<Option<CaseId>, StoreError> {
        let receipt = receipt.clone();
        self.readers.run(move |sql| repeated(sql, &receipt)).await
    }

    async fn append(&self, change: Change) -> Result<(), StoreError> {
        let prepared = prepare_change(change)?;
        self.writer
            .run(move |transaction| transaction.change(&prepared))
            .await
    }

    async fn append_both(&self, first: Change, second: Change) -> Result<(), StoreError> {
        let (first, second) = (prepare_change(first)?, prepare_change(second)?);
        self.writer
            .run(move |transaction| transaction.change_both(&first, &second))
            .await
    }

    async fn joined_by_follow_code(&self, code: &str) -> Result<Option<(CaseId, u32)>, StoreError> {
        let code = code.to_owned();
        self.readers.run(move |sql| joiners::find(sql, &code)).await
    }

    async fn timeline(&self, id: CaseId) -> Result<Vec<Recorded>, StoreError> {
        self.readers.run(move |sql| timeline(sql, id)).await
    }

    async fn file(&self, id: CaseId, seq: u64) -> Result<Option<Personal<Vec<u8>>>, StoreError> {
        self.readers.run(move |sql| files::read(sql, id, seq)).await
    }

    async fn list(
        &self,
        filter: &CaseFilter,
        order: Order,
        start: Option<PageStart>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        if let Some(page) = self.list_by_columns(filter, order, start, limit).await? {
            return Ok(page);
        }
        let filter = filter.clone();
        self.readers
            .run(move |sql| list(sql, &filter, order, start, limit))
            .await
    }

    async fn counts(&self, filter: &CaseFilter, now: Timestamp) -> Result<Counts, StoreError> {
        if let Some(counts) = self.counts_by_columns(filter, now).await? {
            return Ok(counts);
        }
        let filter = filter.clone();
        self.readers.run(move |sql| counts(sql, &filter, now)).await
    }

    async fn breakdown(
        &self,
        filter: &CaseFilter,
        spans: &[Timestamp],
        now: Timestamp,
    ) -> Result<Breakdown, StoreError> {
        if let Some(found) = self.breakdown_by_columns(filter, spans, now).await? {
            return Ok(found);
        }
        let (filter, spans) = (filter.clone(), spans.to_vec());
        self.readers
            .run(move |sql| breakdown(sql, &filter, &spans, now))
            .await
    }

    async fn points(
        &self,
        tile: MapTile,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> Result<Vec<CasePoint>, StoreError> {
        let filter = filter.clone();
        self.readers
            .run(move |sql| points(sql, tile, &filter, now))
            .await
    }
}

fn find<const N: usize>(
    sql: &Connection,
    condition: &str,
    values: [Value; N],
) -> Result<Option<Case>, StoreError> {
    let mut statement = sql
        .prepare_cached(&format!("SELECT {} FROM cases WHERE {condition}", *COLUMNS))
        .map_err(from_sqlite)?;
    let mut rows = statement
        .query(params_from_iter(values))
        .map_err(from_sqlite)?;
    let row = rows.next().map_err(from_sqlite)?;
    row.map(from_row).transpose().map_err(from_sqlite)
}

fn timeline(sql: &Connection, id: CaseId) -> Result<Vec<Recorded>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT entry.seq, entry.body, \
             CASE WHEN erased.seq IS NULL THEN sealed.body END FROM entry \
             LEFT JOIN sealed ON sealed.seq = entry.seq \
             LEFT JOIN erased ON erased.seq = entry.seq \
             WHERE entry.case_id = ?1 ORDER BY entry.seq",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement.query([id.0 as i64]).map_err(from_sqlite)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let seq: i64 = row.get(0).map_err(from_sqlite)?;
        let body: Vec<u8> = row.get(1).map_err(from_sqlite)?;
        let sealed: Option<Vec<u8>> = row.get(2).map_err(from_sqlite)?;
        let entry = Entry::<CaseData>::parse(&body).map_err(broken)?;
        events.push(Recorded {
            seq: seq.unsigned_abs(),
            recorded_at: entry.at,
            happening: happening(entry, sealed.as_deref())?,
        });
    }
    Ok(events)
}

/// What an entry about a case says.
pub(crate) fn happening(
    entry: Entry<CaseData>,
    sealed: Option<&[u8]>,
) -> Result<Happening, StoreError> {
    let sealed: Option<Sealed> = sealed
        .map(serde_json::from_slice)
        .transpose()
        .map_err(broken)?;
    Ok(Happening {
        at: entry.data.happened.unwrap_or(entry.at),
        by: entry.by.parse().map_err(broken)?,
        grounds: entry.grounds,
        event: entry.data.event,
        sealed,
    })
}
