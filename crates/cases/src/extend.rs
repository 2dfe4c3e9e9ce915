//! More time to resolve (延期): the lead unit asks for it in time, the desk
//! grants it or does not, within what the city allows.

use serde::{Deserialize, Serialize};
use yiwang_base::{Refusal, RefusalKind, Span, Timestamp, truncate_millis};

use crate::check::{MAX_SHORT, missing, text};
use crate::decide::{Context, beyond};
use crate::limits::percent;
use crate::{Action, Case, Event, Happening, Stage};

/// Ask for more time (申请延期): the lead unit.
#[derive(Debug, Clone)]
pub struct AskExtension {
    /// By when it is to be resolved then.
    pub resolve_by: Timestamp,
    /// Why, as it will stand in the record.
    pub reason: String,
}

/// Give more time (延期): the desk.
#[derive(Debug, Clone)]
pub struct Extend {
    /// By when it is to be resolved then; `None` grants what was asked for.
    pub resolve_by: Option<Timestamp>,
    /// Why, as it will stand in the record.
    pub reason: String,
}

/// Give no more time (不同意延期): the desk.
#[derive(Debug, Clone)]
pub struct RefuseExtension {
    /// Why, as it will stand in the record.
    pub reason: String,
}

/// The lead unit asks for more time (申请延期). The reason is the entry's grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionAsked {
    /// By when it is to be resolved then.
    pub resolve_by: Timestamp,
}

/// It may take longer (延期). The reason is the entry's grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extended {
    /// By when it was to be resolved before.
    pub from: Timestamp,
    /// By when it is to be resolved now.
    pub resolve_by: Timestamp,
}

/// How a dispatch was extended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extensions {
    /// What the lead unit asks for and the desk has not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Timestamp>,
    /// What was granted, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub granted: Vec<Extended>,
}

impl Extensions {
    /// What can be done about them while the clock runs.
    pub(crate) fn possible(&self) -> Vec<Action> {
        match self.asked {
            None => vec![Action::AskExtension, Action::Extend],
            Some(_) => vec![Action::Extend, Action::RefuseExtension],
        }
    }
}

impl ExtensionAsked {
    pub(crate) fn apply(&self, case: &mut Case) {
        case.more.extensions.asked = Some(self.resolve_by);
    }
}

impl Extended {
    pub(crate) fn apply(&self, case: &mut Case) {
        case.more.extensions.asked = None;
        case.more.extensions.granted.push(self.clone());
        case.deadlines.resolve_by = Some(self.resolve_by);
        let to_resolve = case.stage == Stage::InProgress || case.deadlines.respond_by.is_none();
        if case.stage.is_handled() && to_resolve {
            case.due_at = case.due_at.max(Some(self.resolve_by));
        }
    }
}

pub(crate) fn decide_ask(
    case: &Case,
    command: &AskExtension,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let reason = text(&command.reason, "reason", MAX_SHORT)?;
    let owed = owed(case)?;
    check_in_time(owed, context)?;
    let resolve_by = truncate_millis(command.resolve_by);
    check_room(case, owed, resolve_by, context)?;
    let mut happening = context.event(Event::ExtensionAsked(ExtensionAsked { resolve_by }));
    happening.grounds = Some(reason.to_owned());
    Ok(happening)
}

pub(crate) fn decide_extend(
    case: &Case,
    command: &Extend,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let reason = text(&command.reason, "reason", MAX_SHORT)?;
    let from = owed(case)?;
    let asked = case.more.extensions.asked;
    // What was asked for in time may be granted later: the desk took its time.
    if asked.is_none() {
        check_in_time(from, context)?;
    }
    let Some(resolve_by) = command.resolve_by.or(asked) else {
        return Err(missing(
            "resolve_by",
            "单位没有申请延期，须写明延至何时",
            "the unit has not asked for more time: say until when",
        ));
    };
    let resolve_by = truncate_millis(resolve_by);
    check_room(case, from, resolve_by, context)?;
    let mut happening = context.event(Event::Extended(Extended { from, resolve_by }));
    happening.grounds = Some(reason.to_owned());
    Ok(happening)
}

pub(crate) fn decide_refuse(
    command: &RefuseExtension,
    context: &Context<'_>,
) -> Result<Happening, Refusal> {
    let reason = text(&command.reason, "reason", MAX_SHORT)?;
    let mut happening = context.event(Event::ExtensionRefused {});
    happening.grounds = Some(reason.to_owned());
    Ok(happening)
}

fn owed(case: &Case) -> Result<Timestamp, Refusal> {
    case.deadlines.resolve_by.ok_or_else(|| {
        missing(
            "resolve_by",
            "此件没有办结时限，无须延期",
            "nobody owes this case a date: there is nothing to extend",
        )
    })
}

fn check_in_time(owed: Timestamp, context: &Context<'_>) -> Result<(), Refusal> {
    let now = truncate_millis(context.now);
    if now <= owed {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "extend.late",
        "已过办结时限，不能再延期；请尽快办结并反馈",
        "the limit has passed and cannot be extended any more; finish the case and report back",
    )
    .at("resolve_by")
    .found(now.to_string())
    .allowing([format!("≤ {owed}")]))
}

/// Within the number of extensions and the time that the city allows.
fn check_room(
    case: &Case,
    owed: Timestamp,
    resolve_by: Timestamp,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let rules = context.rules;
    let allowance = rules.limits.allowance;
    let granted = &case.more.extensions.granted;
    if granted.len() >= allowance.extensions as usize {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "extend.too-often",
            format!("本次派单最多延期 {} 次", allowance.extensions),
            format!(
                "a dispatch is extended at most {} times",
                allowance.extensions
            ),
        )
        .at("resolve_by")
        .found(granted.len().to_string())
        .allowing([format!("0–{}", allowance.extensions)]));
    }
    let category = case.category.as_ref();
    let limit = category.and_then(|code| rules.categories.get(code));
    // Without a limit of the category there is no measure but the clock.
    let limit = limit.map_or(Span::Clock { minutes: 0 }, |category| {
        rules.handling(category).resolve
    });
    let measure = |from, to| {
        let length = rules.calendar.between(from, to, limit);
        length.map(Span::amount)
    };
    let mut used: u32 = 0;
    for extended in granted {
        let length = measure(extended.from, extended.resolve_by);
        used = used.saturating_add(length.map_err(|error| beyond(&error, "resolve_by"))?);
    }
    let room = percent(limit, allowance.extended_percent.saturating_sub(100)).amount();
    let room = limit.with_amount(room.saturating_sub(used));
    let latest = rules.calendar.due_or_provisional(owed, room);
    let latest = latest.map_err(|error| beyond(&error, "resolve_by"))?.at;
    let now = truncate_millis(context.now);
    if resolve_by <= owed || resolve_by <= now || resolve_by > latest {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "extend.date",
            format!(
                "延期须晚于原时限，且办理时间合计不超过该分类时限的 {}%",
                allowance.extended_percent
            ),
            format!(
                "the new date lies after the old one, and the whole time is at most {} % of the category's limit",
                allowance.extended_percent
            ),
        )
        .at("resolve_by")
        .found(resolve_by.to_string())
        .allowing([format!("{} – {latest}", owed.max(now))]));
    }
    Ok(())
}
