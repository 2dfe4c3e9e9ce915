//! What is known of each datastream while readings come in: whether it is
//! there, whose it is, and what it can measure. A few bytes each.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use serde_json::{Map, Value};
use yiwang_base::{Refusal, Timestamp};
use yiwang_sensing::registry::{Change, Entity, Key, Kind, RegistryStore as _};
use yiwang_sensing::{Reading, StreamId};
use yiwang_store::Store;

use super::Sensing;

/// Not looked up yet; there, and nobody's own; from here on a device's number.
const UNKNOWN: u32 = 0;
const NOBODYS: u32 = 1;
const FIRST_DEVICE: u32 = 2;

/// Streams with larger numbers are looked up each time.
const MOST_KNOWN: usize = 1 << 24;

#[derive(Default)]
pub(super) struct Known {
    owners: RwLock<Vec<u32>>,
    /// The range of those streams that have one.
    ranges: RwLock<HashMap<u64, [f64; 2]>>,
}

/// A stream's owner: `None` where there is no such stream, else the device's
/// number, if it is a device's own.
type Owner = Option<Option<u32>>;

fn owner(mark: u32) -> Owner {
    match mark {
        UNKNOWN => None,
        NOBODYS => Some(None),
        device => Some(Some(device - FIRST_DEVICE)),
    }
}

impl Known {
    /// The owner of each reading's stream.
    pub(super) async fn owners(
        &self,
        sensing: &Sensing,
        store: &Store,
        readings: &[Reading],
        now: Timestamp,
    ) -> Result<Vec<Owner>, Refusal> {
        let mut found: Vec<Owner> = {
            let owners = self.owners.read().unwrap_or_else(PoisonError::into_inner);
            let of = |reading: &Reading| {
                let mark = usize::try_from(reading.stream.0).ok();
                owner(*mark.and_then(|at| owners.get(at)).unwrap_or(&UNKNOWN))
            };
            readings.iter().map(of).collect()
        };
        let mut looked: HashMap<StreamId, Owner> = HashMap::new();
        for (owner, reading) in found.iter_mut().zip(readings) {
            if owner.is_none() {
                *owner = match looked.get(&reading.stream) {
                    Some(owner) => *owner,
                    None => {
                        let owner = self.look_up(sensing, store, reading.stream, now).await?;
                        looked.insert(reading.stream, owner);
                        owner
                    }
                };
            }
        }
        Ok(found)
    }

    /// Looks a stream up, and sees to it that what it observes has a feature of
    /// interest: that of its thing's place.
    async fn look_up(
        &self,
        sensing: &Sensing,
        store: &Store,
        stream: StreamId,
        now: Timestamp,
    ) -> Result<Owner, Refusal> {
        let Some(entity) = store.entity(Key(Kind::Datastream, stream.0))? else {
            return Ok(None);
        };
        let thing = entity.linked(Kind::Thing).next();
        if let Some(thing) = thing {
            ensure_feature(store, thing, now).await?;
        }
        let device = thing.and_then(|thing| sensing.devices.of_thing(thing));
        if let Some(range) = range(&entity) {
            let mut ranges = self.ranges.write().unwrap_or_else(PoisonError::into_inner);
            ranges.insert(stream.0, range);
        }
        let mark = device.map_or(NOBODYS, |device| device + FIRST_DEVICE);
        if let Ok(at) = usize::try_from(stream.0)
            && at < MOST_KNOWN
        {
            let mut owners = self.owners.write().unwrap_or_else(PoisonError::into_inner);
            if owners.len() <= at {
                owners.resize((at + 1).next_power_of_two(), UNKNOWN);
            }
            owners[at] = mark;
        }
        Ok(owner(mark))
    }

    /// The range that a reading lies outside of.
    pub(super) fn out_of_range(&self, reading: &Reading) -> Option<[f64; 2]> {
        let ranges = self.ranges.read().unwrap_or_else(PoisonError::into_inner);
        if ranges.is_empty() {
            return None;
        }
        let range = ranges.get(&reading.stream.0)?;
        (reading.value < range[0] || reading.value > range[1]).then_some(*range)
    }

    /// Looks everything up again: who owns what, or what there is, has changed.
    pub(super) fn forget(&self) {
        let mut owners = self.owners.write().unwrap_or_else(PoisonError::into_inner);
        owners.clear();
        let mut ranges = self.ranges.write().unwrap_or_else(PoisonError::into_inner);
        ranges.clear();
    }
}

impl Sensing {
    /// Takes note that the register has changed.
    pub fn register_changed(&self, change: &Change) {
        // What is new is looked up when the first reading of it comes.
        let set = change.set.iter().map(|entity| entity.key.0);
        let removed = change.removed.iter().map(|key| key.0);
        let mut kinds = set.chain(removed);
        if kinds.any(|kind| matches!(kind, Kind::Datastream | Kind::HistoricalLocation)) {
            self.known.forget();
        }
        if let Some(judge) = self.judge.get() {
            judge.register_changed(change);
        }
    }

    /// Takes note that devices, or what they own, have changed.
    pub(super) fn owners_changed(&self) {
        self.known.forget();
    }
}

/// What a datastream can measure: `"range": [0, 300]` among its properties.
fn range(entity: &Entity) -> Option<[f64; 2]> {
    let range = entity.body.get("properties")?.get("range")?.as_array()?;
    match range.as_slice() {
        [low, high] => Some([low.as_f64()?, high.as_f64()?]),
        _ => None,
    }
}

/// Makes features of interest of a thing's places that have none.
async fn ensure_feature(store: &Store, thing: u64, now: Timestamp) -> Result<(), Refusal> {
    for place in store.neighbours(Key(Kind::Thing, thing), Kind::Location)? {
        let key = Key(Kind::Location, place);
        if !store.neighbours(key, Kind::FeatureOfInterest)?.is_empty() {
            continue;
        }
        let Some(location) = store.entity(key)? else {
            continue;
        };
        let mut body = Map::new();
        for field in ["name", "description", "encodingType"] {
            body.insert(field.to_owned(), location.text(field).into());
        }
        let feature = location.body.get("location").cloned();
        body.insert("feature".to_owned(), feature.unwrap_or(Value::Null));
        let id = store.new_id(Kind::FeatureOfInterest);
        let set = vec![Entity {
            key: Key(Kind::FeatureOfInterest, id),
            body,
            links: [key].into(),
        }];
        let change = Change {
            set,
            removed: Vec::new(),
        };
        store.change(change, "system:sensing".into(), now).await?;
    }
    Ok(())
}

/// Notes with features that observations of a stream name themselves that they
/// do, so that the observations are found from there.
///
/// # Errors
/// When there is no such feature, or the register cannot be read or written.
pub async fn add_features(
    store: &Store,
    pairs: &[(u64, StreamId)],
    now: Timestamp,
) -> Result<(), Refusal> {
    for (feature, stream) in pairs {
        let key = Key(Kind::FeatureOfInterest, *feature);
        let Some(mut entity) = store.entity(key)? else {
            return Err(Refusal::new(
                yiwang_base::RefusalKind::Invalid,
                "reading.no-feature",
                "没有这个观测对象",
                "there is no such feature of interest",
            )
            .at("FeatureOfInterest")
            .found(feature.to_string()));
        };
        if entity.links.insert(Key(Kind::Datastream, stream.0)) {
            let change = Change {
                set: vec![entity],
                removed: Vec::new(),
            };
            store.change(change, "system:sensing".into(), now).await?;
        }
    }
    Ok(())
}
