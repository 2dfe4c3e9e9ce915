//! What an OpenStreetMap object is on our map, from its tags.
//!
//! The tags are documented at <https://wiki.openstreetmap.org/wiki/Map_features>.
//! What no rule names is not drawn.

use geo::{BoundingRect, Geometry};
use yiwang_store::basemap::{Layer, MAX_ZOOM, Names};

/// How an object is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its layer.
    pub layer: Layer,
    /// Its class within the layer.
    pub class: &'static str,
    /// The lowest zoom at which this class is drawn.
    pub min_zoom: u8,
}

const fn kind(layer: Layer, class: &'static str, min_zoom: u8) -> Kind {
    Kind {
        layer,
        class,
        min_zoom,
    }
}

/// OpenStreetMap limits a value to 255 characters; a longer one is cut.
const LONGEST_NAME: usize = 255;

/// The tags of one object.
#[derive(Debug, Clone, Copy)]
pub struct Tags<'a>(pub &'a [(&'a str, &'a str)]);

impl<'a> Tags<'a> {
    /// The value of a key; an empty one counts as absent.
    pub fn get(self, key: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(k, v)| *k == key && !v.is_empty())
            .map(|(_, v)| *v)
    }

    /// The value of a key, or an empty text.
    fn text(self, key: &str) -> &'a str {
        self.get(key).unwrap_or_default()
    }

    /// True when the key has this value.
    pub fn is(self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }

    /// The object's names.
    pub fn names(self) -> Names {
        let first = |keys: &[&str]| {
            keys.iter()
                .find_map(|k| self.get(k))
                .map(|v| v.chars().take(LONGEST_NAME).collect())
        };
        Names {
            local: first(&["name"]),
            zh: first(&["name:zh", "name:zh-Hans", "name:zh-CN"]),
            en: first(&["name:en", "int_name"]),
        }
    }
}

/// A line: street, path, railway, watercourse.
pub fn line(tags: Tags<'_>) -> Option<Kind> {
    road(tags)
        .or_else(|| rail(tags))
        .or_else(|| watercourse(tags))
}

fn road(tags: Tags<'_>) -> Option<Kind> {
    let (class, zoom) = match tags.get("highway")? {
        "motorway" => ("motorway", 5),
        "motorway_link" => ("motorway", 10),
        "trunk" => ("trunk", 6),
        "trunk_link" => ("trunk", 11),
        "primary" => ("primary", 8),
        "primary_link" => ("primary", 12),
        "secondary" => ("secondary", 9),
        "secondary_link" => ("secondary", 12),
        "tertiary" => ("tertiary", 11),
        "tertiary_link" => ("tertiary", 13),
        "residential" | "unclassified" | "living_street" | "road" => ("residential", 12),
        "service" if tags.is("service", "parking_aisle") => ("service", 15),
        "service" | "busway" => ("service", 14),
        "pedestrian" => ("path", 13),
        "footway" if tags.is("footway", "sidewalk") => ("path", 15),
        "path" | "footway" | "cycleway" | "bridleway" | "steps" | "track" => ("path", 14),
        _ => return None,
    };
    Some(kind(Layer::Road, class, zoom))
}

fn rail(tags: Tags<'_>) -> Option<Kind> {
    let (class, zoom) = match tags.get("railway")? {
        "rail" if tags.get("service").is_some() => ("rail", 13),
        "rail" | "narrow_gauge" => ("rail", 9),
        "subway" => ("subway", 11),
        "light_rail" | "monorail" | "funicular" => ("light_rail", 11),
        "tram" => ("tram", 13),
        _ => return None,
    };
    Some(kind(Layer::Rail, class, zoom))
}

fn watercourse(tags: Tags<'_>) -> Option<Kind> {
    if tags.is("natural", "coastline") {
        return Some(kind(Layer::Water, "coastline", 0));
    }
    let (class, zoom) = match tags.get("waterway")? {
        "river" => ("river", 8),
        "canal" => ("canal", 10),
        "stream" => ("stream", 13),
        "drain" | "ditch" => ("drain", 14),
        _ => return None,
    };
    Some(kind(Layer::Water, class, zoom))
}

