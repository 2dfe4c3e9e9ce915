//! How many readings are taken in and judged: in the process, and over HTTP; and
//! how soon one that matters is an alert.

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
use yiwang_outgoing::Reach;
use yiwang_sensing::registry::{Change, Entity, Key, Kind, RegistryStore as _};
use yiwang_sensing::rule::{Counts, Rule};
use yiwang_sensing::{Reading, StreamId};
use yiwang_store::basemap::BasemapStore;
use yiwang_store::{Account, Item, ItemKind, Options, Store};

use super::alerted::{Alerted, alerted};
use super::sensing_http::over_http;
use crate::basemap::Basemap;
use crate::http::{App, AppOptions, token_hash};
use crate::sensing::{Sender, Sensing, seal_all};
use crate::{alerting, data_dir, flows};

/// What to measure.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Where.
    pub directory: PathBuf,
    /// Datastreams.
    pub streams: u64,
    /// Those of them that a detector learns, besides the rules for all.
    pub watched: u64,
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
    /// How many of those were judged.
    pub judged: u64,
    /// Seconds until all of those were judged, after the last was kept.
    pub judged_after_seconds: f64,
    /// From a reading to its alert, at a hundred thousand readings a second.
    pub alerted: Alerted,
    /// Most memory that this process held, MiB.
    pub most_memory_mib: u64,
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
        let Plan {
            streams, watched, ..
        } = self.plan;
        writeln!(
            f,
            "{streams} datastreams with rules, {watched} with detectors, {SENDERS} senders"
        )?;
        writeln!(f, "{}", line("in process", &self.in_process))?;
        let (after, memory) = (self.judged_after_seconds, self.most_memory_mib);
        writeln!(
            f,
            "{} of them judged, the last {after:.2} s after it was kept; {memory} MiB at most",
            self.judged
        )?;
        let alerted = &self.alerted;
        writeln!(
            f,
            "reading to alert at {:.0} readings/s: {:.1} ms (p50), {:.1} ms (p99) of {}",
            alerted.readings_per_second, alerted.p50_ms, alerted.p99_ms, alerted.alerts
        )?;
        write!(f, "{}", line("over HTTP", &self.over_http))
    }
}

pub(super) const BATCH: u64 = 10_000;
pub(super) const SENDERS: u64 = 2;
/// Batches that each sender has under way in the process.
const UNDER_WAY: usize = 4;
/// The account that sends, and its key.
pub(super) const SENDER: &str = "bench";
/// The account that reads what was judged, and its key.
pub(super) const READER: &str = "bench-reader";
/// What is refused while too much is waiting, and how long to wait then.
const BEHIND: &str = "reading.behind";
pub(super) const PAUSE: Duration = Duration::from_millis(5);
/// How long to wait until what is kept is judged.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

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
    let key = data_dir::trail_key(data, "bench.yiwang/trail")?;
    let store = Store::open(data, Options::default())?;
    eprintln!("registering {} datastreams …", plan.streams);
    runtime.block_on(register(&store, plan.streams, plan.watched))?;
    let base_map = Arc::new(Basemap::new(BasemapStore::new(data)));
    let options = AppOptions {
        max_body: 1 << 24,
        session_hours: 1,
        secure_cookie: false,
        hook_reach: Reach { private: false },
    };
    let callers = data_dir::caller_key(data)?;
    let app = Arc::new(App::new(store, Arc::new(key), base_map, options, callers)?);
    let alerts = {
        let _runtime = runtime.enter();
        alerting::start(&app)?;
        runtime.spawn(flows::alerts::follow(Arc::clone(&app)))
    };
    eprintln!("in the process …");
    let in_process = in_process(plan, &runtime, &app)?;
    let kept = Instant::now();
    while app.alerting.standing().waiting > 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let judged_after_seconds = kept.elapsed().as_secs_f64();
    let judged = all_judged(&app, in_process.kept)?;
    eprintln!("from readings to alerts …");
    let (alerted, paced) = runtime.block_on(alerted(plan, &app))?;
    alerts.abort();
    app.alerting.stop();
    let most_memory_mib = most_memory_mib();
    drop(runtime);
    drop(app);
    eprintln!("over HTTP …");
    let over_http = over_http(plan, data, in_process.kept + paced)?;
    let store = Store::open(data, Options::default())?;
    let kept = Sensing::open(&store)?.history.next_id();
    if kept != in_process.kept + paced + over_http.kept {
        bail!("{kept} readings are kept, others were acknowledged");
    }
    Ok(Report {
        plan: plan.clone(),
        in_process,
        judged: judged.judged,
        judged_after_seconds,
        alerted,
        most_memory_mib,
        over_http,
    })
}

