//! What a command makes happen.

use yiwang_base::{Colour, Refusal, RefusalKind, Timestamp};

use super::{Alert, AlertAction, AlertCommand, AlertEvent, Context, Handling, MOST_AMENDED};
use crate::check::text;
use crate::docket::{Sheet, Step};

/// The longest silence, hours: a week.
const MAX_SILENCE_HOURS: i64 = 7 * 24;
/// Longest note or reason, characters.
const MAX_WORDS: usize = 1_000;

/// What somebody may do with an alert at a time.
pub fn possible(alert: &Alert, now: Timestamp) -> Vec<AlertAction> {
    use AlertAction::*;
    let silenced = alert.silenced_until.is_some_and(|until| until > now);
    let may = |action: &AlertAction| match action {
        Acknowledge => alert.handling == Handling::Raised,
        HandOver | Handle => alert.handling == Handling::Acknowledged,
        Silence => alert.is_open() && !silenced,
        Unsilence => silenced,
        // Whoever says that it is over answers for it: somebody must hold it.
        Clear => alert.stands() && alert.handling != Handling::Raised,
        MakeCase => alert.is_open() && alert.case.is_none(),
        Label => true,
    };
    AlertAction::ALL.into_iter().filter(may).collect()
}

/// What a command makes happen.
///
/// # Errors
/// A [`Refusal`]: the alert does not allow it now, or a field is at fault.
pub fn decide(
    alert: Option<&Alert>,
    command: &AlertCommand,
    context: &Context<'_>,
) -> Result<Vec<Step<AlertEvent>>, Refusal> {
    let step = |event, grounds| Step {
        at: context.now,
        by: context.by.to_owned(),
        event,
        grounds,
    };
    let one = |event| Ok(vec![step(event, None)]);
    let Some(alert) = alert else {
        return raise(command).map(|event| vec![step(event, None)]);
    };
    match command {
        AlertCommand::Raise { .. } => Err(not_now(alert, "raise", context.now)),
        AlertCommand::Find(found) => {
            let mut after = alert.clone();
            let event = AlertEvent::Found(found.clone());
            let mut steps = vec![step(event, None)];
            if let Some(next) = Alert::take(Some(after.clone()), 0, &steps[0]) {
                after = next;
            }
            if after.found.is_empty() && after.stands() {
                steps.push(step(AlertEvent::Cleared {}, None));
            }
            Ok(steps)
        }
        AlertCommand::Acknowledge { holder } => {
            allowed(alert, AlertAction::Acknowledge, context.now)?;
            let holder = holder.clone();
            one(AlertEvent::Acknowledged { holder })
        }
        AlertCommand::HandOver { to } => {
            allowed(alert, AlertAction::HandOver, context.now)?;
            if alert.holder.as_ref() == Some(to) {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "alert.holder-already",
                    "这条告警已由此人负责",
                    "this person holds the alert already",
                )
                .at("to")
                .found(to.as_str()));
            }
            one(AlertEvent::HandedOver { to: to.clone() })
        }
        AlertCommand::Handle { done } => {
            allowed(alert, AlertAction::Handle, context.now)?;
            let done = text(done, "done", MAX_WORDS)?.to_owned();
            Ok(vec![step(AlertEvent::Handled {}, Some(done))])
        }
        AlertCommand::Silence { until, reason } => {
            allowed(alert, AlertAction::Silence, context.now)?;
            let hours = until.duration_since(context.now).as_hours();
            if *until <= context.now || hours >= MAX_SILENCE_HOURS {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "alert.silence-end",
                    "静音须有结束时间，最长七天",
                    "a silence ends, after seven days at the latest",
                )
                .at("until")
                .found(until.to_string()));
            }
            let reason = text(reason, "reason", MAX_WORDS)?.to_owned();
            let event = AlertEvent::Silenced { until: *until };
            Ok(vec![step(event, Some(reason))])
        }
        AlertCommand::Unsilence => {
            allowed(alert, AlertAction::Unsilence, context.now)?;
            one(AlertEvent::Unsilenced {})
        }
        AlertCommand::Clear { reason } => {
            allowed(alert, AlertAction::Clear, context.now)?;
            let reason = text(reason, "reason", MAX_WORDS)?.to_owned();
            Ok(vec![step(AlertEvent::Cleared {}, Some(reason))])
        }
        AlertCommand::Tick { inhibitor } => {
            let events = tick(alert, *inhibitor, context.now);
            Ok(events.into_iter().map(|event| step(event, None)).collect())
        }
        AlertCommand::LinkCase {
            case,
            joined,
            reason,
        } => {
            if let Some(before) = alert.case {
                return Err(Refusal::new(
                    RefusalKind::NotNow,
                    "alert.has-case",
                    "这条告警已转工单",
                    "a case takes this alert on already",
                )
                .at("case")
                .found(before.to_string()));
            }
            let event = AlertEvent::CaseLinked {
                case: *case,
                joined: *joined,
            };
            let reason = reason.as_deref();
            let reason = reason.map(|reason| text(reason, "reason", MAX_WORDS));
            Ok(vec![step(event, reason.transpose()?.map(str::to_owned))])
        }
        AlertCommand::Label { outcome } => {
            if alert.outcome == Some(*outcome) {
                return Ok(Vec::new());
            }
            let outcome = *outcome;
            one(AlertEvent::Labelled { outcome })
        }
        AlertCommand::Amend { readings } => one(AlertEvent::ReadingsAmended {
            count: u32::try_from(readings.len()).unwrap_or(u32::MAX),
            readings: readings.iter().take(MOST_AMENDED).cloned().collect(),
        }),
        // What was amended meanwhile is judged with all before it.
        AlertCommand::JudgeAgain { amended, .. } if *amended != alert.amended => Ok(Vec::new()),
        AlertCommand::JudgeAgain { amended, verdict } => one(AlertEvent::JudgedAgain {
            amended: *amended,
            verdict: verdict.clone(),
        }),
    }
}

