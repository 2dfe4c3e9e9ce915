//! Changes as they happen: Server-Sent Events.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use yiwang_base::Refusal;
use yiwang_cases::StoreError;
use yiwang_sensing::alert::Alert;
use yiwang_sensing::warning::Warning;
use yiwang_store::{Changed, DossierMoved, SheetMoved, WhistleChanged};

use super::answers::StaffProblems;
use super::filter::wrong;
use super::problem::Answer;
use super::session::{Session, Visitor};
use super::state::{App, now};
use crate::policy::{Right, User};
use crate::wire::{
    AlertChangeView, AlertView, ChangeView, DossierChangeView, EventWord, Time, WarningChangeView,
    WhistleChangeView, WhistleEventWord, Word,
};

/// How many changes are read at once, and how often at most.
const BATCH: usize = 200;
const PACE: Duration = Duration::from_millis(100);
/// How often it is asked whether the reader is still signed in.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Changes of cases and whistles as they happen, `text/event-stream`. An event's id is the
/// entry's number; `Last-Event-ID` replays what came after it. A first connection may name
/// the entry that it begins from, as the session told it.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "watch_cases", tag = "cases", security(("session" = [])),
    params(
        ("Last-Event-ID" = Option<u64>, Header, description = "the last event received"),
        ("from" = Option<u64>, Query, description = "without it: the first entry to tell of"),
    ),
    responses(
        (status = 200, content_type = "text/event-stream", body = String,
            description = "`ready` once, then a `case`, a `whistle`, a `dossier`, an `alert` or a `warning` for each change; its data is a `ChangeView`, a `WhistleChangeView`, a `DossierChangeView`, an `AlertChangeView` or a `WarningChangeView`"),
        StaffProblems,
    ))]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadCases)?;
    user.bound_to()?;
    let last = headers
        .get("Last-Event-ID")
        .and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let durable = *app.store.durable().borrow();
    let named = named(&query.unwrap_or_default())?;
    let from = last
        .map(|last| last.saturating_add(1))
        .or(named)
        .map_or(durable, |from| from.min(durable));
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    let session = Session::of(&headers);
    let sse = Sse::new(changes(app, user, session, from)).keep_alive(keep_alive);
    Ok(([(header::CACHE_CONTROL, "no-store")], sse).into_response())
}

/// The entry that a first connection names.
fn named(query: &str) -> Result<Option<u64>, Refusal> {
    let mut from = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (name.as_ref(), value.parse()) {
            ("from", Ok(number)) => from = Some(number),
            ("from", Err(_)) => return Err(wrong("from", &value, ["17"])),
            (other, _) => return Err(wrong("query", other, ["from"])),
        }
    }
    Ok(from)
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
        let mut read = asked.checked_sub(PACE).unwrap_or(asked);
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
            let (changed, full) = match batch(&app, from).await {
                Ok(batch) => batch,
                Err(error) => {
                    // The page reconnects and asks again from its last event.
                    tracing::error!(%error, "the change feed could not be read");
                    return;
                }
            };
            for (seq, change) in changed {
                from = seq + 1;
                if let Some(event) = change.for_reader(&user) {
                    yield Ok(event);
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
                        // The first change after a while is told at once.
                        tokio::time::sleep(PACE.saturating_sub(read.elapsed())).await;
                        read = Instant::now();
                    }
                }
            }
        }
    }
}

/// A change of whichever sort.
enum Change {
    Case(Box<Changed>),
    Whistle(Box<WhistleChanged>),
    Dossier(Box<DossierMoved>),
    Alert(Box<SheetMoved<Alert>>),
    Warning(Box<SheetMoved<Warning>>),
}

impl Change {
    /// The event, if this reader may hear of it.
    fn for_reader(&self, user: &User) -> Option<Event> {
        match self {
            Change::Case(change) => user.sees(&change.case).then(|| event(change)),
            Change::Whistle(change) => user
                .sees_whistle(&change.whistle)
                .then(|| whistle_event(change)),
            Change::Dossier(change) => Some(dossier_event(change)),
            Change::Alert(change) => user
                .may(Right::ReadAlerts)
                .then(|| alert_event(change, user)),
            Change::Warning(change) => user
                .may(Right::ReadAlerts)
                .then(|| warning_event(change, user)),
        }
    }
}

