//! A case as another system knows it, and the history it becomes.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use yiwang_base::{
    CaseId, CategoryCode, LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode,
    truncate_millis,
};
use yiwang_cases::{
    Actor, Case, Change, Channel, Command, Context, Happening, Limits, RequestWords, Rules,
    SourceRef, StoreError, Submit, decide,
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
    pub reason: Personal<String>,
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
    /// What it is about.
    pub category: CategoryCode,
    /// That category's name.
    pub category_name: String,
    /// The name of the major category.
    pub group_name: String,
    /// The unit that had it.
    pub unit: UnitCode,
    /// That unit's name or abbreviation.
    pub unit_name: String,
    /// A longer name that goes with the unit, if the row has one.
    pub unit_long_name: Option<String>,
    /// By when the source meant it to be done.
    pub target: Option<SourceTime>,
    /// How it ended, if it has.
    pub ended: Option<Ending>,
}

impl SourceCase {
    /// The whole history as one change, so that no case is ever half imported:
    /// submitted, accepted and dispatched when it was opened, and closed when
    /// it ended. `new_id` is asked only if all of it can be decided.
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
        let accept = Command::Accept {
            category: self.category.clone(),
            area: None,
        };
        let dispatch = Command::Dispatch {
            unit: self.unit.clone(),
            assisting: Vec::new(),
            limits: Limits::FromSource {
                resolve_by: self.target.as_ref().map(|target| target.at),
            },
            reason: None,
            note: None,
        };
        let begin = self.step(None, &submit, &self.opened, None, rules, recorded_at)?;
        let [first] = begin.as_slice() else {
            return Err(broken("a submission is one event"));
        };
        let mut case = Case::begin(NO_ID, first).map_err(|error| broken(&error.to_string()))?;
        let mut happenings = begin;
        let mut steps = vec![
            (accept, &self.opened, None),
            (dispatch, &self.opened, self.target.as_ref()),
        ];
        if let Some(ended) = &self.ended {
            let reason = Some(ended.reason.clone());
            steps.push((Command::Close { reason }, &ended.at, None));
        }
        for (command, time, target) in steps {
            let next = self.step(Some(&case), &command, time, target, rules, recorded_at)?;
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

    fn step(
        &self,
        before: Option<&Case>,
        command: &Command,
        time: &SourceTime,
        target: Option<&SourceTime>,
        rules: &Rules,
        recorded_at: Timestamp,
    ) -> Result<Vec<Happening>, Refusal> {
        if time.at > recorded_at {
            return Err(in_the_future(command, time.at));
        }
        let actor = Actor::Import(self.source.system.clone());
        let doubts = [Some(time), target].into_iter().flatten();
        let grounds = doubts
            .filter_map(|time| time.doubt.as_deref())
            .fold(self.grounds(), |grounds, doubt| {
                format!("{grounds}; {doubt}")
            });
        let context = Context {
            rules,
            actor: &actor,
            grounds: Some(&grounds),
            now: time.at,
        };
        decide(before, command, &context)
    }

    /// `boston311 line 12`.
    pub fn grounds(&self) -> String {
        format!("{} line {}", self.source.system, self.line)
    }

    /// The unit's name for readers: the long one with the abbreviation behind.
    pub fn unit_label(&self) -> LocalText {
        LocalText::same(match &self.unit_long_name {
            Some(long) => format!("{long} ({})", self.unit_name),
            None => self.unit_name.clone(),
        })
    }
}

fn broken(what: &str) -> Refusal {
    StoreError::Broken(what.to_owned()).into()
}

fn in_the_future(command: &Command, at: Timestamp) -> Refusal {
    let field = match command {
        Command::Close { .. } => "closed",
        _ => "opened",
    };
    Refusal::new(
        RefusalKind::Invalid,
        "source.future",
        "这一时间晚于导入的时刻",
        "this time lies after the import itself",
    )
    .at(field)
    .found(at.to_string())
}
