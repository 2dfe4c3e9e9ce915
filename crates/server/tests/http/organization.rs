//! Whether areas cover the town, and who may act on what.

use serde_json::json;

use crate::common::Town;

#[test]
fn of_an_area_is_told_what_it_was() {
    let town = Town::new();
    let leader = town.person("leader");
    let told = leader.get("/api/v1/areas/west/history").expect(200);
    let versions = told["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0]["value"]["parent"], "town");
    leader
        .get("/api/v1/areas/nowhere/history")
        .refused(404, "setting.none");
}

#[test]
fn the_areas_of_the_town_cover_it_once() {
    let town = Town::new();
    let found = town
        .person("leader")
        .get("/api/v1/areas/coverage")
        .expect(200);
    assert_eq!(found["leaves"], 2);
    assert_eq!(found["pieces"], json!([]));
    assert_eq!(found["without_outline"], json!(["town"]));
    // 1° by 0.3° at 40° north: some 85 by 33 km.
    let covered = found["covered_m2"].as_f64().unwrap() / 1e6;
    assert!((2_800.0..2_900.0).contains(&covered), "{covered} km²");
    let faults = town.person("leader").get("/api/v1/areas/coverage.geojson");
    assert_eq!(faults.header("content-type"), "application/geo+json");
    assert_eq!(faults.json()["features"], json!([]));
}

#[test]
fn it_is_told_where_nobody_may_act() {
    let town = Town::new();
    let found = town.person("steward").get("/api/v1/authority").expect(200);
    assert_eq!(
        found["unclear"],
        json!([
            {"flaw": "gap", "category": "noise", "areas": [], "units": []},
            {"flaw": "gap", "category": "road", "areas": ["west"], "units": []},
        ])
    );
}

#[test]
fn the_ladder_says_who_acts_who_sees_and_where_a_report_goes() {
    let town = Town::new();
    let steward = town.person("steward");
    let ladder = |query: &str| steward.get(&format!("/api/v1/authority/ladder?{query}"));
    let found = ladder("category=light&area=east&unit=roads-east").expect(200);
    assert_eq!(
        found["rungs"],
        json!([
            {"unit": "roads-east", "tier": null, "acts": false, "backstop": false},
            {"unit": "town-hall", "tier": null, "acts": false, "backstop": true},
            {"unit": "lights", "tier": null, "acts": true, "backstop": false},
        ])
    );
    assert_eq!(found["acts"], false);
    assert_eq!(found["passes_to"], json!(["lights"]));
    assert_eq!(found["up"], "town-hall");
    assert_eq!(found["down"], json!(null));
    ladder("area=east").refused(422, "category.unknown");
    ladder("category=moon").refused(422, "category.unknown");
    ladder("category=light&area=moon").refused(422, "area.unknown");
    ladder("category=light&unit=moon").refused(422, "unit.unknown");
    ladder("colour=red").refused(422, "query.invalid");
}
