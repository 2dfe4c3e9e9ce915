//! The command centre's seats (席位): the departments that sit in it, each with who is on
//! duty and what waits for it, side by side.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use jiff::SignedDuration;
use yiwang_base::{Timestamp, UnitCode};
use yiwang_cases::{CallFilter, CaseFilter, CaseStore, CheckIns, Order, Queue, WhistleStore};
use yiwang_store::{Item, ItemKind};

use super::answers::{ChangeProblems, StaffProblems};
use super::body::Body;
use super::kept::{current, history, set, shown};
use super::parameters::IfMatchHeader;
use super::problem::Answer;
use super::session::Visitor;
use super::settings::turn;
use super::state::{App, now};
use super::{filter, queue, roster};
use crate::policy::{Right, User};
use crate::seats::{SEATS, Seats};
use crate::settings;
use crate::wire::{
    CaseRow, SeatView, SeatsBody, SeatsView, SetBody, Setting, SettingHistory, Time,
};

/// How far back whistles are looked at for calls that are still open.
const CALLS_OF: SignedDuration = SignedDuration::from_hours(92 * 24);

/// The seats: who sits there now and what waits for each. Staff of a unit see their own.
#[utoipa::path(get, path = "/api/v1/seats", operation_id = "read_seats", tag = "cases",
    security(("session" = [])), responses((status = 200, body = SeatsView), StaffProblems))]
pub(super) async fn read(State(app): State<Arc<App>>, visitor: Visitor) -> Answer<Json<SeatsView>> {
    let user = visitor.with(Right::ReadCases)?;
    let now = now();
    let own = user.bound_to()?;
    let mut units = Seats::read(&app.store, &app.city().rules)?.units;
    units.retain(|unit| own.is_none_or(|own| own == unit));
    let calls = CallFilter {
        units: units.clone(),
        from: now.checked_sub(CALLS_OF).ok(),
        ..CallFilter::default()
    };
    let calls = CheckIns::by_unit(&app.store.calls(&calls).await?, now);
    let mut seats = Vec::with_capacity(units.len());
    for unit in &units {
        seats.push(seat(&app, &user, unit, &calls, now).await?);
    }
    Ok(Json(SeatsView {
        as_of: Time(now),
        seats,
    }))
}

async fn seat(
    app: &App,
    user: &User,
    unit: &UnitCode,
    calls: &BTreeMap<UnitCode, CheckIns>,
    now: Timestamp,
) -> Answer<SeatView> {
    let own = Queue {
        unit: unit.clone(),
        part: None,
    };
    let filter = CaseFilter {
        units: Vec::new(),
        queue: Some(own.clone()),
        ..filter::read("", &app.city(), user, now)?.filter
    };
    let first = app.store.list(&filter, Order::Due, None, 1).await?;
    let on_duty = match user.may(Right::ReadRoster) {
        true => roster::on_duty(app, unit, now).await?,
        false => Vec::new(),
    };
    let calls = calls.get(unit);
    Ok(SeatView {
        unit: unit.to_string(),
        on_duty,
        counts: queue::counts(app, &filter, &own, now).await?,
        first: first
            .cases
            .first()
            .map(|case| CaseRow::of(case, user.sight(), now)),
        calls_waiting: calls.map_or(0, |calls| calls.waiting),
        calls_overdue: calls.map_or(0, |calls| calls.overdue),
    })
}

/// Which units have a seat.
#[utoipa::path(get, path = "/api/v1/city/seats", operation_id = "read_seat_list", tag = "city",
    security(("session" = [])),
    responses((status = 200, body = Setting<SeatsBody>), StaffProblems))]
pub(super) async fn chosen(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Setting<SeatsBody>>> {
    visitor.may(Right::ReadUnits)?;
    let stored = current(&app, ItemKind::Setting, SEATS)?;
    let usual = SeatsBody::from(&Seats::usual(&app.city().rules));
    Ok(Json(shown(SEATS, stored, usual)?))
}

/// All that the list of seats was set to.
#[utoipa::path(get, path = "/api/v1/city/seats/history", operation_id = "seat_list_history",
    tag = "city", security(("session" = [])),
    responses((status = 200, body = SettingHistory<SeatsBody>), StaffProblems))]
pub(super) async fn chosen_before(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<SettingHistory<SeatsBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, SEATS)?))
}

/// Set which units have a seat, in the order in which they sit.
#[utoipa::path(put, path = "/api/v1/city/seats", operation_id = "set_seat_list", tag = "city",
    security(("session" = [])), params(IfMatchHeader), request_body = SetBody<SeatsBody>,
    responses((status = 200, body = Setting<SeatsBody>), ChangeProblems))]
pub(super) async fn choose(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<SeatsBody>>,
) -> Answer<Json<Setting<SeatsBody>>> {
    let turn = turn(&app, &visitor).await?;
    let city = app.city();
    let seats = Seats {
        units: settings::known(&body.value.units, "value.units", &city.rules.units)?,
    };
    let item = Item::of(ItemKind::Setting, SEATS, &seats)?;
    let change = (item, body.grounds);
    Ok(Json(set(&app, &turn, &visitor, &headers, change).await?))
}
