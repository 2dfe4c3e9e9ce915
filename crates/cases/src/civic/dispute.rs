//! Disputes and their mediation (矛盾纠纷化解,枫桥经验): prevented at the source,
//! settled early, kept settled.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, LocalText, Personal, Purpose, Refusal, RefusalKind, Timestamp, UnitCode,
};

use super::life::{Head, Life, Step, Tag, named, not_now, opens_nothing, words};
use super::{Words, field};
use crate::Context;
use crate::check::{known_unit, missing};

pub(crate) const OPENING: &[&str] = &["register"];
pub(crate) const STATES: &[&str] = &["registered", "mediating", "agreed", "closed"];

named! {
    /// By which instrument a dispute is settled (三治融合).
    Track {
        SelfRule "self_rule" "自治" "self-rule";
        Legal "legal" "法治" "legal";
        Moral "moral" "德治" "moral";
    }
}

named! {
    /// How a dispute ended.
    Outcome {
        Settled "settled" "调解成功并履行" "settled and kept";
        Withdrawn "withdrawn" "当事人撤回" "withdrawn by the parties";
        ToCourt "to_court" "引导诉讼或仲裁" "taken to a court or to arbitration";
        Failed "failed" "调解不成" "not settled";
    }
}

/// One of those who are at odds.
#[derive(Debug, Clone)]
pub struct Party {
    /// Name as given.
    pub name: Personal<String>,
    /// Telephone number as given.
    pub phone: Option<Personal<String>>,
    /// What the party says.
    pub statement: Option<Personal<String>>,
}

impl PartialEq for Party {
    /// The same person by name and number.
    fn eq(&self, other: &Party) -> bool {
        self.name == other.name && self.phone == other.phone
    }
}

/// One sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// How many parties came.
    pub attended: u32,
    /// On which day.
    pub on: Date,
}

/// A visit after the agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// Whether the agreement is being kept.
    pub kept: bool,
    /// On which day.
    pub on: Date,
}

/// A dispute as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// What it is about, without names.
    pub title: LocalText,
    /// Where.
    pub area: AreaCode,
    /// The unit that takes care of it.
    pub unit: UnitCode,
    /// By which instrument.
    pub track: Track,
    /// How many parties; who they are is sealed.
    pub parties: u32,
    /// Cases in which it showed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseId>,
    /// Whether somebody mediates; who is sealed.
    #[serde(default)]
    pub mediator: bool,
    /// The sittings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<Session>,
    /// When they agreed; on what is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed_on: Option<Date>,
    /// When someone looks whether it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_by: Option<Timestamp>,
    /// Visits since the agreement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<Visit>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// A step of a dispute.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the dispute")]
pub enum Command {
    /// Take it up.
    Register {
        title: LocalText,
        area: AreaCode,
        unit: UnitCode,
        track: Track,
        /// Who is at odds, at least two.
        parties: Vec<Party>,
        cases: Vec<CaseId>,
        /// What it is about, in words.
        words: Personal<String>,
    },
    /// Let somebody mediate.
    AssignMediator { mediator: Personal<String> },
    /// Try another instrument.
    ChangeTrack {
        track: Track,
        /// Why; it stays in the record.
        reason: String,
    },
    /// A sitting was held.
    HoldSession {
        on: Date,
        attended: u32,
        minutes: Personal<String>,
    },
    /// They agreed.
    Agree {
        on: Date,
        /// On what.
        agreement: Personal<String>,
        /// By when somebody looks whether it is kept.
        visit_by: Date,
    },
    /// Somebody looked.
    Visit {
        on: Date,
        kept: bool,
        note: Personal<String>,
        /// When the next one is due, if there is to be one.
        next_by: Option<Date>,
    },
    /// End it.
    Close {
        outcome: Outcome,
        note: Personal<String>,
    },
}

words! { Command {
    Register "register" AssignMediator "assign_mediator" ChangeTrack "change_track"
    HoldSession "hold_session" Agree "agree" Visit "visit" Close "close"
} }

