//! Assisting units (协办单位) and their parts.
//!
//! One unit leads (主办) and answers for the whole; others do a part of it and
//! say when that is done. The desk chooses who assists. Where the duty is
//! shared or unclear, the unit that came first leads and chooses itself
//! (首接负责), and so does the district's unit as backstop.

use serde::{Deserialize, Serialize};
use yiwang_base::{Personal, Refusal, RefusalKind, Timestamp, UnitCode};

use crate::check::{MAX_SHORT, known_unit, text};
use crate::decide::Context;
use crate::{Action, Case, Event, Happening, Rules, Unit};

/// Let a unit assist (增加协办单位): the desk, or a lead that may choose.
#[derive(Debug, Clone)]
pub struct AddUnit {
    /// The unit that asks; `None` for the desk.
    pub by: Option<UnitCode>,
    /// The unit that is to assist. One that has done its part is asked again.
    pub unit: UnitCode,
    /// What it is to do.
    pub note: Option<Personal<String>>,
}

/// Let a unit go (撤去协办单位): the desk, or a lead that may choose.
#[derive(Debug, Clone)]
pub struct RemoveUnit {
    /// The unit that asks; `None` for the desk.
    pub by: Option<UnitCode>,
    /// The unit that assists no longer.
    pub unit: UnitCode,
    /// Why, as it will stand in the record.
    pub reason: String,
}

/// Say that one's part is done (协办反馈): an assisting unit.
#[derive(Debug, Clone)]
pub struct ReportPart {
    /// The assisting unit.
    pub unit: UnitCode,
    /// What was done.
    pub note: Personal<String>,
}

/// A unit is to assist (增加协办单位). Sealed: what it is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitAdded {
    /// The unit.
    pub unit: UnitCode,
}

/// A unit assists no longer (撤去协办单位). The reason is the entry's grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRemoved {
    /// The unit.
    pub unit: UnitCode,
}

/// An assisting unit says that its part is done (协办反馈). Sealed: what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartReported {
    /// The unit.
    pub unit: UnitCode,
}

/// What one assisting unit is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The unit.
    pub unit: UnitCode,
    /// When it was asked last.
    pub asked_at: Timestamp,
    /// When it said that its part is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<Timestamp>,
}

/// The parts of a case, in the order in which the units came to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parts(pub Vec<Part>);

impl Parts {
    pub(crate) fn of(units: &[UnitCode], at: Timestamp) -> Parts {
        Parts(units.iter().map(|unit| Part::asked(unit, at)).collect())
    }

    /// Whether the unit assists.
    pub fn includes(&self, unit: &UnitCode) -> bool {
        self.0.iter().any(|part| part.unit == *unit)
    }

    /// Units that have not said that their part is done.
    pub fn open(&self) -> impl Iterator<Item = &UnitCode> {
        let open = self.0.iter().filter(|part| part.reported_at.is_none());
        open.map(|part| &part.unit)
    }

    fn codes(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|part| part.unit.to_string())
    }

    /// What can be done to them while the case is being handled.
    pub(crate) fn possible(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.open().next().is_some() {
            actions.push(Action::ReportPart);
        }
        actions.push(Action::AddUnit);
        if !self.0.is_empty() {
            actions.push(Action::RemoveUnit);
        }
        actions
    }
}

impl Part {
    fn asked(unit: &UnitCode, at: Timestamp) -> Part {
        Part {
            unit: unit.clone(),
            asked_at: at,
            reported_at: None,
        }
    }
}

impl UnitAdded {
    pub(crate) fn apply(&self, parts: &mut Parts, at: Timestamp) {
        let asked = Part::asked(&self.unit, at);
        match parts.0.iter_mut().find(|part| part.unit == self.unit) {
            Some(part) => *part = asked,
            None => parts.0.push(asked),
        }
    }
}

impl UnitRemoved {
    pub(crate) fn apply(&self, parts: &mut Parts) {
        parts.0.retain(|part| part.unit != self.unit);
    }
}

impl PartReported {
    pub(crate) fn apply(&self, parts: &mut Parts, at: Timestamp) {
        for part in parts.0.iter_mut().filter(|part| part.unit == self.unit) {
            part.reported_at = Some(at);
        }
    }
}

