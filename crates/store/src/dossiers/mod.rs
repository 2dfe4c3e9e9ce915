//! Dossiers (卷宗): the port of what grows out of cases.

mod feed;
mod find;
mod replay;
mod row;
mod voices;
mod weeks;
mod write;

pub use feed::DossierMoved;
pub(crate) use replay::{DossierStep, DossierSum};

use std::sync::atomic::Ordering;

use rusqlite::Connection;
use yiwang_base::CaseId;
use yiwang_cases::civic::proposal::Pattern;
use yiwang_cases::civic::recurrence::WeekCount;
use yiwang_cases::civic::{
    Ballot, Dossier, DossierChange, DossierError, DossierFilter, DossierId, DossierPage,
    DossierStore, RecordedDeed, Span, Tally, Voter,
};
use yiwang_cases::{Receipt, StoreError};

use crate::Store;
use crate::error::from_sqlite;

/// Entry numbers of a dossier beside which something is sealed now.
const SEALED: &str = "SELECT dossier_entry.seq FROM dossier_entry \
    JOIN sealed ON sealed.seq = dossier_entry.seq \
    LEFT JOIN erased ON erased.seq = dossier_entry.seq \
    WHERE dossier_id = ?1 AND erased.seq IS NULL";

/// A fault of the record ends the whole job; anything else is an answer.
fn answered<T>(outcome: Result<T, DossierError>) -> Result<Result<T, DossierError>, StoreError> {
    match outcome {
        Err(DossierError::Store(
            error @ (StoreError::Full | StoreError::ReadOnly(_) | StoreError::Broken(_)),
        )) => Err(error),
        outcome => Ok(outcome),
    }
}

impl DossierStore for Store {
    fn new_dossier_id(&self) -> DossierId {
        DossierId(self.next_dossier.fetch_add(1, Ordering::Relaxed))
    }

    async fn dossier(&self, id: DossierId) -> Result<Option<Dossier>, StoreError> {
        self.readers.run(move |sql| row::find(sql, id)).await
    }

    async fn dossier_repeated(&self, receipt: &Receipt) -> Result<Option<DossierId>, StoreError> {
        let receipt = receipt.clone();
        self.readers
            .run(move |sql| write::repeated(sql, &receipt))
            .await
    }

    async fn append_dossier(&self, change: DossierChange) -> Result<(), DossierError> {
        let prepared = write::prepare(change)?;
        self.writer
            .run(move |transaction| answered(transaction.change_dossier(&prepared)))
            .await?
    }

    async fn deeds(&self, id: DossierId) -> Result<Vec<RecordedDeed>, StoreError> {
        self.readers.run(move |sql| row::deeds(sql, id)).await
    }

    async fn dossiers(
        &self,
        filter: &DossierFilter,
        start: Option<DossierId>,
        limit: usize,
    ) -> Result<DossierPage, StoreError> {
        let filter = filter.clone();
        self.readers
            .run(move |sql| find::page(sql, &filter, start, limit))
            .await
    }

    async fn sealed_deeds(&self, id: DossierId) -> Result<Vec<u64>, StoreError> {
        self.readers.run(move |sql| sealed(sql, id)).await
    }

    async fn cast(&self, ballot: Ballot) -> Result<(), DossierError> {
        let prepared = voices::prepare_voice(ballot)?;
        self.writer
            .run(move |transaction| answered(transaction.cast(&prepared)))
            .await?
    }

    async fn voice(
        &self,
        id: DossierId,
        round: u8,
        voter: Voter,
    ) -> Result<Option<Vec<u32>>, StoreError> {
        self.readers
            .run(move |sql| voices::voice(sql, id, round, voter))
            .await
    }

    async fn tally(&self, id: DossierId, round: u8, options: u32) -> Result<Tally, StoreError> {
        self.readers
            .run(move |sql| voices::tally(sql, id, round, options))
            .await
    }

    async fn week_counts(
        &self,
        span: Span,
        offset_ms: i64,
        zoom: u32,
    ) -> Result<Vec<WeekCount>, StoreError> {
        self.readers
            .run(move |sql| weeks::week_counts(sql, span, offset_ms, zoom))
            .await
    }

    async fn pattern_cases(
        &self,
        pattern: &Pattern,
        spans: &[Span],
        limit: usize,
    ) -> Result<Vec<CaseId>, StoreError> {
        let (pattern, spans) = (pattern.clone(), spans.to_vec());
        self.readers
            .run(move |sql| weeks::pattern_cases(sql, &pattern, &spans, limit))
            .await
    }
}

fn sealed(sql: &Connection, id: DossierId) -> Result<Vec<u64>, StoreError> {
    let mut statement = sql
        .prepare_cached(&format!("{SEALED} ORDER BY dossier_entry.seq"))
        .map_err(from_sqlite)?;
    let rows = statement
        .query_map([id.0 as i64], |row| row.get::<_, i64>(0))
        .map_err(from_sqlite)?;
    rows.map(|row| row.map(i64::unsigned_abs).map_err(from_sqlite))
        .collect()
}
