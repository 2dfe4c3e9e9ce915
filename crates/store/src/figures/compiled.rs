//! A question made ready for the columns of a table.

use yiwang_cases::figures::{
    Condition, Conditions, Counted, Dated, FigureQuestion, FormulaMask, Verdict,
};
use yiwang_cases::{Channel, Stage};

use super::columns::{
    CLOSED, Chunk, DISPATCHED, DUE, RESOLVE_BY, RESPOND_BY, SUBMITTED, channel_in, stage_in,
    unit_of_turn,
};
use super::table::Table;

/// A question in the numbers of one table.
pub(super) struct Compiled {
    formula: FormulaMask,
    /// Ended turns count too.
    pub(super) turns: bool,
    /// The column by which a turn falls into the period.
    pub(super) date: usize,
    from: u32,
    /// The last second of the period.
    to: u32,
    stages: u64,
    channels: u64,
    units: Option<Vec<bool>>,
    areas: Option<Vec<bool>>,
    categories: Option<Vec<bool>>,
    front_line: Option<Vec<bool>>,
    now: u32,
    /// Whether the formula looks at limits that are still running.
    looks_at_limits: bool,
}

impl Compiled {
    pub(super) fn of(table: &Table, question: &FigureQuestion) -> Compiled {
        let (formula, filter) = (&question.formula, &question.filter);
        let mask = FormulaMask::of(formula);
        let running = [
            Condition::ContactOverdue,
            Condition::DoneOverdue,
            Condition::StepLate,
        ];
        let front_line = mask.looks_at(Condition::FrontLine).then(|| {
            let units = table.units.all();
            units
                .map(|unit| unit.is_some_and(|unit| question.front_line.contains(unit)))
                .collect()
        });
        Compiled {
            turns: formula.counted == Counted::Turns,
            date: match formula.dated {
                Dated::Submitted => SUBMITTED,
                Dated::Dispatched => DISPATCHED,
                Dated::Closed => CLOSED,
            },
            // No time is 0, and lies in no period.
            from: filter.from.map_or(1, |from| from.seconds().max(1)),
            to: filter.until.map_or(u32::MAX, |until| until.seconds() - 1),
            stages: places(&filter.stages, &Stage::ALL),
            channels: places(&filter.channels, &Channel::ALL),
            units: table.units.chosen(&filter.units),
            areas: table.areas.chosen(&filter.areas),
            categories: table.categories.chosen(&filter.categories),
            front_line,
            now: question.now.seconds(),
            looks_at_limits: running.into_iter().any(|one| mask.looks_at(one)),
            formula: mask,
        }
    }

    /// What the formula says of a row; `None` when the question is not about it.
    #[inline]
    pub(super) fn judge(&self, chunk: &Chunk, at: usize) -> Option<Verdict> {
        let date = chunk.times[self.date][at];
        if date < self.from || date > self.to {
            return None;
        }
        let chosen = |chosen: &Option<Vec<bool>>, number: usize| {
            chosen.as_ref().is_none_or(|chosen| chosen[number])
        };
        let bits = chunk.bits[at];
        if self.stages >> stage_in(bits) & 1 == 0
            || self.channels >> channel_in(bits) & 1 == 0
            || !chosen(&self.units, unit_of_turn(bits, chunk.units[at]))
            || !chosen(&self.areas, chunk.areas[at] as usize)
            || !chosen(&self.categories, chunk.categories[at].into())
        {
            return None;
        }
        let mut holds = Conditions::from_bits(bits);
        if self.looks_at_limits && !holds.has(Condition::Ended) {
            holds = self.with_limits(holds, chunk, at);
        }
        if let Some(front_line) = &self.front_line {
            holds = holds.with(
                Condition::FrontLine,
                front_line[unit_of_turn(bits, chunk.units[at])],
            );
        }
        Some(self.formula.judge(holds))
    }

    #[inline]
    fn with_limits(&self, holds: Conditions, chunk: &Chunk, at: usize) -> Conditions {
        // No limit is 0, which has not passed.
        let passed = |column: usize| (1..self.now).contains(&chunk.times[column][at]);
        holds
            .with(
                Condition::ContactOverdue,
                !holds.has(Condition::Contacted) && passed(RESPOND_BY),
            )
            .with(
                Condition::DoneOverdue,
                !holds.has(Condition::Done) && passed(RESOLVE_BY),
            )
            .with(
                Condition::StepLate,
                holds.has(Condition::Open) && passed(DUE),
            )
    }
}

/// A bit for each value at its place; all of them when none is named.
pub(super) fn places<T: PartialEq>(wanted: &[T], all: &[T]) -> u64 {
    let mut places = 0;
    for (place, value) in all.iter().enumerate() {
        if wanted.is_empty() || wanted.contains(value) {
            places |= 1 << place;
        }
    }
    places
}
