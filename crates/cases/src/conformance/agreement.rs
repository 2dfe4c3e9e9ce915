//! Whatever is asked, the answer is the one that the record in memory gives.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::desk::Desk;
use super::random::{Move, a_move, filter, tile};
use super::sample::{change, happening, minute};
use crate::{Case, CaseStore, Event, MemoryStore, Order};

/// Steps in the making of the record, and questions about it.
const MOVES: usize = 600;
const QUESTIONS: u32 = 200;

pub(super) fn runner(seed: u64, cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(config, rng)
}

/// Random cases are written to both; every case, timeline, page, count and mark
/// that random filters find is the same.
pub fn whatever_is_asked_it_answers_as_the_record_in_memory_does<S: CaseStore>(desk: &Desk<'_, S>) {
    // Another record each time; a failure names the seed to put here.
    let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
    let record = MemoryStore::new();
    let memory = Desk::new(&record, desk_wait);
    let cases = fill(desk, &memory, seed);
    for case in &cases {
        assert_eq!(desk.case(case.id).as_ref(), Some(case), "seed {seed}");
        assert_eq!(
            desk.timeline(case.id),
            memory.timeline(case.id),
            "seed {seed}"
        );
    }
    let question = (filter(), 1..40_usize, 0..1200_i64, tile());
    let asked = runner(seed, QUESTIONS).run(&question, |(filter, limit, now, tile)| {
        let now = minute(now);
        for order in [Order::Newest, Order::Due] {
            let found = desk.all(&filter, order, limit);
            prop_assert_eq!(found, memory.all(&filter, order, limit));
        }
        prop_assert_eq!(desk.counts(&filter, now), memory.counts(&filter, now));
        let spans = [200, 400, 401, 700].map(minute);
        prop_assert_eq!(
            desk.breakdown(&filter, &spans, now),
            memory.breakdown(&filter, &spans, now)
        );
        prop_assert_eq!(
            desk.points(tile, &filter, now),
            memory.points(tile, &filter, now)
        );
        Ok(())
    });
    if let Err(error) = asked {
        panic!("seed {seed}: {error}");
    }
}

/// The record in memory never waits for anything, so one look is enough.
pub(super) fn desk_wait(mut future: std::pin::Pin<Box<dyn Future<Output = ()> + '_>>) {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_ready());
}

pub(super) fn fill<S: CaseStore>(
    desk: &Desk<'_, S>,
    memory: &Desk<'_, MemoryStore>,
    seed: u64,
) -> Vec<Case> {
    let moves = vec(a_move(), MOVES).new_tree(&mut runner(seed, 1));
    let mut cases: Vec<Case> = Vec::new();
    for next in moves.unwrap().current() {
        let count = cases.len().max(1);
        let change = match next {
            Move::New(first) => {
                memory.new_id();
                change(desk.new_id(), None, vec![*first])
            }
            Move::Next(which, next) => match cases.get(which % count) {
                Some(case) => change(case.id, Some(case), vec![*next]),
                None => continue,
            },
            Move::Erase(which) => match cases.get(which % count) {
                Some(case) => {
                    let timeline = memory.timeline(case.id);
                    let sealed = timeline.iter().filter(|e| e.happening.sealed.is_some());
                    let erases = sealed.map(|entry| entry.seq).collect();
                    let erased = happening(0, Event::Erased { erases }, None);
                    change(case.id, Some(case), vec![erased])
                }
                None => continue,
            },
        };
        let after = change.after.clone();
        assert_eq!(memory.append(change.clone()), Ok(()), "seed {seed}");
        assert_eq!(desk.append(change), Ok(()), "seed {seed}");
        match cases.iter_mut().find(|case| case.id == after.id) {
            Some(case) => *case = after,
            None => cases.push(after),
        }
    }
    cases
}
