//! Shapes: WKT in expressions, GeoJSON in entities.

use geo::algorithm::PreparedGeometry;
use geo::{Distance as _, Euclidean, Geometry, Intersects as _, Length as _, Relate as _};
use serde::Deserialize as _;
use serde_json::Value as Json;
use wkt::TryFromWkt as _;
use yiwang_base::Refusal;

use crate::expr::Function;
use crate::malformed;
use crate::value::Value;

/// A shape from well-known text, longitude first.
///
/// # Errors
/// When it is none; `at` names the option.
pub fn from_wkt(text: &str, at: &str) -> Result<Geometry<f64>, Refusal> {
    // PostGIS's own prefix is used by some clients.
    let plain = match text.split_once(';') {
        Some((srid, rest)) if srid.starts_with("SRID=") => rest,
        _ => text,
    };
    let shape = Geometry::try_from_wkt_str(plain).ok();
    shape.filter(is_finite).ok_or_else(|| {
        malformed(at, "WKT 形状不对", "this is no shape in WKT")
            .found(text)
            .allowing(["POINT (116.4 39.9)"])
    })
}

fn is_finite(shape: &Geometry<f64>) -> bool {
    use geo::CoordsIter as _;
    shape
        .coords_iter()
        .all(|c| c.x.is_finite() && c.y.is_finite())
}

/// A shape from GeoJSON: a geometry or a feature. `None` where it is none.
pub fn from_geojson(json: &Json) -> Option<Geometry<f64>> {
    let object = json.as_object()?;
    if object.get("type").and_then(Json::as_str) == Some("Feature") {
        return from_geojson(object.get("geometry")?);
    }
    let geometry = geojson::Geometry::deserialize(json).ok()?;
    Geometry::try_from(geometry).ok().filter(is_finite)
}

/// The shape of a value.
pub(crate) fn shape(value: &Value) -> Option<Geometry<f64>> {
    match value {
        Value::Shape(shape) => Some((**shape).clone()),
        Value::Json(json) => from_geojson(json),
        _ => None,
    }
}

/// A function of two shapes. Distances are in the shapes' own unit, degrees,
/// as other servers of the standard have it.
pub(crate) fn relate(function: Function, a: &Geometry<f64>, b: &Geometry<f64>) -> Option<Value> {
    let matrix = || {
        let (a, b) = (PreparedGeometry::from(a), PreparedGeometry::from(b));
        a.relate(&b)
    };
    let holds = match function {
        Function::GeoDistance => return Some(Value::Number(Euclidean.distance(a, b))),
        Function::GeoIntersects | Function::StIntersects => a.intersects(b),
        Function::StDisjoint => !a.intersects(b),
        Function::StEquals => matrix().is_equal_topo(),
        Function::StTouches => matrix().is_touches(),
        Function::StWithin => matrix().is_within(),
        Function::StOverlaps => matrix().is_overlaps(),
        Function::StCrosses => matrix().is_crosses(),
        Function::StContains => matrix().is_contains(),
        _ => return None,
    };
    Some(Value::Bool(holds))
}

/// Whether two shapes stand to each other as a DE-9IM pattern says (`T*F**F***`).
pub(crate) fn matches_pattern(a: &Geometry<f64>, b: &Geometry<f64>, pattern: &str) -> Option<bool> {
    a.relate(b).matches(pattern).ok()
}

/// The length of lines, degrees.
pub(crate) fn length(shape: &Geometry<f64>) -> Option<f64> {
    match shape {
        Geometry::Line(line) => Some(Euclidean.length(line)),
        Geometry::LineString(line) => Some(Euclidean.length(line)),
        Geometry::MultiLineString(lines) => Some(Euclidean.length(lines)),
        _ => None,
    }
}
