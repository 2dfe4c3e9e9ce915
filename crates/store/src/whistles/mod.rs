//! The record of whistles.

mod find;
mod row;
mod write;

pub(crate) use row::{WhistleData, differing, subject_number};
pub(crate) use write::last_number;

use rusqlite::Connection;
use yiwang_cases::figures::Whistled;
use yiwang_cases::{
    CallFilter, Order, Receipt, StoreError, Whistle, WhistleAppended, WhistleChange, WhistleFilter,
    WhistleHappening, WhistleId, WhistlePage, WhistleRecorded, WhistleSealed, WhistleStart,
    WhistleStore,
};
use yiwang_journal::Entry;

use crate::Store;
use crate::error::{broken, from_sqlite};

/// A change of a whistle, with the whistle as it is now.
#[derive(Debug, Clone)]
pub struct WhistleChanged {
    /// The entry's number.
    pub seq: u64,
    /// What happened, `checked_in`.
    pub event: &'static str,
    /// Who did it, as in the journal.
    pub by: String,
    /// The whistle now (it may have moved on since).
    pub whistle: Whistle,
}

impl Store {
    /// Changes of whistles from entry `from` on, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn whistle_changes_from(
        &self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<WhistleChanged>, StoreError> {
        self.readers
            .run(move |sql| find::changes(sql, from, limit))
            .await
    }
}

impl WhistleStore for Store {
    fn new_whistle_id(&self) -> WhistleId {
        self.take_whistle_id()
    }

    async fn whistle(&self, id: WhistleId) -> Result<Option<Whistle>, StoreError> {
        self.readers
            .run(move |sql| find::one_whistle(sql, id))
            .await
    }

    async fn whistle_repeated(&self, receipt: &Receipt) -> Result<Option<WhistleId>, StoreError> {
        let receipt = receipt.clone();
        self.readers
            .run(move |sql| write::repeated(sql, &receipt))
            .await
    }

    async fn append_whistle(&self, change: WhistleChange) -> Result<WhistleAppended, StoreError> {
        let prepared = write::prepare_change(change)?;
        self.writer
            .run(move |transaction| transaction.change_whistle(&prepared))
            .await
    }

    async fn whistle_timeline(&self, id: WhistleId) -> Result<Vec<WhistleRecorded>, StoreError> {
        self.readers.run(move |sql| timeline(sql, id)).await
    }

    async fn whistle_sealed(&self, id: WhistleId) -> Result<Vec<u64>, StoreError> {
        self.readers.run(move |sql| write::sealed(sql, id)).await
    }

    async fn whistles(
        &self,
        filter: &WhistleFilter,
        order: Order,
        start: Option<WhistleStart>,
        limit: usize,
    ) -> Result<WhistlePage, StoreError> {
        let filter = filter.clone();
        self.readers
            .run(move |sql| find::list(sql, &filter, order, start, limit))
            .await
    }

    async fn calls(&self, filter: &CallFilter) -> Result<Vec<Whistled>, StoreError> {
        let filter = filter.clone();
        self.readers.run(move |sql| find::calls(sql, &filter)).await
    }
}

fn timeline(sql: &Connection, id: WhistleId) -> Result<Vec<WhistleRecorded>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT entry.seq, entry.body, \
             CASE WHEN erased.seq IS NULL THEN sealed.body END FROM whistle_entry \
             JOIN entry ON entry.seq = whistle_entry.seq \
             LEFT JOIN sealed ON sealed.seq = entry.seq \
             LEFT JOIN erased ON erased.seq = entry.seq \
             WHERE whistle_entry.whistle_id = ?1 ORDER BY entry.seq",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement.query([id.0 as i64]).map_err(from_sqlite)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let seq: i64 = row.get(0).map_err(from_sqlite)?;
        let body: Vec<u8> = row.get(1).map_err(from_sqlite)?;
        let sealed: Option<Vec<u8>> = row.get(2).map_err(from_sqlite)?;
        let entry = Entry::<WhistleData>::parse(&body).map_err(broken)?;
        events.push(WhistleRecorded {
            seq: seq.unsigned_abs(),
            recorded_at: entry.at,
            happening: happening(entry, sealed.as_deref())?,
        });
    }
    Ok(events)
}

/// What an entry about a whistle says.
fn happening(
    entry: Entry<WhistleData>,
    sealed: Option<&[u8]>,
) -> Result<WhistleHappening, StoreError> {
    let sealed: Option<WhistleSealed> = sealed
        .map(serde_json::from_slice)
        .transpose()
        .map_err(broken)?;
    Ok(WhistleHappening {
        at: entry.data.happened.unwrap_or(entry.at),
        by: entry.by.parse().map_err(broken)?,
        grounds: entry.grounds,
        event: entry.data.event,
        sealed,
    })
}
