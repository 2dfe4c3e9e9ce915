//! Counting turn by turn: the plain statement of what a store must answer.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{
    Behind, BehindPage, BehindStart, Board, Countable, FigureQuestion, FigureStore, Gathered,
    GroupBy, Part, Progress, Tally, Turn, turns,
};
use crate::{MemoryStore, StoreError};

impl MemoryStore {
    fn turns(&self) -> Result<(Vec<Turn>, u64), StoreError> {
        let (cases, entries) = self.histories(|id, events| {
            let happenings = events.iter().map(|recorded| &recorded.happening);
            turns(id, happenings).map_err(|error| StoreError::Broken(error.to_string()))
        });
        let cases = cases.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok((cases.concat(), entries))
    }
}

impl FigureStore for MemoryStore {
    fn progress(&self) -> Progress {
        let (cases, _) = self.histories(|_, _| ());
        let total = cases.len() as u64;
        Progress {
            done: total,
            total,
            ready: true,
        }
    }

    async fn board(&self, question: &FigureQuestion, group: &GroupBy) -> Result<Board, StoreError> {
        let (turns, entries) = self.turns()?;
        Ok(answer(&turns, question, group, entries))
    }

    async fn behind(
        &self,
        question: &FigureQuestion,
        part: Part,
        start: Option<BehindStart>,
        limit: usize,
    ) -> Result<BehindPage, StoreError> {
        let (turns, _) = self.turns()?;
        Ok(behind(&turns, question, part, start, limit))
    }
}

/// The board of these turns or calls.
pub fn answer<T: Countable>(
    turns: &[T],
    question: &FigureQuestion,
    group: &GroupBy,
    entries: u64,
) -> Board {
    let formula = &question.formula;
    let mut parts = BTreeMap::new();
    for turn in turns.iter().filter(|turn| question.is_about(*turn)) {
        let Some(key) = group.key(question, turn) else {
            continue;
        };
        let part = parts.entry(key).or_insert_with(|| Gathered {
            tally: Tally::none(formula),
            seconds: Vec::new(),
        });
        let verdict = formula.judge(question.conditions(turn));
        part.tally.add(verdict);
        if Part::Counted.has(verdict) {
            part.seconds.extend(question.seconds(turn));
        }
    }
    Board::of(formula, parts, entries)
}

/// A page of the turns or calls behind a figure.
pub fn behind<T: Countable + Clone>(
    turns: &[T],
    question: &FigureQuestion,
    part: Part,
    start: Option<T::Id>,
    limit: usize,
) -> BehindPage<T> {
    let mut found: Vec<Behind<T>> = turns
        .iter()
        .filter(|turn| question.is_about(*turn))
        .map(|turn| Behind {
            turn: turn.clone(),
            verdict: question.formula.judge(question.conditions(turn)),
        })
        .filter(|one| part.has(one.verdict))
        .filter(|one| start.is_none_or(|start| one.turn.id() < start))
        .collect();
    found.sort_by_key(|one| Reverse(one.turn.id()));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| last.turn.id());
    BehindPage { turns: found, next }
}
