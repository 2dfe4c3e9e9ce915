//! The sample city, looked at from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod duplicates;
mod land;
mod languages;
mod organization;
mod requests;
mod rules;
mod same;
mod sensors;
mod words;

use std::sync::OnceLock;

use yiwang_base::Timestamp;
use yiwang_cases::{Case, Change};
use yiwang_server::sample::{Plan, Requests, SampleCity, Size};

/// The small city of seed 1, made once for all tests.
fn city() -> &'static SampleCity {
    static CITY: OnceLock<SampleCity> = OnceLock::new();
    CITY.get_or_init(|| SampleCity::new(1, Size::Small).unwrap())
}

/// The present of the tests, a Tuesday morning in November.
fn now() -> Timestamp {
    "2026-11-24T10:30:00+08:00".parse().unwrap()
}

fn changes(city: &SampleCity, seed: u64, now: Timestamp, requests: u64) -> Vec<Change> {
    let mut plan = Plan::new(seed, Size::Small, now);
    plan.requests = requests;
    let all = Requests::new(city, &plan).unwrap();
    all.map(|change| change.unwrap()).collect()
}

/// Two years of the small city, made once for all tests.
fn two_years() -> &'static [Change] {
    static CHANGES: OnceLock<Vec<Change>> = OnceLock::new();
    CHANGES.get_or_init(|| changes(city(), 1, now(), 6_000))
}

fn cases() -> impl Iterator<Item = &'static Case> {
    two_years().iter().map(|change| &change.after)
}
