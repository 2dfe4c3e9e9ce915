//! What is published, as readings.
//!
//! A message is acknowledged after its readings are durable. One that is sent
//! again, because its acknowledgement was lost, says so (DUP); its readings are
//! then looked up and not kept twice: by stream, time and result, and where the
//! message says no time, by a mark made of client, number and content, which the
//! observation has among its parameters.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_history::{Batch, History, HistoryError, Order, Query, Row, Streams};
use yiwang_mqtt::{ClientName, Publish, QoS};
use yiwang_sensing::registry::Kind;
use yiwang_sensing::{Reading, StreamId};
use yiwang_sta::{End, Path, Step, names, read_observation};

use super::mapping::Matched;
use crate::http::App;
use crate::sensing::{Sender, add_features};

/// How many of a stream's last readings are looked through for a mark, and how old one
/// may be: packet numbers come again, and with them what a gauge says again and again.
const LOOKED_THROUGH: usize = 1024;
const MARK_HOLDS_MS: i64 = 15 * 60 * 1000;

/// Where observations are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `v1.1/Observations`: the message names its datastream.
    Set,
    /// `v1.1/Datastreams(1)/Observations`.
    Stream(StreamId),
    /// Another address of SensorThings, or none at all.
    Elsewhere,
}

/// Where a topic below `v1.1` leads; none for other topics.
pub(super) fn observations(topic: &str) -> Option<Place> {
    let path = topic.strip_prefix(names::VERSION)?.strip_prefix('/')?;
    let Ok(path) = Path::read(path) else {
        return Some(Place::Elsewhere);
    };
    let is_set = |step: &Step| (step.kind, step.id) == (Kind::Observation, None);
    let place = match path.steps.as_slice() {
        _ if path.end != End::Whole => Place::Elsewhere,
        [set] if is_set(set) => Place::Set,
        [stream, set] if is_set(set) && stream.kind == Kind::Datastream => stream
            .id
            .map_or(Place::Elsewhere, |id| Place::Stream(StreamId(id))),
        _ => Place::Elsewhere,
    };
    Some(place)
}

/// What messages under a topic mean.
pub(super) enum Meant {
    /// An observation of SensorThings.
    Observation(Place),
    /// What mappings say.
    Mapped(Matched),
}

/// What messages under a topic mean; none where they are no readings.
pub(super) fn meant(app: &App, topic: &str) -> Option<Meant> {
    match observations(topic) {
        Some(place) => Some(Meant::Observation(place)),
        None => app.sensing.mappings.matching(topic).map(Meant::Mapped),
    }
}

/// A reading as it was published.
struct Published {
    reading: Reading,
    note: Option<Box<str>>,
    /// Which observation's feature it names.
    feature: Option<u64>,
}

/// What became of messages with readings; those not named are kept.
pub(super) struct Fate {
    /// What was refused for good, and of which message, by its position.
    pub(super) refused: Vec<(usize, Refusal)>,
}

/// Keeps the readings of messages; returns when they are durable.
///
/// # Errors
/// When nothing can be taken from this client now: the messages are not to be
/// acknowledged.
pub(super) async fn take(
    app: &Arc<App>,
    client: &ClientName,
    messages: &[(Meant, Publish)],
    now: Timestamp,
) -> Result<Fate, Refusal> {
    let mut refused = Vec::new();
    let mut batch = Batch::default();
    let mut features = Vec::new();
    // Of which message each reading is.
    let mut of = Vec::new();
    for (position, (meant, message)) in messages.iter().enumerate() {
        let read = match meant {
            Meant::Observation(place) => {
                read(client, *place, message, now).map(|published| vec![published])
            }
            Meant::Mapped(matched) => read_mapped(client, matched, message, now),
        };
        let all = match read {
            Ok(all) => all,
            Err(refusal) => {
                app.sensing.devices.malformed(&client.account, now);
                refused.push((position, refusal));
                continue;
            }
        };
        for published in all {
            if message.dup && is_known(app, &published).await? {
                continue;
            }
            let stream = published.reading.stream;
            features.extend(published.feature.map(|feature| (feature, stream)));
            batch.readings.push(published.reading);
            let last = batch.readings.len() as u32 - 1;
            batch.notes.extend(published.note.map(|note| (last, note)));
            of.push(position);
        }
    }
    if !batch.readings.is_empty() {
        add_features(&app.store, &features, now).await?;
        let sender = Sender {
            name: client.account.clone(),
        };
        let taken = app.sensing.take(&app.store, &sender, batch, now).await?;
        let why = taken.refused.into_iter();
        refused.extend(why.map(|(at, why)| (of[at as usize], why)));
    }
    Ok(Fate { refused })
}

