//! Rules at work: the engine with the city's rules and streams.

mod streams;

pub use streams::stream;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use yiwang_base::{Refusal, RuleCode, Timestamp};
use yiwang_cases::StoreError;
use yiwang_sensing::Reading;
use yiwang_sensing::rule::{Engine, Finding, Plan, Rule};
use yiwang_store::{Item, ItemKind, Store};

use crate::city::City;

/// Shards of the engine: one for each of the two cores a small installation has.
const SHARDS: u16 = 2;

/// The engine and what it finds.
pub struct Alerting {
    engine: Mutex<Engine>,
    give: UnboundedSender<Vec<Finding>>,
    take: Mutex<Option<UnboundedReceiver<Vec<Finding>>>>,
}

/// The rules of the record, by their codes.
///
/// # Errors
/// When the record cannot be read.
pub fn rules(store: &Store) -> Result<BTreeMap<RuleCode, Rule>, StoreError> {
    let items = store.items(ItemKind::Rule)?.into_iter();
    items.map(|item| code_and_rule(&item)).collect()
}

/// A rule, out of its item.
///
/// # Errors
/// When the item is none.
pub fn code_and_rule(item: &Item) -> Result<(RuleCode, Rule), StoreError> {
    let code = item.code.parse().map_err(broken)?;
    Ok((code, item.read()?))
}

fn broken(error: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(error.to_string())
}

/// What the city's clocks are ahead of UTC, minutes.
pub(crate) fn offset_minutes(city: &City, now: Timestamp) -> i32 {
    city.rules.calendar.zone().to_offset(now).seconds() / 60
}

fn build(store: &Store, city: &City, now: Timestamp) -> Result<Engine, Refusal> {
    let mut rules = rules(store)?;
    rules.retain(|_, rule| rule.active);
    let plan = Plan::new(rules, offset_minutes(city, now))?;
    let mut engine = Engine::new(plan, &[], SHARDS);
    streams::each(store, city, &mut |stream| engine.add(&stream))?;
    Ok(engine)
}

impl Alerting {
    /// Begins with the rules and streams of the record.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn open(store: &Store, city: &City, now: Timestamp) -> Result<Alerting, Refusal> {
        let (give, take) = unbounded_channel();
        Ok(Alerting {
            engine: Mutex::new(build(store, city, now)?),
            give,
            take: Mutex::new(Some(take)),
        })
    }

    /// Judges readings that are kept.
    pub fn feed(&self, readings: &[Reading]) {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let found = engine.feed(readings);
        self.tell(found);
    }

    /// Lets event time pass.
    pub fn advance(&self, now: Timestamp) {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let found = engine.advance(now.as_millisecond());
        self.tell(found);
    }

    fn tell(&self, found: Vec<Finding>) {
        if !found.is_empty() {
            // Nobody takes them any more when the server stops.
            let _ = self.give.send(found);
        }
    }

    /// Goes on with the rules and streams as they are in the record now.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn reload(&self, store: &Store, city: &City, now: Timestamp) -> Result<(), Refusal> {
        let mut next = build(store, city, now)?;
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = next.resume(engine.snapshot());
        *engine = next;
        self.tell(ended);
        Ok(())
    }

    /// What is found from now on; for one taker.
    pub fn findings(&self) -> Option<UnboundedReceiver<Vec<Finding>>> {
        let mut take = self.take.lock().unwrap_or_else(PoisonError::into_inner);
        take.take()
    }
}
