//! What is so of any history and any formula.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use yiwang_base::{CaseId, Timestamp};
use yiwang_cases::figures::{
    Clause, Condition, Conditions, Countable as _, Counted, Dated, Exclusion, Formula, FormulaMask,
    GroupBy, Moment, Part, Turn, Verdict, answer, behind, default_formula, default_formulas, turns,
};
use yiwang_cases::{Case, Command, Event, Rules};

use super::{ask, history, turns_of};
use crate::any_command::commands;
use crate::town::{FRIDAY, at, rules};

static RULES: LazyLock<Rules> = LazyLock::new(rules);

fn timed(commands: &[(Command, i64)]) -> Vec<(Command, Timestamp)> {
    let mut now = at(FRIDAY);
    let each = commands.iter().map(|(command, seconds)| {
        now += SignedDuration::from_secs(*seconds);
        (command.clone(), now)
    });
    each.collect()
}

/// Conditions that turns are asked for.
fn of_turns() -> Vec<Condition> {
    let all = Condition::ALL.into_iter();
    all.filter(|condition| !condition.is_of_calls()).collect()
}

fn clause() -> impl Strategy<Value = Clause> {
    (subsequence(of_turns(), 1..4), 0..4_usize).prop_map(|(mut all, at)| {
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
    )
        .prop_map(|(counted, dated, exclusions, met)| {
            let exclusion = |(number, when): (usize, Clause)| Exclusion {
                code: format!("r{number}").parse().unwrap(),
                reason: yiwang_base::LocalText::same("because"),
                when,
            };
            Formula {
                counted,
                dated,
                met,
                exclusions: exclusions.into_iter().enumerate().map(exclusion).collect(),
                ..default_formula("response").unwrap()
            }
        });
    prop_oneof![2 => own, 1 => select(default_formulas())]
}

fn city() -> impl Strategy<Value = Vec<Turn>> {
    vec(commands(), 1..6).prop_map(|cases| {
        let numbered = (1..).zip(&cases);
        numbered
            .flat_map(|(number, commands)| turns_of(number, &history(&RULES, &timed(commands))))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn turns_follow_from_the_events_and_the_last_is_the_case_as_it_stands(commands in commands()) {
        let history = history(&RULES, &timed(&commands));
        let turns = turns_of(7, &history);
        prop_assert_eq!(&turns, &turns_of(7, &history), "replaying gives the same");
        let Some(case) = Case::replay(CaseId(7), &history).unwrap() else {
            prop_assert!(turns.is_empty());
            return Ok(());
        };
        let (last, ended) = turns.split_last().unwrap();
        prop_assert_eq!(last.stage, case.stage);
        prop_assert_eq!(&last.category, &case.category);
        prop_assert_eq!(last.submitted_at, Moment::of(case.submitted_at));
        if case.stage.is_open() {
            prop_assert_eq!(&last.unit, &if last.dispatched_at.is_some() { case.unit.clone() } else { None });
        }
        if !case.had_turns() {
            prop_assert_eq!(&turns, &[Turn::only(&case)], "told from the case alone");
        }
        for (number, turn) in turns.iter().enumerate() {
            prop_assert_eq!(turn.id.number as usize, number);
            prop_assert_eq!(turn.last, number + 1 == turns.len());
            prop_assert_eq!(turn.holds.has(Condition::Ended), !turn.last);
        }
        let count = |which: fn(&Event) -> bool| history.iter().filter(|h| which(&h.event)).count();
        let ending = |condition| ended.iter().filter(|turn| turn.holds.has(condition)).count();
        prop_assert_eq!(ending(Condition::GivenBack), count(|e| matches!(e, Event::Returned(_))));
        prop_assert_eq!(ending(Condition::SentOn), count(|e| matches!(e, Event::Redirected(_))));
        prop_assert_eq!(ending(Condition::OpenedAgain), count(|e| matches!(e, Event::Reopened { .. })));
        let dispatched = turns.iter().filter(|turn| turn.dispatched_at.is_some()).count();
        let taken_back = count(|e| matches!(e, Event::Recalled(_)));
        prop_assert_eq!(dispatched + taken_back, count(|e| matches!(e, Event::Dispatched { .. })));
        let closings = turns.iter().filter(|turn| turn.holds.has(Condition::Closed)).count();
        let closed = count(|e| matches!(e, Event::Closed { .. } | Event::Withdrawn {}));
        prop_assert_eq!(closings, closed);
    }

    #[test]
    fn counted_and_left_out_are_all_and_parts_add_up(
        turns in city(), formula in formula(), days in 0..60_i64
    ) {
        let question = ask(formula, at(FRIDAY) + SignedDuration::from_hours(24 * days));
        let groups = [
            GroupBy::Nothing,
            GroupBy::Unit,
            GroupBy::Area(BTreeMap::new()),
            GroupBy::Category,
            GroupBy::Channel,
            GroupBy::Period(vec![Moment::of(Timestamp::MIN), Moment::of(at(FRIDAY)), Moment::of(Timestamp::MAX)]),
        ];
        let about = turns.iter().filter(|turn| question.is_about(*turn)).count() as u64;
        let whole = answer(&turns, &question, &groups[0], 0).total;
        prop_assert_eq!(whole.all(), about);
        for group in &groups {
            let board = answer(&turns, &question, group, 0);
            prop_assert_eq!(&board.total, &whole, "{:?}", group);
            let sum: u64 = board.figures.iter().map(|figure| figure.tally.all()).sum();
            prop_assert_eq!(sum, about, "{:?}", group);
            for figure in &board.figures {
                prop_assert!(figure.tally.met <= figure.tally.counted && figure.tally.all() > 0);
            }
        }
        // What stands behind is as many as the figure says.
        let behind = |part| behind(&turns, &question, part, None, usize::MAX).turns.len() as u64;
        prop_assert_eq!(behind(Part::Met), whole.met);
        prop_assert_eq!(behind(Part::Counted), whole.counted);
        prop_assert_eq!(behind(Part::Counted) + behind(Part::LeftOut), behind(Part::All));
        for (reason, left_out) in whole.left_out.iter().enumerate() {
            prop_assert_eq!(behind(Part::Reason(reason)), *left_out);
        }
        prop_assert_eq!(behind(Part::All), about);
    }

    #[test]
    fn pages_behind_a_figure_follow_each_other_without_gap_or_repeat(
        turns in city(), formula in formula(), limit in 1..5_usize
    ) {
        let question = ask(formula, at(FRIDAY));
        let whole = behind(&turns, &question, Part::All, None, usize::MAX);
        let (mut start, mut seen) = (None, Vec::new());
        loop {
            let page = behind(&turns, &question, Part::All, start, limit);
            seen.extend(page.turns);
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        prop_assert_eq!(seen, whole.turns);
    }

    #[test]
    fn masks_judge_as_the_formula_does(formula in formula(), bits in any::<u64>()) {
        prop_assert_eq!(formula.check(), Ok(()));
        let of = Conditions::from_bits(bits);
        prop_assert_eq!(FormulaMask::of(&formula).judge(of), formula.judge(of));
    }

    #[test]
    fn a_case_met_once_stays_met_until_something_happens(
        turns in city(), formula in select(default_formulas()), days in 0..60_i64
    ) {
        // Time alone only runs limits out: it never makes an unmet turn met, but for lateness itself.
        prop_assume!(formula.code.as_str() != "overdue");
        let (early, late) = (at(FRIDAY), at(FRIDAY) + SignedDuration::from_hours(24 * days));
        for turn in &turns {
            let judged = [early, late].map(|now| formula.judge(turn.at(Moment::of(now))));
            if judged[0] == Verdict::NotMet {
                prop_assert_ne!(judged[1], Verdict::Met);
            }
        }
    }

    #[test]
    fn nothing_but_a_submission_begins_turns(commands in commands()) {
        let history = history(&RULES, &timed(&commands));
        if let Some((_, rest)) = history.split_first() && !rest.is_empty() {
            prop_assert!(turns(CaseId(7), rest).is_err());
        }
    }
}
