//! Standing still: shelved (挂账), or waiting for the resident (等待补充).
//!
//! What cannot be done now is shelved by the desk, with a reason and a date on
//! which the desk looks at it again: a unit that could shelve would stop its
//! own clock. What the resident must say first is asked for; the answer, or the
//! unit itself, starts the clock again.
//!
//! The clock stands still in the measure of the category's limits: what was
//! left of each deadline is recorded when it stops, and is what is left when it
//! starts. It stands still until the date set at most, so that nobody gains by
//! leaving a case lie; what was late before stays late.

use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Personal, Refusal, RefusalKind, Span, Timestamp, truncate_millis};

use crate::decide::{Context, beyond, due};
use crate::{Action, Case, Event, Happening};

/// Why a case cannot be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShelveReason {
    /// The money is not there yet (资金未落实).
    AwaitingFunds,
    /// Weather or season forbid the work (季节或天气不宜).
    AwaitingSeason,
    /// It is part of a plan that is not due yet (已列入规划改造).
    AwaitingPlan,
    /// Somebody outside the city's units must act first (需上级或外单位先行).
    AwaitingOthers,
    /// No law or policy says yet what to do (政策依据不足、历史遗留).
    AwaitingPolicy,
}

impl ShelveReason {
    /// All of them.
    pub const ALL: [ShelveReason; 5] = [
        ShelveReason::AwaitingFunds,
        ShelveReason::AwaitingSeason,
        ShelveReason::AwaitingPlan,
        ShelveReason::AwaitingOthers,
        ShelveReason::AwaitingPolicy,
    ];

    /// The word of the interface, `awaiting_funds`.
    pub fn word(self) -> &'static str {
        match self {
            ShelveReason::AwaitingFunds => "awaiting_funds",
            ShelveReason::AwaitingSeason => "awaiting_season",
            ShelveReason::AwaitingPlan => "awaiting_plan",
            ShelveReason::AwaitingOthers => "awaiting_others",
            ShelveReason::AwaitingPolicy => "awaiting_policy",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            ShelveReason::AwaitingFunds => ("资金尚未落实", "the money is not there yet"),
            ShelveReason::AwaitingSeason => {
                ("季节或天气不宜施工", "season or weather forbid the work")
            }
            ShelveReason::AwaitingPlan => {
                ("已列入规划或改造", "part of a plan that is not due yet")
            }
            ShelveReason::AwaitingOthers => (
                "需上级或外单位先行办理",
                "others outside the city must act first",
            ),
            ShelveReason::AwaitingPolicy => {
                ("政策依据不足或历史遗留", "no policy says yet what to do")
            }
        };
        LocalText::new(zh, en)
    }
}

/// Shelve a case (挂账): the desk.
#[derive(Debug, Clone)]
pub struct Shelve {
    /// Why.
    pub reason: ShelveReason,
    /// When the desk looks at it again.
    pub review_by: Timestamp,
    /// What the resident is told.
    pub note: Personal<String>,
}

/// Ask the resident for what is missing (请居民补充): the lead unit or the desk.
#[derive(Debug, Clone)]
pub struct AskResident {
    /// The question.
    pub note: Personal<String>,
}

/// Answer the question (居民补充): the resident, or who heard it.
#[derive(Debug, Clone)]
pub struct AnswerQuestion {
    /// The answer.
    pub note: Personal<String>,
}

/// Go on (恢复办理): the desk or the lead unit.
#[derive(Debug, Clone)]
pub struct Resume {
    /// Why now.
    pub note: Option<Personal<String>>,
}

/// What a case stands still for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseKind {
    /// It is shelved (挂账).
    Shelved,
    /// The resident is to say something first (等待补充).
    Resident,
}

impl PauseKind {
    /// All of them.
    pub const ALL: [PauseKind; 2] = [PauseKind::Shelved, PauseKind::Resident];

    /// The word of the interface, `shelved`.
    pub fn word(self) -> &'static str {
        match self {
            PauseKind::Shelved => "shelved",
            PauseKind::Resident => "resident",
        }
    }
}

/// An amount of time in the measure of a limit, as it stands in an entry:
/// `{"working_days":3}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// Minutes by the clock.
    Clock(u32),
    /// Minutes of working time.
    Working(u32),
    /// Whole working days.
    WorkingDays(u32),
}

impl From<Span> for Amount {
    fn from(span: Span) -> Self {
        match span {
            Span::Clock { minutes } => Amount::Clock(minutes),
            Span::Working { minutes } => Amount::Working(minutes),
            Span::WorkingDays { days } => Amount::WorkingDays(days),
        }
    }
}

