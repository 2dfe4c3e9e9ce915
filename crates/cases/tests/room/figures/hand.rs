//! Figures counted by hand.

use jiff::SignedDuration;
use yiwang_base::{LocalText, Timestamp};
use yiwang_cases::authority::ladder;
use yiwang_cases::figures::{
    Board, Figure, FirstHands, GroupBy, GroupKey, Moment, Part, Rank, Spread, Tally, Turn, answer,
    behind, ranks,
};
use yiwang_cases::{Action, Command, Happening, Return, ReturnReason};

use super::{history, question, turns_of, words};
use crate::town::{FRIDAY, at, dispatch, good, note, rules};

fn hour(hours: i64) -> Timestamp {
    at(FRIDAY) + SignedDuration::from_hours(hours)
}

fn call_back(solved: bool, satisfaction: u8) -> Command {
    Command::CallBack {
        reached: true,
        solved: Some(solved),
        satisfaction: Some(satisfaction),
        note: None,
    }
}

fn give_back() -> Command {
    Command::Return(Return {
        reason: ReturnReason::NotOurDuty,
        responsible: None,
        note: note("换了灯泡"),
    })
}

/// Good commands of these sorts, each at its hour.
fn road(steps: &[(Action, i64)]) -> Vec<(Command, Timestamp)> {
    let step = |(action, hours): &(Action, i64)| (good(*action), hour(*hours));
    steps.iter().map(step).collect()
}

fn happened(commands: &[(Command, Timestamp)]) -> Vec<Happening> {
    let happened = history(&rules(), commands);
    assert!(
        happened.len() >= commands.len(),
        "a command was refused: {happened:?}"
    );
    happened
}

/// Six cases, all submitted at hour 0 and accepted and dispatched to `lights`
/// at once, with two hours to contact.
///
/// 1. contacted in time, done, verified, closed at 5, solved, 5 of 5
/// 2. contacted late (at 3), done, closed unverified at 6, "not solved", 1 of 5,
///    opened again at 7, still at the desk
/// 3. given back at 1 before contact, sent to `street-east` and contacted in time
/// 4. nothing more happened
/// 5. closed by the desk at 4 without contact; the call-back reached nobody
/// 6. came in only: the desk declined it at 2
fn six() -> Vec<Turn> {
    use Action::{Accept, Close, Decline, Dispatch, ReportBack, Start, Submit, Verify};
    let begin = [(Submit, 0), (Accept, 0), (Dispatch, 0)];
    let with = |more: &[(Action, i64)]| road(&[&begin, more].concat());
    let mut first = with(&[(Start, 1), (ReportBack, 3), (Verify, 4), (Close, 5)]);
    first.push((call_back(true, 5), hour(5)));
    let mut second = with(&[(Start, 3), (ReportBack, 5), (Close, 6)]);
    second.push((call_back(false, 1), hour(6)));
    second.push((good(Action::Reopen), hour(7)));
    let mut third = with(&[]);
    third.push((give_back(), hour(1)));
    third.push((good(Accept), hour(1)));
    third.retain(|(command, when)| command.action() != Accept || *when == hour(0));
    let reason = Some("nearest".to_owned());
    let mut send = dispatch("street-east");
    if let Command::Dispatch { reason: why, .. } = &mut send {
        *why = reason;
    }
    third.push((send, hour(1)));
    third.push((Command::Start, hour(2)));
    let fourth = with(&[]);
    let mut fifth = with(&[(Close, 4)]);
    fifth.push((
        Command::CallBack {
            reached: false,
            solved: None,
            satisfaction: None,
            note: None,
        },
        hour(5),
    ));
    let sixth = road(&[(Submit, 0), (Decline, 2)]);
    let cases = [first, second, third, fourth, fifth, sixth];
    let numbered = (1..).zip(&cases);
    numbered
        .flat_map(|(number, commands)| turns_of(number, &happened(commands)))
        .collect()
}

fn board(turns: &[Turn], code: &str, now: Timestamp, group: &GroupBy) -> Board {
    answer(turns, &question(code, now), group, 0)
}

/// Met, counted, and what is left out by its reason.
fn told(turns: &[Turn], code: &str, now: Timestamp) -> String {
    let question = question(code, now);
    let tally = answer(turns, &question, &GroupBy::Nothing, 0).total;
    let mut said = format!("{}/{}", tally.met, tally.counted);
    for (exclusion, left_out) in question.formula.exclusions.iter().zip(&tally.left_out) {
        if *left_out > 0 {
            said.push_str(&format!(" {} {left_out}", exclusion.code));
        }
    }
    said
}

