//! Outlines: read, checked, compared.

use geo::orient::Direction;
use geo::{Area, BooleanOps, BoundingRect, Intersects, MultiPolygon, Orient, Polygon};
use geojson::{Geometry, GeometryValue, Position};
use serde::Serialize;
use serde_json::Value;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::coverage::globe_m2;

use super::AreaDraft;
use super::crossing::{Flaw, flaw};

/// Overlaps below this share of the smaller area come from rounded borders.
const LEAST_SHARE: f64 = 0.001;

/// Latitudes beyond this are not on a web map.
const MOST_NORTH: f64 = 85.0;

/// Two areas that cover the same ground. A point there goes to the lower code.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    /// Code of the one.
    pub a: String,
    /// Code of the other.
    pub b: String,
    /// The ground both cover, square metres.
    pub area_m2: f64,
    /// The same as a share of the smaller area, 0…1.
    pub share: f64,
}

/// Where in the file something is wrong, and with which area.
struct At<'a> {
    index: usize,
    name: &'a str,
}

impl At<'_> {
    fn refuse(&self, code: &'static str, path: &str, zh: &str, en: &str) -> Refusal {
        let Self { index, name } = self;
        let name: String = name.chars().take(60).collect();
        let number = index + 1;
        Refusal::new(
            RefusalKind::Invalid,
            code,
            format!("第 {number} 个要素（{name}）：{zh}"),
            format!("feature {number} ({name}): {en}"),
        )
        .at(format!("features[{index}].geometry{path}"))
    }
}

/// A valid outline and its surface in square metres, or what is wrong with it.
pub(super) fn read(
    index: usize,
    name: &str,
    geometry: &Value,
) -> Result<(MultiPolygon<f64>, f64), Refusal> {
    let at = At { index, name };
    let parts = match parse(&at, geometry)? {
        GeometryValue::Polygon { coordinates } => vec![coordinates],
        GeometryValue::MultiPolygon { coordinates } => coordinates,
        other => return Err(wrong_type(&at, other.type_name())),
    };
    if parts.is_empty() {
        return Err(at.refuse(
            "import.areas.empty",
            ".coordinates",
            "没有任何环",
            "it has no ring",
        ));
    }
    for (n, rings) in parts.iter().enumerate() {
        if rings.is_empty() {
            let path = format!(".coordinates[{n}]");
            return Err(at.refuse("import.areas.empty", &path, "没有任何环", "it has no ring"));
        }
        for (m, ring) in rings.iter().enumerate() {
            check_ring(&at, &format!(".coordinates[{n}][{m}]"), ring)?;
        }
    }
    let outline: MultiPolygon<f64> = parts.iter().map(|rings| polygon(rings)).collect();
    if let Some(flaw) = flaw(&outline) {
        return Err(invalid(&at, flaw));
    }
    let outline = outline.orient(Direction::Default);
    let area = globe_m2(&outline);
    Ok((outline, area))
}

fn invalid(at: &At<'_>, flaw: Flaw) -> Refusal {
    let (place, zh, en) = match flaw {
        Flaw::Crossing(c) => (c, "边界自相交", "the outline crosses itself"),
        Flaw::StrayHole(c) => (c, "内环在外环之外", "a hole lies outside its exterior"),
    };
    let place = format!("[{}, {}]", place.x, place.y);
    at.refuse(
        "import.areas.invalid-shape",
        ".coordinates",
        &format!("{zh}，位置 {place}；请用 GIS 软件修复几何"),
        &format!("{en} at {place}; repair the geometry in a GIS program"),
    )
    .found(place)
    .allowing(["rings that do not cross, holes inside their exterior"])
}

