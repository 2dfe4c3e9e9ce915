//! Changes as they happen: Server-Sent Events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use yiwang_store::Changed;

use super::answers::StaffProblems;
use super::problem::Answer;
use super::session::{Session, Visitor};
use super::state::{App, now};
use crate::policy::{Right, User};
use crate::wire::{ChangeView, EventWord, Time, Word};

/// How many changes are read at once, and how often at most.
const BATCH: usize = 200;
const PACE: Duration = Duration::from_millis(200);
/// How often it is asked whether the reader is still signed in.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Changes of cases as they happen, `text/event-stream`. An event's id is the
/// entry's number; `Last-Event-ID` replays what came after it.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "watch_cases", tag = "cases", security(("session" = [])),
    params(("Last-Event-ID" = Option<u64>, Header, description = "the last event received")),
    responses(
        (status = 200, content_type = "text/event-stream", body = String,
            description = "`ready` once, then a `case` for each change; its data is a `ChangeView`"),
        StaffProblems,
    ))]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadCases)?;
    user.bound_to()?;
    let last = headers
        .get("Last-Event-ID")
        .and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let durable = *app.store.durable().borrow();
    let from = last
        .map_or(durable, |last| last.saturating_add(1))
        .min(durable);
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    let session = Session::of(&headers);
    let sse = Sse::new(changes(app, user, session, from)).keep_alive(keep_alive);
    Ok(([(header::CACHE_CONTROL, "no-store")], sse).into_response())
}

fn changes(
    app: Arc<App>,
    user: User,
    session: Option<Session>,
    mut from: u64,
) -> impl Stream<Item = Result<Event, Infallible>> {
    async_stream::stream! {
        let mut durable = app.store.durable();
        let mut asked = Instant::now();
        // Tells the page at once that it is connected, and from where.
        yield Ok(Event::default().event("ready").data(from.to_string()));
        loop {
            if asked.elapsed() >= ASK_AGAIN {
                let Some(session) = &session else { return };
                if !session.is_still(&app, &user).await {
                    return;
                }
                asked = Instant::now();
            }
            let changed = match app.store.changes_from(from, BATCH).await {
                Ok(changed) => changed,
                Err(error) => {
                    // The page reconnects and asks again from its last event.
                    tracing::error!(%error, "the change feed could not be read");
                    return;
                }
            };
            let full = changed.len() == BATCH;
            for change in changed {
                from = change.seq + 1;
                if user.sees(&change.case) {
                    yield Ok(event(&change));
                }
            }
            if !full {
                tokio::select! {
                    () = app.stopped() => return,
                    () = tokio::time::sleep(ASK_AGAIN) => {}
                    more = durable.changed() => {
                        if more.is_err() {
                            return;
                        }
                        tokio::time::sleep(PACE).await;
                    }
                }
            }
        }
    }
}

fn event(change: &Changed) -> Event {
    let case = &change.case;
    let view = ChangeView {
        seq: change.seq,
        id: case.id.to_string(),
        version: case.version,
        event: EventWord(change.event),
        stage: Word(case.stage),
        unit: case.unit.as_ref().map(ToString::to_string),
        area: case.area.as_ref().map(ToString::to_string),
        category: case.category.as_ref().map(ToString::to_string),
        late: case.is_late(now()),
        due_at: case.due_at.map(Time),
        by: change.by.clone(),
    };
    let data = serde_json::to_string(&view).unwrap_or_default();
    Event::default()
        .event("case")
        .id(change.seq.to_string())
        .data(data)
}
