//! Shared pools (联动资源池): crews, vehicles and skilled people of several
//! departments, sent out together for one case.
//!
//! What is out is not sent again before it is back: no two sendings hold the
//! same resource at the same time.

use serde::{Deserialize, Serialize};
use yiwang_base::{
    AreaCode, CaseId, CategoryCode, LocalText, Refusal, RefusalKind, Timestamp, UnitCode,
    truncate_millis,
};

use super::field;
use super::life::{Head, Life, Step, Tag, named, not_now, opens_nothing, words};
use crate::Context;
use crate::check::known_unit;

pub(crate) const OPENING: &[&str] = &["set_up"];
pub(crate) const STATES: &[&str] = &["active", "retired"];

/// Longest time for which something is sent out: thirty days, seconds.
const LONGEST_SECONDS: i64 = 30 * 86_400;

named! {
    /// What sort of resource.
    ResourceSort {
        Crew "crew" "队伍" "crew";
        Vehicle "vehicle" "车辆设备" "vehicle or equipment";
        Skill "skill" "专业人员" "skilled people";
    }
}

/// Something that a department shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// How many people, or places, it has.
    pub capacity: u32,
    /// For which categories of cases it is fit; none means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fit_for: Vec<CategoryCode>,
    /// Its name.
    pub name: LocalText,
    /// What sort.
    pub sort: ResourceSort,
    /// Whether its department took it back.
    #[serde(default)]
    pub taken_out: bool,
    /// The department whose it is.
    pub unit: UnitCode,
}

/// Resources sent out together for one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// When they came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_at: Option<Timestamp>,
    /// For which case.
    pub case: CaseId,
    /// From then on.
    pub from: Timestamp,
    /// Its number, counted from 1.
    pub number: u32,
    /// Numbers of the resources, counted from 1.
    pub resources: Vec<u32>,
    /// Until then, as planned.
    pub until: Timestamp,
}

impl Sending {
    /// Whether it holds its resources at some time from `from` until `until`.
    /// One that is late is out as long as nobody says that it is back.
    fn holds(&self, from: Timestamp, until: Timestamp, now: Timestamp) -> bool {
        let end = self.back_at.unwrap_or(self.until);
        let late = self.back_at.is_none() && end <= now;
        self.from < until && (from < end || late && from <= now)
    }
}

/// A shared pool as its events make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Its title.
    pub title: LocalText,
    /// The area for which it is.
    pub area: AreaCode,
    /// The unit that keeps it.
    pub unit: UnitCode,
    /// Departments that share in it.
    pub units: Vec<UnitCode>,
    /// What they share, in the order in which it was offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// What is out, and the last that came back; at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sendings: Vec<Sending>,
    /// How often something was sent out.
    #[serde(default)]
    pub sent: u32,
    /// Whether it is there no longer.
    #[serde(default)]
    pub retired: bool,
}

/// A step of a shared pool.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in the pool")]
pub enum Command {
    /// Set one up.
    SetUp {
        title: LocalText,
        area: AreaCode,
        unit: UnitCode,
        units: Vec<UnitCode>,
    },
    /// Share something.
    Offer {
        sort: ResourceSort,
        name: LocalText,
        unit: UnitCode,
        capacity: u32,
        fit_for: Vec<CategoryCode>,
    },
    /// Send resources out for a case, all of them or none.
    Send {
        case: CaseId,
        resources: Vec<u32>,
        from: Timestamp,
        until: Timestamp,
    },
    /// They are back.
    BringBack { number: u32 },
    /// Share something no longer.
    TakeOut {
        number: u32,
        /// Why; it stays in the record.
        reason: String,
    },
    /// Share nothing any more.
    Retire {
        /// Why; it stays in the record.
        reason: String,
    },
}

words! { Command {
    SetUp "set_up" Offer "offer" Send "send" BringBack "bring_back" TakeOut "take_out"
    Retire "retire"
} }

/// What can happen to a shared pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the pool")]
pub enum Event {
    /// Set up.
    SetUp {
        area: AreaCode,
        title: LocalText,
        unit: UnitCode,
        units: Vec<UnitCode>,
    },
    /// Something is shared.
    Offered { resource: Resource },
    /// Sent out.
    Sent { sending: Sending },
    /// Back.
    BroughtBack { number: u32 },
    /// Shared no longer; why is in the grounds.
    TakenOut { number: u32 },
    /// There no longer; why is in the grounds.
    Retired {},
}

