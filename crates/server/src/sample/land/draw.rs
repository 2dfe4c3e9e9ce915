//! The land as features of the base map.

use geo::{Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon};
use yiwang_base::LocalText;
use yiwang_store::basemap::{Feature, Layer, Names};

use super::Land;
use super::blocks::Use;
use super::buildings::pitch;
use super::places::{Place, points_of_interest};
use super::plane::{Plane, Xy};
use super::roads::RoadKind;
use crate::sample::CITY;

/// Everything the base map shows of the land.
pub(crate) fn features(land: &Land) -> Vec<Feature> {
    let mut pen = Pen {
        plane: land.plane,
        features: Vec::new(),
    };
    pen.ground(land);
    pen.blocks(land);
    pen.roads(land);
    pen.names(land);
    pen.features
}

struct Pen {
    plane: Plane,
    features: Vec<Feature>,
}

impl Pen {
    fn add(
        &mut self,
        layer: Layer,
        class: &str,
        min_zoom: u8,
        name: Option<&LocalText>,
        geometry: impl Into<Geometry<f64>>,
    ) {
        let names = name.map_or_else(Names::default, |name| Names {
            local: Some(name.zh.clone()),
            zh: Some(name.zh.clone()),
            en: Some(name.en.clone()),
        });
        self.features.push(Feature {
            layer,
            class: class.to_owned(),
            names,
            min_zoom,
            geometry: geometry.into(),
        });
    }

    fn surface(&self, ring: Vec<Xy>) -> Polygon<f64> {
        self.plane
            .polygon(&Polygon::new(LineString(ring), Vec::new()))
    }

    fn ground(&mut self, land: &Land) {
        let (ground, names) = (&land.ground, &land.names);
        let reach = 1.25 * ground.extent.limit;
        for blob in &ground.built {
            let built = self.plane.polygon(&blob.polygon(1.0));
            self.add(Layer::Landuse, "residential", 6, None, built);
        }
        for side in [4.0, -4.0] {
            let built = ground.extent.built;
            let mut strip = ground.river.line(-built, built, side);
            strip.extend(
                ground
                    .river
                    .line(-built, built, side * 11.0)
                    .into_iter()
                    .rev(),
            );
            strip.push(strip[0]);
            let strip = self.surface(strip);
            self.add(Layer::Green, "park", 11, None, strip);
        }
        for (hill, name) in ground.hills.iter().zip(&names.hills) {
            let wood = self.plane.polygon(&hill.polygon(1.0));
            self.add(Layer::Green, "wood", 6, Some(name), wood);
        }
        let shore = self
            .plane
            .polygon(&ground.lake.polygon(1.0 + 75.0 / ground.lake.radius));
        self.add(Layer::Green, "park", 9, None, shore);
        let water = self.plane.polygon(&ground.river.water(-reach, reach));
        self.add(Layer::Water, "river", 6, None, water);
        let island = self.surface(ground.river.island_ring(0.97));
        self.add(Layer::Green, "park", 12, Some(&names.island), island);
        let lake = self.plane.polygon(&ground.lake.polygon(1.0));
        self.add(Layer::Water, "lake", 6, Some(&names.lake), lake);
        let middle = self.plane.line(&ground.river.line(-reach, reach, 0.0));
        self.add(Layer::Water, "river", 9, Some(&names.river), middle);
        let canal = self.plane.line(&ground.canal);
        self.add(Layer::Water, "canal", 11, Some(&names.canal), canal);
        let rail = self.plane.line(&ground.rail);
        self.add(Layer::Rail, "rail", 9, None, rail);
        let limit = self.plane.line(&ground.limit.ring(1.0, 120.0));
        self.add(Layer::Boundary, "city", 7, None, limit);
    }

    fn blocks(&mut self, land: &Land) {
        for ((block, name), houses) in land.blocks.iter().zip(&land.names.blocks).zip(&land.houses)
        {
            let shape = self.plane.polygon(&block.shape);
            let (layer, class, zoom) = match block.used {
                Use::Commerce => (Layer::Landuse, "commercial", 12),
                Use::Works => (Layer::Landuse, "industrial", 11),
                Use::Site => (Layer::Landuse, "construction", 13),
                Use::School => (Layer::Landuse, "education", 12),
                Use::Hospital => (Layer::Landuse, "hospital", 12),
                Use::Park => (Layer::Green, "park", 11),
                _ => (Layer::Landuse, "residential", 13),
            };
            let shown = (block.used == Use::Park).then_some(name);
            self.add(layer, class, zoom, shown, shape);
            if block.used == Use::School {
                let ground = pitch(block.middle, land.ground.tilt);
                let inside = ground.exterior().0.iter().all(|p| block.contains(*p));
                if inside {
                    let ground = self.plane.polygon(&ground);
                    self.add(Layer::Green, "pitch", 14, None, ground);
                }
            }
            for house in houses {
                let house = self.plane.polygon(house);
                self.add(Layer::Building, "building", 14, None, house);
            }
        }
    }

    fn roads(&mut self, land: &Land) {
        for (road, name) in land.roads.roads.iter().zip(&land.names.roads) {
            let parts: Vec<_> = road
                .parts
                .iter()
                .map(|part| self.plane.line(part))
                .collect();
            let (class, zoom) = match road.kind {
                RoadKind::OuterRing => ("trunk", 6),
                RoadKind::InnerRing | RoadKind::Riverside => ("primary", 8),
                RoadKind::Main if name.zh.ends_with("大道") => ("primary", 8),
                RoadKind::Main => ("secondary", 9),
                RoadKind::Lakeside | RoadKind::Middle => ("tertiary", 11),
                RoadKind::Small => ("residential", 12),
            };
            if !parts.is_empty() {
                self.add(Layer::Road, class, zoom, Some(name), MultiLineString(parts));
            }
        }
    }

    fn names(&mut self, land: &Land) {
        let names = &land.names;
        let city = self.plane.degrees(land.ground.built[0].middle);
        let name = LocalText::new(CITY.0, CITY.1);
        self.add(Layer::Place, "city", 4, Some(&name), Point(city));
        for (district, name) in land.division.districts.iter().zip(&names.districts) {
            let at = self.plane.degrees(district.middle);
            self.add(Layer::Place, "district", 9, Some(name), Point(at));
        }
        for (town, name) in land.ground.built[1..].iter().zip(&names.towns) {
            let at = self.plane.degrees(town.middle);
            self.add(Layer::Place, "town", 11, Some(name), Point(at));
        }
        for (block, name) in land.blocks.iter().zip(&names.blocks) {
            if block.used.is_home() {
                let at = self.plane.degrees(block.middle);
                self.add(Layer::Place, "neighbourhood", 15, Some(name), Point(at));
            }
        }
        let stops = land.stops.iter().cloned();
        for place in points_of_interest(land).into_iter().chain(stops) {
            let Place {
                class,
                min_zoom,
                name,
                at,
            } = place;
            let at = self.plane.degrees(at);
            self.add(Layer::Poi, class, min_zoom, Some(&name), Point(at));
        }
    }
}

/// Outlines of areas in degrees.
pub(crate) fn outline(plane: Plane, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    plane.polygons(shape)
}
