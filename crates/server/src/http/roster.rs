//! Duty rosters (值班表): who of a unit is on duty, and when.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use yiwang_base::{Personal, Refusal, RefusalKind, Span, Timestamp, UnitCode, truncate_millis};
use yiwang_cases::{OnCall, Roster, Shift, StoreError};
use yiwang_store::ItemKind;

use super::answers::{ChangeProblems, RosterProblems, StaffProblems};
use super::body::Body;
use super::commands::{code, seen_version};
use super::filter::{instant, wrong};
use super::kept::given as grounds;
use super::parameters::{IfMatchHeader, RosterQuery, UnitPath};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, CityChange, now};
use crate::policy::Right;
use crate::rosters;
use crate::wire::{GapView, OnDutyNow, OnDutyView, RosterBody, RosterView, SwapBody, Time};

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

/// A unit's roster, and when nobody is on duty. Its `ETag` is its version.
#[utoipa::path(get, path = "/api/v1/roster/{unit}", operation_id = "read_roster", tag = "whistles", security(("session" = [])), params(UnitPath, RosterQuery),
    responses((status = 200, body = RosterView), RosterProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(unit): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    visitor.may(Right::ReadRoster)?;
    let unit = known(&app, &unit)?;
    let window = Window::read(&query.unwrap_or_default(), now())?;
    Ok(view(&app, unit, window).await?)
}

/// Set a unit's roster; it takes the place of the one that was seen.
#[utoipa::path(post, path = "/api/v1/roster/{unit}", operation_id = "set_roster", tag = "whistles", security(("session" = [])), request_body = RosterBody,
    params(UnitPath, IfMatchHeader),
    responses((status = 200, body = RosterView), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(unit): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<RosterBody>,
) -> Answer<Response> {
    let by = visitor.actor().to_string();
    visitor.may(Right::SetRoster)?;
    let unit = known(&app, &unit)?;
    let seen = seen_version(&headers)?;
    let shifts = body.shifts.into_iter().map(|shift| Shift {
        from: truncate_millis(shift.from),
        until: truncate_millis(shift.until),
        on_call: Personal::new(OnCall {
            person: shift.person,
            phone: shift.phone,
        }),
    });
    let roster = Roster::new(unit.clone(), shifts.collect())?;
    let turn = app.city_change().await;
    must_have_seen(&app, &unit, seen)?;
    write(&app, &turn, by, &roster, None).await?;
    Ok(view(&app, unit, Window::from(now())).await?)
}

/// Let the people of two shifts change places (换班): a steward, and a unit's staff in
/// their own roster.
#[utoipa::path(post, path = "/api/v1/roster/{unit}/swap", operation_id = "swap_shifts", tag = "whistles", security(("session" = [])), request_body = SwapBody,
    params(UnitPath, IfMatchHeader),
    responses((status = 200, body = RosterView), ChangeProblems))]
pub(super) async fn swap(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(unit): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SwapBody>,
) -> Answer<Response> {
    let by = visitor.actor().to_string();
    let user = visitor.with(Right::SwapDuty)?;
    let unit = known(&app, &unit)?;
    user.must_swap_duty(&unit)?;
    let seen = seen_version(&headers)?;
    let grounds = grounds(body.grounds)?;
    let turn = app.city_change().await;
    must_have_seen(&app, &unit, seen)?;
    let roster = stored(&app, &unit).await?;
    let roster = roster.unwrap_or_else(|| Roster {
        unit: unit.clone(),
        shifts: Vec::new(),
    });
    let swapped = roster.swapped(body.first, body.second)?;
    write(&app, &turn, by, &swapped, grounds).await?;
    Ok(view(&app, unit, Window::from(now())).await?)
}

/// Longest time in which gaps are looked for.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(62 * 24);
const USUAL_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The time in which gaps are looked for.
struct Window {
    from: Timestamp,
    until: Timestamp,
}

impl Window {
    fn from(from: Timestamp) -> Window {
        let until = from.checked_add(USUAL_WINDOW).unwrap_or(from);
        Window { from, until }
    }

    fn read(query: &str, now: Timestamp) -> Result<Window, Refusal> {
        let (mut from, mut until) = (now, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                _ if value.is_empty() => {}
                "from" => from = instant(&value, "from")?,
                "until" => until = Some(instant(&value, "until")?),
                other => return Err(wrong("query", other, ["from", "until"])),
            }
        }
        let usual = Window::from(from);
        let until = until.unwrap_or(usual.until);
        if until < from || until.duration_since(from) > LONGEST_WINDOW {
            return Err(wrong(
                "until",
                &until.to_string(),
                ["from ≤ until ≤ from + 62 d"],
            ));
        }
        Ok(Window { from, until })
    }
}

async fn view(app: &App, unit: UnitCode, window: Window) -> Result<Response, Refusal> {
    let version = version(app, &unit)?;
    let roster = stored(app, &unit).await?;
    let roster = roster.unwrap_or_else(|| Roster {
        unit: unit.clone(),
        shifts: Vec::new(),
    });
    let city = app.city();
    let gap = |(from, until)| GapView {
        from: Time(from),
        until: Time(until),
        working_minutes: city
            .rules
            .calendar
            .between(from, until, Span::Working { minutes: 0 })
            .ok()
            .map(Span::amount),
    };
    let gaps = roster.gaps(window.from, window.until).into_iter();
    let shifts = roster.shifts.iter();
    let view = RosterView {
        unit: unit.to_string(),
        version,
        shifts: shifts.map(|shift| OnDutyView::of(&unit, shift)).collect(),
        gaps: gaps.map(gap).collect(),
        from: Time(window.from),
        until: Time(window.until),
    };
    Ok(([(header::ETAG, format!("\"{version}\""))], Json(view)).into_response())
}

/// The number of the entry that set the roster last; 0 where none did.
fn version(app: &App, unit: &UnitCode) -> Result<u64, StoreError> {
    let rosters = app.store.items_set(ItemKind::Roster)?.into_iter();
    let mut own = rosters.filter(|set| set.item.code == unit.as_str());
    Ok(own.next().map_or(0, |set| set.seq))
}

fn must_have_seen(app: &App, unit: &UnitCode, seen: u32) -> Result<(), Refusal> {
    let version = version(app, unit)?;
    if version == u64::from(seen) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Changed,
        "roster.changed",
        "值班表已被他人改动，请重新载入后再改",
        "the roster has been changed since you read it; reload it and try again",
    )
    .at("If-Match")
    .allowing([version.to_string()]))
}

/// Writes a roster, while nobody else changes what the city is made of.
async fn write(
    app: &App,
    _turn: &CityChange<'_>,
    by: String,
    roster: &Roster,
    grounds: Option<String>,
) -> Result<(), Refusal> {
    let items = vec![rosters::item(roster)?];
    app.store.set_items(items, by, grounds, now()).await?;
    Ok(())
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

async fn stored(app: &App, unit: &UnitCode) -> Result<Option<Roster>, StoreError> {
    let item = app.store.item(ItemKind::Roster, unit.as_str()).await?;
    item.map(|item| rosters::of(unit, &item)).transpose()
}