/// Assisting units are known, are not the lead, and are named once.
pub(crate) fn check_assisting(
    rules: &Rules,
    lead: &Unit,
    assisting: &[UnitCode],
) -> Result<(), Refusal> {
    for (position, unit) in assisting.iter().enumerate() {
        let field = format!("assisting[{position}]");
        known_unit(rules, unit, &field)?;
        if *unit == lead.code {
            return Err(is_lead(unit, &field));
        }
        if assisting[..position].contains(unit) {
            return Err(assists_already(unit, &field));
        }
    }
    Ok(())
}

pub(crate) fn decide_add(
    case: &Case,
    command: &AddUnit,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    may_choose(case, command.by.as_ref())?;
    known_unit(context.rules, &command.unit, "unit")?;
    if case.unit.as_ref() == Some(&command.unit) {
        return Err(is_lead(&command.unit, "unit"));
    }
    if case.more.parts.open().any(|unit| *unit == command.unit) {
        return Err(assists_already(&command.unit, "unit"));
    }
    let unit = command.unit.clone();
    context
        .event(Event::UnitAdded(UnitAdded { unit }))
        .with_optional_note(command.note.as_ref(), "note")
}

pub(crate) fn decide_remove(
    case: &Case,
    command: &RemoveUnit,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    may_choose(case, command.by.as_ref())?;
    let reason = text(&command.reason, "reason", MAX_SHORT)?;
    if !case.more.parts.includes(&command.unit) {
        return Err(does_not_assist(case, &command.unit));
    }
    let unit = command.unit.clone();
    let mut happening = context.event(Event::UnitRemoved(UnitRemoved { unit }));
    happening.grounds = Some(reason.to_owned());
    Ok(happening)
}

pub(crate) fn decide_report(
    case: &Case,
    command: &ReportPart,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    if !case.more.parts.includes(&command.unit) {
        return Err(does_not_assist(case, &command.unit));
    }
    if !case.more.parts.open().any(|unit| *unit == command.unit) {
        let open = case.more.parts.open().map(ToString::to_string);
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "part.reported-already",
            "该协办单位已经反馈",
            "this unit has reported its part already",
        )
        .at("unit")
        .found(command.unit.as_str())
        .allowing(open));
    }
    let unit = command.unit.clone();
    context
        .event(Event::PartReported(PartReported { unit }))
        .with_note(&command.note, "note")
}

/// The lead reports back when all parts are done, or says why it does not wait.
pub(crate) fn check_open_parts(
    case: &Case,
    reason: Option<&str>,
) -> Result<Vec<UnitCode>, Refusal> {
    let open: Vec<UnitCode> = case.more.parts.open().cloned().collect();
    match reason {
        Some(reason) => {
            text(reason, "open_parts_reason", MAX_SHORT)?;
        }
        None if !open.is_empty() => {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "parts.open",
                "还有协办单位没有反馈；请等其反馈，或写明不等的理由",
                "assisting units have not reported their part; wait for them, or say why you do not",
            )
            .at("open_parts_reason")
            .found(join(&open)));
        }
        None => {}
    }
    Ok(open)
}

fn join(units: &[UnitCode]) -> String {
    let units: Vec<&str> = units.iter().map(UnitCode::as_str).collect();
    units.join(", ")
}

fn may_choose(case: &Case, by: Option<&UnitCode>) -> Result<(), Refusal> {
    match by {
        None => Ok(()),
        Some(unit) if case.unit.as_ref() == Some(unit) && case.more.lead.may_choose_assistants() => {
            Ok(())
        }
        Some(unit) => Err(Refusal::new(
            RefusalKind::Forbidden,
            "unit.desk-chooses",
            "职责明确时由派单人员决定协办单位；只有首接负责或区级兜底的主办单位可自行增减",
            "where the duty is clear the desk chooses who assists; only a lead by first-receiver duty or as the district's backstop chooses itself",
        )
        .at("by")
        .found(unit.as_str())),
    }
}

fn is_lead(unit: &UnitCode, field: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "unit.is-lead",
        "该单位是主办单位，不能同时协办",
        "this unit leads; it cannot assist as well",
    )
    .at(field)
    .found(unit.as_str())
}

fn assists_already(unit: &UnitCode, field: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "unit.assists-already",
        "该单位已在协办",
        "this unit assists already",
    )
    .at(field)
    .found(unit.as_str())
}

fn does_not_assist(case: &Case, unit: &UnitCode) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "unit.does-not-assist",
        "该单位没有协办此件",
        "this unit does not assist with the case",
    )
    .at("unit")
    .found(unit.as_str())
    .allowing(case.more.parts.codes())
}
