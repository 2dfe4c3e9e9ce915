//! Judging at the gateway, by the rules of the bundle.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value as Json, json};
use yiwang_base::Timestamp;
use yiwang_history::{Order, Query, Streams};
use yiwang_mqtt::{Message, QoS};
use yiwang_sensing::Reading;
use yiwang_sensing::registry::{Change, Entity, RegistryStore as _};
use yiwang_sensing::rule::{Engine, Finding, Plan};
use yiwang_store::{Item, ItemKind};

use super::alert_topic;
use super::bundle::Bundle;
use super::state::keep_judged;
use crate::http::{App, now};
use crate::mqtt::{Hub, SYSTEM};
use crate::sensing::Judge;

/// By whom the gateway's own record is changed.
const BY: &str = "system:edge";
/// What one entry of the record has room for, entities.
const AT_ONCE: usize = 200;
/// How often event time is let pass, and how far it is behind the clock.
const TICK: Duration = Duration::from_secs(1);
const BEHIND_MS: i64 = 2_000;
/// How far back readings are judged again after a start, milliseconds: rules
/// hold for a day at most where habits are left aside.
const AGAIN_MS: i64 = 24 * 3_600_000;

/// The engine with the bundle's rules, and where its findings go.
pub(super) struct Watch {
    app: Arc<App>,
    hub: Arc<Hub>,
    engine: Mutex<Engine>,
    /// The id of the next reading to be judged.
    judged: AtomicU64,
    /// How many readings the city takes in a minute.
    pub(super) most_per_minute: Arc<AtomicU64>,
    tell: Box<dyn Fn(&Json) + Send + Sync>,
}

impl Watch {
    pub(super) fn new(
        app: Arc<App>,
        hub: Arc<Hub>,
        tell: impl Fn(&Json) + Send + Sync + 'static,
    ) -> Watch {
        Watch {
            app,
            hub,
            engine: Mutex::new(Engine::new(Plan::default(), &[], 1)),
            judged: AtomicU64::new(0),
            most_per_minute: Arc::new(AtomicU64::new(u64::MAX)),
            tell: Box::new(tell),
        }
    }

    /// From now on judges by this bundle; its things and mappings are put into
    /// the gateway's own record.
    pub(super) async fn follow(&self, bundle: &Bundle) -> anyhow::Result<()> {
        let plan = Plan::new(bundle.rules.clone(), bundle.offset_minutes)?;
        let mut next = Engine::new(plan, &bundle.streams, 1);
        self.register(bundle).await?;
        let most = bundle.most_per_minute.unwrap_or(u64::MAX);
        self.most_per_minute.store(most, Ordering::Relaxed);
        let ended = {
            let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
            let ended = next.resume(engine.snapshot());
            *engine = next;
            ended
        };
        self.found(ended, true);
        Ok(())
    }

    async fn register(&self, bundle: &Bundle) -> anyhow::Result<()> {
        let store = &self.app.store;
        let mut changed: Vec<Entity> = Vec::new();
        for entity in &bundle.entities {
            if store.entity(entity.key)?.as_ref() != Some(entity) {
                changed.push(entity.clone());
            }
        }
        // What others are linked to comes first.
        changed.sort_by_key(|entity| entity.links.len());
        for part in changed.chunks(AT_ONCE) {
            let change = Change {
                set: part.to_vec(),
                removed: Vec::new(),
            };
            store.change(change.clone(), BY.to_owned(), now()).await?;
            self.app.sensing.register_changed(&change);
        }
        let gone = store.items(ItemKind::TopicMapping)?.into_iter();
        let gone = gone.filter(|item| !bundle.mappings.contains_key(&item.code));
        let mut items = Vec::new();
        for mut item in gone {
            if let Some(active) = item.body.get_mut("active") {
                *active = false.into();
            }
            items.push(item);
        }
        for (code, mapping) in &bundle.mappings {
            items.push(Item::of(ItemKind::TopicMapping, code, mapping)?);
        }
        store.set_items(items, BY.to_owned(), None, now()).await?;
        self.app.sensing.mappings.reload(store)?;
        Ok(())
    }

    /// Judges the last readings again, and from then on all that come. What those
    /// before `judged` come to was told before a restart and is only published
    /// again, since the broker's memory ended; what the others come to is given back, to
    /// be told once somebody listens.
    pub(super) fn begin(self: &Arc<Self>, judged: u64) -> anyhow::Result<Vec<Finding>> {
        let mut query = Query::of(Streams::All);
        query.from = now().as_millisecond() - AGAIN_MS;
        query.order = Order::Arrival;
        let rows = self.app.sensing.history.rows(query);
        let mut untold = Vec::new();
        for row in rows {
            let row = row?;
            if !row.reading.value.is_nan() {
                let found = self.feed(&[row.reading]);
                match row.id >= judged {
                    true => untold.extend(found),
                    false => self.found(found, false),
                }
            }
        }
        let next = self.app.sensing.history.next_id();
        self.judged.store(next, Ordering::Release);
        let judge = Box::new(Feeding(Arc::clone(self)));
        self.app.sensing.judge_with(judge)?;
        Ok(untold)
    }

    fn feed(&self, readings: &[Reading]) -> Vec<Finding> {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        engine.feed(readings)
    }

    /// Prints findings where they are to be told, and publishes them to the gateway's
    /// own subscribers.
    pub(super) fn found(&self, findings: Vec<Finding>, tell: bool) {
        for finding in findings {
            let at = Timestamp::from_millisecond(finding.at).map(|at| at.to_string());
            let said = json!({
                "at": at.unwrap_or_default(),
                "rule": finding.rule,
                "from": finding.from,
                "to": finding.to,
                "streams": finding.streams,
                "ground": finding.ground,
            });
            if tell {
                (self.tell)(&said);
            }
            self.hub.publish(
                SYSTEM,
                [Message {
                    topic: alert_topic(finding.rule.as_str()).into(),
                    payload: Bytes::from(said.to_string()),
                    qos: QoS::AtLeastOnce,
                    retain: true,
                }],
            );
        }
    }
}

/// The engine as what judges readings.
struct Feeding(Arc<Watch>);

impl Judge for Feeding {
    fn feed(&mut self, readings: &[Reading]) {
        let found = self.0.feed(readings);
        self.0.found(found, true);
        let judged = readings.len() as u64;
        self.0.judged.fetch_add(judged, Ordering::Release);
    }
}

/// Lets event time pass: silences are found so.
/// How far readings were judged is written down in the data directory.
pub(super) async fn tick(watch: Arc<Watch>, directory: PathBuf) {
    let mut tick = tokio::time::interval(TICK);
    let mut written = None;
    loop {
        tick.tick().await;
        let found = {
            let mut engine = watch.engine.lock().unwrap_or_else(PoisonError::into_inner);
            engine.advance(now().as_millisecond() - BEHIND_MS)
        };
        watch.found(found, true);
        let judged = watch.judged.load(Ordering::Acquire);
        if written != Some(judged) {
            let directory = directory.clone();
            let kept = tokio::task::spawn_blocking(move || keep_judged(&directory, judged)).await;
            match kept {
                Ok(Ok(())) => written = Some(judged),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "how far readings were judged is not written down")
                }
                Err(_) => return,
            }
        }
    }
}
