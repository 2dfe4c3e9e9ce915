//! The turns of all cases in memory, in columns: what figures are counted from.
//!
//! A projection like the tables, but kept nowhere: it is read from the record
//! when the server starts, and follows it from then on. A case takes forty
//! bytes, so ten million take some 400 MB and are counted in a fraction of a
//! second.

mod columns;
mod compiled;
mod desk;
mod dictionary;
mod divide;
mod follow;
mod scan;
mod table;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use yiwang_base::Timestamp;
use yiwang_cases::figures::{
    BehindPage, BehindStart, Board, FigureQuestion, FigureStore, GroupBy, Part, Progress,
};
use yiwang_cases::{Breakdown, Case, CaseFilter, Counts, Order, Page, PageStart, StoreError};

use crate::Store;
use crate::error::broken;
use table::Table;

/// The turns, and how far they are read.
#[derive(Default)]
pub(crate) struct Figures {
    table: RwLock<Table>,
    /// Held by whoever reads what is new from the record.
    reading: tokio::sync::Mutex<()>,
    done: AtomicU64,
    total: AtomicU64,
    ready: AtomicBool,
}

impl Figures {
    /// A panic elsewhere leaves at most a case as it was a moment before.
    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self) -> Progress {
        Progress {
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            ready: self.ready.load(Ordering::Acquire),
        }
    }
}

impl Store {
    /// Entries of the journal that are durable.
    pub fn durable_entries(&self) -> u64 {
        *self.writer.durable.borrow()
    }

    /// Counts on a thread where it may take a while, once everything durable is known.
    async fn count<T: Send + 'static>(
        &self,
        count: impl FnOnce(&Table) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let Progress { done, total, ready } = self.figures.progress();
        if !ready {
            return Err(StoreError::Loading { done, total });
        }
        self.follow_figures().await?;
        let figures = Arc::clone(&self.figures);
        tokio::task::spawn_blocking(move || count(&figures.read()))
            .await
            .map_err(broken)
    }
}

impl Store {
    /// A page of cases by the columns; `None` where SQLite has to answer.
    pub(crate) async fn list_by_columns(
        &self,
        filter: &CaseFilter,
        order: Order,
        start: Option<PageStart>,
        limit: usize,
    ) -> Result<Option<Page>, StoreError> {
        // One more than asked for tells whether there is a next page.
        let most = limit.saturating_add(1);
        let sieve = filter.clone();
        let look = move |table: &Table| desk::candidates(table, &sieve, order, start, most);
        let Some(candidates) = self.look(look).await? else {
            return Ok(None);
        };
        let mut rows: Vec<(PageStart, Case)> = self
            .cases(candidates.ids)
            .await?
            .into_iter()
            .filter(|case| filter.finds(case))
            .filter_map(|case| Some((PageStart::of(&case, order)?, case)))
            .filter(|(at, _)| start.is_none_or(|start| at.is_after(&start, order)))
            .collect();
        if rows.len() < most && !candidates.all {
            return Ok(None);
        }
        rows.sort_unstable_by_key(|(at, _)| at.rank(order));
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(at, _)| *at);
        let cases = rows.into_iter().map(|(_, case)| case).collect();
        Ok(Some(Page { cases, next }))
    }

    /// How many cases a filter finds, by the columns; `None` where SQLite has to answer.
    pub(crate) async fn counts_by_columns(
        &self,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> Result<Option<Counts>, StoreError> {
        let sieve = filter.clone();
        let look = move |table: &Table| desk::counts(table, &sieve, now);
        let Some(counted) = self.look(look).await? else {
            return Ok(None);
        };
        let mut counts = counted.counts;
        for case in self.cases(counted.unsure).await? {
            if filter.finds(&case) {
                *counts.by_stage.entry(case.stage).or_default() += 1;
                counts.late += u64::from(case.is_late(now));
                counts.due_soon += u64::from(case.is_due_soon(now));
            }
        }
        Ok(Some(counts))
    }

    /// How the cases that a filter finds divide, by the columns; `None` where SQLite has to answer.
    pub(crate) async fn breakdown_by_columns(
        &self,
        filter: &CaseFilter,
        spans: &[Timestamp],
        now: Timestamp,
    ) -> Result<Option<Breakdown>, StoreError> {
        let (sieve, times) = (filter.clone(), spans.to_vec());
        let look = move |table: &Table| divide::divide(table, &sieve, &times, now);
        let Some(divided) = self.look(look).await? else {
            return Ok(None);
        };
        let mut breakdown = divided.counted;
        for case in self.cases(divided.unsure).await? {
            if filter.finds(&case) {
                breakdown.count(&case, spans, now);
            }
        }
        Ok(Some(breakdown))
    }

    /// Looks into the columns, if they are read.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Table) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        match self.figures.progress().ready {
            true => self.count(look).await,
            false => Ok(None),
        }
    }
}

impl FigureStore for Store {
    fn progress(&self) -> Progress {
        self.figures.progress()
    }

    async fn board(&self, question: &FigureQuestion, group: &GroupBy) -> Result<Board, StoreError> {
        let (question, group) = (question.clone(), group.clone());
        self.count(move |table| scan::board(table, &question, &group))
            .await
    }

    async fn behind(
        &self,
        question: &FigureQuestion,
        part: Part,
        start: Option<BehindStart>,
        limit: usize,
    ) -> Result<BehindPage, StoreError> {
        let question = question.clone();
        self.count(move |table| scan::behind(table, &question, part, start, limit))
            .await
    }
}