words! { Event {
    SetUp "set_up" Offered "offered" Sent "sent" BroughtBack "brought_back"
    TakenOut "taken_out" Retired "retired"
} }

impl Pool {
    /// The sending that keeps a resource from being sent out.
    fn holder(
        &self,
        resource: u32,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Option<&Sending> {
        let mut all = self.sendings.iter();
        all.find(|one| one.resources.contains(&resource) && one.holds(from, until, now))
    }

    /// The resource of a number, where it is shared.
    fn shared(&self, number: u32, at: &str) -> Result<&Resource, Refusal> {
        let resource = field::numbered(&self.resources, number, at)?;
        if resource.taken_out {
            return Err(Refusal::new(
                RefusalKind::NotNow,
                "pool.taken-out",
                format!("{}已由所属单位撤出资源池", resource.name.zh),
                format!("{} is shared no longer", resource.name.en),
            )
            .at(at)
            .found(number.to_string()));
        }
        Ok(resource)
    }

    fn send(
        &self,
        case: CaseId,
        resources: &[u32],
        (from, until): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<Event, Refusal> {
        let (from, until) = (truncate_millis(from), truncate_millis(until));
        let seconds = until.as_second().saturating_sub(from.as_second());
        if until <= from || until <= now || seconds > LONGEST_SECONDS {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "pool.time",
                "归队时间须在出动时间和现在以后，最长 30 天",
                "they come back after they set out and after now, within 30 days",
            )
            .at("until")
            .found(format!("{until:.3}")));
        }
        field::some(resources, "resources")?;
        field::each(resources, "resources", |number, at| {
            let resource = self.shared(*number, at)?;
            let Some(holder) = self.holder(*number, from, until, now) else {
                return Ok(());
            };
            Err(Refusal::new(
                RefusalKind::NotNow,
                "pool.busy",
                format!(
                    "{}这段时间已随第 {} 次出动派往 {}；请另选，或待其归队",
                    resource.name.zh, holder.number, holder.case
                ),
                format!(
                    "{} is out for {} (sending {}) at that time: choose another, or wait until it is back",
                    resource.name.en, holder.case, holder.number
                ),
            )
            .at(at)
            .found(number.to_string())
            .allowing([format!("≥ {:.3}", holder.until)]))
        })?;
        if self.sendings.len() >= field::MOST && self.sendings.iter().all(|s| s.back_at.is_none()) {
            return Err(Refusal::new(
                RefusalKind::TooMuch,
                "pool.full",
                "同时在外的出动已满 100 次，请先登记归队",
                "a hundred sendings are out: say first which are back",
            )
            .at("resources"));
        }
        Ok(Event::Sent {
            sending: Sending {
                number: self.sent + 1,
                case,
                resources: resources.to_vec(),
                from,
                until,
                back_at: None,
            },
        })
    }

    fn out(&self) -> impl Iterator<Item = &Sending> {
        self.sendings.iter().filter(|one| one.back_at.is_none())
    }
}

fn still_out(at: &str, found: u32, of: &Sending) -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "pool.out",
        format!("第 {} 次出动尚未归队，请先登记归队", of.number),
        format!(
            "sending {} is still out: say first that it is back",
            of.number
        ),
    )
    .at(at)
    .found(found.to_string())
    .allowing(["bring_back"])
}

impl Life for Pool {
    type Command = Command;
    type Event = Event;

    fn open(command: &Command, context: &Context<'_>) -> Result<Vec<Step<Event>>, Refusal> {
        let Command::SetUp {
            title,
            area,
            unit,
            units,
        } = command
        else {
            return Err(opens_nothing(command.word(), OPENING));
        };
        field::title(title, "title")?;
        field::known_area(context.rules, area, "area")?;
        known_unit(context.rules, unit, "unit")?;
        field::some(units, "units")?;
        field::units(context.rules, units, "units")?;
        Ok(Step::new(Event::SetUp {
            area: area.clone(),
            title: title.clone(),
            unit: unit.clone(),
            units: units.clone(),
        }))
    }

