//! Observations as they come in and go out.

use serde_json::{Map, Value as Json, json};
use yiwang_base::Timestamp;
use yiwang_sta::{observation_body, read_create_observations, read_observation};

fn now() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn object(json: Json) -> Map<String, Json> {
    json.as_object().unwrap().clone()
}

#[test]
fn what_is_read_goes_out_as_it_was() {
    for sent in [
        json!({"phenomenonTime": "2026-02-03T04:05:06.500Z", "resultTime": "2026-02-03T04:05:06.500Z", "result": 1.5}),
        json!({"phenomenonTime": "2026-02-03T04:05:06.000Z", "resultTime": "2026-02-03T04:06:00Z", "result": 3}),
        json!({"phenomenonTime": "2026-02-03T04:00:00Z/2026-02-03T05:00:00Z", "resultTime": "2026-02-03T06:00:00Z",
            "result": {"a": [1, 2]}, "resultQuality": "good", "parameters": {"depth": 2},
            "validTime": "2026-02-03T04:00:00Z/2026-02-04T04:00:00Z"}),
        json!({"phenomenonTime": "2026-02-03T04:05:06.500Z", "resultTime": "2026-02-03T04:05:06.500Z", "result": "开"}),
        json!({"phenomenonTime": "2026-02-03T04:05:06.500Z", "resultTime": "2026-02-03T04:05:06.500Z", "result": true}),
    ] {
        let observed = read_observation(&object(sent.clone()), None).unwrap();
        let out = observation_body(
            observed.at.unwrap(),
            observed.value,
            observed.note.as_deref(),
        );
        assert_eq!(Json::Object(out), sent);
    }
}

#[test]
fn an_observation_without_a_time_is_of_now_and_one_without_a_result_is_none() {
    let observed = read_observation(&object(json!({"result": 1})), Some(9)).unwrap();
    assert_eq!(
        (observed.at, observed.note.as_deref()),
        (None, Some(r#"{"foi":9}"#))
    );
    for (sent, field) in [
        (json!({}), "result"),
        (json!({"result": null}), "result"),
        (
            json!({"result": 1, "phenomenonTime": "yesterday"}),
            "phenomenonTime",
        ),
        (json!({"result": 1, "phenomenonTime": 5}), "phenomenonTime"),
        (
            json!({"result": 1, "phenomenonTime": "2026-02-03T05:00:00Z/2026-02-03T04:00:00Z"}),
            "phenomenonTime",
        ),
        (
            json!({"result": 1, "validTime": "2026-02-03T04:00:00Z"}),
            "validTime",
        ),
        (json!({"result": 1, "colour": "red"}), "colour"),
    ] {
        let refused = read_observation(&object(sent.clone()), None).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{sent}");
    }
}

#[test]
fn data_arrays_are_read_row_by_row_and_what_is_wrong_keeps_its_place() {
    let body = json!([
        {"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
         "dataArray@iot.count": 4, "dataArray": [
            ["2026-02-03T04:05:06Z", 1.5, 7], ["nonsense", 2, 7], ["2026-02-03T04:05:07Z", "开", null],
            ["2026-02-03T04:05:08Z", 2]]},
        {"dataArray": [[3, "2026-02-03T04:05:09Z"], [null, "2026-02-03T04:05:09Z"], [4, null], [4, null, 5]],
         "components": ["result", "phenomenonTime"], "Datastream": {"@iot.id": 2}},
    ]);
    let created = read_create_observations(body.to_string().as_bytes(), now()).unwrap();
    let readings: Vec<(u64, f64)> = created
        .readings
        .iter()
        .map(|r| (r.stream.0, r.value))
        .collect();
    assert_eq!(readings.len(), 4);
    assert_eq!((readings[0], readings[2]), ((1, 1.5), (2, 3.0)));
    assert_eq!(created.readings[3].at, now().as_millisecond());
    let bad: Vec<u32> = created.bad.iter().map(|(at, _)| *at).collect();
    assert_eq!(bad, [1, 3, 5, 7]);
    assert_eq!(created.sent(), 8);
    let notes: Vec<(u32, &str)> = created
        .notes
        .iter()
        .map(|(at, note)| (*at, &**note))
        .collect();
    assert_eq!(notes, [(0, r#"{"foi":7}"#), (1, r#"{"result":"开"}"#)]);
}

#[test]
fn a_body_that_is_no_list_of_data_arrays_is_refused() {
    for body in [
        "",
        "{}",
        "[1]",
        r#"[{"Datastream": {"@iot.id": 1}}]"#,
        "[[]]",
        "[",
        r#"[{"Datastream":{"@iot.id":1},"components":["colour"],"dataArray":[]}]"#,
        r#"[{"Datastream":{"@iot.id":1},"components":["phenomenonTime"],"dataArray":[]}]"#,
        r#"[{"Datastream":{"@iot.id":1},"components":["result"],"dataArray":[1]}]"#,
        r#"[{"Datastream":{"@iot.id":1},"components":["result"],"dataArray":[[1e999]]}]"#,
    ] {
        assert!(
            read_create_observations(body.as_bytes(), now()).is_err(),
            "{body}"
        );
    }
    assert_eq!(read_create_observations(b"[]", now()).unwrap().sent(), 0);
}
