//! The extension `servicerequestupdates`: what happened to requests since a
//! time, and what a partner's user says of one.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use jiff::SignedDuration;
use serde_json::{Value, json};
use yiwang_base::{Personal, Refusal, RefusalKind, Timestamp};
use yiwang_cases::{Actor, Asked, Case, CaseStore, Command, Context, execute};

use super::answer::Format;
use super::form::{Form, wrong};
use super::requests::{find, w3c};
use super::status;
use super::submit::sender;
use crate::http::commands::receipt;
use crate::http::problem::Answer;
use crate::http::state::{App, now};
use crate::policy::User;

/// Most updates in one answer; the next call begins with the last one's time.
const MAX_UPDATES: usize = 1000;
/// What a query without dates asks for.
const USUAL: SignedDuration = SignedDuration::from_hours(24);
/// What may be said of a request.
const SAYS: [&str; 4] = ["FIXED", "CLOSED", "OPEN", "REOPEN"];

/// What happened since a time, oldest first.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let form = Form::of_query(query.as_deref());
    let until = form.time("end_date")?.unwrap_or(Timestamp::MAX);
    let day_ago = now().checked_sub(USUAL).unwrap_or(Timestamp::MIN);
    let from = form.time("start_date")?.unwrap_or(day_ago);
    let zone = app.city().rules.calendar.zone().clone();
    let changes = app.store.changes_recorded(from, until, MAX_UPDATES).await?;
    let updates: Vec<Value> = changes
        .iter()
        .map(|change| {
            json!({
                "update_id": change.seq.to_string(),
                "service_request_id": change.case.id.to_string(),
                "status": status::update_status(change.event, &change.case),
                "updated_datetime": w3c(change.at, &zone),
                "description": change.event,
                "media_url": null,
            })
        })
        .collect();
    Format::of_uri(&uri).answer("service_request_updates", &updates.into())
}

/// What a partner's user says: solved, or not.
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Answer<Response> {
    let form = Form::of_body(&headers, &body)?;
    let user = sender(&app, &form).await?;
    let case = find(&app, form.must("service_request_id")?).await?;
    own(&app, &user, &case).await?;
    let description = form.get("description").map(str::to_owned);
    let command = match form.must("status")? {
        "FIXED" | "CLOSED" => Command::CallBack {
            reached: true,
            solved: Some(true),
            satisfaction: None,
            note: description.map(Personal::new),
        },
        "OPEN" | "REOPEN" => Command::Reopen {
            note: Personal::new(form.must("description")?.to_owned()),
        },
        other => return Err(wrong("status", other, SAYS).into()),
    };
    let actor = Actor::User(user.account.name.clone());
    let path = format!("open311/updates/{}", case.id);
    let receipt = receipt(&headers, &actor, &Method::POST, &path, &body)?;
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let asked = Asked {
        id: Some(case.id),
        seen_version: None,
        command,
        receipt,
    };
    let case = execute(&app.store, &asked, &context).await?;
    let id = format!("{}.{}", case.id, case.version);
    let received = json!([{ "update_id": id, "account_id": form.get("account_id") }]);
    let mut answer = Format::of_uri(&uri).answer("service_request_updates", &received)?;
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}

/// A partner speaks for the residents whose requests it sent, for no others.
async fn own(app: &App, user: &User, case: &Case) -> Result<(), Refusal> {
    let timeline = app.store.timeline(case.id).await?;
    let by = timeline.first().map(|recorded| &recorded.happening.by);
    if by == Some(&Actor::User(user.account.name.clone())) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Forbidden,
        "open311.not-yours",
        "这个案卷不是由您报送的",
        "this request was not sent with your key",
    )
    .at("service_request_id")
    .found(case.id.to_string()))
}
