//! How many readings are taken in: in the process, and over HTTP.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use jiff::ToSpan as _;
use serde::Serialize;
use serde_json::json;
use tokio::runtime::Handle;
use yiwang_base::Timestamp;
use yiwang_history::Batch;
use yiwang_sensing::registry::{Change, Entity, Key, Kind, RegistryStore as _};
use yiwang_sensing::{Reading, StreamId};
use yiwang_store::{Account, Options, Store};

use super::server::Served;
use crate::data_dir;
use crate::http::token_hash;
use crate::sensing::{Sender, Sensing, seal_all};

/// What to measure.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Where.
    pub directory: PathBuf,
    /// Datastreams.
    pub streams: u64,
    /// Seconds each way.
    pub seconds: u64,
}

/// What one way came to.
#[derive(Debug, Clone, Serialize)]
pub struct Rate {
    /// Readings acknowledged a second.
    pub readings_per_second: f64,
    /// Ninety-nine of a hundred batches were acknowledged within this, milliseconds.
    pub batch_p99_ms: f64,
    /// Readings acknowledged, which are what is kept.
    pub kept: u64,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What was asked for.
    pub plan: Plan,
    /// In the process.
    pub in_process: Rate,
    /// Over HTTP.
    pub over_http: Rate,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = |name: &str, rate: &Rate| {
            format!(
                "{name}: {:.0} readings/s, batches of {BATCH} within {:.1} ms (p99), {} kept",
                rate.readings_per_second, rate.batch_p99_ms, rate.kept
            )
        };
        writeln!(f, "{} datastreams, {SENDERS} senders", self.plan.streams)?;
        writeln!(f, "{}", line("in process", &self.in_process))?;
        write!(f, "{}", line("over HTTP", &self.over_http))
    }
}

const BATCH: u64 = 10_000;
const SENDERS: u64 = 2;
/// Batches that each sender has under way in the process.
const UNDER_WAY: usize = 4;
/// Different bodies that are sent over HTTP.
const BODIES: u64 = 8;
/// The account that sends, and its key.
pub(super) const SENDER: &str = "bench";
/// Where times of readings begin, milliseconds: 2026-01-01.
pub(super) const EPOCH_MS: i64 = 1_767_225_600_000;

/// Measures both ways.
///
/// # Errors
/// When something cannot be done, or what is kept is not what was acknowledged.
pub fn run(plan: &Plan) -> anyhow::Result<Report> {
    let name = format!("bench-sensing-{}", std::process::id());
    let scratch = plan.directory.join(name);
    std::fs::create_dir_all(&scratch).with_context(|| scratch.display().to_string())?;
    let measured = measure(plan, &scratch);
    std::fs::remove_dir_all(&scratch)?;
    measured
}

fn measure(plan: &Plan, data: &Path) -> anyhow::Result<Report> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    data_dir::prepare(data)?;
    data_dir::trail_key(data, "bench.yiwang/trail")?;
    let store = Arc::new(Store::open(data, Options::default())?);
    eprintln!("registering {} datastreams …", plan.streams);
    runtime.block_on(register(&store, plan.streams))?;
    eprintln!("in the process …");
    let in_process = in_process(plan, &runtime, &store)?;
    drop(store);
    eprintln!("over HTTP …");
    let over_http = over_http(plan, data)?;
    let store = Store::open(data, Options::default())?;
    let kept = Sensing::open(&store)?.history.next_id();
    if kept != in_process.kept + over_http.kept {
        bail!("{kept} readings are kept, others were acknowledged");
    }
    Ok(Report {
        plan: plan.clone(),
        in_process,
        over_http,
    })
}

