//! Lists and counts of the desk over the columns.
//!
//! SQLite answers a list quickly where an index stands in its order, and takes
//! seconds over millions of cases where none does. The columns tell in a moment
//! which cases a filter finds; their rows are read and checked exactly, since
//! columns know whole seconds only. Where that does not fit, SQLite answers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::atomic::{AtomicUsize, Ordering};

use yiwang_base::{CaseId, Timestamp, to_millis};
use yiwang_cases::{CaseFilter, Channel, Counts, DUE_SOON, Order, PageStart, Stage};

use super::columns::{CHUNK, Chunk, DUE, SUBMITTED, channel_in, stage_in};
use super::compiled::places;
use super::scan::on_threads;
use super::table::Table;

/// Most rows that are read to make sure: more is SQLite's to answer.
pub(super) const MOST_UNSURE: usize = 2_000;

/// Whether something is so, as far as whole seconds tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sure {
    No,
    Perhaps,
    Yes,
}

impl Sure {
    fn and(self, other: impl FnOnce() -> Sure) -> Sure {
        match self {
            Sure::No => Sure::No,
            Sure::Yes => other(),
            Sure::Perhaps => match other() {
                Sure::No => Sure::No,
                _ => Sure::Perhaps,
            },
        }
    }

    fn not(self) -> Sure {
        match self {
            Sure::No => Sure::Yes,
            Sure::Perhaps => Sure::Perhaps,
            Sure::Yes => Sure::No,
        }
    }
}

/// A time with which columns are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    second: i64,
    /// Whether it lies within the second.
    within: bool,
}

impl Bound {
    pub(super) fn of(at: Timestamp) -> Bound {
        Bound::of_millis(to_millis(at))
    }

    fn of_millis(millis: i64) -> Bound {
        Bound {
            second: millis.div_euclid(1000),
            within: millis.rem_euclid(1000) != 0,
        }
    }

    /// Whether a column's time lies before it. The first and the last second
    /// stand for all beyond them.
    #[inline]
    pub(super) fn is_after(self, column: u32) -> Sure {
        let column_is_end = column == 1 || column == u32::MAX;
        match i64::from(column).cmp(&self.second) {
            _ if column_is_end => Sure::Perhaps,
            std::cmp::Ordering::Less => Sure::Yes,
            std::cmp::Ordering::Equal if self.within => Sure::Perhaps,
            _ => Sure::No,
        }
    }
}

/// A filter in the numbers of one table.
pub(super) struct Sieve {
    stages: u64,
    channels: u64,
    units: Option<Vec<bool>>,
    areas: Option<Vec<bool>>,
    categories: Option<Vec<bool>>,
    late_at: Option<Bound>,
    soon_at: Option<(Bound, Bound)>,
    from: Option<Bound>,
    until: Option<Bound>,
}

/// From a time until when a step is due soon.
fn soon(now: Timestamp) -> (Bound, Bound) {
    let end = to_millis(now).saturating_add(DUE_SOON.as_millis() as i64);
    (Bound::of(now), Bound::of_millis(end))
}

fn is_soon(due: u32, (now, end): (Bound, Bound)) -> Sure {
    now.is_after(due).not().and(|| end.is_after(due))
}

impl Sieve {
    /// `None` for a filter that asks for what is not in the columns.
    pub(super) fn of(table: &Table, filter: &CaseFilter) -> Option<Sieve> {
        let elsewhere = !filter.involved.is_empty()
            || filter.queue.is_some()
            || filter.within.is_some()
            || filter.provisional;
        if elsewhere || filter.sought().is_some() {
            return None;
        }
        fn some<C: Clone>(codes: &[C]) -> Vec<Option<C>> {
            codes.iter().cloned().map(Some).collect()
        }
        Some(Sieve {
            stages: places(&filter.stages, &Stage::ALL),
            channels: places(&filter.channels, &Channel::ALL),
            units: table.units.chosen(&some(&filter.units)),
            areas: table.areas.chosen(&some(&filter.areas)),
            categories: table.categories.chosen(&some(&filter.categories)),
            late_at: filter.late_at.map(Bound::of),
            soon_at: filter.due_soon_at.map(soon),
            from: filter.from.map(Bound::of),
            until: filter.until.map(Bound::of),
        })
    }

    /// Whether the filter finds the case of a row.
    #[inline]
    pub(super) fn finds(&self, chunk: &Chunk, at: usize) -> Sure {
        let chosen = |chosen: &Option<Vec<bool>>, number: usize| {
            chosen.as_ref().is_none_or(|chosen| chosen[number])
        };
        let bits = chunk.bits[at];
        if bits == 0
            || self.stages >> stage_in(bits) & 1 == 0
            || self.channels >> channel_in(bits) & 1 == 0
            || !chosen(&self.units, chunk.units[at].into())
            || !chosen(&self.areas, chunk.areas[at] as usize)
            || !chosen(&self.categories, chunk.categories[at].into())
        {
            return Sure::No;
        }
        let (due, submitted) = (chunk.times[DUE][at], chunk.times[SUBMITTED][at]);
        // Whoever has nothing to do is neither late nor soon to be.
        if due == 0 && (self.late_at.is_some() || self.soon_at.is_some()) {
            return Sure::No;
        }
        let after = |from: Bound| from.is_after(submitted).not();
        self.late_at
            .map_or(Sure::Yes, |now| now.is_after(due))
            .and(|| self.soon_at.map_or(Sure::Yes, |soon| is_soon(due, soon)))
            .and(|| self.from.map_or(Sure::Yes, after))
            .and(|| {
                self.until
                    .map_or(Sure::Yes, |until| until.is_after(submitted))
            })
    }
}

