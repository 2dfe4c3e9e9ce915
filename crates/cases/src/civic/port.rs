//! What dossiers ask of a store.

use std::future::Future;

use yiwang_base::{AreaCode, CaseId, CategoryCode, Refusal, RefusalKind, Timestamp, UnitCode};

use super::proposal::Pattern;
use super::recurrence::WeekCount;
use super::{Ballot, Deed, Dossier, DossierId, Kind, Tally, Voter};
use crate::{Change, Receipt, StoreError};

/// A change of one dossier, to be written in one transaction with its journal
/// entries and with the case that comes of it.
#[derive(Debug, Clone)]
pub struct DossierChange {
    /// The version the decision was made for; 0 for a new dossier.
    pub expected_version: u32,
    /// What happened, in order; at least one.
    pub deeds: Vec<Deed>,
    /// The dossier after it.
    pub after: Dossier,
    /// When it is recorded.
    pub recorded_at: Timestamp,
    /// The answer to give again if the same call comes twice.
    pub receipt: Option<Receipt>,
    /// A new case that comes of it.
    pub case: Option<Change>,
}

/// Why the store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DossierError {
    /// The dossier has moved on.
    #[error("the dossier is at version {current}")]
    Changed {
        /// Its version now.
        current: u32,
    },
    /// The same call was made before and did this.
    #[error("this call was made before: dossier {id}")]
    Repeated {
        /// The dossier it changed.
        id: DossierId,
    },
    /// This person has spoken.
    #[error("this person has spoken")]
    Spoken,
    /// What can be wrong with any change.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DossierError> for Refusal {
    fn from(error: DossierError) -> Refusal {
        match error {
            DossierError::Changed { current } => Refusal::new(
                RefusalKind::Changed,
                "dossier.changed",
                "卷宗已被他人改动，请重新载入后再办",
                "the dossier has been changed since you read it; reload it and try again",
            )
            .at("If-Match")
            .allowing([current.to_string()]),
            DossierError::Repeated { id } => Refusal::new(
                RefusalKind::Changed,
                "dossier.changed",
                "这一步已经办过",
                "this step was taken before",
            )
            .found(id.to_string()),
            DossierError::Spoken => Refusal::new(
                RefusalKind::NotNow,
                "voice.spoken",
                "您已经投过票；本次投票每人一次，不能更改",
                "you have voted; in this vote everyone votes once and it cannot be changed",
            )
            .at("follow_code"),
            DossierError::Store(error) => error.into(),
        }
    }
}

/// Which dossiers to list. Empty lists and `None` mean "any".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DossierFilter {
    /// Kinds.
    pub kinds: Vec<Kind>,
    /// Words of where they stand.
    pub states: Vec<String>,
    /// Units that lead or assist.
    pub units: Vec<UnitCode>,
    /// Areas they are about (the caller expands a district).
    pub areas: Vec<AreaCode>,
    /// Categories they are about.
    pub categories: Vec<CategoryCode>,
    /// Only those linked with this case.
    pub case: Option<CaseId>,
    /// Only those whose next step was due before this time.
    pub due_before: Option<Timestamp>,
}

/// One page of dossiers, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierPage {
    /// The dossiers.
    pub dossiers: Vec<Dossier>,
    /// The next page begins after this one, if there is one.
    pub next: Option<DossierId>,
}

/// An event of a dossier as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDeed {
    /// The entry's number in the journal.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What happened.
    pub deed: Deed,
}

/// A time, from an instant until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From then on …
    pub from: Timestamp,
    /// … until before then.
    pub until: Timestamp,
}

/// The record of dossiers, and what they ask of the record of cases. Every
/// store passes the one conformance suite.
pub trait DossierStore: Send + Sync {
    /// A number that no dossier has and that is not given twice.
    fn new_dossier_id(&self) -> DossierId;

    /// A dossier as it is now.
    fn dossier(
        &self,
        id: DossierId,
    ) -> impl Future<Output = Result<Option<Dossier>, StoreError>> + Send;

