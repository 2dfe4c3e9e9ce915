//! Rules on one stream.

use serde_json::{Value, json};
use yiwang_sensing::rule::{Ground, Preview};

use crate::town::{HOUR, MINUTE, at, engine, level, rule, stream, told};

fn judge(condition: Value, readings: &[(i64, f64)]) -> Vec<String> {
    let mut engine = engine(vec![rule(json!({"one": condition}))], &[stream(1, "level")]);
    let readings: Vec<_> = readings.iter().map(|(m, v)| at(1, *m, *v)).collect();
    told(&engine.feed(&readings))
}

#[test]
fn a_level_is_reached_at_its_value_and_left_with_its_margin() {
    let condition = level(json!({
        "levels": [{"at": 5.0, "colour": "blue"}, {"at": 8.0, "colour": "red"}],
        "back_by": 1.0,
    }));
    let readings = [
        (0, 4.9),
        (1, 5.0),
        (2, 4.5),
        (3, 9.0),
        (4, 7.5),
        (5, 6.5),
        (6, 3.9),
    ];
    assert_eq!(
        judge(condition, &readings),
        ["1@1 ->blue", "1@3 blue>red", "1@5 red>blue", "1@6 blue>-"]
    );
}

#[test]
fn below_is_above_turned_round() {
    let condition = level(json!({
        "side": "below",
        "levels": [{"at": 2.0, "colour": "blue"}, {"at": 1.0, "colour": "red"}],
        "back_by": 0.5,
    }));
    let readings = [
        (0, 2.1),
        (1, 2.0),
        (2, 2.4),
        (3, 0.5),
        (4, 1.4),
        (5, 1.6),
        (6, 2.6),
    ];
    assert_eq!(
        judge(condition, &readings),
        ["1@1 ->blue", "1@3 blue>red", "1@5 red>blue", "1@6 blue>-"]
    );
}

#[test]
fn what_must_hold_is_held_by_readings_that_say_so() {
    let condition = level(json!({"held_seconds": 300, "clear_after_seconds": 120}));
    let readings = [
        (0, 6.0),
        (3, 6.0),
        (4, 1.0),
        (5, 6.0),
        (9, 6.0),
        (30, 6.0),
        (31, 1.0),
        (32, 6.0),
        (33, 1.0),
        (35, 1.0),
    ];
    assert_eq!(
        judge(condition, &readings),
        ["1@30 ->yellow", "1@35 yellow>-"]
    );
}

#[test]
fn a_rate_is_told_from_readings_far_enough_apart() {
    let rate = json!({"rate": {"over_seconds": 600, "per_seconds": 3600}});
    let condition = level(json!({"measure": rate, "levels": [{"at": 3.0, "colour": "orange"}]}));
    // A metre in ten minutes is six an hour; a jump from one reading to the next is not.
    let calm: Vec<_> = (0..60).map(|m| (m, m as f64 * 0.02)).collect();
    assert!(judge(condition.clone(), &calm).is_empty());
    let steep: Vec<_> = (0..60).map(|m| (m, (m - 30).max(0) as f64 * 0.1)).collect();
    assert_eq!(judge(condition, &steep).len(), 1);
}

#[test]
fn silence_is_found_when_time_passes_and_when_a_reading_shows_it() {
    let silence = level(json!({
        "measure": {"silence": {}},
        "levels": [{"at": 600.0, "colour": "blue"}, {"at": 3600.0, "colour": "yellow"}],
    }));
    let expected = [
        "1@10 ->blue",
        "1@60 blue>yellow",
        "1@90 yellow>-",
        "1@115 ->blue",
    ];
    let rules = vec![rule(json!({"one": silence}))];
    let mut by_readings = engine(rules.clone(), &[stream(1, "level")]);
    let mut found = by_readings.feed(&[
        at(1, 0, 1.0),
        at(1, 90, 1.0),
        at(1, 99, 1.0),
        at(1, 105, 1.0),
    ]);
    found.extend(by_readings.advance(120 * MINUTE));
    assert_eq!(told(&found), expected);

    let mut by_time = engine(rules, &[stream(1, "level")]);
    let mut found = Vec::new();
    for minute in 0..=120 {
        if [0, 90, 99, 105].contains(&minute) {
            found.extend(by_time.feed(&[at(1, minute, 1.0)]));
        }
        found.extend(by_time.advance(minute * MINUTE));
    }
    assert_eq!(told(&found), expected);
}

#[test]
fn a_stream_that_never_spoke_is_silent_from_when_it_was_known() {
    let silence =
        level(json!({"measure": {"silence": {}}, "levels": [{"at": 60.0, "colour": "blue"}]}));
    let mut engine = engine(vec![rule(json!({"one": silence}))], &[stream(1, "level")]);
    assert!(engine.advance(HOUR).is_empty());
    assert_eq!(told(&engine.advance(HOUR + 2 * MINUTE)), ["1@61 ->blue"]);
}