/// Counts, and the cases of which the columns do not know for sure whether and
/// how they count.
pub(super) struct Counted {
    pub(super) counts: Counts,
    pub(super) unsure: Vec<CaseId>,
}

/// Counts what a filter finds; `None` where the columns cannot tell.
pub(super) fn counts(table: &Table, filter: &CaseFilter, now: Timestamp) -> Option<Counted> {
    let sieve = Sieve::of(table, filter)?;
    let (now, soon) = (Bound::of(now), soon(now));
    let chunks = &table.last.chunks;
    let next = AtomicUsize::new(0);
    let count = || {
        let (mut by_stage, mut late, mut due_soon) = ([0_u64; Stage::ALL.len()], 0_u64, 0_u64);
        let mut unsure = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(number) else {
                return (by_stage, late, due_soon, unsure);
            };
            for at in 0..CHUNK {
                let found = sieve.finds(chunk, at);
                if found == Sure::No {
                    continue;
                }
                let due = chunk.times[DUE][at];
                let (is_late, soon) = match due {
                    0 => (Sure::No, Sure::No),
                    due => (now.is_after(due), is_soon(due, soon)),
                };
                if [found, is_late, soon].contains(&Sure::Perhaps) {
                    unsure.push(CaseId((number * CHUNK + at) as u64));
                    continue;
                }
                by_stage[stage_in(chunk.bits[at])] += 1;
                late += u64::from(is_late == Sure::Yes);
                due_soon += u64::from(soon == Sure::Yes);
            }
        }
    };
    let mut counts = Counts::default();
    let mut unsure = Vec::new();
    let mut by_stage = BTreeMap::new();
    for (stages, late, due_soon, more) in on_threads(chunks.len(), count) {
        for (stage, count) in Stage::ALL.into_iter().zip(stages) {
            *by_stage.entry(stage).or_insert(0) += count;
        }
        counts.late += late;
        counts.due_soon += due_soon;
        unsure.extend(more);
    }
    by_stage.retain(|_, count| *count > 0);
    counts.by_stage = by_stage;
    (unsure.len() <= MOST_UNSURE).then_some(Counted { counts, unsure })
}

/// The cases that a page may hold: all that stand before its end, and those
/// that share a second with the last of them. `None` where the columns cannot tell.
#[derive(Debug)]
pub(super) struct Candidates {
    pub(super) ids: Vec<CaseId>,
    /// Whether there are no others after them.
    pub(super) all: bool,
}

/// What may stand on a page of `most` cases.
pub(super) fn candidates(
    table: &Table,
    filter: &CaseFilter,
    order: Order,
    start: Option<PageStart>,
    most: usize,
) -> Option<Candidates> {
    if most > MOST_UNSURE {
        return None;
    }
    let sieve = Sieve::of(table, filter)?;
    let (column, sign) = match order {
        Order::Newest => (SUBMITTED, -1),
        Order::Due => (DUE, 1),
    };
    // Ascending in both orders.
    let rank = |seconds: u32| i64::from(seconds) * sign;
    let first = start.map_or(i64::MIN, |start| {
        let seconds = start.key.div_euclid(1000).clamp(1, u32::MAX.into());
        seconds * sign
    });
    let mut numbers: Vec<usize> = (0..table.last.chunks.len()).collect();
    if order == Order::Newest {
        numbers.sort_unstable_by_key(|number| Reverse(table.last.chunks[*number].last_submitted));
    }
    let next = AtomicUsize::new(0);
    let look = || {
        let mut heap: BinaryHeap<i64> = BinaryHeap::with_capacity(most + 1);
        let mut found: Vec<(i64, CaseId)> = Vec::new();
        while let Some(&number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
            let chunk = &table.last.chunks[number];
            let full = |heap: &BinaryHeap<i64>, rank: i64| {
                heap.len() == most && heap.peek().is_some_and(|worst| rank > *worst)
            };
            // Chunks come in this order, so that no later one holds anything either.
            if order == Order::Newest && full(&heap, rank(chunk.last_submitted)) {
                break;
            }
            for (at, seconds) in chunk.times[column].iter().enumerate() {
                let place = rank(*seconds);
                if *seconds == 0 || place < first || full(&heap, place) {
                    continue;
                }
                if sieve.finds(chunk, at) == Sure::No {
                    continue;
                }
                found.push((place, CaseId((number * CHUNK + at) as u64)));
                // What shares a second with the start may stand before it.
                if place > first {
                    heap.push(place);
                    if heap.len() > most {
                        heap.pop();
                    }
                }
            }
        }
        found
    };
    let mut found: Vec<(i64, CaseId)> = on_threads(numbers.len(), look).concat();
    found.sort_unstable();
    let before = found.partition_point(|(place, _)| *place <= first);
    // Where there are fewer than a page, no thread passed any over.
    let (end, all) = match found.get(before + most.saturating_sub(1)) {
        Some((last, _)) => (found.partition_point(|(place, _)| place <= last), false),
        None => (found.len(), true),
    };
    found.truncate(end);
    (found.len() <= MOST_UNSURE).then(|| Candidates {
        ids: found.into_iter().map(|(_, id)| id).collect(),
        all,
    })
}
