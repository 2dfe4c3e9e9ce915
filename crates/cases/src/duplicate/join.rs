//! "Me too" (同感): someone else has the same trouble and follows the case that
//! is there instead of sending another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yiwang_base::{Personal, Purpose, Refusal, RefusalKind, Timestamp};

use crate::check::{MAX_NOTE, MAX_SHORT, check_call_back, text};
use crate::decide::Context;
use crate::{Case, Event, Happening, Reporter, Sealed};

/// Most people who join one case; answers of all are kept with it.
const MAX_JOINED: u32 = 2_000;

/// Someone who joins a case.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joiner {
    /// Who.
    #[serde(default)]
    pub reporter: Reporter,
    /// What that person has to add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The code by which that person follows the case without signing in.
    pub follow_code: String,
}

/// Join a case (同感).
#[derive(Debug, Clone)]
pub struct Join {
    /// Who joins.
    pub joiner: Personal<Joiner>,
}

/// One who joined says whether it is solved.
#[derive(Debug, Clone)]
pub struct AnswerJoined {
    /// Which of those who joined, counted from 1.
    pub number: u32,
    /// Whether it is solved.
    pub solved: bool,
    /// 1 (very dissatisfied) to 5 (very satisfied).
    pub satisfaction: Option<u8>,
    /// The person's words.
    pub note: Option<Personal<String>>,
}

/// Somebody joined (同感). Sealed: who, and the follow code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joined {
    /// Counted from 1.
    pub number: u32,
}

/// One who joined said whether it is solved. Sealed: the words, if any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinedAnswered {
    /// Which of those who joined.
    pub number: u32,
    /// 1 (very dissatisfied) to 5 (very satisfied).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
    /// Whether it is solved.
    pub solved: bool,
}

/// The last answer of one who joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinedAnswer {
    /// When.
    pub at: Timestamp,
    /// Whether it is solved.
    pub solved: bool,
    /// 1 (very dissatisfied) to 5 (very satisfied).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfaction: Option<u8>,
}

/// Those who joined a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Joiners {
    /// How many.
    pub count: u32,
    /// What they last said, by their numbers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<u32, JoinedAnswer>,
}

impl Joiners {
    /// Whether more may join; then a request of one's own is the way.
    pub(crate) fn are_welcome(&self) -> bool {
        self.count < MAX_JOINED
    }
}

impl Joined {
    pub(crate) fn apply(&self, joiners: &mut Joiners) {
        joiners.count = joiners.count.max(self.number);
    }
}

impl JoinedAnswered {
    pub(crate) fn apply(&self, joiners: &mut Joiners, at: Timestamp) {
        let answer = JoinedAnswer {
            at,
            solved: self.solved,
            satisfaction: self.satisfaction,
        };
        joiners.answers.insert(self.number, answer);
    }
}

pub(crate) fn decide_join(
    case: &Case,
    command: &Join,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let joiner = command.joiner.disclose(Purpose::Record);
    let short = [
        ("reporter.name", &joiner.reporter.name),
        ("reporter.phone", &joiner.reporter.phone),
        ("reporter.email", &joiner.reporter.email),
    ];
    for (field, value) in short {
        if let Some(value) = value {
            text(value, field, MAX_SHORT)?;
        }
    }
    if let Some(words) = &joiner.words {
        text(words, "words", MAX_NOTE)?;
    }
    let number = case.more.joiners.count + 1;
    let mut happening = context.event(Event::Joined(Joined { number }));
    happening.sealed = Some(Sealed::Joiner(command.joiner.clone()));
    Ok(happening)
}

pub(crate) fn decide_answer(
    case: &Case,
    command: &AnswerJoined,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    if !(1..=case.more.joiners.count).contains(&command.number) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "join.unknown",
            "没有这位关注人",
            "nobody joined under this number",
        )
        .at("number")
        .found(command.number.to_string()));
    }
    check_call_back(true, Some(command.solved), command.satisfaction)?;
    context
        .event(Event::JoinedAnswered(JoinedAnswered {
            number: command.number,
            satisfaction: command.satisfaction,
            solved: command.solved,
        }))
        .with_optional_note(command.note.as_ref(), "note")
}