/// A thing with all datastreams, and an account to send for them.
pub(super) async fn register(store: &Store, streams: u64) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let entity = |kind: Kind, body: serde_json::Value, links: &[Key]| Entity {
        key: Key(kind, store.new_id(kind)),
        body: body.as_object().cloned().unwrap_or_default(),
        links: links.iter().copied().collect(),
    };
    let named = |name: &str| json!({"name": name, "description": ""});
    let owners = [Kind::Thing, Kind::Sensor, Kind::ObservedProperty];
    let owners = owners.map(|kind| entity(kind, named("bench"), &[]));
    let links = [owners[0].key, owners[1].key, owners[2].key];
    let all: Vec<Entity> = (0..streams)
        .map(|_| entity(Kind::Datastream, named("bench"), &links))
        .collect();
    let mut set = owners.to_vec();
    // What one entry of the record has room for.
    for part in all.chunks(300) {
        set.extend_from_slice(part);
        let change = Change {
            set: std::mem::take(&mut set),
            removed: Vec::new(),
        };
        store.change(change, "system:bench".into(), now).await?;
    }
    let account = Account {
        name: SENDER.parse()?,
        display_name: SENDER.into(),
        role: "partner".into(),
        unit: None,
        disabled: false,
    };
    store
        .set_account(account, "-".into(), "system:bench".into(), now)
        .await?;
    let expires = now.checked_add(24.hours())?;
    store
        .open_session(token_hash(SENDER), SENDER.parse()?, now, expires)
        .await?;
    Ok(())
}

/// The readings of a sender's n-th batch: a round over its own streams.
fn batch(streams: u64, sender: u64, n: u64) -> impl Iterator<Item = Reading> {
    (0..BATCH).map(move |i| {
        let count = n * BATCH + i;
        let stream = 1 + (count * SENDERS + sender) % streams;
        let round = count * SENDERS / streams;
        Reading {
            stream: StreamId(stream),
            at: EPOCH_MS + round as i64 * 1000,
            // Slowly changing, with a digit behind the point, as gauges have it.
            value: ((stream * 7 + round * 3) % 1000) as f64 / 10.0,
        }
    })
}

fn in_process(
    plan: &Plan,
    runtime: &tokio::runtime::Runtime,
    store: &Arc<Store>,
) -> anyhow::Result<Rate> {
    let sensing = Arc::new(Sensing::open(store)?);
    let stop = Arc::new(AtomicBool::new(false));
    let sealing = {
        let (sensing, store, stop) = (Arc::clone(&sensing), Arc::clone(store), Arc::clone(&stop));
        let handle = runtime.handle().clone();
        std::thread::spawn(move || seal(&sensing, &store, &handle, &stop))
    };
    let begun = Instant::now();
    let until = begun + Duration::from_secs(plan.seconds);
    let streams = plan.streams;
    let senders: Vec<_> = (0..SENDERS * UNDER_WAY as u64)
        .map(|place| {
            let (sensing, store) = (Arc::clone(&sensing), Arc::clone(store));
            runtime.spawn(async move {
                let sender = Sender {
                    name: SENDER.into(),
                };
                let (mut kept, mut took, mut n) = (0, Vec::new(), place / SENDERS);
                while Instant::now() < until {
                    let sent = Instant::now();
                    let batch = Batch {
                        readings: batch(streams, place % SENDERS, n).collect(),
                        ..Batch::default()
                    };
                    n += UNDER_WAY as u64;
                    let now = Timestamp::now();
                    let taken = sensing.take(&store, &sender, batch, now).await?;
                    kept += taken.kept;
                    took.push(sent.elapsed());
                }
                anyhow::Ok((kept, took))
            })
        })
        .collect();
    let mut all = (0, Vec::new());
    for sender in senders {
        let (kept, took) = runtime.block_on(sender)??;
        all.0 += kept;
        all.1.extend(took);
    }
    let elapsed = begun.elapsed();
    stop.store(true, Ordering::Relaxed);
    sealing
        .join()
        .map_err(|_| anyhow::anyhow!("sealing stopped"))??;
    Ok(rate(all.0, all.1, elapsed))
}

fn seal(
    sensing: &Sensing,
    store: &Store,
    handle: &Handle,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    while !stop.load(Ordering::Relaxed) {
        if sensing.history.wait_for_part(Duration::from_millis(50)) {
            seal_all(&sensing.history, store, handle, Timestamp::now())?;
        }
    }
    Ok(())
}