impl From<Amount> for Span {
    fn from(amount: Amount) -> Self {
        match amount {
            Amount::Clock(minutes) => Span::Clock { minutes },
            Amount::Working(minutes) => Span::Working { minutes },
            Amount::WorkingDays(days) => Span::WorkingDays { days },
        }
    }
}

/// What is left of each deadline that is not past, in the measure of its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimeLeft {
    /// Until the next step is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Amount>,
    /// Until the resident is to be resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve: Option<Amount>,
    /// Until the resident is to be contacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respond: Option<Amount>,
}

/// The case is shelved (挂账). Sealed: what the resident is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shelved {
    /// What is left of its deadlines.
    pub left: TimeLeft,
    /// Why.
    pub reason: ShelveReason,
    /// When the desk looks at it again.
    pub review_by: Timestamp,
}

/// The resident was asked (请居民补充). Sealed: the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidentAsked {
    /// By when an answer is awaited.
    pub answer_by: Timestamp,
    /// What is left of its deadlines.
    pub left: TimeLeft,
}

/// The clock runs again: the deadlines from now on. Sealed: the answer, or why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resumed {
    /// By when the next step is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// By when it is to be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve_by: Option<Timestamp>,
    /// By when the resident is to be contacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<Timestamp>,
}

/// Time in which no deadline ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// For what.
    pub kind: PauseKind,
    /// From when.
    pub from: Timestamp,
    /// Until when the clock stood still; the case may have lain longer.
    pub until: Timestamp,
}

/// The pause that a case is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseNow {
    /// For what.
    pub kind: PauseKind,
    /// Since when.
    pub from: Timestamp,
    /// When it ends at the latest: the review, or the end of waiting.
    pub until: Timestamp,
    /// By when the next step was due when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// What is left of the deadlines.
    #[serde(default)]
    pub left: TimeLeft,
    /// Why it is shelved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ShelveReason>,
}

/// When a case stood still.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pauses {
    /// The pause it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<PauseNow>,
    /// Those it was in, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Pause>,
}

impl Pauses {
    /// Ends the pause it is in, if it is in one.
    pub(crate) fn end(&mut self, at: Timestamp) {
        if let Some(now) = self.now.take() {
            self.past.push(Pause {
                kind: now.kind,
                from: now.from,
                until: at.min(now.until),
            });
        }
    }

    /// Whether the resident was ever asked for what was missing.
    pub fn asked_resident(&self) -> bool {
        let asks = |kind| kind == PauseKind::Resident;
        self.now.as_ref().is_some_and(|now| asks(now.kind))
            || self.past.iter().any(|pause| asks(pause.kind))
    }

    /// Questions to the resident since a time.
    fn questions_since(&self, since: Option<Timestamp>) -> usize {
        let past = self.past.iter();
        past.filter(|pause| pause.kind == PauseKind::Resident)
            .filter(|pause| since.is_none_or(|since| pause.from >= since))
            .count()
    }

    /// What can be done to a case that stands still; `None` when it does not.
    pub(crate) fn possible(&self) -> Option<Vec<Action>> {
        Some(match self.now.as_ref()?.kind {
            PauseKind::Shelved => vec![Action::Resume],
            PauseKind::Resident => vec![Action::AnswerQuestion, Action::Resume],
        })
    }
}

impl Case {
    fn pause(&mut self, now: PauseNow) {
        self.due_at = Some(now.until);
        self.more.pauses.now = Some(now);
    }
}

impl Shelved {
    pub(crate) fn apply(&self, case: &mut Case, at: Timestamp) {
        case.pause(PauseNow {
            kind: PauseKind::Shelved,
            from: at,
            until: self.review_by,
            due_at: case.due_at,
            left: self.left,
            reason: Some(self.reason),
        });
    }
}

impl ResidentAsked {
    pub(crate) fn apply(&self, case: &mut Case, at: Timestamp) {
        case.pause(PauseNow {
            kind: PauseKind::Resident,
            from: at,
            until: self.answer_by,
            due_at: case.due_at,
            left: self.left,
            reason: None,
        });
    }
}

impl Resumed {
    pub(crate) fn apply(&self, case: &mut Case, at: Timestamp) {
        case.more.pauses.end(at);
        case.due_at = self.due_at;
        case.deadlines.resolve_by = self.resolve_by;
        case.deadlines.respond_by = self.respond_by;
    }
}

