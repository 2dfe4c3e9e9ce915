//! Readings that are kept, from whatever door, to those who subscribe to them.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value as Json;
use tokio::sync::broadcast::error::RecvError;
use yiwang_history::{Chunk, Order, Query, Streams};
use yiwang_mqtt::{Message, QoS};
use yiwang_sensing::Reading;
use yiwang_sensing::registry::Kind;
use yiwang_sta::{Links, Options, entity_json, names, observation_body};

use super::Hub;
use super::door::{Place, observations};
use super::hub::Wanted;
use crate::http::App;

/// How many readings are looked up at once of those that were missed.
const AT_ONCE: usize = 10_000;
/// Where entities are, as messages say it: below the server.
const ROOT: &str = "/sta/v1.1";

/// Announces readings until nothing more is kept.
pub(super) async fn follow(app: Arc<App>, hub: Arc<Hub>) {
    let mut heard = app.sensing.heard();
    let mut next = app.sensing.history.next_id();
    loop {
        match heard.recv().await {
            Ok(chunk) => {
                let end = chunk.first + chunk.readings.len() as u64;
                if end > next {
                    announce(&hub, &chunk);
                    next = end;
                }
            }
            Err(RecvError::Lagged(missed)) => {
                tracing::debug!(missed, "subscribers are behind; readings are looked up");
                // What was missed and what comes again: at least once.
                heard = heard.resubscribe();
                next = catch_up(&app, &hub, next).await;
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn catch_up(app: &Arc<App>, hub: &Hub, mut next: u64) -> u64 {
    loop {
        let worker = Arc::clone(app);
        let rows = tokio::task::spawn_blocking(move || {
            let mut query = Query::of(Streams::All);
            query.ids = next..u64::MAX;
            (query.order, query.limit) = (Order::Arrival, Some(AT_ONCE));
            worker
                .sensing
                .history
                .rows(query)
                .collect::<Result<Vec<_>, _>>()
        });
        let rows = match rows.await {
            Ok(Ok(rows)) => rows,
            Ok(Err(error)) => {
                tracing::error!(%error, "readings cannot be read for subscribers");
                return next;
            }
            Err(_) => return next,
        };
        let Some(last) = rows.last() else { return next };
        next = last.id + 1;
        hub.publish_wanted(|wanted| {
            let messages = rows.iter();
            messages
                .flat_map(|row| messages_of(&wanted, row.id, row.reading, row.note.as_deref()))
                .collect()
        });
    }
}

fn announce(hub: &Hub, chunk: &Chunk) {
    hub.publish_wanted(|wanted| {
        if !wanted.broker.is_any_wanted(names::VERSION) {
            return Vec::new();
        }
        let readings = (chunk.first..).zip(&chunk.readings).enumerate();
        readings
            .flat_map(|(at, (id, reading))| messages_of(&wanted, id, *reading, chunk.note(at)))
            .collect()
    });
}

/// The messages that somebody wants of a reading.
fn messages_of(wanted: &Wanted<'_>, id: u64, reading: Reading, note: Option<&str>) -> Vec<Message> {
    let set = names::set(Kind::Observation);
    let sets = [
        format!("{}/{set}", names::VERSION),
        format!(
            "{}/{}({})/{set}",
            names::VERSION,
            names::set(Kind::Datastream),
            reading.stream.0
        ),
    ];
    let mut messages = Vec::new();
    for set in sets {
        for topic in wanted.narrowed(&set).chain([&*set]) {
            if !wanted.broker.is_wanted(topic) {
                continue;
            }
            let body = observation_body(reading.at, reading.value, note);
            let select = selected(topic).unwrap_or_default();
            let links = Links::new(ROOT);
            let entity = entity_json(&links, Kind::Observation, id, body, &select, &[]);
            messages.push(Message {
                topic: topic.into(),
                payload: Bytes::from(Json::Object(entity).to_string()),
                qos: QoS::AtLeastOnce,
                retain: false,
            });
        }
    }
    messages
}

/// Which fields a topic selects; none where it says anything else.
fn selected(topic: &str) -> Option<Vec<String>> {
    let Some((_, query)) = topic.split_once('?') else {
        return Some(Vec::new());
    };
    let pair = query
        .split_once('=')
        .filter(|(name, _)| *name == "$select")?;
    let options = Options::read(Kind::Observation, [pair].into_iter());
    options.ok().map(|options| options.select)
}

/// Whether a filter below `v1.1` is one under which something is published.
pub(super) fn is_announced(filter: &str) -> bool {
    let path = filter.split('?').next().unwrap_or(filter);
    let wild = filter.contains(['+', '#']);
    let set = observations(path).is_some_and(|place| place != Place::Elsewhere);
    if wild {
        path == filter
    } else {
        set && selected(filter).is_some()
    }
}
