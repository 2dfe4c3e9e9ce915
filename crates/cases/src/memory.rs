//! The record of cases in memory: for tests, for trials of an importer, and as
//! the plain statement of what a store must do.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use yiwang_base::{CaseId, Personal, Purpose, Timestamp, cell, cells_of_tile, point_of_cell};

use crate::civic::HeldDossiers;
use crate::{
    Breakdown, Case, CaseFilter, CasePoint, CaseStore, Change, Counts, Event, Happening, MapTile,
    Order, Page, PageStart, Receipt, Recorded, RequestWords, Sealed, Sought, SourceRef, StoreError,
};

/// A store that forgets everything when it is dropped.
#[derive(Default)]
pub struct MemoryStore {
    given: AtomicU64,
    pub(crate) given_dossiers: AtomicU64,
    held: Mutex<Held>,
}

#[derive(Default)]
pub(crate) struct Held {
    pub(crate) entries: u64,
    pub(crate) dossiers: HeldDossiers,
    pub(crate) cases: BTreeMap<CaseId, (Case, Vec<Recorded>)>,
    receipts: BTreeMap<String, ([u8; 32], CaseId)>,
    sources: BTreeMap<(String, String), CaseId>,
    files: BTreeMap<u64, Arc<[u8]>>,
}

impl MemoryStore {
    /// An empty record.
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere cannot leave a change half made: each is checked
    /// before the first of its parts is written.
    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `each` makes of every case with its events, and how many entries
    /// there are.
    pub(crate) fn histories<T>(&self, each: impl Fn(CaseId, &[Recorded]) -> T) -> (Vec<T>, u64) {
        let held = self.held();
        let made = held.cases.iter().map(|(id, (_, events))| each(*id, events));
        (made.collect(), held.entries)
    }

    fn found(&self, filter: &CaseFilter) -> Vec<Case> {
        let held = self.held();
        let cases = held.cases.values().map(|(case, _)| case);
        cases.filter(|case| filter.finds(case)).cloned().collect()
    }
}

impl Held {
    fn repeated(&self, receipt: &Receipt) -> Result<Option<CaseId>, StoreError> {
        match self.receipts.get(&receipt.key) {
            None => Ok(None),
            Some((fingerprint, id)) if *fingerprint == receipt.fingerprint => Ok(Some(*id)),
            Some(_) => Err(StoreError::KeyReused),
        }
    }

    fn by_follow_code(&self, code: &str) -> Option<&Case> {
        let mut cases = self.cases.values().map(|(case, _)| case);
        cases.find(|case| follow_code(case) == Some(code))
    }

    fn version(&self, id: CaseId) -> u32 {
        self.cases.get(&id).map_or(0, |(case, _)| case.version)
    }

    fn joined_by(&self, code: &str) -> Option<(CaseId, u32)> {
        self.cases.iter().find_map(|(id, (_, timeline))| {
            let number = timeline.iter().find_map(|entry| {
                let (number, joined) = joined(&entry.happening)?;
                (joined == code).then_some(number)
            });
            Some((*id, number?))
        })
    }

    /// An erasure names entries of its own case that something is sealed beside.
    fn can_erase(&self, id: CaseId, happenings: &[Happening]) -> Result<(), StoreError> {
        let timeline = self.cases.get(&id).map(|(_, timeline)| timeline.as_slice());
        let sealed = |seq: u64| {
            let mut entries = timeline.unwrap_or_default().iter();
            entries.any(|entry| entry.seq == seq && entry.happening.sealed.is_some())
        };
        for happening in happenings {
            if let Event::Erased { erases } = &happening.event
                && let Some(&entry) = erases.iter().find(|seq| !sealed(**seq))
            {
                return Err(StoreError::NothingSealed { entry });
            }
        }
        Ok(())
    }

