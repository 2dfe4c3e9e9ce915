//! Deliberation (大家商量着办): who talks about what, in which form and in which
//! steps, what is decided, and what becomes of it as cases.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode,
};

use super::life::{Head, Life, Step, Tag, named, not_now, opens_nothing, words};
use super::{Words, field};
use crate::Context;
use crate::check::{known_unit, missing};

pub(crate) const OPENING: &[&str] = &["convene"];
pub(crate) const STATES: &[&str] = &["convened", "decided", "closed"];

named! {
    /// In which form people talk.
    Form {
        Meeting "meeting" "会议协商" "meeting";
        DoorToDoor "door_to_door" "入户走访" "door to door";
        Courtyard "courtyard" "院落议事" "talk in the courtyard";
        Online "online" "线上协商" "online";
    }
}

/// One step on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What is done in it.
    pub title: LocalText,
    /// On which day it is to be.
    pub on: Date,
    /// The end of that day.
    pub due_at: Timestamp,
    /// What came of it, for the public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<LocalText>,
}

/// How a decision was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// How many were against.
    pub against: u32,
    /// How many were for it.
    pub in_favour: u32,
    /// What was decided.
    pub text: LocalText,
}

/// A deliberation as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliberation {
    /// What is talked about.
    pub title: LocalText,
    /// The agenda.
    pub agenda: LocalText,
    /// Where.
    pub area: AreaCode,
    /// Who convenes.
    pub unit: UnitCode,
    /// In which form.
    pub form: Form,
    /// Who takes part: bodies and groups, not names.
    pub parties: Vec<LocalText>,
    /// The steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Stage>,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Cases that came of it, or that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseId>,
    /// What became of it in the end, for the public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<LocalText>,
}

/// A step of a deliberation.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the deliberation")]
pub enum Command {
    /// Call people together.
    Convene {
        title: LocalText,
        agenda: LocalText,
        area: AreaCode,
        unit: UnitCode,
        form: Form,
        parties: Vec<LocalText>,
        /// Cases that it is about.
        cases: Vec<CaseId>,
    },
    /// Plan a step.
    AddStep { title: LocalText, on: Date },
    /// A step is done; counted from 1.
    FinishStep {
        number: u32,
        /// What came of it, for the public.
        summary: LocalText,
        /// The minutes.
        minutes: Option<Personal<String>>,
    },
    /// Decide.
    Decide {
        text: LocalText,
        in_favour: u32,
        against: u32,
    },
    /// A case follows from it: one that is there, or one written with this step.
    FollowUp { case: CaseId },
    /// End it.
    Close {
        report: LocalText,
        /// Why, where nothing was decided; it stays in the record.
        reason: Option<String>,
    },
}

words! { Command {
    Convene "convene" AddStep "add_step" FinishStep "finish_step" Decide "decide"
    FollowUp "follow_up" Close "close"
} }

/// What can happen to a deliberation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the deliberation")]
pub enum Event {
    /// People were called together.
    Convened {
        agenda: LocalText,
        area: AreaCode,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cases: Vec<CaseId>,
        form: Form,
        parties: Vec<LocalText>,
        title: LocalText,
        unit: UnitCode,
    },
    /// A step was planned.
    StepAdded {
        due_at: Timestamp,
        on: Date,
        title: LocalText,
    },
    /// A step was done. Sealed: the minutes.
    StepFinished { number: u32, summary: LocalText },
    /// Something was decided.
    Decided { decision: Decision },
    /// A case follows.
    FollowedUp { case: CaseId },
    /// It ended; why without a decision is in the grounds.
    Closed { report: LocalText },
}

words! { Event {
    Convened "convened" StepAdded "step_added" StepFinished "step_finished" Decided "decided"
    FollowedUp "followed_up" Closed "closed"
} }

