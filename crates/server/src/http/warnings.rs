//! Public warnings: drafts, approval, issue, and what everybody may see.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::{Colour, Refusal};
use yiwang_sensing::docket::{Docket, DocketError, Filter, Kept};
use yiwang_sensing::warning::{
    Actual, Context, Sender, Warning, WarningAction, WarningCommand, possible,
};

use super::alerts::numbered;
use super::answers::{ChangeProblems, FilterProblems, OneStaffProblems, ReadProblems};
use super::body::Body;
use super::commands::seen_version;
use super::filter::{USUAL_LIMIT, limit, wrong};
use super::parameters::{IfMatchHeader, SheetQuery, WarningPath};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::alerting::offset_minutes;
use crate::flows::warnings::{sender, warn};
use crate::policy::{Right, User};
use crate::wire::{
    CapBody, DraftBody, PublicWarning, SheetStepView, Time, WarningDetail, WarningStepBody,
    WarningView, WarningsView, Word,
};

/// Warnings read at once while looking for those that were issued.
const PAGE: usize = 100;

/// Warnings of any status, the newest first.
#[utoipa::path(get, path = "/api/v1/warnings", operation_id = "warnings", tag = "alerts", security(("session" = [])),
    params(SheetQuery),
    responses((status = 200, body = WarningsView), FilterProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<WarningsView>> {
    let user = visitor.with(Right::ReadAlerts)?;
    let mut filter = Filter {
        limit: USUAL_LIMIT,
        ..Filter::default()
    };
    let query = query.unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "open" => {
                let open = value.parse().ok();
                filter.open = Some(open.ok_or_else(|| wrong("open", &value, ["true", "false"]))?);
            }
            "before" => {
                let before = value.parse().ok();
                filter.before = Some(before.ok_or_else(|| wrong("before", &value, ["17"]))?);
            }
            "limit" => filter.limit = limit(&value)?,
            other => return Err(wrong("query", other, ["open", "before", "limit"]).into()),
        }
    }
    let found: Vec<Kept<Warning>> = app.store.sheets(filter).map_err(Refusal::from)?;
    let next = (found.len() == filter.limit).then(|| found.last().map(|kept| kept.id));
    Ok(Json(WarningsView {
        warnings: found.iter().map(|kept| shown(&user, kept)).collect(),
        next: next.flatten(),
    }))
}

/// A warning with what happened to it.
#[utoipa::path(get, path = "/api/v1/warnings/{warning}", operation_id = "warning", tag = "alerts", security(("session" = [])),
    params(WarningPath),
    responses((status = 200, body = WarningDetail), OneStaffProblems))]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadAlerts)?;
    let kept = numbered(&app, &id)?;
    detail(&app, &user, &kept)
}

/// Draft a warning.
#[utoipa::path(post, path = "/api/v1/warnings", operation_id = "draft_warning", tag = "alerts", security(("session" = [])),
    request_body = DraftBody,
    responses((status = 201, body = WarningDetail), ChangeProblems))]
pub(super) async fn draft(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<DraftBody>,
) -> Answer<Response> {
    let by = visitor.actor().to_string();
    let user = visitor.with(Right::DraftWarnings)?;
    let command = WarningCommand::Draft {
        alert: body.alert,
        content: body.content,
        ground: body.ground,
        status: body.status.0,
    };
    let sender = sender(&app.store)?;
    let kept = warn(&app.store, None, &command, &context(&app, 0, &by, &sender)).await?;
    Ok((StatusCode::CREATED, detail(&app, &user, &kept)?).into_response())
}

/// What a warning would say in CAP 1.2, before it is drafted, revised, updated or
/// cancelled: nothing is kept. Who is not set yet issues it under a code of zeros.
#[utoipa::path(post, path = "/api/v1/warnings/cap", operation_id = "preview_warning", tag = "alerts", security(("session" = [])),
    request_body = CapBody,
    responses((status = 200, body = String, content_type = "application/cap+xml"), ChangeProblems))]
pub(super) async fn cap(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<CapBody>,
) -> Answer<Response> {
    let by = visitor.actor().to_string();
    visitor.may(Right::ReadAlerts)?;
    let sender = sender(&app.store)?;
    let of: Option<Kept<Warning>> = match body.warning {
        Some(id) => Some(numbered(&app, &id.to_string())?),
        None => None,
    };
    let id = of.as_ref().map_or(0, |kept| kept.id);
    let context = context(&app, id, &by, &sender);
    let before = of.as_ref().map(|kept| &kept.sheet);
    Ok(super::cap::preview(&app, &body, before, &context)?)
}

/// Take a step of a warning: revise, approve, issue, update, cancel.
#[utoipa::path(post, path = "/api/v1/warnings/{warning}/steps", operation_id = "step_warning", tag = "alerts", security(("session" = [])),
    params(WarningPath, IfMatchHeader), request_body = WarningStepBody,
    responses((status = 200, body = WarningDetail), ChangeProblems))]
