//! Scenarios: what the city is used for, and whether it is any good at it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_cases::figures::wilson;
use yiwang_cases::scenario::{Drill, Gate, Gates, Liking, Scenario, Thresholds, Use};
use yiwang_store::ItemSet;

use super::object::object;
use super::{
    ActionWord, ChannelWord, DomainBody, DomainWord, FigurePartWord, FormulaView, GateWord,
    NameBody, PassingWord, Setting, StandingWord, TallyView, Time, Word,
};
use crate::figures::PartWord;
use crate::scenarios::{FigureOf, Measured};

/// When each gate is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdsBody {
    /// Fewer residents' ratings than this are too few to say.
    #[schema(minimum = 1, maximum = 100_000)]
    pub answers: u32,
    /// How many days back use and ratings are counted.
    #[schema(minimum = 7, maximum = 3660)]
    pub days: u16,
    /// How many days a passed drill holds.
    #[schema(minimum = 1, maximum = 3660)]
    pub drill_days: u16,
    /// Part of the staff who rate it that must give 4 of 5 or better, percent.
    #[schema(minimum = 1, maximum = 100)]
    pub liked_percent: u8,
    /// How many people of staff must use it.
    #[schema(minimum = 1, maximum = 10_000)]
    pub people: u32,
    /// Fewer ratings by staff than this are too few to say.
    #[schema(minimum = 1, maximum = 10_000)]
    pub raters: u32,
    /// Part of the residents who rate that must give 4 of 5 or better, percent.
    #[schema(minimum = 1, maximum = 100)]
    pub satisfied_percent: u8,
    /// Part of the cases in which staff must use it, percent.
    #[schema(minimum = 1, maximum = 100)]
    pub used_percent: u8,
}

/// A scenario (应用场景).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioBody {
    /// Its name.
    #[serde(deserialize_with = "object")]
    pub name: NameBody,
    /// Whom it serves.
    #[serde(deserialize_with = "object")]
    pub serves: NameBody,
    /// Its field.
    pub domain: DomainWord,
    /// Codes of the categories of its cases.
    #[schema(min_items = 1, max_items = 200)]
    pub categories: Vec<String>,
    /// Codes of the areas where they lie; none for the whole city.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub areas: Vec<String>,
    /// How they came in; none for any way.
    #[serde(default)]
    pub channels: Vec<ChannelWord>,
    /// The pages that staff and residents use for it.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub pages: Vec<String>,
    /// Steps that nobody has to take, by which staff use it: `add_unit`, `ask_resident`,
    /// `shelve`, `supervise`, `score`, `comment`, `attach`, `merge`.
    #[serde(default)]
    pub steps: Vec<ActionWord>,
    /// When its gates are passed.
    #[serde(deserialize_with = "object")]
    pub gates: ThresholdsBody,
    /// Taken out of use: it covers nothing.
    #[serde(default)]
    pub retired: bool,
}

impl From<&Scenario> for ScenarioBody {
    fn from(scenario: &Scenario) -> Self {
        let scope = &scenario.scope;
        ScenarioBody {
            name: NameBody::from(&scenario.name),
            serves: NameBody::from(&scenario.serves),
            domain: Word(scenario.domain),
            categories: scope.categories.iter().map(ToString::to_string).collect(),
            areas: scope.areas.iter().map(ToString::to_string).collect(),
            channels: scope.channels.iter().copied().map(Word).collect(),
            pages: scenario.pages.clone(),
            steps: scenario.steps.iter().copied().map(Word).collect(),
            gates: ThresholdsBody::from(scenario.gates),
            retired: scenario.retired,
        }
    }
}

macro_rules! both_ways {
    ($($field:ident)*) => {
        impl From<Thresholds> for ThresholdsBody {
            fn from(at: Thresholds) -> Self {
                ThresholdsBody { $($field: at.$field,)* }
            }
        }

        impl From<ThresholdsBody> for Thresholds {
            fn from(at: ThresholdsBody) -> Self {
                Thresholds { $($field: at.$field,)* }
            }
        }
    };
}

both_ways! { answers days drill_days liked_percent people raters satisfied_percent used_percent }

/// What a gate says of a scenario.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateView {
    /// Which gate.
    pub gate: GateWord,
    /// What it says.
    pub says: PassingWord,
}

