//! Streams as rules see them, out of the register.

use std::collections::HashMap;

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
pub fn each(store: &Store, city: &City, show: &mut dyn FnMut(Stream)) -> Result<(), StoreError> {
    let mut finder = Finder::new(store, city);
    let mut after = 0;
    loop {
        let wanted = Wanted {
            kind: Kind::Datastream,
            of: None,
            name: None,
            after,
            limit: PAGE,
        };
        let page = store.page(&wanted).map_err(broken)?;
        for entity in &page {
            after = entity.key.1;
            if let Some(stream) = finder.stream(entity).map_err(broken)? {
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
    match store.entity(key).map_err(broken)? {
        Some(entity) => Finder::new(store, city).stream(&entity).map_err(broken),
        None => Ok(None),
    }
}

/// Puts streams together, and remembers what the next one may share.
struct Finder<'a> {
    store: &'a Store,
    city: &'a City,
    properties: HashMap<u64, String>,
    /// The thing of the last stream, and where it is.
    place: Option<(u64, Option<Point>, Vec<AreaCode>)>,
}

impl<'a> Finder<'a> {
    fn new(store: &'a Store, city: &'a City) -> Finder<'a> {
        Finder {
            store,
            city,
            properties: HashMap::new(),
            place: None,
        }
    }

    fn stream(&mut self, entity: &Entity) -> Result<Option<Stream>, RegistryError> {
        let first = |kind| entity.linked(kind).next();
        let (Some(thing), Some(property)) = (first(Kind::Thing), first(Kind::ObservedProperty))
        else {
            return Ok(None);
        };
        let (point, areas) = self.place(thing)?;
        let unit = entity.body.get("unitOfMeasurement");
        let unit = unit.and_then(|unit| unit.get("symbol")?.as_str());
        let lateness = entity.body.get("properties");
        let lateness = lateness.and_then(|p| p.get("latenessSeconds")?.as_u64());
        Ok(Some(Stream {
            areas,
            id: StreamId(entity.key.1),
            // A day is as late as a source may be.
            lateness_seconds: lateness.unwrap_or(0).min(86_400) as u32,
            point,
            property: self.property(property)?,
            thing,
            unit: unit.unwrap_or_default().to_owned(),
        }))
    }

    fn property(&mut self, id: u64) -> Result<String, RegistryError> {
        if let Some(name) = self.properties.get(&id) {
            return Ok(name.clone());
        }
        let entity = self.store.entity(Key(Kind::ObservedProperty, id))?;
        let name = entity.map_or_else(String::new, |entity| entity.text("name").to_owned());
        self.properties.insert(id, name.clone());
        Ok(name)
    }

    fn place(&mut self, thing: u64) -> Result<(Option<Point>, Vec<AreaCode>), RegistryError> {
        if let Some((last, point, areas)) = &self.place
            && *last == thing
        {
            return Ok((*point, areas.clone()));
        }
        let key = Key(Kind::Thing, thing);
        let mut point = None;
        if let Some(id) = self.store.neighbours(key, Kind::Location)?.first() {
            let location = self.store.entity(Key(Kind::Location, *id))?;
            point = location.as_ref().and_then(point_of);
        }
        let areas = areas_at(self.city, point);
        self.place = Some((thing, point, areas.clone()));
        Ok((point, areas))
    }
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
