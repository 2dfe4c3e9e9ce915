//! How the cases that a filter finds divide, over the columns.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use yiwang_base::{CaseId, Timestamp};
use yiwang_cases::{Breakdown, CaseFilter, Portion, Stage};

use super::columns::{CHUNK, DUE, SUBMITTED, stage_in};
use super::desk::{Bound, MOST_UNSURE, Sieve, Sure};
use super::dictionary::Dictionary;
use super::scan::on_threads;
use super::table::Table;

/// What is counted, and the cases of which whole seconds do not tell how they count.
pub(super) struct Divided {
    pub(super) counted: Breakdown,
    pub(super) unsure: Vec<CaseId>,
}

/// What one thread counts, by the numbers of the table.
struct Counted {
    categories: Vec<Portion>,
    areas: Vec<Portion>,
    spans: Vec<u64>,
    unsure: Vec<CaseId>,
}

/// Divides what a filter finds; `None` where the columns cannot tell.
pub(super) fn divide(
    table: &Table,
    filter: &CaseFilter,
    spans: &[Timestamp],
    now: Timestamp,
) -> Option<Divided> {
    let sieve = Sieve::of(table, filter)?;
    let now = Bound::of(now);
    let spans: Vec<Bound> = spans.iter().copied().map(Bound::of).collect();
    let chunks = &table.last.chunks;
    let open = Stage::ALL.map(Stage::is_open);
    let next = AtomicUsize::new(0);
    let count = || {
        let mut counted = Counted {
            categories: vec![Portion::default(); table.categories.size()],
            areas: vec![Portion::default(); table.areas.size()],
            spans: vec![0; spans.len()],
            unsure: Vec::new(),
        };
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(number) else {
                return counted;
            };
            for at in 0..CHUNK {
                let found = sieve.finds(chunk, at);
                if found == Sure::No {
                    continue;
                }
                let late = match chunk.times[DUE][at] {
                    0 => Sure::No,
                    due => now.is_after(due),
                };
                let span = span_of(&spans, chunk.times[SUBMITTED][at]);
                let (Sure::Yes, Sure::Yes | Sure::No, Some(span)) = (found, late, span) else {
                    counted.unsure.push(CaseId((number * CHUNK + at) as u64));
                    continue;
                };
                let portion = Portion {
                    total: 1,
                    open: u64::from(open[stage_in(chunk.bits[at])]),
                    late: u64::from(late == Sure::Yes),
                };
                add(
                    &mut counted.categories[chunk.categories[at] as usize],
                    portion,
                );
                add(&mut counted.areas[chunk.areas[at] as usize], portion);
                if let Some(span) = span {
                    counted.spans[span] += 1;
                }
            }
        }
    };
    let mut breakdown = Breakdown::default();
    let mut unsure = Vec::new();
    for part in on_threads(chunks.len(), count) {
        gather(
            &mut breakdown.by_category,
            &table.categories,
            &part.categories,
        );
        gather(&mut breakdown.by_area, &table.areas, &part.areas);
        for (span, count) in part.spans.into_iter().enumerate().filter(|(_, n)| *n > 0) {
            *breakdown.by_span.entry(span).or_default() += count;
        }
        unsure.extend(part.unsure);
    }
    (unsure.len() <= MOST_UNSURE).then_some(Divided {
        counted: breakdown,
        unsure,
    })
}

/// In which span a time of the columns lies, or in none; `None` where whole seconds do not tell.
fn span_of(spans: &[Bound], submitted: u32) -> Option<Option<usize>> {
    let mut begun = 0;
    for span in spans {
        match span.is_after(submitted) {
            Sure::Yes => break,
            Sure::No => begun += 1,
            Sure::Perhaps => return None,
        }
    }
    Some((begun > 0 && begun < spans.len()).then(|| begun - 1))
}

fn add(to: &mut Portion, more: Portion) {
    to.total += more.total;
    to.open += more.open;
    to.late += more.late;
}

fn gather<C: Clone + Ord + std::hash::Hash>(
    into: &mut BTreeMap<Option<C>, Portion>,
    codes: &Dictionary<C>,
    counted: &[Portion],
) {
    for (code, portion) in codes.all().zip(counted) {
        if portion.total > 0 {
            add(into.entry(code.cloned()).or_default(), *portion);
        }
    }
}
