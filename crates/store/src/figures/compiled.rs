//! A question made ready for the columns of a table.

use yiwang_cases::figures::{
    Condition, Conditions, Counted, Dated, FigureQuestion, FirstHands, FormulaMask, Scope, Steps,
    Verdict,
};
use yiwang_cases::{Channel, Stage};

use super::columns::{
    CLOSED, Chunk, DISPATCHED, DUE, RESOLVE_BY, RESPOND_BY, SUBMITTED, channel_in, stage_in,
    unit_of_turn,
};
use super::table::Table;

/// How far up the lowest tier is that may act, and how far up each unit is.
struct Tiers {
    /// The place of each area's number.
    places: Vec<usize>,
    lowest: Vec<Vec<Steps>>,
    units: Vec<Vec<Steps>>,
}

impl Tiers {
    fn of(table: &Table, hands: &FirstHands) -> Tiers {
        let (areas, categories) = (table.areas.all(), table.categories.all());
        Tiers {
            places: areas.map(|area| hands.place(area)).collect(),
            lowest: categories.map(|category| hands.lowest(category)).collect(),
            units: table.units.all().map(|unit| hands.unit(unit)).collect(),
        }
    }

    #[inline]
    fn with(&self, holds: Conditions, chunk: &Chunk, at: usize) -> Conditions {
        let place = self.places[chunk.areas[at] as usize];
        let lowest = self.lowest[usize::from(chunk.categories[at])][place];
        let own = self.units[unit_of_turn(chunk.bits[at], chunk.units[at])][place];
        let named = lowest != FirstHands::NOBODY;
        holds
            .with(Condition::DutyNamed, named)
            .with(Condition::LowestTier, named && own <= lowest)
    }
}

/// A scope in the numbers of one table.
struct Within {
    areas: Option<Vec<bool>>,
    categories: Option<Vec<bool>>,
    channels: u64,
}

impl Within {
    fn of(table: &Table, scope: &Scope) -> Within {
        let areas: Vec<_> = scope.areas.iter().cloned().map(Some).collect();
        let categories: Vec<_> = scope.categories.iter().cloned().map(Some).collect();
        Within {
            areas: table.areas.chosen(&areas),
            categories: table.categories.chosen(&categories),
            channels: places(&scope.channels, &Channel::ALL),
        }
    }

    #[inline]
    fn has(&self, chunk: &Chunk, at: usize) -> bool {
        self.channels >> channel_in(chunk.bits[at]) & 1 == 1
            && chosen(&self.areas, chunk.areas[at] as usize)
            && chosen(&self.categories, chunk.categories[at].into())
    }
}

/// Whether a number is among those chosen; where nothing was, all are.
#[inline]
fn chosen(chosen: &Option<Vec<bool>>, number: usize) -> bool {
    chosen.as_ref().is_none_or(|chosen| chosen[number])
}

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
    first_hands: Option<Tiers>,
    /// Only rows in one of these.
    within: Option<Vec<Within>>,
    /// What scenarios cover, where the formula asks for it.
    scenarios: Option<Vec<Within>>,
    /// The columns from which until which times are measured.
    measured: Option<[usize; 2]>,
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
        let tiers = [Condition::DutyNamed, Condition::LowestTier];
        let tiers = tiers.into_iter().any(|one| mask.looks_at(one))
            && *question.first_hands != FirstHands::default();
        let all_within = |scopes: &[Scope]| -> Vec<Within> {
            let scopes = scopes.iter();
            scopes.map(|scope| Within::of(table, scope)).collect()
        };
        let column = |dated| match dated {
            Dated::Dispatched => DISPATCHED,
            Dated::Closed => CLOSED,
            Dated::Submitted | Dated::Called => SUBMITTED,
        };
        Compiled {
            first_hands: tiers.then(|| Tiers::of(table, &question.first_hands)),
            within: (!filter.within.is_empty()).then(|| all_within(&filter.within)),
            scenarios: mask
                .looks_at(Condition::InScenario)
                .then(|| all_within(&question.scenarios)),
            measured: formula
                .measured
                .map(|measure| [measure.begins(), measure.ends()].map(column)),
            turns: formula.counted == Counted::Turns,
            date: column(formula.dated),
            // No time is 0, and lies in no period.
            from: filter.from.map_or(1, |from| from.seconds().max(1)),
            to: match formula.dated {
                // No turn has this time.
                Dated::Called => 0,
                _ if filter.nothing => 0,
                _ => filter.until.map_or(u32::MAX, |until| until.seconds() - 1),
            },
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
        let any = |scopes: &[Within]| scopes.iter().any(|scope| scope.has(chunk, at));
        let bits = chunk.bits[at];
        if self.stages >> stage_in(bits) & 1 == 0
            || self.channels >> channel_in(bits) & 1 == 0
            || !chosen(&self.units, unit_of_turn(bits, chunk.units[at]))
            || !chosen(&self.areas, chunk.areas[at] as usize)
            || !chosen(&self.categories, chunk.categories[at].into())
            || self.within.as_ref().is_some_and(|scopes| !any(scopes))
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
        if let Some(tiers) = &self.first_hands {
            holds = tiers.with(holds, chunk, at);
        }
        if let Some(scenarios) = &self.scenarios {
            holds = holds.with(Condition::InScenario, any(scenarios));
        }
        Some(self.formula.judge(holds))
    }

    /// The time that the formula measures of a row, seconds.
    #[inline]
    pub(super) fn seconds(&self, chunk: &Chunk, at: usize) -> Option<u32> {
        let [from, until] = self.measured?.map(|column| chunk.times[column][at]);
        (from > 0 && until > 0).then(|| until.saturating_sub(from))
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