fn read(
    client: &ClientName,
    place: Place,
    message: &Publish,
    now: Timestamp,
) -> Result<Published, Refusal> {
    let mut body: Map<String, Json> =
        serde_json::from_slice(&message.payload).map_err(|error| {
            malformed("body", "内容不是 JSON 对象", "the body is no JSON object")
                .found(error.to_string())
        })?;
    let named = linked(&mut body, "Datastream")?.map(StreamId);
    let feature = linked(&mut body, "FeatureOfInterest")?;
    let stream = match (place, named) {
        (Place::Stream(stream), None) => stream,
        (Place::Set, Some(stream)) => stream,
        (Place::Stream(stream), Some(named)) if stream == named => stream,
        (Place::Set, None) => {
            return Err(malformed("Datastream", "缺少此项", "this field is missing"));
        }
        (Place::Stream(_), Some(named)) => {
            return Err(malformed(
                "Datastream",
                "与主题所指的数据流不同",
                "the topic names another datastream",
            )
            .found(named.0.to_string()));
        }
        (Place::Elsewhere, _) => {
            return Err(malformed(
                "topic",
                "此主题不能新建观测",
                "no observations are made under this topic",
            )
            .found(&message.topic)
            .allowing(["v1.1/Observations", "v1.1/Datastreams(1)/Observations"]));
        }
    };
    let mut observed = read_observation(&body, feature)?;
    if observed.at.is_none() && message.qos != QoS::AtMostOnce {
        observed.note = Some(marked(observed.note.as_deref(), &mark(client, message)));
    }
    Ok(Published {
        reading: observed.reading(stream, now),
        note: observed.note,
        feature,
    })
}

/// The readings of a message of plain JSON.
fn read_mapped(
    client: &ClientName,
    matched: &Matched,
    message: &Publish,
    now: Timestamp,
) -> Result<Vec<Published>, Refusal> {
    let found = matched.read(&message.topic, &message.payload)?;
    let published = found.into_iter().map(|(stream, value, at)| Published {
        reading: Reading {
            stream,
            at: at.unwrap_or_else(|| now.as_millisecond()),
            value,
        },
        note: (at.is_none() && message.qos != QoS::AtMostOnce)
            .then(|| marked(None, &mark(client, message))),
        feature: None,
    });
    Ok(published.collect())
}

/// The number of the entity that a relation names; others cannot be made here.
fn linked(body: &mut Map<String, Json>, name: &str) -> Result<Option<u64>, Refusal> {
    match body.remove(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(entity)) if entity.len() == 1 => {
            let id = entity.get(names::ID).and_then(Json::as_u64);
            id.map(Some).ok_or_else(|| only_by_number(name))
        }
        Some(_) => Err(only_by_number(name)),
    }
}

fn only_by_number(name: &str) -> Refusal {
    malformed(name, "须用编号指明", "this is named by its number").allowing([r#"{"@iot.id": 1}"#])
}

/// Where the mark is among an observation's parameters.
const MARK: &str = "mqtt";

/// Tells a message from the others that its client sends about then; the same when
/// sent again.
fn mark(client: &ClientName, message: &Publish) -> String {
    let mut hash = Sha256::new();
    for part in [
        client.account.as_bytes(),
        client.id.as_bytes(),
        message.topic.as_bytes(),
    ] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(message.pkid.to_le_bytes());
    hash.update(&message.payload);
    hex::encode(&hash.finalize()[..12])
}

fn marked(note: Option<&str>, mark: &str) -> Box<str> {
    let note = note.and_then(|note| serde_json::from_str::<Map<String, Json>>(note).ok());
    let mut note = note.unwrap_or_default();
    let parameters = note
        .entry("parameters")
        .or_insert_with(|| Json::Object(Map::new()));
    if let Json::Object(parameters) = parameters {
        parameters.insert(MARK.to_owned(), mark.into());
    }
    Json::Object(note).to_string().into()
}

fn mark_of(note: Option<&str>) -> Option<String> {
    let note: Json = serde_json::from_str(note?).ok()?;
    let mark = note.get("parameters")?.get(MARK)?;
    mark.as_str().map(str::to_owned)
}

/// Whether a reading that is sent again was kept before.
async fn is_known(app: &Arc<App>, published: &Published) -> Result<bool, Refusal> {
    let history = Arc::clone(&app.sensing.history);
    let (reading, note) = (published.reading, published.note.clone());
    let found = tokio::task::spawn_blocking(move || find(&history, reading, note.as_deref()));
    let found = found.await.map_err(|_| unreadable("the look-up stopped"))?;
    found.map_err(|error| unreadable(&error.to_string()))
}

fn find(history: &History, reading: Reading, note: Option<&str>) -> Result<bool, HistoryError> {
    let mut query = Query::of(Streams::one(reading.stream));
    let mark = mark_of(note);
    if mark.is_some() {
        (query.order, query.limit) = (Order::LastArrival, Some(LOOKED_THROUGH));
        query.from = reading.at - MARK_HOLDS_MS;
    } else {
        (query.from, query.to) = (reading.at, reading.at.saturating_add(1));
    }
    let same = |row: &Row| match &mark {
        Some(mark) => mark_of(row.note.as_deref()).as_ref() == Some(mark),
        None => {
            row.reading.value.to_bits() == reading.value.to_bits() && row.note.as_deref() == note
        }
    };
    for row in history.rows(query) {
        if same(&row?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unreadable(error: &str) -> Refusal {
    tracing::error!(error, "readings cannot be read");
    Refusal::new(
        RefusalKind::Unavailable,
        "store.unavailable",
        "读数暂时不能读出，请稍后再试",
        "readings cannot be read now; try again later",
    )
}

fn malformed(at: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "sta.malformed", zh, en).at(at)
}
