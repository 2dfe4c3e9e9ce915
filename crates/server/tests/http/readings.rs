//! Readings over time: aggregates by thing, area and city, and how long they are kept.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::http::Method;
use yiwang_base::Timestamp;
use yiwang_server::sensing::{Sensing, seal_all};
use yiwang_store::{Options, Store};

use crate::common::town::{EAST, WEST};
use crate::common::{Client, Town};
use crate::sta::{get, made};

/// A thing in a place with a datastream of a measure; its number.
fn gauge(partner: &Client, name: &str, place: (f64, f64), property: &str, unit: &str) -> String {
    let thing = json!({
        "name": name, "description": "",
        "Locations": [{
            "name": name, "description": "", "encodingType": "application/geo+json",
            "location": {"type": "Point", "coordinates": [place.0, place.1]},
        }],
        "Datastreams": [{
            "name": name, "description": "", "observationType": "OM_Measurement",
            "unitOfMeasurement": {"name": unit, "symbol": unit, "definition": "x"},
            "Sensor": {"name": "s", "description": "", "encodingType": "text/plain", "metadata": "x"},
            "ObservedProperty": {"name": property, "definition": "http://x", "description": ""},
        }],
    });
    made(&partner.post("/sta/v1.1/Things", &thing))
}

/// Two gauges of rain in the west, one of heat in the west and one of rain in the
/// east; of each a reading every half hour of a day of the city, its number.
pub(crate) fn town() -> (Town, Client) {
    let town = Town::new();
    let partner = town.person("partner");
    gauge(&partner, "一", WEST, "rain", "mm");
    gauge(&partner, "二", WEST, "rain", "mm");
    gauge(&partner, "三", WEST, "heat", "°C");
    gauge(&partner, "四", EAST, "rain", "mm");
    let rows = |stream: u32| -> Vec<Value> {
        let times = (0..48).map(|half| half * 30);
        let at = |minutes: u32| {
            format!(
                "2026-02-03T{:02}:{:02}:00+08:00",
                minutes / 60,
                minutes % 60
            )
        };
        times.map(|minutes| json!([at(minutes), stream])).collect()
    };
    let groups: Vec<Value> = (1..=4)
        .map(|stream| {
            json!({
                "Datastream": {"@iot.id": stream},
                "components": ["phenomenonTime", "result"],
                "dataArray": rows(stream),
            })
        })
        .collect();
    partner
        .post("/sta/v1.1/CreateObservations", &json!(groups))
        .expect(201);
    (town, partner)
}

/// Seals what is in the log, as an hour does.
fn seal(directory: &std::path::Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let store = Store::open(directory, Options::default()).unwrap();
    let sensing = Sensing::open(&store).unwrap();
    sensing.history.close_part();
    assert!(sensing.history.wait_for_part(Duration::from_secs(10)));
    seal_all(&sensing.history, &store, runtime.handle(), Timestamp::now()).unwrap();
}

fn ask(client: &Client, query: &str) -> Vec<Value> {
    let found = get(client, &format!("/api/v1/readings/aggregates?{query}"));
    assert_eq!(found["coarser_left_out"], false);
    found["aggregates"].as_array().unwrap().clone()
}

