//! Consultation (问计于民): a question with options, a time to answer, one voice
//! a person; results are published when it is over.

use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode, truncate_millis,
};

use super::life::{Head, Life, Step, Tag, not_now, opens_nothing, words};
use super::voice::Poll;
use super::{Recast, Tally, Words, field};
use crate::Context;
use crate::check::known_unit;

pub(crate) const OPENING: &[&str] = &["announce"];
pub(crate) const STATES: &[&str] = &["announced", "published", "withdrawn"];

/// Most options of a question.
const MOST_OPTIONS: usize = 20;

/// A consultation as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consultation {
    /// Its title.
    pub title: LocalText,
    /// What is asked.
    pub question: LocalText,
    /// What can be chosen.
    pub options: Vec<LocalText>,
    /// How many of them a voice may name.
    pub choose: u32,
    /// What a second voice does.
    pub recast: Recast,
    /// Only people of this area are asked; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaCode>,
    /// How many people are asked, for the turnout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitled: Option<u32>,
    /// Who asks.
    pub unit: UnitCode,
    /// From then on …
    pub opens_at: Timestamp,
    /// … until before then.
    pub closes_at: Timestamp,
    /// How many comments came; what they say is sealed.
    #[serde(default)]
    pub comments: u32,
    /// What people said, once it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Tally>,
    /// What is made of it, for the public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<LocalText>,
    /// Whether it was withdrawn.
    #[serde(default)]
    pub withdrawn: bool,
}

/// A step of a consultation.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the consultation")]
pub enum Command {
    /// Ask.
    Announce {
        title: LocalText,
        question: LocalText,
        options: Vec<LocalText>,
        choose: u32,
        recast: Recast,
        area: Option<AreaCode>,
        entitled: Option<u32>,
        unit: UnitCode,
        opens_at: Timestamp,
        closes_at: Timestamp,
    },
    /// Say something about it.
    Comment { words: Personal<String> },
    /// Publish what people said.
    Publish {
        /// As the record counts it.
        tally: Tally,
    },
    /// Say what is made of it.
    Answer { answer: LocalText },
    /// Ask no longer.
    Withdraw {
        /// Why; it stays in the record.
        reason: String,
    },
}

words! { Command { Announce "announce" Comment "comment" Publish "publish" Answer "answer" Withdraw "withdraw" } }

/// What can happen to a consultation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the consultation")]
pub enum Event {
    /// Announced.
    Announced {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaCode>,
        choose: u32,
        closes_at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entitled: Option<u32>,
        opens_at: Timestamp,
        options: Vec<LocalText>,
        question: LocalText,
        recast: Recast,
        title: LocalText,
        unit: UnitCode,
    },
    /// Somebody commented. Sealed: what was said.
    Commented {},
    /// What people said.
    Published { tally: Tally },
    /// What is made of it.
    Answered { answer: LocalText },
    /// Withdrawn; why is in the grounds.
    Withdrawn {},
}

words! { Event { Announced "announced" Commented "commented" Published "published" Answered "answered" Withdrawn "withdrawn" } }

impl Consultation {
    pub(crate) fn poll(&self) -> Option<Poll> {
        if self.withdrawn {
            return None;
        }
        Some(Poll {
            round: 0,
            options: self.options.len() as u32,
            choose: self.choose,
            recast: self.recast,
            area: self.area.clone(),
            opens_at: self.opens_at,
            closes_at: self.closes_at,
        })
    }

    /// The word of where it stands at a time: `upcoming`, `open`, `counting`,
    /// `published` or `withdrawn`.
    pub fn phase(&self, now: Timestamp) -> &'static str {
        match self.head().state {
            "announced" if now < self.opens_at => "upcoming",
            "announced" if now < self.closes_at => "open",
            "announced" => "counting",
            state => state,
        }
    }
}