/// What was judged of so many readings, which is to be nearly all: others cost nothing.
fn all_judged(app: &App, kept: u64) -> anyhow::Result<Counts> {
    // They are counted as time passes.
    app.alerting.tick(Timestamp::now());
    let until = Instant::now() + PATIENCE;
    loop {
        let counts = app.alerting.standing().counts;
        if counts.judged >= kept / 100 * 99 {
            return Ok(counts);
        }
        if Instant::now() > until {
            bail!("{kept} readings were kept, and of them: {counts:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Most memory that this process ever held, as Linux tells; 0 elsewhere.
fn most_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Rules for all streams, and a detector for those that are watched.
fn rules() -> anyhow::Result<Vec<Item>> {
    let rule = |code: &str, measure: &str, at: f64, property: &[&str]| {
        let rule: Rule = serde_json::from_value(json!({
            "name": {"zh": code, "en": code}, "cause": code,
            "when": {"one": {
                "measure": {measure: {}}, "levels": [{"at": at, "colour": "red"}],
                "streams": {"properties": property},
            }},
        }))?;
        anyhow::Ok(Item::of(ItemKind::Rule, code, &rule)?)
    };
    let all = ["plain", "watched"];
    Ok(vec![
        rule("high", "value", 500.0, &all)?,
        rule("silent", "silence", 1e9, &all)?,
        rule("odd", "score", 1.0, &["watched"])?,
    ])
}

/// A thing with all datastreams, rules for them, and accounts to send and to look.
pub(super) async fn register(store: &Store, streams: u64, watched: u64) -> anyhow::Result<()> {
    let now = Timestamp::now();
    store
        .set_items(rules()?, "system:bench".into(), None, now)
        .await?;
    let entity = |kind: Kind, body: serde_json::Value, links: &[Key]| Entity {
        key: Key(kind, store.new_id(kind)),
        body: body.as_object().cloned().unwrap_or_default(),
        links: links.iter().copied().collect(),
    };
    let named = |name: &str| json!({"name": name, "description": ""});
    let thing = entity(Kind::Thing, named("bench"), &[]);
    let sensor = entity(Kind::Sensor, named("bench"), &[]);
    let properties = ["plain", "watched"];
    let properties = properties.map(|name| entity(Kind::ObservedProperty, named(name), &[]));
    let every = streams / watched.max(1);
    let all: Vec<Entity> = (0..streams)
        .map(|place| {
            let watched = watched > 0 && place % every.max(1) == 0;
            let property = &properties[usize::from(watched)];
            let links = [thing.key, sensor.key, property.key];
            entity(Kind::Datastream, named("bench"), &links)
        })
        .collect();
    let owners = [vec![thing, sensor], properties.to_vec()].concat();
    let mut set = owners;
    // What one entry of the record has room for.
    for part in all.chunks(300) {
        set.extend_from_slice(part);
        let change = Change {
            set: std::mem::take(&mut set),
            removed: Vec::new(),
        };
        store.change(change, "system:bench".into(), now).await?;
    }
    let expires = now.checked_add(24.hours())?;
    for (name, role) in [(SENDER, "partner"), (READER, "auditor")] {
        let account = Account {
            name: name.parse()?,
            display_name: name.into(),
            role: role.into(),
            unit: None,
            disabled: false,
        };
        store
            .set_account(account, "-".into(), "system:bench".into(), now)
            .await?;
        store
            .open_session(token_hash(name), name.parse()?, now, expires)
            .await?;
    }
    Ok(())
}

/// A sender with streams of its own, whose readings are of now, as gauges send them:
/// what is older than the clock of the judge would only be counted as late.
struct Gauges {
    streams: u64,
    place: u64,
    count: u64,
    /// The time of the last reading, milliseconds.
    at: i64,
}

impl Gauges {
    /// The next readings: round after round over its own streams.
    fn batch(&mut self) -> Vec<Reading> {
        let all = SENDERS * UNDER_WAY as u64;
        let own = (self.streams / all).max(1);
        self.at = Timestamp::now().as_millisecond().max(self.at + 1);
        let mut readings = Vec::with_capacity(BATCH as usize);
        for _ in 0..BATCH {
            let (round, one) = (self.count / own, self.count % own);
            let stream = 1 + (one * all + self.place) % self.streams;
            if one == 0 {
                self.at += 1;
            }
            readings.push(Reading {
                stream: StreamId(stream),
                at: self.at,
                // Slowly changing, with a digit behind the point.
                value: ((stream * 7 + round * 3) % 1000) as f64 / 10.0,
            });
            self.count += 1;
        }
        readings
    }
}

/// Has readings taken, again and again while too much is waiting, as senders do; gives
/// how many were kept.
async fn take(app: &App, sender: &Sender, readings: Vec<Reading>) -> anyhow::Result<u64> {
    loop {
        let batch = Batch {
            readings: readings.clone(),
            ..Batch::default()
        };
        let now = Timestamp::now();
        match app.sensing.take(&app.store, sender, batch, now).await {
            Ok(taken) => return Ok(taken.kept),
            Err(refusal) if refusal.code == BEHIND => tokio::time::sleep(PAUSE).await,
            Err(refusal) => return Err(refusal.into()),
        }
    }
}

fn in_process(
    plan: &Plan,
    runtime: &tokio::runtime::Runtime,
    app: &Arc<App>,
) -> anyhow::Result<Rate> {
    let stop = Arc::new(AtomicBool::new(false));
    let sealing = {
        let (app, stop) = (Arc::clone(app), Arc::clone(&stop));
        let handle = runtime.handle().clone();
        std::thread::spawn(move || seal(&app.sensing, &app.store, &handle, &stop))
    };
    let begun = Instant::now();
    let until = begun + Duration::from_secs(plan.seconds);
    let streams = plan.streams;
    let senders: Vec<_> = (0..SENDERS * UNDER_WAY as u64)
        .map(|place| {
            let app = Arc::clone(app);
            runtime.spawn(async move {
                let sender = Sender {
                    name: SENDER.into(),
                };
                let (mut kept, mut took) = (0, Vec::new());
                let mut gauges = Gauges {
                    streams,
                    place,
                    count: 0,
                    at: 0,
                };
                while Instant::now() < until {
                    let sent = Instant::now();
                    let readings = gauges.batch();
                    kept += take(&app, &sender, readings).await?;
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

pub(super) fn rate(kept: u64, mut took: Vec<Duration>, elapsed: Duration) -> Rate {
    took.sort_unstable();
    let p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    Rate {
        readings_per_second: kept as f64 / elapsed.as_secs_f64(),
        batch_p99_ms: p99.as_secs_f64() * 1000.0,
        kept,
    }
}