/// The next changes in the order of their entries, and whether there may be
/// more at once. Where one sort has more than a batch, the others wait for it.
async fn batch(app: &App, from: u64) -> Result<(BTreeMap<u64, Change>, bool), StoreError> {
    let cases = app.store.changes_from(from, BATCH).await?;
    let whistles = app.store.whistle_changes_from(from, BATCH).await?;
    let horizon = |full: bool, last: Option<u64>| last.filter(|_| full).unwrap_or(u64::MAX);
    let dossiers = app.store.dossiers_from(from, BATCH).await?;
    let alerts = app.store.sheets_from::<Alert>(from, BATCH).await?;
    let warnings = app.store.sheets_from::<Warning>(from, BATCH).await?;
    let until = [
        horizon(alerts.len() == BATCH, alerts.last().map(|c| c.seq)),
        horizon(warnings.len() == BATCH, warnings.last().map(|c| c.seq)),
        horizon(cases.len() == BATCH, cases.last().map(|c| c.seq)),
        horizon(whistles.len() == BATCH, whistles.last().map(|c| c.seq)),
        horizon(dossiers.len() == BATCH, dossiers.last().map(|c| c.seq)),
    ];
    let until = until.into_iter().min().unwrap_or(u64::MAX);
    let cases = cases
        .into_iter()
        .map(|change| (change.seq, Change::Case(Box::new(change))));
    let whistles = whistles
        .into_iter()
        .map(|change| (change.seq, Change::Whistle(Box::new(change))));
    let dossiers = dossiers
        .into_iter()
        .map(|change| (change.seq, Change::Dossier(Box::new(change))));
    let alerts = alerts
        .into_iter()
        .map(|change| (change.seq, Change::Alert(Box::new(change))));
    let warnings = warnings
        .into_iter()
        .map(|change| (change.seq, Change::Warning(Box::new(change))));
    let changes = cases
        .chain(whistles)
        .chain(dossiers)
        .chain(alerts)
        .chain(warnings)
        .filter(|(seq, _)| *seq <= until);
    Ok((changes.collect(), until != u64::MAX))
}

fn alert_event(change: &SheetMoved<Alert>, user: &User) -> Event {
    let view = AlertChangeView {
        seq: change.seq,
        event: change.event.to_owned(),
        by: change.by.clone(),
        alert: AlertView::of(&change.kept, user.may(Right::HandleAlerts), now()),
    };
    let data = serde_json::to_string(&view).unwrap_or_default();
    Event::default()
        .event("alert")
        .id(change.seq.to_string())
        .data(data)
}

fn warning_event(change: &SheetMoved<Warning>, user: &User) -> Event {
    let view = WarningChangeView {
        seq: change.seq,
        event: change.event.to_owned(),
        by: change.by.clone(),
        warning: super::warnings::shown(user, &change.kept),
    };
    let data = serde_json::to_string(&view).unwrap_or_default();
    Event::default()
        .event("warning")
        .id(change.seq.to_string())
        .data(data)
}

fn dossier_event(change: &DossierMoved) -> Event {
    let dossier = &change.dossier;
    let view = DossierChangeView {
        seq: change.seq,
        id: dossier.id.to_string(),
        kind: Word(dossier.kind()),
        version: dossier.version,
        event: change.event.clone(),
        state: dossier.head().state.to_owned(),
        by: change.by.clone(),
    };
    let data = serde_json::to_string(&view).unwrap_or_default();
    Event::default()
        .event("dossier")
        .id(change.seq.to_string())
        .data(data)
}

fn whistle_event(change: &WhistleChanged) -> Event {
    let whistle = &change.whistle;
    let view = WhistleChangeView {
        seq: change.seq,
        id: whistle.id.to_string(),
        version: whistle.version,
        event: WhistleEventWord(change.event),
        kind: Word(whistle.kind),
        stage: Word(whistle.stage),
        case: whistle.case.map(|case| case.to_string()),
        due_at: whistle.due_at().map(Time),
        late: whistle.is_late(now()),
        by: change.by.clone(),
    };
    let data = serde_json::to_string(&view).unwrap_or_default();
    Event::default()
        .event("whistle")
        .id(change.seq.to_string())
        .data(data)
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