    /// The dossier that the same call changed before. Keys of dossiers are
    /// apart from those of cases.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when the key was used for another call.
    fn dossier_repeated(
        &self,
        receipt: &Receipt,
    ) -> impl Future<Output = Result<Option<DossierId>, StoreError>> + Send;

    /// Writes a change with its journal entries, and the case that comes of
    /// it; returns once all of it is durable.
    ///
    /// # Errors
    /// What is refused has changed nothing: [`DossierError::Repeated`] and
    /// [`StoreError::KeyReused`] come before [`DossierError::Changed`] and
    /// [`StoreError::NothingSealed`], and these before what a case may be
    /// refused for. An erasure forgets the fingerprints of earlier calls.
    fn append_dossier(
        &self,
        change: DossierChange,
    ) -> impl Future<Output = Result<(), DossierError>> + Send;

    /// The events of a dossier with their entry numbers, oldest first; voices apart.
    fn deeds(
        &self,
        id: DossierId,
    ) -> impl Future<Output = Result<Vec<RecordedDeed>, StoreError>> + Send;

    /// A page of dossiers, the newest first, at most `limit`, from before `start`.
    fn dossiers(
        &self,
        filter: &DossierFilter,
        start: Option<DossierId>,
        limit: usize,
    ) -> impl Future<Output = Result<DossierPage, StoreError>> + Send;

    /// Numbers of the dossier's entries beside which something is still sealed.
    fn sealed_deeds(
        &self,
        id: DossierId,
    ) -> impl Future<Output = Result<Vec<u64>, StoreError>> + Send;

    /// Writes a voice; returns once it is durable.
    ///
    /// # Errors
    /// [`DossierError::Changed`] when the dossier is not at the version the
    /// voice was decided for, [`DossierError::Spoken`] when the person has
    /// spoken and cannot change it.
    fn cast(&self, ballot: Ballot) -> impl Future<Output = Result<(), DossierError>> + Send;

    /// What a person chose.
    fn voice(
        &self,
        id: DossierId,
        round: u8,
        voter: Voter,
    ) -> impl Future<Output = Result<Option<Vec<u32>>, StoreError>> + Send;

    /// What all voices of a vote with so many options say.
    fn tally(
        &self,
        id: DossierId,
        round: u8,
        options: u32,
    ) -> impl Future<Output = Result<Tally, StoreError>> + Send;

    /// How many cases of each category came in at each place in each week of
    /// a time; declined and proactive ones are left out, and those without
    /// area or category. Weeks begin on Monday in a zone `offset_ms` east of
    /// UTC, cells are tiles of this zoom level, at most 18.
    fn week_counts(
        &self,
        span: Span,
        offset_ms: i64,
        zoom: u32,
    ) -> impl Future<Output = Result<Vec<WeekCount>, StoreError>> + Send;

    /// Cases of a pattern (cell at zoom 16) that came in during these times,
    /// counted as in [`DossierStore::week_counts`], the newest first; at most `limit`.
    fn pattern_cases(
        &self,
        pattern: &Pattern,
        spans: &[Span],
        limit: usize,
    ) -> impl Future<Output = Result<Vec<CaseId>, StoreError>> + Send;
}

/// Zoom level of a pattern's cell.
pub const PATTERN_ZOOM: u32 = 16;

/// The week of an instant: 0 is the one that begins on Monday, 29 December 1969.
pub fn week_of(at_ms: i64, offset_ms: i64) -> i32 {
    const DAY: i64 = 86_400_000;
    // 1 January 1970 was a Thursday.
    let weeks = (at_ms + offset_ms + 3 * DAY).div_euclid(7 * DAY);
    i32::try_from(weeks).unwrap_or(i32::MAX)
}

/// The instant at which a week begins.
pub fn week_begins(week: i32, offset_ms: i64) -> Timestamp {
    const DAY: i64 = 86_400_000;
    yiwang_base::from_millis(i64::from(week) * 7 * DAY - 3 * DAY - offset_ms)
}
