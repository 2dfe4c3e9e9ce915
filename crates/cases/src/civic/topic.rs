//! Monthly topics (每月一题): complaints of a sort become a programme with a
//! lead, measures and dates, and its figures are counted by one filter, before
//! and after.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, LocalText, Refusal, RefusalKind, Timestamp, UnitCode,
};

use super::life::{Head, Life, Step, Tag, not_now, opens_nothing, words};
use super::{Words, field};
use crate::Context;
use crate::check::known_unit;

pub(crate) const OPENING: &[&str] = &["open"];
pub(crate) const STATES: &[&str] = &["running", "closed"];

/// Which complaints it is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Areas; none means the whole city.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaCode>,
    /// Cases that it grew out of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseId>,
    /// Categories; at least one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryCode>,
}

/// How many complaints of the scope came in during a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How many.
    pub cases: u64,
    /// From then on …
    pub from: Timestamp,
    /// … until before then.
    pub until: Timestamp,
}

/// Something that is to be reached by a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What.
    pub title: LocalText,
    /// By the end of this day.
    pub due: Date,
    /// The same as an instant, in the city's zone.
    pub due_at: Timestamp,
    /// When it was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<Timestamp>,
}

/// A topic as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Its title.
    pub title: LocalText,
    /// What it is about, for the public.
    pub summary: LocalText,
    /// The unit that leads.
    pub lead: UnitCode,
    /// Units that assist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assisting: Vec<UnitCode>,
    /// Which complaints.
    pub scope: Scope,
    /// Complaints before it began.
    pub before: Count,
    /// What is being done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<LocalText>,
    /// What is to be reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<Milestone>,
    /// Complaints since, once it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Count>,
    /// The closing report, for the public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<LocalText>,
}

/// A step of a topic.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the topic")]
pub enum Command {
    /// Make it a programme.
    Open {
        title: LocalText,
        summary: LocalText,
        lead: UnitCode,
        assisting: Vec<UnitCode>,
        scope: Scope,
        /// Complaints of the scope in the time before, as counted.
        before: Count,
    },
    /// Say what is being done.
    AddMeasure { measure: LocalText },
    /// Say what is to be reached by when.
    AddMilestone { title: LocalText, due: Date },
    /// Say that a milestone was reached; counted from 1.
    ReachMilestone { number: u32 },
    /// End it.
    Close {
        report: LocalText,
        /// Complaints of the scope since it began, as counted.
        after: Count,
        /// Why, where a milestone was not reached.
        reason: Option<String>,
    },
}

words! { Command { Open "open" AddMeasure "add_measure" AddMilestone "add_milestone" ReachMilestone "reach_milestone" Close "close" } }

/// What can happen to a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the topic")]
pub enum Event {
    /// It began.
    Opened {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        assisting: Vec<UnitCode>,
        before: Count,
        lead: UnitCode,
        scope: Scope,
        summary: LocalText,
        title: LocalText,
    },
    /// Something more is being done.
    MeasureAdded { measure: LocalText },
    /// Something more is to be reached.
    MilestoneAdded {
        due: Date,
        due_at: Timestamp,
        title: LocalText,
    },
    /// A milestone was reached.
    MilestoneReached { number: u32 },
    /// It ended; why with open milestones is in the grounds.
    Closed { after: Count, report: LocalText },
}

words! { Event { Opened "opened" MeasureAdded "measure_added" MilestoneAdded "milestone_added" MilestoneReached "milestone_reached" Closed "closed" } }

fn check_count(count: &Count, at: &str) -> Result<(), Refusal> {
    if count.from < count.until {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "period.empty",
        "起止时间颠倒，开始须早于结束",
        "the period is empty: it must begin before it ends",
    )
    .at(at)
    .found(format!("{:.3} – {:.3}", count.from, count.until)))
}