    pub(crate) fn append(&mut self, change: Change) -> Result<(), StoreError> {
        let id = change.after.id;
        if let Some(receipt) = &change.receipt
            && let Some(id) = self.repeated(receipt)?
        {
            return Err(StoreError::Repeated { id });
        }
        let current = self.version(id);
        if current != change.expected_version {
            return Err(StoreError::Changed { current });
        }
        self.can_erase(id, &change.happenings)?;
        let joining = change.happenings.iter().filter_map(joined);
        for (_, code) in joining {
            if self.by_follow_code(code).is_some() || self.joined_by(code).is_some() {
                return Err(StoreError::FollowCodeTaken);
            }
        }
        if current == 0 {
            let source = change.after.source.as_ref().map(source_key);
            if let Some(known) = source.as_ref().and_then(|key| self.sources.get(key)) {
                return Err(StoreError::SourceKnown(*known));
            }
            let code = follow_code(&change.after);
            let taken =
                |code| self.by_follow_code(code).is_some() || self.joined_by(code).is_some();
            if code.is_some_and(taken) {
                return Err(StoreError::FollowCodeTaken);
            }
            if let Some(key) = source {
                self.sources.insert(key, id);
            }
        }
        let (case, timeline) = self
            .cases
            .entry(id)
            .or_insert_with(|| (change.after.clone(), Vec::new()));
        *case = change.after;
        for mut happening in change.happenings {
            if let Event::Erased { erases } = &happening.event {
                for entry in timeline.iter_mut().filter(|e| erases.contains(&e.seq)) {
                    entry.happening.sealed = None;
                    self.files.remove(&entry.seq);
                }
                for (fingerprint, _) in self.receipts.values_mut().filter(|(_, of)| *of == id) {
                    *fingerprint = [0; 32];
                }
            }
            if let Some(bytes) = happening.sealed.as_mut().and_then(Sealed::take_bytes) {
                self.files.insert(self.entries, bytes);
            }
            timeline.push(Recorded {
                seq: self.entries,
                recorded_at: change.recorded_at,
                happening,
            });
            self.entries += 1;
        }
        if let Some(receipt) = change.receipt {
            self.receipts.insert(receipt.key, (receipt.fingerprint, id));
        }
        Ok(())
    }
}

impl CaseStore for MemoryStore {
    fn new_case_id(&self) -> CaseId {
        CaseId(self.given.fetch_add(1, Ordering::Relaxed) + 1)
    }

    async fn case(&self, id: CaseId) -> Result<Option<Case>, StoreError> {
        Ok(self.held().cases.get(&id).map(|(case, _)| case.clone()))
    }

    async fn case_by_follow_code(&self, code: &str) -> Result<Option<Case>, StoreError> {
        Ok(self.held().by_follow_code(code).cloned())
    }

    async fn by_source(&self, source: &SourceRef) -> Result<Option<CaseId>, StoreError> {
        Ok(self.held().sources.get(&source_key(source)).copied())
    }

    async fn repeated(&self, receipt: &Receipt) -> Result<Option<CaseId>, StoreError> {
        self.held().repeated(receipt)
    }

    async fn append(&self, change: Change) -> Result<(), StoreError> {
        self.held().append(change)
    }

    async fn append_both(&self, first: Change, second: Change) -> Result<(), StoreError> {
        let mut held = self.held();
        if let Some(receipt) = &first.receipt
            && let Some(id) = held.repeated(receipt)?
        {
            return Err(StoreError::Repeated { id });
        }
        // Looked at before the first is written, so that both are or neither.
        for change in [&first, &second] {
            let current = held.version(change.after.id);
            if current != change.expected_version {
                return Err(StoreError::Changed { current });
            }
        }
        held.append(first)?;
        held.append(second)
    }

    async fn joined_by_follow_code(&self, code: &str) -> Result<Option<(CaseId, u32)>, StoreError> {
        Ok(self.held().joined_by(code))
    }

    async fn timeline(&self, id: CaseId) -> Result<Vec<Recorded>, StoreError> {
        let held = self.held();
        let timeline = held.cases.get(&id).map(|(_, timeline)| timeline.clone());
        Ok(timeline.unwrap_or_default())
    }

    async fn file(&self, id: CaseId, seq: u64) -> Result<Option<Personal<Vec<u8>>>, StoreError> {
        let held = self.held();
        let timeline = held.cases.get(&id).map(|(_, timeline)| timeline.as_slice());
        let own = |entry: &Recorded| entry.seq == seq;
        Ok(held
            .files
            .get(&seq)
            .filter(|_| timeline.unwrap_or_default().iter().any(own))
            .map(|bytes| Personal::new(bytes.to_vec())))
    }

    async fn list(
        &self,
        filter: &CaseFilter,
        order: Order,
        start: Option<PageStart>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let mut rows: Vec<(PageStart, Case)> = self
            .found(filter)
            .into_iter()
            .filter_map(|case| Some((PageStart::of(&case, order)?, case)))
            .collect();
        rows.sort_by_key(|(at, _)| at.rank(order));
        if let Some(start) = start {
            rows.retain(|(at, _)| at.is_after(&start, order));
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(at, _)| *at);
        let cases = rows.into_iter().map(|(_, case)| case).collect();
        Ok(Page { cases, next })
    }