impl Life for Deliberation {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Convene {
            title,
            agenda,
            area,
            unit,
            form,
            parties,
            cases,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(title, "title")?;
        field::summary(agenda, "agenda")?;
        field::known_area(context.rules, area, "area")?;
        known_unit(context.rules, unit, "unit")?;
        field::some(parties, "parties")?;
        field::each(parties, "parties", field::title)?;
        field::cases(cases, "cases")?;
        Ok(Step::new(Event::Convened {
            agenda: agenda.clone(),
            area: area.clone(),
            cases: cases.clone(),
            form: *form,
            parties: parties.clone(),
            title: title.clone(),
            unit: unit.clone(),
        }))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Convene { .. } => Err(not_now("convene", &self.possible())),
            Command::AddStep { title, on } => {
                field::title(title, "title")?;
                field::within(self.steps.len() + 1, "title", 1, field::MOST)?;
                Ok(Step::new(Event::StepAdded {
                    due_at: field::end_of(*on, "on", context)?,
                    on: *on,
                    title: title.clone(),
                }))
            }
            Command::FinishStep {
                number,
                summary,
                minutes,
            } => {
                let step = field::numbered(&self.steps, *number, "number")?;
                if step.summary.is_some() {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "deliberation.step-finished",
                        "这一步已经完成",
                        "this step was finished before",
                    )
                    .at("number")
                    .found(number.to_string()));
                }
                field::summary(summary, "summary")?;
                field::given(minutes.as_ref(), "minutes", field::said)?;
                let event = Event::StepFinished {
                    number: *number,
                    summary: summary.clone(),
                };
                Ok(Step::sealing(
                    event,
                    Words::default().and("minutes", minutes.as_ref()),
                ))
            }
            Command::Decide {
                text,
                in_favour,
                against,
            } => {
                field::summary(text, "text")?;
                if !self.steps.iter().any(|step| step.summary.is_some()) {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "deliberation.nothing-held",
                        "还没有完成任何一步协商，不能形成决定；请先记录已完成的步骤",
                        "nothing was talked over yet: finish a step before deciding",
                    )
                    .at("action")
                    .found("decide")
                    .allowing(["add_step", "finish_step"]));
                }
                Ok(Step::new(Event::Decided {
                    decision: Decision {
                        against: *against,
                        in_favour: *in_favour,
                        text: text.clone(),
                    },
                }))
            }
            Command::FollowUp { case } => {
                if self.cases.contains(case) {
                    return Err(Refusal::new(
                        RefusalKind::Invalid,
                        "deliberation.case-known",
                        "这个案卷已经列入",
                        "this case is on the list already",
                    )
                    .at("case")
                    .found(case.to_string()));
                }
                field::within(self.cases.len() + 1, "case", 1, field::MOST)?;
                Ok(Step::new(Event::FollowedUp { case: *case }))
            }
            Command::Close { report, reason } => {
                field::summary(report, "report")?;
                let event = Event::Closed {
                    report: report.clone(),
                };
                match reason.as_deref() {
                    Some(reason) => Step::because(event, reason),
                    None if self.decision.is_none() => Err(missing(
                        "reason",
                        "没有形成决定而结束，须说明理由",
                        "ending it without a decision needs a reason",
                    )),
                    None => Ok(Step::new(event)),
                }
            }
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Convened {
            agenda,
            area,
            cases,
            form,
            parties,
            title,
            unit,
        } = event
        else {
            return None;
        };
        Some(Deliberation {
            title: title.clone(),
            agenda: agenda.clone(),
            area: area.clone(),
            unit: unit.clone(),
            form: *form,
            parties: parties.clone(),
            steps: Vec::new(),
            decision: None,
            cases: cases.clone(),
            report: None,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        match event {
            Event::Convened { .. } => {}
            Event::StepAdded { due_at, on, title } => self.steps.push(Stage {
                title: title.clone(),
                on: *on,
                due_at: *due_at,
                summary: None,
            }),
            Event::StepFinished { number, summary } => {
                let index = (*number as usize).wrapping_sub(1);
                if let Some(step) = self.steps.get_mut(index) {
                    step.summary = Some(summary.clone());
                }
            }
            Event::Decided { decision } => self.decision = Some(decision.clone()),
            Event::FollowedUp { case } => self.cases.push(*case),
            Event::Closed { report } => self.report = Some(report.clone()),
        }
    }

    fn head(&self) -> Head {
        let state = match (&self.report, &self.decision) {
            (Some(_), _) => "closed",
            (_, Some(_)) => "decided",
            _ => "convened",
        };
        let open = self.steps.iter().filter(|step| step.summary.is_none());
        let due_at = open.map(|step| step.due_at).min();
        let mut tags = vec![Tag::Area(self.area.clone()), Tag::Unit(self.unit.clone())];
        tags.extend(self.cases.iter().copied().map(Tag::Case));
        Head {
            state,
            title: Some(self.title.clone()),
            unit: Some(self.unit.clone()),
            due_at: due_at.filter(|_| state != "closed"),
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.head().state {
            "convened" => vec!["add_step", "finish_step", "decide", "follow_up", "close"],
            "decided" => vec!["follow_up", "add_step", "finish_step", "close"],
            _ => vec![],
        }
    }
}
