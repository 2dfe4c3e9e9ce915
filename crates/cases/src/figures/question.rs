//! What is asked of the figures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use yiwang_base::{AreaCode, CategoryCode, UnitCode};

use super::{Condition, Conditions, Countable, Counted, FirstHands, Formula, Moment, Scope};
use crate::{Channel, Stage, UnitKind};

/// Which turns a question is about. Empty lists and `None` mean "any"; `None`
/// in a list means those that have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureFilter {
    /// Units that had the turn.
    pub units: Vec<Option<UnitCode>>,
    /// Leaf areas (the caller expands a district).
    pub areas: Vec<Option<AreaCode>>,
    /// Categories.
    pub categories: Vec<Option<CategoryCode>>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Stages at the end of the turn.
    pub stages: Vec<Stage>,
    /// Within one of these; none means anywhere.
    pub within: Vec<Scope>,
    /// At or after, by the time that the formula names.
    pub from: Option<Moment>,
    /// Before.
    pub until: Option<Moment>,
    /// What was asked for excludes itself, such as a unit of another tier: nothing
    /// is found.
    pub nothing: bool,
}

/// A question: one formula over the turns or calls that a filter finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureQuestion {
    /// How to count.
    pub formula: Formula,
    /// What to count.
    pub filter: FigureFilter,
    /// The time, for limits that are still running.
    pub now: Moment,
    /// Units of the lowest tier.
    pub front_line: BTreeSet<UnitCode>,
    /// The lowest tier that may act, for formulas that ask for it.
    pub first_hands: Arc<FirstHands>,
    /// What scenarios cover, for formulas that ask for it.
    pub scenarios: Arc<[Scope]>,
}

/// By what a board is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// Not at all.
    Nothing,
    /// By unit.
    Unit,
    /// By area: each leaf counts for the area named here, others for themselves.
    Area(BTreeMap<AreaCode, AreaCode>),
    /// By category.
    Category,
    /// By unit and area: vertical lines by territorial blocks (条块). Each leaf counts
    /// for the area named here, others for themselves.
    UnitArea(BTreeMap<AreaCode, AreaCode>),
    /// By channel.
    Channel,
    /// By the sort of the unit (层级).
    Tier(BTreeMap<UnitCode, UnitKind>),
    /// By period, each from one of these times to the next; ascending.
    Period(Vec<Moment>),
}

/// One part of a divided board.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKey {
    /// Everything.
    All,
    /// A unit, or none.
    Unit(Option<UnitCode>),
    /// An area, or none.
    Area(Option<AreaCode>),
    /// A category, or none.
    Category(Option<CategoryCode>),
    /// A unit, or none, in an area, or none.
    UnitArea(Option<UnitCode>, Option<AreaCode>),
    /// A channel, by its place in [`Channel::ALL`].
    Channel(usize),
    /// A sort of unit, by its place in [`UnitKind::ALL`]; `None` without a unit, or
    /// with one that the city does not have.
    Tier(Option<usize>),
    /// The period that begins at this time.
    Period(Moment),
}

impl FigureQuestion {
    /// The time by which a turn falls into a period; `None` keeps it out of
    /// every question by this formula.
    pub fn date(&self, turn: &impl Countable) -> Option<Moment> {
        turn.date(self.formula.dated)
    }

    /// Whether the question is about this turn or call.
    pub fn is_about(&self, turn: &impl Countable) -> bool {
        fn any<T: PartialEq>(wanted: &[T], found: Option<T>) -> bool {
            wanted.is_empty() || found.is_some_and(|found| wanted.contains(&found))
        }
        fn any_code<T: PartialEq>(wanted: &[Option<T>], found: Option<&T>) -> bool {
            wanted.is_empty() || wanted.iter().any(|one| one.as_ref() == found)
        }
        let filter = &self.filter;
        let dated = self.date(turn).is_some_and(|at| {
            filter.from.is_none_or(|from| at >= from) && filter.until.is_none_or(|until| at < until)
        });
        dated
            && !filter.nothing
            && (turn.counts_as_case() || self.formula.counted != Counted::Cases)
            && any_code(&filter.units, turn.unit())
            && any_code(&filter.areas, turn.area())
            && any_code(&filter.categories, turn.category())
            && any(&filter.channels, turn.channel())
            && any(&filter.stages, turn.stage())
            && (filter.within.is_empty() || within(&filter.within, turn))
    }

    /// What holds of a turn or call, at the time and with the units of the question.
    pub fn conditions(&self, turn: &impl Countable) -> Conditions {
        let front_line = turn
            .unit()
            .is_some_and(|unit| self.front_line.contains(unit));
        let holds = turn
            .at(self.now)
            .with(Condition::FrontLine, front_line)
            .with(Condition::InScenario, within(&self.scenarios, turn));
        if *self.first_hands == FirstHands::default() {
            return holds;
        }
        let place = self.first_hands.place(turn.area());
        let lowest = self.first_hands.lowest(turn.category())[place];
        let named = lowest != FirstHands::NOBODY;
        let own = self.first_hands.unit(turn.unit())[place];
        holds
            .with(Condition::DutyNamed, named)
            .with(Condition::LowestTier, named && own <= lowest)
    }

    /// The time that the formula measures of a turn, seconds.
    pub fn seconds(&self, turn: &impl Countable) -> Option<u32> {
        let measured = self.formula.measured?;
        let from = turn.date(measured.begins())?;
        let until = turn.date(measured.ends())?;
        Some(until.seconds().saturating_sub(from.seconds()))
    }
}

fn within(scopes: &[Scope], turn: &impl Countable) -> bool {
    scopes.iter().any(|scope| scope.covers(turn))
}

/// The area that an area counts for.
fn counts_for(
    stands_for: &BTreeMap<AreaCode, AreaCode>,
    area: Option<&AreaCode>,
) -> Option<AreaCode> {
    area.map(|area| stands_for.get(area).unwrap_or(area).clone())
}

impl GroupBy {
    /// The part that a turn or call belongs to; `None` when it lies in no period.
    pub fn key(&self, question: &FigureQuestion, turn: &impl Countable) -> Option<GroupKey> {
        Some(match self {
            GroupBy::Nothing => GroupKey::All,
            GroupBy::Unit => GroupKey::Unit(turn.unit().cloned()),
            GroupBy::Area(stands_for) => GroupKey::Area(counts_for(stands_for, turn.area())),
            GroupBy::UnitArea(stands_for) => {
                let area = counts_for(stands_for, turn.area());
                GroupKey::UnitArea(turn.unit().cloned(), area)
            }
            GroupBy::Category => GroupKey::Category(turn.category().cloned()),
            GroupBy::Channel => {
                let mut all = Channel::ALL.iter();
                GroupKey::Channel(all.position(|channel| Some(*channel) == turn.channel())?)
            }
            GroupBy::Tier(kinds) => {
                let kind = turn.unit().and_then(|unit| kinds.get(unit));
                GroupKey::Tier(kind.map(|kind| kind.place()))
            }
            GroupBy::Period(starts) => {
                let at = question.date(turn)?;
                let after = starts.partition_point(|start| *start <= at);
                // The last time only ends the last period.
                if after == starts.len() {
                    return None;
                }
                GroupKey::Period(*starts.get(after.checked_sub(1)?)?)
            }
        })
    }
}
