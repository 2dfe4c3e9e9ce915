//! Merging grids over HTTP: layers in, a preview, adopted, undone.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Client, Town, text, town};

/// A rectangle between longitudes, over the town's whole height or a part of it.
fn cell(code: &str, (west, east): (f64, f64), (south, north): (f64, f64), people: Value) -> Value {
    json!({"type": "Feature", "properties": {"code": code, "population": people},
        "geometry": {"type": "Polygon", "coordinates": [[
            [west, south], [east, south], [east, north], [west, north], [west, south]]]}})
}

fn layer(cells: &[Value]) -> Value {
    json!({"type": "FeatureCollection", "features": cells})
}

fn set(who: &Client, name: &str, body: &Value) -> Value {
    let path = format!("/api/v1/grid/layers/{name}");
    who.call(Method::PUT, &path, &[], Some(body)).expect(200)
}

/// Two layers over the town: quarters with people, and halves from north to south.
fn layers(steward: &Client) {
    let (low, high) = ((39.8, 39.95), (39.95, 40.1));
    let city = layer(&[
        cell("c1", (116.0, 116.5), high, json!(800)),
        cell("c2", (116.5, 117.0), high, json!(600)),
        cell("c3", (116.0, 116.5), low, json!(200)),
        cell("c4", (116.5, 117.0), low, json!(400)),
    ]);
    let set_layer = set(steward, "city", &city);
    assert_eq!(set_layer["layer"]["population"], 2000);
    let police = layer(&[
        cell("p1", (116.0, 116.2), (39.8, 40.1), json!(null)),
        cell("p2", (116.2, 117.0), (39.8, 40.1), json!(null)),
    ]);
    set(steward, "police", &police);
}

fn fingerprint(who: &Client, query: &str) -> (Value, Value) {
    let preview = who
        .get(&format!("/api/v1/grid/preview?{query}"))
        .expect(200);
    (preview["fingerprint"].clone(), preview)
}

fn leaves(who: &Client) -> Vec<String> {
    let city = who.get("/api/v1/city").expect(200);
    let areas = city["areas"].as_array().unwrap();
    let leaves = areas.iter().filter(|area| area["leaf"] == true);
    leaves.map(|area| text(&area["code"])).collect()
}

