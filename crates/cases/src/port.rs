//! What the cases room asks of a store.

use std::collections::BTreeMap;
use std::future::Future;

use yiwang_base::{
    AreaCode, CELL_ZOOM, CaseId, CategoryCode, CellBox, Personal, Point, Refusal, RefusalKind,
    Timestamp, UnitCode, cell, point_of_cell, to_millis,
};

use crate::{Case, Channel, Happening, Queue, SourceRef, Stage};

/// A change of one case, to be written in one transaction with its journal entries.
#[derive(Debug, Clone)]
pub struct Change {
    /// The version the decision was made for; 0 for a new case.
    pub expected_version: u32,
    /// What happened, in order; at least one.
    pub happenings: Vec<Happening>,
    /// The case after it.
    pub after: Case,
    /// When it is recorded.
    pub recorded_at: Timestamp,
    /// The answer to give again if the same call comes twice.
    pub receipt: Option<Receipt>,
}

/// An answer kept under the caller's idempotency key, written with the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The caller's key, with the caller's name before it.
    pub key: String,
    /// SHA-256 of what was asked, to tell a repeat from a key used for something else.
    pub fingerprint: [u8; 32],
}

/// Why the store did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The case has moved on.
    #[error("the case is at version {current}")]
    Changed {
        /// Its version now.
        current: u32,
    },
    /// The same call was made before and did this.
    #[error("this call was made before: case {id}")]
    Repeated {
        /// The case it changed.
        id: CaseId,
    },
    /// The idempotency key was used for another call.
    #[error("the idempotency key was used for another call")]
    KeyReused,
    /// A case from this source is in the record already.
    #[error("already in the record as case {0}")]
    SourceKnown(CaseId),
    /// The follow code belongs to another case.
    #[error("the follow code belongs to another case")]
    FollowCodeTaken,
    /// An erasure names an entry beside which this case has nothing sealed.
    #[error("entry {entry} is not one of this case with something sealed beside it")]
    NothingSealed {
        /// The entry's number.
        entry: u64,
    },
    /// What answers it is still being read from the record.
    #[error("still being read from the record: {done} of {total} cases")]
    Loading {
        /// Cases read.
        done: u64,
        /// Cases to read.
        total: u64,
    },
    /// The disk is full.
    #[error("no space left where the record is kept")]
    Full,
    /// The record cannot be written.
    #[error("the record cannot be written: {0}")]
    ReadOnly(String),
    /// Anything else; for logs, not for callers.
    #[error("store: {0}")]
    Broken(String),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        let (kind, code, zh, en) = match &error {
            StoreError::Changed { .. } | StoreError::Repeated { .. } => (
                RefusalKind::Changed,
                "case.changed",
                "案卷已被他人改动，请重新载入后再办",
                "the case has been changed since you read it; reload it and try again",
            ),
            StoreError::KeyReused => (
                RefusalKind::Invalid,
                "idempotency.key-reused",
                "这个幂等键已用于另一次请求，请换一个",
                "this idempotency key was used for another call; choose a new one",
            ),
            StoreError::SourceKnown(_) => (
                RefusalKind::NotNow,
                "case.source-known",
                "这一来源的案卷已经在库",
                "a case from this source is in the record already",
            ),
            StoreError::FollowCodeTaken => (
                RefusalKind::Unavailable,
                "case.follow-code-taken",
                "查询码恰好与他案重复，未写入任何内容，请再试一次",
                "the follow code happens to be another case's: nothing was written; try again",
            ),
            StoreError::NothingSealed { .. } => (
                RefusalKind::Invalid,
                "case.nothing-sealed",
                "这一条旁没有本案的密封内容可删",
                "beside this entry the case has nothing sealed to erase",
            ),
            StoreError::Loading { .. } => (
                RefusalKind::Unavailable,
                "store.loading",
                "统计数据正在从档案中读入，请稍后再看",
                "the figures are still being read from the record; try again in a moment",
            ),
            StoreError::Full => (
                RefusalKind::Unavailable,
                "store.full",
                "存储空间已满，暂不能写入；未写入任何内容，请稍后再试",
                "the disk is full: nothing was written; try again later",
            ),
            StoreError::ReadOnly(_) => (
                RefusalKind::Unavailable,
                "store.read-only",
                "存储不可写，暂不能写入；未写入任何内容，请稍后再试",
                "the record cannot be written now: nothing was written; try again later",
            ),
            StoreError::Broken(_) => (
                RefusalKind::Unavailable,
                "store.unavailable",
                "存储出错，未写入任何内容，请稍后再试",
                "the store failed: nothing was written; try again later",
            ),
        };
        let refusal = Refusal::new(kind, code, zh, en);
        match error {
            StoreError::Changed { current } => {
                refusal.at("If-Match").allowing([current.to_string()])
            }
            StoreError::SourceKnown(id) => refusal.found(id.to_string()),
            StoreError::NothingSealed { entry } => refusal.at("entries").found(entry.to_string()),
            StoreError::Loading { done, total } => refusal.found(format!("{done} / {total}")),
            _ => refusal,
        }
    }
}

