//! `decide_whistle`: from a whistle, a command, the rules and the time to events,
//! or to a refusal that says what is possible now.

use yiwang_base::{Personal, Purpose, Refusal, RefusalKind, UnitCode, truncate_millis};

use super::blow::{MAX_CALLS, called, called_already, decide_blow, is_nowhere, too_many};
use super::{
    CallUnit, CheckIn, Milestone, Presence, RefuseCall, ScoreUnit, Whistle, WhistleAction,
    WhistleCommand, WhistleEvent, WhistleHappening, WhistleSealed, WhistleStage,
};
use crate::check::{MAX_NOTE, MAX_SHORT, known_unit, missing, text};
use crate::decide::Context;

/// From this score down a reason is asked for.
const NEEDS_REASON: u8 = 2;

/// The actions this whistle can take now, the usual next step first. Who may
/// take them is policy's question, not this one's.
pub fn possible_whistle(whistle: &Whistle) -> Vec<WhistleAction> {
    use WhistleAction::{
        CallUnit, CheckIn, Close, Confirm, Erase, Reach, Refuse, Reopen, Score, Withdraw,
    };
    let mut actions = Vec::new();
    let came = whistle
        .calls
        .iter()
        .any(|call| call.checked_in_at.is_some());
    let expected = whistle.open_calls().next().is_some();
    if whistle.stage.is_open() {
        if expected {
            actions.extend([CheckIn, Refuse]);
        }
        let reached = |m: &Milestone| m.reached_at.is_some();
        if whistle.milestones.iter().any(|m| !reached(m)) {
            actions.push(Reach);
        }
        if whistle.milestones.iter().any(reached) {
            actions.push(Reopen);
        }
        if came && whistle.stage == WhistleStage::Blown {
            actions.push(Confirm);
        }
        actions.extend([Close, Score, CallUnit]);
        if !came {
            actions.push(Withdraw);
        }
    } else if whistle.stage == WhistleStage::Closed {
        actions.push(Score);
    }
    // Also after an erasure: what was written since then can be erased as well.
    actions.push(Erase);
    actions
}

impl Whistle {
    /// Whether the whistle's rules let the unit take the action, where its
    /// people may take it at all: the caller directs, the called units come.
    pub fn lets(&self, unit: &UnitCode, action: WhistleAction) -> bool {
        use WhistleAction::{
            CallUnit, CheckIn, Close, Confirm, Reach, Refuse, Reopen, Score, Withdraw,
        };
        let calls = self.by.as_ref() == Some(unit);
        let call = self.call(unit);
        match action {
            CallUnit | Close | Confirm | Reopen | Score | Withdraw => calls,
            CheckIn | Refuse => call.is_some_and(super::Call::is_open),
            Reach => calls || call.is_some_and(|call| call.checked_in_at.is_some()),
            WhistleAction::Blow | WhistleAction::Erase => false,
        }
    }
}

