//! How long each step may take: named grades, a category's own limits, and how
//! far an extension, a pause or a question may reach.
//!
//! A deadline stands in the event that sets it. Changed limits therefore hold
//! for steps taken from then on; no deadline given before moves.

use serde::{Deserialize, Serialize};
use yiwang_base::{CategoryCode, LocalText, Span};

use crate::{Category, Rules};

/// A grade of urgency (分级) that a category can have instead of limits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// 紧急: danger to life or limb.
    Emergency,
    /// 民生: water, power, gas, heat.
    Supply,
    /// 一般.
    Ordinary,
    /// 复杂: several units or long work.
    Complex,
}

impl Grade {
    /// All of them, the most urgent first.
    pub const ALL: [Grade; 4] = [
        Grade::Emergency,
        Grade::Supply,
        Grade::Ordinary,
        Grade::Complex,
    ];

    /// The word of the interface, `emergency`.
    pub fn word(self) -> &'static str {
        match self {
            Grade::Emergency => "emergency",
            Grade::Supply => "supply",
            Grade::Ordinary => "ordinary",
            Grade::Complex => "complex",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            Grade::Emergency => ("紧急", "emergency"),
            Grade::Supply => ("水电气热", "water, power, gas, heat"),
            Grade::Ordinary => ("一般", "ordinary"),
            Grade::Complex => ("复杂", "complex"),
        };
        LocalText::new(zh, en)
    }
}

/// What the lead unit has, from its dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandlingLimits {
    /// Until the resident is contacted.
    pub respond: Span,
    /// Until it is resolved.
    pub resolve: Span,
}

/// The limits of each grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grades {
    /// Of [`Grade::Emergency`].
    pub emergency: HandlingLimits,
    /// Of [`Grade::Supply`].
    pub supply: HandlingLimits,
    /// Of [`Grade::Ordinary`].
    pub ordinary: HandlingLimits,
    /// Of [`Grade::Complex`].
    pub complex: HandlingLimits,
}

impl Default for Grades {
    /// Two hours, a day, 7 and 15 days by the clock, as the draft rules for
    /// 接诉即办 have them; the resident hears from the unit within a day, in an
    /// emergency within the two hours.
    fn default() -> Self {
        let hours = |hours: u32| Span::Clock {
            minutes: hours * 60,
        };
        let limits = |respond, resolve| HandlingLimits { respond, resolve };
        Self {
            emergency: limits(hours(2), hours(2)),
            supply: limits(hours(24), hours(24)),
            ordinary: limits(hours(24), hours(7 * 24)),
            complex: limits(hours(24), hours(15 * 24)),
        }
    }
}

impl Grades {
    /// The limits of a grade.
    pub fn of(&self, grade: Grade) -> HandlingLimits {
        match grade {
            Grade::Emergency => self.emergency,
            Grade::Supply => self.supply,
            Grade::Ordinary => self.ordinary,
            Grade::Complex => self.complex,
        }
    }
}

/// What a category has of its own instead of the city's usual limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OwnLimits {
    /// The grade whose limits the lead unit has, instead of the category's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// From coming in to accepted or declined, where the sender named the category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<Span>,
    /// From accepted to dispatched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Span>,
    /// From reported back to verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify: Option<Span>,
    /// From verified to closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close: Option<Span>,
}

impl OwnLimits {
    /// Whether it has none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// How far what holds up a case may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Allowance {
    /// Extensions (延期) of one dispatch at most.
    pub extensions: u32,
    /// How long the resolve limit may become by extensions, in hundredths of
    /// the category's own: 200 is double.
    pub extended_percent: u32,
    /// Days ahead at most for the review of a shelved case (挂账).
    pub shelve_days: u32,
    /// How long the resident has to answer a question (等待补充): so long at
    /// most the clock stands still.
    pub answer: Span,
    /// Questions to the resident in one dispatch at most.
    pub questions: u32,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            extensions: 1,
            extended_percent: 200,
            shelve_days: 180,
            answer: Span::Clock {
                minutes: 3 * 24 * 60,
            },
            questions: 2,
        }
    }
}

/// Limits of the city beside those of the desk's own steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CityLimits {
    /// What each grade of urgency means.
    pub grades: Grades,
    /// How far what holds up a case may reach.
    pub allowance: Allowance,
}

/// The desk's steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeskStep {
    Accept,
    Dispatch,
    Verify,
    Close,
}

impl Rules {
    /// What the lead unit of a case in this category has.
    pub fn handling(&self, category: &Category) -> HandlingLimits {
        match category.own.grade {
            Some(grade) => self.limits.grades.of(grade),
            None => HandlingLimits {
                respond: category.respond,
                resolve: category.resolve,
            },
        }
    }

    /// How long the desk has for a step with a case of this category.
    pub(crate) fn desk_limit(&self, category: Option<&CategoryCode>, step: DeskStep) -> Span {
        let own = category
            .and_then(|code| self.categories.get(code))
            .map(|category| category.own)
            .unwrap_or_default();
        let (own, usual) = match step {
            DeskStep::Accept => (own.accept, self.desk.accept),
            DeskStep::Dispatch => (own.dispatch, self.desk.dispatch),
            DeskStep::Verify => (own.verify, self.desk.verify),
            DeskStep::Close => (own.close, self.desk.close),
        };
        own.unwrap_or(usual)
    }
}

/// So many hundredths of a limit, cut to whole minutes or days.
pub(crate) fn percent(span: Span, percent: u32) -> Span {
    let amount = u64::from(span.amount()) * u64::from(percent) / 100;
    span.with_amount(u32::try_from(amount).unwrap_or(u32::MAX))
}
