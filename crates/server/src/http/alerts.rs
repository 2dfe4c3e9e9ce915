//! The alert desk.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::{AreaCode, Colour, Refusal, RefusalKind};
use yiwang_sensing::alert::{Alert, AlertCommand};
use yiwang_sensing::docket::{Docket as _, DocketError, Filter, Kept, Sheet};

use super::answers::{ChangeProblems, FilterProblems, OneStaffProblems};
use super::body::Body;
use super::commands::{code, seen_version};
use super::filter::{USUAL_LIMIT, limit, one_of, wrong};
use super::parameters::{AlertPath, AlertQuery, IfMatchHeader};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::city::City;
use crate::flows::alerts::act;
use crate::policy::{Right, User};
use crate::wire::{AlertDetail, AlertStepBody, AlertView, AlertsView, SheetStepView};

/// Sheets that are looked through for one page of a filter.
const MOST_LOOKED: usize = 5_000;

/// What a query asks for.
#[derive(Default)]
struct Query {
    open: Option<bool>,
    before: Option<u64>,
    limit: usize,
    colours: Vec<Colour>,
    areas: Vec<AreaCode>,
    cause: Option<String>,
    thing: Option<u64>,
}

/// Alerts, the newest first.
#[utoipa::path(get, path = "/api/v1/alerts", operation_id = "alerts", tag = "alerts", security(("session" = [])),
    params(AlertQuery),
    responses((status = 200, body = AlertsView), FilterProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<AlertsView>> {
    let user = visitor.with(Right::ReadAlerts)?;
    let query = read(&app, query.as_deref().unwrap_or_default())?;
    let filter = Filter {
        open: query.open,
        before: query.before,
        limit: MOST_LOOKED,
    };
    let looked: Vec<Kept<Alert>> = app.store.sheets(filter).map_err(Refusal::from)?;
    let all = looked.len() < MOST_LOOKED;
    let last = looked.last().map(|kept| kept.id);
    let mut found: Vec<Kept<Alert>> = looked.into_iter().filter(|k| query.wants(k)).collect();
    let next = if found.len() > query.limit {
        found.truncate(query.limit);
        found.last().map(|kept| kept.id)
    } else {
        last.filter(|_| !all)
    };
    let city = app.city();
    let views = found.iter().map(|kept| shown(&user, &city, kept));
    Ok(Json(AlertsView {
        alerts: views.collect(),
        next,
    }))
}

impl Query {
    fn wants(&self, kept: &Kept<Alert>) -> bool {
        let alert = &kept.sheet;
        let here = |area: &AreaCode| self.areas.contains(area);
        (self.colours.is_empty() || self.colours.contains(&alert.colour))
            && (self.areas.is_empty() || alert.area().is_some_and(here))
            && self.thing.is_none_or(|thing| thing == alert.thing())
            && self
                .cause
                .as_ref()
                .is_none_or(|cause| *cause == alert.cause)
    }
}

fn read(app: &App, query: &str) -> Result<Query, Refusal> {
    let mut read = Query {
        limit: USUAL_LIMIT,
        ..Query::default()
    };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if value.is_empty() {
            continue;
        }
        match name.as_ref() {
            "open" => {
                let open = value.parse().ok();
                read.open = Some(open.ok_or_else(|| wrong("open", &value, ["true", "false"]))?);
            }
            "before" => {
                let before = value.parse().ok();
                read.before = Some(before.ok_or_else(|| wrong("before", &value, ["17"]))?);
            }
            "limit" => read.limit = limit(&value)?,
            "colour" => {
                for word in value.split(',') {
                    read.colours.push(one_of(word, "colour")?);
                }
            }
            "area" => {
                for word in value.split(',') {
                    let area: AreaCode = code(word, "area")?;
                    read.areas.extend(app.city().with_descendants(&area));
                }
            }
            "cause" => read.cause = Some(value.into_owned()),
            "thing" => {
                let thing = value.parse().ok();
                read.thing = Some(thing.ok_or_else(|| wrong("thing", &value, ["17"]))?);
            }
            other => {
                let known = [
                    "open", "before", "limit", "colour", "area", "cause", "thing",
                ];
                return Err(wrong("query", other, known));
            }
        }
    }
    Ok(read)
}