impl Life for Consultation {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Announce {
            title,
            question,
            options,
            choose,
            recast,
            area,
            entitled,
            unit,
            opens_at,
            closes_at,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(title, "title")?;
        field::summary(question, "question")?;
        field::within(options.len(), "options", 2, MOST_OPTIONS)?;
        field::each(options, "options", field::title)?;
        field::within(*choose, "choose", 1, options.len() as u32)?;
        if let Some(area) = area {
            field::known_area(context.rules, area, "area")?;
        }
        if let Some(entitled) = entitled {
            field::within(*entitled, "entitled", 1, 100_000_000)?;
        }
        known_unit(context.rules, unit, "unit")?;
        if opens_at >= closes_at || *closes_at <= context.now {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "consultation.time",
                "截止时间须晚于开始时间，且在现在以后",
                "it must close after it opens, and after now",
            )
            .at("closes_at")
            .found(format!("{closes_at:.3}")));
        }
        Ok(Step::new(Event::Announced {
            area: area.clone(),
            choose: *choose,
            closes_at: truncate_millis(*closes_at),
            entitled: *entitled,
            opens_at: truncate_millis(*opens_at),
            options: options.clone(),
            question: question.clone(),
            recast: *recast,
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
            Command::Announce { .. } => Err(not_now("announce", &self.possible())),
            Command::Comment { words } => {
                field::said(words, "words")?;
                if self.phase(context.now) != "open" {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "consultation.not-open",
                        "征求意见的时间为 allowed 所列",
                        "comments are taken during the time that allowed gives",
                    )
                    .at("words")
                    .allowing([format!("{:.3} – {:.3}", self.opens_at, self.closes_at)]));
                }
                Ok(Step::sealing(
                    Event::Commented {},
                    Words::one("words", words),
                ))
            }
            Command::Publish { tally } => {
                if context.now < self.closes_at {
                    return Err(Refusal::new(
                        RefusalKind::NotNow,
                        "consultation.still-open",
                        "投票还没有截止，截止后才能公布结果",
                        "the vote is still open: results are published when it is over",
                    )
                    .at("action")
                    .found("publish")
                    .allowing([format!("≥ {:.3}", self.closes_at)]));
                }
                Ok(Step::new(Event::Published {
                    tally: tally.clone(),
                }))
            }
            Command::Answer { answer } => {
                field::summary(answer, "answer")?;
                Ok(Step::new(Event::Answered {
                    answer: answer.clone(),
                }))
            }
            Command::Withdraw { reason } => Step::because(Event::Withdrawn {}, reason),
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Announced {
            area,
            choose,
            closes_at,
            entitled,
            opens_at,
            options,
            question,
            recast,
            title,
            unit,
        } = event
        else {
            return None;
        };
        Some(Consultation {
            title: title.clone(),
            question: question.clone(),
            options: options.clone(),
            choose: *choose,
            recast: *recast,
            area: area.clone(),
            entitled: *entitled,
            unit: unit.clone(),
            opens_at: *opens_at,
            closes_at: *closes_at,
            comments: 0,
            result: None,
            answer: None,
            withdrawn: false,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        match event {
            Event::Announced { .. } => {}
            Event::Commented {} => self.comments += 1,
            Event::Published { tally } => self.result = Some(tally.clone()),
            Event::Answered { answer } => self.answer = Some(answer.clone()),
            Event::Withdrawn {} => self.withdrawn = true,
        }
    }

    fn head(&self) -> Head {
        let state = match (self.withdrawn, &self.result) {
            (true, _) => "withdrawn",
            (_, Some(_)) => "published",
            _ => "announced",
        };
        let mut tags = vec![Tag::Unit(self.unit.clone())];
        tags.extend(self.area.clone().map(Tag::Area));
        Head {
            state,
            title: Some(self.title.clone()),
            unit: Some(self.unit.clone()),
            due_at: Some(self.closes_at).filter(|_| state == "announced"),
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.head().state {
            "announced" => vec!["publish", "comment", "withdraw"],
            "published" => vec!["answer"],
            _ => vec![],
        }
    }
}
