//! What the sample city senses: read, judged and looked after.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;
use yiwang_base::Colour;
use yiwang_history::{History, Options, Query, Streams};
use yiwang_journal::SigningKey;
use yiwang_sensing::alert::{Alert, Handling, Outcome};
use yiwang_sensing::device::{Device, Suspicion};
use yiwang_sensing::docket::{Docket as _, Filter, Kept, Sheet as _};
use yiwang_sensing::registry::{Kind, RegistryStore as _, Wanted};
use yiwang_sensing::rule::{Measure, Rule, When};
use yiwang_sensing::warning::{Actual, Stage, Status, Warning};
use yiwang_server::flows::sample;
use yiwang_server::sample::{Filling, Plan, Size};
use yiwang_server::sensing::{Sensing, bad_segments, recorded_segments};
use yiwang_store::{ItemKind, Options as StoreOptions, Store};

use crate::now;

fn fill(directory: &Path) -> Store {
    let key = Arc::new(SigningKey::from_seed("sample.example", &[7; 32]).unwrap());
    let mut plan = Plan::new(1, Size::Small, now());
    plan.requests = 200;
    let filling = Filling::begin(directory).unwrap().unwrap();
    filling
        .run(&plan, &key, |_| ControlFlow::Continue(()))
        .unwrap()
        .unwrap();
    Store::open(directory, StoreOptions::default()).unwrap()
}

/// A small city, made once for all tests.
fn filled() -> &'static (TempDir, Store) {
    static FILLED: OnceLock<(TempDir, Store)> = OnceLock::new();
    FILLED.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let store = fill(directory.path());
        (directory, store)
    })
}

fn alerts(store: &Store) -> Vec<Kept<Alert>> {
    let filter = Filter {
        limit: 10_000,
        ..Filter::default()
    };
    let mut alerts: Vec<Kept<Alert>> = store.sheets(filter).unwrap();
    alerts.sort_by_key(|kept| kept.id);
    alerts
}

fn of_rule<'a>(alerts: &'a [Kept<Alert>], rule: &str) -> Vec<&'a Alert> {
    let found = alerts.iter().map(|kept| &kept.sheet);
    let has = |alert: &&Alert| alert.rules.keys().any(|code| code.as_str() == rule);
    found.filter(has).collect()
}

#[test]
fn every_state_of_an_alert_is_there_to_be_seen() {
    let (_, store) = filled();
    let alerts = alerts(store);
    let silent = of_rule(&alerts, "gas-silent");
    assert!(
        silent
            .iter()
            .any(|a| a.stands() && a.handling == Handling::Raised && a.escalated > 0),
        "raised, standing and carried up: {silent:?}"
    );
    let lift = of_rule(&alerts, "lift-fault");
    assert!(
        lift.iter()
            .any(|a| a.stands() && a.colour == Colour::Orange),
        "{lift:?}"
    );
    let cover = of_rule(&alerts, "cover-open");
    assert_eq!(cover.len(), 1);
    assert!(cover[0].stands() && cover[0].handling == Handling::Acknowledged);
    assert!(cover[0].case.is_some() && cover[0].outcome.is_none());
    let stuck = of_rule(&alerts, "noise-stuck");
    assert!(stuck[0].stands() && !stuck[0].is_heard(now()), "silenced");
    let leak = of_rule(&alerts, "gas-leak");
    assert!(
        !leak[0].stands() && !leak[0].is_open(),
        "handled and cleared"
    );
    assert_eq!(
        (leak[0].case.is_some(), leak[0].outcome),
        (true, Some(Outcome::Real))
    );
    let quiet = of_rule(&alerts, "care-quiet");
    assert!(
        quiet.iter().any(|a| a.stands() && a.case.is_some()),
        "{quiet:?}"
    );
    let air = of_rule(&alerts, "air-unusual");
    assert!(
        air.iter().any(|a| a.outcome == Some(Outcome::False)),
        "{air:?}"
    );
    assert!(!of_rule(&alerts, "night-noise").is_empty());
    let open = alerts.iter().filter(|kept| kept.sheet.is_open()).count();
    assert!((4..=12).contains(&open), "{open} are open: a handful");
    for kept in &alerts {
        assert!(kept.sheet.area().is_some(), "{kept:?} lies in the city");
    }
}