#[test]
fn readings_are_aggregated_by_thing_area_and_city_each_measure_apart() {
    let (town, _) = town();
    let leader = town.person("leader");
    let short = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap().to_owned();
        (
            text("of"),
            text("property"),
            one["count"].as_u64().unwrap(),
            one["sum"].as_f64().unwrap(),
        )
    };
    let named = |of: &str, property: &str, count: u64, sum: f64| {
        (of.to_owned(), property.to_owned(), count, sum)
    };
    let areas: Vec<_> = ask(&leader, "by=area&every=all")
        .iter()
        .map(short)
        .collect();
    assert_eq!(
        areas,
        [
            named("east", "rain", 48, 192.0),
            named("west", "heat", 48, 144.0),
            named("west", "rain", 96, 144.0),
        ]
    );
    let city: Vec<_> = ask(&leader, "by=city&every=day&property=rain")
        .iter()
        .map(short)
        .collect();
    assert_eq!(
        city,
        [named("city", "rain", 144, 336.0)],
        "it is one day of the city"
    );
    let west = ask(&leader, "area=west&by=thing&every=all");
    assert_eq!(
        west.iter()
            .map(|one| one["of"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["1", "2", "3"]
    );
    let hours = ask(
        &leader,
        "thing=2&every=hour&from=2026-02-02T16:00:00Z&to=2026-02-02T18:00:00Z",
    );
    assert_eq!(hours.len(), 2);
    assert_eq!(
        hours[1],
        json!({"of": "2", "property": "rain", "unit": "mm", "from": "2026-02-02T17:00:00.000Z",
        "count": 2, "min": 2.0, "max": 2.0, "mean": 2.0, "sum": 4.0})
    );
    let csv = leader.get("/api/v1/readings/aggregates?by=district&every=all&format=csv");
    assert!(
        csv.text()
            .starts_with("of,property,unit,from,count,min,max,mean,sum\n"),
        "{}",
        csv.text()
    );
    let parquet = leader.get("/api/v1/readings/aggregates?by=stream&format=parquet");
    assert!(parquet.body.starts_with(b"PAR1") && parquet.body.ends_with(b"PAR1"));
    // By area also where readings are summed up stream by stream, or taken away.
    let found = get(&leader, "/api/v1/readings/summaries?area=east&every=day");
    assert_eq!(found["summaries"][0]["stream"], 4);
    assert_eq!(
        leader
            .get("/api/v1/readings/export?area=east")
            .text()
            .lines()
            .count(),
        49
    );
    for (query, field) in [
        ("by=street", "by"),
        ("every=week", "every"),
        ("area=nowhere", "area"),
        ("format=xlsx", "format"),
        ("from=yesterday", "from"),
        ("limit=3", "query"),
    ] {
        let refused = leader.get(&format!("/api/v1/readings/aggregates?{query}"));
        assert_eq!(
            refused.refused(422, "query.invalid")["field"],
            field,
            "{query}"
        );
    }
}

#[test]
fn how_long_readings_are_kept_is_set_with_grounds_and_what_gives_way_stays_answerable() {
    let (town, _) = town();
    let path = "/api/v1/readings/retention";
    let steward = town.person("steward");
    let usual = get(&steward, path);
    assert_eq!(
        (&usual["version"], &usual["value"]["readings_days"]),
        (&json!(0), &json!(0))
    );
    let put = |version: &Value, days: [u32; 3]| {
        let [readings_days, minute_days, hour_days] = days;
        let body = json!({
            "value": {"readings_days": readings_days, "minute_days": minute_days, "hour_days": hour_days},
            "grounds": "档案办法第三条",
        });
        let headers = [("If-Match", format!("\"{version}\""))];
        steward.call(Method::PUT, path, &headers, Some(&body))
    };
    let refused = put(&json!(0), [30, 7, 0]).refused(422, "retention.days");
    assert_eq!(refused["field"], "value.minute_days");
    let before = ask(&steward, "by=thing&every=day");
    let set = put(&json!(0), [7, 7, 7]).expect(200);
    put(&json!(0), [7, 7, 8]).refused(412, "setting.changed");
    // A part of the log that is sealed at the next start is old enough by then.
    let (_, directory) = town.stop();
    seal(&directory.path());
    let town = Town::on(directory);
    let until = Instant::now() + Duration::from_secs(20);
    let steward = town.person("steward");
    let left = || {
        let set = "/sta/v1.1/Observations?$count=true&$top=0";
        get(&steward, set)["@iot.count"].as_u64().unwrap()
    };
    while left() > 0 {
        assert!(Instant::now() < until, "they are rolled up");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(ask(&steward, "by=thing&every=day"), before);
    let history = get(&steward, &format!("{path}/history"));
    let first = &history["versions"][0];
    assert_eq!(
        (&first["grounds"], &first["version"]),
        (&json!("档案办法第三条"), &set["version"])
    );
    // What it was and what took its place are entries: the record verifies.
    town.stop_and_verify();
}
