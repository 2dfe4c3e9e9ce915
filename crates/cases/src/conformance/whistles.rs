//! The suite that every store of whistles passes.

use std::future::Future;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use yiwang_base::{CaseId, Personal, Purpose};

use super::desk::BlockOn;
use super::sample::{li_na, minute, receipt};
use crate::{
    CallFilter, Called, CheckIns, MemoryWhistles, Order, Place, Planned, Presence, StoreError,
    Whistle, WhistleAppended, WhistleChange, WhistleEvent, WhistleFilter, WhistleHappening,
    WhistleId, WhistleKind, WhistleSealed, WhistleStage, WhistleStore, WhistleWords,
};

const UNITS: [&str; 4] = ["lights", "street-east", "police", "gas"];
const MOVES: usize = 300;
const QUESTIONS: u32 = 150;

/// A store of whistles and a way to wait for it.
pub struct WhistleDesk<'a, S> {
    store: &'a S,
    block_on: BlockOn,
}

impl<'a, S: WhistleStore> WhistleDesk<'a, S> {
    /// A desk at `store`.
    pub fn new(store: &'a S, block_on: BlockOn) -> Self {
        Self { store, block_on }
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let mut answer = None;
        (self.block_on)(Box::pin(async { answer = Some(future.await) }));
        answer.unwrap()
    }

    fn append(&self, change: WhistleChange) -> Result<WhistleAppended, StoreError> {
        self.wait(self.store.append_whistle(change))
    }

    fn whistle(&self, id: WhistleId) -> Option<Whistle> {
        self.wait(self.store.whistle(id)).unwrap()
    }

    fn blow(&self, at: i64, kind: WhistleKind) -> Whistle {
        let change = change(self.store.new_whistle_id(), None, blown(at, kind));
        let after = change.after.clone();
        assert_eq!(self.append(change), Ok(WhistleAppended::Done));
        after
    }

    fn let_happen(&self, before: &Whistle, next: WhistleHappening) -> Whistle {
        let change = change(before.id, Some(before), next);
        let after = change.after.clone();
        assert_eq!(self.append(change), Ok(WhistleAppended::Done));
        after
    }

    fn all(&self, filter: &WhistleFilter, order: Order, limit: usize) -> Vec<Whistle> {
        let (mut start, mut found) = (None, Vec::new());
        loop {
            let page = self.wait(self.store.whistles(filter, order, start, limit));
            let page = page.unwrap();
            assert!(page.next.is_none() || page.whistles.len() == limit);
            found.extend(page.whistles);
            start = page.next;
            if start.is_none() {
                return found;
            }
        }
    }
}

fn happening(at: i64, event: WhistleEvent, sealed: Option<WhistleSealed>) -> WhistleHappening {
    WhistleHappening {
        at: minute(at),
        by: li_na(),
        grounds: None,
        event,
        sealed,
    }
}

fn called(unit: &str, check_in_by: i64) -> Called {
    Called {
        check_in_by: minute(check_in_by),
        unit: unit.parse().unwrap(),
    }
}

fn words(text: &str) -> Option<WhistleSealed> {
    let place = Place {
        address: Some("春风路8号".into()),
        point: None,
    };
    Some(WhistleSealed::Words(Personal::new(WhistleWords {
        words: text.into(),
        place,
    })))
}

fn blown(at: i64, kind: WhistleKind) -> WhistleHappening {
    let event = WhistleEvent::Blown {
        area: Some("west".parse().unwrap()),
        by: Some("street-east".parse().unwrap()),
        calls: vec![called("lights", at + 30), called("police", at + 60)],
        case: Some(CaseId(3)),
        kind,
        milestones: vec![Planned {
            due: minute(at + 500),
            title: "清运完毕".into(),
        }],
    };
    happening(at, event, words("路口坍塌,请到场"))
}

