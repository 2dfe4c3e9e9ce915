//! Observations that are put right or taken back, and JSON Patch.

use serde_json::{Value, json};
use ureq::http::Method;

use crate::common::{Client, Town};
use crate::sta::{ROOT, get, made, rain, values};

fn results(client: &Client, query: &str) -> Vec<Value> {
    let found = get(
        client,
        &format!("{ROOT}/Observations?$orderby=phenomenonTime&{query}"),
    );
    values(&found)
        .iter()
        .map(|one| one["result"].clone())
        .collect()
}

fn patch(client: &Client, path: &str, body: &Value) -> crate::common::Answer {
    client.call(Method::PATCH, path, &[], Some(body))
}

/// Five readings, minute by minute.
fn five(partner: &Client, stream: &str) {
    for minute in 0..5 {
        let one =
            json!({"phenomenonTime": format!("2026-02-03T00:0{minute}:00Z"), "result": minute});
        made(&partner.post(&format!("{stream}/Observations"), &one));
    }
}

#[test]
fn an_observation_is_put_right_and_taken_back_and_every_answer_says_so() {
    let town = Town::new();
    let (partner, stream) = rain(&town);
    five(&partner, &stream);
    let one = format!("{ROOT}/Observations(2)");
    patch(
        &partner,
        &one,
        &json!({"result": 20.5, "parameters": {"by": "hand"}}),
    )
    .expect(200);
    // To another time: it is found there.
    let put = json!({"phenomenonTime": "2026-02-03T00:09:00Z", "result": 4.5});
    partner
        .call(
            Method::PUT,
            &format!("{ROOT}/Observations(4)"),
            &[],
            Some(&put),
        )
        .expect(200);
    partner
        .call(
            Method::DELETE,
            &format!("{stream}/Observations(0)"),
            &[],
            None,
        )
        .expect(200);
    let check = |client: &Client| {
        assert_eq!(
            results(client, ""),
            [json!(1), json!(20.5), json!(3), json!(4.5)]
        );
        assert_eq!(
            results(client, "$filter=result gt 4&$count=true"),
            [20.5, 4.5]
        );
        client.get(&format!("{ROOT}/Observations(0)")).expect(404);
        let shown = get(client, &one);
        assert_eq!(shown["parameters"], json!({"by": "hand"}));
        let count = get(client, &format!("{stream}/Observations?$count=true&$top=0"));
        assert_eq!(count["@iot.count"], 4);
        let times = get(client, &format!("{stream}?$select=phenomenonTime"));
        let expected = "2026-02-03T00:01:00.000Z/2026-02-03T00:09:00.000Z";
        assert_eq!(times["phenomenonTime"], expected);
        let sums = get(client, "/api/v1/readings/summaries?stream=1&every=hour");
        let sum = &sums["summaries"][0];
        assert_eq!(
            (&sum["count"], &sum["sum"], &sum["max"]),
            (&json!(4), &json!(29.0), &json!(20.5))
        );
        let csv = client.get("/api/v1/readings/export?stream=1");
        assert_eq!(csv.text().lines().count(), 5, "{}", csv.text());
    };
    check(&partner);
    // What was taken back cannot be put right; what is wrong is refused as ever.
    patch(
        &partner,
        &format!("{ROOT}/Observations(0)"),
        &json!({"result": 1}),
    )
    .expect(404);
    let refused = patch(&partner, &one, &json!({"result": 999})).expect(400);
    assert_eq!(refused["type"], "reading.impossible");
    let far = json!({"phenomenonTime": "2126-01-01T00:00:00Z"});
    patch(&partner, &one, &far).expect(400);
    let moved = json!({"Datastream": {"@iot.id": 7}});
    let refused = patch(&partner, &one, &moved).expect(400);
    assert_eq!(refused["field"], "Datastream");
    patch(&partner, &one, &json!({"result": null})).expect(400);
    patch(&town.person("operator"), &one, &json!({"result": 1})).expect(403);
    // It is in the record, with who did it; and holds after a restart.
    let town = town.restart();
    let partner = town.person("partner");
    check(&partner);
    // A steward may, too.
    let steward = town.person("steward");
    let steps = json!([
        {"op": "test", "path": "/result", "value": 20.5},
        {"op": "replace", "path": "/result", "value": 2},
        {"op": "remove", "path": "/parameters"},
    ]);
    let body = (
        "application/json-patch+json",
        steps.to_string().into_bytes(),
    );
    steward
        .send(Method::PATCH, &one, &[], Some(body))
        .expect(200);
    let shown = get(&partner, &one);
    assert_eq!(
        (&shown["result"], shown.get("parameters")),
        (&json!(2), None)
    );
    town.stop_and_verify();
}

