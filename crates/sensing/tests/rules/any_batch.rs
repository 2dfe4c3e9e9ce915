//! However readings are divided, the same is found.

use proptest::prelude::*;
use serde_json::json;
use yiwang_sensing::rule::{Engine, Finding, Rule, Snapshot, Stream};
use yiwang_sensing::{Reading, StreamId};

use crate::town::{MINUTE, level, plan, rule, stream};

fn rules() -> Vec<Rule> {
    let measure = |m: serde_json::Value, at: f64| {
        let levels = json!([{"at": at, "colour": "blue"}, {"at": at * 2.0, "colour": "red"}]);
        rule(json!({"one": level(json!({"measure": m, "levels": levels}))}))
    };
    let held = level(json!({"back_by": 1.0, "held_seconds": 120, "clear_after_seconds": 60}));
    let is = |at: f64| json!({"is": level(json!({"levels": [{"at": at, "colour": "blue"}]}))});
    let all = json!({"all": {"within_seconds": 120, "of": [is(5.0), is(7.0)]}});
    let nested = json!({"any": {"of": [all, {"sequence": {"within_seconds": 300, "of": [is(3.0), is(8.0)]}}]}});
    vec![
        rule(json!({"one": held})),
        measure(
            json!({"rate": {"over_seconds": 120, "per_seconds": 60}}),
            1.0,
        ),
        measure(json!({"silence": {}}), 180.0),
        measure(json!({"stuck": {"tolerance": 1.0}}), 120.0),
        measure(json!({"sum": {"over_seconds": 600}}), 20.0),
        measure(json!({"mean": {"over_seconds": 600}}), 4.0),
        measure(
            json!({"routine": {"active_above": 8.0, "learn_days": 3}}),
            0.5,
        ),
        rule(json!({"joint": {"colour": "red", "per": "area", "of": nested}})),
        rule(json!({"near": {
            "colour": "red", "count": 3, "within_metres": 250.0, "within_seconds": 120,
            "of": level(json!({})),
        }})),
    ]
}

fn streams(lateness_seconds: u32) -> Vec<Stream> {
    let late = |id| Stream {
        lateness_seconds,
        ..stream(id, "level")
    };
    (0..6).map(late).collect()
}

/// Readings in the order of arrival: each at most five minutes after its time.
fn readings() -> impl Strategy<Value = Vec<(i64, Reading)>> {
    let one = (0u64..6, 0i64..2_000, 0i64..300, 0i32..10);
    prop::collection::vec(one, 1..300).prop_map(|all| {
        let mut all: Vec<(i64, Reading)> = all
            .into_iter()
            .map(|(stream, step, delay, value)| {
                let reading = Reading {
                    stream: StreamId(stream),
                    at: step * 7_000,
                    value: f64::from(value),
                };
                (reading.at + delay * 1_000, reading)
            })
            .collect();
        all.sort_by_key(|(arrival, r)| (*arrival, r.stream, r.at));
        // The second of two at the same time on one stream would be the one that counts.
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|(_, r)| seen.insert((r.stream, r.at)));
        all
    })
}

fn sorted(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| {
        let key = |f: &Finding| (f.at, f.rule.clone(), f.streams.clone(), f.to.is_some());
        key(a).cmp(&key(b))
    });
    found
}

const END: i64 = 400 * MINUTE;

/// All at once, in the order of time, and time passes at the end.
fn plainly(all: &[(i64, Reading)]) -> Vec<Finding> {
    let mut engine = Engine::new(plan(rules()), &streams(300), 1);
    engine.advance(0);
    let mut all: Vec<Reading> = all.iter().map(|(_, r)| *r).collect();
    all.sort_by_key(|r| (r.at, r.stream));
    let mut found = engine.feed(&all);
    found.extend(engine.advance(END));
    sorted(found)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn batches_shards_ticks_and_restarts_change_nothing(
        all in readings(),
        cuts in prop::collection::vec(1usize..40, 1..60),
        shards in 1u16..4,
        restart in any::<bool>(),
    ) {
        let mut engine = Engine::new(plan(rules()), &streams(300), shards);
        engine.advance(0);
        let mut found = Vec::new();
        let mut rest = &all[..];
        for size in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (batch, later) = rest.split_at((*size).min(rest.len()));
            rest = later;
            let readings: Vec<Reading> = batch.iter().map(|(_, r)| *r).collect();
            found.extend(engine.feed(&readings));
            let (arrived, _) = batch[batch.len() - 1];
            found.extend(engine.advance(arrived));
            if restart {
                let text = serde_json::to_string(&engine.snapshot()).unwrap();
                let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
                engine = Engine::new(plan(rules()), &streams(300), shards);
                prop_assert_eq!(engine.resume(snapshot), []);
            }
        }
        found.extend(engine.advance(END));
        let (found, plainly) = (sorted(found), plainly(&all));
        for (a, b) in found.iter().zip(&plainly) {
            prop_assert_eq!(a, b);
        }
        prop_assert_eq!(found.len(), plainly.len());
        prop_assert_eq!(engine.counts().late, 0);
    }

    #[test]
    fn findings_of_a_place_follow_from_each_other(all in readings()) {
        let mut stands = std::collections::BTreeMap::new();
        for finding in plainly(&all) {
            let before = stands.insert(finding.key(), finding.to).flatten();
            prop_assert_eq!(before, finding.from, "{:?}", finding);
            prop_assert_ne!(finding.from, finding.to);
        }
    }
}

#[test]
fn what_stood_is_found_ended_when_its_rule_is_gone() {
    let mut before = Engine::new(plan(rules()), &streams(0), 1);
    before.advance(0);
    let high: Vec<Reading> = (0..6u64)
        .flat_map(|s| (0..10).map(move |m| crate::town::at(s, m, 9.0)))
        .collect();
    let mut found = before.feed(&high);
    found.extend(before.advance(11 * MINUTE));
    let mut stands = std::collections::BTreeSet::new();
    for finding in found {
        if finding.to.is_some() {
            stands.insert(finding.key());
        } else {
            stands.remove(&finding.key());
        }
    }
    assert!(stands.len() > 6);
    let mut after = Engine::new(plan(Vec::new()), &streams(0), 1);
    let ended: std::collections::BTreeSet<_> = after
        .resume(before.snapshot())
        .iter()
        .map(|f| {
            assert_eq!(f.to, None);
            f.key()
        })
        .collect();
    assert_eq!(ended, stands);
}