fn check_in(at: i64, unit: &str, late: bool) -> WhistleHappening {
    let presence = Presence {
        person: "王小明".into(),
        phone: Some("19900001234".into()),
        place: Place {
            address: Some("春风路口".into()),
            point: None,
        },
        arrived_at: Some(minute(at)),
        note: None,
    };
    let unit = unit.parse().unwrap();
    let sealed = WhistleSealed::Presence(Personal::new(presence));
    happening(at, WhistleEvent::CheckedIn { late, unit }, Some(sealed))
}

fn change(id: WhistleId, before: Option<&Whistle>, happening: WhistleHappening) -> WhistleChange {
    let after = match before {
        None => Whistle::begin(id, &happening).unwrap(),
        Some(whistle) => {
            let mut after = whistle.clone();
            after.apply(&happening).unwrap();
            after
        }
    };
    WhistleChange {
        expected_version: before.map_or(0, |whistle| whistle.version),
        recorded_at: happening.at,
        happening,
        after,
        receipt: None,
    }
}

/// Every sort of event is written and read back, with what is sealed.
pub fn a_whistle_reads_back_as_it_was_written<S: WhistleStore>(desk: &WhistleDesk<'_, S>) {
    let unit = || "lights".parse().unwrap();
    let police = || "police".parse().unwrap();
    let note = || Some(WhistleSealed::Note(Personal::new("垃圾已清".to_owned())));
    let first = blown(0, WhistleKind::Campaign);
    let rest = vec![
        check_in(10, "lights", false),
        happening(
            11,
            WhistleEvent::CallRefused {
                responsible: Some("gas".parse().unwrap()),
                unit: police(),
            },
            None,
        ),
        happening(12, WhistleEvent::UnitCalled(called("police", 90)), None),
        happening(
            13,
            WhistleEvent::MilestoneReached {
                late: false,
                milestone: 0,
            },
            note(),
        ),
        happening(14, WhistleEvent::MilestoneReopened { milestone: 0 }, None),
        check_in(100, "police", true),
        happening(101, WhistleEvent::Confirmed {}, note()),
        happening(
            102,
            WhistleEvent::UnitScored {
                score: 4,
                unit: unit(),
            },
            note(),
        ),
        happening(
            103,
            WhistleEvent::Closed {
                absent: vec![],
                open_milestones: vec![0],
                unconfirmed: false,
            },
            None,
        ),
    ];
    let id = desk.store.new_whistle_id();
    let mut whistle = {
        let change = change(id, None, first.clone());
        let after = change.after.clone();
        desk.append(change).unwrap();
        after
    };
    assert_eq!(desk.whistle(id), Some(whistle.clone()));
    for next in &rest {
        whistle = desk.let_happen(&whistle, next.clone());
        assert_eq!(desk.whistle(id), Some(whistle.clone()));
    }
    let timeline = desk.wait(desk.store.whistle_timeline(id)).unwrap();
    let told: Vec<_> = timeline.into_iter().map(|entry| entry.happening).collect();
    assert_eq!(told[0], first);
    assert_eq!(told[1..], rest);
    let withdrawn = desk.blow(5, WhistleKind::Daily);
    assert_ne!(withdrawn.id, id);
    let withdrawn = desk.let_happen(&withdrawn, happening(6, WhistleEvent::Withdrawn {}, None));
    assert_eq!(desk.whistle(withdrawn.id), Some(withdrawn));
    assert_eq!(desk.whistle(WhistleId(9_999)), None);
}

/// A change for another version is refused, and writes nothing.
pub fn a_whistle_changed_for_another_version_is_refused<S: WhistleStore>(
    desk: &WhistleDesk<'_, S>,
) {
    let whistle = desk.blow(0, WhistleKind::Daily);
    let first = change(whistle.id, Some(&whistle), check_in(10, "lights", false));
    let second = change(whistle.id, Some(&whistle), check_in(11, "police", false));
    desk.append(first.clone()).unwrap();
    assert_eq!(desk.append(second), Err(StoreError::Changed { current: 2 }));
    assert_eq!(desk.whistle(whistle.id), Some(first.after));
    let timeline = desk.wait(desk.store.whistle_timeline(whistle.id)).unwrap();
    assert_eq!(timeline.len(), 2);
}

