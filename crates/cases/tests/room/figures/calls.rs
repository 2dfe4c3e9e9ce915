//! Calls of whistles, counted by hand.

use jiff::SignedDuration;
use yiwang_base::{Refusal, Timestamp};
use yiwang_cases::figures::{
    Condition, Counted, Dated, Formula, GroupBy, GroupKey, Measured, Moment, Part, Whistled,
    answer, behind, default_formula,
};
use yiwang_cases::{Call, CallRefusal, CheckIns, Whistle, WhistleId, WhistleKind, WhistleStage};

use super::ask;
use crate::town::{FRIDAY, at};

fn minute(minutes: i64) -> Timestamp {
    at(FRIDAY) + SignedDuration::from_mins(minutes)
}

/// A unit that is called at minute 0, is to come by minute 30, and did or did not.
fn call(unit: &str, came: Option<i64>) -> Call {
    Call {
        unit: unit.parse().unwrap(),
        called_at: minute(0),
        check_in_by: minute(30),
        checked_in_at: came.map(minute),
        refused: None,
        score: None,
    }
}

fn refusing(unit: &str, minutes: i64) -> Call {
    Call {
        refused: Some(CallRefusal {
            at: minute(minutes),
            responsible: None,
        }),
        ..call(unit, None)
    }
}

fn whistle(number: u64, area: &str, ended: Option<i64>, calls: Vec<Call>) -> Whistle {
    Whistle {
        id: WhistleId(number),
        version: 1,
        kind: WhistleKind::Daily,
        stage: WhistleStage::Blown,
        by: None,
        case: None,
        area: Some(area.parse().unwrap()),
        calls,
        milestones: Vec::new(),
        blown_at: minute(0),
        confirmed_at: None,
        ended_at: ended.map(minute),
        changed_at: minute(0),
        erased: false,
        words: None,
    }
}

/// 1. in the west, still open: came in time, came late, refused, not there yet
/// 2. in the east, ended at minute 20: nobody had come, and nobody was late
/// 3. in the east, ended at minute 60: never came
fn calls() -> Vec<Whistled> {
    let of = |unit, came| call(unit, came);
    let whistles = [
        whistle(
            1,
            "west",
            None,
            vec![
                of("lights", Some(30)),
                of("gas", Some(31)),
                refusing("police", 10),
                of("water", None),
            ],
        ),
        whistle(2, "east", Some(20), vec![of("lights", None)]),
        whistle(3, "east", Some(60), vec![of("lights", None)]),
    ];
    whistles.iter().flat_map(Whistled::of).collect()
}

fn check_in() -> Formula {
    default_formula("check_in").unwrap()
}

fn told(minutes: i64) -> String {
    let question = ask(check_in(), minute(minutes));
    let board = answer(&calls(), &question, &GroupBy::Nothing, 0);
    let mut said = format!("{}/{}", board.total.met, board.total.counted);
    let reasons = question.formula.exclusions.iter();
    for (reason, count) in reasons.zip(&board.total.left_out) {
        said.push_str(&format!(" {} {count}", reason.code));
    }
    said
}

#[test]
fn the_check_in_rate_leaves_out_whoever_refused_was_released_or_has_time() {
    assert_eq!(told(25), "1/3 refused 1 released 1 pending 1");
    // At the very moment of the deadline it has not passed.
    assert_eq!(told(30), "1/3 refused 1 released 1 pending 1");
    assert_eq!(told(31), "1/4 refused 1 released 1 pending 0");
}

#[test]
fn who_refuses_after_the_deadline_did_not_come() {
    let late = refusing("lights", 31);
    let calls: Vec<_> = Whistled::of(&whistle(1, "west", None, vec![late])).collect();
    let question = ask(check_in(), minute(32));
    let board = answer(&calls, &question, &GroupBy::Nothing, 0);
    assert_eq!((board.total.met, board.total.counted), (0, 1));
}

#[test]
fn it_counts_as_the_page_of_whistles_does() {
    let calls = calls();
    for minutes in [0, 25, 31, 90] {
        let now = minute(minutes);
        let question = ask(check_in(), now);
        let board = answer(&calls, &question, &GroupBy::Unit, 0);
        for figure in board.figures {
            let GroupKey::Unit(Some(unit)) = figure.key else {
                panic!("every call has a unit")
            };
            let counts = &CheckIns::by_unit(&calls, now)[&unit];
            assert_eq!(
                (figure.tally.met, figure.tally.counted, figure.tally.all()),
                (counts.on_time, counts.counted(), counts.called),
                "{unit} at {minutes}"
            );
        }
    }
}

#[test]
fn calls_are_divided_by_unit_area_and_period_and_opened_one_by_one() {
    let question = ask(check_in(), minute(90));
    let parts = |group: &GroupBy| -> Vec<(GroupKey, u64, u64)> {
        let board = answer(&calls(), &question, group, 0);
        let parts = board.figures.into_iter();
        parts
            .map(|part| (part.key, part.tally.met, part.tally.counted))
            .collect()
    };
    let area = |code: &str| GroupKey::Area(Some(code.parse().unwrap()));
    assert_eq!(
        parts(&GroupBy::Area([].into())),
        [(area("east"), 0, 1), (area("west"), 1, 3)]
    );
    let starts = [-60, 0, 60].map(|minutes| Moment::of(minute(minutes)));
    let begun = GroupKey::Period(starts[1]);
    assert_eq!(parts(&GroupBy::Period(starts.to_vec())), [(begun, 1, 4)]);
    let page = behind(&calls(), &question, Part::All, None, 2);
    let shown = |page: &[yiwang_cases::figures::Behind<Whistled>]| -> Vec<(u64, u32)> {
        let ids = page.iter().map(|one| one.turn.id);
        ids.map(|id| (id.whistle.0, id.number)).collect()
    };
    assert_eq!(shown(&page.turns), [(3, 0), (2, 0)]);
    let rest = behind(&calls(), &question, Part::All, page.next, 9);
    assert_eq!(shown(&rest.turns), [(1, 3), (1, 2), (1, 1), (1, 0)]);
    assert_eq!(rest.next, None);
}

#[test]
fn calls_and_turns_are_not_asked_for_what_the_other_has() {
    let code = |formula: Formula| formula.check().map_err(|refusal: Refusal| refusal.code);
    let dated = Formula {
        dated: Dated::Closed,
        ..check_in()
    };
    assert_eq!(code(dated), Err("formula.dated-otherwise"));
    let cases = Formula {
        counted: Counted::Cases,
        dated: Dated::Closed,
        ..check_in()
    };
    assert_eq!(code(cases), Err("formula.condition-otherwise"));
    let mut solved = check_in();
    solved.met.all.push(Condition::Solved);
    assert_eq!(code(solved), Err("formula.condition-otherwise"));
    let timed = Formula {
        measured: Some(Measured::Whole),
        ..check_in()
    };
    assert_eq!(code(timed), Err("formula.measured-otherwise"));
    let mut emergencies = check_in();
    emergencies.met.all.push(Condition::EmergencyWhistle);
    assert_eq!(code(emergencies), Ok(()));
}