/// The level of an administrative boundary (1 the widest), if it is one.
pub fn admin_level(tags: Tags<'_>) -> Option<u8> {
    if !tags.is("boundary", "administrative") {
        return None;
    }
    let level: u8 = tags.get("admin_level")?.parse().ok()?;
    (1..=10).contains(&level).then_some(level)
}

/// The boundary line of an administrative level.
pub fn boundary(level: u8) -> Kind {
    let (class, zoom) = match level {
        0..=2 => ("country", 0),
        3 | 4 => ("province", 3),
        5 | 6 => ("city", 7),
        7 | 8 => ("district", 9),
        _ => ("street", 11),
    };
    kind(Layer::Boundary, class, zoom)
}

/// True when a closed way is a surface rather than a line that comes round.
pub fn is_area(tags: Tags<'_>) -> bool {
    match tags.get("area") {
        Some("yes") => true,
        Some("no") => false,
        _ => {
            tags.get("highway").is_none()
                && tags.get("railway") != Some("rail")
                && area(tags).is_some()
        }
    }
}

/// A surface: building, water, green, used land.
pub fn area(tags: Tags<'_>) -> Option<Kind> {
    if tags.get("building").is_some_and(|v| v != "no") {
        return Some(kind(Layer::Building, "building", 14));
    }
    water(tags).or_else(|| green(tags)).or_else(|| land(tags))
}

fn water(tags: Tags<'_>) -> Option<Kind> {
    let class = match (
        tags.text("natural"),
        tags.text("water"),
        tags.text("waterway"),
        tags.text("landuse"),
    ) {
        ("water", "river" | "stream" | "canal", _, _) | (_, _, "riverbank", _) => "river",
        ("water", "pond" | "reservoir" | "basin", _, _) | (_, _, _, "reservoir" | "basin") => {
            "pond"
        }
        ("water", ..) => "lake",
        (_, _, "dock", _) => "dock",
        _ => return None,
    };
    Some(kind(Layer::Water, class, 0))
}

fn green(tags: Tags<'_>) -> Option<Kind> {
    let class = match (
        tags.text("leisure"),
        tags.text("landuse"),
        tags.text("natural"),
    ) {
        ("park" | "garden" | "nature_reserve" | "dog_park" | "playground", ..) => "park",
        ("pitch" | "golf_course" | "stadium" | "sports_centre" | "track", ..) => "pitch",
        (_, "forest", _) | (_, _, "wood") => "wood",
        (_, "grass" | "meadow" | "village_green" | "recreation_ground" | "greenfield", _)
        | (_, _, "grassland" | "scrub" | "heath") => "grass",
        (_, "cemetery", _) => "cemetery",
        (
            _,
            "farmland" | "orchard" | "vineyard" | "allotments" | "plant_nursery" | "farmyard",
            _,
        ) => "farmland",
        (_, _, "wetland") => "wetland",
        _ => return None,
    };
    Some(kind(Layer::Green, class, 6))
}

fn land(tags: Tags<'_>) -> Option<Kind> {
    let class = match tags.text("landuse") {
        "residential" => "residential",
        "commercial" | "retail" => "commercial",
        "industrial" | "quarry" | "landfill" | "port" | "depot" => "industrial",
        "construction" | "brownfield" => "construction",
        "railway" => "railway",
        "military" => "military",
        "education" => "education",
        _ => return ground(tags),
    };
    Some(kind(Layer::Landuse, class, 8))
}

fn ground(tags: Tags<'_>) -> Option<Kind> {
    let (class, zoom) = match (
        tags.text("amenity"),
        tags.text("natural"),
        tags.text("highway"),
    ) {
        ("school" | "university" | "college" | "kindergarten", ..) => ("education", 10),
        ("hospital" | "clinic", ..) => ("hospital", 10),
        ("parking", ..) => ("parking", 14),
        (_, "sand" | "beach" | "bare_rock" | "shingle", _) => ("sand", 10),
        (_, _, "pedestrian" | "footway" | "service") => ("pedestrian", 14),
        _ if tags.is("aeroway", "aerodrome") => ("airport", 9),
        _ => return None,
    };
    Some(kind(Layer::Landuse, class, zoom))
}

/// A named spot: settlement, quarter, or point of interest. A surface that is
/// one is kept as a point inside it.
pub fn spot(tags: Tags<'_>) -> Option<Kind> {
    place(tags).or_else(|| poi(tags))
}

