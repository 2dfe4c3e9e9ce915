//! Counting over the columns, and finding what stands behind a count.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::atomic::{AtomicUsize, Ordering};

use yiwang_base::{AreaCode, UnitCode};
use yiwang_cases::UnitKind;
use yiwang_cases::figures::{
    Behind, BehindPage, BehindStart, Board, FigureQuestion, Gathered, GroupBy, GroupKey, Part,
    Tally, TurnId, Verdict,
};

use super::columns::{CHUNK, Chunk, channel_in, unit_of_turn};
use super::compiled::Compiled;
use super::table::Table;

/// Most threads that one question is counted on.
const MOST_THREADS: usize = 4;

/// How rows are divided into groups.
struct Groups {
    keys: Vec<GroupKey>,
    by: By,
}

enum By {
    Nothing,
    Unit,
    /// The group of each area's number.
    Area(Vec<u32>),
    /// The group of each area's number, and how many there are for each unit.
    UnitArea(Vec<u32>, usize),
    Category,
    Channel,
    /// The group of each unit's number.
    Tier(Vec<usize>),
    /// The beginnings of the periods and the end of the last.
    Period(Vec<u32>),
}

impl Groups {
    fn of(table: &Table, group: &GroupBy) -> Groups {
        match group {
            GroupBy::Nothing => Groups {
                keys: vec![GroupKey::All],
                by: By::Nothing,
            },
            GroupBy::Unit => Groups {
                keys: table
                    .units
                    .all()
                    .map(|u| GroupKey::Unit(u.cloned()))
                    .collect(),
                by: By::Unit,
            },
            GroupBy::Category => {
                let categories = table.categories.all();
                Groups {
                    keys: categories.map(|c| GroupKey::Category(c.cloned())).collect(),
                    by: By::Category,
                }
            }
            GroupBy::Channel => Groups {
                keys: (0..yiwang_cases::Channel::ALL.len())
                    .map(GroupKey::Channel)
                    .collect(),
                by: By::Channel,
            },
            GroupBy::Tier(kinds) => {
                let all = UnitKind::ALL.len();
                let place = |unit: Option<&_>| unit.and_then(|unit| kinds.get(unit));
                let groups = table.units.all();
                let groups = groups.map(|unit| place(unit).map_or(all, |kind| kind.place()));
                let keys = (0..all).map(Some).chain([None]);
                Groups {
                    keys: keys.map(GroupKey::Tier).collect(),
                    by: By::Tier(groups.collect()),
                }
            }
            GroupBy::Area(stands_for) => {
                let (groups, areas) = area_groups(table, stands_for);
                Groups {
                    keys: areas.into_iter().map(GroupKey::Area).collect(),
                    by: By::Area(groups),
                }
            }
            GroupBy::UnitArea(stands_for) => {
                let (groups, areas) = area_groups(table, stands_for);
                let units = table.units.all();
                let pair = |unit: Option<&UnitCode>, area: &Option<AreaCode>| {
                    GroupKey::UnitArea(unit.cloned(), area.clone())
                };
                let keys = units.flat_map(|unit| areas.iter().map(move |area| pair(unit, area)));
                Groups {
                    keys: keys.collect(),
                    by: By::UnitArea(groups, areas.len()),
                }
            }
            GroupBy::Period(starts) => {
                let begun = starts.split_last().map_or(&[][..], |(_, begun)| begun);
                Groups {
                    keys: begun.iter().copied().map(GroupKey::Period).collect(),
                    by: By::Period(starts.iter().map(|start| start.seconds()).collect()),
                }
            }
        }
    }