#[test]
fn every_rate_of_six_cases_is_what_one_counts_by_hand() {
    let turns = six();
    // Six cases and two turns that ended: the one given back, the one opened again.
    assert_eq!(turns.len(), 8);
    let table = [
        // Two hours are over for 2 (late), 4 and 5 (never).
        ("response", "2/5 ended 1"),
        // Three closings: solved, not solved, nobody reached.
        ("resolution", "1/2 declined 1 not_reached 1"),
        ("satisfaction", "1/2 declined 1 not_reached 1"),
        // Three working days: 1 and 2 reported, 5 was closed; 3 and 4 still have time.
        ("on_time", "3/3 ended 1 pending 2"),
        // 1 and 5 stand closed; 2 is open again.
        ("first_contact", "2/2 declined 1"),
        // 3 was given back; where it went then is no review of the desk's.
        ("review", "4/5 again 1"),
        ("reopen", "1/3 declined 1"),
        ("return", "1/6"),
        ("not_solved", "1/2 declined 1 not_reached 1"),
        ("reached", "2/3 declined 1"),
        ("verified", "1/3 declined 1"),
        ("front_line", "0/2 declined 1"),
        // In the west another unit with the same duty is nearer than the city's.
        ("lowest_tier", "0/2 declined 1"),
        ("handling_time", "2/2 declined 1"),
        ("declined", "1/5 undecided 1"),
        // 2 at the desk, 3 and 4 at units: the desk has until hour 9, 4's contact is late.
        ("overdue", "1/3 finished 3"),
    ];
    for (code, expected) in table {
        assert_eq!(told(&turns, code, hour(8)), expected, "{code}");
    }
}

#[test]
fn the_handling_time_is_measured_from_coming_in_to_closing_of_what_counts() {
    let turns = six();
    let board = board(&turns, "handling_time", hour(8), &GroupBy::Category);
    let hours = |hours: u32| hours * 3600;
    // 1 took five hours and 5 took four; the smaller is not exceeded by half of them.
    let spread = Spread {
        measured: 2,
        median: hours(4),
        p90: hours(5),
    };
    assert_eq!(board.spread, Some(spread));
    assert_eq!(board.figures.last().unwrap().spread, Some(spread));
    let rate = answer(&turns, &question("response", hour(8)), &GroupBy::Nothing, 0);
    assert_eq!(rate.spread, None, "a rate measures no time");
}

#[test]
fn a_review_lasts_from_coming_in_to_the_first_dispatch() {
    use Action::{Accept, Dispatch, Reopen, ReportBack, Start, Submit};
    let begin = [(Submit, 0), (Accept, 1), (Dispatch, 3)];
    let quick = road(&[(Submit, 0), (Accept, 0), (Dispatch, 0)]);
    let mut again = road(
        &[
            &begin[..],
            &[(Start, 4), (ReportBack, 5), (Action::Close, 6)],
        ]
        .concat(),
    );
    again.push((good(Reopen), hour(7)));
    again.push((good(Dispatch), hour(9)));
    let turns: Vec<Turn> = (1..)
        .zip([quick, again])
        .flat_map(|(number, commands)| turns_of(number, &happened(&commands)))
        .collect();
    let board = board(&turns, "review", hour(10), &GroupBy::Nothing);
    let spread = Spread {
        measured: 2,
        median: 0,
        p90: 3 * 3600,
    };
    assert_eq!(board.spread, Some(spread));
}

#[test]
fn the_lowest_tier_is_that_of_the_ladder_at_every_place() {
    let rules = rules();
    let hands = FirstHands::of(&rules.areas, rules.units.values());
    let areas = rules.areas.keys().map(Some).chain([None]);
    for (area, category) in
        areas.flat_map(|area| rules.categories.keys().map(move |one| (area, one)))
    {
        let place = hands.place(area);
        let lowest = hands.lowest(Some(category))[place];
        let units = rules.dutiful_units(category, area);
        assert_eq!(units.is_empty(), lowest == FirstHands::NOBODY);
        let at_lowest: Vec<_> = units
            .iter()
            .filter(|unit| hands.unit(Some(&unit.code))[place] == lowest)
            .map(|unit| &unit.code)
            .collect();
        let rungs = ladder(&rules, category, area);
        let steps = rungs.iter().filter(|rung| rung.acts).map(|rung| rung.steps);
        let first = steps.min();
        let acting = rungs
            .iter()
            .filter(|rung| rung.acts && Some(rung.steps) == first);
        let mut expected: Vec<_> = acting.map(|rung| &rung.unit.code).collect();
        expected.sort();
        let mut found = at_lowest;
        found.sort();
        assert_eq!(found, expected, "{area:?} {category}");
    }
}