fn raise(command: &AlertCommand) -> Result<AlertEvent, Refusal> {
    let AlertCommand::Raise {
        cause,
        escalate,
        found,
        inhibited_by,
        name,
        spot,
    } = command
    else {
        return Err(Refusal::new(
            RefusalKind::NotFound,
            "alert.not-found",
            "没有这条告警",
            "there is no such alert",
        ));
    };
    if found.to.is_none() {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "alert.ended-already",
            "已结束的情况不再告警",
            "what has ended raises no alert",
        )
        .at("found.to"));
    }
    Ok(AlertEvent::Raised {
        area: spot.area.clone(),
        cause: cause.clone(),
        escalate: escalate.clone(),
        found: found.clone(),
        inhibited_by: inhibited_by.clone(),
        name: name.clone(),
        point: spot.point,
        thing: spot.thing,
    })
}

fn tick(alert: &Alert, inhibitor: Option<u64>, now: Timestamp) -> Vec<AlertEvent> {
    let mut events = Vec::new();
    if alert.silenced_until.is_some_and(|until| until <= now) {
        events.push(AlertEvent::Unsilenced {});
    }
    let inhibitor = inhibitor.filter(|_| alert.is_open());
    match (alert.inhibitor, inhibitor) {
        (before, Some(by)) if before != Some(by) => events.push(AlertEvent::Inhibited { by }),
        (Some(_), None) => events.push(AlertEvent::Released {}),
        _ => {}
    }
    let silenced = alert.silenced_until.is_some_and(|until| until > now);
    let quiet = silenced || inhibitor.is_some();
    // Nobody may keep a red one from those it must reach.
    let climbs = !quiet || alert.colour == Colour::Red;
    if alert.handling == Handling::Raised && climbs {
        let minutes = now.duration_since(alert.raised_at).as_mins();
        let rungs = (0u32..).zip(&alert.escalate).skip(alert.escalated as usize);
        let due = rungs.take_while(|(_, rung)| i64::from(rung.after_minutes) <= minutes);
        events.extend(due.map(|(rung, step)| AlertEvent::Escalated {
            rung,
            to: step.to.clone(),
        }));
    }
    events
}

fn allowed(alert: &Alert, action: AlertAction, now: Timestamp) -> Result<(), Refusal> {
    if possible(alert, now).contains(&action) {
        Ok(())
    } else {
        Err(not_now(alert, action.word(), now))
    }
}

fn not_now(alert: &Alert, action: &str, now: Timestamp) -> Refusal {
    let name = alert.handling.name();
    let actions = possible(alert, now);
    Refusal::new(
        RefusalKind::NotNow,
        "alert.not-now",
        format!("这条告警现为“{}”，不能这样办", name.zh),
        format!("this alert is {}: that is not possible now", name.en),
    )
    .at("action")
    .found(action)
    .allowing(actions.iter().map(|action| action.word()))
}
