//! Streams as rules see them, out of the register.

use yiwang_base::{AreaCode, Point};
use yiwang_cases::StoreError;
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{Entity, Key, Kind, RegistryError, RegistryStore, Wanted};
use yiwang_sensing::rule::Stream;
use yiwang_store::Store;

use super::broken;
use crate::city::City;

/// How many are read at once.
const PAGE: usize = 1_000;

/// Shows all streams of the register, by their numbers.
///
/// # Errors
/// When the record cannot be read.
pub(super) fn each(
    store: &Store,
    city: &City,
    show: &mut dyn FnMut(Stream),
) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let wanted = Wanted {
            kind: Kind::Datastream,
            of: None,
            name: None,
            after,
            limit: PAGE,
        };
        let page = store.page(&wanted).map_err(unread)?;
        for entity in &page {
            after = entity.key.1;
            if let Some(stream) = of(store, city, entity).map_err(unread)? {
                show(stream);
            }
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}

/// One stream of the register, if it is there.
///
/// # Errors
/// When the record cannot be read.
pub fn stream(store: &Store, city: &City, id: StreamId) -> Result<Option<Stream>, StoreError> {
    let key = Key(Kind::Datastream, id.0);
    let Some(entity) = store.entity(key).map_err(unread)? else {
        return Ok(None);
    };
    of(store, city, &entity).map_err(unread)
}

fn unread(error: RegistryError) -> StoreError {
    broken(error)
}

fn of(store: &Store, city: &City, entity: &Entity) -> Result<Option<Stream>, RegistryError> {
    let key = entity.key;
    let first = |kind| Ok::<_, RegistryError>(store.neighbours(key, kind)?.first().copied());
    let (Some(thing), Some(property)) = (first(Kind::Thing)?, first(Kind::ObservedProperty)?)
    else {
        return Ok(None);
    };
    let property = store.entity(Key(Kind::ObservedProperty, property))?;
    let locations = store.neighbours(Key(Kind::Thing, thing), Kind::Location)?;
    let location = match locations.first() {
        Some(id) => store.entity(Key(Kind::Location, *id))?,
        None => None,
    };
    let point = location.as_ref().and_then(point_of);
    let unit = &entity.body.get("unitOfMeasurement");
    let unit = unit.and_then(|unit| unit.get("symbol")?.as_str());
    let lateness = entity.body.get("properties");
    let lateness = lateness.and_then(|p| p.get("latenessSeconds")?.as_u64());
    Ok(Some(Stream {
        areas: areas_at(city, point),
        id: StreamId(key.1),
        // A day is as late as a source may be.
        lateness_seconds: lateness.unwrap_or(0).min(86_400) as u32,
        point,
        property: property.map_or_else(String::new, |p| p.text("name").to_owned()),
        thing,
        unit: unit.unwrap_or_default().to_owned(),
    }))
}

/// The point of a location that is one, or a feature of one.
fn point_of(location: &Entity) -> Option<Point> {
    let shape = location.body.get("location")?;
    let shape = shape.get("geometry").unwrap_or(shape);
    let at = |place: usize| shape.get("coordinates")?.get(place)?.as_f64();
    Point::new(at(0)?, at(1)?).ok()
}

/// The areas around a point, the innermost first.
fn areas_at(city: &City, point: Option<Point>) -> Vec<AreaCode> {
    let mut areas = Vec::new();
    let mut next = point.and_then(|point| city.rules.locator.locate(point));
    while let Some(area) = next {
        next = city.rules.areas.get(&area).and_then(|a| a.parent.clone());
        areas.push(area);
    }
    areas
}
