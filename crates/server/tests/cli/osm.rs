//! The base map.

#[path = "../../src/import/osm/fixture.rs"]
#[allow(dead_code, reason = "the importer's own tests use the rest")]
mod fixture;

use crate::binary::Place;

#[test]
fn an_extract_becomes_the_base_map_of_a_server_that_runs_already() {
    let place = Place::city();
    let server = place.serve(&[]);
    place.write("quarter.osm.pbf", fixture::quarter());
    let report = place
        .run(&["import", "osm", "quarter.osm.pbf", "--json"])
        .ok()
        .json();
    assert!(report["features"].as_u64().unwrap() > 0, "{report}");
    assert!(place.path("data/basemap.sqlite").is_file());
    let city: serde_json::Value = serde_json::from_str(&server.get("/api/v1/city")).unwrap();
    assert_eq!(city["has_base_map"], true);
    let text = place.run(&["import", "osm", "quarter.osm.pbf"]).ok().out;
    assert!(text.contains("features in ./data/basemap.sqlite"), "{text}");
}

#[test]
fn what_is_no_extract_is_refused_and_the_map_stays() {
    let place = Place::new();
    place.write("quarter.osm.pbf", fixture::quarter());
    place.run(&["import", "osm", "quarter.osm.pbf"]).ok();
    let map = std::fs::read(place.path("data/basemap.sqlite")).unwrap();
    place.write("bad.osm.pbf", "no extract at all");
    place
        .run(&["import", "osm", "bad.osm.pbf"])
        .refused(1, &["bad.osm.pbf"]);
    place
        .run(&["import", "osm", "none.osm.pbf"])
        .refused(1, &["none.osm.pbf"]);
    assert_eq!(
        std::fs::read(place.path("data/basemap.sqlite")).unwrap(),
        map
    );
}