impl GateView {
    fn all(gates: &Gates) -> Vec<GateView> {
        let view = |gate| GateView {
            gate: Word(gate),
            says: Word(gates.says(gate)),
        };
        Gate::ALL.into_iter().map(view).collect()
    }
}

/// One figure of a scenario.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioFigure {
    /// The formula it is counted by.
    pub formula: FormulaView,
    /// The part that is trouble; `null` of satisfaction.
    #[schema(required)]
    pub trouble: Option<FigurePartWord>,
    /// How many are trouble, or, of satisfaction, satisfied.
    pub count: u64,
    /// That part of those counted, 0 to 1; `null` when nothing counts.
    #[schema(required)]
    pub share: Option<f64>,
    /// Where the share probably lies (95 %): from.
    #[schema(required)]
    pub low: Option<f64>,
    /// To.
    #[schema(required)]
    pub high: Option<f64>,
    /// What was counted, and what was left out.
    pub tally: TallyView,
    /// The query of `/api/v1/figures` and `/api/v1/figures/cases` that tells the same.
    pub query: String,
}

impl From<FigureOf> for ScenarioFigure {
    fn from(figure: FigureOf) -> Self {
        let tally = figure.board.total;
        let met = figure.friction.is_none_or(|friction| friction.met);
        let of = |share: Option<f64>| match met {
            true => share,
            false => share.map(|share| 1.0 - share),
        };
        let part = match met {
            true => PartWord::Met,
            false => PartWord::NotMet,
        };
        let ends = (of(tally.low), of(tally.high));
        let (low, high) = if met { ends } else { (ends.1, ends.0) };
        ScenarioFigure {
            formula: figure.board.formula,
            trouble: figure.friction.map(|_| Word(part)),
            count: if met {
                tally.met
            } else {
                tally.counted - tally.met
            },
            share: of(tally.rate),
            low,
            high,
            tally,
            query: figure.query,
        }
    }
}

/// How staff use a scenario by choice.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsedView {
    /// Cases looked at: the newest of the period, at most 500.
    pub cases: u64,
    /// Those in which somebody took one of its steps.
    pub used: u64,
    /// How many people did.
    pub people: u64,
    /// Where the share of `used` probably lies (95 %): from.
    #[schema(required)]
    pub low: Option<f64>,
    /// To.
    #[schema(required)]
    pub high: Option<f64>,
}

impl From<Use> for UsedView {
    fn from(used: Use) -> Self {
        let interval = wilson(used.used, used.cases);
        UsedView {
            cases: used.cases,
            used: used.used,
            people: used.people,
            low: interval.map(|one| one.low),
            high: interval.map(|one| one.high),
        }
    }
}

/// How staff rate a scenario.
#[derive(Debug, Serialize, ToSchema)]
pub struct LikedView {
    /// How many rated it.
    pub raters: u64,
    /// How many gave 4 of 5 or better.
    pub liked: u64,
    /// What whoever asks gave; `null` for nothing.
    #[schema(required)]
    pub own: Option<u8>,
}

/// One step of a drill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrillStepBody {
    /// What was to be done.
    pub name: String,
    /// Whether it was done as it should be.
    pub passed: bool,
    /// What was seen; needed where it failed.
    #[serde(default)]
    pub note: Option<String>,
}

/// A drill that was held.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrillBody {
    /// On which day, `2026-03-01`.
    pub on: String,
    /// Codes of the units that took part.
    #[schema(min_items = 1)]
    pub units: Vec<String>,
    /// Its steps, in order.
    #[schema(min_items = 1, max_items = 60)]
    pub steps: Vec<DrillStepBody>,
    /// By what it can be checked: a report's number, a case, a film.
    pub evidence: String,
}

/// A drill, and who recorded it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrillView {
    /// On which day.
    pub on: String,
    /// Units that took part.
    pub units: Vec<String>,
    /// Its steps.
    pub steps: Vec<DrillStepBody>,
    /// By what it can be checked.
    pub evidence: String,
    /// Whether each step was passed.
    pub passed: bool,
    /// The entry's number in the journal.
    pub seq: u64,
    /// When it was recorded.
    pub at: Time,
    /// Who recorded it.
    pub by: String,
}