#[test]
fn layers_are_merged_previewed_adopted_and_undone() {
    let town = Town::new();
    let steward = town.person("steward");
    let before = text(&town.submit("路灯不亮", town::WEST)["id"]);
    layers(&steward);
    let listed = steward.get("/api/v1/grid/layers").expect(200);
    assert_eq!(listed["layers"].as_array().unwrap().len(), 2);

    let query = "layers=city,police&min_population=150";
    let (print, preview) = fingerprint(&steward, query);
    // West: two quarters, each cut by the police's border. The small pieces in the
    // south (80 and 120 people) join those in the north: as few layers have that
    // border as the one between them, and it is longer.
    let people: Vec<_> = preview["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| {
            (
                text(&cell["container"]),
                cell["population"].as_u64().unwrap(),
            )
        })
        .collect();
    let of = |container: &str| -> Vec<u64> {
        let cells = people.iter().filter(|(of, _)| of == container);
        cells.map(|(_, people)| *people).collect()
    };
    assert_eq!(of("east"), [600, 400]);
    assert_eq!(of("west"), [400, 600]);
    assert_eq!(preview["statistics"]["under"], 0);
    let shares: u64 = preview["crosswalk"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["old"] == "p1")
        .map(|one| one["area_share"].as_u64().unwrap())
        .sum();
    assert_eq!(shares, 1_000_000);
    let outlines = steward.get(&format!("/api/v1/grid/preview.geojson?{query}"));
    assert_eq!(outlines.json()["features"].as_array().unwrap().len(), 4);
    assert_eq!(leaves(&steward), ["east", "west"], "nothing was changed");

    let body = json!({"layers": ["city", "police"], "min_population": 150, "fingerprint": print});
    let mut other = body.clone();
    other["min_population"] = json!(100);
    steward
        .post("/api/v1/grid/merges", &other)
        .refused(412, "grid.changed");
    let adopted = steward.post("/api/v1/grid/merges", &body).expect(200);
    assert_eq!(adopted["merges"][0]["stands"], true);
    // The grid counts people: the load of a unit that has an area is told for them too.
    let load = steward.get("/api/v1/figures/load").expect(200);
    let units = load["units"].as_array().unwrap();
    let of = |code: &str| units.iter().find(|one| one["unit"] == code).unwrap();
    assert_eq!(of("roads-east")["residents"], 1000);
    assert_eq!(of("roads-east")["residents_per_worker"], 1000.0);
    assert_eq!(of("lights")["residents"], json!(null), "of the whole city");
    let now = leaves(&steward);
    assert_eq!(now.len(), 4);
    assert!(now[0].starts_with("east-"), "{now:?}");

    // A request falls into one of the new cells; the unit of the street acts there.
    let after = text(&town.submit("路灯不亮", town::EAST)["id"]);
    let case = steward.get(&format!("/api/v1/cases/{after}")).expect(200);
    assert!(text(&case["area"]).starts_with("east-"));
    let in_east = steward.get("/api/v1/cases?area=east").expect(200);
    assert_eq!(in_east["cases"][0]["id"], json!(after));
    let in_west = steward.get("/api/v1/cases?area=west").expect(200);
    assert_eq!(in_west["cases"][0]["id"], json!(before));
    let ladder = "/api/v1/authority/ladder?category=road&area=";
    let ladder = steward.get(&format!("{ladder}{}", now[0])).expect(200);
    assert_eq!(ladder["rungs"][0]["unit"], "roads-east");
    let coverage = steward.get("/api/v1/areas/coverage").expect(200);
    assert_eq!(coverage["pieces"], json!([]));
    let crosswalk = steward.get("/api/v1/grid/merges/1").expect(200);
    assert!(!crosswalk["crosswalk"].as_array().unwrap().is_empty());

    let undo =
        |number: u32| steward.post(&format!("/api/v1/grid/merges/{number}/undo"), &json!({}));
    undo(2).refused(404, "grid.no-merge");
    let undone = undo(1).expect(200);
    assert_eq!(undone["merges"][0]["stands"], false);
    assert_eq!(leaves(&steward), ["east", "west"]);
    undo(1).refused(409, "grid.undo-not-now");
    // The case keeps the cell it was recorded in, and is still found in its street.
    let in_east = steward.get("/api/v1/cases?area=east").expect(200);
    assert_eq!(in_east["cases"][0]["id"], json!(after));
}

#[test]
fn a_second_merge_takes_over_from_the_first_and_gives_no_code_twice() {
    let town = Town::new();
    let steward = town.person("steward");
    layers(&steward);
    let adopt = |names: &[&str]| {
        let (print, _) = fingerprint(&steward, &format!("layers={}", names.join(",")));
        let body = json!({"layers": names, "fingerprint": print});
        steward.post("/api/v1/grid/merges", &body).expect(200)
    };
    adopt(&["city"]);
    let first = leaves(&steward);
    let id = text(&town.submit("路灯不亮", town::WEST)["id"]);
    let merges = adopt(&["police"]);
    assert_eq!(merges["merges"][1]["replaced"], first.len());
    let second = leaves(&steward);
    assert!(
        second.iter().all(|code| !first.contains(code)),
        "{second:?}"
    );
    // The case of before is found under the cell with most of its own cell's ground.
    let west: Vec<_> = second
        .iter()
        .filter(|code| code.starts_with("west-"))
        .collect();
    let found = west.iter().filter(|code| {
        let cases = steward
            .get(&format!("/api/v1/cases?area={code}"))
            .expect(200);
        cases["cases"]
            .as_array()
            .unwrap()
            .iter()
            .any(|case| case["id"] == json!(id))
    });
    assert_eq!(found.count(), 1);
    steward
        .post("/api/v1/grid/merges/1/undo", &json!({}))
        .refused(409, "grid.undo-not-now");
    steward
        .post("/api/v1/grid/merges/2/undo", &json!({}))
        .expect(200);
    assert_eq!(leaves(&steward), first);
}

