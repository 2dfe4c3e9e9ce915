//! Names of places for the gazetteer: areas of the city, and what the base map
//! has a name for.

use geo::{BoundingRect, Geometry};
use yiwang_base::Point;
use yiwang_cases::{Gazetteer, PlaceKind, PlaceName};
use yiwang_store::basemap::{BasemapError, BasemapStore, Feature, Layer};

use crate::city::City;

/// The gazetteer of a city and its base map. A map that cannot be read gives
/// no names; the areas are known all the same.
///
/// # Errors
/// When the names do not fit into one automaton.
pub(crate) fn gazetteer(city: &City, base_map: &BasemapStore) -> anyhow::Result<Gazetteer> {
    let mut names = areas(city);
    match of_map(base_map) {
        Ok(of_map) => names.extend(of_map),
        Err(error) => tracing::warn!(%error, "the base map gives no names of places"),
    }
    Ok(Gazetteer::new(names)?)
}

/// The gazetteer of a city's areas alone.
///
/// # Errors
/// When the names do not fit into one automaton.
pub(crate) fn of_areas(city: &City) -> anyhow::Result<Gazetteer> {
    Ok(Gazetteer::new(areas(city))?)
}

fn areas(city: &City) -> Vec<PlaceName> {
    let mut names = Vec::new();
    for area in city.rules.areas.values() {
        let outline = city.outlines.get(&area.code);
        let middle = outline.and_then(|outline| middle(outline.bounding_rect()?));
        for name in [&area.name.zh, &area.name.en] {
            names.push(PlaceName {
                name: name.clone(),
                kind: PlaceKind::Area,
                area: Some(area.code.clone()),
                point: middle,
            });
        }
    }
    // Names that are the same in both languages stand there twice.
    names.sort_by(|a, b| (&a.name, &a.area).cmp(&(&b.name, &b.area)));
    names.dedup_by(|a, b| a.name == b.name && a.area == b.area);
    names
}

fn of_map(base_map: &BasemapStore) -> Result<Vec<PlaceName>, BasemapError> {
    let mut names = Vec::new();
    base_map.each_named(|feature| {
        let Some(kind) = kind(feature.layer) else {
            return;
        };
        let point = representative(feature);
        let Some(point) = point else {
            return;
        };
        let all = &feature.names;
        let mut said: Vec<&String> = [&all.local, &all.zh, &all.en]
            .into_iter()
            .flatten()
            .collect();
        said.sort();
        said.dedup();
        names.extend(said.into_iter().map(|name| PlaceName {
            name: name.clone(),
            kind,
            area: None,
            point: Some(point),
        }));
    })?;
    Ok(names)
}

fn kind(layer: Layer) -> Option<PlaceKind> {
    match layer {
        Layer::Road => Some(PlaceKind::Street),
        Layer::Poi => Some(PlaceKind::Poi),
        Layer::Place | Layer::Green | Layer::Water | Layer::Rail => Some(PlaceKind::Locality),
        Layer::Landuse | Layer::Building | Layer::Boundary => None,
    }
}

/// The middle of a feature's box.
fn representative(feature: &Feature) -> Option<Point> {
    match &feature.geometry {
        Geometry::Point(point) => Point::new(point.x(), point.y()).ok(),
        geometry => middle(geometry.bounding_rect()?),
    }
}

fn middle(rect: geo::Rect<f64>) -> Option<Point> {
    let centre = rect.center();
    Point::new(centre.x, centre.y).ok()
}
