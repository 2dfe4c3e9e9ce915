//! Whatever figures are asked for, they are those counted turn by turn.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use yiwang_base::{AreaCode, CategoryCode, LocalText, UnitCode};

use super::agreement::{desk_wait, fill, runner};
use super::desk::Desk;
use super::random::{AREAS, CATEGORIES, MINUTES, UNITS};
use super::sample::{Draft, minute};
use crate::figures::{
    Clause, Condition, Counted, Dated, Exclusion, FigureFilter, FigureQuestion, FigureStore,
    FirstHands, Formula, GroupBy, Measured, Moment, Part, Scope, default_formula, default_formulas,
};
use crate::{Area, CaseStore, Channel, MemoryStore, Stage, Unit, UnitKind};

/// Questions asked.
const QUESTIONS: u32 = 300;

/// Conditions that turns are asked for.
fn of_turns() -> Vec<Condition> {
    let all = Condition::ALL.into_iter();
    all.filter(|condition| !condition.is_of_calls()).collect()
}

fn clause() -> impl Strategy<Value = Clause> {
    (subsequence(of_turns(), 1..4), 0..3_usize).prop_map(|(mut all, at)| {
        let none = all.split_off(at.min(all.len()));
        Clause { all, none }
    })
}

fn formula() -> impl Strategy<Value = Formula> {
    let own = (
        select(&[Counted::Cases, Counted::Turns][..]),
        select(&[Dated::Submitted, Dated::Dispatched, Dated::Closed][..]),
        vec(clause(), 0..4),
        clause(),
        option::of(select(&Measured::ALL[..])),
    )
        .prop_map(|(counted, dated, exclusions, met, measured)| {
            let exclusion = |(number, when): (usize, Clause)| Exclusion {
                code: format!("r{number}").parse().unwrap(),
                reason: LocalText::same("because"),
                when,
            };
            Formula {
                counted,
                dated,
                measured,
                met,
                exclusions: exclusions.into_iter().enumerate().map(exclusion).collect(),
                ..default_formula("response").unwrap()
            }
        });
    prop_oneof![1 => own, 1 => select(default_formulas())]
}

/// Some of these codes, one that nothing has, and none at all.
fn some<T>(codes: &'static [&'static str]) -> impl Strategy<Value = Vec<Option<T>>>
where
    T: std::str::FromStr + std::fmt::Debug + Clone + 'static,
    T::Err: std::fmt::Debug,
{
    let chosen = (subsequence(codes, 0..=codes.len()), 0..4_u8).prop_map(|(codes, more)| {
        let known = codes.iter().map(|code| Some(code.parse().unwrap()));
        let none = (more == 1).then_some(None);
        let unknown = (more == 2).then(|| Some("elsewhere".parse().unwrap()));
        known.chain(none).chain(unknown).collect()
    });
    prop_oneof![2 => Just(Vec::new()), 1 => chosen]
}

fn scope() -> impl Strategy<Value = Scope> {
    let known = |codes: Vec<Option<AreaCode>>| codes.into_iter().flatten().collect();
    (
        some::<AreaCode>(&AREAS).prop_map(known),
        some::<CategoryCode>(&CATEGORIES),
        prop_oneof![2 => Just(vec![]), 1 => subsequence(&Channel::ALL[..], 1..5)],
    )
        .prop_map(|(areas, categories, channels)| Scope {
            areas,
            categories: categories.into_iter().flatten().collect(),
            channels,
        })
}

fn moment() -> impl Strategy<Value = Moment> {
    (0..2 * MINUTES).prop_map(|minutes| Moment::of(minute(minutes)))
}

fn question() -> impl Strategy<Value = FigureQuestion> {
    let maybe = || prop_oneof![2 => Just(None), 1 => moment().prop_map(Some)];
    let filter = (
        some::<UnitCode>(&UNITS),
        some::<AreaCode>(&AREAS),
        some::<CategoryCode>(&CATEGORIES),
        prop_oneof![2 => Just(vec![]), 1 => subsequence(&Channel::ALL[..], 1..5)],
        prop_oneof![2 => Just(vec![]), 1 => subsequence(&Stage::ALL[..], 1..5)],
        (
            maybe(),
            maybe(),
            proptest::bool::weighted(0.1),
            prop_oneof![2 => Just(vec![]), 1 => vec(scope(), 1..3)],
        ),
    )
        .prop_map(
            |(units, areas, categories, channels, stages, (from, until, nothing, within))| {
                FigureFilter {
                    units,
                    areas,
                    categories,
                    channels,
                    stages,
                    from,
                    until,
                    nothing,
                    within,
                }
            },
        );
    let front_line = subsequence(&UNITS[..], 0..=UNITS.len())
        .prop_map(|units| units.iter().map(|unit| unit.parse().unwrap()).collect());
    let scenarios = vec(scope(), 0..3);
    (
        formula(),
        filter,
        moment(),
        front_line,
        first_hands(),
        scenarios,
    )
        .prop_map(
            |(formula, filter, now, front_line, first_hands, scenarios): (
                _,
                _,
                _,
                BTreeSet<UnitCode>,
                _,
                _,
            )| {
                FigureQuestion {
                    formula,
                    filter,
                    now,
                    front_line,
                    first_hands,
                    scenarios: scenarios.into(),
                }
            },
        )
}

