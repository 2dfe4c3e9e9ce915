//! A habit that is missing.

use serde_json::json;
use yiwang_sensing::Reading;
use yiwang_sensing::StreamId;

use crate::town::{DAY, HOUR, MINUTE, engine, level, rule, stream, told};

/// Monday, 5 January 1970, midnight in Beijing.
const MONDAY: i64 = 4 * DAY - 8 * HOUR;

/// Water of somebody who is up at half past six on weekdays and at nine on
/// weekends, and goes to bed at ten.
fn life(day: i64) -> Vec<Reading> {
    let weekend = day % 7 >= 5;
    let begins = if weekend { 18 } else { 13 };
    (begins..44)
        .map(|half| Reading {
            stream: StreamId(1),
            at: MONDAY + day * DAY + half * 30 * MINUTE + (day * 7 + half * 3) % 20 * MINUTE,
            value: if (day + half) % 5 == 4 { 0.0 } else { 2.0 },
        })
        .collect()
}

fn found_after(quiet_from: impl Fn(&Reading) -> bool, days: i64) -> Vec<(i64, String)> {
    let routine = json!({"routine": {"active_above": 0.5, "learn_days": 14}});
    let condition = level(json!({
        "measure": routine,
        "levels": [{"at": 2.0, "colour": "blue"}, {"at": 4.0, "colour": "orange"}],
    }));
    let mut engine = engine(vec![rule(json!({"one": condition}))], &[stream(1, "level")]);
    let mut found = Vec::new();
    for day in 0..days {
        for reading in life(day) {
            if !quiet_from(&reading) {
                found.extend(engine.feed(&[reading]));
            }
            found.extend(engine.advance(reading.at));
        }
    }
    found.extend(engine.advance(MONDAY + days * DAY));
    let told = told(&found);
    found
        .iter()
        .map(|f| (f.at - MONDAY) / MINUTE)
        .zip(told)
        .collect()
}

#[test]
fn a_usual_life_raises_nothing() {
    assert_eq!(found_after(|_| false, 60), []);
}

#[test]
fn no_water_since_the_morning_is_found_before_noon_and_grows_graver() {
    // Quiet from Wednesday of the sixth week on.
    let day = 37;
    let found = found_after(|r| r.at >= MONDAY + day * DAY, day + 1);
    let minutes: Vec<i64> = found.iter().map(|(m, _)| m - day * 24 * 60).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].1.ends_with("->blue") && found[1].1.ends_with("blue>orange"));
    assert!((7 * 60..9 * 60).contains(&minutes[0]), "{minutes:?}");
    assert!(minutes[1] <= 10 * 60, "{minutes:?}");
}

#[test]
fn a_late_weekend_morning_is_nothing_out_of_the_ordinary() {
    // The same quiet until nine that would be found on a weekday.
    let saturday = 40;
    let nine = MONDAY + saturday * DAY + 9 * HOUR;
    let found = found_after(|r| r.at >= MONDAY + saturday * DAY, saturday + 1);
    assert!(
        found
            .iter()
            .all(|(minute, _)| MONDAY + minute * MINUTE > nine)
    );
    assert!(!found.is_empty());
}

#[test]
fn a_sign_of_life_ends_it() {
    let day = 37;
    let quiet = |r: &Reading| {
        let begins = MONDAY + day * DAY;
        (begins..begins + 12 * HOUR).contains(&r.at)
    };
    let found = found_after(quiet, day + 1);
    assert!(found.last().unwrap().1.ends_with(">-"), "{found:?}");
}