#[test]
fn the_last_storm_of_the_city_is_what_its_gauges_saw_and_the_public_was_told() {
    let (_, store) = filled();
    let alerts = alerts(store);
    for rule in ["ponding", "river-rising", "runoff", "ponding-wide"] {
        assert!(!of_rule(&alerts, rule).is_empty(), "{rule}");
    }
    let filter = Filter {
        limit: 100,
        ..Filter::default()
    };
    let warnings: Vec<Kept<Warning>> = store.sheets(filter).unwrap();
    let actual: Vec<Actual<'_>> = warnings.iter().filter_map(Actual::of).collect();
    let [storm] = actual[..] else {
        panic!("one warning was meant: {warnings:?}");
    };
    assert!(!storm.holds(now()), "it is over");
    assert_eq!(storm.warning().stage, Stage::Cancelled);
    assert_eq!(
        storm.warning().approver.as_ref().unwrap().as_str(),
        "leader"
    );
    let raised = alerts
        .iter()
        .find(|kept| Some(kept.id) == storm.warning().alert);
    assert_eq!(raised.unwrap().sheet.cause, "rainstorm");
    let exercise = warnings
        .iter()
        .find(|kept| kept.sheet.status == Status::Exercise);
    assert_eq!(exercise.unwrap().sheet.stage, Stage::Expired);
}

#[test]
fn things_devices_and_rules_of_every_kind_are_registered() {
    let (_, store) = filled();
    let wanted = |kind| Wanted {
        kind,
        of: None,
        name: None,
        after: 0,
        limit: 1_000,
    };
    let things = store.page(&wanted(Kind::Thing)).unwrap();
    assert!((25..60).contains(&things.len()), "{}", things.len());
    for thing in &things {
        let label = &thing.body["properties"]["label"];
        assert!(
            label["zh"]
                .as_str()
                .is_some_and(|zh| zh == thing.text("name"))
        );
        assert!(label["en"].as_str().is_some_and(str::is_ascii), "{label}");
    }
    let devices = store.items(ItemKind::Device).unwrap();
    let devices: Vec<Device> = devices.iter().map(|item| item.read().unwrap()).collect();
    let owned: BTreeSet<u64> = devices.iter().flat_map(|d| d.things.clone()).collect();
    assert_eq!(
        owned.len(),
        things.len(),
        "each thing has a device, and one only"
    );
    assert!(
        devices
            .iter()
            .all(|d| d.place.is_some() && d.owner.is_some())
    );
    let quarantined: Vec<_> = devices.iter().filter_map(|d| d.quarantine).collect();
    assert_eq!(quarantined, [Suspicion::Replay]);

    let rules = store.items(ItemKind::Rule).unwrap();
    let rules: Vec<Rule> = rules.iter().map(|item| item.read().unwrap()).collect();
    let measured: BTreeSet<String> = rules
        .iter()
        .flat_map(|rule| rule.when.conditions())
        .map(|condition| measure(condition.measure))
        .collect();
    let all = [
        "Mean", "Rate", "Routine", "Score", "Silence", "Stuck", "Sum", "Value",
    ];
    assert_eq!(measured, all.map(str::to_owned).into());
    assert!(rules.iter().any(|rule| matches!(rule.when, When::Near(_))));
    assert!(rules.iter().any(|rule| matches!(rule.when, When::Joint(_))));
}

fn measure(measure: Measure) -> String {
    let word = format!("{measure:?}");
    let end = word
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(word.len());
    word[..end].to_owned()
}

