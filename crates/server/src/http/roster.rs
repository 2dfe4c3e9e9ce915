//! Duty rosters (值班表): who of a unit is on duty, and when.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use yiwang_base::{Personal, Purpose, Refusal, RefusalKind, Timestamp, UnitCode, truncate_millis};
use yiwang_cases::{OnCall, Roster, Shift, StoreError};
use yiwang_store::{Item, ItemKind};

use super::answers::{RosterProblems, SetRosterProblems, StaffProblems};
use super::body::Body;
use super::commands::code;
use super::parameters::UnitPath;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::policy::Right;
use crate::wire::{OnDutyNow, OnDutyView, RosterBody, RosterView, Time};

/// What the journal says of a roster: times. Who it is stands beside it, sealed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Times {
    shifts: Vec<Hours>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hours {
    from: Timestamp,
    until: Timestamp,
}

/// Everyone on duty now, by unit.
#[utoipa::path(get, path = "/api/v1/roster", operation_id = "who_is_on_duty", tag = "whistles", security(("session" = [])),
    responses((status = 200, body = OnDutyNow), StaffProblems))]
pub(super) async fn now_on_duty(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<OnDutyNow>> {
    visitor.may(Right::ReadRoster)?;
    let now = now();
    let mut everyone = Vec::new();
    for unit in app.city().rules.units.keys() {
        everyone.extend(on_duty(&app, unit, now).await?);
    }
    Ok(Json(OnDutyNow {
        as_of: Time(now),
        on_duty: everyone,
    }))
}

/// A unit's roster.
#[utoipa::path(get, path = "/api/v1/roster/{unit}", operation_id = "read_roster", tag = "whistles", security(("session" = [])), params(UnitPath),
    responses((status = 200, body = RosterView), RosterProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(unit): Path<String>,
) -> Answer<Json<RosterView>> {
    visitor.may(Right::ReadRoster)?;
    let unit = known(&app, &unit)?;
    let roster = stored(&app, &unit).await?;
    let shifts = roster.iter().flat_map(|roster| &roster.shifts);
    Ok(Json(RosterView {
        unit: unit.to_string(),
        shifts: shifts.map(|shift| OnDutyView::of(&unit, shift)).collect(),
    }))
}

/// Set a unit's roster; it takes the place of the one before.
#[utoipa::path(post, path = "/api/v1/roster/{unit}", operation_id = "set_roster", tag = "whistles", security(("session" = [])), request_body = RosterBody,
    params(UnitPath),
    responses((status = 200, body = RosterView), SetRosterProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(unit): Path<String>,
    Body { value: body, .. }: Body<RosterBody>,
) -> Answer<Json<RosterView>> {
    let actor = visitor.actor();
    visitor.may(Right::SetRoster)?;
    let unit = known(&app, &unit)?;
    let shifts = body.shifts.into_iter().map(|shift| Shift {
        from: truncate_millis(shift.from),
        until: truncate_millis(shift.until),
        on_call: Personal::new(OnCall {
            person: shift.person,
            phone: shift.phone,
        }),
    });
    let roster = Roster::new(unit.clone(), shifts.collect())?;
    let items = vec![item(&roster)?];
    app.store
        .set_items(items, actor.to_string(), None, now())
        .await?;
    let shifts = roster.shifts.iter();
    Ok(Json(RosterView {
        unit: unit.to_string(),
        shifts: shifts.map(|shift| OnDutyView::of(&unit, shift)).collect(),
    }))
}

/// Who of a unit is on duty at a time.
pub(super) async fn on_duty(
    app: &App,
    unit: &UnitCode,
    at: Timestamp,
) -> Result<Vec<OnDutyView>, StoreError> {
    let roster = stored(app, unit).await?;
    let shifts = roster.iter().flat_map(|roster| roster.on_duty(at));
    Ok(shifts.map(|shift| OnDutyView::of(unit, shift)).collect())
}

fn known(app: &App, text: &str) -> Result<UnitCode, Refusal> {
    let unit: UnitCode = code(text, "unit")?;
    if app.city().rules.units.contains_key(&unit) {
        return Ok(unit);
    }
    Err(Refusal::new(
        RefusalKind::NotFound,
        "unit.unknown",
        "没有这个单位",
        "there is no such unit",
    )
    .found(text))
}

fn item(roster: &Roster) -> Result<Item, StoreError> {
    let times = Times {
        shifts: roster
            .shifts
            .iter()
            .map(|shift| Hours {
                from: shift.from,
                until: shift.until,
            })
            .collect(),
    };
    let people: Vec<&OnCall> = roster
        .shifts
        .iter()
        .map(|shift| shift.on_call.disclose(Purpose::Record))
        .collect();
    let mut item = Item::of(ItemKind::Roster, roster.unit.as_str(), &times)?;
    let people = serde_json::to_vec(&people).map_err(|e| StoreError::Broken(e.to_string()))?;
    item.attachment = Some(people);
    Ok(item)
}

async fn stored(app: &App, unit: &UnitCode) -> Result<Option<Roster>, StoreError> {
    let Some(item) = app.store.item(ItemKind::Roster, unit.as_str()).await? else {
        return Ok(None);
    };
    let times: Times = item.read()?;
    let people: Vec<OnCall> = serde_json::from_slice(&item.attachment.unwrap_or_default())
        .map_err(|error| StoreError::Broken(format!("roster of {unit}: {error}")))?;
    let shifts = times.shifts.into_iter().zip(people);
    Ok(Some(Roster {
        unit: unit.clone(),
        shifts: shifts
            .map(|(hours, on_call)| Shift {
                from: hours.from,
                until: hours.until,
                on_call: Personal::new(on_call),
            })
            .collect(),
    }))
}
