//! Grid workers: what they see, check and call for; recurring places; the load of units.

use serde_json::json;

use crate::common::{Town, text, town};

#[test]
fn a_grid_worker_sees_the_cases_of_the_own_areas_and_no_others() {
    let town = Town::with_streets();
    let own = town.case_at("reported");
    let other = text(&town.submit("路面有坑", town::EAST)["id"]);
    let warden = town.person("warden");
    let listed = warden.get("/api/v1/cases").expect(200);
    let ids: Vec<String> = listed["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(&one["id"]))
        .collect();
    assert_eq!(ids, std::slice::from_ref(&own));
    warden.get(&format!("/api/v1/cases/{own}")).expect(200);
    warden
        .get(&format!("/api/v1/cases/{other}"))
        .refused(404, "case.not-found");
    warden
        .get("/api/v1/cases?area=east")
        .refused(403, "policy.other-area");
    let both = warden.get("/api/v1/cases?area=west,east").expect(200);
    assert_eq!(both["cases"].as_array().unwrap().len(), 1);
    let all = town.person("verifier").get("/api/v1/cases").expect(200);
    assert_eq!(
        all["cases"].as_array().unwrap().len(),
        2,
        "a verifier of the city sees both"
    );
}

#[test]
fn a_grid_worker_checks_what_others_did_and_not_what_the_own_street_did() {
    let town = Town::with_streets();
    let reported = town.case_at("reported");
    let warden = town.person("warden");
    let seen = warden.get(&format!("/api/v1/cases/{reported}")).expect(200);
    assert_eq!(seen["actions"], json!(["verify", "comment", "attach"]));
    warden
        .act(&reported, "verify", 5, &json!({"pass": true}))
        .expect(200);

    let own = text(&town.submit("路灯不亮", town::WEST)["id"]);
    let (operator, street) = (town.person("operator"), town.person("street"));
    operator
        .act(&own, "accept", 1, &json!({"category": "light"}))
        .expect(200);
    let to_street = json!({"unit": "west-street", "reason": "就近处置"});
    operator.act(&own, "dispatch", 2, &to_street).expect(200);
    street.act(&own, "start", 3, &json!({})).expect(200);
    street
        .act(&own, "report-back", 4, &json!({"note": "已修"}))
        .expect(200);
    warden
        .act(&own, "verify", 5, &json!({"pass": true}))
        .refused(403, "policy.not-your-part");
    warden
        .act(&own, "accept", 5, &json!({"category": "light"}))
        .refused(403, "policy.forbidden");
}

#[test]
fn a_grid_worker_blows_whistles_for_the_street_and_a_verifier_of_the_city_blows_none() {
    let town = Town::with_streets();
    let whistle = json!({
        "kind": "emergency", "words": "路口坍塌,请到场",
        "place": {"address": "春风路口", "point": {"lon": town::WEST.0, "lat": town::WEST.1}},
        "calls": [{"unit": "lights"}],
    });
    let warden = town.person("warden");
    let blown = warden.post("/api/v1/whistles", &whistle).expect(201);
    assert_eq!(blown["by"], "west-street");
    assert_eq!(
        warden.get("/api/v1/whistles").expect(200)["whistles"][0]["id"],
        "W1"
    );
    let verifier = town.person("verifier");
    verifier
        .post("/api/v1/whistles", &whistle)
        .refused(403, "policy.forbidden");
    // Nobody answers a call from the grid: that is the called unit's.
    let here = json!({"person": "x", "place": {"address": "x"}});
    let headers = [("If-Match", "\"1\"".to_owned())];
    warden
        .call(
            ureq::http::Method::POST,
            "/api/v1/whistles/W1/check-in",
            &headers,
            Some(&here),
        )
        .refused(403, "policy.forbidden");
}

#[test]
fn places_where_the_same_comes_back_are_told_by_square() {
    let town = Town::with_streets();
    for stage in ["closed", "dispatched", "accepted"] {
        town.case_at(stage);
    }
    town.submit("路面有坑", town::EAST);
    let warden = town.person("warden");
    let found = warden.get("/api/v1/cases/recurring").expect(200);
    let places = found["places"].as_array().unwrap();
    assert_eq!(places.len(), 1, "{found}");
    let place = &places[0];
    assert_eq!(
        (&place["category"], &place["cases"], &place["open"]),
        (&json!("light"), &json!(3), &json!(2))
    );
    assert_eq!(found["looked_at"], 3, "those of the own areas");
    assert_eq!(
        warden
            .get("/api/v1/cases/recurring?category=road")
            .expect(200)["places"],
        json!([])
    );
}

#[test]
fn the_load_of_a_unit_is_open_cases_for_each_of_its_people() {
    let town = Town::with_streets();
    for stage in ["dispatched", "in_progress", "closed"] {
        town.case_at(stage);
    }
    let load = town
        .person("warden")
        .get("/api/v1/figures/load")
        .expect(200);
    let of = |unit: &str| {
        let units = load["units"].as_array().unwrap();
        units
            .iter()
            .find(|one| one["unit"] == unit)
            .unwrap()
            .clone()
    };
    assert_eq!(
        of("lights"),
        json!({"unit": "lights", "open": 2, "late": 0, "week": 3, "usual_week": 0.0, "workers": 1, "per_worker": 2.0,
            "residents": null, "per_thousand": null, "residents_per_worker": null})
    );
    let street = of("west-street");
    assert_eq!(
        (&street["workers"], &street["per_worker"]),
        (&json!(2), &json!(0.0))
    );
    let tier = |of: &str| {
        let tiers = load["tiers"].as_array().unwrap();
        tiers.iter().find(|one| one["tier"] == of).unwrap().clone()
    };
    // The crews of two units: those who look after lights, and the road workers.
    let departments = tier("department");
    assert_eq!(
        (
            &departments["units"],
            &departments["open"],
            &departments["workers"]
        ),
        (&json!(2), &json!(2), &json!(2))
    );
    assert_eq!(departments["per_worker"], 1.0);
    assert_eq!(tier("street")["open"], 0);
    assert_eq!(load["usual_weeks"], 12);
}