#[test]
fn a_layer_that_was_replaced_is_set_back_with_its_own_cells() {
    let town = Town::new();
    let steward = town.person("steward");
    let read = || steward.get("/api/v1/grid/layers/police").expect(200);
    let one = |code: &str| layer(&[cell(code, (116.0, 116.5), (39.8, 39.9), json!(5))]);
    set(&steward, "police", &one("first"));
    let first = read();
    set(&steward, "police", &one("second"));
    assert_ne!(read(), first);

    let history = "/api/v1/grid/layers/police/history";
    let versions = steward.get(history).expect(200)["versions"].clone();
    let versions = versions.as_array().unwrap();
    assert_eq!(versions.len(), 2, "{versions:?}");
    assert_eq!(versions[0]["value"]["cells"], 1);
    let back = |version: &Value| {
        let body = json!({"version": version});
        steward.post("/api/v1/grid/layers/police/set-back", &body)
    };
    let after = back(&versions[0]["version"]).expect(200);
    assert_eq!(read(), first);
    let after = after["versions"].as_array().unwrap();
    assert_eq!(after.len(), 3);
    assert!(text(&after[2]["grounds"]).starts_with("set back to version "));

    // An entry that is another thing's is no version of this layer.
    set(&steward, "party", &one("other"));
    let party = steward.get("/api/v1/grid/layers/party/history").expect(200);
    back(&party["versions"][0]["version"]).refused(404, "grid.version-unknown");
    back(&json!(999_999)).refused(404, "grid.version-unknown");
    back(&json!("first")).refused(422, "field.invalid");
    assert_eq!(read(), first);
}

#[test]
fn what_cannot_be_a_layer_or_a_plan_is_refused() {
    let town = Town::new();
    let steward = town.person("steward");
    let put = |name: &str, body: &Value| {
        let path = format!("/api/v1/grid/layers/{name}");
        steward.call(Method::PUT, &path, &[], Some(body))
    };
    let one = layer(&[cell("c1", (116.0, 116.5), (39.8, 39.9), json!(1))]);
    put("Police", &one).refused(422, "grid.layer-name");
    put("police", &json!({"type": "Topology"})).refused(422, "import.areas.not-geojson");
    put("police", &layer(&[])).refused(422, "grid.no-cells");
    let half = layer(&[cell("c1", (116.0, 116.5), (39.8, 39.9), json!(1.5))]);
    put("police", &half).refused(422, "grid.population");
    let preview = |query: &str| steward.get(&format!("/api/v1/grid/preview?{query}"));
    preview("").refused(422, "grid.no-layers");
    preview("layers=moon").refused(422, "grid.layer-unknown");
    preview("layers=moon&min_m2=few").refused(422, "query.invalid");
    preview("colour=red").refused(422, "query.invalid");
    let open = json!({"type": "Feature", "properties": {"code": "c2"},
        "geometry": {"type": "Point", "coordinates": [116.0, 39.8]}});
    let mut with_a_point = one.clone();
    with_a_point["features"].as_array_mut().unwrap().push(open);
    let set = put("police", &with_a_point).expect(200);
    assert_eq!(set["layer"]["cells"], 1);
    let why = text(&set["rejected"][0]["zh"]);
    assert!(why.starts_with("第 2 个要素（c2）"), "{why}");
    preview("layers=police&min_m2=5&max_m2=4").refused(422, "grid.limits");
    preview("layers=police&max_m2=1000").refused(422, "grid.too-many");
}