#[test]
fn weeks_of_readings_lie_in_sealed_segments_that_the_record_knows() {
    let (directory, store) = filled();
    assert_eq!(
        bad_segments(directory.path()).unwrap(),
        Vec::<String>::new()
    );
    let segments = recorded_segments(store).unwrap();
    let history = History::open(
        &directory.path().join("history"),
        &segments,
        Options::default(),
    )
    .unwrap();
    assert_eq!(history.found(), &yiwang_history::Found::default());
    let rows = history.count(&Query::of(Streams::All)).unwrap();
    assert_eq!(
        rows,
        segments.iter().map(|segment| segment.rows).sum::<u64>()
    );
    assert!((30_000..150_000).contains(&rows), "{rows}");
    let latest = segments
        .iter()
        .map(|segment| segment.times[1])
        .max()
        .unwrap();
    let age = now().as_millisecond() - latest;
    assert!((0..20 * 60_000).contains(&age), "the last was {age} ms ago");
}

#[test]
fn the_same_seed_senses_the_same() {
    let (_, store) = filled();
    let again = tempfile::tempdir().unwrap();
    let other = fill(again.path());
    assert_eq!(alerts(store), alerts(&other));
    assert_eq!(
        recorded_segments(store).unwrap(),
        recorded_segments(&other).unwrap()
    );
}

#[test]
fn its_devices_go_on_sending_what_they_sent_a_week_before() {
    let directory = tempfile::tempdir().unwrap();
    let store = fill(directory.path());
    let sensing = Sensing::open(&store).unwrap();
    let devices = sample::devices(&store).unwrap();
    assert!(devices.len() > 5, "{devices:?}");
    let week = 7 * 24 * 3_600_000;
    let hour = 3_600_000;
    // After the last reading that it was filled with.
    let end = now().as_millisecond() + 1;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let times = end..end + hour;
    let sending = sample::send(&store, &sensing, &devices, &times, week);
    let sent = runtime.block_on(sending).unwrap();
    let read = |from: i64, to: i64| {
        let mut query = Query::of(Streams::All);
        (query.from, query.to) = (from, to);
        let rows = sensing.history.rows(query).map(|row| row.unwrap().reading);
        rows.map(|r| (r.stream, r.at, r.value.to_bits()))
            .collect::<BTreeSet<_>>()
    };
    let new = read(end, end + hour);
    assert_eq!(new.len() as u64, sent);
    assert!(sent > 100, "{sent}");
    let before = read(end - week, end - week + hour);
    assert!(
        new.iter()
            .all(|(stream, at, value)| before.contains(&(*stream, at - week, *value)))
    );
    // The device that is quarantined sends nothing.
    let streams = |set: &BTreeSet<(yiwang_sensing::StreamId, i64, u64)>| {
        set.iter()
            .map(|(stream, ..)| *stream)
            .collect::<BTreeSet<_>>()
            .len()
    };
    assert!(streams(&new) < streams(&before));
    // Not served for nine hours and a half, they catch up with all of it, and once.
    let back = end + 10 * hour + hour / 2;
    let last = new.iter().map(|(_, at, _)| *at).max().unwrap();
    let caught_up = sample::catch_up(&store, &sensing, &devices, back);
    let caught_up = runtime.block_on(caught_up).unwrap();
    let missed = read(last + 1, back);
    assert_eq!(missed.len() as u64, caught_up);
    assert!(
        (end + hour..back).step_by(hour as usize).all(|from| {
            let within = missed
                .iter()
                .filter(|(_, at, _)| (from..from + hour).contains(at));
            within.count() > 100 || from + hour > back
        }),
        "no hour is left out"
    );
    let none = sample::catch_up(&store, &sensing, &devices, back);
    assert!(runtime.block_on(none).unwrap() < 10);
    let quarantined = store.items(ItemKind::Device).unwrap().into_iter();
    let quarantined = quarantined.filter(|item| item.body.get("quarantine").is_some());
    assert_eq!(quarantined.count(), 1, "nobody is taken for a flood");
}