    /// The group of a row; `None` when it lies in no period.
    #[inline]
    fn group(&self, chunk: &Chunk, at: usize, date: usize) -> Option<usize> {
        Some(match &self.by {
            By::Nothing => 0,
            By::Unit => unit_of_turn(chunk.bits[at], chunk.units[at]),
            By::Area(groups) => groups[chunk.areas[at] as usize] as usize,
            By::UnitArea(groups, areas) => {
                let unit = unit_of_turn(chunk.bits[at], chunk.units[at]);
                unit * areas + groups[chunk.areas[at] as usize] as usize
            }
            By::Category => chunk.categories[at].into(),
            By::Channel => channel_in(chunk.bits[at]),
            By::Tier(groups) => groups[unit_of_turn(chunk.bits[at], chunk.units[at])],
            By::Period(starts) => {
                let time = chunk.times[date][at];
                let after = starts.partition_point(|start| *start <= time);
                if after == starts.len() {
                    return None;
                }
                after.checked_sub(1)?
            }
        })
    }
}

/// The group of each area's number, and the areas that the groups stand for.
fn area_groups(
    table: &Table,
    stands_for: &BTreeMap<AreaCode, AreaCode>,
) -> (Vec<u32>, Vec<Option<AreaCode>>) {
    let mut numbers = BTreeMap::new();
    let groups = table.areas.all().map(|area| {
        let area = area.map(|area| stands_for.get(area).unwrap_or(area));
        let next = numbers.len() as u32;
        *numbers.entry(area.cloned()).or_insert(next)
    });
    let groups = groups.collect();
    let mut areas = vec![None; numbers.len()];
    for (area, number) in numbers {
        areas[number as usize] = area;
    }
    (groups, areas)
}

/// The place of a verdict among the counters of a group.
fn place(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Met => 0,
        Verdict::NotMet => 1,
        Verdict::LeftOut(reason) => 2 + reason,
    }
}

/// Counts.
pub(super) fn board(table: &Table, question: &FigureQuestion, group: &GroupBy) -> Board {
    let compiled = Compiled::of(table, question);
    let groups = Groups::of(table, group);
    let width = 2 + question.formula.exclusions.len();
    let chunks = chunks(table, &compiled);
    let next = AtomicUsize::new(0);
    let count = || {
        let mut counters = vec![0_u64; groups.keys.len() * width];
        let mut seconds = vec![Vec::new(); groups.keys.len()];
        while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            for at in 0..CHUNK {
                if let Some(verdict) = compiled.judge(chunk, at)
                    && let Some(group) = groups.group(chunk, at, compiled.date)
                {
                    counters[group * width + place(verdict)] += 1;
                    if Part::Counted.has(verdict) {
                        seconds[group].extend(compiled.seconds(chunk, at));
                    }
                }
            }
        }
        (counters, seconds)
    };
    let mut counted = on_threads(chunks.len(), count);
    let mut parts = BTreeMap::new();
    for (number, key) in groups.keys.iter().enumerate() {
        let sum = |place: usize| -> u64 {
            let at = number * width + place;
            counted.iter().map(|(counters, _)| counters[at]).sum()
        };
        let met = sum(0);
        let tally = Tally {
            met,
            counted: met + sum(1),
            left_out: (2..width).map(sum).collect(),
        };
        if tally.all() > 0 {
            let mut seconds = Vec::new();
            for (_, own) in &mut counted {
                seconds.append(&mut own[number]);
            }
            parts.insert(key.clone(), Gathered { tally, seconds });
        }
    }
    Board::of(&question.formula, parts, table.entries)
}

/// All rows that a question may be about.
fn chunks<'a>(table: &'a Table, compiled: &Compiled) -> Vec<&'a Chunk> {
    let ended = table.ended.chunks.iter().filter(|_| compiled.turns);
    table.last.chunks.iter().chain(ended).collect()
}

/// What each of some threads makes, where there is enough to do for them.
pub(super) fn on_threads<T: Send>(pieces: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(MOST_THREADS).min(pieces.div_ceil(4)).max(1);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(&work)).collect();
        let mut made = vec![work()];
        for other in others {
            match other.join() {
                Ok(other) => made.push(other),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        made
    })
}

/// Something found: where it stands in the order of pages, and where it is kept.
type Found = (TurnId, Verdict, Place);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Last(usize),
    Ended(usize),
}