pub(super) async fn step(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<WarningStepBody>,
) -> Answer<Response> {
    let by = visitor.actor().to_string();
    let user = visitor.with(Right::ReadAlerts)?;
    let (right, command) = command(&user, body);
    user.must(right)?;
    let seen = seen_version(&headers)?;
    let kept: Kept<Warning> = numbered(&app, &id)?;
    let found = kept.version;
    if found != u64::from(seen) {
        return Err(Refusal::from(DocketError::Changed { found }).into());
    }
    let sender = sender(&app.store)?;
    let context = context(&app, kept.id, &by, &sender);
    let kept = warn(&app.store, Some(&kept), &command, &context).await?;
    detail(&app, &user, &kept)
}

/// What is asked, and the right that it needs.
fn command(user: &User, body: WarningStepBody) -> (Right, WarningCommand) {
    match body {
        WarningStepBody::Revise { content } => {
            (Right::DraftWarnings, WarningCommand::Revise { content })
        }
        WarningStepBody::Approve {} => {
            let approver = user.account.name.clone();
            (Right::ApproveWarnings, WarningCommand::Approve { approver })
        }
        WarningStepBody::Issue {} => (Right::DraftWarnings, WarningCommand::Issue),
        WarningStepBody::Update { content } => {
            let grave = content.colour > Colour::Yellow;
            let approver = grave.then(|| user.account.name.clone());
            let right = if grave {
                Right::ApproveWarnings
            } else {
                Right::DraftWarnings
            };
            (right, WarningCommand::Update { approver, content })
        }
        WarningStepBody::Cancel { reason } => {
            (Right::DraftWarnings, WarningCommand::Cancel { reason })
        }
    }
}

/// The warnings that hold now, for everybody: exercises and tests never stand here.
#[utoipa::path(get, path = "/api/v1/public-warnings", operation_id = "public_warnings", tag = "alerts",
    responses((status = 200, body = Vec<PublicWarning>), ReadProblems))]
pub(super) async fn public(State(app): State<Arc<App>>) -> Answer<Json<Vec<PublicWarning>>> {
    let found = issued(&app, Some(true), None, usize::MAX)?;
    let actual = found.iter().filter_map(Actual::of);
    let holding = actual.filter(|actual| actual.holds(now()));
    Ok(Json(holding.filter_map(for_everybody).collect()))
}

/// Warnings that were issued and are actual, the newest first: those with smaller
/// numbers than `before`, at most `most`.
pub(super) fn issued(
    app: &App,
    open: Option<bool>,
    mut before: Option<u64>,
    most: usize,
) -> Result<Vec<Kept<Warning>>, Refusal> {
    let mut found = Vec::new();
    loop {
        let filter = Filter {
            open,
            before,
            limit: PAGE,
        };
        let page: Vec<Kept<Warning>> = app.store.sheets(filter)?;
        let was_last = page.len() < PAGE;
        before = page.last().map(|kept| kept.id);
        found.extend(page.into_iter().filter(|kept| Actual::of(kept).is_some()));
        if was_last || found.len() >= most {
            found.truncate(most);
            return Ok(found);
        }
    }
}

fn for_everybody(actual: Actual<'_>) -> Option<PublicWarning> {
    let last = actual.warning().messages.last()?;
    let content = &last.content;
    Some(PublicWarning {
        id: actual.id(),
        colour: Word(content.colour),
        event_name: (&content.event_name).into(),
        area: (&content.area_words).into(),
        description: (&content.description).into(),
        instruction: (&content.instruction).into(),
        sent: Time(last.sent),
        expires: Time(content.expires),
        areas: content.areas.iter().map(ToString::to_string).collect(),
        cap: format!("/cap/{}.xml", last.identifier),
    })
}

fn context<'a>(app: &App, id: u64, by: &'a str, sender: &'a Sender) -> Context<'a> {
    Context {
        now: now(),
        by,
        id,
        sender,
        offset_minutes: offset_minutes(&app.city(), now()),
    }
}

/// A warning as a reader sees it, with what that reader may do.
pub(super) fn shown(user: &User, kept: &Kept<Warning>) -> WarningView {
    let may = |action: &WarningAction| match action {
        WarningAction::Approve => user.may(Right::ApproveWarnings),
        WarningAction::Update => user.may(Right::DraftWarnings) || user.may(Right::ApproveWarnings),
        _ => user.may(Right::DraftWarnings),
    };
    let actions = possible(&kept.sheet).into_iter().filter(may);
    WarningView::of(kept, actions.map(Word).collect())
}

fn detail(app: &App, user: &User, kept: &Kept<Warning>) -> Answer<Response> {
    let steps = Docket::<Warning>::steps(&app.store, kept.id).map_err(Refusal::from)?;
    let body = WarningDetail {
        warning: shown(user, kept),
        steps: steps.iter().map(SheetStepView::from).collect(),
    };
    let tag = [(header::ETAG, format!("\"{}\"", kept.version))];
    Ok((tag, Json(body)).into_response())
}