/// Which cases to list. Empty lists and `None` mean "any".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseFilter {
    /// Stages.
    pub stages: Vec<Stage>,
    /// Lead units.
    pub units: Vec<UnitCode>,
    /// Units that have anything to do with the case, as lead or otherwise.
    pub involved: Vec<UnitCode>,
    /// Only cases that wait for this unit.
    pub queue: Option<Queue>,
    /// Areas (leaf areas; the caller expands a district).
    pub areas: Vec<AreaCode>,
    /// Categories.
    pub categories: Vec<CategoryCode>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Only cases whose next step was due before this time.
    pub late_at: Option<Timestamp>,
    /// Only cases whose next step is due within [`DUE_SOON`] of this time.
    pub due_soon_at: Option<Timestamp>,
    /// Only cases with a deadline that waits for a year of the calendar.
    pub provisional: bool,
    /// Came in at or after.
    pub from: Option<Timestamp>,
    /// Came in before.
    pub until: Option<Timestamp>,
    /// Lies in this rectangle of the map.
    pub within: Option<CellBox>,
    /// A case's number, or words that the request or its address contains; see
    /// [`CaseFilter::sought`].
    pub text: Option<String>,
}

/// What the text of a filter asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// The case with this number.
    Case(CaseId),
    /// Cases whose request or address contains this, written in small letters.
    Words(String),
}

impl CaseFilter {
    /// What the text asks for: `C12` or `12` a case by its number, anything
    /// else words, where small and capital letters are the same. Nothing but
    /// spaces asks for nothing.
    pub fn sought(&self) -> Option<Sought> {
        let text = self.text.as_deref()?.trim();
        if text.is_empty() {
            return None;
        }
        Some(match text.parse() {
            Ok(id) => Sought::Case(id),
            Err(_) => Sought::Words(text.to_lowercase()),
        })
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Last submitted first.
    #[default]
    Newest,
    /// Earliest deadline first; cases nobody has to act on are left out.
    Due,
}

/// Where a page begins: after the row with this sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageStart {
    /// Milliseconds of the deadline for [`Order::Due`], of the submission for [`Order::Newest`].
    pub key: i64,
    /// The last row's case.
    pub id: CaseId,
}

impl PageStart {
    /// Where a case stands; `None` for one that the order leaves out.
    pub fn of(case: &Case, order: Order) -> Option<PageStart> {
        let key = match order {
            Order::Newest => to_millis(case.submitted_at),
            Order::Due => to_millis(case.due_at?),
        };
        Some(PageStart { key, id: case.id })
    }

    /// What rises from page to page.
    pub fn rank(&self, order: Order) -> (i128, u64) {
        match order {
            Order::Newest => (-i128::from(self.key), u64::MAX - self.id.0),
            Order::Due => (i128::from(self.key), self.id.0),
        }
    }

    /// Whether it stands behind another.
    pub fn is_after(&self, other: &PageStart, order: Order) -> bool {
        self.rank(order) > other.rank(order)
    }
}

/// One page of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The cases.
    pub cases: Vec<Case>,
    /// Where the next page begins, if there is one.
    pub next: Option<PageStart>,
}

/// How close a deadline is near: the time to still do something about it.
pub const DUE_SOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(4);

/// How many cases a filter finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By stage; stages without cases are left out.
    pub by_stage: BTreeMap<Stage, u64>,
    /// Open ones whose next step is late.
    pub late: u64,
    /// Open ones whose next step is due within [`DUE_SOON`].
    pub due_soon: u64,
}

/// Some cases, and how many of them are open or late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Portion {
    /// All of them.
    pub total: u64,
    /// On how many someone has to act.
    pub open: u64,
    /// How many have a step that is late.
    pub late: u64,
}

/// How the cases that a filter finds divide; parts without cases are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// By category; `None` for those that have none yet.
    pub by_category: BTreeMap<Option<CategoryCode>, Portion>,
    /// By area; `None` for those that lie in none.
    pub by_area: BTreeMap<Option<AreaCode>, Portion>,
    /// By the span of time in which they came in, by the number of the span.
    pub by_span: BTreeMap<usize, u64>,
}

/// An event of a case as it stands in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The entry's number in the journal.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// What happened.
    pub happening: Happening,
}

/// Cases that lie so close together that a map shows one mark for them.
#[derive(Debug, Clone, PartialEq)]
pub struct CasePoint {
    /// The newest of them.
    pub id: CaseId,
    /// Where the newest lies.
    pub point: Point,
    /// Where the newest stands.
    pub stage: Stage,
    /// How many they are.
    pub count: u64,
    /// On how many of them someone has to act.
    pub open: u64,
    /// How many of them have a step that is late.
    pub late: u64,
}

