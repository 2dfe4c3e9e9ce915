//! Assets that are inspected (电梯、停车场): lifts and parking, with the day of the
//! next inspection and the complaints about them.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, CategoryCode, LocalText, Personal, Refusal, Timestamp, UnitCode};

use super::life::{Head, Life, Step, Tag, named, not_now, opens_nothing, words};
use super::{DossierId, Words, field};
use crate::Context;
use crate::check::{known_category, known_unit, missing};

pub(crate) const OPENING: &[&str] = &["register"];
pub(crate) const STATES: &[&str] = &["in_use", "out_of_use", "retired"];

named! {
    /// What sort of asset.
    Sort {
        Lift "lift" "电梯" "lift";
        Parking "parking" "停车场" "parking";
    }
}

/// An asset as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// What sort.
    pub sort: Sort,
    /// Its name.
    pub name: LocalText,
    /// Where it is.
    pub area: AreaCode,
    /// Complaints about it have this category.
    pub category: CategoryCode,
    /// The unit that watches over it.
    pub unit: UnitCode,
    /// The property party that keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<DossierId>,
    /// Days from one inspection to the next.
    pub every_days: u32,
    /// The last inspection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected_on: Option<Date>,
    /// Whether it passed; one that did not is out of use.
    pub passed: bool,
    /// By when it is to be inspected again.
    pub due_at: Timestamp,
    /// Whether it is gone.
    #[serde(default)]
    pub retired: bool,
}

/// A step of an asset.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the asset")]
pub enum Command {
    /// Enter it.
    Register {
        sort: Sort,
        name: LocalText,
        area: AreaCode,
        category: CategoryCode,
        unit: UnitCode,
        party: Option<DossierId>,
        every_days: u32,
        inspected_on: Option<Date>,
    },
    /// It was inspected.
    Inspect {
        on: Date,
        passed: bool,
        /// What was found; required where it did not pass.
        note: Option<Personal<String>>,
    },
    /// It is gone.
    Retire {
        /// Why; it stays in the record.
        reason: String,
    },
}

words! { Command { Register "register" Inspect "inspect" Retire "retire" } }

/// What can happen to an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the asset")]
pub enum Event {
    /// Entered.
    Registered {
        area: AreaCode,
        category: CategoryCode,
        due_at: Timestamp,
        every_days: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inspected_on: Option<Date>,
        name: LocalText,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        party: Option<DossierId>,
        sort: Sort,
        unit: UnitCode,
    },
    /// Inspected. Sealed: what was found.
    Inspected {
        due_at: Timestamp,
        on: Date,
        passed: bool,
    },
    /// Gone; why is in the grounds.
    Retired {},
}

words! { Event { Registered "registered" Inspected "inspected" Retired "retired" } }

/// So many days after an inspection; one that failed is due again at once.
fn due(on: Date, days: u32, at: &str, context: &Context<'_>) -> Result<Timestamp, Refusal> {
    let next = on
        .checked_add(i64::from(days).days())
        .map_err(|_| field::wrong_day(on, at))?;
    field::end_of(next, at, context)
}

impl Life for Asset {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::Register {
            sort,
            name,
            area,
            category,
            unit,
            party,
            every_days,
            inspected_on,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(name, "name")?;
        field::known_area(context.rules, area, "area")?;
        known_category(context.rules, category, "category")?;
        known_unit(context.rules, unit, "unit")?;
        field::within(*every_days, "every_days", 1, 3_660)?;
        if let Some(on) = inspected_on {
            field::not_future(*on, "inspected_on", context)?;
        }
        // One never inspected is due today.
        let due_at = match inspected_on {
            Some(on) => due(*on, *every_days, "inspected_on", context)?,
            None => field::end_of(field::today(context), "inspected_on", context)?,
        };
        Ok(Step::new(Event::Registered {
            area: area.clone(),
            category: category.clone(),
            due_at,
            every_days: *every_days,
            inspected_on: *inspected_on,
            name: name.clone(),
            party: *party,
            sort: *sort,
            unit: unit.clone(),
        }))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::Register { .. } => Err(not_now("register", &self.possible())),
            Command::Inspect { on, passed, note } => {
                field::not_future(*on, "on", context)?;
                field::given(note.as_ref(), "note", field::said)?;
                if !passed && note.is_none() {
                    return Err(missing(
                        "note",
                        "检验不合格须写明情况",
                        "say what was found where it did not pass",
                    ));
                }
                let days = if *passed { self.every_days } else { 0 };
                let event = Event::Inspected {
                    due_at: due(*on, days, "on", context)?,
                    on: *on,
                    passed: *passed,
                };
                Ok(Step::sealing(
                    event,
                    Words::default().and("note", note.as_ref()),
                ))
            }
            Command::Retire { reason } => Step::because(Event::Retired {}, reason),
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::Registered {
            area,
            category,
            due_at,
            every_days,
            inspected_on,
            name,
            party,
            sort,
            unit,
        } = event
        else {
            return None;
        };
        Some(Asset {
            sort: *sort,
            name: name.clone(),
            area: area.clone(),
            category: category.clone(),
            unit: unit.clone(),
            party: *party,
            every_days: *every_days,
            inspected_on: *inspected_on,
            passed: true,
            due_at: *due_at,
            retired: false,
        })
    }

    fn apply(&mut self, event: &Event, _: Timestamp) {
        match event {
            Event::Registered { .. } => {}
            Event::Inspected { due_at, on, passed } => {
                self.inspected_on = Some(*on);
                self.passed = *passed;
                self.due_at = *due_at;
            }
            Event::Retired {} => self.retired = true,
        }
    }

    fn head(&self) -> Head {
        Head {
            state: match (self.retired, self.passed) {
                (true, _) => "retired",
                (_, true) => "in_use",
                (_, false) => "out_of_use",
            },
            title: Some(self.name.clone()),
            unit: Some(self.unit.clone()),
            due_at: Some(self.due_at).filter(|_| !self.retired),
            tags: vec![
                Tag::Area(self.area.clone()),
                Tag::Category(self.category.clone()),
                Tag::Unit(self.unit.clone()),
            ],
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        match self.retired {
            true => vec![],
            false => vec!["inspect", "retire"],
        }
    }
}
