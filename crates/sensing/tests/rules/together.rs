//! Rules on several streams.

use serde_json::{Value, json};
use yiwang_sensing::Reading;
use yiwang_sensing::rule::Stream;

use crate::town::{MINUTE, at, engine, level, rule, stream, told};

fn streams() -> Vec<Stream> {
    vec![
        stream(1, "level"),
        stream(2, "rain"),
        stream(11, "level"),
        stream(12, "rain"),
    ]
}

fn rain() -> Value {
    level(json!({"streams": {"properties": ["rain"]}}))
}

fn judge(when: Value, streams: &[Stream], readings: &[Reading], until: i64) -> Vec<String> {
    let mut engine = engine(vec![rule(when)], streams);
    let mut found = engine.feed(readings);
    found.extend(engine.advance(until * MINUTE));
    told(&found)
}

#[test]
fn all_at_once_on_one_thing() {
    let of =
        json!({"all": {"within_seconds": 0, "of": [{"is": level(json!({}))}, {"is": rain()}]}});
    let when = json!({"joint": {"colour": "orange", "per": "thing", "of": of}});
    let readings = [
        at(1, 0, 6.0),
        // Another thing's rain is nothing to this one.
        at(12, 1, 6.0),
        at(2, 2, 6.0),
        at(1, 3, 1.0),
    ];
    let found = judge(when, &streams(), &readings, 10);
    assert_eq!(found, ["1@2 ->orange", "1@3 orange>-"]);
}

#[test]
fn all_within_a_window_ends_when_the_window_does() {
    let of =
        json!({"all": {"within_seconds": 600, "of": [{"is": level(json!({}))}, {"is": rain()}]}});
    let when = json!({"joint": {"colour": "red", "per": "city", "of": of}});
    let readings = [at(1, 0, 6.0), at(1, 1, 1.0), at(2, 5, 6.0)];
    let found = judge(when, &streams(), &readings, 30);
    // The water was high a minute: ten minutes later that is too long ago.
    assert_eq!(found[0], "2@5 ->red");
    assert!(found[1] == "2@11 red>-", "{found:?}");
    assert_eq!(found.len(), 2);
}

#[test]
fn either_of_two() {
    let of = json!({"any": {"of": [{"is": level(json!({}))}, {"is": rain()}]}});
    let when = json!({"joint": {"colour": "blue", "per": "thing", "of": of}});
    let readings = [at(1, 0, 6.0), at(2, 1, 6.0), at(1, 2, 1.0), at(2, 3, 1.0)];
    let found = judge(when, &streams(), &readings, 10);
    assert_eq!(found, ["1@0 ->blue", "1@3 blue>-"]);
}

#[test]
fn one_after_the_other_and_not_the_other_way_round() {
    let of = json!({"sequence": {"within_seconds": 600, "of": [{"is": rain()}, {"is": level(json!({}))}]}});
    let when = json!({"joint": {"colour": "yellow", "per": "thing", "of": of}});
    let right = [at(2, 0, 6.0), at(1, 5, 6.0), at(1, 8, 1.0)];
    assert_eq!(
        judge(when.clone(), &streams(), &right, 20),
        ["1@5 ->yellow", "1@8 yellow>-"]
    );
    let wrong = [at(1, 0, 6.0), at(2, 5, 6.0)];
    assert!(judge(when.clone(), &streams(), &wrong, 20).is_empty());
    let too_late = [at(2, 0, 6.0), at(1, 11, 6.0)];
    assert!(judge(when, &streams(), &too_late, 20).is_empty());
}

#[test]
fn enough_sensors_near_each_other_are_one_finding() {
    let all: Vec<Stream> = (1..=9).map(|id| stream(id, "level")).collect();
    let when = json!({"near": {
        "colour": "red", "count": 3, "within_metres": 350.0, "within_seconds": 600,
        "of": level(json!({})),
    }});
    // One, two and nine: nine is far away.
    let far = [at(1, 0, 6.0), at(2, 1, 6.0), at(9, 2, 6.0)];
    assert!(judge(when.clone(), &all, &far, 5).is_empty());
    let near = [at(1, 0, 6.0), at(2, 1, 6.0), at(3, 2, 6.0), at(4, 3, 6.0)];
    assert_eq!(judge(when.clone(), &all, &near, 5), ["1@2 ->red"]);
    // It ends once fewer than three have been high within ten minutes.
    let over = [
        at(1, 0, 6.0),
        at(2, 1, 6.0),
        at(3, 2, 6.0),
        at(1, 3, 1.0),
        at(3, 3, 1.0),
    ];
    let found = judge(when, &all, &over, 30);
    assert_eq!(found[0], "1@2 ->red");
    assert!(found[1] == "1@13 red>-", "{found:?}");
    assert_eq!(found.len(), 2);
}