/// What a command makes happen.
///
/// # Errors
/// A [`Refusal`]: the whistle's stage does not allow it, whoever asks has no
/// part in it, or a field is at fault.
pub fn decide_whistle(
    whistle: Option<&Whistle>,
    command: &WhistleCommand,
    context: &Context<'_>,
) -> Result<WhistleHappening, Refusal> {
    let Some(whistle) = whistle else {
        return match command {
            WhistleCommand::Blow(blow) => {
                let (event, sealed) = decide_blow(blow, context)?;
                Ok(happening(event, Some(sealed), None, context))
            }
            _ => Err(Refusal::new(
                RefusalKind::NotFound,
                "whistle.not-found",
                "没有这个哨",
                "there is no such whistle",
            )),
        };
    };
    let action = command.action();
    let actions = possible_whistle(whistle);
    if !actions.contains(&action) {
        return Err(not_now(whistle, action, &actions));
    }
    match command {
        WhistleCommand::Blow(_) => Err(not_now(whistle, action, &actions)),
        WhistleCommand::CallUnit { by, call, reason } => {
            directs(whistle, by.as_ref())?;
            decide_call(whistle, call, reason.as_deref(), context)
        }
        WhistleCommand::CheckIn(command) => decide_check_in(whistle, command, context),
        WhistleCommand::Refuse(command) => decide_refuse(whistle, command, context),
        WhistleCommand::Reach {
            by,
            milestone,
            note,
        } => {
            if let Some(unit) = by
                && !whistle.lets(unit, action)
            {
                return Err(no_part(unit));
            }
            let planned = planned(whistle, *milestone)?;
            if planned.reached_at.is_some() {
                return Err(milestone_is(*milestone, "已完成", "reached already"));
            }
            let event = WhistleEvent::MilestoneReached {
                late: context.now > planned.due,
                milestone: *milestone,
            };
            noted(event, note.as_ref(), context)
        }
        WhistleCommand::Reopen {
            by,
            milestone,
            reason,
        } => {
            directs(whistle, by.as_ref())?;
            if planned(whistle, *milestone)?.reached_at.is_none() {
                return Err(milestone_is(*milestone, "尚未完成", "not reached yet"));
            }
            let milestone = *milestone;
            let event = WhistleEvent::MilestoneReopened { milestone };
            grounded(event, reason, context)
        }
        WhistleCommand::Confirm { by, note } => {
            directs(whistle, by.as_ref())?;
            noted(WhistleEvent::Confirmed {}, note.as_ref(), context)
        }
        WhistleCommand::Score(command) => decide_score(whistle, command, context),
        WhistleCommand::Close { by, reason } => {
            directs(whistle, by.as_ref())?;
            decide_close(whistle, reason.as_deref(), context)
        }
        WhistleCommand::Withdraw { by, reason } => {
            directs(whistle, by.as_ref())?;
            grounded(WhistleEvent::Withdrawn {}, reason, context)
        }
        WhistleCommand::Erase { ground, entries } => {
            if entries.is_empty() {
                return Err(missing(
                    "entries",
                    "这个哨已没有可删除的内容",
                    "this whistle has nothing left to erase",
                ));
            }
            let erases = entries.clone();
            let ground = text(ground, "ground", MAX_SHORT)?.to_owned();
            let event = WhistleEvent::Erased { erases };
            Ok(happening(event, None, Some(ground), context))
        }
    }
}

/// Calls one more unit, or one that refused: whoever is called a second time
/// must come.
fn decide_call(
    whistle: &Whistle,
    call: &CallUnit,
    reason: Option<&str>,
    context: &Context<'_>,
) -> Result<WhistleHappening, Refusal> {
    if whistle.calls.len() >= MAX_CALLS {
        return Err(too_many("unit", whistle.calls.len() + 1, MAX_CALLS));
    }
    let called = called(whistle.kind, whistle.by.as_ref(), call, "", context)?;
    let grounds = match whistle.call(&call.unit) {
        None => reason,
        Some(before) if before.refused.is_none() => return Err(called_already(call, "unit")),
        Some(_) => Some(reason.ok_or_else(|| {
            missing(
                "reason",
                "该单位已拒绝过一次；再次叫它须写明理由",
                "this unit refused before: say why it is called again",
            )
        })?),
    };
    let grounds = grounds
        .map(|reason| text(reason, "reason", MAX_SHORT).map(str::to_owned))
        .transpose()?;
    let event = WhistleEvent::UnitCalled(called);
    Ok(happening(event, None, grounds, context))
}

fn decide_check_in(
    whistle: &Whistle,
    command: &CheckIn,
    context: &Context<'_>,
) -> Result<WhistleHappening, Refusal> {
    let call = open_call(whistle, &command.unit)?;
    check_presence(command.presence.disclose(Purpose::Record), whistle, context)?;
    let event = WhistleEvent::CheckedIn {
        late: truncate_millis(context.now) > call.check_in_by,
        unit: command.unit.clone(),
    };
    let sealed = WhistleSealed::Presence(command.presence.clone());
    Ok(happening(event, Some(sealed), None, context))
}