/// The same call twice is told what it did; its key for another call is refused.
pub fn a_call_about_a_whistle_is_done_once<S: WhistleStore>(desk: &WhistleDesk<'_, S>) {
    let mut first = change(
        desk.store.new_whistle_id(),
        None,
        blown(0, WhistleKind::Emergency),
    );
    first.receipt = Some(receipt("key", 1));
    let mut again = change(
        desk.store.new_whistle_id(),
        None,
        blown(0, WhistleKind::Emergency),
    );
    again.receipt = Some(receipt("key", 1));
    let mut other = again.clone();
    other.receipt = Some(receipt("key", 2));
    let id = first.after.id;
    assert_eq!(
        desk.wait(desk.store.whistle_repeated(&receipt("key", 1))),
        Ok(None)
    );
    assert_eq!(desk.append(first), Ok(WhistleAppended::Done));
    assert_eq!(
        desk.append(again.clone()),
        Ok(WhistleAppended::Repeated(id))
    );
    assert_eq!(desk.append(other), Err(StoreError::KeyReused));
    assert_eq!(desk.whistle(again.after.id), None);
    let asked = |n| desk.wait(desk.store.whistle_repeated(&receipt("key", n)));
    assert_eq!(asked(1), Ok(Some(id)));
    assert_eq!(asked(2), Err(StoreError::KeyReused));
}

/// What is erased of a whistle is found nowhere; another's cannot be erased by it.
pub fn what_is_erased_of_a_whistle_is_gone<S: WhistleStore>(desk: &WhistleDesk<'_, S>) {
    let mut first = change(
        desk.store.new_whistle_id(),
        None,
        blown(0, WhistleKind::Daily),
    );
    first.receipt = Some(receipt("erased", 1));
    let whistle = first.after.clone();
    desk.append(first).unwrap();
    let whistle = desk.let_happen(&whistle, check_in(10, "lights", false));
    let other = desk.blow(0, WhistleKind::Daily);
    let sealed = |id| desk.wait(desk.store.whistle_sealed(id)).unwrap();
    assert_eq!(sealed(whistle.id).len(), 2);
    let erased = |whistle: &Whistle, erases: Vec<u64>| {
        let event = WhistleEvent::Erased { erases };
        change(whistle.id, Some(whistle), happening(20, event, None))
    };
    let strange = sealed(other.id)[0];
    assert_eq!(
        desk.append(erased(&whistle, vec![strange])),
        Err(StoreError::NothingSealed { entry: strange })
    );
    let erasure = erased(&whistle, sealed(whistle.id));
    let after = erasure.after.clone();
    desk.append(erasure).unwrap();
    let stored = desk.whistle(whistle.id).unwrap();
    assert!(stored.erased && stored.words.is_none());
    assert_eq!(stored, after);
    assert!(sealed(whistle.id).is_empty());
    let timeline = desk.wait(desk.store.whistle_timeline(whistle.id)).unwrap();
    assert!(
        timeline
            .iter()
            .all(|entry| entry.happening.sealed.is_none())
    );
    let words = desk.whistle(other.id).unwrap().words.unwrap();
    assert_eq!(words.disclose(Purpose::Record).words, "路口坍塌,请到场");
    // Nobody can try out words against the fingerprint.
    let again = desk.wait(desk.store.whistle_repeated(&receipt("erased", 1)));
    assert_eq!(again, Err(StoreError::KeyReused));
}

#[derive(Debug, Clone)]
enum Move {
    New(Box<WhistleHappening>),
    Next(usize, Box<WhistleHappening>),
    Erase(usize),
}

fn unit() -> impl Strategy<Value = &'static str> {
    select(&UNITS[..])
}

fn a_call() -> impl Strategy<Value = Called> {
    (unit(), 0..600_i64).prop_map(|(unit, by)| called(unit, by))
}

