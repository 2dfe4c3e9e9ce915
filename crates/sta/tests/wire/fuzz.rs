//! Whatever comes in, nothing panics.

use proptest::prelude::*;
use serde_json::json;
use yiwang_base::Timestamp;
use yiwang_sensing::registry::Kind;
use yiwang_sta::{
    Options, Path, boundary_of, eval, from_geojson, from_wkt, read_batch, read_create_observations,
};

use crate::filters::Entity;

/// Pieces of the language in any order, so that much of it is read to the end.
fn pieces(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(pieces), 0..25).prop_map(|all| all.concat())
}

const FILTER: &[&str] = &[
    "result",
    " eq ",
    " and ",
    " or ",
    "not ",
    "(",
    ")",
    ",",
    "/",
    "'",
    "''",
    "1",
    ".5",
    "e9",
    "-",
    "2026-01-01T00:00:00Z",
    "2026-01-01",
    "12:00:00",
    "length(",
    "substring(",
    "now()",
    "geography'",
    "POINT (1 2)",
    "POLYGON ((0 0, 1 1, 0 1, 0 0))",
    "st_within(",
    "Datastream",
    "parameters",
    "null",
    "duration'P1D'",
    " add ",
    " div ",
    " mod ",
    "year(",
    "雨",
    "@iot.id",
    "true",
    "geo.distance(",
    "st_relate(",
    "'T*F**F***'",
    "1e308",
    " mul ",
    "round(",
];
const EXPAND: &[&str] = &[
    "Datastreams",
    "Things",
    "Observations",
    "(",
    ")",
    ";",
    ",",
    "/",
    "$expand=",
    "$filter=",
    "$top=1",
    "name",
    " eq ",
    "'",
    "$select=",
    "=",
    "雨",
];
const WKT: &[&str] = &[
    "POINT",
    "POLYGON",
    "LINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
    "EMPTY",
    "(",
    ")",
    ",",
    " ",
    "1",
    "-2.5",
    "1e400",
    "Z",
    "nan",
    "SRID=4326;",
];
const ARRAY: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"Datastream\"",
    "\"@iot.id\"",
    "\"components\"",
    "\"dataArray\"",
    "\"result\"",
    "\"phenomenonTime\"",
    "1",
    "null",
    "\"2026-01-01T00:00:00Z\"",
    "1e999",
    "\"\\ud800\"",
];
const BATCH: &[&str] = &[
    "--b",
    "\r\n",
    "\r\n\r\n",
    "Content-Type: application/http",
    "Content-Type: multipart/mixed; boundary=b",
    "GET ",
    "x",
    " HTTP/1.1",
    "--",
    ":",
    "\u{0}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn filters(text in prop_oneof![pieces(FILTER), ".{0,60}"]) {
        if let Ok(options) = Options::read(Kind::Observation, [("$filter", text.as_str())].into_iter()) {
            let entity = Entity(json!({"result": 1.5, "parameters": {"a": "b"}}));
            eval(&options.filter.unwrap(), &entity).unwrap();
        }
    }

    #[test]
    fn expansions(text in prop_oneof![pieces(EXPAND), ".{0,60}"]) {
        let _ = Options::read(Kind::Thing, [("$expand", text.as_str())].into_iter());
        let _ = Options::read(Kind::Thing, [("$orderby", text.as_str())].into_iter());
    }

    #[test]
    fn paths(text in prop_oneof![pieces(EXPAND), ".{0,60}"]) {
        let _ = Path::read(&text);
    }

    #[test]
    fn shapes(text in prop_oneof![pieces(WKT), ".{0,60}"]) {
        let _ = from_wkt(&text, "$filter");
        let _ = from_geojson(&json!({"type": "Polygon", "coordinates": [text]}));
    }

    #[test]
    fn data_arrays(text in prop_oneof![pieces(ARRAY), ".{0,60}"]) {
        let _ = read_create_observations(text.as_bytes(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn batches(text in prop_oneof![pieces(BATCH), ".{0,60}"]) {
        let _ = read_batch(text.as_bytes(), "b");
        let _ = boundary_of(&text);
    }

    #[test]
    fn shapes_of_any_points_stand_to_each_other(points in proptest::collection::vec((-3..4_i32, -3..4_i32), 1..9), from in 0..9_usize) {
        let line: Vec<String> = points.iter().map(|(x, y)| format!("{x} {y}")).collect();
        let (a, b) = line.split_at(from.min(line.len()));
        let polygon = |points: &[String]| match points {
            [first, ..] => format!("geography'POLYGON (({}, {first}))'", points.join(", ")),
            [] => "geography'POINT (0 0)'".to_owned(),
        };
        for function in ["st_within", "st_touches", "st_equals", "st_overlaps", "st_crosses", "st_intersects", "geo.distance"] {
            let filter = format!("{function}({}, {}) eq true", polygon(a), polygon(b));
            if let Ok(options) = Options::read(Kind::Observation, [("$filter", filter.as_str())].into_iter()) {
                eval(&options.filter.unwrap(), &Entity(json!({}))).unwrap();
            }
        }
    }
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    for text in [
        "(".repeat(100_000),
        "not ".repeat(100_000),
        "-".repeat(100_000),
        "result eq 1 and ".repeat(10_000),
    ] {
        assert!(
            Options::read(Kind::Observation, [("$filter", text.as_str())].into_iter()).is_err()
        );
    }
    for text in [
        "Datastreams($expand=".repeat(10_000),
        "Datastreams/".repeat(10_000),
    ] {
        assert!(Options::read(Kind::Thing, [("$expand", text.as_str())].into_iter()).is_err());
    }
    assert!(Path::read(&"Things(1)/Datastreams(1)/Thing/".repeat(1000)).is_err());
}