impl From<(Drill, ItemSet)> for DrillView {
    fn from((drill, set): (Drill, ItemSet)) -> Self {
        let passed = drill.passed();
        let steps = drill.steps.into_iter().map(|step| DrillStepBody {
            name: step.name,
            passed: step.passed,
            note: step.note,
        });
        DrillView {
            on: drill.on.to_string(),
            units: drill.units.iter().map(ToString::to_string).collect(),
            steps: steps.collect(),
            evidence: drill.evidence,
            passed,
            seq: set.seq,
            at: Time(set.at),
            by: set.by,
        }
    }
}

/// How one of staff rates a scenario.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingBody {
    /// 1 (of no use) to 5 (would not do without it).
    #[schema(minimum = 1, maximum = 5)]
    pub rating: u8,
}

/// Whether a scenario is accepted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceBody {
    /// Whether it is.
    pub accepted: bool,
    /// On what grounds.
    #[schema(min_length = 1, max_length = 300)]
    pub grounds: String,
}

/// Who accepted a scenario, or took that back.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptanceView {
    /// Whether it was accepted.
    pub accepted: bool,
    /// The version of the scenario that was judged.
    pub of: u64,
    /// When.
    pub at: Time,
    /// Who.
    pub by: String,
    /// On what grounds.
    #[schema(required)]
    pub grounds: Option<String>,
}

/// A scenario in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioRow {
    /// What it is set to, and by whom.
    pub setting: Setting<ScenarioBody>,
    /// How it stands.
    pub standing: StandingWord,
    /// What its gates say.
    pub gates: Vec<GateView>,
    /// How satisfied residents are.
    pub satisfaction: ScenarioFigure,
}

impl ScenarioRow {
    /// A scenario with what the record shows of it.
    pub fn of(setting: Setting<ScenarioBody>, measured: Measured) -> ScenarioRow {
        ScenarioRow {
            setting,
            standing: Word(measured.standing),
            gates: GateView::all(&measured.gates),
            satisfaction: measured.satisfaction.into(),
        }
    }
}

/// All scenarios, those of the domains that are covered worst first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenariosView {
    /// The scenarios; those out of use too.
    pub scenarios: Vec<ScenarioRow>,
    /// The domains, in their order.
    pub domains: Vec<DomainBody>,
    /// What the gates begin with.
    pub usual_gates: ThresholdsBody,
    /// Steps that can be named.
    pub steps: Vec<ActionWord>,
    /// When it was counted.
    pub as_of: Time,
}

/// A scenario, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioView {
    /// What it is set to, and by whom.
    pub setting: Setting<ScenarioBody>,
    /// How it stands.
    pub standing: StandingWord,
    /// What its gates say.
    pub gates: Vec<GateView>,
    /// Who accepted it, or took that back; `null` where nobody did.
    #[schema(required)]
    pub acceptance: Option<AcceptanceView>,
    /// How satisfied residents are.
    pub satisfaction: ScenarioFigure,
    /// What trouble they had on the way.
    pub friction: Vec<ScenarioFigure>,
    /// How staff use it; `null` where it names no step.
    #[schema(required)]
    pub used: Option<UsedView>,
    /// How staff rate it.
    pub liked: LikedView,
    /// Its drills, the last first.
    pub drills: Vec<DrillView>,
    /// From which day on figures are counted.
    pub from: String,
    /// When it was counted.
    pub as_of: Time,
}

impl ScenarioView {
    /// A scenario with what the record shows of it; `own` is what whoever asks gave it.
    pub fn of(
        setting: Setting<ScenarioBody>,
        measured: Measured,
        own: Option<u8>,
        as_of: Time,
    ) -> ScenarioView {
        let Liking { met, counted } = measured.liked;
        ScenarioView {
            setting,
            standing: Word(measured.standing),
            gates: GateView::all(&measured.gates),
            acceptance: measured.acceptance.map(|(acceptance, set)| AcceptanceView {
                accepted: acceptance.accepted,
                of: acceptance.of,
                at: Time(set.at),
                by: set.by,
                grounds: set.grounds,
            }),
            satisfaction: measured.satisfaction.into(),
            friction: measured.friction.into_iter().map(Into::into).collect(),
            used: measured.used.map(Into::into),
            liked: LikedView {
                raters: counted,
                liked: met,
                own,
            },
            drills: measured.drills.into_iter().map(Into::into).collect(),
            from: measured.from.to_string(),
            as_of,
        }
    }
}