/// An alert with what happened to it.
#[utoipa::path(get, path = "/api/v1/alerts/{alert}", operation_id = "alert", tag = "alerts", security(("session" = [])),
    params(AlertPath),
    responses((status = 200, body = AlertDetail), OneStaffProblems))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadAlerts)?;
    let kept = known(&app, &id)?;
    detail(&app, &user, &kept)
}

/// Take a step of an alert: acknowledge, hand over, handle, silence, clear, label.
#[utoipa::path(post, path = "/api/v1/alerts/{alert}/steps", operation_id = "step_alert", tag = "alerts", security(("session" = [])),
    params(AlertPath, IfMatchHeader), request_body = AlertStepBody,
    responses((status = 200, body = AlertDetail), ChangeProblems))]
pub(super) async fn step(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<AlertStepBody>,
) -> Answer<Response> {
    let by = visitor.actor().to_string();
    let user = visitor.with(Right::HandleAlerts)?;
    let seen = seen_version(&headers)?;
    let kept = known(&app, &id)?;
    user.must_handle_alert(&kept.sheet, &app.city())?;
    let found = kept.version;
    if found != u64::from(seen) {
        return Err(Refusal::from(DocketError::Changed { found }).into());
    }
    let command = command(&app, &user, &kept.sheet, body)?;
    let kept = act(&app.store, Some(&kept), &command, &by).await?;
    detail(&app, &user, &kept)
}

fn command(
    app: &App,
    user: &User,
    alert: &Alert,
    body: AlertStepBody,
) -> Result<AlertCommand, Refusal> {
    Ok(match body {
        AlertStepBody::Acknowledge {} => AlertCommand::Acknowledge {
            holder: user.account.name.clone(),
        },
        AlertStepBody::HandOver { to } => {
            let to = code(&to, "to")?;
            let city = app.city();
            let accounts = app.store.accounts()?.into_iter();
            let found = accounts.filter(|account| account.name == to && !account.disabled);
            let mut takers = found.filter_map(|account| User::of(account, &city));
            if !takers.any(|taker| taker.may_handle_alert(alert, &city)) {
                return Err(Refusal::new(
                    RefusalKind::Invalid,
                    "alert.no-taker",
                    "没有这个账号，或该账号不能处理这条告警",
                    "there is no such account, or it may not handle this alert",
                )
                .at("to")
                .found(to.as_str()));
            }
            AlertCommand::HandOver { to }
        }
        AlertStepBody::Handle { done } => AlertCommand::Handle { done },
        AlertStepBody::Silence { minutes, reason } => AlertCommand::Silence {
            until: now()
                .checked_add(jiff::SignedDuration::from_mins(i64::from(minutes)))
                .unwrap_or(now()),
            reason,
        },
        AlertStepBody::Unsilence {} => AlertCommand::Unsilence,
        AlertStepBody::Clear { reason } => AlertCommand::Clear { reason },
        AlertStepBody::Label { outcome } => AlertCommand::Label { outcome: outcome.0 },
    })
}

fn shown(user: &User, city: &City, kept: &Kept<Alert>) -> AlertView {
    AlertView::of(kept, user.may_handle_alert(&kept.sheet, city), now())
}

pub(super) fn detail(app: &App, user: &User, kept: &Kept<Alert>) -> Answer<Response> {
    let steps = yiwang_sensing::docket::Docket::<Alert>::steps(&app.store, kept.id);
    let steps = steps.map_err(Refusal::from)?;
    let body = AlertDetail {
        alert: shown(user, &app.city(), kept),
        steps: steps.iter().map(SheetStepView::from).collect(),
    };
    let tag = [(header::ETAG, format!("\"{}\"", kept.version))];
    Ok((tag, Json(body)).into_response())
}

pub(super) fn known(app: &App, id: &str) -> Result<Kept<Alert>, Refusal> {
    numbered(app, id)
}

/// The sheet of a number in an address.
pub(super) fn numbered<S: Sheet>(app: &App, id: &str) -> Result<Kept<S>, Refusal> {
    let number = id.parse().ok();
    let kept = match number {
        Some(number) => app.store.sheet(number).map_err(Refusal::from)?,
        None => None,
    };
    kept.ok_or_else(|| Refusal::from(DocketError::NoSuch).found(id))
}