fn rate(kept: u64, mut took: Vec<Duration>, elapsed: Duration) -> Rate {
    took.sort_unstable();
    let p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    Rate {
        readings_per_second: kept as f64 / elapsed.as_secs_f64(),
        batch_p99_ms: p99.as_secs_f64() * 1000.0,
        kept,
    }
}

fn over_http(plan: &Plan, data: &Path) -> anyhow::Result<Rate> {
    let larger = ["--set", "max_body_bytes=16777216"];
    let listen = ["serve", "--listen", "127.0.0.1:0"];
    let served = Served::start(data, &[larger.as_slice(), &listen].concat())?;
    let begun = Instant::now();
    let until = begun + Duration::from_secs(plan.seconds);
    let clients: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (address, streams) = (served.address.clone(), plan.streams);
            std::thread::spawn(move || client(&address, streams, sender, until))
        })
        .collect();
    let mut all = (0, Vec::new());
    for client in clients {
        let done = client
            .join()
            .map_err(|_| anyhow::anyhow!("a client stopped"))?;
        let (kept, took) = done?;
        all.0 += kept;
        all.1.extend(took);
    }
    let measured = rate(all.0, all.1, begun.elapsed());
    served.stop()?;
    Ok(measured)
}

/// Sends bodies one after the other on one connection.
fn client(
    address: &str,
    streams: u64,
    sender: u64,
    until: Instant,
) -> anyhow::Result<(u64, Vec<Duration>)> {
    let bodies = (0..BODIES).map(|n| request(address, streams, sender, n));
    let requests: Vec<String> = bodies.collect::<Result<_, _>>()?;
    let mut connection = TcpStream::connect(address)?;
    let (mut kept, mut took) = (0, Vec::new());
    let mut answer = vec![0; 1 << 20];
    for request in requests.iter().cycle() {
        if Instant::now() >= until {
            break;
        }
        let sent = Instant::now();
        connection.write_all(request.as_bytes())?;
        let head = read_answer(&mut connection, &mut answer)?;
        if !head.starts_with("HTTP/1.1 201") {
            bail!("{head}");
        }
        kept += BATCH;
        took.push(sent.elapsed());
    }
    Ok((kept, took))
}

/// Reads an answer to its end; gives its head.
fn read_answer(connection: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<String> {
    let (mut filled, mut whole) = (0, None);
    loop {
        if let Some((head, length)) = &whole
            && filled >= *length
        {
            return Ok(String::clone(head));
        }
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
        let read = connection.read(&mut buffer[filled..])?;
        if read == 0 {
            bail!("the server closed the connection");
        }
        filled += read;
        if whole.is_none()
            && let Some(end) = memchr::memmem::find(&buffer[..filled], b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_it = name.eq_ignore_ascii_case("content-length");
                is_it.then(|| value.trim().parse::<usize>().ok()).flatten()
            });
            let length = length.context("an answer without a length")?;
            whole = Some((head, end + 4 + length));
        }
    }
}

/// A call of CreateObservations with one array for each stream of the batch.
fn request(address: &str, streams: u64, sender: u64, n: u64) -> anyhow::Result<String> {
    // Each stream has the same number of readings in a body, as gateways send them.
    let each = 100;
    let mut body = String::from("[");
    for group in 0..BATCH / each {
        let stream = 1 + ((n * BATCH / each + group) * SENDERS + sender) % streams;
        let separator = if group > 0 { "," } else { "" };
        write!(
            body,
            "{separator}{{\"Datastream\":{{\"@iot.id\":{stream}}},\"components\":[\"phenomenonTime\",\"result\"],\
             \"dataArray@iot.count\":{each},\"dataArray\":["
        )?;
        for i in 0..each {
            let at = Timestamp::from_millisecond(EPOCH_MS + ((n * each + i) * 1000) as i64)?;
            let value = ((stream * 7 + i * 3) % 1000) as f64 / 10.0;
            let separator = if i > 0 { "," } else { "" };
            write!(body, "{separator}[\"{at}\",{value}]")?;
        }
        body.push_str("]}");
    }
    body.push(']');
    Ok(format!(
        "POST /sta/v1.1/CreateObservations HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {SENDER}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}