fn place(tags: Tags<'_>) -> Option<Kind> {
    let (class, zoom) = match tags.get("place")? {
        "country" | "state" | "province" | "region" => ("province", 3),
        "city" => ("city", 4),
        "town" => ("town", 8),
        "county" | "district" | "borough" => ("district", 9),
        "suburb" | "municipality" => ("suburb", 10),
        "village" => ("village", 11),
        "quarter" => ("quarter", 12),
        "neighbourhood" | "hamlet" => ("neighbourhood", 13),
        "island" | "islet" | "square" | "locality" | "isolated_dwelling" => ("locality", 14),
        _ => return None,
    };
    Some(kind(Layer::Place, class, zoom))
}

/// Points of interest kept although they have no name.
const KEPT_UNNAMED: [&str; 6] = [
    "hospital",
    "police",
    "fire_station",
    "station",
    "toilets",
    "bus_stop",
];

fn poi(tags: Tags<'_>) -> Option<Kind> {
    let (class, zoom) = amenity(tags)
        .or_else(|| transport(tags))
        .or_else(|| visited(tags))?;
    let named = !tags.names().is_empty();
    (named || KEPT_UNNAMED.contains(&class)).then_some(kind(Layer::Poi, class, zoom))
}

fn amenity(tags: Tags<'_>) -> Option<(&'static str, u8)> {
    Some(match tags.get("amenity")? {
        "hospital" => ("hospital", 13),
        "university" | "college" => ("university", 13),
        "townhall" | "courthouse" => ("townhall", 13),
        "police" => ("police", 14),
        "fire_station" => ("fire_station", 14),
        "bus_station" | "ferry_terminal" => ("station", 14),
        "school" | "kindergarten" => ("school", 15),
        "clinic" | "doctors" => ("clinic", 15),
        "library" | "community_centre" | "social_facility" | "arts_centre" | "theatre"
        | "cinema" => ("culture", 15),
        "place_of_worship" => ("worship", 15),
        "marketplace" => ("market", 15),
        "pharmacy" => ("pharmacy", 16),
        "post_office" | "bank" => ("service", 16),
        "fuel" | "charging_station" | "parking" => ("vehicle", 16),
        "restaurant" | "cafe" | "fast_food" | "bar" | "pub" | "food_court" => ("food", 16),
        "toilets" => ("toilets", 16),
        "waste_disposal" | "recycling" | "waste_transfer_station" => ("waste", 16),
        _ => ("amenity", 16),
    })
}

fn transport(tags: Tags<'_>) -> Option<(&'static str, u8)> {
    match (
        tags.text("railway"),
        tags.text("aeroway"),
        tags.text("highway"),
    ) {
        ("station" | "halt", ..) => Some(("station", 13)),
        ("tram_stop", ..) => Some(("bus_stop", 15)),
        ("subway_entrance", ..) => Some(("entrance", 16)),
        (_, "aerodrome", _) => Some(("airport", 10)),
        (_, _, "bus_stop") => Some(("bus_stop", 16)),
        _ => None,
    }
}

fn visited(tags: Tags<'_>) -> Option<(&'static str, u8)> {
    match tags.text("leisure") {
        "park" | "nature_reserve" | "garden" => return Some(("park", 14)),
        "stadium" | "sports_centre" | "swimming_pool" | "pitch" | "playground" => {
            return Some(("sport", 15));
        }
        _ => {}
    }
    if tags.get("tourism").is_some() {
        return Some(("tourism", 15));
    }
    if tags.get("historic").is_some() {
        return Some(("historic", 16));
    }
    if tags.get("shop").is_some() {
        return Some(("shop", 16));
    }
    tags.get("office").map(|_| ("office", 16))
}

/// The lowest zoom at which a shape is at least four pixels wide or high, with
/// tiles of 256 pixels; a point is seen at every zoom.
pub fn zoom_for_size(geometry: &Geometry<f64>) -> u8 {
    let Some(bounds) = geometry.bounding_rect() else {
        return 0;
    };
    let degrees = bounds.width().max(bounds.height());
    if degrees <= 0.0 {
        return 0;
    }
    // The whole world, 360°, is 256 · 2^z pixels wide.
    let zoom = (4.0 * 360.0 / (256.0 * degrees)).log2().ceil();
    zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8
}