fn new() -> impl Strategy<Value = WhistleHappening> {
    let area = proptest::option::of(select(vec!["west", "east"]));
    let case = proptest::option::of(1..4_u64);
    let milestones = vec(0..600_i64, 0..3);
    let who = (proptest::option::of(unit()), area, case);
    let what = (
        select(WhistleKind::ALL.to_vec()),
        vec(a_call(), 1..4),
        milestones,
    );
    (0..600_i64, who, what).prop_map(|(at, (by, area, case), (kind, calls, milestones))| {
        let event = WhistleEvent::Blown {
            area: area.map(|code| code.parse().unwrap()),
            by: by.map(|code| code.parse().unwrap()),
            calls,
            case: case.map(CaseId),
            kind,
            milestones: milestones
                .into_iter()
                .map(|due| Planned {
                    due: minute(due),
                    title: format!("{due}"),
                })
                .collect(),
        };
        happening(at, event, words("请到场"))
    })
}

fn next() -> impl Strategy<Value = WhistleHappening> {
    let event = prop_oneof![
        3 => (unit(), any::<bool>()).prop_map(|(unit, late)| WhistleEvent::CheckedIn { late, unit: unit.parse().unwrap() }),
        1 => (unit(), proptest::option::of(unit())).prop_map(|(unit, other)| WhistleEvent::CallRefused {
            responsible: other.map(|code| code.parse().unwrap()),
            unit: unit.parse().unwrap(),
        }),
        1 => a_call().prop_map(WhistleEvent::UnitCalled),
        1 => (0..3_u32).prop_map(|milestone| WhistleEvent::MilestoneReached { late: false, milestone }),
        1 => (0..3_u32).prop_map(|milestone| WhistleEvent::MilestoneReopened { milestone }),
        1 => Just(WhistleEvent::Confirmed {}),
        1 => (unit(), 1..=5_u8).prop_map(|(unit, score)| WhistleEvent::UnitScored { score, unit: unit.parse().unwrap() }),
        1 => Just(WhistleEvent::Closed { absent: vec![], open_milestones: vec![], unconfirmed: true }),
        1 => Just(WhistleEvent::Withdrawn {}),
    ];
    let note = || Some(WhistleSealed::Note(Personal::new("好".to_owned())));
    (0..600_i64, event, any::<bool>())
        .prop_map(move |(at, event, said)| happening(at, event, note().filter(|_| said)))
}

fn runner(seed: u64, cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn filter() -> impl Strategy<Value = WhistleFilter> {
    fn some<T: Clone + std::fmt::Debug + 'static>(all: Vec<T>) -> impl Strategy<Value = Vec<T>> {
        prop_oneof![2 => Just(Vec::new()), 1 => vec(select(all), 1..3)]
    }
    let units = || some(UNITS.map(|code| code.parse().unwrap()).to_vec());
    let areas = some(
        ["west", "east", "moon"]
            .map(|c| c.parse().unwrap())
            .to_vec(),
    );
    let time = || proptest::option::of((0..600_i64).prop_map(minute));
    let words = (
        some(WhistleKind::ALL.to_vec()),
        some(WhistleStage::ALL.to_vec()),
        areas,
    );
    let times = (time(), time(), time());
    let case = proptest::option::weighted(0.2, (1..4_u64).prop_map(CaseId));
    (words, (units(), units(), units()), case, times).prop_map(
        |((kinds, stages, areas), (by, called, involved), case, (late_at, from, until))| {
            WhistleFilter {
                kinds,
                stages,
                by,
                called,
                involved,
                areas,
                case,
                late_at,
                from,
                until,
            }
        },
    )
}

fn no_wait(mut future: std::pin::Pin<Box<dyn Future<Output = ()> + '_>>) {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_ready());
}

