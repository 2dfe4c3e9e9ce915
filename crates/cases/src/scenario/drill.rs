//! Drills (演练): a scenario tried out in earnest.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind, ScenarioCode, UnitCode};

use crate::check::{MAX_NOTE, MAX_SHORT, missing, text};

/// Most steps of a drill.
pub const MAX_STEPS: usize = 60;

/// One step of a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillStep {
    /// What was to be done.
    pub name: String,
    /// What was seen; needed where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether it was done as it should be.
    pub passed: bool,
}

/// One drill of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// By what it can be checked: a report's number, an alert, a case, a film.
    pub evidence: String,
    /// When it was held.
    pub on: Date,
    /// The scenario.
    pub scenario: ScenarioCode,
    /// Its steps, in order.
    pub steps: Vec<DrillStep>,
    /// Units that took part.
    pub units: Vec<UnitCode>,
}

impl Drill {
    /// Whether each of its steps was done as it should be.
    pub fn passed(&self) -> bool {
        self.steps.iter().all(|step| step.passed)
    }

    /// Whether it may be recorded on a day.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub fn check(&self, today: Date) -> Result<(), Refusal> {
        text(&self.evidence, "evidence", MAX_NOTE)?;
        if self.on > today {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "drill.not-yet",
                "演练还没有举行，请在举行之后登记",
                "the drill has not been held yet: record it afterwards",
            )
            .at("on")
            .found(self.on.to_string())
            .allowing([format!("≤ {today}")]));
        }
        if self.units.is_empty() {
            return Err(missing(
                "units",
                "请写明参加演练的单位",
                "say which units took part",
            ));
        }
        if self.steps.is_empty() || self.steps.len() > MAX_STEPS {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "drill.steps",
                "请逐项写明演练的步骤",
                "say step by step what was drilled",
            )
            .at("steps")
            .found(self.steps.len().to_string())
            .allowing([format!("1–{MAX_STEPS}")]));
        }
        for (number, step) in self.steps.iter().enumerate() {
            text(&step.name, &format!("steps[{number}].name"), MAX_SHORT)?;
            let field = format!("steps[{number}].note");
            match &step.note {
                Some(note) => {
                    text(note, &field, MAX_SHORT)?;
                }
                None if !step.passed => {
                    return Err(missing(
                        &field,
                        "这一步没有通过，请写明看到了什么",
                        "this step failed: say what was seen",
                    ));
                }
                None => {}
            }
        }
        Ok(())
    }
}