/// Two areas lie in a third; each unit has some of the areas, or the whole city, and
/// some of the duties.
fn first_hands() -> impl Strategy<Value = Arc<FirstHands>> {
    let area = |code: &str, parent: Option<&str>| Area {
        code: code.parse().unwrap(),
        name: LocalText::same(code),
        parent: parent.map(|code| code.parse().unwrap()),
        tier: None,
        leaf: parent.is_some(),
        retired: false,
    };
    let areas = [
        area("west", Some("north.1")),
        area("east", Some("north.1")),
        area("north.1", None),
    ];
    let areas: BTreeMap<AreaCode, Area> = areas
        .into_iter()
        .map(|area| (area.code.clone(), area))
        .collect();
    let of_unit = (
        subsequence(&AREAS[..], 0..3),
        subsequence(&CATEGORIES[..], 0..=CATEGORIES.len()),
    );
    vec(of_unit, 0..=UNITS.len()).prop_map(move |units| {
        let units = UNITS.iter().zip(units).map(|(code, (own, duties))| Unit {
            code: code.parse().unwrap(),
            name: LocalText::same(*code),
            kind: UnitKind::Department,
            duties: duties.iter().map(|code| code.parse().unwrap()).collect(),
            areas: own.iter().map(|code| code.parse().unwrap()).collect(),
            retired: false,
        });
        let units: Vec<Unit> = units.collect();
        Arc::new(FirstHands::of(&areas, &units))
    })
}

fn group() -> impl Strategy<Value = GroupBy> {
    let one = |from: &str, to: &str| (from.parse().unwrap(), to.parse().unwrap());
    let town = [
        one("west", "town"),
        one("east", "town"),
        one("south_2", "west"),
    ];
    let kinds = [
        (UNITS[0].parse().unwrap(), UnitKind::Street),
        (UNITS[1].parse().unwrap(), UnitKind::Department),
    ];
    prop_oneof![
        Just(GroupBy::Nothing),
        Just(GroupBy::Unit),
        Just(GroupBy::Category),
        Just(GroupBy::Channel),
        Just(GroupBy::Area(town.clone().into())),
        Just(GroupBy::UnitArea(town.into())),
        Just(GroupBy::Tier(kinds.into())),
        vec(moment(), 2..8).prop_map(|mut starts| {
            starts.sort_unstable();
            starts.dedup();
            GroupBy::Period(starts)
        }),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        select(
            &[
                Part::All,
                Part::Counted,
                Part::Met,
                Part::NotMet,
                Part::LeftOut
            ][..]
        ),
        (0..4_usize).prop_map(Part::Reason),
    ]
}

/// Random cases are written to both; each board and each page behind it is the
/// same as in the record in memory.
pub fn whatever_figures_are_asked_for_they_are_those_counted_turn_by_turn<
    S: CaseStore + FigureStore,
>(
    desk: &Desk<'_, S>,
) {
    // Another record each time; a failure names the seed to put here.
    let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
    let record = MemoryStore::new();
    let memory = Desk::new(&record, desk_wait);
    fill(desk, &memory, seed);
    let asked = (question(), group(), part(), 1..30_usize);
    let asked = runner(seed, QUESTIONS).run(&asked, |(question, group, part, limit)| {
        let found = desk.board(&question, &group);
        prop_assert_eq!(found, memory.board(&question, &group));
        let mut start = None;
        loop {
            let page = desk.behind(&question, part, start, limit);
            prop_assert_eq!(&page, &memory.behind(&question, part, start, limit));
            start = page.next;
            if start.is_none() {
                return Ok(());
            }
        }
    });
    if let Err(error) = asked {
        panic!("seed {seed}: {error}");
    }
}

/// A board asked for right after a change knows it.
pub fn a_change_counts_at_once<S: CaseStore + FigureStore>(desk: &Desk<'_, S>) {
    let question = FigureQuestion {
        formula: default_formula("overdue").unwrap(),
        filter: FigureFilter::default(),
        now: Moment::of(minute(60)),
        front_line: BTreeSet::new(),
        first_hands: Arc::default(),
        scenarios: Arc::default(),
    };
    for number in 1..5 {
        desk.submit(&Draft {
            due: 50,
            ..Draft::at(number)
        });
        let board = desk.board(&question, &GroupBy::Nothing);
        assert_eq!(
            (board.total.met, board.total.all()),
            (number as u64, number as u64)
        );
        assert_eq!(board.entries, number as u64);
    }
    assert!(desk.progress().ready);
}