/// Random whistles are written to both; every whistle, page and count that
/// random filters find is the one of the record in memory.
pub fn whistles_are_found_as_the_record_in_memory_finds_them<S: WhistleStore>(
    desk: &WhistleDesk<'_, S>,
) {
    let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
    let record = MemoryWhistles::new();
    let memory = WhistleDesk::new(&record, no_wait);
    let step = prop_oneof![
        2 => new().prop_map(|first| Move::New(Box::new(first))),
        6 => (any::<usize>(), next()).prop_map(|(which, next)| Move::Next(which, Box::new(next))),
        1 => any::<usize>().prop_map(Move::Erase),
    ];
    let moves = vec(step, MOVES).new_tree(&mut runner(seed, 1)).unwrap();
    let mut whistles: Vec<Whistle> = Vec::new();
    for step in moves.current() {
        let count = whistles.len().max(1);
        let change = match step {
            Move::New(first) => {
                memory.store.new_whistle_id();
                change(desk.store.new_whistle_id(), None, *first)
            }
            Move::Next(which, next) => match whistles.get(which % count) {
                Some(whistle) => change(whistle.id, Some(whistle), *next),
                None => continue,
            },
            Move::Erase(which) => match whistles.get(which % count) {
                Some(whistle) => {
                    let erases = memory.wait(record.whistle_sealed(whistle.id)).unwrap();
                    let erased = happening(0, WhistleEvent::Erased { erases }, None);
                    change(whistle.id, Some(whistle), erased)
                }
                None => continue,
            },
        };
        let after = change.after.clone();
        assert_eq!(memory.append(change.clone()), Ok(WhistleAppended::Done));
        assert_eq!(
            desk.append(change),
            Ok(WhistleAppended::Done),
            "seed {seed}"
        );
        match whistles.iter_mut().find(|whistle| whistle.id == after.id) {
            Some(whistle) => *whistle = after,
            None => whistles.push(after),
        }
    }
    for whistle in &whistles {
        assert_eq!(
            desk.whistle(whistle.id).as_ref(),
            Some(whistle),
            "seed {seed}"
        );
        let told = |timeline: Result<_, _>| timeline.unwrap();
        assert_eq!(
            told(desk.wait(desk.store.whistle_timeline(whistle.id))),
            told(memory.wait(record.whistle_timeline(whistle.id))),
            "seed {seed}"
        );
    }
    let question = (filter(), 1..20_usize, 0..900_i64);
    let asked = runner(seed, QUESTIONS).run(&question, |(filter, limit, now)| {
        for order in [Order::Newest, Order::Due] {
            prop_assert_eq!(
                desk.all(&filter, order, limit),
                memory.all(&filter, order, limit)
            );
        }
        let calls = CallFilter {
            units: filter.called,
            kinds: filter.kinds,
            from: filter.from,
            until: filter.until,
        };
        let found = desk.wait(desk.store.calls(&calls));
        prop_assert_eq!(&found, &memory.wait(record.calls(&calls)));
        let counts = CheckIns::by_unit(&found.unwrap(), minute(now));
        let counted: u64 = counts.values().map(|unit| unit.called).sum();
        prop_assert_eq!(counted, counts.values().map(attended).sum::<u64>());
        Ok(())
    });
    if let Err(error) = asked {
        panic!("seed {seed}: {error}");
    }
}

/// Calls of which it is known what became of them.
fn attended(unit: &CheckIns) -> u64 {
    unit.counted() + unit.waiting + unit.refused + unit.released
}

/// Makes a `#[test]` of every test of the suite: `whistle_conformance!(fresh, wait)`.
#[macro_export]
macro_rules! whistle_conformance {
    ($fresh:expr, $wait:expr) => {
        $crate::whistle_conformance! { @each $fresh, $wait;
            a_call_about_a_whistle_is_done_once
            a_whistle_changed_for_another_version_is_refused
            a_whistle_reads_back_as_it_was_written
            what_is_erased_of_a_whistle_is_gone
            whistles_are_found_as_the_record_in_memory_finds_them
        }
    };
    (@each $fresh:expr, $wait:expr; $($name:ident)*) => {$(
        #[test]
        fn $name() {
            let fresh = $fresh;
            let wait: $crate::conformance::BlockOn = |future| $wait(future);
            let desk = $crate::conformance::whistles::WhistleDesk::new(&*fresh, wait);
            $crate::conformance::whistles::$name(&desk);
        }
    )*};
}