/// A tile of the web map (OGC 17-083r2): `x` eastward, `y` southward, below `2^zoom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapTile {
    /// Zoom level, 0–24.
    pub zoom: u32,
    /// Column.
    pub x: u32,
    /// Row.
    pub y: u32,
}

/// The record of cases. Every store passes the one conformance suite. Times
/// are kept to the millisecond; finer ones are the caller's to round.
pub trait CaseStore: Send + Sync {
    /// A number that no case has and that is not given twice.
    fn new_case_id(&self) -> CaseId;

    /// A case as it is now.
    fn case(&self, id: CaseId) -> impl Future<Output = Result<Option<Case>, StoreError>> + Send;

    /// The case that a follow code belongs to.
    fn case_by_follow_code(
        &self,
        code: &str,
    ) -> impl Future<Output = Result<Option<Case>, StoreError>> + Send;

    /// The case that came from this source, if it is in the record.
    fn by_source(
        &self,
        source: &SourceRef,
    ) -> impl Future<Output = Result<Option<CaseId>, StoreError>> + Send;

    /// The case that the same call changed before, if it was made before.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when the key was used for another call.
    fn repeated(
        &self,
        receipt: &Receipt,
    ) -> impl Future<Output = Result<Option<CaseId>, StoreError>> + Send;

    /// Writes a change with its journal entries; returns once it is durable.
    ///
    /// # Errors
    /// What is refused has changed nothing: [`StoreError::Repeated`] and
    /// [`StoreError::KeyReused`] come before [`StoreError::Changed`],
    /// [`StoreError::SourceKnown`], [`StoreError::FollowCodeTaken`] and
    /// [`StoreError::NothingSealed`].
    ///
    /// An erasure also forgets the fingerprints of the case's earlier calls,
    /// from which words could be guessed: their keys count as used for another call.
    fn append(&self, change: Change) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes changes of two different cases in one transaction: both or neither.
    ///
    /// # Errors
    /// As [`CaseStore::append`], for whichever of the two.
    fn append_both(
        &self,
        first: Change,
        second: Change,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The case that somebody with this follow code joined, and that person's
    /// number among those who did.
    fn joined_by_follow_code(
        &self,
        code: &str,
    ) -> impl Future<Output = Result<Option<(CaseId, u32)>, StoreError>> + Send;

    /// The events of a case with their entry numbers, oldest first. Of files that
    /// were attached it has no bytes: [`file`](Self::file) has them.
    fn timeline(
        &self,
        id: CaseId,
    ) -> impl Future<Output = Result<Vec<Recorded>, StoreError>> + Send;

    /// The bytes of the file that this entry of the case attached; `None` where
    /// it attached none, or they were erased.
    fn file(
        &self,
        id: CaseId,
        seq: u64,
    ) -> impl Future<Output = Result<Option<Personal<Vec<u8>>>, StoreError>> + Send;

    /// A page of cases, at most `limit`.
    fn list(
        &self,
        filter: &CaseFilter,
        order: Order,
        start: Option<PageStart>,
        limit: usize,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// How many cases a filter finds.
    fn counts(
        &self,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> impl Future<Output = Result<Counts, StoreError>> + Send;

    /// How the cases that a filter finds divide. `spans` are times in rising
    /// order: the first span lies between the first two of them.
    fn breakdown(
        &self,
        filter: &CaseFilter,
        spans: &[Timestamp],
        now: Timestamp,
    ) -> impl Future<Output = Result<Breakdown, StoreError>> + Send;

    /// Cases in a tile of the map, gathered in a grid of 16 × 16, in no certain order.
    fn points(
        &self,
        tile: MapTile,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<CasePoint>, StoreError>> + Send;
}

impl MapTile {
    /// Marks of one tile stand on a grid of 2^4 × 2^4, so that marks with a number
    /// in them seldom overlap: cases whose cells agree after this shift share one.
    pub fn mark_shift(self) -> u32 {
        2 * CELL_ZOOM.saturating_sub(self.zoom + 4)
    }

    /// The middle of the square of that grid that a point lies in: where a mark for many
    /// cases stands clear of its neighbours. `None` where squares are as small as cells.
    pub fn mark_middle(self, point: Point) -> Option<Point> {
        let shift = self.mark_shift().checked_sub(2)?;
        // On a Z-order curve the middle is three quarters on: half of each axis.
        point_of_cell((cell(point) >> (shift + 2) << (shift + 2)) + (3 << shift))
    }
}

impl Change {
    /// This change and a later one of the same case as one.
    #[must_use]
    pub fn and(mut self, later: Change) -> Change {
        self.happenings.extend(later.happenings);
        Change {
            after: later.after,
            recorded_at: later.recorded_at,
            ..self
        }
    }
}