/// Chunks looked through together before it is seen whether a page is full.
const TOGETHER: usize = 16;

/// A page of what stands behind a figure.
pub(super) fn behind(
    table: &Table,
    question: &FigureQuestion,
    part: Part,
    start: Option<BehindStart>,
    limit: usize,
) -> BehindPage {
    let compiled = Compiled::of(table, question);
    let most = limit.saturating_add(1);
    let judge = |chunk: &Chunk, at: usize| {
        compiled
            .judge(chunk, at)
            .filter(|verdict| part.has(*verdict))
    };
    let mut found = found_last(table, start, most, &judge);
    if compiled.turns {
        found.extend(found_ended(table, start, most, &judge));
    }
    found.sort_unstable_by_key(|(id, ..)| Reverse(*id));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(id, ..)| *id);
    let turns = found.into_iter().filter_map(|(id, verdict, place)| {
        let row = |chunks: &[Chunk], number: usize| chunks[number / CHUNK].row(number % CHUNK);
        let turn = match place {
            Place::Last(number) => table.turn(id, true, row(&table.last.chunks, number)),
            Place::Ended(number) => table.turn(id, false, row(&table.ended.chunks, number)),
        };
        Some(Behind {
            turn: turn?,
            verdict,
        })
    });
    BehindPage {
        turns: turns.collect(),
        next,
    }
}

/// The first of the last turns, from the highest case downward.
fn found_last(
    table: &Table,
    start: Option<BehindStart>,
    most: usize,
    judge: &(impl Fn(&Chunk, usize) -> Option<Verdict> + Sync),
) -> Vec<Found> {
    let chunks = &table.last.chunks;
    // The case that the page before ended with may have its last turn behind it already.
    let end = start.map_or(usize::MAX, |start| {
        usize::try_from(start.case.0).map_or(usize::MAX, |case| case.saturating_add(1))
    });
    let mut numbers: Vec<usize> = (0..chunks.len()).filter(|n| n * CHUNK < end).collect();
    let mut found = Vec::new();
    while found.len() < most && !numbers.is_empty() {
        let together = numbers.split_off(numbers.len().saturating_sub(TOGETHER));
        let next = AtomicUsize::new(0);
        let look = || {
            let mut own = Vec::new();
            // Each takes the highest that nobody has taken.
            while let Some(&number) = together
                .iter()
                .rev()
                .nth(next.fetch_add(1, Ordering::Relaxed))
            {
                let before = own.len();
                for at in (0..CHUNK).rev() {
                    let row = number * CHUNK + at;
                    if row >= end || own.len() - before == most {
                        continue;
                    }
                    if let Some(verdict) = judge(&chunks[number], at) {
                        let id = table.last_id(row as u64);
                        if start.is_none_or(|start| id < start) {
                            own.push((id, verdict, Place::Last(row)));
                        }
                    }
                }
            }
            own
        };
        let looked = on_threads(together.len(), look);
        found.extend(looked.into_iter().flatten());
    }
    found
}

/// The first of the turns that ended.
fn found_ended(
    table: &Table,
    start: Option<BehindStart>,
    most: usize,
    judge: &impl Fn(&Chunk, usize) -> Option<Verdict>,
) -> Vec<Found> {
    let mut highest: BinaryHeap<Reverse<Found>> = BinaryHeap::new();
    for (number, id) in table.ended_ids.iter().enumerate() {
        let full = highest.len() == most;
        let too_low = full
            && highest
                .peek()
                .is_some_and(|Reverse((lowest, ..))| id < lowest);
        if too_low || start.is_some_and(|start| *id >= start) {
            continue;
        }
        let chunk = &table.ended.chunks[number / CHUNK];
        if let Some(verdict) = judge(chunk, number % CHUNK) {
            if full {
                highest.pop();
            }
            highest.push(Reverse((*id, verdict, Place::Ended(number))));
        }
    }
    highest.into_iter().map(|Reverse(found)| found).collect()
}
