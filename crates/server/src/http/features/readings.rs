//! Readings as features: where their things are, when, and what was read.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::{Value, json};
use yiwang_base::Refusal;
use yiwang_history::{Order, Query, Row, Streams};
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{Key, Kind, RegistryStore as _};
use yiwang_sensing::rule::Stream;

use super::asked::Asked;
use super::{Found, time};
use crate::alerting::streams;
use crate::http::readings::unreadable;
use crate::http::state::App;

/// What is known of the streams of an answer.
type Known = HashMap<u64, Option<Stream>>;

pub(super) fn items(app: &App, asked: &Asked) -> Result<Found, Refusal> {
    let mut known = Known::new();
    let streams = streams_of(app, asked, &mut known)?;
    let mut query = Query::of(streams);
    (query.from, query.to, query.order) = (asked.from, asked.to, Order::Arrival);
    if let Some(after) = asked.after {
        query.ids.start = after.saturating_add(1);
    }
    let mut features = Vec::new();
    let mut last = 0;
    loop {
        // Of streams that were removed nothing is shown, so that more may be needed.
        query.limit = Some(asked.limit + 1 - features.len());
        let rows = app.sensing.history.rows(query.clone());
        let rows = rows.collect::<Result<Vec<Row>, _>>();
        let rows = rows.map_err(|error| unreadable(&error))?;
        let there_are_more = rows.len() == asked.limit + 1 - features.len();
        for row in rows {
            query.ids.start = row.id.saturating_add(1);
            let Some(feature) = feature(app, &row, &mut known)? else {
                continue;
            };
            if features.len() == asked.limit {
                return Ok(Found {
                    features,
                    matched: None,
                    next: Some(last),
                });
            }
            last = row.id;
            features.push(feature);
        }
        if !there_are_more {
            return Ok(Found {
                features,
                matched: None,
                next: None,
            });
        }
    }
}

pub(super) fn item(app: &App, id: u64) -> Result<Option<Value>, Refusal> {
    let row = app.sensing.history.row(id);
    match row.map_err(|error| unreadable(&error))? {
        Some(row) => feature(app, &row, &mut Known::new()),
        None => Ok(None),
    }
}

/// The streams that are asked for: those that are named, of these measures, in the box.
fn streams_of(app: &App, asked: &Asked, known: &mut Known) -> Result<Streams, Refusal> {
    let wanted = |stream: &Stream| {
        let property = &asked.properties;
        let point = |bbox: super::asked::Bbox| stream.point.is_some_and(|point| bbox.holds(point));
        (property.is_empty() || property.contains(&stream.property)) && asked.bbox.is_none_or(point)
    };
    let city = app.city();
    let mut found = Vec::new();
    if !asked.streams.is_empty() || !asked.things.is_empty() {
        let mut named = asked.streams.clone();
        for thing in &asked.things {
            named.extend(
                app.store
                    .neighbours(Key(Kind::Thing, *thing), Kind::Datastream)?,
            );
        }
        for id in named {
            let stream = streams::stream(&app.store, &city, StreamId(id))?;
            found.extend(stream.as_ref().filter(|s| wanted(s)).map(|s| s.id));
            known.insert(id, stream);
        }
    } else if asked.bbox.is_none() && asked.properties.is_empty() {
        return Ok(Streams::All);
    } else {
        streams::each(&app.store, &city, &mut |stream| {
            if wanted(&stream) {
                found.push(stream.id);
            }
        })?;
    }
    Ok(Streams::these(found))
}

fn feature(app: &App, row: &Row, known: &mut Known) -> Result<Option<Value>, Refusal> {
    let id = row.reading.stream.0;
    let stream = match known.entry(id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            unknown.insert(streams::stream(&app.store, &app.city(), StreamId(id))?)
        }
    };
    let Some(stream) = stream else {
        return Ok(None);
    };
    let said = row.note.as_deref();
    let said = said.and_then(|note| serde_json::from_str::<Value>(note).ok());
    let result = match row.reading.value {
        value if value.is_nan() => said.and_then(|said| said.get("result").cloned()),
        value => Some(value.into()),
    };
    let point = stream
        .point
        .map(|point| json!({"type": "Point", "coordinates": [point.lon(), point.lat()]}));
    Ok(Some(json!({
        "type": "Feature",
        "id": row.id,
        "geometry": point,
        "properties": {
            "at": time(row.reading.at),
            "result": result,
            "property": stream.property,
            "unit": stream.unit,
            "datastream": id,
            "thing": stream.thing,
            "area": stream.areas.first().map(ToString::to_string),
        },
    })))
}
