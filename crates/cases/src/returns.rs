//! Giving a case back (退单), sending it on (转派) and taking a dispatch back (撤回派单).
//!
//! A unit gives back what is not its own, and says whose it is if it knows.
//! The first time the desk decides anew. The second time the district's unit
//! takes it (区级兜底) and cannot give it back: a case does not go to and fro.
//!
//! What the desk sent by mistake it takes back, as long as the unit has not begun
//! and its time to contact the resident has not run out: it was never the unit's turn.

use serde::{Deserialize, Serialize};
use yiwang_base::{LocalText, Personal, Refusal, RefusalKind, Timestamp, UnitCode};

use crate::check::{MAX_SHORT, known_unit, text};
use crate::decide::{Context, desk_due};
use crate::dispatch::{Dispatch, decide_dispatch};
use crate::limits::DeskStep;
use crate::{Action, Actor, Case, Event, Extensions, Happening, Limits, Stage};

/// The rule by which a case that nobody takes goes to the district, as it
/// stands in the record.
const BACKSTOP_RULE: &str = "district-backstop/1";
/// From this return on, the district's unit takes the case.
const BACKSTOP_FROM: u32 = 2;

/// Why a unit gives a case back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// The matter is not on the unit's duty list (非本单位职责).
    NotOurDuty,
    /// The place is not in the unit's area (不在辖区).
    NotOurArea,
    /// The category is wrong (分类有误).
    WrongCategory,
    /// It cannot be understood or found, and nobody can be asked (信息不全).
    NotEnoughDetail,
}

impl ReturnReason {
    /// All of them.
    pub const ALL: [ReturnReason; 4] = [
        ReturnReason::NotOurDuty,
        ReturnReason::NotOurArea,
        ReturnReason::WrongCategory,
        ReturnReason::NotEnoughDetail,
    ];

    /// The word of the interface, `not_our_duty`.
    pub fn word(self) -> &'static str {
        match self {
            ReturnReason::NotOurDuty => "not_our_duty",
            ReturnReason::NotOurArea => "not_our_area",
            ReturnReason::WrongCategory => "wrong_category",
            ReturnReason::NotEnoughDetail => "not_enough_detail",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            ReturnReason::NotOurDuty => ("不属于本单位职责", "not on our duty list"),
            ReturnReason::NotOurArea => ("不在本单位辖区", "not in our area"),
            ReturnReason::WrongCategory => ("分类有误", "wrong category"),
            ReturnReason::NotEnoughDetail => ("信息不全，无法办理", "not enough detail to act on"),
        };
        LocalText::new(zh, en)
    }
}

/// Give a case back (退单): the lead unit.
#[derive(Debug, Clone)]
pub struct Return {
    /// Why.
    pub reason: ReturnReason,
    /// The unit that is responsible, if the lead knows.
    pub responsible: Option<UnitCode>,
    /// What speaks for it.
    pub note: Personal<String>,
}

/// Take a case from its unit and send it to another (转派): the desk.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The unit that leads from now on.
    pub unit: UnitCode,
    /// Units that assist it.
    pub assisting: Vec<UnitCode>,
    /// Why, as it will stand in the record.
    pub reason: String,
    /// A note to the unit.
    pub note: Option<Personal<String>>,
}

/// Take back a dispatch on which its unit has not begun (撤回派单): the desk.
#[derive(Debug, Clone)]
pub struct Recall {
    /// Why, as it will stand in the record.
    pub reason: Option<String>,
}

/// A unit gave the case back (退单). Sealed: what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    /// By when it is to be dispatched again.
    pub dispatch_by: Timestamp,
    /// Why.
    pub reason: ReturnReason,
    /// The unit that is responsible, as the one that gave it back says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible: Option<UnitCode>,
    /// The unit that gave it back.
    pub unit: UnitCode,
}

/// The desk took the case from its unit; a dispatch follows (转派). The reason
/// is the entry's grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirected {
    /// The unit it was taken from.
    pub unit: UnitCode,
}

/// The desk took a dispatch back before its unit began (撤回派单). The reason, where one
/// was given, is the entry's grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recalled {
    /// By when it is to be dispatched again.
    pub dispatch_by: Timestamp,
    /// The unit it was taken from.
    pub unit: UnitCode,
}

/// Which units gave a case back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    /// Each return's unit, oldest first.
    pub by: Vec<UnitCode>,
    /// Whose the case is, as the last unit that gave it back says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible: Option<UnitCode>,
}

impl Returns {
    /// How often it was given back.
    pub fn count(&self) -> u32 {
        self.by.len() as u32
    }
}

impl Returned {
    pub(crate) fn apply(&self, case: &mut Case) {
        case.more.returns.by.push(self.unit.clone());
        case.more.returns.responsible.clone_from(&self.responsible);
        case.back_to_desk(self.dispatch_by);
    }
}

impl Redirected {
    pub(crate) fn apply(&self, case: &mut Case, at: Timestamp) {
        case.more.redirects += 1;
        case.back_to_desk(at);
    }
}

