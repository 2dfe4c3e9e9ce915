//! Things as features: where they are, and what they read last.

use geo::Geometry;
use serde_json::{Value, json};
use yiwang_base::Refusal;
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{Entity, Key, Kind, RegistryStore as _, Wanted};

use super::asked::Asked;
use super::{Found, time};
use crate::http::state::App;

/// How many are read at once.
const PAGE: usize = 1000;

pub(super) fn items(app: &App, asked: &Asked) -> Result<Found, Refusal> {
    let mut wanted = Wanted {
        kind: Kind::Thing,
        of: None,
        name: None,
        after: asked.after.unwrap_or(0),
        limit: PAGE,
    };
    let matched = match asked.bbox {
        None => Some(app.store.count(&wanted)?),
        Some(_) => None,
    };
    let mut features = Vec::new();
    let mut last = wanted.after;
    loop {
        let page = app.store.page(&wanted)?;
        let Some(end) = page.last().map(|thing| thing.key.1) else {
            break;
        };
        for thing in &page {
            let place = place(app, thing.key)?;
            let shape = place.clone().and_then(shape);
            let lies_there = |shape: &Geometry| asked.bbox.is_none_or(|bbox| bbox.touches(shape));
            if asked.bbox.is_some() && !shape.as_ref().is_some_and(lies_there) {
                continue;
            }
            if features.len() == asked.limit {
                return Ok(Found {
                    features,
                    matched,
                    next: Some(last),
                });
            }
            last = thing.key.1;
            features.push(feature(app, thing, place)?);
        }
        wanted.after = end;
    }
    Ok(Found {
        features,
        matched,
        next: None,
    })
}

pub(super) fn item(app: &App, id: u64) -> Result<Option<Value>, Refusal> {
    let key = Key(Kind::Thing, id);
    let Some(thing) = app.store.entity(key)? else {
        return Ok(None);
    };
    let place = place(app, key)?;
    feature(app, &thing, place).map(Some)
}

/// The shape of where a thing is, as GeoJSON.
fn place(app: &App, thing: Key) -> Result<Option<Value>, Refusal> {
    let places = app.store.neighbours(thing, Kind::Location)?;
    let Some(id) = places.first() else {
        return Ok(None);
    };
    let location = app.store.entity(Key(Kind::Location, *id))?;
    let location = location.and_then(|location| location.body.get("location").cloned());
    Ok(location.map(|location| location.get("geometry").cloned().unwrap_or(location)))
}

fn shape(place: Value) -> Option<Geometry> {
    let shape: geojson::Geometry = serde_json::from_value(place).ok()?;
    shape.try_into().ok()
}

fn feature(app: &App, thing: &Entity, place: Option<Value>) -> Result<Value, Refusal> {
    let mut streams = Vec::new();
    for id in app.store.neighbours(thing.key, Kind::Datastream)? {
        let Some(stream) = app.store.entity(Key(Kind::Datastream, id))? else {
            continue;
        };
        let property = stream.linked(Kind::ObservedProperty).next();
        let property = match property {
            Some(id) => app.store.entity(Key(Kind::ObservedProperty, id))?,
            None => None,
        };
        let unit = stream.body.get("unitOfMeasurement");
        let span = app.sensing.history.span(StreamId(id));
        let last = span.filter(|span| !span.last_value.is_nan());
        streams.push(json!({
            "id": id,
            "name": stream.text("name"),
            "property": property.as_ref().map(|property| property.text("name")),
            "unit": unit.and_then(|unit| unit.get("symbol")),
            "last": last.map(|span| span.last_value),
            "last_at": span.map(|span| time(span.last_at)),
        }));
    }
    // What is no shape is none.
    let place = place.filter(|place| shape(place.clone()).is_some());
    Ok(json!({
        "type": "Feature",
        "id": thing.key.1,
        "geometry": place,
        "properties": {
            "name": thing.text("name"),
            "description": thing.text("description"),
            "properties": thing.body.get("properties"),
            "datastreams": streams,
        },
    }))
}
