//! How long each step may take, as stewards set it and try it on old cases.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::{LocalText, Span};
use yiwang_cases::{Allowance, Category, CityLimits, DeskLimits, HandlingLimits, OwnLimits, Tally};

use super::object::{maybe_object, object};
use super::{GradeWord, MeasureWord, Text, Word};

/// In what a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Minutes by the clock, day and night.
    Clock,
    /// Minutes of working time.
    Working,
    /// Whole working days.
    WorkingDays,
}

impl Measure {
    /// All of them.
    pub const ALL: [Measure; 3] = [Measure::Clock, Measure::Working, Measure::WorkingDays];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Measure::Clock => "clock",
            Measure::Working => "working",
            Measure::WorkingDays => "working_days",
        }
    }
}

/// How long a step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpanBody {
    /// In what it is counted.
    pub measure: MeasureWord,
    /// Minutes; days where it is counted in working days.
    #[schema(minimum = 1, maximum = 5256000)]
    pub amount: u32,
}

impl From<Span> for SpanBody {
    fn from(span: Span) -> Self {
        let measure = match span {
            Span::Clock { .. } => Measure::Clock,
            Span::Working { .. } => Measure::Working,
            Span::WorkingDays { .. } => Measure::WorkingDays,
        };
        Self {
            measure: Word(measure),
            amount: span.amount(),
        }
    }
}

/// How long each step of a category may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryLimitsBody {
    /// The grade whose limits the lead unit has instead of `respond` and `resolve`.
    #[schema(required)]
    pub grade: Option<GradeWord>,
    /// From dispatch until the resident is contacted, where it has no grade.
    #[serde(deserialize_with = "object")]
    pub respond: SpanBody,
    /// From dispatch until it is resolved, where it has no grade.
    #[serde(deserialize_with = "object")]
    pub resolve: SpanBody,
    /// From coming in to accepted; the city's own where it is `null`, as below.
    #[serde(default, deserialize_with = "maybe_object")]
    #[schema(required)]
    pub accept: Option<SpanBody>,
    /// From accepted to dispatched.
    #[serde(default, deserialize_with = "maybe_object")]
    #[schema(required)]
    pub dispatch: Option<SpanBody>,
    /// From reported back to verified.
    #[serde(default, deserialize_with = "maybe_object")]
    #[schema(required)]
    pub verify: Option<SpanBody>,
    /// From verified to closed.
    #[serde(default, deserialize_with = "maybe_object")]
    #[schema(required)]
    pub close: Option<SpanBody>,
}

impl From<&Category> for CategoryLimitsBody {
    fn from(category: &Category) -> Self {
        let OwnLimits {
            grade,
            accept,
            dispatch,
            verify,
            close,
        } = category.own;
        Self {
            grade: grade.map(Word),
            respond: category.respond.into(),
            resolve: category.resolve.into(),
            accept: accept.map(Into::into),
            dispatch: dispatch.map(Into::into),
            verify: verify.map(Into::into),
            close: close.map(Into::into),
        }
    }
}

/// The city's own limits: how long each step may take, what grades mean, and how
/// far what holds up a case may reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsBody {
    /// Steps of the desk.
    #[serde(deserialize_with = "object")]
    pub desk: DeskBody,
    /// From a whistle to check-in.
    #[serde(deserialize_with = "object")]
    pub whistle: WhistleLimitsBody,
    /// What each grade of urgency means.
    #[serde(deserialize_with = "object")]
    pub grades: GradesBody,
    /// Extensions, shelving and questions.
    #[serde(deserialize_with = "object")]
    pub allowance: AllowanceBody,
}

macro_rules! spans {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident,)+ })+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])+
            #[serde(deserialize_with = "object")]
            pub $field: SpanBody,)+
        }
    )+};
}

spans! {
    /// How long the desk's own steps may take.
    DeskBody {
        /// From coming in to accepted or declined.
        accept,
        /// From accepted to dispatched.
        dispatch,
        /// From reported back to verified.
        verify,
        /// From verified to closed.
        close,
    }
    /// From a whistle to check-in, where the caller sets no time of its own.
    WhistleLimitsBody {
        /// Of a daily whistle.
        daily,
        /// Of a campaign.
        campaign,
        /// Of an emergency.
        emergency,
    }
    /// What the lead unit has, from its dispatch.
    HandlingBody {
        /// Until the resident is contacted.
        respond,
        /// Until it is resolved.
        resolve,
    }
}