#[test]
fn limits_that_run_out_later_change_the_figure_later() {
    let turns = six();
    assert_eq!(told(&turns, "response", hour(1)), "2/3 ended 1 pending 2");
    // At the very second of the limit it is not over yet.
    assert_eq!(told(&turns, "response", hour(2)), "2/3 ended 1 pending 2");
    let after = hour(2) + SignedDuration::from_secs(1);
    assert_eq!(told(&turns, "response", after), "2/5 ended 1");
    // Three working days, then six working days after the holidays.
    assert_eq!(told(&turns, "on_time", hour(24 * 20)), "3/5 ended 1");
}

#[test]
fn figures_are_divided_by_unit_area_category_channel_and_period() {
    let turns = six();
    let parts = |code: &str, group: &GroupBy| -> Vec<(GroupKey, u64, u64)> {
        let board = board(&turns, code, hour(8), group);
        let parts = board.figures.into_iter();
        parts
            .map(|part| (part.key, part.tally.met, part.tally.all()))
            .collect()
    };
    let unit = |code: &str| GroupKey::Unit(Some(code.parse().unwrap()));
    assert_eq!(
        parts("response", &GroupBy::Unit),
        [(unit("lights"), 1, 5), (unit("street-east"), 1, 1)]
    );
    // What the desk declined belongs to no unit.
    assert_eq!(
        parts("resolution", &GroupBy::Unit),
        [(GroupKey::Unit(None), 0, 1), (unit("lights"), 1, 3)]
    );
    let area = |code: &str| GroupKey::Area(Some(code.parse().unwrap()));
    let town = [("west".parse().unwrap(), "town".parse().unwrap())].into();
    assert_eq!(
        parts("reopen", &GroupBy::Area(town)),
        [(area("town"), 1, 4)]
    );
    assert_eq!(
        parts("reopen", &GroupBy::Category),
        [(GroupKey::Category(Some("light".parse().unwrap())), 1, 4)]
    );
    assert_eq!(
        parts("reopen", &GroupBy::Channel),
        [(GroupKey::Channel(1), 1, 4)]
    );
    let starts = [0, 5, 6].map(|hours| Moment::of(hour(hours)));
    assert_eq!(
        parts("reopen", &GroupBy::Period(starts.to_vec())),
        // Closed at 2 and 4, then at 5; the one at 6 lies after the last period.
        [
            (GroupKey::Period(starts[0]), 0, 2),
            (GroupKey::Period(starts[1]), 0, 1)
        ]
    );
}

#[test]
fn a_period_takes_what_falls_into_it_by_the_time_that_the_formula_names() {
    let turns = six();
    let within = |code: &str, from: i64, until: i64| {
        let mut question = question(code, hour(8));
        question.filter.from = Some(Moment::of(hour(from)));
        question.filter.until = Some(Moment::of(hour(until)));
        answer(&turns, &question, &GroupBy::Nothing, 0).total.all()
    };
    assert_eq!(within("declined", 0, 1), 6, "all came in at once");
    assert_eq!(within("response", 0, 1), 5, "all but one were dispatched");
    assert_eq!(within("response", 1, 2), 1, "the one sent on");
    assert_eq!(within("reopen", 2, 4), 1, "declined at 2");
    assert_eq!(within("reopen", 4, 6), 2, "closed at 4 and 5");
}

#[test]
fn each_figure_opens_to_what_is_counted_and_to_what_is_left_out() {
    let turns = six();
    let found = |part: Part| -> Vec<(u64, u32)> {
        let page = behind(&turns, &question("response", hour(8)), part, None, 100);
        assert_eq!(page.next, None);
        let ids = page.turns.iter().map(|one| one.turn.id);
        ids.map(|id| (id.case.0, id.number)).collect()
    };
    assert_eq!(found(Part::Met), [(3, 1), (1, 0)]);
    assert_eq!(found(Part::NotMet), [(5, 0), (4, 0), (2, 0)]);
    assert_eq!(found(Part::LeftOut), [(3, 0)]);
    assert_eq!(found(Part::Reason(2)), [(3, 0)]);
    assert_eq!(found(Part::Reason(0)), []);
    assert_eq!(found(Part::Reason(1)), []);
    assert_eq!(found(Part::Counted).len(), 5);
    assert_eq!(found(Part::All).len(), 6);
}

