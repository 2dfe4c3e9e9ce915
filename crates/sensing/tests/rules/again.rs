//! Whether an alert would still have been raised, once readings were put right.

use serde_json::{Value, json};
use yiwang_base::{Colour, from_millis};
use yiwang_sensing::alert::{
    AlertEvent, Found, Readings, Times, Unclear, Verdict, beginnings, judge_again, together,
};
use yiwang_sensing::docket::Step;
use yiwang_sensing::rule::Ground;
use yiwang_sensing::{Reading, StreamId};

use crate::town::{HOUR, MINUTE, at, engine, level, rule, stream};

const UNTIL: i64 = 3 * HOUR;

/// What the rule finds first by what was judged, and what judging again comes to.
fn again(when: &Value, then: &[Reading], now: &[Reading]) -> Verdict {
    let rule = rule(when.clone());
    let streams = [stream(1, "level"), stream(2, "level")];
    let mut engine = engine(vec![rule.clone()], &streams);
    let mut found = engine.feed(then);
    found.extend(engine.advance(UNTIL));
    let first = found.first().unwrap();
    let found = Found {
        at: from_millis(first.at),
        ground: first.ground,
        rule: first.rule.clone(),
        streams: first.streams.clone(),
        to: first.to,
    };
    let readings = Readings {
        then: then.to_vec(),
        now: now.to_vec(),
    };
    let times = Times {
        from: 0,
        until: UNTIL,
        offset_minutes: 480,
    };
    judge_again(&rule, &streams, &found, &readings, times).unwrap()
}

fn raised(minute: i64, colour: Colour) -> Verdict {
    Verdict::Raised {
        at: from_millis(minute * MINUTE),
        colour,
        rule: "rule-0".parse().unwrap(),
    }
}

#[test]
fn a_spike_that_was_none_would_raise_nothing() {
    let when = json!({"one": level(json!({}))});
    let then = [at(1, 1, 1.0), at(1, 2, 9.0), at(1, 3, 1.0)];
    let now = [at(1, 1, 1.0), at(1, 2, 0.9), at(1, 3, 1.0)];
    assert_eq!(again(&when, &then, &now), Verdict::NotRaised {});
    // Taken back, and moved to another stream's alert: the other one is another matter.
    let other = [at(1, 1, 1.0), at(1, 3, 1.0), at(2, 4, 9.0)];
    assert_eq!(again(&when, &then, &other), Verdict::NotRaised {});
}

#[test]
fn what_stays_beyond_the_level_would_be_raised_all_the_same() {
    let when = json!({"one": level(json!({
        "levels": [{"at": 5.0, "colour": "yellow"}, {"at": 8.0, "colour": "red"}],
    }))});
    let then = [at(1, 1, 1.0), at(1, 2, 9.0), at(1, 5, 6.0)];
    let less = [at(1, 1, 1.0), at(1, 2, 6.5), at(1, 5, 6.0)];
    assert_eq!(again(&when, &then, &less), raised(2, Colour::Yellow));
    // Later, by the readings that came after.
    let later = [at(1, 1, 1.0), at(1, 2, 1.5), at(1, 5, 6.0)];
    assert_eq!(again(&when, &then, &later), raised(5, Colour::Yellow));
    // And earlier.
    let earlier = [at(1, 1, 8.0), at(1, 2, 9.0), at(1, 5, 6.0)];
    assert_eq!(again(&when, &then, &earlier), raised(1, Colour::Red));
}

#[test]
fn what_had_ended_before_is_no_reason_to_raise_it() {
    let when = json!({"one": level(json!({}))});
    let then = [at(1, 10, 1.0), at(1, 20, 9.0), at(1, 30, 1.0)];
    let now = [at(1, 10, 9.0), at(1, 20, 1.0), at(1, 30, 1.0)];
    assert_eq!(again(&when, &then, &now), Verdict::NotRaised {});
}

#[test]
fn a_silence_that_was_none_would_raise_nothing() {
    let when = json!({"one": level(json!({
        "measure": {"silence": {}},
        "levels": [{"at": 3600.0, "colour": "yellow"}],
    }))});
    let then = [
        at(1, 0, 1.0),
        at(1, 90, 1.0),
        at(1, 130, 1.0),
        at(1, 170, 1.0),
    ];
    let now = [
        at(1, 0, 1.0),
        at(1, 45, 1.0),
        at(1, 90, 1.0),
        at(1, 130, 1.0),
        at(1, 170, 1.0),
    ];
    assert_eq!(again(&when, &then, &now), Verdict::NotRaised {});
    assert_eq!(again(&when, &then, &then[..1]), raised(60, Colour::Yellow));
}

#[test]
fn several_streams_are_judged_together_again() {
    let when = json!({"near": {
        "of": level(json!({})), "count": 2, "within_metres": 500.0, "within_seconds": 600,
        "colour": "orange",
    }});
    let then = [at(1, 1, 9.0), at(2, 2, 9.0)];
    let now = [at(1, 1, 9.0), at(2, 2, 1.0)];
    assert_eq!(again(&when, &then, &then), raised(2, Colour::Orange));
    assert_eq!(again(&when, &then, &now), Verdict::NotRaised {});
}

#[test]
fn it_cannot_be_told_where_what_was_judged_does_not_find_it_again() {
    let rule = rule(json!({"one": level(json!({}))}));
    let found = found(2, 1, Some(Colour::Yellow));
    let readings = Readings {
        then: vec![at(1, 1, 1.0), at(1, 2, 1.0)],
        now: vec![at(1, 1, 1.0)],
    };
    let times = Times {
        from: 0,
        until: UNTIL,
        offset_minutes: 480,
    };
    let verdict = judge_again(&rule, &[stream(1, "level")], &found, &readings, times).unwrap();
    let why = Unclear::NotFoundAgain;
    assert_eq!(verdict, Verdict::Unclear { why });
}

fn found(minute: i64, stream: u64, to: Option<Colour>) -> Found {
    Found {
        at: from_millis(minute * MINUTE),
        ground: Ground::Together { count: 1 },
        rule: "rule-0".parse().unwrap(),
        streams: vec![StreamId(stream)],
        to,
    }
}

#[test]
fn each_place_is_judged_by_what_was_found_there_first() {
    let step = |minute, found| Step {
        at: from_millis(minute * MINUTE),
        by: "system:rule/rule-0".into(),
        event: AlertEvent::Found(found),
        grounds: None,
    };
    let steps = [
        step(9, found(2, 1, Some(Colour::Yellow))),
        step(10, found(1, 2, Some(Colour::Yellow))),
        step(11, found(3, 1, Some(Colour::Red))),
        step(12, found(4, 1, None)),
    ];
    let first = beginnings(&steps);
    let told: Vec<_> = first
        .iter()
        .map(|b| (b.found.streams[0].0, b.written_at.as_millisecond() / MINUTE))
        .collect();
    assert_eq!(told, [(2, 10), (1, 9)]);
}

#[test]
fn an_alert_is_raised_by_its_first_place_that_would_raise_it() {
    let why = Unclear::TooMuch;
    let (no, unclear) = (Verdict::NotRaised {}, Verdict::Unclear { why });
    let all = [
        unclear.clone(),
        raised(5, Colour::Red),
        no.clone(),
        raised(3, Colour::Blue),
    ];
    assert_eq!(together(all), raised(3, Colour::Blue));
    assert_eq!(together([no.clone(), unclear.clone()]), unclear);
    assert_eq!(together([no.clone(), no.clone()]), no);
}
