//! A case as another system knows it, and the history it becomes.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode,
    truncate_millis,
};
use yiwang_cases::{
    Actor, Case, Change, Channel, Command, Context, DeclineReason, Happening, Limits, RequestWords,
    Rules, SourceRef, StoreError, Submit, decide,
};

/// The number of a case until all of its history is decided.
const NO_ID: CaseId = CaseId(0);

/// A time that a source gives without an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTime {
    /// The instant.
    pub at: Timestamp,
    /// What had to be assumed where the clocks changed; goes into the grounds.
    pub doubt: Option<String>,
}

impl SourceTime {
    /// The instant of a local time.
    ///
    /// A time that the clocks skipped is read with the offset before the skip.
    /// Of a time that came twice the earlier is taken, but never one before
    /// `not_before`, as nothing closes before it is opened.
    ///
    /// # Errors
    /// When no instant can be named (the first and last days of the calendar).
    pub fn local(
        what: &str,
        local: DateTime,
        zone: &TimeZone,
        not_before: Option<Timestamp>,
    ) -> Result<Self, jiff::Error> {
        let ambiguous = zone.to_ambiguous_timestamp(local);
        let kind = ambiguous.offset();
        let (at, doubt) = match kind {
            AmbiguousOffset::Unambiguous { .. } => (ambiguous.compatible()?, None),
            AmbiguousOffset::Gap { .. } => (
                ambiguous.compatible()?,
                Some(format!(
                    "{what} {local} was skipped by the clocks, read with the offset before"
                )),
            ),
            AmbiguousOffset::Fold { .. } => {
                let (first, second) = (ambiguous.earlier()?, ambiguous.later()?);
                match not_before {
                    Some(limit) if first < limit => (
                        second,
                        Some(format!(
                            "{what} {local} came twice, the later taken as it opened between"
                        )),
                    ),
                    _ => (
                        first,
                        Some(format!("{what} {local} came twice, the earlier taken")),
                    ),
                }
            }
        };
        let at = truncate_millis(at);
        Ok(Self { at, doubt })
    }
}

/// How a case ended in its source.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// When.
    pub at: SourceTime,
    /// Why, in the source's words.
    pub note: Personal<String>,
}

/// How a case stands in its source.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Someone has to act on it.
    Open,
    /// It was closed.
    Closed(Ending),
    /// It was not taken on.
    Declined(DeclineReason, Ending),
}

impl Outcome {
    /// How it ended, if it has.
    pub fn ending(&self) -> Option<&Ending> {
        match self {
            Outcome::Open => None,
            Outcome::Closed(ending) | Outcome::Declined(_, ending) => Some(ending),
        }
    }
}

/// What the resident said when called back.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// When.
    pub at: SourceTime,
    /// Whether it is solved; `None` where nobody answered.
    pub solved: Option<bool>,
    /// 1 to 5.
    pub satisfaction: Option<u8>,
}

/// What it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceCategory {
    /// The category's code here.
    pub code: CategoryCode,
    /// Its name there.
    pub name: String,
    /// The name of the major category.
    pub group: String,
}

/// The unit that had it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceUnit {
    /// The unit's code here.
    pub code: UnitCode,
    /// Its name or abbreviation there.
    pub name: String,
    /// A longer name that goes with it, if the row has one.
    pub long_name: Option<String>,
}

impl SourceUnit {
    /// The name for readers: the long one with the abbreviation behind.
    pub fn label(&self) -> LocalText {
        LocalText::same(match &self.long_name {
            Some(long) => format!("{long} ({})", self.name),
            None => self.name.clone(),
        })
    }
}

/// A case as another system knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceCase {
    /// The line of the file its row begins on.
    pub line: u64,
    /// The system and the case's number there.
    pub source: SourceRef,
    /// When it came in.
    pub opened: SourceTime,
    /// How it came in.
    pub channel: Channel,
    /// What was said and where.
    pub request: Personal<RequestWords>,
    /// What it is about; without it nobody has taken it on yet.
    pub category: Option<SourceCategory>,
    /// The area, where the source names one.
    pub area: Option<AreaCode>,
    /// The unit that had it, if one had.
    pub unit: Option<SourceUnit>,
    /// When the unit got it; when it came in unless said.
    pub dispatched: Option<SourceTime>,
    /// By when the source meant it to be done.
    pub target: Option<SourceTime>,
    /// How it stands.
    pub outcome: Outcome,
    /// What the resident said afterwards.
    pub answer: Option<Answer>,
    /// What had to be assumed about it; goes into the grounds.
    pub assumed: Vec<String>,
}

