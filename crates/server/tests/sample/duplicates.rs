//! How well duplicates are found among the sample city's requests, of which it
//! is known which report the same thing again.

use std::collections::BTreeMap;

use yiwang_base::{CaseId, Purpose};
use yiwang_cases::{DuplicateIndex, SURE};
use yiwang_server::duplicates::Duplicates;
use yiwang_server::sample::{Plan, Requests, Size};

use crate::{city, now};

const REQUESTS: u64 = 12_000;
/// How many candidates the desk is shown.
const SHOWN: usize = 10;

#[derive(Default)]
struct Tally {
    /// Requests that report again what another did before.
    repeats: u32,
    /// Those of which a candidate shown is about the same thing.
    found: u32,
    /// Those of which the first candidate is.
    found_first: u32,
    /// Candidates that are sure, and those of them that are about the same thing.
    sure: u32,
    sure_right: u32,
    /// Repeats that are linked to one of their own by a sure candidate.
    linked: u32,
}

#[test]
fn most_repeats_are_found_and_most_sure_candidates_are_right() {
    let mut plan = Plan::new(1, Size::Small, now());
    plan.requests = REQUESTS;
    let mut requests = Requests::new(city(), &plan).unwrap();
    let names = yiwang_cases::Gazetteer::new([]).unwrap();
    let duplicates = Duplicates::new(names);
    let mut index = DuplicateIndex::new(100_000);
    let mut first: BTreeMap<CaseId, CaseId> = BTreeMap::new();
    let mut tally = Tally::default();
    while let Some(change) = requests.next() {
        let case = change.unwrap().after;
        let again = requests.last_repeats();
        let thing = again.unwrap_or(case.id);
        first.insert(case.id, thing);
        let Some(words) = &case.request else {
            continue;
        };
        let words = words.disclose(Purpose::HandleCase);
        // As it came in: the sender's own word for the category, or none.
        let seen = duplicates.seen_of(case.submitted_at, &words.words, &words.place, None);
        let found = index.candidates(&seen, Some(case.id), SHOWN);
        let right = |id: CaseId| first.get(&id) == Some(&thing);
        let sure = found.iter().filter(|one| one.likeness.score >= SURE);
        let sure: Vec<bool> = sure.map(|one| right(one.case)).collect();
        tally.sure += sure.len() as u32;
        tally.sure_right += sure.iter().filter(|right| **right).count() as u32;
        if again.is_some() {
            tally.repeats += 1;
            tally.found += u32::from(found.iter().any(|one| right(one.case)));
            tally.found_first += u32::from(found.first().is_some_and(|one| right(one.case)));
            tally.linked += u32::from(sure.contains(&true));
        }
        index.insert(case.id, seen);
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    let recall = share(tally.found, tally.repeats);
    let recall_first = share(tally.found_first, tally.repeats);
    let linked = share(tally.linked, tally.repeats);
    let precision = share(tally.sure_right, tally.sure);
    println!(
        "of {REQUESTS} requests {} repeat an earlier one; shown among {SHOWN}: {recall:.3}, first: {recall_first:.3}; \
         sure candidates: {}, right: {precision:.3}, repeats linked by one: {linked:.3}",
        tally.repeats, tally.sure
    );
    assert!(tally.repeats > 500);
    assert!(recall >= 0.9, "{recall}");
    assert!(precision >= 0.8, "{precision}");
    assert!(linked >= 0.7, "{linked}");
}
