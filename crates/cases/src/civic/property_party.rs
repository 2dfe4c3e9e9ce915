//! Property-management parties (物业公司、居委会、业委会): who owes what to which
//! community, so that complaints can be held against duties.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CategoryCode, LocalText, Personal, Refusal, Timestamp, UnitCode};

use super::life::{Head, Life, Step, Tag, named, not_now, opens_nothing, words};
use super::{Words, field};
use crate::Context;
use crate::check::known_unit;

pub(crate) const OPENING: &[&str] = &["register"];
pub(crate) const STATES: &[&str] = &["active", "retired"];

named! {
    /// What sort of party.
    Role {
        Company "company" "物业公司" "property company";
        Committee "committee" "居委会" "residents' committee";
        Owners "owners" "业委会" "owners' committee";
    }
}

/// A party as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyParty {
    /// What sort.
    pub role: Role,
    /// Its name.
    pub name: LocalText,
    /// The communities it answers for.
    pub areas: Vec<AreaCode>,
    /// The categories it answers for there.
    pub duties: Vec<CategoryCode>,
    /// The unit that watches over it.
    pub unit: UnitCode,
    /// Whether it answers for them no longer.
    #[serde(default)]
    pub retired: bool,
}

/// A step of a party.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the party")]
pub enum Command {
    /// Enter it.
    Register {
        role: Role,
        name: LocalText,
        areas: Vec<AreaCode>,
        duties: Vec<CategoryCode>,
        unit: UnitCode,
        /// Whom to speak to.
        contact: Option<Personal<String>>,
    },
    /// Change what it answers for.
    SetDuties {
        areas: Vec<AreaCode>,
        duties: Vec<CategoryCode>,
        /// Why; it stays in the record.
        reason: String,
    },
    /// Change whom to speak to.
    SetContact { contact: Personal<String> },
    /// It answers for them no longer.
    Retire {
        /// Why; it stays in the record.
        reason: String,
    },
}

words! { Command { Register "register" SetDuties "set_duties" SetContact "set_contact" Retire "retire" } }

/// What can happen to a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the party")]
pub enum Event {
    /// Entered. Sealed: whom to speak to.
    Registered {
        areas: Vec<AreaCode>,
        duties: Vec<CategoryCode>,
        name: LocalText,
        role: Role,
        unit: UnitCode,
    },
    /// It answers for something else; why is in the grounds.
    DutiesSet {
        areas: Vec<AreaCode>,
        duties: Vec<CategoryCode>,
    },
    /// Sealed: whom to speak to.
    ContactSet {},
    /// It answers no longer; why is in the grounds.
    Retired {},
}

words! { Event { Registered "registered" DutiesSet "duties_set" ContactSet "contact_set" Retired "retired" } }

fn check(
    areas: &[AreaCode],
    duties: &[CategoryCode],
    context: &Context<'_>,
) -> Result<(), Refusal> {
    field::some(areas, "areas")?;
    field::areas(context.rules, areas, "areas")?;
    field::some(duties, "duties")?;
    field::categories(context.rules, duties, "duties")
}

impl Life for PropertyParty {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Register {
            role,
            name,
            areas,
            duties,
            unit,
            contact,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(name, "name")?;
        check(areas, duties, context)?;
        known_unit(context.rules, unit, "unit")?;
        field::given(contact.as_ref(), "contact", field::short)?;
        let event = Event::Registered {
            areas: areas.clone(),
            duties: duties.clone(),
            name: name.clone(),
            role: *role,
            unit: unit.clone(),
        };
        Ok(Step::sealing(
            event,
            Words::default().and("contact", contact.as_ref()),
        ))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Register { .. } => Err(not_now("register", &self.possible())),
            Command::SetDuties {
                areas,
                duties,
                reason,
            } => {
                check(areas, duties, context)?;
                let event = Event::DutiesSet {
                    areas: areas.clone(),
                    duties: duties.clone(),
                };
                Step::because(event, reason)
            }
            Command::SetContact { contact } => {
                field::short(contact, "contact")?;
                Ok(Step::sealing(
                    Event::ContactSet {},
                    Words::one("contact", contact),
                ))
            }
            Command::Retire { reason } => Step::because(Event::Retired {}, reason),
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Registered {
            areas,
            duties,
            name,
            role,
            unit,
        } = event
        else {
            return None;
        };
        Some(PropertyParty {
            role: *role,
            name: name.clone(),
            areas: areas.clone(),
            duties: duties.clone(),
            unit: unit.clone(),
            retired: false,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        match event {
            Event::Registered { .. } | Event::ContactSet {} => {}
            Event::DutiesSet { areas, duties } => {
                self.areas.clone_from(areas);
                self.duties.clone_from(duties);
            }
            Event::Retired {} => self.retired = true,
        }
    }

    fn head(&self) -> Head {
        let mut tags = vec![Tag::Unit(self.unit.clone())];
        tags.extend(self.areas.iter().cloned().map(Tag::Area));
        tags.extend(self.duties.iter().cloned().map(Tag::Category));
        Head {
            state: if self.retired { "retired" } else { "active" },
            title: Some(self.name.clone()),
            unit: Some(self.unit.clone()),
            due_at: None,
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.retired {
            true => vec![],
            false => vec!["set_duties", "set_contact", "retire"],
        }
    }
}
