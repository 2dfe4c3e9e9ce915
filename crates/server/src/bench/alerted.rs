//! How soon readings over a threshold are alerts in the record.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use serde::Serialize;
use tokio::sync::mpsc::UnboundedSender;
use yiwang_base::Timestamp;
use yiwang_history::Batch;
use yiwang_sensing::alert::{Alert, AlertEvent};
use yiwang_sensing::{Reading, StreamId};

use super::sensing::{Plan, SENDER};
use crate::http::App;
use crate::sensing::Sender;

/// How often readings are sent when alerts are waited for, and how many each time.
const PACE: Duration = Duration::from_millis(10);
const PACED: u64 = 1_000;
/// How soon readings over a threshold were alerts in the record.
#[derive(Debug, Clone, Serialize)]
pub struct Alerted {
    /// Readings sent a second beside them.
    pub readings_per_second: f64,
    /// How many there were.
    pub alerts: usize,
    /// Half of them within this, milliseconds.
    pub p50_ms: f64,
    /// Ninety-nine of a hundred within this, milliseconds.
    pub p99_ms: f64,
}

/// Sends a hundred thousand readings a second, ten of which a second are over a
/// threshold, and watches the record for their alerts.
pub(super) async fn alerted(plan: &Plan, app: &Arc<App>) -> anyhow::Result<(Alerted, u64)> {
    let sender = Sender {
        name: SENDER.into(),
    };
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let watcher = tokio::spawn(watch(Arc::clone(app), tell));
    let mut sent: HashMap<i64, Instant> = HashMap::new();
    let mut tick = tokio::time::interval(PACE);
    let (begun, mut kept) = (Instant::now(), 0);
    for round in 0..plan.seconds * 100 {
        tick.tick().await;
        let now = Timestamp::now();
        let at = now.as_millisecond();
        let one = |i: u64| Reading {
            stream: StreamId(2 + (round * PACED + i) % plan.streams.saturating_sub(2).max(1)),
            at,
            value: (i % 100) as f64,
        };
        let mut readings: Vec<Reading> = (0..PACED).map(one).collect();
        // Up, then down again so that it can go up once more.
        let spike = match round % 10 {
            0 => Some(1_000.0),
            5 => Some(0.0),
            _ => None,
        };
        readings.extend(spike.map(|value| Reading {
            stream: StreamId(1),
            at,
            value,
        }));
        if spike.is_some_and(|value| value > 500.0) {
            sent.insert(at, Instant::now());
        }
        let batch = Batch {
            readings,
            ..Batch::default()
        };
        kept += app
            .sensing
            .take(&app.store, &sender, batch, now)
            .await?
            .kept;
    }
    let elapsed = begun.elapsed();
    tokio::time::sleep(Duration::from_secs(2)).await;
    watcher.abort();
    let mut took: Vec<f64> = Vec::new();
    while let Ok((at, seen)) = told.try_recv() {
        let since = sent.get(&at).map(|sent| seen.duration_since(*sent));
        took.extend(since.map(|since| since.as_secs_f64() * 1000.0));
    }
    took.sort_unstable_by(f64::total_cmp);
    if took.len() < sent.len() {
        bail!("{} of {} readings raised an alert", took.len(), sent.len());
    }
    let share = |of: usize| took.get(took.len() * of / 100).copied().unwrap_or_default();
    let alerted = Alerted {
        readings_per_second: kept as f64 / elapsed.as_secs_f64(),
        alerts: took.len(),
        p50_ms: share(50),
        p99_ms: share(99),
    };
    Ok((alerted, kept))
}

/// Tells of findings as their alerts are in the record.
async fn watch(app: Arc<App>, tell: UnboundedSender<(i64, Instant)>) -> anyhow::Result<()> {
    let mut durable = app.store.durable();
    let mut from = *durable.borrow();
    loop {
        durable.changed().await?;
        for moved in app.store.sheets_from::<Alert>(from, 1_000).await? {
            from = moved.seq + 1;
            if let AlertEvent::Raised { found, .. } | AlertEvent::Found(found) = &moved.data
                && found.to.is_some()
            {
                tell.send((found.at.as_millisecond(), Instant::now()))?;
            }
        }
    }
}
