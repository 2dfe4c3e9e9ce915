//! Scoring a unit's work on a case (考评): the front line or the desk, 1 to 5,
//! with grounds. The front line's right to score (考评权).
//!
//! A scorer has one score for each unit and dispatch; a later one takes its
//! place, and both stay in the record.

use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind, Timestamp, UnitCode};

use crate::check::{MAX_SHORT, text};
use crate::decide::Context;
use crate::{Case, Event, Happening, Stage};

/// Score a unit's work (考评): the desk, or a unit of the front line.
#[derive(Debug, Clone)]
pub struct Score {
    /// The unit that scores; `None` for the desk.
    pub by: Option<UnitCode>,
    /// The unit whose work it is.
    pub unit: UnitCode,
    /// 1 (bad) to 5 (good).
    pub score: u8,
    /// On what grounds, as it will stand in the record.
    pub reason: String,
}

/// A unit's work was scored (考评). The reason is the entry's grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scored {
    /// The unit that scores; absent for the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UnitCode>,
    /// 1 to 5.
    pub score: u8,
    /// The unit whose work it is.
    pub unit: UnitCode,
}

/// The score that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenScore {
    /// The unit that scores; absent for the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UnitCode>,
    /// The unit whose work it is.
    pub unit: UnitCode,
    /// For the dispatch of this time.
    pub dispatched_at: Timestamp,
    /// 1 to 5.
    pub score: u8,
    /// When it was given, or last changed.
    pub at: Timestamp,
    /// How often it was changed.
    #[serde(default)]
    pub changed: u32,
}

/// The scores of a case that stand, in the order in which they were first given.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scores(pub Vec<GivenScore>);

impl Scored {
    pub(crate) fn apply(&self, case: &mut Case, at: Timestamp) {
        let dispatched_at = case.dispatched_at.unwrap_or(case.submitted_at);
        let scores = &mut case.more.scores.0;
        let same = |given: &&mut GivenScore| {
            given.by == self.by && given.unit == self.unit && given.dispatched_at == dispatched_at
        };
        match scores.iter_mut().find(same) {
            Some(given) => {
                given.score = self.score;
                given.at = at;
                given.changed += 1;
            }
            None => scores.push(GivenScore {
                by: self.by.clone(),
                unit: self.unit.clone(),
                dispatched_at,
                score: self.score,
                at,
                changed: 0,
            }),
        }
    }
}

impl Case {
    /// Whether there is work of a unit to score.
    pub(crate) fn has_work_to_score(&self) -> bool {
        self.unit.is_some()
            && matches!(
                self.stage,
                Stage::Reported | Stage::Verified | Stage::Closed
            )
    }
}

pub(crate) fn decide(
    case: &Case,
    command: &Score,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    if let Some(by) = &command.by {
        context.rules.must_be_front_line(by)?;
        if *by == command.unit {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "score.own",
                "不能考评本单位",
                "a unit does not score itself",
            )
            .at("unit")
            .found(by.as_str()));
        }
    }
    if !case.concerns(&command.unit) {
        let units = case.unit.iter().chain(case.units_beside_lead());
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "score.not-involved",
            "该单位没有办理此件",
            "this unit has nothing to do with the case",
        )
        .at("unit")
        .found(command.unit.as_str())
        .allowing(units.map(ToString::to_string)));
    }
    if !(1..=5).contains(&command.score) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "score.range",
            "考评为 1 到 5 分",
            "a score is 1 to 5",
        )
        .at("score")
        .found(command.score.to_string())
        .allowing(["1", "2", "3", "4", "5"]));
    }
    let reason = text(&command.reason, "reason", MAX_SHORT)?;
    let mut happening = context.event(Event::Scored(Scored {
        by: command.by.clone(),
        score: command.score,
        unit: command.unit.clone(),
    }));
    happening.grounds = Some(reason.to_owned());
    Ok(happening)
}
