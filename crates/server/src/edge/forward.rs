//! The queue to the city: every reading, in the order in which it came, once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tokio::sync::Mutex;
use tokio::sync::broadcast::error::RecvError;
use yiwang_history::{History, Order, Query, Row, Streams};
use yiwang_sensing::registry::Kind;
use yiwang_sta::{names, observation_body};

use super::link::{Link, LinkError};
use super::state::{State, UnderWay};
use crate::http::App;

/// Most readings of one call; fewer where the city finds that too large.
const AT_ONCE: u64 = 5_000;
/// The status of a call that is too large.
const TOO_LARGE: u16 = 413;
/// The first pause after a call that was not answered, and the longest; each is
/// twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// What of an observation is sent; what it does not say is null.
const COMPONENTS: [&str; 6] = [
    "phenomenonTime",
    "result",
    "resultTime",
    "validTime",
    "parameters",
    "resultQuality",
];

/// Sends readings to the city as they are kept, until the gateway stops.
pub(super) async fn follow(link: Arc<Link>, state: Arc<Mutex<State>>, app: Arc<App>) {
    let mut heard = app.sensing.heard();
    let mut pause = FIRST_PAUSE;
    loop {
        match send_next(&link, &state, &app).await {
            Ok(true) => pause = FIRST_PAUSE,
            Ok(false) => {
                // Everything is sent: until something more is kept.
                if let Err(RecvError::Closed) = heard.recv().await {
                    return;
                }
            }
            Err(error) => {
                let (waiting, pause_ms) = (waiting(&state, &app).await, pause.as_millis() as u64);
                tracing::warn!(%error, waiting, pause_ms, "readings could not be passed on; they are kept and it is tried again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

async fn waiting(state: &Mutex<State>, app: &App) -> u64 {
    let sent = state.lock().await.sent;
    app.sensing.history.next_id().saturating_sub(sent)
}

/// Sends the next batch; false where nothing is left.
async fn send_next(link: &Arc<Link>, state: &Mutex<State>, app: &Arc<App>) -> anyhow::Result<bool> {
    let end = app.sensing.history.next_id();
    let (batch, source) = {
        let mut state = state.lock().await;
        (state.next(end, AT_ONCE)?, state.source.clone())
    };
    let Some(batch) = batch else {
        return Ok(false);
    };
    let worker = Arc::clone(app);
    let read = tokio::task::spawn_blocking(move || body_of(&worker.sensing.history, batch));
    let body = read.await??;
    let refused = match link.send(body, format!("{source}:{}", batch.number)).await {
        Err(LinkError::Refused { status, .. }) if status == TOO_LARGE && batch.len() > 1 => {
            // Nothing of it was taken, so that its number may stand for less.
            state.lock().await.halve()?;
            return Ok(true);
        }
        answer => answer?,
    };
    if refused > 0 {
        tracing::warn!(
            refused,
            "the city has refused readings; they stay in the gateway's history"
        );
    }
    state.lock().await.done(batch, refused)?;
    Ok(true)
}

/// The readings of a batch, as CreateObservations takes them.
fn body_of(history: &History, batch: UnderWay) -> anyhow::Result<Vec<u8>> {
    let mut query = Query::of(Streams::All);
    query.ids = batch.from..batch.to;
    query.order = Order::Arrival;
    let mut rows: Vec<Row> = history.rows(query).collect::<Result<_, _>>()?;
    anyhow::ensure!(
        rows.len() as u64 == batch.to - batch.from,
        "readings {}–{} are not all there",
        batch.from,
        batch.to
    );
    // Streams that take turns would each need a group of their own.
    rows.sort_by_key(|row| row.reading.stream);
    let groups = rows.chunk_by(|one, other| one.reading.stream == other.reading.stream);
    let groups = groups.map(|group| {
        let cells = group.iter().map(|row| {
            let note = row.note.as_deref();
            let body = observation_body(row.reading.at, row.reading.value, note);
            Json::Array(COMPONENTS.map(|name| cell(&body, name)).to_vec())
        });
        let mut one = Map::new();
        let stream = group[0].reading.stream.0;
        let datastream = names::one(Kind::Datastream);
        one.insert(datastream.into(), json!({names::ID: stream}));
        one.insert(names::COMPONENTS.into(), json!(COMPONENTS));
        one.insert(names::DATA_ARRAY.into(), cells.collect());
        Json::Object(one)
    });
    let groups: Vec<Json> = groups.collect();
    Ok(serde_json::to_vec(&groups)?)
}

fn cell(body: &Map<String, Json>, name: &str) -> Json {
    body.get(name).cloned().unwrap_or(Json::Null)
}