impl SourceCase {
    /// The whole history as one change, so that no case is ever half imported:
    /// submitted and, as far as the source says, accepted, dispatched, closed
    /// or declined, and called back, each at its time. `new_id` is asked only
    /// if all of it can be decided.
    ///
    /// # Errors
    /// The refusal of the decision that could not be taken, or that of a time
    /// after `recorded_at`.
    pub fn history(
        &self,
        rules: &Rules,
        recorded_at: Timestamp,
        new_id: impl FnOnce() -> CaseId,
    ) -> Result<Change, Refusal> {
        let submit = Command::Submit(Submit {
            channel: self.channel,
            category: None,
            request: self.request.clone(),
            source: Some(self.source.clone()),
        });
        let first = Step::new("opened", submit, &self.opened);
        let begin = self.step(None, &first, rules, recorded_at)?;
        let [first] = begin.as_slice() else {
            return Err(broken("a submission is one event"));
        };
        let mut case = Case::begin(NO_ID, first).map_err(|error| broken(&error.to_string()))?;
        let mut happenings = begin;
        for step in self.steps() {
            let next = self.step(Some(&case), &step, rules, recorded_at)?;
            for happening in &next {
                case.apply(happening)
                    .map_err(|error| broken(&error.to_string()))?;
            }
            happenings.extend(next);
        }
        case.id = new_id();
        Ok(Change {
            expected_version: 0,
            happenings,
            after: case,
            recorded_at,
            receipt: None,
        })
    }

    /// What happened after it came in.
    fn steps(&self) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        if let Outcome::Declined(reason, ending) = &self.outcome {
            let decline = Command::Decline {
                reason: *reason,
                responsible: None,
                note: ending.note.clone(),
            };
            steps.push(Step::new("closed", decline, &ending.at));
            return steps;
        }
        let Some(category) = &self.category else {
            return steps;
        };
        let accept = Command::Accept {
            category: category.code.clone(),
            area: self.area.clone(),
        };
        steps.push(Step::new("opened", accept, &self.opened));
        if let Some(unit) = &self.unit {
            let dispatch = Command::Dispatch {
                unit: unit.code.clone(),
                assisting: Vec::new(),
                limits: Limits::FromSource {
                    resolve_by: self.target.as_ref().map(|target| target.at),
                },
                reason: None,
                note: None,
            };
            let at = self.dispatched.as_ref().unwrap_or(&self.opened);
            let mut step = Step::new("dispatched", dispatch, at);
            step.doubtful = self.target.as_ref();
            steps.push(step);
        }
        if let Outcome::Closed(ending) = &self.outcome {
            let close = Command::Close {
                reason: Some(ending.note.clone()),
            };
            steps.push(Step::new("closed", close, &ending.at));
        }
        if let Some(answer) = &self.answer {
            let call_back = Command::CallBack {
                reached: answer.solved.is_some(),
                solved: answer.solved,
                satisfaction: answer.satisfaction,
                note: None,
            };
            steps.push(Step::new("asked", call_back, &answer.at));
        }
        steps
    }

    fn step(
        &self,
        before: Option<&Case>,
        step: &Step<'_>,
        rules: &Rules,
        recorded_at: Timestamp,
    ) -> Result<Vec<Happening>, Refusal> {
        if step.at.at > recorded_at {
            return Err(in_the_future(step));
        }
        let actor = Actor::Import(self.source.system.clone());
        let doubts = [Some(step.at), step.doubtful].into_iter().flatten();
        let doubts = doubts.filter_map(|time| time.doubt.as_deref());
        let assumed = self.assumed.iter().filter(|_| before.is_none());
        let grounds = doubts
            .chain(assumed.map(String::as_str))
            .fold(self.grounds(), |grounds, doubt| {
                format!("{grounds}; {doubt}")
            });
        let context = Context {
            rules,
            actor: &actor,
            grounds: Some(&grounds),
            now: step.at.at,
        };
        decide(before, &step.command, &context)
    }

    /// `boston311 line 12`.
    pub fn grounds(&self) -> String {
        format!("{} line {}", self.source.system, self.line)
    }
}

/// One thing that happened, with the column its time came from.
struct Step<'a> {
    what: &'static str,
    command: Command,
    at: &'a SourceTime,
    /// Another time that had to be read with a doubt.
    doubtful: Option<&'a SourceTime>,
}

impl<'a> Step<'a> {
    fn new(what: &'static str, command: Command, at: &'a SourceTime) -> Self {
        Self {
            what,
            command,
            at,
            doubtful: None,
        }
    }
}

fn broken(what: &str) -> Refusal {
    StoreError::Broken(what.to_owned()).into()
}

fn in_the_future(step: &Step<'_>) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "source.future",
        "这一时间晚于导入的时刻",
        "this time lies after the import itself",
    )
    .at(step.what)
    .found(step.at.at.to_string())
}