#[test]
fn what_does_not_move_is_stuck() {
    let stuck = json!({"stuck": {"tolerance": 0.01}});
    let condition = level(json!({"measure": stuck, "levels": [{"at": 1800.0, "colour": "blue"}]}));
    let mut readings: Vec<_> = (0..40).map(|m| (m, 3.0 + (m % 2) as f64 * 0.005)).collect();
    readings.push((40, 3.5));
    assert_eq!(judge(condition, &readings), ["1@30 ->blue", "1@40 blue>-"]);
}

#[test]
fn rain_is_summed_over_the_last_hours() {
    let sum = json!({"sum": {"over_seconds": 3 * 3600}});
    let condition = level(json!({
        "measure": sum,
        "levels": [{"at": 50.0, "colour": "orange"}, {"at": 100.0, "colour": "red"}],
    }));
    let readings: Vec<_> = (0..60)
        .map(|k| (k * 10, if k < 11 { 10.0 } else { 0.0 }))
        .collect();
    let found = judge(condition, &readings);
    assert_eq!(found[..2], ["1@40 ->orange", "1@90 orange>red"]);
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn late_readings_are_ordered_as_far_as_allowed_and_counted_beyond() {
    let mut slow = stream(1, "level");
    slow.lateness_seconds = 120;
    let mut engine = engine(vec![rule(json!({"one": level(json!({}))}))], &[slow]);
    let mut found = engine.feed(&[
        at(1, 10, 1.0),
        at(1, 12, 6.0),
        at(1, 11, 6.0),
        at(1, 13, 1.0),
    ]);
    found.extend(engine.feed(&[at(1, 20, 1.0), at(1, 9, 7.0), at(1, 20, 1.0)]));
    assert_eq!(told(&found), ["1@11 ->yellow", "1@13 yellow>-"]);
    let counts = engine.counts();
    assert_eq!((counts.judged, counts.late, counts.repeated), (4, 1, 1));
    assert!(engine.advance(23 * MINUTE).is_empty());
    assert_eq!(engine.counts().judged, 5);
}

#[test]
fn what_is_not_a_number_or_of_nobody_is_counted() {
    let mut engine = engine(
        vec![rule(json!({"one": level(json!({}))}))],
        &[stream(1, "level")],
    );
    engine.feed(&[
        at(1, 0, f64::NAN),
        at(1, 1, f64::INFINITY),
        at(9, 0, 1.0),
        at(u64::MAX, 0, 1.0),
    ]);
    let counts = engine.counts();
    assert_eq!(
        (counts.judged, counts.impossible, counts.unknown),
        (0, 2, 2)
    );
}

#[test]
fn a_finding_says_what_was_measured_against_what() {
    let mut engine = engine(
        vec![rule(json!({"one": level(json!({}))}))],
        &[stream(1, "level")],
    );
    let found = engine.feed(&[at(1, 0, 5.5)]);
    assert_eq!(
        found[0].ground,
        Ground::Measured {
            level: 5.0,
            value: 5.5
        }
    );
}

#[test]
fn a_preview_tells_when_it_would_have_fired() {
    let rule = rule(json!({"one": level(json!({}))}));
    let streams = [stream(1, "level"), stream(2, "level")];
    let mut preview = Preview::new("trial".parse().unwrap(), rule, &streams, 480, 0).unwrap();
    preview.feed(&[at(1, 1, 6.0), at(2, 2, 6.0), at(1, 3, 1.0)]);
    preview.feed(&[at(1, 4, 7.0), at(1, 5, 1.0)]);
    let found = preview.finish(HOUR);
    let times: Vec<_> = found
        .iter()
        .map(|e| (e.from / MINUTE, e.until.map(|u| u / MINUTE), e.streams[0].0))
        .collect();
    assert_eq!(times, [(1, Some(3), 1), (2, None, 2), (4, Some(5), 1)]);
}

#[test]
fn what_the_detector_finds_out_of_the_ordinary_begins_and_ends() {
    let score =
        level(json!({"measure": {"score": {}}, "levels": [{"at": 0.5, "colour": "yellow"}]}));
    let mut readings: Vec<_> = (0..600).map(|m| (m, 3.0 + (m % 7) as f64 * 0.1)).collect();
    assert!(judge(score.clone(), &readings).is_empty());
    readings.extend((600..603).map(|m| (m, 60.0)));
    readings.extend((603..900).map(|m| (m, 3.0 + (m % 7) as f64 * 0.1)));
    let found = judge(score, &readings);
    assert_eq!(found.first().map(String::as_str), Some("1@600 ->yellow"));
    assert!(
        found.last().is_some_and(|last| last.ends_with("yellow>-")),
        "{found:?}"
    );
}
