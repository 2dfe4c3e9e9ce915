//! What everybody may hear of what was done near a place.

use serde_json::json;

use crate::common::{Town, town};

/// Near the point where the town's cases of street lights lie.
fn near(town: &Town, query: &str) -> serde_json::Value {
    let (lon, lat) = town::WEST;
    let path = format!("/api/v1/near?lon={lon}&lat={lat}{query}");
    town.nobody().get(&path).expect(200)
}

#[test]
fn what_was_done_near_is_told_without_words_point_number_or_name() {
    let town = Town::new();
    for _ in 0..3 {
        town.case_at("closed");
    }
    town.case_at("verified");
    let found = near(&town, "");
    let done = found["done"].as_array().unwrap();
    assert_eq!(done.len(), 3, "those closed: {found}");
    let mut fields: Vec<&str> = done[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["about", "category", "closed_on", "hours", "outcome"]
    );
    assert_eq!(done[0]["category"], "light");
    assert_eq!(done[0]["outcome"], "checked");
    let said = found.to_string();
    for hidden in ["路灯不亮", "换了灯泡", "116.25,", "\"C1\""] {
        assert!(!said.contains(hidden), "{hidden} in {said}");
    }
    // All three are told of as of one square, whose middle is not where they were.
    assert_eq!(done[0]["about"], done[1]["about"]);
    assert_ne!(
        done[0]["about"],
        json!({"lon": town::WEST.0, "lat": town::WEST.1})
    );
}

#[test]
fn fewer_than_three_cases_in_a_square_are_not_told() {
    let town = Town::new();
    for _ in 0..2 {
        town.case_at("closed");
    }
    let found = near(&town, "&within=800&days=30");
    assert_eq!(found["done"], json!([]));
    assert_eq!(
        (&found["withheld"], &found["fewest"]),
        (&json!(2), &json!(3))
    );
}

#[test]
fn elsewhere_there_is_nothing_and_a_place_must_be_said() {
    let town = Town::new();
    for _ in 0..3 {
        town.case_at("closed");
    }
    let nobody = town.nobody();
    let east = format!("/api/v1/near?lon={}&lat={}", town::EAST.0, town::EAST.1);
    assert_eq!(nobody.get(&east).expect(200)["done"], json!([]));
    let sea = nobody.get("/api/v1/near?lon=150&lat=10").expect(200);
    assert_eq!(sea["done"], json!([]), "outside of all areas");
    nobody.get("/api/v1/near").refused(422, "near.place");
    for query in ["lon=x&lat=1", "lon=200&lat=1"] {
        let path = format!("/api/v1/near?{query}");
        assert_eq!(nobody.get(&path).status, 422, "{query}");
    }
    for query in ["within=10", "within=5000", "days=0", "days=400", "who=me"] {
        let path = format!("/api/v1/near?lon=116&lat=39&{query}");
        nobody.get(&path).refused(422, "query.invalid");
    }
}
