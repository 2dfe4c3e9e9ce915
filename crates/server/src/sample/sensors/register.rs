//! The register of the sample city: things with their places and datastreams,
//! and the devices that send for them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use yiwang_base::{LocalText, Point, Timestamp};
use yiwang_sensing::StreamId;
use yiwang_sensing::device::Device;
use yiwang_sensing::registry::{Change, Entity, Key, Kind, RegistryStore as _};
use yiwang_store::{Item, ItemKind, Store};

use super::kinds::{Gauge, PER_DEVICE, SORTS, Sort, device_name};
use super::{ago, refused};
use crate::sample::dice::Dice;
use crate::sample::fill::BY;
use crate::sample::land::Xy;
use crate::sample::land::plane::distance;
use crate::sample::spot::Spot;
use crate::sample::{Plan, SampleCity, SampleError};

/// Things whose entities stand in one entry of the record.
const AT_ONCE: usize = 12;
/// Days before now when everything was registered.
const SINCE_DAYS: i64 = 300;
/// Places that are looked at for each thing: the one furthest from its like is taken.
const LOOKED_AT: usize = 6;
/// Readings a device may send in a minute.
const MOST_PER_MINUTE: u64 = 600;

const GEOJSON: &str = "application/geo+json";
const MEASUREMENT: &str = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";

/// One stream of the city.
pub(super) struct Stream {
    pub(super) id: StreamId,
    pub(super) gauge: &'static Gauge,
    /// The place of its thing among those of its sort, from 0.
    pub(super) number: usize,
    /// How many of its sort there are.
    pub(super) of: usize,
}

/// Registers everything.
pub(super) async fn fill(
    store: &Store,
    city: &SampleCity,
    plan: &Plan,
) -> Result<Vec<Stream>, SampleError> {
    let since = ago(plan.now, SINCE_DAYS * 24 * 60);
    let mut all = Vec::new();
    for (place, sort) in SORTS.iter().enumerate() {
        let kinds = observed(store, sort);
        change(store, kinds.iter().flat_map(|kind| kind.clone()), since).await?;
        let spots = spots(city, place, sort, sort.count(plan.size));
        let mut things = Vec::new();
        for (number, spot) in spots.iter().enumerate() {
            let made = thing(store, city, sort, number, *spot, &kinds, since);
            let streams = made.iter().filter(|one| one.key.0 == Kind::Datastream);
            for (entity, gauge) in streams.zip(sort.gauges) {
                all.push(Stream {
                    id: StreamId(entity.key.1),
                    gauge,
                    number,
                    of: spots.len(),
                });
            }
            things.push(made);
        }
        for some in things.chunks(AT_ONCE) {
            change(store, some.iter().flatten().cloned(), since).await?;
        }
        let numbers: Vec<u64> = things.iter().map(|made| made[0].key.1).collect();
        devices(store, city, plan, sort, &numbers, &spots, since).await?;
    }
    Ok(all)
}

async fn change(
    store: &Store,
    set: impl Iterator<Item = Entity>,
    at: Timestamp,
) -> Result<(), SampleError> {
    let change = Change {
        set: set.collect(),
        removed: Vec::new(),
    };
    let changed = store.change(change, BY.into(), at).await;
    changed.map_err(|error| refused(error.into()))
}

