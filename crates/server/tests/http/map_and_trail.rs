//! Tiles, the trail and proofs.

use serde_json::json;
use yiwang_journal::{Checkpoint, ExportedCase, VerifierKey, decode_bundle, verify_export};

use crate::common::{Town, text, town};

#[test]
fn cases_are_on_the_map_where_they_lie() {
    let town = Town::new();
    for _ in 0..3 {
        town.submit("路灯不亮", town::WEST);
    }
    let operator = town.person("operator");
    let tile = operator.get("/tiles/cases/0/0/0.mvt");
    assert_eq!(tile.status, 200);
    assert_eq!(
        tile.header("content-type"),
        "application/vnd.mapbox-vector-tile"
    );
    assert_eq!(tile.header("cache-control"), "no-store");
    assert!(tile.text().contains("cases") && tile.text().contains("submitted"));
    assert!(!tile.text().contains("路灯"), "marks carry no words");
    assert_eq!(
        operator.get("/tiles/cases/5/0/0.mvt").status,
        204,
        "nothing lies there"
    );
    assert_eq!(
        operator.get("/tiles/cases/0/0/0.mvt?stage=closed").status,
        204
    );
    operator
        .get("/tiles/cases/0/0/0.mvt?stage=lost")
        .refused(422, "query.invalid");
    for odd in [
        "1/2/0.mvt",
        "0/0/0.png",
        "0/0/0",
        "23/0/0.mvt",
        "-1/0/0.mvt",
        "+0/0/0.mvt",
        "0/0/00x.mvt",
        "99999999999/0/0.mvt",
        "0/0/%30.mvt%00",
        "a/b/c.mvt",
        "31/2147483648/0.mvt",
        "0/0/.mvt",
    ] {
        for root in ["base", "cases"] {
            let answer = operator.get(&format!("/tiles/{root}/{odd}"));
            answer.refused(404, "tile.none");
        }
    }
    assert_eq!(
        town.nobody().get("/tiles/base/0/0/0.mvt").status,
        204,
        "there is no base map"
    );
}

#[test]
fn the_trail_is_served_as_witnesses_read_it() {
    let town = Town::new();
    for number in 0..300 {
        town.submit(&format!("第{number}件"), town::WEST);
    }
    let (nobody, auditor) = (town.nobody(), town.person("auditor"));
    let key: VerifierKey = nobody.get("/trail/vkey").text().trim().parse().unwrap();
    let note = nobody.get("/trail/checkpoint");
    assert_eq!(note.header("content-type"), "text/plain; charset=utf-8");
    let size = Checkpoint::read_unverified(&note.text()).unwrap().size;
    assert!(size > 300);
    key.open(&note.text()).unwrap();
    assert_eq!(nobody.get("/trail/tile/0/000").body.len(), 256 * 32);
    let edge = size - 256;
    let partial = nobody.get(&format!("/trail/tile/0/001.p/{edge}"));
    assert_eq!(partial.body.len() as u64, edge * 32);
    assert!(partial.header("cache-control").contains("immutable"));
    let bundle = auditor.get("/trail/tile/entries/000");
    assert_eq!(decode_bundle(&bundle.body).unwrap().len(), 256);
    assert!(!bundle.text().contains("第1件"), "entries hold no words");
    for odd in [
        "tile/0/001",
        "tile/0/001.p/256",
        "tile/0/001.p/0",
        "tile/0/999",
        "tile/9/000",
        "tile/64/000",
        "tile/0/1",
        "tile/0/x001/000",
        "tile/entries/999",
        "",
        "tile",
        "..",
        "tile/0/%2e%2e",
        "tile/0/000%00",
        "tile/0/000/",
        "checkpoint/x",
    ] {
        auditor.get(&format!("/trail/{odd}")).expect(404);
    }
    nobody
        .get("/trail/tile/entries/000")
        .refused(401, "session.none");
    nobody.get("/trail/tile/9/000").refused(404, "trail.none");
}

#[test]
fn a_case_proves_itself_without_the_server() {
    let town = Town::new();
    let id = town.case_at("closed");
    let key: VerifierKey = town
        .nobody()
        .get("/trail/vkey")
        .text()
        .trim()
        .parse()
        .unwrap();
    let path = format!("/api/v1/cases/{id}/proof");
    let table = [
        ("operator", 2, 0),
        ("verifier", 2, 0),
        ("unit", 2, 0),
        ("leader", 0, 2),
        ("auditor", 0, 2),
    ];
    for (who, shown, withheld) in table {
        let answer = town.person(who).get(&path);
        answer.expect(200);
        let export: ExportedCase = serde_json::from_slice(&answer.body).unwrap();
        let report = verify_export(&export, Some(&key)).unwrap();
        assert_eq!(report.entries, 7, "{who}");
        assert_eq!(
            (report.sealed_shown, report.sealed_withheld),
            (shown, withheld),
            "{who}"
        );
        assert_eq!(answer.text().contains("路灯不亮"), shown > 0, "{who}");
    }
    // A changed word no longer verifies.
    let answer = town
        .person("operator")
        .get(&path)
        .text()
        .replace("路灯不亮", "路灯很亮");
    let export: ExportedCase = serde_json::from_str(&answer).unwrap();
    assert!(verify_export(&export, Some(&key)).is_err());
}

#[test]
fn after_a_restart_tiles_are_there_before_anybody_asks_for_a_checkpoint() {
    let town = Town::new();
    for _ in 0..256 {
        town.submit("路灯不亮", town::WEST);
    }
    town.nobody().get("/trail/checkpoint");
    let before = town.nobody().get("/trail/tile/0/000").body;
    assert_eq!(before.len(), 256 * 32);
    let (_, directory) = town.stop();
    let server = crate::common::Server::on(&directory.path());
    let nobody = crate::common::Client::nobody(&server.address);
    assert_eq!(nobody.get("/trail/tile/0/000").body, before);
}

#[test]
fn the_city_is_described_with_units_for_staff_only() {
    let town = Town::new();
    let city = town.nobody().get("/api/v1/city").expect(200);
    assert_eq!(city["name"]["zh"], "小城");
    assert_eq!(city["bounds"], json!([116.0, 39.8, 117.0, 40.1]));
    assert_eq!(city["units"], json!([]));
    assert_eq!(city["categories"].as_array().unwrap().len(), 3);
    assert_eq!(
        city["stages"][0],
        json!({"code": "submitted", "name": {"zh": "待受理", "en": "submitted"}})
    );
    let staff = town.person("admin").get("/api/v1/city").expect(200);
    assert_eq!(staff["units"][0]["kind"], "department");
    let areas = town.nobody().get("/api/v1/areas.geojson");
    assert_eq!(areas.header("content-type"), "application/geo+json");
    let areas = areas.expect(200);
    assert_eq!(areas["features"].as_array().unwrap().len(), 2);
    assert_eq!(text(&areas["features"][0]["properties"]["parent"]), "town");
}