#[test]
fn a_turn_that_ended_keeps_what_it_was() {
    let turns = six();
    let second = &turns[1];
    assert_eq!(
        (second.id.case.0, second.id.number, second.last),
        (2, 0, false)
    );
    let much_later = hour(24 * 365);
    assert_eq!(
        words(second, much_later),
        [
            "dispatched",
            "contacted",
            "contact_limit",
            "resolve_limit",
            "done",
            "done_in_time",
            "closed",
            "unverified",
            "called_back",
            "reached",
            "not_solved",
            "rated",
            "ended",
            "opened_again",
            "first_turn"
        ]
    );
    let again = &turns[2];
    assert_eq!((again.id.number, again.last, &again.unit), (1, true, &None));
    assert_eq!(words(again, hour(7)), ["open"]);
    assert_eq!(words(again, much_later), ["open", "step_late"]);
}

#[test]
fn ranks_that_cannot_be_told_apart_are_shared_and_too_few_are_not_ranked() {
    let figure = |name: &str, met: u64, counted: u64| Figure {
        key: GroupKey::Unit(Some(name.parse().unwrap())),
        tally: Tally {
            met,
            counted,
            left_out: vec![0],
        },
        spread: None,
    };
    let figures = [
        figure("best", 990, 1000),
        figure("middle", 800, 1000),
        figure("like-middle", 81, 100),
        figure("worst", 100, 1000),
        figure("few", 29, 29),
    ];
    let rank = |best, worst| Some(Rank { best, worst });
    let mut formula = question("verified", hour(0)).formula;
    assert_eq!(
        ranks(&formula, &figures),
        [rank(1, 1), rank(2, 3), rank(2, 3), rank(4, 4), None]
    );
    formula.better = yiwang_cases::figures::Better::Lower;
    assert_eq!(
        ranks(&formula, &figures),
        [rank(4, 4), rank(2, 3), rank(2, 3), rank(1, 1), None]
    );
    formula.better = yiwang_cases::figures::Better::Neither;
    assert_eq!(ranks(&formula, &figures), [None; 5]);
}

#[test]
fn the_same_period_under_another_formula_gives_another_figure_of_the_same_turns() {
    let turns = six();
    let mut other = question("satisfaction", hour(8));
    other.formula.version = 2;
    other.formula.name = LocalText::same("Satisfaction of all closed");
    // Whoever was not reached counts as not satisfied.
    other.formula.exclusions.truncate(1);
    let first = board(&turns, "satisfaction", hour(8), &GroupBy::Nothing).total;
    let second = answer(&turns, &other, &GroupBy::Nothing, 0).total;
    assert_eq!((first.met, first.counted), (1, 2));
    assert_eq!((second.met, second.counted), (1, 3));
    assert_eq!(first.all(), second.all());
}

#[test]
fn a_contact_that_was_late_stays_late_while_the_case_stands_still() {
    use Action::{Accept, Dispatch, Resume, Shelve, Start, Submit};
    let late = road(&[(Submit, 0), (Accept, 0), (Dispatch, 0), (Start, 3)]);
    let mut shelved = late.clone();
    shelved.push((good(Shelve), hour(4)));
    let mut resumed = shelved.clone();
    resumed.push((good(Resume), hour(10)));
    for commands in [late, shelved, resumed] {
        let turns = turns_of(1, &happened(&commands));
        assert_eq!(told(&turns, "response", hour(11)), "0/1", "{commands:?}");
    }
}

#[test]
fn what_stands_still_is_late_only_once_the_pause_is_over() {
    use Action::{Accept, Dispatch, Shelve, Start, Submit};
    let steps = [
        (Submit, 0),
        (Accept, 0),
        (Dispatch, 0),
        (Start, 1),
        (Shelve, 2),
    ];
    let turns = turns_of(1, &happened(&road(&steps)));
    let shelved_until = at("2026-10-25T02:00:00Z");
    let owed = turns_of(1, &happened(&road(&steps[..4])))[0].resolve_by;
    assert!(
        owed < Some(Moment::of(shelved_until)),
        "it was due long before"
    );
    let found = |when| {
        let whole = answer(&turns, &question("on_time", when), &GroupBy::Nothing, 0).total;
        (whole.met, whole.counted, whole.left_out.iter().sum::<u64>())
    };
    let minute = SignedDuration::from_mins(1);
    assert_eq!(found(shelved_until - minute), (0, 0, 1));
    assert_eq!(found(shelved_until + minute), (0, 1, 0));
}
