//! What is asked of the figures.

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::{AreaCode, CategoryCode, UnitCode};

use super::{Conditions, Counted, Dated, Formula, Moment, Turn};
use crate::{Channel, Stage};

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
    /// At or after, by the time that the formula names.
    pub from: Option<Moment>,
    /// Before.
    pub until: Option<Moment>,
}

/// A question: one formula over the turns that a filter finds.
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
    /// By channel.
    Channel,
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
    /// A channel, by its place in [`Channel::ALL`].
    Channel(usize),
    /// The period that begins at this time.
    Period(Moment),
}

impl FigureQuestion {
    /// The time by which a turn falls into a period; `None` keeps it out of
    /// every question by this formula.
    pub fn date(&self, turn: &Turn) -> Option<Moment> {
        match self.formula.dated {
            Dated::Submitted => Some(turn.submitted_at),
            Dated::Dispatched => turn.dispatched_at,
            Dated::Closed => turn.closed_at,
        }
    }

    /// Whether the question is about this turn.
    pub fn is_about(&self, turn: &Turn) -> bool {
        fn any<T: PartialEq>(wanted: &[T], found: &T) -> bool {
            wanted.is_empty() || wanted.contains(found)
        }
        let filter = &self.filter;
        let dated = self.date(turn).is_some_and(|at| {
            filter.from.is_none_or(|from| at >= from) && filter.until.is_none_or(|until| at < until)
        });
        dated
            && (turn.last || self.formula.counted == Counted::Turns)
            && any(&filter.units, &turn.unit)
            && any(&filter.areas, &turn.area)
            && any(&filter.categories, &turn.category)
            && any(&filter.channels, &turn.channel)
            && any(&filter.stages, &turn.stage)
    }

    /// What holds of a turn, at the time and with the units of the question.
    pub fn conditions(&self, turn: &Turn) -> Conditions {
        let front_line = turn
            .unit
            .as_ref()
            .is_some_and(|unit| self.front_line.contains(unit));
        turn.at(self.now)
            .with(super::Condition::FrontLine, front_line)
    }
}

impl GroupBy {
    /// The part that a turn belongs to; `None` when it lies in no period.
    pub fn key(&self, question: &FigureQuestion, turn: &Turn) -> Option<GroupKey> {
        Some(match self {
            GroupBy::Nothing => GroupKey::All,
            GroupBy::Unit => GroupKey::Unit(turn.unit.clone()),
            GroupBy::Area(stands_for) => {
                let area = turn.area.as_ref();
                GroupKey::Area(area.map(|area| stands_for.get(area).unwrap_or(area).clone()))
            }
            GroupBy::Category => GroupKey::Category(turn.category.clone()),
            GroupBy::Channel => {
                let mut all = Channel::ALL.iter();
                GroupKey::Channel(all.position(|channel| *channel == turn.channel)?)
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