/// What each grade of urgency means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradesBody {
    /// Danger to life or limb.
    #[serde(deserialize_with = "object")]
    pub emergency: HandlingBody,
    /// Water, power, gas, heat.
    #[serde(deserialize_with = "object")]
    pub supply: HandlingBody,
    /// Ordinary.
    #[serde(deserialize_with = "object")]
    pub ordinary: HandlingBody,
    /// Several units or long work.
    #[serde(deserialize_with = "object")]
    pub complex: HandlingBody,
}

/// How far what holds up a case may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowanceBody {
    /// Extensions of one dispatch at most.
    #[schema(maximum = 100)]
    pub extensions: u32,
    /// How long the resolve limit may become by extensions, in hundredths of its own.
    #[schema(minimum = 100, maximum = 10000)]
    pub extended_percent: u32,
    /// Days ahead at most for the review of a shelved case.
    #[schema(minimum = 1, maximum = 3650)]
    pub shelve_days: u32,
    /// How long a resident has to answer a question.
    #[serde(deserialize_with = "object")]
    pub answer: SpanBody,
    /// Questions to the resident in one dispatch at most.
    #[schema(maximum = 100)]
    pub questions: u32,
}

impl LimitsBody {
    /// The limits of a city.
    pub fn of(desk: &DeskLimits, limits: &CityLimits) -> LimitsBody {
        let handling = |of: HandlingLimits| HandlingBody {
            respond: of.respond.into(),
            resolve: of.resolve.into(),
        };
        let Allowance {
            extensions,
            extended_percent,
            shelve_days,
            answer,
            questions,
        } = limits.allowance;
        LimitsBody {
            desk: DeskBody {
                accept: desk.accept.into(),
                dispatch: desk.dispatch.into(),
                verify: desk.verify.into(),
                close: desk.close.into(),
            },
            whistle: WhistleLimitsBody {
                daily: desk.whistle.daily.into(),
                campaign: desk.whistle.campaign.into(),
                emergency: desk.whistle.emergency.into(),
            },
            grades: GradesBody {
                emergency: handling(limits.grades.emergency),
                supply: handling(limits.grades.supply),
                ordinary: handling(limits.grades.ordinary),
                complex: handling(limits.grades.complex),
            },
            allowance: AllowanceBody {
                extensions,
                extended_percent,
                shelve_days,
                answer: answer.into(),
                questions,
            },
        }
    }
}

/// Limits to be tried on old cases.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryLimitsBody {
    /// The city's own limits; as they are unless given.
    #[serde(default, deserialize_with = "maybe_object")]
    pub limits: Option<LimitsBody>,
    /// Categories with other limits than they have.
    #[serde(default)]
    pub categories: Vec<TriedCategory>,
    /// How many cases to try them on, the newest first; 2000 unless given.
    #[schema(minimum = 1, maximum = 50000)]
    pub cases: Option<u32>,
}

/// A category with other limits than it has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriedCategory {
    /// Its code.
    pub code: String,
    /// Its limits.
    #[serde(deserialize_with = "object")]
    pub limits: CategoryLimitsBody,
}

/// How many steps of old cases would have been late.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedLimits {
    /// Cases they were tried on.
    pub cases: u64,
    /// Whether there are older cases that were left out.
    pub more: bool,
    /// By step, in the order of the road.
    pub steps: Vec<TriedLine>,
    /// The step `resolve` by category.
    pub categories: Vec<TriedLine>,
}

/// Steps taken; how many of them were late, and how many would have been.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedLine {
    /// Word of the step, or code of the category.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Steps taken, or late and not taken yet.
    pub taken: u64,
    /// Late by the limits that were set.
    pub late: u64,
    /// Late by those that were tried.
    pub late_then: u64,
}

impl TriedLine {
    /// A line of a tally.
    pub fn of(code: &str, name: &LocalText, tally: &Tally) -> TriedLine {
        TriedLine {
            code: code.to_owned(),
            name: name.into(),
            taken: tally.taken,
            late: tally.late,
            late_then: tally.late_then,
        }
    }
}
