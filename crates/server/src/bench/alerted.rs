//! How soon readings over a threshold are alerts in the record, and on a page that
//! follows the live feed.

use std::collections::HashMap;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedSender;
use yiwang_base::Timestamp;
use yiwang_history::Batch;
use yiwang_sensing::alert::{Alert, AlertEvent};
use yiwang_sensing::{Reading, StreamId};

use super::sensing::{Plan, READER, SENDER};
use crate::http::{App, serve};
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
    /// Half of them were told to a page within this, milliseconds.
    pub p50_page_ms: f64,
    /// Ninety-nine of a hundred within this.
    pub p99_page_ms: f64,
}

/// A finding in the record: the time of its reading, its entry, and when it was seen.
struct Seen {
    at: i64,
    seq: u64,
    seen: Instant,
}

/// Sends a hundred thousand readings a second, ten of which a second are over a
/// threshold, and watches the record for their alerts.
pub(super) async fn alerted(plan: &Plan, app: &Arc<App>) -> anyhow::Result<(Alerted, u64)> {
    let sender = Sender {
        name: SENDER.into(),
    };
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let watcher = tokio::spawn(watch(Arc::clone(app), tell));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let serving = tokio::spawn(serve(listener, None, Arc::clone(app), pending()));
    let (shown, mut page) = tokio::sync::mpsc::unbounded_channel();
    let connection = follow(address).await?;
    let reader = tokio::spawn(read_events(connection, shown));
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
    reader.abort();
    serving.abort();
    let mut on_page: HashMap<u64, Instant> = HashMap::new();
    while let Ok((seq, seen)) = page.try_recv() {
        on_page.insert(seq, seen);
    }
    let (mut took, mut shown) = (Vec::new(), Vec::new());
    while let Ok(Seen { at, seq, seen }) = told.try_recv() {
        let Some(sent) = sent.get(&at) else { continue };
        let since = |seen: &Instant| seen.duration_since(*sent).as_secs_f64() * 1000.0;
        took.push(since(&seen));
        shown.extend(on_page.get(&seq).map(since));
    }
    let [took, shown] = [took, shown].map(|mut all: Vec<f64>| {
        all.sort_unstable_by(f64::total_cmp);
        all
    });
    let readings = sent.len();
    for (found, what) in [
        (took.len(), "raised an alert"),
        (shown.len(), "reached the page"),
    ] {
        if found < readings {
            bail!("{found} of {readings} readings {what}");
        }
    }
    let share = |all: &[f64], of: usize| all.get(all.len() * of / 100).copied().unwrap_or_default();
    let alerted = Alerted {
        readings_per_second: kept as f64 / elapsed.as_secs_f64(),
        alerts: took.len(),
        p50_ms: share(&took, 50),
        p99_ms: share(&took, 99),
        p50_page_ms: share(&shown, 50),
        p99_page_ms: share(&shown, 99),
    };
    Ok((alerted, kept))
}

/// Asks for the live feed as a page does, and waits until it has begun.
async fn follow(address: SocketAddr) -> anyhow::Result<BufReader<TcpStream>> {
    let mut connection = TcpStream::connect(address).await?;
    let asked = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {READER}\r\n\r\n"
    );
    connection.write_all(asked.as_bytes()).await?;
    let mut connection = BufReader::new(connection);
    let mut line = String::new();
    while connection.read_line(&mut line).await? > 0 {
        if line.starts_with("event: ready") {
            return Ok(connection);
        }
        line.clear();
    }
    bail!("the live feed did not begin")
}

/// Tells of the events of the live feed, by their entries, as they arrive whole.
async fn read_events(
    mut connection: BufReader<TcpStream>,
    tell: UnboundedSender<(u64, Instant)>,
) -> anyhow::Result<()> {
    let (mut line, mut seq) = (String::new(), None);
    while connection.read_line(&mut line).await? > 0 {
        if let Some(id) = line.strip_prefix("id: ") {
            seq = id.trim().parse().ok();
        } else if line == "\n"
            && let Some(seq) = seq.take()
        {
            tell.send((seq, Instant::now()))?;
        }
        line.clear();
    }
    bail!("the live feed has ended")
}

/// Tells of findings as their alerts are in the record.
async fn watch(app: Arc<App>, tell: UnboundedSender<Seen>) -> anyhow::Result<()> {
    let mut durable = app.store.durable();
    let mut from = *durable.borrow();
    loop {
        durable.changed().await?;
        for moved in app.store.sheets_from::<Alert>(from, 1_000).await? {
            from = moved.seq + 1;
            if let AlertEvent::Raised { found, .. } | AlertEvent::Found(found) = &moved.data
                && found.to.is_some()
            {
                tell.send(Seen {
                    at: found.at.as_millisecond(),
                    seq: moved.seq,
                    seen: Instant::now(),
                })?;
            }
        }
    }
}