fn check_presence(
    presence: &Presence,
    whistle: &Whistle,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    text(&presence.person, "person", MAX_SHORT)?;
    let short = [
        ("phone", &presence.phone),
        ("place.address", &presence.place.address),
    ];
    for (field, value) in short {
        if let Some(value) = value {
            text(value, field, MAX_SHORT)?;
        }
    }
    if is_nowhere(&presence.place) {
        return Err(missing(
            "place",
            "请给出报到地点：定位或地址",
            "say where you are: a point or an address",
        ));
    }
    if let Some(note) = &presence.note {
        text(note, "note", MAX_NOTE)?;
    }
    if let Some(at) = presence.arrived_at
        && (at > context.now || at < whistle.blown_at)
    {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "whistle.arrived-at",
            "到场时间须在吹哨之后、此刻之前",
            "the time of arrival lies between the whistle and now",
        )
        .at("arrived_at")
        .found(at.to_string())
        .allowing([format!("{}–{}", whistle.blown_at, context.now)]));
    }
    Ok(())
}

fn decide_refuse(
    whistle: &Whistle,
    command: &RefuseCall,
    context: &Context<'_>,
) -> Result<WhistleHappening, Refusal> {
    open_call(whistle, &command.unit)?;
    let of_unit = |call: &&super::Call| call.unit == command.unit;
    if whistle.calls.iter().filter(of_unit).count() > 1 {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "whistle.called-again",
            "您单位拒绝后又被叫到，这一次必须报到",
            "your unit refused before and was called again: this time it must come",
        )
        .at("unit")
        .found(command.unit.as_str())
        .allowing([WhistleAction::CheckIn.word()]));
    }
    if let Some(responsible) = &command.responsible {
        known_unit(context.rules, responsible, "responsible")?;
        if *responsible == command.unit {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "whistle.responsible-itself",
                "责任单位不能是拒绝报到的单位自己",
                "the unit that refuses cannot name itself as responsible",
            )
            .at("responsible")
            .found(responsible.as_str()));
        }
    }
    let event = WhistleEvent::CallRefused {
        responsible: command.responsible.clone(),
        unit: command.unit.clone(),
    };
    grounded(event, &command.reason, context)
}

fn decide_score(
    whistle: &Whistle,
    command: &ScoreUnit,
    context: &Context<'_>,
) -> Result<WhistleHappening, Refusal> {
    directs(whistle, command.by.as_ref())?;
    let Some(call) = whistle.call(&command.unit) else {
        return Err(not_called(whistle, &command.unit));
    };
    if !(1..=5).contains(&command.score) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "score.range",
            "考评为 1 到 5",
            "a score is 1 to 5",
        )
        .at("score")
        .found(command.score.to_string())
        .allowing(["1", "2", "3", "4", "5"]));
    }
    if call.is_open() && whistle.stage.is_open() && context.now <= call.check_in_by {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "whistle.still-time",
            "该单位的报到时限还没有到，请到时再考评",
            "this unit still has time to check in: score it afterwards",
        )
        .at("unit")
        .found(command.unit.as_str()));
    }
    if command.score <= NEEDS_REASON && command.note.is_none() {
        return Err(missing(
            "note",
            "考评为 1 或 2 时须写明理由",
            "a score of 1 or 2 needs a reason",
        ));
    }
    let event = WhistleEvent::UnitScored {
        score: command.score,
        unit: command.unit.clone(),
    };
    noted(event, command.note.as_ref(), context)
}

fn decide_close(
    whistle: &Whistle,
    reason: Option<&str>,
    context: &Context<'_>,
) -> Result<WhistleHappening, Refusal> {
    let absent: Vec<UnitCode> = whistle.open_calls().map(|call| call.unit.clone()).collect();
    let milestones = (0..).zip(&whistle.milestones);
    let open_milestones: Vec<u32> = milestones
        .filter(|(_, milestone)| milestone.reached_at.is_none())
        .map(|(place, _)| place)
        .collect();
    let unconfirmed = whistle.stage != WhistleStage::Confirmed;
    let left_open = unconfirmed || !absent.is_empty() || !open_milestones.is_empty();
    let grounds = match reason {
        Some(reason) => Some(text(reason, "reason", MAX_SHORT)?.to_owned()),
        None if left_open => {
            return Err(missing(
                "reason",
                "工作未确认、有单位未报到或有节点未完成；销哨须写明理由",
                "the work is not confirmed, a unit has not come or a milestone is open: closing needs a reason",
            ));
        }
        None => None,
    };
    let event = WhistleEvent::Closed {
        absent,
        open_milestones,
        unconfirmed,
    };
    Ok(happening(event, None, grounds, context))
}

