//! Supervision (督办): a leader, the desk or the front line watches over a case,
//! with a level, a date and a note; the lead unit answers; whoever watches, or
//! the desk, lets it go again. The front line's right to supervise (监督权).

use serde::{Deserialize, Serialize};
use yiwang_base::{
    LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode, truncate_millis,
};

use crate::decide::Context;
use crate::{Action, Case, Event, Happening, Rules};

/// How high a case is watched (督办级别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupervisionLevel {
    /// 一般督办.
    Ordinary,
    /// 重点督办.
    Key,
    /// 挂牌督办.
    Listed,
}

impl SupervisionLevel {
    /// All of them, the lowest first.
    pub const ALL: [SupervisionLevel; 3] = [
        SupervisionLevel::Ordinary,
        SupervisionLevel::Key,
        SupervisionLevel::Listed,
    ];

    /// The word of the interface, `ordinary`.
    pub fn word(self) -> &'static str {
        match self {
            SupervisionLevel::Ordinary => "ordinary",
            SupervisionLevel::Key => "key",
            SupervisionLevel::Listed => "listed",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            SupervisionLevel::Ordinary => ("一般督办", "ordinary"),
            SupervisionLevel::Key => ("重点督办", "key case"),
            SupervisionLevel::Listed => ("挂牌督办", "publicly listed"),
        };
        LocalText::new(zh, en)
    }
}

/// Put a case under supervision (督办): a leader, the desk, or a unit of the front line.
#[derive(Debug, Clone)]
pub struct Supervise {
    /// The unit that asks; `None` for a leader or the desk.
    pub by: Option<UnitCode>,
    /// How high.
    pub level: SupervisionLevel,
    /// By when the lead unit is to answer.
    pub answer_by: Timestamp,
    /// What is expected.
    pub note: Personal<String>,
}

/// Answer (督办答复): the lead unit.
#[derive(Debug, Clone)]
pub struct AnswerSupervision {
    /// What was done about it.
    pub note: Personal<String>,
}

/// Let it go (解除督办): whoever supervises, a leader or the desk.
#[derive(Debug, Clone)]
pub struct Release {
    /// The unit that asks; `None` for a leader or the desk.
    pub by: Option<UnitCode>,
    /// Why.
    pub note: Option<Personal<String>>,
}

/// The case is under supervision (督办). Sealed: what is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supervised {
    /// By when the lead unit is to answer.
    pub answer_by: Timestamp,
    /// The unit that supervises; absent for a leader or the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UnitCode>,
    /// How high.
    pub level: SupervisionLevel,
}

/// One supervision of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supervision {
    /// The unit that supervises; absent for a leader or the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UnitCode>,
    /// How high.
    pub level: SupervisionLevel,
    /// Since when.
    pub from: Timestamp,
    /// By when the lead unit is to answer.
    pub answer_by: Timestamp,
    /// When it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it was let go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
}

impl Supervision {
    /// Whether the answer is late, or came late.
    pub fn is_late(&self, now: Timestamp) -> bool {
        let end = self.answered_at.or(self.released_at).unwrap_or(now);
        end > self.answer_by
    }
}

/// The supervisions of a case, oldest first; only the last can be open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Supervisions(pub Vec<Supervision>);

impl Supervisions {
    /// The one that has not been let go.
    pub fn open(&self) -> Option<&Supervision> {
        self.0.last().filter(|last| last.released_at.is_none())
    }

    fn open_mut(&mut self) -> Option<&mut Supervision> {
        self.0.last_mut().filter(|last| last.released_at.is_none())
    }

    /// What can be done about them.
    pub(crate) fn possible(&self, case: &Case) -> Vec<Action> {
        match self.open() {
            None if case.stage.is_open() => vec![Action::Supervise],
            None => Vec::new(),
            Some(open) if open.answered_at.is_none() && case.unit.is_some() => {
                vec![Action::AnswerSupervision, Action::Release]
            }
            Some(_) => vec![Action::Release],
        }
    }

    pub(crate) fn answer(&mut self, at: Timestamp) {
        if let Some(open) = self.open_mut() {
            open.answered_at = Some(at);
        }
    }

    pub(crate) fn release(&mut self, at: Timestamp) {
        if let Some(open) = self.open_mut() {
            open.released_at = Some(at);
        }
    }
}

impl Supervised {
    pub(crate) fn apply(&self, supervisions: &mut Supervisions, at: Timestamp) {
        supervisions.release(at);
        supervisions.0.push(Supervision {
            by: self.by.clone(),
            level: self.level,
            from: at,
            answer_by: self.answer_by,
            answered_at: None,
            released_at: None,
        });
    }
}

pub(crate) fn decide_supervise(
    case: &Case,
    command: &Supervise,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    if let Some(by) = &command.by {
        context.rules.must_be_front_line(by)?;
        if case.unit.as_ref() == Some(by) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "supervise.own",
                "主办单位不能督办自己",
                "the lead unit cannot supervise itself",
            )
            .at("by")
            .found(by.as_str()));
        }
    }
    let now = truncate_millis(context.now);
    if command.answer_by <= now {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "supervise.date",
            "答复时限须在此后",
            "the answer is due at a time still to come",
        )
        .at("answer_by")
        .found(command.answer_by.to_string())
        .allowing([format!("> {now}")]));
    }
    context
        .event(Event::Supervised(Supervised {
            answer_by: truncate_millis(command.answer_by),
            by: command.by.clone(),
            level: command.level,
        }))
        .with_note(&command.note, "note")
}

pub(crate) fn decide_release(
    case: &Case,
    command: &Release,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let by = case
        .more
        .supervisions
        .open()
        .and_then(|open| open.by.as_ref());
    if command.by.is_some() && command.by.as_ref() != by {
        return Err(Refusal::new(
            RefusalKind::Forbidden,
            "supervise.not-yours",
            "只有督办的单位、领导或派单人员可以解除督办",
            "only the unit that supervises, a leader or the desk lets it go",
        )
        .at("by")
        .found(command.by.as_ref().map_or("", |unit| unit.as_str())));
    }
    context
        .event(Event::SupervisionReleased {})
        .with_optional_note(command.note.as_ref(), "note")
}

impl Rules {
    /// Whether the unit is of the front line (一线): nearest to the residents, it
    /// supervises and scores the departments.
    pub fn is_front_line(&self, unit: &UnitCode) -> bool {
        self.units
            .get(unit)
            .is_some_and(|unit| unit.kind.is_front_line())
    }

    pub(crate) fn must_be_front_line(&self, unit: &UnitCode) -> Result<(), Refusal> {
        if self.is_front_line(unit) {
            return Ok(());
        }
        let front_line = self.units.keys().filter(|unit| self.is_front_line(unit));
        Err(Refusal::new(
            RefusalKind::Forbidden,
            "unit.not-front-line",
            "监督权与考评权属于街道和社区；贵单位不能行使",
            "the rights to supervise and to score are the streets' and communities'; your unit has neither",
        )
        .at("by")
        .found(unit.as_str())
        .allowing(front_line.map(ToString::to_string)))
    }
}
