//! Proposals to act before anyone complains (未诉先办).
//!
//! The system opens one where [`recurrence`](super::recurrence) finds that a
//! category comes back to a place; a person accepts it, and it is a case, or
//! dismisses it with a reason, and the pattern stays quiet for a while. Some
//! weeks after it was accepted the complaints before and after are counted.

use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, Personal, Refusal, RefusalKind, Timestamp, UnitCode,
};

use super::life::{Head, Life, Step, Tag, named, opens_nothing, words};
use super::{Words, field};
use crate::Context;
use crate::check::{known_category, known_unit};

pub(crate) const OPENING: &[&str] = &["open"];
pub(crate) const STATES: &[&str] = &["open", "accepted", "dismissed", "measured"];

/// Weeks before and after acceptance that are compared.
pub const OUTCOME_WEEKS: u32 = 8;
/// For how long a dismissed pattern stays quiet unless told otherwise, weeks.
pub const QUIET_WEEKS: u32 = 8;

/// A category at a place: what comes back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// The leaf area.
    pub area: AreaCode,
    /// The category.
    pub category: CategoryCode,
    /// The tile of the web map at zoom 16 (some 500 m) as its number on the
    /// Z-order curve; `None` for the whole area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<i64>,
}

named! {
    /// Why a pattern stands out.
    Unusual {
        Place "place" "比全市同期明显偏多" "far more than elsewhere in the same weeks";
        Season "season" "比本地平常明显偏多" "far more than here in other weeks";
    }
}

/// What speaks for a proposal. All figures are whole numbers: counts, and
/// hundredths or billionths where they are not counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Cases behind it, the newest first, at most 100.
    pub cases: Vec<CaseId>,
    /// Cases that came in the weeks looked at.
    pub counted: u32,
    /// How many cases the same weeks have elsewhere on average, in hundredths.
    pub elsewhere_hundredths: u64,
    /// How many are expected in the weeks to come, in hundredths.
    pub expected_hundredths: u64,
    /// The rule that found it, `recurrence/1`.
    pub found_by: String,
    /// When the weeks to come begin that it speaks of.
    pub from: Timestamp,
    /// How many the same number of ordinary weeks have here, in hundredths.
    pub here_hundredths: u64,
    /// When the last of them came in.
    pub last_at: Timestamp,
    /// How many of them are of the weeks just past.
    pub recent: u32,
    /// How many weeks that are.
    pub recent_weeks: u32,
    /// How many came in the same season, one, two … years ago.
    pub seasons: Vec<u32>,
    /// How likely so many are by chance, in billionths.
    pub surprise_billionths: u64,
    /// When those weeks are over.
    pub until: Timestamp,
    /// Why it stands out.
    pub unusual: Unusual,
}

named! {
    /// Why a proposal is dismissed.
    DismissReason {
        UnderWay "under_way" "已在处理" "being dealt with already";
        NotActionable "not_actionable" "无法提前处理" "nothing can be done in advance";
        NotARecurrence "not_a_recurrence" "并非同一问题" "not one and the same thing";
        LowPriority "low_priority" "暂不优先" "not a priority now";
    }
}

/// What became of it: complaints of the same pattern, proactive cases left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// In the weeks after it was accepted.
    pub after: u32,
    /// In as many weeks before.
    pub before: u32,
    /// How many weeks each.
    pub weeks: u32,
}

/// A proposal as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// What comes back.
    pub pattern: Pattern,
    /// What speaks for it.
    pub evidence: Evidence,
    /// When it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
    /// The case it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Why it was dismissed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dismissed: Option<DismissReason>,
    /// Until when its pattern stays quiet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_until: Option<Timestamp>,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// A step of a proposal.
#[derive(Debug, Clone)]
pub enum Command {
    /// Open one: the rule that finds recurrences.
    Open {
        /// What comes back.
        pattern: Pattern,
        /// What speaks for it.
        evidence: Box<Evidence>,
    },
    /// Act on it: it becomes a case.
    Accept {
        /// The case that is written with it.
        case: CaseId,
        /// To whom it goes at once, if it is clear.
        unit: Option<UnitCode>,
        /// What is to be done.
        note: Option<Personal<String>>,
    },
    /// Do not act on it.
    Dismiss {
        /// Why.
        reason: DismissReason,
        /// For how many weeks the pattern stays quiet, 1 to 52; 8 unless told.
        quiet_weeks: Option<u32>,
        /// In words.
        note: Option<Personal<String>>,
    },
    /// Write down what became of it.
    Measure {
        /// The counts.
        outcome: Outcome,
    },
}

words! { Command { Open "open" Accept "accept" Dismiss "dismiss" Measure "measure" } }

