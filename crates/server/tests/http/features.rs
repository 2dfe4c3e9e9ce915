//! OGC API – Features over things and readings.

use serde_json::json;

use crate::common::town::token;
use crate::readings::town;
use crate::sta::get;

const ROOT: &str = "/ogc/features";

#[test]
fn a_real_client_of_features_works_with_it() {
    let (town, _) = town();
    let suite = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ogc/run");
    let said = std::process::Command::new(suite)
        .arg(format!("http://{}{ROOT}", town.server.address))
        .arg(token("partner"))
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr),
    );
    if said.status.code() == Some(3) {
        println!("skipped: the client could not be installed: {err}");
        return;
    }
    assert!(said.status.success(), "{out}{err}");
    assert!(out.contains("OWSLib: passed"), "{out}");
}

#[test]
fn features_are_paged_narrowed_and_refused_as_the_standard_has_it() {
    let (town, partner) = town();
    let items = format!("{ROOT}/collections/readings/items");
    // Page by page, each once, also what was put right.
    let (mut next, mut seen) = (format!("{items}?limit=50&stream=1&thing=4"), Vec::new());
    loop {
        let page = get(&partner, &next);
        let features = page["features"].as_array().unwrap();
        seen.extend(features.iter().map(|one| one["id"].as_u64().unwrap()));
        let links = page["links"].as_array().unwrap().iter();
        let link = links.clone().find(|link| link["rel"] == "next");
        let Some(link) = link else { break };
        let href = link["href"].as_str().unwrap();
        next = href[href.find(ROOT).unwrap()..].to_owned();
    }
    let expected: Vec<u64> = (0..48).chain(144..192).collect();
    assert_eq!(seen, expected);
    let heat = get(&partner, &format!("{items}?property=heat&limit=1"));
    assert_eq!(heat["features"][0]["properties"]["unit"], "°C");
    assert_eq!(heat["numberReturned"], 1);
    partner
        .call(ureq::http::Method::DELETE, "/sta/v1.1/Things(4)", &[], None)
        .expect(200);
    let left = get(&partner, &format!("{items}?limit=10000"));
    assert_eq!(
        left["numberReturned"], 144,
        "of what was removed nothing is shown"
    );
    partner.get(&format!("{items}/150")).expect(404);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("bbox=1,2,3", "bbox"),
        ("datetime=yesterday", "datetime"),
        ("crs=http://x", "crs"),
        ("colour=red", "query"),
        ("f=html", "f"),
    ] {
        let refused = partner
            .get(&format!("{items}?{query}"))
            .refused(400, "query.malformed");
        assert_eq!(refused["field"], field, "{query}");
    }
    let none = partner.get(&format!("{ROOT}/collections/cars/items"));
    assert_eq!(
        none.refused(404, "features.no-collection")["allowed"],
        json!(["things", "readings"])
    );
    town.nobody().get(&items).expect(401);
    town.nobody().get(ROOT).expect(200);
}
