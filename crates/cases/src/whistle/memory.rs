//! The record of whistles in memory: for tests, and as the plain statement of
//! what a store must do.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use yiwang_base::{UnitCode, to_millis};

use super::{
    CallFilter, Whistle, WhistleAppended, WhistleChange, WhistleEvent, WhistleFilter, WhistleId,
    WhistlePage, WhistleRecorded, WhistleStart, WhistleStore,
};
use crate::figures::Whistled;
use crate::{Order, Receipt, StoreError};

/// A store that forgets everything when it is dropped.
#[derive(Default)]
pub struct MemoryWhistles {
    given: AtomicU64,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    entries: u64,
    whistles: BTreeMap<WhistleId, (Whistle, Vec<WhistleRecorded>)>,
    receipts: BTreeMap<String, ([u8; 32], WhistleId)>,
}

impl MemoryWhistles {
    /// An empty record.
    pub fn new() -> Self {
        Self::default()
    }

    /// A panic elsewhere cannot leave a change half made: each is checked
    /// before the first of its parts is written.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn repeated(&self, receipt: &Receipt) -> Result<Option<WhistleId>, StoreError> {
        match self.receipts.get(&receipt.key) {
            None => Ok(None),
            Some((fingerprint, id)) if *fingerprint == receipt.fingerprint => Ok(Some(*id)),
            Some(_) => Err(StoreError::KeyReused),
        }
    }

    fn append(&mut self, change: WhistleChange) -> Result<WhistleAppended, StoreError> {
        let id = change.after.id;
        if let Some(receipt) = &change.receipt
            && let Some(id) = self.repeated(receipt)?
        {
            return Ok(WhistleAppended::Repeated(id));
        }
        let known = self.whistles.get(&id);
        let current = known.map_or(0, |(whistle, _)| whistle.version);
        if current != change.expected_version {
            return Err(StoreError::Changed { current });
        }
        let erases = match &change.happening.event {
            WhistleEvent::Erased { erases } => erases.as_slice(),
            _ => &[],
        };
        let timeline = known.map_or(&[][..], |(_, timeline)| timeline);
        let sealed = |seq: u64| {
            let mut entries = timeline.iter();
            entries.any(|entry| entry.seq == seq && entry.happening.sealed.is_some())
        };
        if let Some(&entry) = erases.iter().find(|seq| !sealed(**seq)) {
            return Err(StoreError::NothingSealed { entry });
        }
        if !erases.is_empty() {
            for (fingerprint, _) in self.receipts.values_mut().filter(|(_, of)| *of == id) {
                *fingerprint = [0; 32];
            }
        }
        let (whistle, timeline) = self
            .whistles
            .entry(id)
            .or_insert_with(|| (change.after.clone(), Vec::new()));
        *whistle = change.after;
        for entry in timeline.iter_mut().filter(|e| erases.contains(&e.seq)) {
            entry.happening.sealed = None;
        }
        timeline.push(WhistleRecorded {
            seq: self.entries,
            recorded_at: change.recorded_at,
            happening: change.happening,
        });
        self.entries += 1;
        if let Some(receipt) = change.receipt {
            self.receipts.insert(receipt.key, (receipt.fingerprint, id));
        }
        Ok(WhistleAppended::Done)
    }
}

impl WhistleStore for MemoryWhistles {
    fn new_whistle_id(&self) -> WhistleId {
        WhistleId(self.given.fetch_add(1, Ordering::Relaxed) + 1)
    }

    async fn whistle(&self, id: WhistleId) -> Result<Option<Whistle>, StoreError> {
        Ok(self
            .held()
            .whistles
            .get(&id)
            .map(|(whistle, _)| whistle.clone()))
    }

    async fn whistle_repeated(&self, receipt: &Receipt) -> Result<Option<WhistleId>, StoreError> {
        self.held().repeated(receipt)
    }

    async fn append_whistle(&self, change: WhistleChange) -> Result<WhistleAppended, StoreError> {
        self.held().append(change)
    }

    async fn whistle_timeline(&self, id: WhistleId) -> Result<Vec<WhistleRecorded>, StoreError> {
        let held = self.held();
        let timeline = held.whistles.get(&id).map(|(_, timeline)| timeline.clone());
        Ok(timeline.unwrap_or_default())
    }

    async fn whistle_sealed(&self, id: WhistleId) -> Result<Vec<u64>, StoreError> {
        let timeline = self.whistle_timeline(id).await?;
        let sealed = timeline.iter().filter(|e| e.happening.sealed.is_some());
        Ok(sealed.map(|entry| entry.seq).collect())
    }

    async fn whistles(
        &self,
        filter: &WhistleFilter,
        order: Order,
        start: Option<WhistleStart>,
        limit: usize,
    ) -> Result<WhistlePage, StoreError> {
        let held = self.held();
        let found = held.whistles.values().map(|(whistle, _)| whistle);
        let mut rows: Vec<(WhistleStart, Whistle)> = found
            .filter(|whistle| matches(filter, whistle))
            .filter_map(|whistle| Some((sort_key(whistle, order)?, whistle.clone())))
            .collect();
        let rank = |at: &WhistleStart| match order {
            Order::Newest => (-i128::from(at.key), u64::MAX - at.id.0),
            Order::Due => (i128::from(at.key), at.id.0),
        };
        rows.sort_by_key(|(at, _)| rank(at));
        if let Some(start) = start {
            rows.retain(|(at, _)| rank(at) > rank(&start));
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(at, _)| *at);
        let whistles = rows.into_iter().map(|(_, whistle)| whistle).collect();
        Ok(WhistlePage { whistles, next })
    }

    async fn calls(&self, filter: &CallFilter) -> Result<Vec<Whistled>, StoreError> {
        let held = self.held();
        let whistles = held.whistles.values().map(|(whistle, _)| whistle);
        let whistles = whistles.filter(|whistle| any(&filter.kinds, Some(&whistle.kind)));
        let calls = whistles.flat_map(Whistled::of).filter(|whistled| {
            let call = &whistled.call;
            any(&filter.units, Some(&call.unit))
                && filter.from.is_none_or(|from| call.called_at >= from)
                && filter.until.is_none_or(|until| call.called_at < until)
        });
        Ok(calls.collect())
    }
}

fn sort_key(whistle: &Whistle, order: Order) -> Option<WhistleStart> {
    let key = match order {
        Order::Newest => to_millis(whistle.blown_at),
        Order::Due => to_millis(whistle.due_at()?),
    };
    Some(WhistleStart {
        key,
        id: whistle.id,
    })
}

fn any<T: PartialEq>(wanted: &[T], found: Option<&T>) -> bool {
    wanted.is_empty() || found.is_some_and(|found| wanted.contains(found))
}

fn matches(filter: &WhistleFilter, whistle: &Whistle) -> bool {
    let called = |units: &[UnitCode]| {
        let mut calls = whistle.calls.iter();
        calls.any(|call| units.contains(&call.unit))
    };
    let involved = || filter.involved.iter().any(|unit| whistle.concerns(unit));
    any(&filter.kinds, Some(&whistle.kind))
        && any(&filter.stages, Some(&whistle.stage))
        && any(&filter.by, whistle.by.as_ref())
        && (filter.called.is_empty() || called(&filter.called))
        && (filter.involved.is_empty() || involved())
        && any(&filter.areas, whistle.area.as_ref())
        && filter.case.is_none_or(|case| whistle.case == Some(case))
        && filter.late_at.is_none_or(|at| whistle.is_late(at))
        && filter.from.is_none_or(|from| whistle.blown_at >= from)
        && filter.until.is_none_or(|until| whistle.blown_at < until)
}