fn body(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Names in both languages stand among an entity's properties, where the pages find them.
fn label(zh: &str, en: &str) -> Value {
    json!({ "label": LocalText::new(zh, en) })
}

/// What a sort of thing observes and by which sensor: a pair for each gauge.
fn observed(store: &Store, sort: &Sort) -> Vec<[Entity; 2]> {
    let of = |gauge: &Gauge| {
        let property = Entity {
            key: new_key(store, Kind::ObservedProperty),
            body: body(json!({
                "name": gauge.property,
                "definition": format!("urn:yiwang:sample:{}", gauge.property),
                "description": gauge.zh,
                "properties": label(gauge.zh, gauge.en),
            })),
            links: [].into(),
        };
        let sensor = Entity {
            key: new_key(store, Kind::Sensor),
            body: body(json!({
                "name": sort.model,
                "description": sort.model,
                "encodingType": "text/plain",
                "metadata": sort.model,
            })),
            links: [].into(),
        };
        [property, sensor]
    };
    sort.gauges.iter().map(of).collect()
}

fn new_key(store: &Store, kind: Kind) -> Key {
    Key(kind, store.new_id(kind))
}

/// A thing with all that hangs on it; the thing itself comes first.
fn thing(
    store: &Store,
    city: &SampleCity,
    sort: &Sort,
    number: usize,
    spot: Spot,
    kinds: &[[Entity; 2]],
    since: Timestamp,
) -> Vec<Entity> {
    let name = name(city, sort, number, &spot);
    let [thing, location, was, feature] = [
        Kind::Thing,
        Kind::Location,
        Kind::HistoricalLocation,
        Kind::FeatureOfInterest,
    ]
    .map(|kind| new_key(store, kind));
    let at = city.land.plane.degrees(spot.at);
    let shape = json!({ "type": "Point", "coordinates": [at.x, at.y] });
    let mut made = vec![
        Entity {
            key: thing,
            body: body(json!({
                "name": name.zh,
                "description": name.en,
                "properties": label(&name.zh, &name.en),
            })),
            links: [location].into(),
        },
        Entity {
            key: location,
            body: body(json!({
                "name": name.zh,
                "description": name.en,
                "encodingType": GEOJSON,
                "location": shape,
            })),
            links: [].into(),
        },
        Entity {
            key: was,
            body: body(json!({ "time": format!("{since:.3}") })),
            links: [thing, location].into(),
        },
        Entity {
            key: feature,
            body: body(json!({
                "name": name.zh,
                "description": name.en,
                "encodingType": GEOJSON,
                "feature": shape,
            })),
            links: [location].into(),
        },
    ];
    for (gauge, [property, sensor]) in sort.gauges.iter().zip(kinds) {
        let (unit, symbol) = gauge.unit;
        made.push(Entity {
            key: new_key(store, Kind::Datastream),
            body: body(json!({
                "name": format!("{}：{}", name.zh, gauge.zh),
                "description": format!("{}: {}", name.en, gauge.en),
                "observationType": MEASUREMENT,
                "unitOfMeasurement": { "name": unit, "symbol": symbol, "definition": symbol },
                "properties": { "range": gauge.range },
            })),
            links: [thing, property.key, sensor.key].into(),
        });
    }
    made
}

/// What a thing is called: by its place, where that is for everybody to know.
fn name(city: &SampleCity, sort: &Sort, number: usize, spot: &Spot) -> LocalText {
    if !sort.is_open {
        return LocalText::new(
            format!("{} {:02}", sort.zh, number + 1),
            format!("{} {:02}", upper(sort.en), number + 1),
        );
    }
    let land = &city.land;
    let road = &land.names.roads[spot.road as usize];
    let (zh, en) = match spot.name {
        Some(named) => {
            let name = land.name_of(named);
            let building = spot.building;
            (
                building.map_or(name.zh.clone(), |n| format!("{}{n} 号楼", name.zh)),
                building.map_or(name.en.clone(), |n| format!("{}, building {n}", name.en)),
            )
        }
        None => {
            let house = land.number_of(spot);
            (
                format!("{} {house} 号", road.zh),
                format!("{house} {}", road.en),
            )
        }
    };
    LocalText::new(
        format!("{zh}{}", sort.zh),
        format!("{}, {en}", upper(sort.en)),
    )
}

fn upper(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Where the things of a sort stand, each far from the others.
fn spots(city: &SampleCity, place: usize, sort: &Sort, count: usize) -> Vec<Spot> {
    let dice = &mut Dice::new(city.seed, "sensors", place as u64);
    let mut chosen: Vec<Spot> = Vec::new();
    let apart = |at: Xy, chosen: &[Spot]| {
        let all = chosen.iter().map(|spot| distance(spot.at, at));
        all.fold(f64::MAX, f64::min)
    };
    for _ in 0..count {
        let few = (0..LOOKED_AT).filter_map(|_| city.spots.anywhere(sort.place, dice));
        let best = few.max_by(|a, b| apart(a.at, &chosen).total_cmp(&apart(b.at, &chosen)));
        chosen.extend(best.map(|spot| shown(city, sort, spot)));
    }
    chosen
}

/// Where a thing is shown: of somebody who lives alone, no nearer than the gate.
fn shown(city: &SampleCity, sort: &Sort, spot: Spot) -> Spot {
    let gate = city.land.gate_near(spot.at).filter(|_| !sort.is_open);
    Spot {
        at: gate.unwrap_or(spot.at),
        ..spot
    }
}

/// The devices that send for the things of a sort.
async fn devices(
    store: &Store,
    city: &SampleCity,
    plan: &Plan,
    sort: &Sort,
    things: &[u64],
    spots: &[Spot],
    since: Timestamp,
) -> Result<(), SampleError> {
    let dice = &mut Dice::new(plan.seed, sort.word, 0);
    let mut items = BTreeMap::new();
    for (number, (own, places)) in things
        .chunks(PER_DEVICE)
        .zip(spots.chunks(PER_DEVICE))
        .enumerate()
    {
        let at = places.first().map(|spot| city.land.plane.degrees(spot.at));
        let device = Device {
            things: own.to_vec(),
            firmware: Some(format!("{}.{}.{}", 2, dice.below(5), dice.below(10))),
            place: at.and_then(|at| Point::new(at.x, at.y).ok()),
            owner: Some(sort.owner.to_owned()),
            calibrated: Some(
                ago(plan.now, (30 + dice.below(240) as i64) * 24 * 60).to_string()[..10].to_owned(),
            ),
            most_per_minute: MOST_PER_MINUTE,
            publish: Vec::new(),
            subscribe: Vec::new(),
            own_account: true,
            quarantine: None,
        };
        items.insert(device_name(sort, number), device);
    }
    let items = items
        .iter()
        .map(|(name, device)| Item::of(ItemKind::Device, name, device));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    store
        .set_items(items, BY.into(), Some(plan.grounds()), since)
        .await?;
    Ok(())
}
