//! A few streams and rules to judge them by.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use yiwang_base::Point;
use yiwang_sensing::rule::{Engine, Finding, Plan, Rule, Stream};
use yiwang_sensing::{Reading, StreamId};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn rule(when: Value) -> Rule {
    let rule = json!({
        "name": {"zh": "试验", "en": "Trial"},
        "cause": "trial",
        "when": when,
    });
    let rule: Rule = serde_json::from_value(rule).unwrap();
    rule.check().unwrap();
    rule
}

/// A condition on readings of water levels.
pub(crate) fn level(more: Value) -> Value {
    let mut condition = json!({
        "measure": {"value": {}},
        "levels": [{"at": 5.0, "colour": "yellow"}],
        "streams": {"properties": ["level"]},
    });
    for (key, value) in more.as_object().unwrap() {
        condition[key] = value.clone();
    }
    condition
}

/// A stream of water levels; ten of them make a thing, and they stand in a row
/// of about 111 metres from one to the next.
pub(crate) fn stream(id: u64, property: &str) -> Stream {
    Stream {
        areas: vec![format!("area-{}", id % 3).parse().unwrap()],
        id: StreamId(id),
        lateness_seconds: 0,
        point: Some(Point::new(116.4, 39.9 + id as f64 * 0.001).unwrap()),
        property: property.into(),
        thing: id / 10,
        unit: "m".into(),
    }
}

pub(crate) fn plan(rules: Vec<Rule>) -> Plan {
    let rules: BTreeMap<_, _> = (0..)
        .zip(rules)
        .map(|(k, rule)| (format!("rule-{k}").parse().unwrap(), rule))
        .collect();
    Plan::new(rules, 480).unwrap()
}

pub(crate) fn engine(rules: Vec<Rule>, streams: &[Stream]) -> Engine {
    Engine::new(plan(rules), streams, 1)
}

pub(crate) fn at(stream: u64, minutes: i64, value: f64) -> Reading {
    Reading {
        stream: StreamId(stream),
        at: minutes * MINUTE,
        value,
    }
}

/// Minute, colour before, colour after.
pub(crate) fn told(findings: &[Finding]) -> Vec<String> {
    let word = |c: Option<yiwang_base::Colour>| c.map_or("-", |c| c.word());
    findings
        .iter()
        .map(|f| {
            let stream = f.streams.first().map_or(0, |s| s.0);
            let minute = f.at as f64 / MINUTE as f64;
            format!("{stream}@{minute} {}>{}", word(f.from), word(f.to))
        })
        .collect()
}