impl Life for Topic {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Open {
            title,
            summary,
            lead,
            assisting,
            scope,
            before,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        let rules = context.rules;
        field::title(title, "title")?;
        field::summary(summary, "summary")?;
        known_unit(rules, lead, "lead")?;
        field::units(rules, assisting, "assisting")?;
        if let Some(at) = assisting.iter().position(|unit| unit == lead) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "topic.lead-assists",
                "牵头单位不能同时列为协办单位",
                "the lead unit cannot also assist",
            )
            .at(format!("assisting[{at}]"))
            .found(lead.as_str()));
        }
        field::some(&scope.categories, "scope.categories")?;
        field::categories(rules, &scope.categories, "scope.categories")?;
        field::areas(rules, &scope.areas, "scope.areas")?;
        field::cases(&scope.cases, "scope.cases")?;
        check_count(before, "before")?;
        Ok(Step::new(Event::Opened {
            assisting: assisting.clone(),
            before: *before,
            lead: lead.clone(),
            scope: scope.clone(),
            summary: summary.clone(),
            title: title.clone(),
        }))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Open { .. } => Err(not_now("open", &self.possible())),
            Command::AddMeasure { measure } => {
                field::title(measure, "measure")?;
                field::within(self.measures.len() + 1, "measure", 1, field::MOST)?;
                Ok(Step::new(Event::MeasureAdded {
                    measure: measure.clone(),
                }))
            }
            Command::AddMilestone { title, due } => {
                field::title(title, "title")?;
                field::not_past(*due, "due", context)?;
                field::within(self.milestones.len() + 1, "title", 1, field::MOST)?;
                Ok(Step::new(Event::MilestoneAdded {
                    due: *due,
                    due_at: field::end_of(*due, "due", context)?,
                    title: title.clone(),
                }))
            }
            Command::ReachMilestone { number } => {
                let milestone = field::numbered(&self.milestones, *number, "number")?;
                if milestone.reached_at.is_some() {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "topic.milestone-reached",
                        "这个节点已经完成",
                        "this milestone was reached before",
                    )
                    .at("number")
                    .found(number.to_string()));
                }
                Ok(Step::new(Event::MilestoneReached { number: *number }))
            }
            Command::Close {
                report,
                after,
                reason,
            } => {
                field::summary(report, "report")?;
                check_count(after, "after")?;
                let event = Event::Closed {
                    after: *after,
                    report: report.clone(),
                };
                let open = self.milestones.iter().any(|m| m.reached_at.is_none());
                match reason.as_deref() {
                    Some(reason) => Step::because(event, reason),
                    None if open => Err(crate::check::missing(
                        "reason",
                        "还有节点没有完成，结题须说明理由",
                        "some milestones were not reached: closing needs a reason",
                    )),
                    None => Ok(Step::sealing(event, Words::default())),
                }
            }
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Opened {
            assisting,
            before,
            lead,
            scope,
            summary,
            title,
        } = event
        else {
            return None;
        };
        Some(Topic {
            title: title.clone(),
            summary: summary.clone(),
            lead: lead.clone(),
            assisting: assisting.clone(),
            scope: scope.clone(),
            before: *before,
            measures: Vec::new(),
            milestones: Vec::new(),
            after: None,
            report: None,
        })
    }

    fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Opened { .. } => {}
            Event::MeasureAdded { measure } => self.measures.push(measure.clone()),
            Event::MilestoneAdded { due, due_at, title } => self.milestones.push(Milestone {
                title: title.clone(),
                due: *due,
                due_at: *due_at,
                reached_at: None,
            }),
            Event::MilestoneReached { number } => {
                let index = (*number as usize).wrapping_sub(1);
                if let Some(milestone) = self.milestones.get_mut(index) {
                    milestone.reached_at = Some(at);
                }
            }
            Event::Closed { after, report } => {
                self.after = Some(*after);
                self.report = Some(report.clone());
            }
        }
    }

    fn head(&self) -> Head {
        let closed = self.report.is_some();
        let open = self.milestones.iter().filter(|m| m.reached_at.is_none());
        let due_at = open.map(|milestone| milestone.due_at).min();
        let units = std::iter::once(&self.lead).chain(&self.assisting);
        let mut tags: Vec<Tag> = units.cloned().map(Tag::Unit).collect();
        tags.extend(self.scope.areas.iter().cloned().map(Tag::Area));
        tags.extend(self.scope.categories.iter().cloned().map(Tag::Category));
        tags.extend(self.scope.cases.iter().copied().map(Tag::Case));
        Head {
            state: if closed { "closed" } else { "running" },
            title: Some(self.title.clone()),
            unit: Some(self.lead.clone()),
            due_at: due_at.filter(|_| !closed),
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.report {
            Some(_) => vec![],
            None => vec!["add_measure", "add_milestone", "reach_milestone", "close"],
        }
    }
}