/// What can happen to a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the dispute")]
pub enum Event {
    /// Taken up. Sealed: the parties, and what it is about.
    Registered {
        area: AreaCode,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cases: Vec<CaseId>,
        parties: u32,
        title: LocalText,
        track: Track,
        unit: UnitCode,
    },
    /// Somebody mediates. Sealed: who.
    MediatorAssigned {},
    /// Another instrument; why is in the grounds.
    TrackChanged { track: Track },
    /// A sitting. Sealed: its minutes.
    SessionHeld { attended: u32, on: Date },
    /// They agreed. Sealed: on what.
    Agreed { on: Date, visit_by: Timestamp },
    /// Somebody looked. Sealed: what was found.
    Visited {
        kept: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_by: Option<Timestamp>,
        on: Date,
    },
    /// It ended. Sealed: in words.
    Closed { outcome: Outcome },
}

words! { Event {
    Registered "registered" MediatorAssigned "mediator_assigned" TrackChanged "track_changed"
    SessionHeld "session_held" Agreed "agreed" Visited "visited" Closed "closed"
} }

impl Dispute {
    fn check_settled(&self) -> Result<(), Refusal> {
        if self.visits.last().is_some_and(|visit| visit.kept) {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalKind::NotNow,
            "dispute.not-visited",
            "以调解成功结案，须已达成协议，且最近一次回访确认正在履行",
            "to close it as settled there must be an agreement, and the last visit must have found it kept",
        )
        .at("outcome")
        .found(Outcome::Settled.word())
        .allowing(["withdrawn", "to_court", "failed"]))
    }
}

