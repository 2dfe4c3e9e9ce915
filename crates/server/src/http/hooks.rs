//! Webhooks: what other systems are told, and what they did not take.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::StoreError;

use super::answers::{CaseProblems, CommandBodyProblems, StaffProblems};
use super::body::Body;
use super::parameters::HookPath;
use super::problem::Answer;
use super::session::{Visitor, no_randomness};
use super::state::{App, now};
use crate::policy::Right;
use crate::webhooks::{Hook, Secret};
use crate::wire::{
    DeadLetter, HookBody, HookSetView, HookView, ResendBody, ResentView, Time, Word,
};

/// Most dead letters in one answer.
const MOST_DEAD: usize = 500;

/// The webhooks and how they stand.
#[utoipa::path(get, path = "/api/v1/webhooks", operation_id = "webhooks", tag = "webhooks", security(("session" = [])),
    responses((status = 200, body = Vec<HookView>), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Vec<HookView>>> {
    visitor.may(Right::SetHooks)?;
    let mut views = Vec::new();
    for (hook, _) in Hook::all(&app.store)? {
        views.push(view(&app, hook).await?);
    }
    Ok(Json(views))
}

/// Set a webhook: a new code makes a new one. What it is told begins with what
/// happens from now on.
#[utoipa::path(post, path = "/api/v1/webhooks", operation_id = "set_webhook", tag = "webhooks", security(("session" = [])),
    request_body = HookBody,
    responses((status = 200, body = HookSetView), CommandBodyProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<HookBody>,
) -> Answer<Json<HookSetView>> {
    let actor = visitor.actor();
    visitor.may(Right::SetHooks)?;
    let hook = Hook {
        active: body.active,
        code: body.code,
        events: body.events,
        purpose: body.purpose.0,
        url: body.url,
    };
    hook.check(app.options.hook_reach)?;
    let known = Hook::all(&app.store)?;
    let known = known.into_iter().find(|(known, _)| known.code == hook.code);
    let secret = match known {
        Some((_, secret)) if !body.new_secret => (secret, false),
        _ => (Secret::new().map_err(|error| no_randomness(&error))?, true),
    };
    let item = hook.item(&secret.0)?;
    app.store
        .set_items(vec![item], actor.to_string(), None, now())
        .await?;
    // From here on, not from when its follower first looks.
    app.store.hook_state(&hook.code).await?;
    app.hooks_changed();
    Ok(Json(HookSetView {
        webhook: view(&app, hook).await?,
        secret: secret.1.then(|| secret.0.show()),
    }))
}

/// Events that a webhook's receiver did not take, oldest first.
#[utoipa::path(get, path = "/api/v1/webhooks/{hook}/dead", operation_id = "dead_letters", tag = "webhooks", security(("session" = [])),
    params(HookPath),
    responses((status = 200, body = Vec<DeadLetter>), CaseProblems))]
pub(super) async fn dead(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Answer<Json<Vec<DeadLetter>>> {
    visitor.may(Right::SetHooks)?;
    let hook = known(&app, &code)?;
    let dead = app.store.held(&hook.code, true, MOST_DEAD).await?;
    let letters = dead.into_iter().map(|held| DeadLetter {
        seq: held.seq,
        id: held.case.to_string(),
        attempts: held.attempts,
        error: held.error,
    });
    Ok(Json(letters.collect()))
}

/// Try dead letters again: those named, or all.
#[utoipa::path(post, path = "/api/v1/webhooks/{hook}/resend", operation_id = "resend", tag = "webhooks", security(("session" = [])),
    params(HookPath), request_body = ResendBody,
    responses((status = 200, body = ResentView), CommandBodyProblems))]
pub(super) async fn resend(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
    Body { value: body, .. }: Body<ResendBody>,
) -> Answer<Json<ResentView>> {
    visitor.may(Right::SetHooks)?;
    let hook = known(&app, &code)?;
    let resent = app.store.resend_held(&hook.code, body.seqs, now()).await?;
    app.hooks_changed();
    Ok(Json(ResentView { resent }))
}

fn known(app: &App, code: &str) -> Result<Hook, Refusal> {
    let hooks = Hook::all(&app.store)?;
    let found = hooks.into_iter().find(|(hook, _)| hook.code == code);
    found.map(|(hook, _)| hook).ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "hook.unknown",
            "没有这个推送",
            "there is no such webhook",
        )
        .found(code)
    })
}

async fn view(app: &App, hook: Hook) -> Result<HookView, StoreError> {
    let state = app.store.hook_state(&hook.code).await?;
    let held = app.store.held_counts(&hook.code).await?;
    let end = *app.store.durable().borrow();
    Ok(HookView {
        code: hook.code,
        url: hook.url,
        events: hook.events,
        purpose: Word(hook.purpose),
        active: hook.active,
        behind: end.saturating_sub(state.next),
        waiting: held.waiting,
        dead: held.dead,
        told_at: state.told_at.map(Time),
        retry_at: state.retry_at.filter(|at| *at > now()).map(Time),
        error: state.error,
    })
}
