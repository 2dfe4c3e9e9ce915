//! A desk at a store: asks it without waiting being in the way.

use std::future::Future;
use std::pin::Pin;

use yiwang_base::{CaseId, Purpose, Timestamp};

use super::sample::{Draft, change, happening};
use crate::figures::{
    BehindPage, BehindStart, Board, FigureQuestion, FigureStore, GroupBy, Part, Progress,
};
use crate::{
    Breakdown, Case, CaseFilter, CasePoint, CaseStore, Change, Counts, Event, MapTile, Order, Page,
    PageStart, Receipt, Recorded, Sealed, SourceRef, StoreError,
};

/// Waits until a future is done, on this thread.
pub type BlockOn = for<'a> fn(Pin<Box<dyn Future<Output = ()> + 'a>>);

fn wait<T>(block_on: BlockOn, future: impl Future<Output = T>) -> T {
    let mut answer = None;
    block_on(Box::pin(async { answer = Some(future.await) }));
    answer.unwrap()
}

/// A store and a way to wait for it.
pub struct Desk<'a, S> {
    pub(super) store: &'a S,
    block_on: BlockOn,
}

impl<'a, S: CaseStore> Desk<'a, S> {
    /// A desk at `store`.
    pub fn new(store: &'a S, block_on: BlockOn) -> Self {
        Self { store, block_on }
    }

    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        wait(self.block_on, future)
    }

    pub(super) fn new_id(&self) -> CaseId {
        self.store.new_case_id()
    }

    pub(super) fn append(&self, change: Change) -> Result<(), StoreError> {
        self.wait(self.store.append(change))
    }

    pub(super) fn append_both(&self, first: Change, second: Change) -> Result<(), StoreError> {
        self.wait(self.store.append_both(first, second))
    }

    pub(super) fn joined(&self, code: &str) -> Option<(CaseId, u32)> {
        self.wait(self.store.joined_by_follow_code(code)).unwrap()
    }

    pub(super) fn case(&self, id: CaseId) -> Option<Case> {
        self.wait(self.store.case(id)).unwrap()
    }

    pub(super) fn by_follow_code(&self, code: &str) -> Option<Case> {
        self.wait(self.store.case_by_follow_code(code)).unwrap()
    }

    pub(super) fn by_source(&self, source: &SourceRef) -> Option<CaseId> {
        self.wait(self.store.by_source(source)).unwrap()
    }

    pub(super) fn repeated(&self, receipt: &Receipt) -> Result<Option<CaseId>, StoreError> {
        self.wait(self.store.repeated(receipt))
    }

    pub(super) fn timeline(&self, id: CaseId) -> Vec<Recorded> {
        self.wait(self.store.timeline(id)).unwrap()
    }

    pub(super) fn file(&self, id: CaseId, seq: u64) -> Option<Vec<u8>> {
        let file = self.wait(self.store.file(id, seq)).unwrap();
        file.map(|bytes| bytes.disclose(Purpose::Record).clone())
    }

    pub(super) fn list(
        &self,
        filter: &CaseFilter,
        order: Order,
        start: Option<PageStart>,
        limit: usize,
    ) -> Page {
        let page = self.wait(self.store.list(filter, order, start, limit));
        page.unwrap()
    }

    /// All cases that a filter finds, page by page.
    pub(super) fn all(&self, filter: &CaseFilter, order: Order, limit: usize) -> Vec<Case> {
        let (mut start, mut cases) = (None, Vec::new());
        loop {
            let page = self.list(filter, order, start, limit);
            assert!(page.cases.len() <= limit);
            assert!(page.next.is_none() || page.cases.len() == limit);
            cases.extend(page.cases);
            start = page.next;
            if start.is_none() {
                return cases;
            }
        }
    }

    /// Numbers of the cases that a filter finds, newest first.
    pub(super) fn found(&self, filter: &CaseFilter) -> Vec<CaseId> {
        let cases = self.all(filter, Order::Newest, 50);
        cases.iter().map(|case| case.id).collect()
    }

    pub(super) fn counts(&self, filter: &CaseFilter, now: Timestamp) -> Counts {
        self.wait(self.store.counts(filter, now)).unwrap()
    }

    pub(super) fn breakdown(
        &self,
        filter: &CaseFilter,
        spans: &[Timestamp],
        now: Timestamp,
    ) -> Breakdown {
        self.wait(self.store.breakdown(filter, spans, now)).unwrap()
    }

    /// The marks of a tile, by case.
    pub(super) fn points(
        &self,
        tile: MapTile,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> Vec<CasePoint> {
        let points = self.wait(self.store.points(tile, filter, now));
        let mut points = points.unwrap();
        points.sort_by_key(|point| point.id);
        points
    }

    /// Submits a request.
    pub(super) fn submit(&self, draft: &Draft) -> Case {
        let mut change = change(self.new_id(), None, vec![draft.happening()]);
        change.receipt.clone_from(&draft.receipt);
        let after = change.after.clone();
        self.append(change).unwrap();
        after
    }

    /// Lets one more thing happen to a case.
    pub(super) fn let_happen(
        &self,
        case: &Case,
        at: i64,
        event: Event,
        sealed: Option<Sealed>,
    ) -> Case {
        let change = change(case.id, Some(case), vec![happening(at, event, sealed)]);
        let after = change.after.clone();
        self.append(change).unwrap();
        after
    }
}

impl<S: FigureStore> Desk<'_, S> {
    pub(super) fn board(&self, question: &FigureQuestion, group: &GroupBy) -> Board {
        wait(self.block_on, self.store.board(question, group)).unwrap()
    }

    pub(super) fn behind(
        &self,
        question: &FigureQuestion,
        part: Part,
        start: Option<BehindStart>,
        limit: usize,
    ) -> BehindPage {
        let page = self.store.behind(question, part, start, limit);
        wait(self.block_on, page).unwrap()
    }

    pub(super) fn progress(&self) -> Progress {
        self.store.progress()
    }
}
