//! What the sample city senses: gauges with weeks of readings, rules that judge
//! them, and what people made of what was found.
//!
//! Readings are made first and judged by the engine at their own times, as a
//! server would have; each finding becomes an alert by the room's own decisions.
//! How the engine stands at the end is written beside the record, so that the
//! server goes on from there.

mod kinds;
mod readings;
mod register;
mod rules;
mod story;
mod warnings;

pub(super) use kinds::devices;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::runtime::Runtime;
use yiwang_base::{Refusal, Timestamp};
use yiwang_cases::StoreError;
use yiwang_history::{Batch, History, Options};
use yiwang_sensing::device::{Device, Suspicion};
use yiwang_sensing::rule::{Engine, Plan as RulePlan, Stream as RuleStream};
use yiwang_sensing::{Reading, StreamId};
use yiwang_store::{Item, ItemKind, Store};

use super::fill::BY;
use super::{Plan, SampleCity, SampleError};
use crate::alerting::{self, offset_minutes};
use crate::city::City;
use crate::sensing::{FOLDER, seal_all};
use kinds::{SORTS, device_name};
use readings::{NOISE_QUARANTINED, Readings, Times};
use story::Story;

/// Readings that are kept at once.
const BATCH: usize = 100_000;
/// How long to wait for the part of the log to be closed.
const PATIENCE: Duration = Duration::from_secs(30);

fn ago(now: Timestamp, minutes: i64) -> Timestamp {
    now - SignedDuration::from_mins(minutes)
}

fn refused(refusal: Refusal) -> SampleError {
    SampleError::Refused(refusal)
}

fn broken(error: impl std::fmt::Display) -> SampleError {
    SampleError::Store(StoreError::Broken(error.to_string()))
}

/// Writes all of it; the requests must be there.
pub(super) fn fill(
    store: &Store,
    runtime: &Runtime,
    city: &SampleCity,
    plan: &Plan,
) -> Result<(), SampleError> {
    let streams = runtime.block_on(register::fill(store, city, plan))?;
    let rules = rules::rules()?;
    let set = rules::items(&rules)?;
    let since = ago(plan.now, 299 * 24 * 60);
    let grounds = Some(plan.grounds());
    runtime.block_on(store.set_items(set, BY.into(), grounds, since))?;

    let loaded = City::load(store)?;
    let offset = offset_minutes(&loaded, plan.now);
    let rule_plan = RulePlan::new(rules.clone(), offset).map_err(refused)?;
    let mut known: HashMap<StreamId, RuleStream> = HashMap::new();
    alerting::each(store, &loaded, &mut |stream| {
        known.insert(stream.id, stream);
    })?;
    let mut ordered: Vec<&RuleStream> = known.values().collect();
    ordered.sort_unstable_by_key(|stream| stream.id);
    let mut engine = Engine::new(rule_plan, ordered, 1);

    let history = open_history(store.directory())?;
    let times = Times::new(city, plan);
    let mut story = Story::new(store, &loaded, plan, &rules, &known);
    let mut waiting: Vec<Reading> = Vec::new();
    for (at, read) in Readings::new(city, &streams, &times, plan.now) {
        if read.is_empty() {
            continue;
        }
        let mut found = engine.feed(&read);
        found.extend(engine.advance(at));
        runtime.block_on(story.go_on(found))?;
        waiting.extend(read);
        if waiting.len() >= BATCH {
            keep(&history, std::mem::take(&mut waiting))?;
        }
    }
    keep(&history, waiting)?;
    let found = engine.advance(plan.now.as_millisecond());
    runtime.block_on(story.go_on(found))?;
    runtime.block_on(story.end())?;
    runtime.block_on(warnings::exercise(store, &loaded, plan))?;
    runtime.block_on(quarantine(store, plan))?;

    history.close_part();
    history.wait_for_part(PATIENCE);
    seal_all(&history, store, runtime.handle(), plan.now).map_err(broken)?;
    history.keep_spans().map_err(broken)?;
    let entries = *store.durable().borrow();
    alerting::write_first_state(
        store.directory(),
        &engine,
        history.next_id(),
        plan.now,
        entries,
    )
    .map_err(broken)
}

fn open_history(directory: &Path) -> Result<History, SampleError> {
    History::open(&directory.join(FOLDER), &[], Options::default()).map_err(broken)
}

fn keep(history: &History, readings: Vec<Reading>) -> Result<(), SampleError> {
    let batch = Batch {
        readings,
        ..Batch::default()
    };
    history.append(batch).map(drop).map_err(broken)
}

/// One device of the sites' noise meters sent the same again and again, and is
/// not believed any more.
async fn quarantine(store: &Store, plan: &Plan) -> Result<(), SampleError> {
    let Some(sort) = SORTS.iter().find(|sort| sort.word == "noise") else {
        return Ok(());
    };
    let name = device_name(sort, sort.devices(plan.size) - 1);
    let devices = store.items(ItemKind::Device)?;
    let Some(item) = devices.iter().find(|item| item.code == name) else {
        return Ok(());
    };
    let mut device: Device = item.read()?;
    let why = Suspicion::Replay;
    device.quarantine = Some(why);
    let item = Item::of(ItemKind::Device, &name, &device)?;
    let grounds = Some(format!("{}; {}", why.name().zh, why.name().en));
    let at = ago(plan.now, NOISE_QUARANTINED);
    store
        .set_items(vec![item], "system:sensing".into(), grounds, at)
        .await?;
    Ok(())
}
