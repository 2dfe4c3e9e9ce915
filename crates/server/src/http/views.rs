//! Saved views of the desk: each person sets the own ones whole.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use yiwang_base::{Purpose, Refusal, RefusalKind};
use yiwang_cases::StoreError;
use yiwang_cases::views::{Circle, SavedView, ViewStore as _, check_views};

use super::answers::{ChangeProblems, StaffProblems};
use super::body::Body;
use super::commands::seen_version;
use super::filter;
use super::parameters::IfMatchHeader;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::policy::{Right, User};
use crate::wire::{Views, ViewsBody};

/// The reader's saved views, and what others of the same work share.
#[utoipa::path(get, path = "/api/v1/views", operation_id = "list_views", tag = "cases",
    security(("session" = [])), responses((status = 200, body = Views), StaffProblems))]
pub(super) async fn list(State(app): State<Arc<App>>, visitor: Visitor) -> Answer<Json<Views>> {
    let user = visitor.with(Right::KeepViews)?;
    Ok(Json(seen_by(&app, &user).await?))
}

/// Set one's own views, all together: so they are added, renamed, ordered, shared and deleted.
#[utoipa::path(put, path = "/api/v1/views", operation_id = "set_views", tag = "cases",
    security(("session" = [])), params(IfMatchHeader), request_body = ViewsBody,
    responses((status = 200, body = Views), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<ViewsBody>,
) -> Answer<Json<Views>> {
    let user = visitor.with(Right::KeepViews)?;
    let seen = seen_version(&headers)?;
    let views: Vec<SavedView> = body.views.into_iter().map(SavedView::from).collect();
    check_views(&views)?;
    // What the list would refuse is not kept to be refused later.
    for (at, view) in views.iter().enumerate() {
        let query = view.query.disclose(Purpose::HandleCase);
        filter::read(query, &app.city(), &user, now())
            .map_err(|refusal| refusal.at(format!("views[{at}].query")))?;
    }
    let (name, circle) = (&user.account.name, circle(&user));
    let set = app.store.set_views(name, &circle, seen, views).await;
    set.map_err(moved_on)?;
    Ok(Json(seen_by(&app, &user).await?))
}

async fn seen_by(app: &App, user: &User) -> Result<Views, Refusal> {
    let name = &user.account.name;
    let shelf = app.store.views(name).await?;
    let own = circle(user);
    let mut shared = app.store.shared_views(&own, name).await?;
    // Who was moved or stopped since then shares no more.
    let accounts = app.store.accounts()?;
    shared.retain(|(of, _)| {
        let owner = accounts.iter().find(|account| account.name == *of);
        owner.is_some_and(|owner| {
            !owner.disabled && owner.role == own.role && owner.unit == own.unit
        })
    });
    Ok(Views::of(&shelf, &shared))
}

/// Who does the same work as a user.
fn circle(user: &User) -> Circle {
    Circle {
        role: user.role.word().to_owned(),
        unit: user.account.unit.clone(),
    }
}

fn moved_on(error: StoreError) -> Refusal {
    match error {
        StoreError::Changed { current } => Refusal::new(
            RefusalKind::Changed,
            "view.changed",
            "保存的视图已在别处改过，请重新载入后再改",
            "your views were changed elsewhere; reload them and try again",
        )
        .at("If-Match")
        .allowing([current.to_string()]),
        other => other.into(),
    }
}
