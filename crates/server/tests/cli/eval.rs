//! Measuring suggestions.

use serde_json::json;

use crate::binary::{GOOD, Place};

#[test]
fn dispatch_is_scored_on_closed_cases_and_says_what_is_left_out() {
    let place = Place::city();
    let report = place.run(&["eval", "dispatch", "--json"]).ok().json();
    let closed = report["closed"].as_u64().unwrap();
    assert_eq!(closed, GOOD - 2, "two are open");
    assert_eq!(report["counted"], report["closed"]);
    assert_eq!(
        report["left_out"],
        json!({"without_category": 0, "without_unit": 0})
    );
    // Each category was handled by one unit, to which the import gave it.
    assert_eq!(
        (&report["accuracy"], &report["coverage"]),
        (&json!(1.0), &json!(1.0))
    );
    assert_eq!(
        report["baseline"],
        json!({"unit": "pwdx", "accuracy": 8.0 / 9.0})
    );
    let sum: u64 = report["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["counted"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, closed);
    let text = place.run(&["eval", "dispatch"]).ok().out;
    assert!(
        text.contains("accuracy 100.0 %") && text.contains("know the answers"),
        "{text}"
    );
}
