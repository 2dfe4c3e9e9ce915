//! How long it takes to judge a reading by rules, and what memory that needs:
//! `cargo run --release -p yiwang-sensing --example rules -- 1000000 2`
//! for a million streams on two shards.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;
use yiwang_base::{Refusal, RuleCode};
use yiwang_sensing::rule::{Engine, Plan, Rule, Stream};
use yiwang_sensing::{Reading, StreamId};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u64>());
    let streams = arguments.next().transpose()?.unwrap_or(1_000_000).max(1);
    let shards = arguments.next().transpose()?.unwrap_or(2) as u16;
    let before = resident_kb();
    let mut engine = build(streams, shards)?;
    println!(
        "{streams} streams, {} bytes each",
        (resident_kb() - before) * 1_024 / streams
    );
    for (name, step) in [("in order", 1), ("scattered", 7_919)] {
        let size = 100_000;
        let rounds = 100;
        let mut found = 0;
        let mut spent = 0;
        for round in 0..rounds {
            let batch = batch(streams, round, size, step);
            let start = Instant::now();
            found += engine.feed(&batch).len();
            found += engine.advance(batch[0].at).len();
            spent += start.elapsed().as_nanos();
        }
        let readings = u128::from(size * rounds);
        println!(
            "{name}: {} ns a reading, {} readings/s, {found} findings",
            spent / readings,
            readings * 1_000_000_000 / spent.max(1)
        );
    }
    println!("{:?}", engine.counts());
    Ok(())
}

/// Three rules on each stream: levels, silence, stuck.
fn build(streams: u64, shards: u16) -> Result<Engine, Box<dyn std::error::Error>> {
    let rule = |measure: serde_json::Value, at: f64| -> Result<Rule, serde_json::Error> {
        serde_json::from_value(json!({
            "name": {"zh": "水位", "en": "water level"},
            "cause": "level",
            "when": {"one": {
                "measure": measure,
                "levels": [{"at": at, "colour": "blue"}, {"at": at * 2.0, "colour": "red"}],
                "back_by": 0.0,
                "streams": {"properties": ["level"]},
            }},
        }))
    };
    let rules: [(&str, Rule); 3] = [
        ("high", rule(json!({"value": {}}), 99.9)?),
        ("silent", rule(json!({"silence": {}}), 86_400.0)?),
        (
            "stuck",
            rule(json!({"stuck": {"tolerance": 0.0}}), 86_400.0)?,
        ),
    ];
    let rules: Result<BTreeMap<RuleCode, Rule>, _> = rules
        .into_iter()
        .map(|(code, rule)| Ok::<_, yiwang_base::IdError>((code.parse()?, rule)))
        .collect();
    let plan = Plan::new(rules?, 480).map_err(|refusal: Refusal| refusal.message.en)?;
    let mut engine = Engine::new(plan, &[], shards);
    for id in 0..streams {
        engine.add(&Stream {
            areas: Vec::new(),
            id: StreamId(id),
            lateness_seconds: 0,
            point: None,
            property: "level".into(),
            thing: id,
            unit: "m".into(),
        });
    }
    Ok(engine)
}

fn batch(streams: u64, round: u64, size: u64, step: u64) -> Vec<Reading> {
    // The second pass goes on where the first one ended.
    let pass = if step == 1 { 0 } else { 100 };
    (0..size)
        .map(|k| {
            let turn = (pass + round) * size + k;
            Reading {
                stream: StreamId(turn.wrapping_mul(step) % streams),
                at: (pass + round) as i64 * 60_000 + (k / streams.min(size)) as i64,
                value: (turn.wrapping_mul(2_654_435_761) % 1_000) as f64 / 10.0,
            }
        })
        .collect()
}

/// What the process holds in memory, as Linux tells.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}