impl Recalled {
    pub(crate) fn apply(&self, case: &mut Case) {
        case.back_to_desk(self.dispatch_by);
    }
}

pub(crate) fn decide_return(
    case: &Case,
    command: &Return,
    context: &Context<'_>,
) -> Result<Vec<Happening>, Refusal> {
    let unit = case.lead_unit()?.clone();
    if let Some(responsible) = &command.responsible {
        known_unit(context.rules, responsible, "responsible")?;
        if *responsible == unit {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "return.to-oneself",
                "退单的单位不能把自己列为责任单位",
                "the unit that gives a case back cannot name itself as responsible",
            )
            .at("responsible")
            .found(unit.as_str()));
        }
    }
    let returns = case.more.returns.count() + 1;
    let district = context
        .rules
        .backstop(case.area.as_ref())
        .filter(|_| returns >= BACKSTOP_FROM);
    if district.is_some_and(|district| district.code == unit) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "return.backstop",
            "此件已退过一次，区级单位须兜底办理；可增加协办单位，或请派单人员转派",
            "this case was given back before, and the district's unit must take it: add assisting units, or ask the desk to redirect it",
        )
        .at("unit")
        .found(unit.as_str()));
    }
    let returned = Event::Returned(Returned {
        dispatch_by: desk_due(case, DeskStep::Dispatch, context, "note")?,
        reason: command.reason,
        responsible: command.responsible.clone(),
        unit,
    });
    let mut happenings = vec![context.event(returned).with_note(&command.note, "note")?];
    if let Some(district) = district {
        let dispatch = Dispatch {
            unit: &district.code,
            assisting: &[],
            limits: Limits::ByCategory,
            reason: Some("nobody else took it"),
            backstop: true,
        };
        let actor = Actor::System(BACKSTOP_RULE.into());
        let grounds = format!("return {returns} of {}", case.id);
        let by_rule = Context {
            actor: &actor,
            grounds: Some(&grounds),
            ..*context
        };
        happenings.push(by_rule.event(decide_dispatch(case, &dispatch, &by_rule)?));
    }
    Ok(happenings)
}

pub(crate) fn decide_redirect(
    case: &Case,
    command: &Redirect,
    context: &Context<'_>,
) -> Result<Vec<Happening>, Refusal> {
    let from = case.lead_unit()?;
    let reason = text(&command.reason, "reason", MAX_SHORT)?;
    if command.unit == *from {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "redirect.same-unit",
            "此件已在该单位，请选择另一个单位",
            "the case is with this unit already; choose another",
        )
        .at("unit")
        .found(from.as_str()));
    }
    let dispatch = Dispatch {
        unit: &command.unit,
        assisting: &command.assisting,
        limits: Limits::ByCategory,
        reason: Some(reason),
        backstop: false,
    };
    let mut taken = context.event(Event::Redirected(Redirected { unit: from.clone() }));
    taken.grounds = Some(reason.to_owned());
    let mut sent = context
        .event(decide_dispatch(case, &dispatch, context)?)
        .with_optional_note(command.note.as_ref(), "note")?;
    sent.grounds = Some(reason.to_owned());
    Ok(vec![taken, sent])
}

pub(crate) fn decide_recall(
    case: &Case,
    command: &Recall,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let unit = case.lead_unit()?.clone();
    let reason = command.reason.as_deref();
    let reason = reason.map(|reason| text(reason, "reason", MAX_SHORT));
    let reason = reason.transpose()?.map(str::to_owned);
    // Else a unit that kept a resident waiting would be cleared of it.
    if let Some(due) = case.due_at.filter(|_| case.is_late(context.now)) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "recall.late",
            "该单位的时限已过，这次派单已计入其办理情况，不能撤回；要改派，请用“转派”并写明理由",
            "the unit's time has run out and the dispatch counts as its turn; to send the case elsewhere, redirect it and give a reason",
        )
        .at("action")
        .found(due.to_string())
        .allowing([Action::Redirect.word()]));
    }
    let mut recalled = context.event(Event::Recalled(Recalled {
        dispatch_by: desk_due(case, DeskStep::Dispatch, context, "reason")?,
        unit,
    }));
    if reason.is_some() {
        recalled.grounds = reason;
    }
    Ok(recalled)
}

impl Case {
    /// Whether no unit has done anything since the case was dispatched.
    pub(crate) fn is_untouched(&self) -> bool {
        let mut parts = self.more.parts.0.iter();
        self.stage == Stage::Dispatched
            && self.more.extensions == Extensions::default()
            && parts.all(|part| part.reported_at.is_none())
    }

    /// The desk has it again: no unit leads, none assists.
    fn back_to_desk(&mut self, due: Timestamp) {
        self.unit = None;
        self.deadlines = Default::default();
        self.started_at = None;
        self.reported_at = None;
        self.more.lead = Default::default();
        self.more.parts = Default::default();
        self.to(Stage::Accepted, Some(due));
    }
}