fn parse(at: &At<'_>, geometry: &Value) -> Result<GeometryValue, Refusal> {
    // Said here, because the library's own words for these are about its code.
    match &geometry["type"] {
        Value::String(t) if t == "Polygon" || t == "MultiPolygon" => {}
        Value::String(t) => return Err(wrong_type(at, t)),
        _ if geometry.is_null() => return Err(wrong_type(at, "null")),
        other => return Err(wrong_type(at, &other.to_string())),
    }
    let parsed: Result<Geometry, _> = serde_json::from_value(geometry.clone());
    parsed.map(|g| g.value).map_err(|e| {
        at.refuse(
            "import.areas.coordinates",
            ".coordinates",
            &format!("坐标数组不合规：{e}"),
            &format!("the coordinates are not as RFC 7946 has them: {e}"),
        )
        .found(geometry["coordinates"].to_string())
        .allowing(["[[[lon, lat], …], …]"])
    })
}

fn wrong_type(at: &At<'_>, found: &str) -> Refusal {
    at.refuse(
        "import.areas.geometry-type",
        ".type",
        "区域必须是 Polygon 或 MultiPolygon",
        "an area is a Polygon or a MultiPolygon",
    )
    .found(found)
    .allowing(["Polygon", "MultiPolygon"])
}

fn check_ring(at: &At<'_>, path: &str, ring: &[Position]) -> Result<(), Refusal> {
    for (n, position) in ring.iter().enumerate() {
        let on_map = match position.as_slice() {
            [lon, lat, ..] => lon.abs() <= 180.0 && lat.abs() <= MOST_NORTH,
            _ => false,
        };
        if !on_map {
            return Err(at
                .refuse(
                    "import.areas.position",
                    &format!("{path}[{n}]"),
                    "坐标必须是 WGS 84 经纬度（先经度后纬度）；投影坐标请先转换",
                    "a position is WGS 84 degrees, longitude first; convert projected coordinates first",
                )
                .found(format!("{:?}", position.as_slice()))
                .allowing(["longitude −180…180, latitude −85…85"]));
        }
    }
    if ring.len() < 4 {
        return Err(at
            .refuse(
                "import.areas.ring-short",
                path,
                "一个环至少要有 4 个坐标点（首尾相同）",
                "a ring has at least 4 positions, the last the same as the first",
            )
            .found(format!("{} positions", ring.len())));
    }
    let (first, last) = (ring[0].as_slice(), ring[ring.len() - 1].as_slice());
    if first[..2] != last[..2] {
        return Err(at
            .refuse(
                "import.areas.ring-open",
                path,
                "环没有闭合：最后一个坐标点必须与第一个相同",
                "the ring is not closed: its last position must be its first",
            )
            .found(format!("first {first:?}, last {last:?}")));
    }
    Ok(())
}

/// For rings that were checked.
fn polygon(rings: &[Vec<Position>]) -> Polygon<f64> {
    let mut lines = rings.iter().map(|ring| {
        let coords = ring.iter().map(|p| (p[0], p[1]));
        coords.collect::<geo::LineString<f64>>()
    });
    let exterior = lines.next().unwrap_or(geo::LineString(Vec::new()));
    Polygon::new(exterior, lines.collect())
}

/// The pairs of areas that cover the same ground, beyond what rounded borders do.
pub fn find_overlaps(areas: &[AreaDraft]) -> Vec<Overlap> {
    let shapes: Vec<_> = areas
        .iter()
        .filter_map(|area| Some((area, area.geometry.as_ref()?)))
        .collect();
    let boxes: Vec<_> = shapes.iter().map(|(_, s)| s.bounding_rect()).collect();
    let mut overlaps = Vec::new();
    for (i, (a, shape)) in shapes.iter().enumerate() {
        for (j, (b, with)) in shapes.iter().enumerate().skip(i + 1) {
            if !matches!((&boxes[i], &boxes[j]), (Some(a), Some(b)) if a.intersects(b)) {
                continue;
            }
            let shared = shape.intersection(*with);
            let smaller = shape.unsigned_area().min(with.unsigned_area());
            let share = shared.unsigned_area() / smaller;
            if share > LEAST_SHARE {
                overlaps.push(Overlap {
                    a: a.code.as_str().to_owned(),
                    b: b.code.as_str().to_owned(),
                    area_m2: globe_m2(&shared),
                    share,
                });
            }
        }
    }
    overlaps
}