    fn decide(
        &self,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Step<Event>>, Refusal> {
        match command {
            Command::SetUp { .. } => Err(not_now("set_up", &self.possible())),
            Command::Offer {
                sort,
                name,
                unit,
                capacity,
                fit_for,
            } => {
                field::title(name, "name")?;
                known_unit(context.rules, unit, "unit")?;
                if *unit != self.unit && !self.units.contains(unit) {
                    let members = self.units.iter().chain([&self.unit]);
                    return Err(Refusal::new(
                        RefusalKind::Invalid,
                        "pool.not-member",
                        "该单位没有参加这个资源池",
                        "this unit does not share in the pool",
                    )
                    .at("unit")
                    .found(unit.as_str())
                    .allowing(members.map(ToString::to_string)));
                }
                field::within(*capacity, "capacity", 1, 10_000)?;
                field::categories(context.rules, fit_for, "fit_for")?;
                field::within(self.resources.len() + 1, "name", 1, field::MOST)?;
                Ok(Step::new(Event::Offered {
                    resource: Resource {
                        sort: *sort,
                        name: name.clone(),
                        unit: unit.clone(),
                        capacity: *capacity,
                        fit_for: fit_for.clone(),
                        taken_out: false,
                    },
                }))
            }
            Command::Send {
                case,
                resources,
                from,
                until,
            } => {
                let sent = self.send(*case, resources, (*from, *until), context.now)?;
                Ok(Step::new(sent))
            }
            Command::BringBack { number } => {
                let out: Vec<&Sending> = self.out().collect();
                if out.iter().any(|one| one.number == *number) {
                    return Ok(Step::new(Event::BroughtBack { number: *number }));
                }
                Err(Refusal::new(
                    RefusalKind::Invalid,
                    "number.unknown",
                    "在外的出动里没有这个编号",
                    "nothing that is out has this number",
                )
                .at("number")
                .found(number.to_string())
                .allowing(out.iter().map(|one| one.number.to_string())))
            }
            Command::TakeOut { number, reason } => {
                self.shared(*number, "number")?;
                if let Some(of) = self.out().find(|one| one.resources.contains(number)) {
                    return Err(still_out("number", *number, of));
                }
                Step::because(Event::TakenOut { number: *number }, reason)
            }
            Command::Retire { reason } => match self.out().next() {
                Some(of) => Err(still_out("action", of.number, of)),
                None => Step::because(Event::Retired {}, reason),
            },
        }
    }

    fn begin(event: &Event, _: Timestamp) -> Option<Self> {
        let Event::SetUp {
            area,
            title,
            unit,
            units,
        } = event
        else {
            return None;
        };
        Some(Pool {
            title: title.clone(),
            area: area.clone(),
            unit: unit.clone(),
            units: units.clone(),
            resources: Vec::new(),
            sendings: Vec::new(),
            sent: 0,
            retired: false,
        })
    }

    fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::SetUp { .. } => {}
            Event::Offered { resource } => self.resources.push(resource.clone()),
            Event::Sent { sending } => {
                if self.sendings.len() >= field::MOST
                    && let Some(over) = self.sendings.iter().position(|s| s.back_at.is_some())
                {
                    self.sendings.remove(over);
                }
                self.sent = sending.number;
                self.sendings.push(sending.clone());
            }
            Event::BroughtBack { number } => {
                for one in self.sendings.iter_mut().filter(|one| one.number == *number) {
                    // What was only planned held nothing.
                    one.back_at = Some(at.max(one.from));
                }
            }
            Event::TakenOut { number } => {
                if let Some(one) = self.resources.get_mut((*number as usize).wrapping_sub(1)) {
                    one.taken_out = true;
                }
            }
            Event::Retired {} => self.retired = true,
        }
    }

    fn head(&self) -> Head {
        let mut tags = vec![Tag::Area(self.area.clone()), Tag::Unit(self.unit.clone())];
        tags.extend(self.units.iter().cloned().map(Tag::Unit));
        tags.extend(self.out().map(|one| Tag::Case(one.case)));
        tags.sort_unstable();
        tags.dedup();
        Head {
            state: if self.retired { "retired" } else { "active" },
            title: Some(self.title.clone()),
            unit: Some(self.unit.clone()),
            due_at: self.out().map(|one| one.until).min(),
            tags,
        }
    }

    fn possible(&self) -> Vec<&'static str> {
        if self.retired {
            return vec![];
        }
        let mut steps = vec!["offer"];
        if self.resources.iter().any(|one| !one.taken_out) {
            steps.insert(0, "send");
            steps.push("take_out");
        }
        if self.out().next().is_some() {
            steps.insert(1, "bring_back");
        }
        steps.push("retire");
        steps
    }
}
