//! Of which feature of interest an observation is: the one that it names, else
//! the one made from where its thing was at the time.

use std::collections::BTreeSet;

use serde::Deserialize;
use yiwang_base::{Refusal, Timestamp};
use yiwang_history::{Row, Streams};
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{Entity, Key, Kind, RegistryStore as _};

use super::list::Set;
use super::member::Source;

#[derive(Deserialize)]
struct Noted {
    foi: Option<u64>,
}

/// The feature that an observation names.
pub(super) fn note_feature(row: &Row) -> Option<u64> {
    let noted: Noted = serde_json::from_str(row.note.as_deref()?).ok()?;
    noted.foi
}

/// The number of an observation's feature.
pub(super) fn feature_of(source: &Source<'_>, row: &Row) -> Result<Option<u64>, Refusal> {
    if let Some(named) = note_feature(row) {
        return Ok(Some(named));
    }
    let store = source.store;
    let stream = Key(Kind::Datastream, row.reading.stream.0);
    let Some(thing) = store.neighbours(stream, Kind::Thing)?.first().copied() else {
        return Ok(None);
    };
    let thing = Key(Kind::Thing, thing);
    let mut was: Option<(i64, Entity)> = None;
    for id in store.neighbours(thing, Kind::HistoricalLocation)? {
        let Some(entity) = store.entity(Key(Kind::HistoricalLocation, id))? else {
            continue;
        };
        let since: Result<Timestamp, _> = entity.text("time").parse();
        let since = since.map_or(i64::MIN, Timestamp::as_millisecond);
        // Before it was anywhere, it is taken to have been where it was first.
        let better = match &was {
            None => true,
            Some((best, _)) if since <= row.reading.at => *best > row.reading.at || since >= *best,
            Some((best, _)) => *best > row.reading.at && since < *best,
        };
        if better {
            was = Some((since, entity));
        }
    }
    let place = was.and_then(|(_, entity)| entity.linked(Kind::Location).next());
    let Some(place) = place else { return Ok(None) };
    let features = store.neighbours(Key(Kind::Location, place), Kind::FeatureOfInterest)?;
    Ok(features.first().copied())
}

impl Source<'_> {
    /// The observations of a feature: of things that were at its place, and of
    /// streams whose observations name it.
    pub(super) fn observations_of_feature(&self, feature: &Entity) -> Result<Set, Refusal> {
        Ok(Set::Observations {
            streams: self.streams_of_feature(feature)?,
            feature: Some(feature.key.1),
        })
    }

    /// The streams that may have observations of a feature.
    pub(super) fn streams_of_feature(&self, feature: &Entity) -> Result<Streams, Refusal> {
        let mut streams: BTreeSet<u64> = feature.linked(Kind::Datastream).collect();
        for place in feature.linked(Kind::Location) {
            let place = Key(Kind::Location, place);
            for was in self.store.neighbours(place, Kind::HistoricalLocation)? {
                let was = Key(Kind::HistoricalLocation, was);
                for thing in self.store.neighbours(was, Kind::Thing)? {
                    let thing = Key(Kind::Thing, thing);
                    streams.extend(self.store.neighbours(thing, Kind::Datastream)?);
                }
            }
        }
        Ok(Streams::these(streams.into_iter().map(StreamId)))
    }
}