/// The desk directs every whistle, a unit those that it blew.
fn directs(whistle: &Whistle, by: Option<&UnitCode>) -> Result<(), Refusal> {
    match by {
        Some(unit) if whistle.by.as_ref() != Some(unit) => Err(Refusal::new(
            RefusalKind::Forbidden,
            "whistle.caller-only",
            "这一步由吹哨单位或坐席办理",
            "the unit that blew the whistle does this, or the desk",
        )
        .at("by")
        .found(unit.as_str())),
        _ => Ok(()),
    }
}

fn open_call<'a>(whistle: &'a Whistle, unit: &UnitCode) -> Result<&'a super::Call, Refusal> {
    match whistle.call(unit) {
        None => Err(not_called(whistle, unit)),
        Some(call) if call.is_open() => Ok(call),
        Some(call) => {
            let (code, zh, en) = if call.checked_in_at.is_some() {
                (
                    "whistle.checked-in-already",
                    "您单位已经报到",
                    "your unit has checked in already",
                )
            } else {
                (
                    "whistle.refused-already",
                    "您单位已经拒绝报到；如愿前往，请吹哨单位再次叫您单位",
                    "your unit has refused; ask the caller to call it again",
                )
            };
            Err(Refusal::new(RefusalKind::NotNow, code, zh, en)
                .at("unit")
                .found(unit.as_str()))
        }
    }
}

fn not_called(whistle: &Whistle, unit: &UnitCode) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "whistle.not-called",
        "这个哨没有叫该单位",
        "this whistle does not call the unit",
    )
    .at("unit")
    .found(unit.as_str())
    .allowing(whistle.calls.iter().map(|call| call.unit.to_string()))
}

fn no_part(unit: &UnitCode) -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "whistle.no-part",
        "节点由吹哨单位或已报到的单位勾选",
        "the caller or a unit that has checked in ticks milestones",
    )
    .at("by")
    .found(unit.as_str())
}

fn planned(whistle: &Whistle, milestone: u32) -> Result<&Milestone, Refusal> {
    whistle.milestones.get(milestone as usize).ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "milestone.unknown",
            "没有这个节点",
            "there is no such milestone",
        )
        .at("milestone")
        .found(milestone.to_string())
        .allowing((0..whistle.milestones.len()).map(|place| place.to_string()))
    })
}

fn milestone_is(milestone: u32, zh: &str, en: &str) -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "milestone.not-now",
        format!("这个节点{zh}"),
        format!("this milestone is {en}"),
    )
    .at("milestone")
    .found(milestone.to_string())
}

fn not_now(whistle: &Whistle, action: WhistleAction, actions: &[WhistleAction]) -> Refusal {
    let (stage, name) = (whistle.stage.name(), action.name());
    Refusal::new(
        RefusalKind::NotNow,
        "whistle.not-now",
        format!("{}现为“{}”，不能{}", whistle.id, stage.zh, name.zh),
        format!(
            "whistle {} is {}: {} is not possible now",
            whistle.id, stage.en, name.en
        ),
    )
    .at("action")
    .found(action.word())
    .allowing(actions.iter().map(|action| action.word()))
}

fn happening(
    event: WhistleEvent,
    sealed: Option<WhistleSealed>,
    grounds: Option<String>,
    context: &Context<'_>,
) -> WhistleHappening {
    WhistleHappening {
        at: truncate_millis(context.now),
        by: context.actor.clone(),
        grounds: grounds.or_else(|| context.grounds.map(str::to_owned)),
        event,
        sealed,
    }
}

fn noted(
    event: WhistleEvent,
    note: Option<&Personal<String>>,
    context: &Context<'_>,
) -> Result<WhistleHappening, Refusal> {
    if let Some(note) = note {
        text(note.disclose(Purpose::Record), "note", MAX_NOTE)?;
    }
    let sealed = note.cloned().map(WhistleSealed::Note);
    Ok(happening(event, sealed, None, context))
}

fn grounded(
    event: WhistleEvent,
    reason: &str,
    context: &Context<'_>,
) -> Result<WhistleHappening, Refusal> {
    let reason = text(reason, "reason", MAX_SHORT)?.to_owned();
    Ok(happening(event, None, Some(reason), context))
}
