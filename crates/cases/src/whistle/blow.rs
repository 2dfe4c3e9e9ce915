//! Blowing a whistle (吹哨): who may, whom it calls, by when they are to come.

use yiwang_base::{Personal, Purpose, Refusal, RefusalKind, Span, Timestamp, truncate_millis};

use super::{
    Blow, CallUnit, Called, Planned, PlannedMilestone, WhistleEvent, WhistleKind, WhistleSealed,
    WhistleWords,
};
use crate::check::{MAX_SHORT, MAX_WORDS, known_area, known_unit, missing, text};
use crate::decide::{Context, due};
use crate::{Place, Rules, UnitKind};

/// Most units that one whistle calls, and most milestones that it plans.
pub(super) const MAX_CALLS: usize = 50;
const MAX_MILESTONES: usize = 50;
/// Longest time to check in that a caller may set, minutes: 30 days, and for an
/// emergency 4 hours.
const MAX_WITHIN: u32 = 30 * 24 * 60;
const MAX_WITHIN_EMERGENCY: u32 = 4 * 60;

pub(super) fn decide_blow(
    blow: &Blow,
    context: &Context<'_>,
) -> Result<(WhistleEvent, WhistleSealed), Refusal> {
    let rules = context.rules;
    if let Some(unit) = &blow.by {
        may_call(rules, unit)?;
    }
    if let Some(about) = &blow.about
        && !about.is_open
    {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "whistle.case-over",
            format!("案卷{}已经办结，不能再为它吹哨；请先重新办理", about.case),
            format!("case {} is over: open it again first", about.case),
        )
        .at("case")
        .found(about.case.to_string()));
    }
    known_area(rules, blow.area.as_ref())?;
    check_words(&blow.words)?;
    let place = &blow.words.disclose(Purpose::Record).place;
    if blow.about.is_none() && blow.area.is_none() && is_nowhere(place) {
        return Err(missing(
            "place",
            "请给出地点：案卷、区域、地图上的一点或地址",
            "say where: a case, an area, a point on the map or an address",
        ));
    }
    let located = || rules.locator.locate(place.point?);
    let of_case = || blow.about.as_ref()?.area.clone();
    let area = blow.area.clone().or_else(located).or_else(of_case);
    let event = WhistleEvent::Blown {
        area,
        by: blow.by.clone(),
        calls: calls(blow, context)?,
        case: blow.about.as_ref().map(|about| about.case),
        kind: blow.kind,
        milestones: milestones(blow.kind, &blow.milestones, context.now)?,
    };
    Ok((event, WhistleSealed::Words(blow.words.clone())))
}

/// The right to call (呼叫权) is that of streets and communities.
fn may_call(rules: &Rules, unit: &yiwang_base::UnitCode) -> Result<(), Refusal> {
    let known = known_unit(rules, unit, "by")?;
    if matches!(known.kind, UnitKind::Street | UnitKind::Community) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Forbidden,
        "whistle.no-right-to-call",
        "吹哨的呼叫权属于街道和社区；其他单位请通过坐席吹哨",
        "streets and communities have the right to call; other units ask the desk to blow the whistle",
    )
    .at("by")
    .found(known.kind.word())
    .allowing([UnitKind::Street.word(), UnitKind::Community.word()]))
}

fn check_words(words: &Personal<WhistleWords>) -> Result<(), Refusal> {
    let words = words.disclose(Purpose::Record);
    text(&words.words, "words", MAX_WORDS)?;
    if let Some(address) = &words.place.address {
        text(address, "place.address", MAX_SHORT)?;
    }
    Ok(())
}

pub(super) fn is_nowhere(place: &Place) -> bool {
    place.point.is_none() && place.address.as_deref().is_none_or(|a| a.trim().is_empty())
}

