//! What the base map is made of.

use geo_types::{Coord, Geometry};

/// How a feature is drawn, and the name of its layer in a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Layer {
    /// Built-up and other used land (用地).
    Landuse = 0,
    /// Parks, woods, grass (绿地).
    Green = 1,
    /// Lakes, rivers, the sea (水系).
    Water = 2,
    /// Buildings (建筑).
    Building = 3,
    /// Streets and paths (道路).
    Road = 4,
    /// Railways and metro (轨道).
    Rail = 5,
    /// Administrative boundaries (界线).
    Boundary = 6,
    /// Names of settlements and quarters (地名).
    Place = 7,
    /// Points of interest (兴趣点): the start of a gazetteer.
    Poi = 8,
}

impl Layer {
    /// Every layer, in drawing order: the first is painted first.
    pub const ALL: [Self; 9] = [
        Self::Landuse,
        Self::Green,
        Self::Water,
        Self::Building,
        Self::Road,
        Self::Rail,
        Self::Boundary,
        Self::Place,
        Self::Poi,
    ];

    /// The layer's name in a tile.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Landuse => "landuse",
            Self::Green => "green",
            Self::Water => "water",
            Self::Building => "building",
            Self::Road => "road",
            Self::Rail => "rail",
            Self::Boundary => "boundary",
            Self::Place => "place",
            Self::Poi => "poi",
        }
    }

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|l| i64::from(*l as u8) == code)
    }
}

/// A feature's names, each absent when the source has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The name as written on the spot, in whichever language.
    pub local: Option<String>,
    /// The Chinese name.
    pub zh: Option<String>,
    /// The English name.
    pub en: Option<String>,
}

impl Names {
    /// True when there is no name in any language.
    pub fn is_empty(&self) -> bool {
        self.local.is_none() && self.zh.is_none() && self.en.is_none()
    }
}

/// One thing on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// How it is drawn.
    pub layer: Layer,
    /// Its kind within the layer, as `residential` or `river`.
    pub class: String,
    /// Its names.
    pub names: Names,
    /// The lowest zoom at which it is drawn, 0 to [`super::MAX_ZOOM`].
    pub min_zoom: u8,
    /// Its shape in degrees, x = longitude and y = latitude (WGS 84).
    pub geometry: Geometry<f64>,
}

/// Why a feature cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum InvalidFeature {
    /// A coordinate is no number, or not on the globe.
    #[error("coordinate ({lon}, {lat}) is not a longitude −180…180 and a latitude −90…90")]
    Coordinate {
        /// The longitude found.
        lon: f64,
        /// The latitude found.
        lat: f64,
    },
    /// The geometry has no coordinate at all.
    #[error("the geometry is empty")]
    Empty,
    /// The lowest zoom is above what is ever drawn.
    #[error("min_zoom {0} is above {max}", max = super::MAX_ZOOM)]
    Zoom(u8),
    /// A collection of mixed geometries, which a tile cannot hold as one feature.
    #[error("a geometry collection cannot be drawn as one feature; insert its parts")]
    Collection,
}

/// A box in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Western edge, degrees of longitude.
    pub west: f64,
    /// Southern edge, degrees of latitude.
    pub south: f64,
    /// Eastern edge, degrees of longitude.
    pub east: f64,
    /// Northern edge, degrees of latitude.
    pub north: f64,
}

impl Bounds {
    /// The smallest box around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }
}

impl Feature {
    /// The box around the feature, or why it cannot be stored.
    ///
    /// # Errors
    /// [`InvalidFeature`] names the first thing wrong.
    pub fn bounds(&self) -> Result<Bounds, InvalidFeature> {
        if self.min_zoom > super::MAX_ZOOM {
            return Err(InvalidFeature::Zoom(self.min_zoom));
        }
        let mut bounds: Option<Bounds> = None;
        each_coord(&self.geometry, &mut |c| {
            let on_globe = (-180.0..=180.0).contains(&c.x) && (-90.0..=90.0).contains(&c.y);
            if !on_globe {
                return Err(InvalidFeature::Coordinate { lon: c.x, lat: c.y });
            }
            let here = Bounds {
                west: c.x,
                south: c.y,
                east: c.x,
                north: c.y,
            };
            bounds = Some(bounds.map_or(here, |b| b.union(here)));
            Ok(())
        })?;
        bounds.ok_or(InvalidFeature::Empty)
    }
}

type Visit<'a> = &'a mut dyn FnMut(Coord<f64>) -> Result<(), InvalidFeature>;

fn each_coord(geometry: &Geometry<f64>, f: Visit<'_>) -> Result<(), InvalidFeature> {
    match geometry {
        Geometry::Point(p) => f(p.0),
        Geometry::Line(l) => f(l.start).and_then(|()| f(l.end)),
        Geometry::LineString(l) => l.0.iter().try_for_each(|c| f(*c)),
        Geometry::Polygon(p) => each_ring_coord(p, f),
        Geometry::MultiPoint(m) => m.iter().try_for_each(|p| f(p.0)),
        Geometry::MultiLineString(m) => m.iter().flat_map(|l| &l.0).try_for_each(|c| f(*c)),
        Geometry::MultiPolygon(m) => m.iter().try_for_each(|p| each_ring_coord(p, f)),
        Geometry::Rect(r) => f(r.min()).and_then(|()| f(r.max())),
        Geometry::Triangle(t) => t.to_array().into_iter().try_for_each(f),
        Geometry::GeometryCollection(_) => Err(InvalidFeature::Collection),
    }
}

fn each_ring_coord(polygon: &geo_types::Polygon<f64>, f: Visit<'_>) -> Result<(), InvalidFeature> {
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .flat_map(|ring| &ring.0)
        .try_for_each(|c| f(*c))
}
