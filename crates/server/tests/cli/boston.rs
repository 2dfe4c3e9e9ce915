//! The City of Boston's own files, where they are at hand.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::binary::Place;

fn shared(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join("../shared/data/cases").join(name);
    if !file.exists() {
        println!("skipped: no ../shared/data");
    }
    file.exists().then_some(file)
}

#[test]
fn two_commands_bring_in_boston_with_its_history_and_its_areas() {
    let areas = shared("boston_neighborhoods.geojson");
    let (Some(areas), Some(requests)) = (areas, shared("boston_311_sample_4995.csv")) else {
        return;
    };
    let place = Place::new();
    let areas = ["import", "areas", areas.to_str().unwrap(), "--json"];
    let report = place.run(&areas).ok().json();
    assert_eq!(
        (&report["areas"], &report["rejected"]),
        (&json!(24), &json!([]))
    );
    let report = place.import(requests.to_str().unwrap()).ok().json();
    assert_eq!(report["rows"], 4_995);
    assert_eq!(
        (&report["imported"], &report["rejected"]),
        (&json!(4_995), &json!(0))
    );
    let verified = place.run(&["verify", "--json"]).ok().json();
    assert_eq!(
        (&verified["ok"], &verified["cases"]),
        (&json!(true), &json!(4_995))
    );
    let export = place
        .run(&["export", "cases", "--format", "jsonl"])
        .ok()
        .out;
    let rows: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(rows.iter().all(|row| row["stage"] == "closed"));
    let mapped = rows.iter().filter(|row| row["area"].is_string()).count();
    println!("{mapped} of {} cases lie in an area", rows.len());
    // All but the few whose point is in the water or that have no point.
    assert!(mapped > 4_700, "{mapped}");
    let report = place.import(requests.to_str().unwrap()).ok().json();
    assert_eq!(
        (&report["imported"], &report["known"]),
        (&json!(0), &json!(4_995))
    );
}

#[test]
fn the_handling_time_of_the_last_fifth_is_forecast_better_than_by_category() {
    let Some(requests) = shared("boston_311_sample_4995.csv") else {
        return;
    };
    let file = requests.to_str().unwrap();
    let handling = ["eval", "handling", "--profile", "boston311", file];
    let report = Place::new().run(&handling).ok().json();
    let days = |name: &str| report[name].as_f64().unwrap();
    assert!(days("mean_absolute_error_days") < 3.0, "{report}");
    assert!(days("mean_absolute_error_days") < days("category_median_error_days"));
    assert!((0.77..=0.83).contains(&days("within_interval")), "{report}");
}