    async fn counts(&self, filter: &CaseFilter, now: Timestamp) -> Result<Counts, StoreError> {
        let mut counts = Counts::default();
        for case in self.found(filter) {
            *counts.by_stage.entry(case.stage).or_default() += 1;
            counts.late += u64::from(case.is_late(now));
            counts.due_soon += u64::from(case.is_due_soon(now));
        }
        Ok(counts)
    }

    async fn breakdown(
        &self,
        filter: &CaseFilter,
        spans: &[Timestamp],
        now: Timestamp,
    ) -> Result<Breakdown, StoreError> {
        let mut breakdown = Breakdown::default();
        for case in self.found(filter) {
            breakdown.count(&case, spans, now);
        }
        Ok(breakdown)
    }

    async fn points(
        &self,
        tile: MapTile,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> Result<Vec<CasePoint>, StoreError> {
        let (first, last) = cells_of_tile(tile.zoom, tile.x, tile.y);
        let shift = tile.mark_shift();
        let mut marks: BTreeMap<i64, CasePoint> = BTreeMap::new();
        for case in self.found(filter) {
            let Some(point) = words(&case).and_then(|words| words.place.point) else {
                continue;
            };
            let cell = cell(point);
            let Some(point) = point_of_cell(cell) else {
                continue;
            };
            if !(first..=last).contains(&cell) {
                continue;
            }
            let before = marks.get(&(cell >> shift));
            let mark = CasePoint {
                id: case.id,
                point,
                stage: case.stage,
                count: before.map_or(0, |mark| mark.count) + 1,
                open: before.map_or(0, |mark| mark.open) + u64::from(case.stage.is_open()),
                late: before.map_or(0, |mark| mark.late) + u64::from(case.is_late(now)),
            };
            marks.insert(cell >> shift, mark);
        }
        Ok(marks.into_values().collect())
    }
}

fn source_key(source: &SourceRef) -> (String, String) {
    (source.system.clone(), source.id.clone())
}

pub(crate) fn words(case: &Case) -> Option<&RequestWords> {
    let request = case.request.as_ref()?;
    Some(request.disclose(Purpose::Record))
}

/// Who joins by an event: the number and the follow code.
fn joined(happening: &Happening) -> Option<(u32, &str)> {
    match (&happening.event, &happening.sealed) {
        (Event::Joined(joined), Some(Sealed::Joiner(joiner))) => {
            let code = joiner.disclose(Purpose::Record).follow_code.as_str();
            Some((joined.number, code))
        }
        _ => None,
    }
}

fn follow_code(case: &Case) -> Option<&str> {
    words(case)?.follow_code.as_deref()
}

impl CaseFilter {
    /// Whether it finds this case: the plain statement of what a store's list holds.
    pub fn finds(&self, case: &Case) -> bool {
        fn any<T: PartialEq>(wanted: &[T], found: Option<&T>) -> bool {
            wanted.is_empty() || found.is_some_and(|found| wanted.contains(found))
        }
        let found = |sought: Sought| match sought {
            Sought::Case(id) => case.id == id,
            Sought::Words(text) => words(case).is_some_and(|request| request.mention(&text)),
        };
        any(&self.stages, Some(&case.stage))
            && any(&self.units, case.unit.as_ref())
            && (self.involved.is_empty() || self.involved.iter().any(|unit| case.concerns(unit)))
            && self.queue.as_ref().is_none_or(|queue| queue.holds(case))
            && any(&self.areas, case.area.as_ref())
            && any(&self.categories, case.category.as_ref())
            && any(&self.channels, Some(&case.channel))
            && self.late_at.is_none_or(|at| case.is_late(at))
            && self.due_soon_at.is_none_or(|at| case.is_due_soon(at))
            && (!self.provisional || !case.more.provisional.is_empty())
            && self.from.is_none_or(|from| case.submitted_at >= from)
            && self.until.is_none_or(|until| case.submitted_at < until)
            && self.within.is_none_or(|within| {
                let point = words(case).and_then(|words| words.place.point);
                point.is_some_and(|point| within.holds(cell(point)))
            })
            && self.sought().is_none_or(found)
    }
}

impl Breakdown {
    /// Counts one more case in: the plain statement of how a store divides them.
    pub fn count(&mut self, case: &Case, spans: &[Timestamp], now: Timestamp) {
        for portion in [
            self.by_category.entry(case.category.clone()).or_default(),
            self.by_area.entry(case.area.clone()).or_default(),
        ] {
            portion.total += 1;
            portion.open += u64::from(case.stage.is_open());
            portion.late += u64::from(case.is_late(now));
        }
        let begun = spans.partition_point(|span| *span <= case.submitted_at);
        if begun > 0 && begun < spans.len() {
            *self.by_span.entry(begun - 1).or_default() += 1;
        }
    }
}
