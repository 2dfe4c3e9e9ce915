//! Trainings (培训): which units were to come, who came and who passed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Refusal, RefusalKind, Timestamp, UnitCode};

use super::field;
use super::life::{Head, Life, Step, Tag, not_now, opens_nothing, words};
use crate::Context;
use crate::check::{known_unit, missing};

pub(crate) const OPENING: &[&str] = &["plan"];
pub(crate) const STATES: &[&str] = &["planned", "finished", "cancelled"];

/// Who came of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attended {
    /// How many came.
    pub came: u32,
    /// How many were to come.
    pub expected: u32,
    /// How many of those who came passed.
    pub passed: u32,
    /// The unit.
    pub unit: UnitCode,
}

/// A training as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Its title.
    pub title: LocalText,
    /// What is taught.
    pub summary: LocalText,
    /// The unit that holds it.
    pub unit: UnitCode,
    /// Units whose people are to come.
    pub units: Vec<UnitCode>,
    /// On which day.
    pub on: Date,
    /// Until the end of that day.
    pub due_at: Timestamp,
    /// Who came, by unit; the last word counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attended: Vec<Attended>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<LocalText>,
    /// Whether it was called off.
    #[serde(default)]
    pub cancelled: bool,
}

/// A step of a training.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the training")]
pub enum Command {
    /// Plan one.
    Plan {
        title: LocalText,
        summary: LocalText,
        unit: UnitCode,
        units: Vec<UnitCode>,
        on: Date,
    },
    /// Say who came of a unit.
    Record {
        unit: UnitCode,
        expected: u32,
        came: u32,
        passed: u32,
    },
    /// End it.
    Finish {
        report: LocalText,
        /// Why, where a unit has no word of who came; it stays in the record.
        reason: Option<String>,
    },
    /// Call it off.
    Cancel {
        /// Why; it stays in the record.
        reason: String,
    },
}

words! { Command { Plan "plan" Record "record" Finish "finish" Cancel "cancel" } }

/// What can happen to a training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the training")]
pub enum Event {
    /// Planned.
    Planned {
        due_at: Timestamp,
        on: Date,
        summary: LocalText,
        title: LocalText,
        unit: UnitCode,
        units: Vec<UnitCode>,
    },
    /// Who came of a unit.
    Recorded { attended: Attended },
    /// Ended; why a unit has no word of who came is in the grounds.
    Finished { report: LocalText },
    /// Called off; why is in the grounds.
    Cancelled {},
}

words! { Event {
    Planned "planned" Recorded "recorded" Finished "finished" Cancelled "cancelled"
} }

impl Training {
    /// Who came of a unit, if that was said.
    pub fn of(&self, unit: &UnitCode) -> Option<&Attended> {
        self.attended.iter().find(|one| one.unit == *unit)
    }
}

impl Life for Training {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Plan {
            title,
            summary,
            unit,
            units,
            on,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(title, "title")?;
        field::summary(summary, "summary")?;
        known_unit(context.rules, unit, "unit")?;
        field::some(units, "units")?;
        field::units(context.rules, units, "units")?;
        Ok(Step::new(Event::Planned {
            due_at: field::end_of(*on, "on", context)?,
            on: *on,
            summary: summary.clone(),
            title: title.clone(),
            unit: unit.clone(),
            units: units.clone(),
        }))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Plan { .. } => Err(not_now("plan", &self.possible())),
            Command::Record {
                unit,
                expected,
                came,
                passed,
            } => {
                field::not_future(self.on, "action", context)?;
                if !self.units.contains(unit) {
                    return Err(Refusal::new(
                        RefusalKind::Invalid,
                        "training.not-expected",
                        "该单位不在参训单位之列",
                        "this unit's people were not to come",
                    )
                    .at("unit")
                    .found(unit.as_str())
                    .allowing(self.units.iter().map(ToString::to_string)));
                }
                field::within(*expected, "expected", 1, 100_000)?;
                field::within(*came, "came", 0, *expected)?;
                field::within(*passed, "passed", 0, *came)?;
                Ok(Step::new(Event::Recorded {
                    attended: Attended {
                        unit: unit.clone(),
                        expected: *expected,
                        came: *came,
                        passed: *passed,
                    },
                }))
            }
            Command::Finish { report, reason } => {
                field::not_future(self.on, "action", context)?;
                field::summary(report, "report")?;
                let event = Event::Finished {
                    report: report.clone(),
                };
                let mut silent = self.units.iter().filter(|unit| self.of(unit).is_none());
                match (reason, silent.next()) {
                    (Some(reason), _) => Step::because(event, reason),
                    (None, Some(unit)) => Err(missing(
                        "reason",
                        &format!("{unit} 等单位没有到训记录，结束培训须说明理由"),
                        &format!("nobody said who came of {unit}: ending it needs a reason"),
                    )),
                    (None, None) => Ok(Step::new(event)),
                }
            }
            Command::Cancel { reason } => Step::because(Event::Cancelled {}, reason),
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Planned {
            due_at,
            on,
            summary,
            title,
            unit,
            units,
        } = event
        else {
            return None;
        };
        Some(Training {
            title: title.clone(),
            summary: summary.clone(),
            unit: unit.clone(),
            units: units.clone(),
            on: *on,
            due_at: *due_at,
            attended: Vec::new(),
            report: None,
            cancelled: false,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        match event {
            Event::Planned { .. } => {}
            Event::Recorded { attended } => {
                let same = |one: &&mut Attended| one.unit == attended.unit;
                match self.attended.iter_mut().find(same) {
                    Some(one) => *one = attended.clone(),
                    None => self.attended.push(attended.clone()),
                }
            }
            Event::Finished { report } => self.report = Some(report.clone()),
            Event::Cancelled {} => self.cancelled = true,
        }
    }

    fn head(&self) -> Head {
        let state = match (self.cancelled, &self.report) {
            (true, _) => "cancelled",
            (_, Some(_)) => "finished",
            _ => "planned",
        };
        let mut tags = vec![Tag::Unit(self.unit.clone())];
        tags.extend(self.units.iter().cloned().map(Tag::Unit));
        tags.sort_unstable();
        tags.dedup();
        Head {
            state,
            title: Some(self.title.clone()),
            unit: Some(self.unit.clone()),
            due_at: Some(self.due_at).filter(|_| state == "planned"),
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.head().state {
            "planned" => vec!["record", "finish", "cancel"],
            _ => vec![],
        }
    }
}
