//! Rules at work: what is kept is judged by the city's rules and detectors, in
//! the order in which it came, each reading once, whatever happens to the server.
//!
//! One thread judges. It is asked in a queue: readings as they become durable,
//! the seconds that pass, rules and streams that are new. How it stands is
//! written down now and then with the number of the next reading; after a crash
//! it goes on from there with what the history has, and finds the same. What it
//! finds waits here until it is in the record, and what is in the record already
//! is known by rule, stream, time and colour.

mod again;
mod judge;
mod keep;
mod pending;
mod preview;
mod queue;
pub(crate) mod streams;

pub use again::verdict;
pub use judge::start;
pub use keep::{FOLDER, write_first_state};
pub use pending::{Told, told};
pub use preview::{Pace, Previewed, preview};
pub use queue::Queue;
pub use streams::{each, stream};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use tokio::sync::oneshot;
use yiwang_base::{Refusal, RuleCode, Timestamp};
use yiwang_cases::StoreError;
use yiwang_sensing::rule::{Counts, Rule};
use yiwang_store::{Item, ItemKind, Store};

use crate::city::City;
use pending::Pending;
use queue::Asked;

/// Rules by their codes.
pub type Rules = BTreeMap<RuleCode, Rule>;

/// Where the judge is reached, and what it has found.
pub struct Alerting {
    queue: Arc<Queue>,
    pending: Pending,
    rules: RwLock<Arc<Rules>>,
    counts: Mutex<Counts>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What was judged and what was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Counted since the city's first reading was judged.
    pub counts: Counts,
    /// Whether readings are judged at all.
    pub judging: bool,
    /// Readings that are kept and wait to be judged.
    pub waiting: u64,
    /// Findings that wait to become alerts.
    pub pending: u64,
}

/// The rules of the record, by their codes.
///
/// # Errors
/// When the record cannot be read.
pub fn rules(store: &Store) -> Result<Rules, StoreError> {
    let items = store.items(ItemKind::Rule)?.into_iter();
    items.map(|item| code_and_rule(&item)).collect()
}

fn code_and_rule(item: &Item) -> Result<(RuleCode, Rule), StoreError> {
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

impl Default for Alerting {
    fn default() -> Alerting {
        Alerting {
            queue: Queue::new(),
            pending: Pending::default(),
            rules: RwLock::default(),
            counts: Mutex::default(),
            thread: Mutex::default(),
        }
    }
}

impl Alerting {
    /// The rules that readings are judged by, with those that were taken back.
    pub fn rules(&self) -> Arc<Rules> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&rules)
    }

    fn set_rules(&self, rules: Rules) {
        let mut current = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(rules);
    }

    fn set_counts(&self, counts: Counts) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = counts;
    }

    fn set_thread(&self, thread: JoinHandle<()>) {
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    }

    /// Findings that wait to become alerts.
    pub fn pending(&self) -> &Pending {
        &self.pending
    }

    /// What was judged and what was not.
    pub fn standing(&self) -> Standing {
        Standing {
            counts: *self.counts.lock().unwrap_or_else(PoisonError::into_inner),
            judging: self.is_judging() && self.queue.is_open(),
            waiting: self.queue.waiting(),
            pending: self.pending.len() as u64,
        }
    }

    /// Lets time pass: all readings up to `now` that will ever come in time have.
    pub fn tick(&self, now: Timestamp) {
        self.queue.ask(Asked::Tick(now));
    }

    /// Goes on with the rules as they are in the record now.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn reload(&self) -> Result<(), Refusal> {
        if !self.is_judging() {
            return Ok(());
        }
        let (tell, told) = oneshot::channel();
        self.queue.ask(Asked::Reload(tell));
        told.await
            .unwrap_or_else(|_| Err(broken("readings are not judged any more").into()))
    }

    fn is_judging(&self) -> bool {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.is_some()
    }

    /// Takes note that streams may lie in other areas than before.
    pub fn city_changed(&self) {
        self.queue.ask(Asked::Register {
            streams: Vec::new(),
            others: true,
        });
    }

    /// Judges what waits, writes down how it stands, and stops.
    pub fn stop(&self) {
        self.queue.ask(Asked::Stop);
        let thread = {
            let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
            thread.take()
        };
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the judge of readings stopped before it was asked to");
        }
    }
}
