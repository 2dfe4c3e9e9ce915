//! Figures counted from the record.

use std::collections::BTreeSet;

use yiwang_cases::conformance::sample::{change, happening, minute, straight_road};
use yiwang_cases::figures::{
    FigureFilter, FigureQuestion, FigureStore, GroupBy, Moment, Part, default_formulas,
};
use yiwang_cases::{CaseStore, Event, ReturnReason, Returned, StoreError};
use yiwang_store::Store;

use crate::desk::{Held, wait};

yiwang_cases::figure_conformance!(counting(), wait);

/// Where figures are kept, lists and counts are answered from them.
mod desk {
    use super::{counting, wait};

    yiwang_cases::conformance!(counting(), wait);
}

/// An empty store that counts.
fn counting() -> Held {
    let held = Held::new();
    wait(held.load_figures()).unwrap();
    held
}

fn question(formula: yiwang_cases::figures::Formula) -> FigureQuestion {
    FigureQuestion {
        formula,
        filter: FigureFilter::default(),
        now: Moment::of(minute(10_000)),
        front_line: BTreeSet::new(),
        first_hands: Default::default(),
        scenarios: Default::default(),
    }
}

fn fill(store: &Store) {
    for number in 0..60 {
        let id = store.new_case_id();
        let mut draft = yiwang_cases::conformance::sample::Draft::at(number);
        draft.area = Some(["west", "east"][number as usize % 2]);
        let mut events = vec![draft.happening()];
        for event in straight_road() {
            events.push(happening(number + 1, event, None));
        }
        if number % 3 == 0 {
            let returned = Returned {
                dispatch_by: minute(number + 90),
                reason: ReturnReason::NotOurDuty,
                responsible: None,
                unit: "lights".parse().unwrap(),
            };
            events.push(happening(number + 2, Event::Returned(returned), None));
        }
        if number % 2 == 0 {
            events.push(happening(
                number + 3,
                Event::Closed { unverified: true },
                None,
            ));
        }
        wait(store.append(change(id, None, events))).unwrap();
    }
}

#[test]
fn until_the_record_is_read_the_answer_says_so() {
    let held = Held::new();
    fill(&held);
    let question = question(default_formulas().remove(0));
    let loading = StoreError::Loading { done: 0, total: 0 };
    assert_eq!(
        wait(held.board(&question, &GroupBy::Nothing)),
        Err(loading.clone())
    );
    assert_eq!(
        wait(held.behind(&question, Part::All, None, 1)),
        Err(loading)
    );
    assert!(!held.progress().ready);
    wait(held.load_figures()).unwrap();
    let progress = held.progress();
    assert_eq!(
        (progress.done, progress.total, progress.ready),
        (60, 60, true)
    );
    assert!(wait(held.board(&question, &GroupBy::Nothing)).is_ok());
}

#[test]
fn what_is_read_at_the_start_is_what_was_followed() {
    let mut held = counting();
    fill(&held);
    let ask = |store: &Store| {
        let each = default_formulas().into_iter().map(|formula| {
            let question = question(formula);
            let board = wait(store.board(&question, &GroupBy::Unit)).unwrap();
            let page = wait(store.behind(&question, Part::All, None, 1000)).unwrap();
            (board, page)
        });
        each.collect::<Vec<_>>()
    };
    let followed = ask(&held);
    assert!(followed.iter().any(|(board, _)| board.total.met > 0));
    assert!(
        followed
            .iter()
            .any(|(_, page)| page.turns.iter().any(|one| !one.turn.last))
    );
    held.reopen();
    wait(held.load_figures()).unwrap();
    let read = ask(&held);
    assert_eq!(read, followed);
}

#[test]
fn figures_are_counted_beside_a_server_that_has_the_record_open() {
    let held = counting();
    fill(&held);
    let beside = Store::open_to_read(held.directory(), 2).unwrap();
    wait(beside.load_figures()).unwrap();
    let question = question(default_formulas().remove(0));
    let board = |store: &Store| wait(store.board(&question, &GroupBy::Area([].into()))).unwrap();
    assert_eq!(board(&beside), board(&held));
}
