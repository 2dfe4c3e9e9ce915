//! What whistles ask of a store.

use std::future::Future;

use yiwang_base::{AreaCode, CaseId, Timestamp, UnitCode};

use super::{Whistle, WhistleHappening, WhistleId, WhistleKind, WhistleStage};
use crate::figures::Whistled;
use crate::{Order, Receipt, StoreError};

/// A change of one whistle, to be written in one transaction with its journal entries.
#[derive(Debug, Clone)]
pub struct WhistleChange {
    /// The version the decision was made for; 0 for a new whistle.
    pub expected_version: u32,
    /// What happened.
    pub happening: WhistleHappening,
    /// The whistle after it.
    pub after: Whistle,
    /// When it is recorded.
    pub recorded_at: Timestamp,
    /// The answer to give again if the same call comes twice.
    pub receipt: Option<Receipt>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhistleAppended {
    /// It is written.
    Done,
    /// The same call was made before and changed this whistle: nothing was written.
    Repeated(WhistleId),
}

/// Which whistles to list. Empty lists and `None` mean "any".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WhistleFilter {
    /// Kinds.
    pub kinds: Vec<WhistleKind>,
    /// Stages.
    pub stages: Vec<WhistleStage>,
    /// Units that blew it.
    pub by: Vec<UnitCode>,
    /// Units that were called.
    pub called: Vec<UnitCode>,
    /// Units that blew it or were called.
    pub involved: Vec<UnitCode>,
    /// Areas (leaf areas; the caller expands a district).
    pub areas: Vec<AreaCode>,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// Only whistles where what is due was due before this time.
    pub late_at: Option<Timestamp>,
    /// Blown at or after.
    pub from: Option<Timestamp>,
    /// Blown before.
    pub until: Option<Timestamp>,
}

/// Where a page begins: after the row with this sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhistleStart {
    /// Milliseconds of what is due for [`Order::Due`], of the blowing for [`Order::Newest`].
    pub key: i64,
    /// The last row's whistle.
    pub id: WhistleId,
}

/// One page of whistles.
#[derive(Debug, Clone, PartialEq)]
pub struct WhistlePage {
    /// The whistles.
    pub whistles: Vec<Whistle>,
    /// Where the next page begins, if there is one.
    pub next: Option<WhistleStart>,
}

/// An event of a whistle as it stands in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct WhistleRecorded {
    /// The entry's number in the journal.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What happened.
    pub happening: WhistleHappening,
}

/// Which calls to count. Empty lists and `None` mean "any".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallFilter {
    /// Units that were called.
    pub units: Vec<UnitCode>,
    /// Kinds of whistles.
    pub kinds: Vec<WhistleKind>,
    /// Called at or after.
    pub from: Option<Timestamp>,
    /// Called before.
    pub until: Option<Timestamp>,
}

/// The record of whistles. Every store passes the one conformance suite. Times
/// are kept to the millisecond.
pub trait WhistleStore: Send + Sync {
    /// A number that no whistle has and that is not given twice.
    fn new_whistle_id(&self) -> WhistleId;

    /// A whistle as it is now.
    fn whistle(
        &self,
        id: WhistleId,
    ) -> impl Future<Output = Result<Option<Whistle>, StoreError>> + Send;

    /// The whistle that the same call changed before, if it was made before.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when the key was used for another call.
    fn whistle_repeated(
        &self,
        receipt: &Receipt,
    ) -> impl Future<Output = Result<Option<WhistleId>, StoreError>> + Send;

    /// Writes a change with its journal entry; returns once it is durable.
    ///
    /// # Errors
    /// What is refused has changed nothing: [`StoreError::KeyReused`] comes
    /// before [`StoreError::Changed`] and [`StoreError::NothingSealed`].
    fn append_whistle(
        &self,
        change: WhistleChange,
    ) -> impl Future<Output = Result<WhistleAppended, StoreError>> + Send;

    /// The events of a whistle with their entry numbers, oldest first.
    fn whistle_timeline(
        &self,
        id: WhistleId,
    ) -> impl Future<Output = Result<Vec<WhistleRecorded>, StoreError>> + Send;

    /// Numbers of the whistle's entries beside which something is still sealed.
    fn whistle_sealed(
        &self,
        id: WhistleId,
    ) -> impl Future<Output = Result<Vec<u64>, StoreError>> + Send;

    /// A page of whistles, at most `limit`. [`Order::Due`] leaves out those
    /// where nothing is due.
    fn whistles(
        &self,
        filter: &WhistleFilter,
        order: Order,
        start: Option<WhistleStart>,
        limit: usize,
    ) -> impl Future<Output = Result<WhistlePage, StoreError>> + Send;

    /// The calls that a filter finds, by whistle, those of one in their order.
    fn calls(
        &self,
        filter: &CallFilter,
    ) -> impl Future<Output = Result<Vec<Whistled>, StoreError>> + Send;
}