impl Life for Dispute {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Register {
            title,
            area,
            unit,
            track,
            parties,
            cases,
            words,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(title, "title")?;
        field::known_area(context.rules, area, "area")?;
        known_unit(context.rules, unit, "unit")?;
        field::cases(cases, "cases")?;
        field::said(words, "words")?;
        if parties.len() < 2 {
            return Err(missing(
                "parties",
                "至少须登记双方当事人",
                "a dispute has at least two parties",
            ));
        }
        let mut sealed = Words::one("words", words);
        field::each(parties, "parties", |party, at| {
            field::short(&party.name, &format!("{at}.name"))?;
            field::given(party.phone.as_ref(), &format!("{at}.phone"), field::short)?;
            field::given(
                party.statement.as_ref(),
                &format!("{at}.statement"),
                field::said,
            )
        })?;
        for (n, party) in parties.iter().enumerate() {
            sealed = sealed
                .and(&format!("parties.{n}.name"), Some(&party.name))
                .and(&format!("parties.{n}.phone"), party.phone.as_ref())
                .and(&format!("parties.{n}.statement"), party.statement.as_ref());
        }
        let event = Event::Registered {
            area: area.clone(),
            cases: cases.clone(),
            parties: parties.len() as u32,
            title: title.clone(),
            track: *track,
            unit: unit.clone(),
        };
        Ok(Step::sealing(event, sealed))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Register { .. } => Err(not_now("register", &self.possible())),
            Command::AssignMediator { mediator } => {
                field::short(mediator, "mediator")?;
                Ok(Step::sealing(
                    Event::MediatorAssigned {},
                    Words::one("mediator", mediator),
                ))
            }
            Command::ChangeTrack { track, reason } => {
                if *track == self.track {
                    return Err(Refusal::new(
                        RefusalKind::Invalid,
                        "dispute.same-track",
                        "现在就是这一途径，请选择另一途径",
                        "it is on this track already; choose another",
                    )
                    .at("track")
                    .found(track.word())
                    .allowing(Track::ALL.iter().filter(|t| *t != track).map(|t| t.word())));
                }
                Step::because(Event::TrackChanged { track: *track }, reason)
            }
            Command::HoldSession {
                on,
                attended,
                minutes,
            } => {
                field::not_future(*on, "on", context)?;
                field::within(*attended, "attended", 0, self.parties)?;
                field::said(minutes, "minutes")?;
                let event = Event::SessionHeld {
                    attended: *attended,
                    on: *on,
                };
                Ok(Step::sealing(event, Words::one("minutes", minutes)))
            }
            Command::Agree {
                on,
                agreement,
                visit_by,
            } => {
                field::not_future(*on, "on", context)?;
                field::said(agreement, "agreement")?;
                field::not_past(*visit_by, "visit_by", context)?;
                let event = Event::Agreed {
                    on: *on,
                    visit_by: field::end_of(*visit_by, "visit_by", context)?,
                };
                Ok(Step::sealing(event, Words::one("agreement", agreement)))
            }
            Command::Visit {
                on,
                kept,
                note,
                next_by,
            } => {
                field::not_future(*on, "on", context)?;
                field::said(note, "note")?;
                let next_by = match next_by {
                    Some(day) => {
                        field::not_past(*day, "next_by", context)?;
                        Some(field::end_of(*day, "next_by", context)?)
                    }
                    None => None,
                };
                let event = Event::Visited {
                    kept: *kept,
                    next_by,
                    on: *on,
                };
                Ok(Step::sealing(event, Words::one("note", note)))
            }
            Command::Close { outcome, note } => {
                field::said(note, "note")?;
                if *outcome == Outcome::Settled {
                    self.check_settled()?;
                }
                let event = Event::Closed { outcome: *outcome };
                Ok(Step::sealing(event, Words::one("note", note)))
            }
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Registered {
            area,
            cases,
            parties,
            title,
            track,
            unit,
        } = event
        else {
            return None;
        };
        Some(Dispute {
            title: title.clone(),
            area: area.clone(),
            unit: unit.clone(),
            track: *track,
            parties: *parties,
            cases: cases.clone(),
            mediator: false,
            sessions: Vec::new(),
            agreed_on: None,
            visit_by: None,
            visits: Vec::new(),
            outcome: None,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        match event {
            Event::Registered { .. } => {}
            Event::MediatorAssigned {} => self.mediator = true,
            Event::TrackChanged { track } => self.track = *track,
            Event::SessionHeld { attended, on } => self.sessions.push(Session {
                attended: *attended,
                on: *on,
            }),
            Event::Agreed { on, visit_by } => {
                self.agreed_on = Some(*on);
                self.visit_by = Some(*visit_by);
            }
            Event::Visited { kept, next_by, on } => {
                self.visits.push(Visit {
                    kept: *kept,
                    on: *on,
                });
                self.visit_by = *next_by;
                // A broken agreement is none: they sit down again.
                if !kept {
                    self.agreed_on = None;
                    self.visit_by = None;
                }
            }
            Event::Closed { outcome } => {
                self.outcome = Some(*outcome);
                self.visit_by = None;
            }
        }
    }

    fn head(&self) -> Head {
        let state = match (self.outcome, self.agreed_on, self.mediator) {
            (Some(_), _, _) => "closed",
            (_, Some(_), _) => "agreed",
            (_, _, true) => "mediating",
            _ => "registered",
        };
        let mut tags = vec![Tag::Area(self.area.clone()), Tag::Unit(self.unit.clone())];
        tags.extend(self.cases.iter().copied().map(Tag::Case));
        Head {
            state,
            title: Some(self.title.clone()),
            unit: Some(self.unit.clone()),
            due_at: self.visit_by,
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.head().state {
            "registered" => vec!["assign_mediator", "change_track", "close"],
            "mediating" => vec![
                "hold_session",
                "agree",
                "assign_mediator",
                "change_track",
                "close",
            ],
            "agreed" => vec!["visit", "close"],
            _ => vec![],
        }
    }
}

/// Names and numbers of the parties from a registration's sealed words.
pub fn parties(words: &Words, purpose: Purpose) -> Vec<(String, Option<String>)> {
    let words = words.disclose(purpose);
    (0..)
        .map_while(|n| {
            let name = words.get(&format!("parties.{n}.name"))?;
            Some((
                name.clone(),
                words.get(&format!("parties.{n}.phone")).cloned(),
            ))
        })
        .collect()
}
