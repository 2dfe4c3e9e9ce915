//! Figures: formulas, turns, boards.

mod calls;
mod formulas;
mod hand;
mod properties;

use yiwang_base::{CaseId, Timestamp};
use yiwang_cases::figures::{
    Condition, Countable as _, FigureFilter, FigureQuestion, FirstHands, Formula, Moment, Turn,
    default_formula, turns,
};
use yiwang_cases::{Actor, Case, Command, Context, Happening, Rules, decide};

use crate::town::{apply, rules};

/// What commands at these times make happen to a case; those refused are passed over.
fn history(rules: &Rules, commands: &[(Command, Timestamp)]) -> Vec<Happening> {
    let actor = Actor::User("li.na".parse().unwrap());
    let mut case: Option<Case> = None;
    let mut history = Vec::new();
    for (command, now) in commands {
        let context = Context {
            rules,
            actor: &actor,
            grounds: None,
            now: *now,
        };
        for happening in decide(case.as_ref(), command, &context).unwrap_or_default() {
            apply(&mut case, &happening);
            history.push(happening);
        }
    }
    history
}

fn turns_of(number: u64, history: &[Happening]) -> Vec<Turn> {
    turns(CaseId(number), history).unwrap()
}

/// A question about everything, by a formula of version 1.
fn question(code: &str, now: Timestamp) -> FigureQuestion {
    ask(default_formula(code).unwrap(), now)
}

fn ask(formula: Formula, now: Timestamp) -> FigureQuestion {
    FigureQuestion {
        formula,
        filter: FigureFilter::default(),
        now: Moment::of(now),
        front_line: ["street-east".parse().unwrap()].into(),
        first_hands: first_hands().into(),
        scenarios: [].into(),
    }
}

fn first_hands() -> FirstHands {
    let rules = rules();
    FirstHands::of(&rules.areas, rules.units.values())
}

/// The conditions that hold of a turn at a time, by their words.
fn words(turn: &Turn, now: Timestamp) -> Vec<&'static str> {
    let holds = turn.at(Moment::of(now));
    let all = Condition::ALL.into_iter();
    all.filter(|condition| holds.has(*condition))
        .map(Condition::word)
        .collect()
}