pub(crate) fn decide_shelve(
    case: &Case,
    command: &Shelve,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let now = truncate_millis(context.now);
    let days = context.rules.limits.allowance.shelve_days;
    let at_most = Span::Clock {
        minutes: days.saturating_mul(24 * 60),
    };
    let latest = due(context, at_most, "review_by")?;
    if command.review_by <= now || command.review_by > latest {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "shelve.review-date",
            format!("复查日期须在此后 {days} 天以内"),
            format!("the review date lies ahead, at most {days} days"),
        )
        .at("review_by")
        .found(command.review_by.to_string())
        .allowing([format!("{now} – {latest}")]));
    }
    context
        .event(Event::Shelved(Shelved {
            left: time_left(case, context, "review_by")?,
            reason: command.reason,
            review_by: truncate_millis(command.review_by),
        }))
        .with_note(&command.note, "note")
}

pub(crate) fn decide_ask(
    case: &Case,
    command: &AskResident,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let allowance = context.rules.limits.allowance;
    let asked = case.more.pauses.questions_since(case.dispatched_at);
    if asked >= allowance.questions as usize {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "ask.too-often",
            format!("本次派单已请居民补充 {asked} 次，不能再暂停计时；请直接联系居民并继续办理"),
            format!(
                "the resident was asked {asked} times in this dispatch, the clock stops no more; contact the resident and go on"
            ),
        )
        .at("note")
        .found(asked.to_string())
        .allowing([format!("0–{}", allowance.questions)]));
    }
    context
        .event(Event::ResidentAsked(ResidentAsked {
            answer_by: due(context, allowance.answer, "note")?,
            left: time_left(case, context, "note")?,
        }))
        .with_note(&command.note, "note")
}

pub(crate) fn decide_answer(
    case: &Case,
    command: &AnswerQuestion,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    context
        .event(Event::ResidentAnswered(resumed(case, context)?))
        .with_note(&command.note, "note")
}

pub(crate) fn decide_resume(
    case: &Case,
    command: &Resume,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    context
        .event(Event::Resumed(resumed(case, context)?))
        .with_optional_note(command.note.as_ref(), "note")
}

/// What is left of each deadline now.
fn time_left(case: &Case, context: &Context<'_>, field: &str) -> Result<TimeLeft, Refusal> {
    let now = truncate_millis(context.now);
    let rules = context.rules;
    let category = case.category.as_ref();
    let limits = category
        .and_then(|code| rules.categories.get(code))
        .map(|category| rules.handling(category));
    // A target that another system had set runs by the clock.
    let by_clock = Span::Clock { minutes: 0 };
    let left = |at: Option<Timestamp>, like: Option<Span>| match at.filter(|at| *at > now) {
        None => Ok(None),
        Some(at) => rules
            .calendar
            .between(now, at, like.unwrap_or(by_clock))
            .map(|left| Some(left.into()))
            .map_err(|error| beyond(&error, field)),
    };
    let resolve = limits.map(|limits| limits.resolve);
    let respond = limits.map(|limits| limits.respond);
    // Who has been contacted is owed no first contact any more.
    let respond_by = case
        .deadlines
        .respond_by
        .filter(|_| case.started_at.is_none());
    let next_is_to_respond = respond_by.is_some() && case.due_at == respond_by;
    Ok(TimeLeft {
        due: left(
            case.due_at,
            if next_is_to_respond { respond } else { resolve },
        )?,
        resolve: left(case.deadlines.resolve_by, resolve)?,
        respond: left(respond_by, respond)?,
    })
}

/// The deadlines when the clock runs again.
fn resumed(case: &Case, context: &Context<'_>) -> Result<Resumed, Refusal> {
    let Some(pause) = &case.more.pauses.now else {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "case.not-paused",
            "案卷没有暂停",
            "the case does not stand still",
        )
        .at("action"));
    };
    let from = truncate_millis(context.now).min(pause.until);
    let again = |before: Option<Timestamp>, left: Option<Amount>| match left {
        None => Ok(before),
        Some(left) => context
            .rules
            .calendar
            .due_or_provisional(from, left.into())
            .map(|due| before.max(Some(due.at)))
            .map_err(|error| beyond(&error, "note")),
    };
    Ok(Resumed {
        due_at: again(pause.due_at, pause.left.due)?,
        resolve_by: again(case.deadlines.resolve_by, pause.left.resolve)?,
        respond_by: again(case.deadlines.respond_by, pause.left.respond)?,
    })
}