/// What can happen to a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the command")]
pub enum Event {
    /// Opened by the rule.
    Opened {
        evidence: Box<Evidence>,
        pattern: Pattern,
    },
    /// Accepted. Sealed: what is to be done.
    Accepted {
        case: CaseId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitCode>,
    },
    /// Dismissed. Sealed: why, in words.
    Dismissed {
        quiet_until: Timestamp,
        reason: DismissReason,
    },
    /// What became of it.
    Measured { outcome: Outcome },
}

words! { Event { Opened "opened" Accepted "accepted" Dismissed "dismissed" Measured "measured" } }

impl Proposal {
    /// Whether the pattern needs no new proposal because of this one.
    pub fn silences(&self, now: Timestamp) -> bool {
        match self.head().state {
            "dismissed" => self.quiet_until.is_some_and(|until| now < until),
            "measured" => false,
            _ => true,
        }
    }

    /// From when on its outcome can be counted.
    pub fn measurable_from(&self) -> Option<Timestamp> {
        let accepted = self.accepted_at.filter(|_| self.outcome.is_none())?;
        later(accepted, OUTCOME_WEEKS)
    }
}

/// So many weeks later.
pub(crate) fn later(at: Timestamp, weeks: u32) -> Option<Timestamp> {
    at.checked_add(jiff::SignedDuration::from_hours(i64::from(weeks) * 7 * 24))
        .ok()
}

impl Life for Proposal {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Open { pattern, evidence } = command else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        known_category(context.rules, &pattern.category, "pattern.category")?;
        field::known_area(context.rules, &pattern.area, "pattern.area")?;
        field::cases(&evidence.cases, "evidence.cases")?;
        Ok(Step::new(Event::Opened {
            evidence: evidence.clone(),
            pattern: pattern.clone(),
        }))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Open { .. } => Err(super::life::not_now("open", &self.possible())),
            Command::Accept { case, unit, note } => {
                if let Some(unit) = unit {
                    known_unit(context.rules, unit, "unit")?;
                }
                field::given(note.as_ref(), "note", field::said)?;
                let event = Event::Accepted {
                    case: *case,
                    unit: unit.clone(),
                };
                Ok(Step::sealing(
                    event,
                    Words::default().and("note", note.as_ref()),
                ))
            }
            Command::Dismiss {
                reason,
                quiet_weeks,
                note,
            } => {
                let weeks = quiet_weeks.unwrap_or(QUIET_WEEKS);
                field::within(weeks, "quiet_weeks", 1, 52)?;
                field::given(note.as_ref(), "note", field::said)?;
                let quiet_until = later(context.now, weeks).unwrap_or(context.now);
                let event = Event::Dismissed {
                    quiet_until: yiwang_base::truncate_millis(quiet_until),
                    reason: *reason,
                };
                Ok(Step::sealing(
                    event,
                    Words::default().and("note", note.as_ref()),
                ))
            }
            Command::Measure { outcome } => {
                let from = self.measurable_from();
                if from.is_none_or(|from| context.now < from) {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "proposal.too-early",
                        format!("受理满 {OUTCOME_WEEKS} 周后才能统计前后变化"),
                        format!("what became of it is counted {OUTCOME_WEEKS} weeks after it was accepted"),
                    )
                    .at("action")
                    .found("measure")
                    .allowing(from.map(|from| format!("≥ {from:.3}"))));
                }
                Ok(Step::new(Event::Measured { outcome: *outcome }))
            }
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Opened { evidence, pattern } = event else {
            return None;
        };
        Some(Proposal {
            pattern: pattern.clone(),
            evidence: evidence.as_ref().clone(),
            accepted_at: None,
            case: None,
            dismissed: None,
            quiet_until: None,
            outcome: None,
        })
    }

    fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Opened { .. } => {}
            Event::Accepted { case, .. } => {
                self.case = Some(*case);
                self.accepted_at = Some(at);
            }
            Event::Dismissed {
                quiet_until,
                reason,
            } => {
                self.dismissed = Some(*reason);
                self.quiet_until = Some(*quiet_until);
            }
            Event::Measured { outcome } => self.outcome = Some(*outcome),
        }
    }

    fn head(&self) -> Head {
        let state = match (&self.outcome, &self.case, &self.dismissed) {
            (Some(_), _, _) => "measured",
            (_, Some(_), _) => "accepted",
            (_, _, Some(_)) => "dismissed",
            _ => "open",
        };
        let mut tags = vec![
            Tag::Area(self.pattern.area.clone()),
            Tag::Category(self.pattern.category.clone()),
        ];
        tags.extend(self.evidence.cases.iter().copied().map(Tag::Case));
        tags.extend(self.case.map(Tag::Case));
        Head {
            state,
            title: None,
            unit: None,
            // Acting early means deciding in the first of the weeks to come.
            due_at: later(self.evidence.from, 1).filter(|_| state == "open"),
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.head().state {
            "open" => vec!["accept", "dismiss"],
            "accepted" => vec!["measure"],
            _ => vec![],
        }
    }
}
