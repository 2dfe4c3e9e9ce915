//! The queue to the city: every reading, in the order in which it came, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, Notify};
use yiwang_history::{History, Order, Query, Row, Streams};
use yiwang_sensing::registry::Kind;
use yiwang_sta::{names, observation_body};

use super::link::{Link, LinkError};
use super::state::{State, UnderWay};
use crate::http::{App, now};

/// Most readings of one call; fewer where the city finds that too large, or takes
/// few in a minute.
const AT_ONCE: u64 = 5_000;
/// How much of what the city takes in a minute one call may hold, and all of them
/// together may: beyond it the gateway would be taken for a flood.
const ONE_CALL: u64 = 10;
const OF_A_MINUTE: f64 = 0.8;
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

/// What is passed on, and where to.
pub(super) struct Queue {
    pub(super) link: Arc<Link>,
    pub(super) state: Arc<Mutex<State>>,
    pub(super) app: Arc<App>,
    /// Most readings that wait.
    pub(super) buffer: u64,
    /// Told when readings were left out.
    pub(super) changed: Arc<Notify>,
}

/// Sends readings to the city as they are kept, until the gateway stops.
/// `most_per_minute` is how many the city takes.
pub(super) async fn follow(queue: Queue, most_per_minute: Arc<AtomicU64>) {
    let mut heard = queue.app.sensing.heard();
    let mut pause = FIRST_PAUSE;
    loop {
        let most = most_per_minute.load(Ordering::Relaxed);
        let at_once = AT_ONCE.min((most / ONE_CALL).max(1));
        match queue.send_next(at_once).await {
            Ok(Some(sent)) => {
                pause = FIRST_PAUSE;
                let most = most_per_minute.load(Ordering::Relaxed);
                tokio::time::sleep(pace(sent, most)).await;
            }
            Ok(None) => {
                // Everything is sent: until something more is kept.
                if let Err(RecvError::Closed) = heard.recv().await {
                    return;
                }
            }
            Err(error) => {
                let (waiting, pause_ms) = (queue.waiting().await, pause.as_millis() as u64);
                let beyond = waiting.saturating_sub(queue.buffer);
                tracing::warn!(%error, waiting, beyond, pause_ms, "readings could not be passed on; they are kept and it is tried again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// How long to wait after so many readings.
fn pace(sent: u64, most_per_minute: u64) -> Duration {
    let most = most_per_minute.max(1) as f64 * OF_A_MINUTE;
    Duration::from_secs_f64((sent as f64 * 60.0 / most).min(60.0))
}

impl Queue {
    async fn waiting(&self) -> u64 {
        let sent = self.state.lock().await.sent;
        self.app.sensing.history.next_id().saturating_sub(sent)
    }

    /// Sends the next batch, of at most so many readings; gives how many it had, or none
    /// where nothing is left.
    async fn send_next(&self, at_once: u64) -> anyhow::Result<Option<u64>> {
        let end = self.app.sensing.history.next_id();
        let (batch, source, dropped) = {
            let mut state = self.state.lock().await;
            let dropped = state.shorten(end, self.buffer, now())?;
            (state.next(end, at_once)?, state.source.clone(), dropped)
        };
        if dropped > 0 {
            tracing::warn!(
                dropped,
                buffer = self.buffer,
                "more readings waited than the buffer holds: the oldest are not passed on; they stay in the gateway's history"
            );
            self.changed.notify_one();
        }
        let Some(batch) = batch else {
            return Ok(None);
        };
        let worker = Arc::clone(&self.app);
        let read = tokio::task::spawn_blocking(move || body_of(&worker.sensing.history, batch));
        let body = read.await??;
        let key = format!("{source}:{}", batch.number);
        let refused = match self.link.send(body, key).await {
            Err(LinkError::Refused { status, .. }) if status == TOO_LARGE && batch.len() > 1 => {
                // Nothing of it was taken, so that its number may stand for less.
                self.state.lock().await.halve()?;
                return Ok(Some(0));
            }
            answer => answer?,
        };
        if refused > 0 {
            tracing::warn!(
                refused,
                "the city has refused readings; they stay in the gateway's history"
            );
        }
        self.state.lock().await.done(batch, refused)?;
        Ok(Some(batch.len()))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_caught_up_in_a_minute_is_no_flood() {
        for most in [1, 60, 1000, 600_000] {
            let call = AT_ONCE.min((most / ONE_CALL).max(1));
            // What goes out within a minute, beginning with a call.
            let calls = 1 + (60.0 / pace(call, most).as_secs_f64()) as u64;
            assert!(
                calls * call <= most.max(2),
                "{most}: {calls} calls of {call}"
            );
        }
        assert_eq!(pace(0, 10), Duration::ZERO);
    }
}