fn calls(blow: &Blow, context: &Context<'_>) -> Result<Vec<Called>, Refusal> {
    if blow.calls.is_empty() {
        return Err(missing(
            "calls",
            "请至少叫一个单位",
            "call one unit at least",
        ));
    }
    if blow.calls.len() > MAX_CALLS {
        return Err(too_many("calls", blow.calls.len(), MAX_CALLS));
    }
    let mut calls: Vec<Called> = Vec::with_capacity(blow.calls.len());
    for (position, call) in blow.calls.iter().enumerate() {
        let field = format!("calls[{position}]");
        if calls.iter().any(|known| known.unit == call.unit) {
            return Err(called_already(call, &format!("{field}.unit")));
        }
        calls.push(called(
            blow.kind,
            blow.by.as_ref(),
            call,
            &format!("{field}."),
            context,
        )?);
    }
    Ok(calls)
}

/// The call of one unit, or why it cannot be called; `prefix` stands before the
/// names of fields.
pub(super) fn called(
    kind: WhistleKind,
    by: Option<&yiwang_base::UnitCode>,
    call: &CallUnit,
    prefix: &str,
    context: &Context<'_>,
) -> Result<Called, Refusal> {
    let field = format!("{prefix}unit");
    known_unit(context.rules, &call.unit, &field)?;
    if by == Some(&call.unit) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "whistle.calls-itself",
            "吹哨单位不必叫自己报到",
            "the unit that blows the whistle does not call itself",
        )
        .at(field)
        .found(call.unit.as_str()));
    }
    let span = match call.within_minutes {
        None => context.rules.desk.whistle.of(kind),
        Some(minutes) => {
            let most = match kind {
                WhistleKind::Emergency => MAX_WITHIN_EMERGENCY,
                WhistleKind::Daily | WhistleKind::Campaign => MAX_WITHIN,
            };
            if !(1..=most).contains(&minutes) {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "whistle.within",
                    format!("报到时限为 1 至 {most} 分钟"),
                    format!("the time to check in is 1 to {most} minutes"),
                )
                .at(format!("{prefix}within_minutes"))
                .found(minutes.to_string())
                .allowing([format!("1–{most}")]));
            }
            Span::Clock { minutes }
        }
    };
    Ok(Called {
        check_in_by: due(context, span, &field)?,
        unit: call.unit.clone(),
    })
}

pub(super) fn called_already(call: &CallUnit, field: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "whistle.called-already",
        "该单位已在被叫之列",
        "this unit is called already",
    )
    .at(field)
    .found(call.unit.as_str())
}

pub(super) fn too_many(field: &str, found: usize, most: usize) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "whistle.too-many",
        format!("最多 {most} 项"),
        format!("at most {most}"),
    )
    .at(field)
    .found(found.to_string())
    .allowing([format!("1–{most}")])
}

fn milestones(
    kind: WhistleKind,
    planned: &[PlannedMilestone],
    now: Timestamp,
) -> Result<Vec<Planned>, Refusal> {
    match (kind, planned.is_empty()) {
        (WhistleKind::Campaign, true) => {
            return Err(missing(
                "milestones",
                "攻坚哨须列出节点及其期限",
                "a campaign needs milestones, each with its date",
            ));
        }
        (WhistleKind::Daily | WhistleKind::Emergency, false) => {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "whistle.milestones-of-campaign",
                "只有攻坚哨有节点",
                "only a campaign has milestones",
            )
            .at("milestones")
            .found(planned.len().to_string())
            .allowing(["0"]));
        }
        _ => {}
    }
    if planned.len() > MAX_MILESTONES {
        return Err(too_many("milestones", planned.len(), MAX_MILESTONES));
    }
    let each = planned.iter().enumerate();
    each.map(|(position, milestone)| {
        let title = text(
            &milestone.title,
            &format!("milestones[{position}].title"),
            MAX_SHORT,
        )?;
        if milestone.due <= now {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "whistle.milestone-past",
                "节点期限须在此刻之后",
                "a milestone is due after now",
            )
            .at(format!("milestones[{position}].due"))
            .found(milestone.due.to_string()));
        }
        Ok(Planned {
            due: truncate_millis(milestone.due),
            title: title.to_owned(),
        })
    })
    .collect()
}
