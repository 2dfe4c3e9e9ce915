//! Findings that wait to become alerts.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use yiwang_base::{Colour, RuleCode, Timestamp, from_millis};
use yiwang_cases::StoreError;
use yiwang_sensing::StreamId;
use yiwang_sensing::alert::{Alert, AlertEvent, Found};
use yiwang_sensing::rule::Finding;
use yiwang_store::Store;

/// Entries that are read at once.
const PAGE: usize = 1_000;

/// What tells a finding from all others.
pub type Told = (RuleCode, Option<StreamId>, Timestamp, Option<Colour>);

/// Waits until it is in the record.
#[derive(Default)]
pub struct Pending {
    inner: Mutex<Inner>,
    more: Notify,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<Finding>,
    /// How many entries there were when the first of them were begun with.
    begun: Option<u64>,
    /// What the record had of them already when the server started.
    known: HashSet<Told>,
}

fn name(finding: &Finding) -> Told {
    let stream = finding.streams.first().copied();
    let at = from_millis(finding.at);
    (finding.rule.clone(), stream, at, finding.to)
}

impl Pending {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.inner().waiting.len()
    }

    /// Whether none wait.
    pub fn is_empty(&self) -> bool {
        self.inner().waiting.is_empty()
    }

    /// What the record has already, and is not found anew.
    pub(super) fn know(&self, known: HashSet<Told>) {
        self.inner().known = known;
    }

    /// Adds what was found, unless the record has it.
    pub(super) fn add(&self, found: Vec<Finding>) {
        if found.is_empty() {
            return;
        }
        let mut inner = self.inner();
        for finding in found {
            if inner.known.is_empty() || !inner.known.remove(&name(&finding)) {
                inner.waiting.push_back(finding);
            }
        }
        drop(inner);
        self.more.notify_one();
    }

    /// Waits until there are some.
    pub async fn some(&self) {
        while self.is_empty() {
            self.more.notified().await;
        }
    }

    /// The first of them, at most so many; there are so many entries by now.
    pub fn first(&self, most: usize, entries: u64) -> Vec<Finding> {
        let mut inner = self.inner();
        inner.begun = Some(entries);
        inner.waiting.iter().take(most).cloned().collect()
    }

    /// Takes away the first `count`, but for those that are still to be done.
    pub fn done(&self, count: usize, again: Vec<Finding>) {
        let mut inner = self.inner();
        inner.waiting.drain(..count);
        for finding in again.into_iter().rev() {
            inner.waiting.push_front(finding);
        }
        inner.begun = None;
    }

    /// Those that wait, and an entry from which on they may be in the record,
    /// when there are so many entries.
    pub(super) fn as_it_stands(&self, entries: impl FnOnce() -> u64) -> (Vec<Finding>, u64) {
        let inner = self.inner();
        let waiting: Vec<Finding> = inner.waiting.iter().cloned().collect();
        let entries = entries();
        let from = inner.begun.map_or(entries, |begun| begun.min(entries));
        (waiting, from)
    }
}

/// The findings that are in the record from an entry on.
///
/// # Errors
/// When the record cannot be read.
pub async fn told(store: &Store, mut from: u64) -> Result<HashSet<Told>, StoreError> {
    let mut known = HashSet::new();
    loop {
        let page = store.sheets_from::<Alert>(from, PAGE).await?;
        for moved in &page {
            from = moved.seq + 1;
            if let AlertEvent::Raised { found, .. } | AlertEvent::Found(found) = &moved.data {
                known.insert(name_of(found));
            }
        }
        if page.len() < PAGE {
            return Ok(known);
        }
    }
}

fn name_of(found: &Found) -> Told {
    let stream = found.streams.first().copied();
    (found.rule.clone(), stream, found.at, found.to)
}