#[test]
fn a_device_amends_its_own_readings_only() {
    let town = Town::new();
    let (partner, stream) = rain(&town);
    five(&partner, &stream);
    let steward = town.person("steward");
    let device = json!({"things": [77], "most_per_minute": 1000});
    steward
        .call(
            Method::PUT,
            "/api/v1/devices/partner",
            &[("If-Match", "\"0\"".to_owned())],
            Some(&device),
        )
        .expect(200);
    let one = format!("{ROOT}/Observations(1)");
    partner.call(Method::DELETE, &one, &[], None).expect(403);
    patch(&partner, &one, &json!({"result": 3})).expect(403);
    assert_eq!(results(&steward, ""), [0, 1, 2, 3, 4]);
}

#[test]
fn an_observation_is_put_right_to_a_feature_of_interest_that_is_there_only() {
    let town = Town::new();
    let (partner, stream) = rain(&town);
    five(&partner, &stream);
    let one = format!("{ROOT}/Observations(1)");
    let of = |feature: u64| json!({"FeatureOfInterest": {"@iot.id": feature}});
    let refused = patch(&partner, &one, &of(99));
    assert_eq!(refused.json()["type"], "reading.no-feature");
    let feature = json!({"name": "桥墩", "description": "", "encodingType": "application/vnd.geo+json",
        "feature": {"type": "Point", "coordinates": [116.4, 39.9]}});
    let made = made(&partner.post(&format!("{ROOT}/FeaturesOfInterest"), &feature));
    let id: u64 = made[made.find('(').unwrap() + 1..made.len() - 1]
        .parse()
        .unwrap();
    patch(&partner, &one, &of(id)).expect(200);
    let found = get(&partner, &format!("{made}/Observations"));
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
}

#[test]
fn entities_are_changed_by_the_steps_of_a_json_patch_all_or_none() {
    let town = Town::new();
    let (partner, _) = rain(&town);
    let thing = format!("{ROOT}/Things(1)");
    let send = |steps: &Value| {
        let body = (
            "application/json-patch+json",
            steps.to_string().into_bytes(),
        );
        partner.send(Method::PATCH, &thing, &[], Some(body))
    };
    send(&json!([
        {"op": "replace", "path": "/name", "value": "renamed"},
        {"op": "add", "path": "/properties/floor", "value": 3},
        {"op": "remove", "path": "/properties/street"},
    ]))
    .expect(200);
    let shown = get(&partner, &thing);
    assert_eq!(
        (&shown["name"], &shown["properties"]),
        (&json!("renamed"), &json!({"floor": 3}))
    );
    send(&json!([{"op": "remove", "path": "/properties"}])).expect(200);
    assert_eq!(get(&partner, &thing).get("properties"), None);
    for (steps, field) in [
        (
            json!([{"op": "replace", "path": "/name", "value": "x"}, {"op": "remove", "path": "/nothing"}]),
            "body",
        ),
        (
            json!([{"op": "test", "path": "/name", "value": "y"}, {"op": "replace", "path": "/name", "value": "x"}]),
            "body",
        ),
        (
            json!([{"op": "add", "path": "/colour", "value": "x"}]),
            "colour",
        ),
        (json!([{"op": "fly", "path": "/name"}]), "body"),
        (json!([{"op": "remove", "path": "/name"}]), "name"),
    ] {
        let refused = send(&steps);
        assert!(
            [400, 422].contains(&refused.status),
            "{steps}: {}",
            refused.text()
        );
        assert_eq!(refused.json()["field"], field, "{steps}");
    }
    assert_eq!(get(&partner, &thing)["name"], "renamed");
}
