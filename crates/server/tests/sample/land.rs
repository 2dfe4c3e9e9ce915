//! The land: areas fit together, and things lie where they can.

use geo::{
    Area as _, BooleanOps as _, BoundingRect as _, Contains as _, MultiPolygon, Validation as _,
};
use proptest::prelude::*;
use yiwang_base::{Point, Purpose};
use yiwang_cases::AreaIndex;
use yiwang_server::sample::{SampleCity, Size};
use yiwang_store::basemap::Layer;

use crate::{cases, city};

fn leaves(city: &SampleCity) -> impl Iterator<Item = &(yiwang_cases::Area, MultiPolygon<f64>)> {
    city.outlines().iter().filter(|(area, _)| area.leaf)
}

/// Codes of the streets and of the districts that have a point strictly inside.
fn around(city: &SampleCity, x: f64, y: f64) -> (Vec<String>, Vec<String>) {
    let at = geo::Point::new(x, y);
    let inside = city
        .outlines()
        .iter()
        .filter(|(_, shape)| shape.contains(&at));
    let (streets, districts): (Vec<_>, Vec<_>) = inside.partition(|(area, _)| area.leaf);
    let parents = streets
        .iter()
        .map(|(area, _)| area.parent.as_ref().unwrap().to_string());
    (
        parents.collect(),
        districts
            .iter()
            .map(|(area, _)| area.code.to_string())
            .collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    /// Inside the city a point lies in exactly one street and in exactly the
    /// district of that street; outside it lies in none.
    #[test]
    fn every_point_lies_in_one_street_and_in_its_district_or_in_none(
        across in 0.0..1.0f64, up in 0.0..1.0f64,
    ) {
        let shapes = MultiPolygon(city().outlines().iter().flat_map(|(_, s)| s.0.clone()).collect());
        let bounds = shapes.bounding_rect().unwrap();
        let x = bounds.min().x + across * bounds.width();
        let y = bounds.min().y + up * bounds.height();
        let (streets, districts) = around(city(), x, y);
        prop_assert!(streets.len() <= 1, "{:?}", streets);
        prop_assert_eq!(streets, districts);
    }
}

#[test]
fn streets_have_the_same_area_together_as_apart_and_leave_no_hole() {
    for (seed, size) in [(1, Size::Small), (2, Size::Small), (3, Size::Medium)] {
        let city = SampleCity::new(seed, size).unwrap();
        let mut sum = 0.0;
        let mut union = MultiPolygon(Vec::new());
        for (area, shape) in leaves(&city) {
            assert!(shape.is_valid(), "{} of seed {seed}", area.code);
            sum += shape.unsigned_area();
            union = union.union(shape);
        }
        let whole = union.unsigned_area();
        assert!(
            (sum - whole).abs() < 1e-6 * whole,
            "seed {seed}: {sum} and {whole}"
        );
        // Where two of three streets meet in one node, the union may keep a
        // sliver of no area; a hole that could be seen is a fault.
        let largest = union
            .0
            .iter()
            .map(geo::Area::unsigned_area)
            .fold(0.0, f64::max);
        assert!(
            (largest - whole).abs() < 1e-6 * whole,
            "seed {seed}: in several parts"
        );
        let holes = union.iter().flat_map(geo::Polygon::interiors);
        for hole in holes {
            let hole = geo::Polygon::new(hole.clone(), Vec::new());
            assert!(hole.unsigned_area() < 1e-9 * whole, "seed {seed}: a hole");
        }
    }
}

#[test]
fn requests_lie_in_the_city_and_hardly_ever_in_the_water() {
    let streets = leaves(city()).map(|(area, shape)| (area.code.clone(), shape.clone()));
    let index = AreaIndex::new(streets);
    let features = city().features();
    let water: Vec<MultiPolygon<f64>> = features
        .into_iter()
        .filter(|feature| feature.layer == Layer::Water)
        .filter_map(|feature| match feature.geometry {
            geo::Geometry::Polygon(polygon) => Some(MultiPolygon(vec![polygon])),
            _ => None,
        })
        .collect();
    let points: Vec<Point> = cases()
        .filter_map(|case| case.request.as_ref()?.disclose(Purpose::Export).place.point)
        .collect();
    assert!(points.len() > 5_600, "{}", points.len());
    let wet = points.iter().filter(|point| {
        let at = geo::Point::new(point.lon(), point.lat());
        assert!(
            index.find(**point).is_some(),
            "{point:?} is outside the city"
        );
        water.iter().any(|shape| shape.contains(&at))
    });
    // What floats in the river is reported from its bank, more or less.
    assert!(wet.count() * 100 < points.len());
}

#[test]
fn the_map_has_all_that_makes_a_city() {
    let features = city().features();
    let count = |layer: Layer, class: &str| {
        let found = features
            .iter()
            .filter(|f| f.layer == layer && f.class == class);
        found.count()
    };
    for (layer, class, least) in [
        (Layer::Water, "river", 1),
        (Layer::Water, "lake", 1),
        (Layer::Water, "canal", 1),
        (Layer::Green, "wood", 2),
        (Layer::Green, "park", 20),
        (Layer::Rail, "rail", 1),
        (Layer::Poi, "station", 3),
        (Layer::Road, "trunk", 1),
        (Layer::Road, "primary", 3),
        (Layer::Road, "secondary", 10),
        (Layer::Road, "residential", 80),
        (Layer::Building, "building", 8_000),
        (Layer::Poi, "hospital", 2),
        (Layer::Poi, "school", 20),
        (Layer::Place, "neighbourhood", 300),
        (Layer::Landuse, "industrial", 5),
    ] {
        let found = count(layer, class);
        assert!(
            found >= least,
            "{layer:?} {class}: {found}, at least {least}"
        );
    }
}

#[test]
fn larger_cities_have_more_of_everything() {
    let medium = SampleCity::new(1, Size::Medium).unwrap();
    assert_eq!(leaves(city()).count(), 14);
    assert_eq!(leaves(&medium).count(), 36);
    assert!(medium.features().len() > 2 * city().features().len());
}
