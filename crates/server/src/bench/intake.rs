//! Durable intake over HTTP, beside the two limits it cannot pass: what HTTP
//! alone does, and what SQLite alone does on this disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;
use yiwang_base::Timestamp;
use yiwang_cases::{CaseFilter, CaseStore as _, Stage};
use yiwang_store::{Options, Store, bare_commits, verify};

use super::city;
use super::load::{Load, Measured};
use super::requests::{Dice, body};
use super::server::Served;
use super::taught::{self, Automatic};
use crate::data_dir;

pub use super::server::serve_nothing;

/// What to measure.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Where records are made; the disk that is measured.
    #[serde(skip)]
    pub directory: PathBuf,
    /// Connections that send at once.
    pub clients: usize,
    /// Seconds that are measured, after two of warm-up.
    pub seconds: u64,
    /// Cases in the record before it begins.
    pub cases: u64,
    /// Whether each request has an idempotency key, as the pages send it.
    pub keys: bool,
    /// Whether a trained model accepts and dispatches what it is sure of.
    pub automatic: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What was asked for.
    pub plan: Plan,
    /// Durable intake.
    pub intake: Measured,
    /// HTTP alone: a POST whose body is read and thrown away.
    pub http_alone: Measured,
    /// SQLite alone: durable rows per second, one thread, 64 in a transaction.
    pub sqlite_alone_per_second: f64,
    /// What a trained model did with what came in, where it dispatched.
    pub automatic: Option<Automatic>,
    /// Processor time of the server for each request, microseconds.
    pub server_cpu_us: Option<f64>,
    /// What the server had the disk write for each request.
    pub server_disk_bytes: Option<f64>,
    /// Cases in the record afterwards.
    pub cases_after: u64,
    /// Entries that were verified afterwards.
    pub entries_verified: u64,
}

/// Warm-up, before anything is measured.
const WARM_UP: Duration = Duration::from_secs(2);
/// Rows in one transaction of the bare measurement, and their size: about what
/// one request puts into entry, sealed part and case.
const GROUP: usize = 64;
const ROW_BYTES: usize = 1100;
/// Different bodies that are sent.
const BODIES: usize = 8192;

/// Builds a record, loads it, and checks what it holds then.
///
/// # Errors
/// When something cannot be done, or the record does not hold exactly what was
/// acknowledged.
pub fn run(plan: Plan) -> anyhow::Result<Report> {
    let scratch = plan
        .directory
        .join(format!("bench-intake-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).with_context(|| scratch.display().to_string())?;
    let report = measure(plan, &scratch);
    std::fs::remove_dir_all(&scratch)?;
    report
}

fn measure(plan: Plan, scratch: &Path) -> anyhow::Result<Report> {
    let data = scratch.join("data");
    eprintln!("building a city with {} cases …", plan.cases);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(city::build(&data, plan.cases))?;
    let mut automatic = None;
    let mut bodies = requests();
    if plan.automatic {
        eprintln!("training a model …");
        automatic = Some(runtime.block_on(taught::teach(&data))?);
        bodies = taught::bodies(BODIES)?;
    }
    let before = runtime.block_on(standing(&data))?;
    let seconds = Duration::from_secs(plan.seconds);

    eprintln!("HTTP alone …");
    let bare = Served::start(&data, &["bench", "serve-nothing"])?;
    let http_alone = load(
        &plan,
        &bare.address,
        seconds.min(Duration::from_secs(5)),
        &bodies,
    )
    .run()?;
    drop(bare);
    eprintln!("SQLite alone …");
    let sqlite_alone_per_second = bare_commits(
        &scratch.join("bare"),
        GROUP,
        ROW_BYTES,
        seconds.min(Duration::from_secs(5)),
    )?;
    eprintln!("intake …");
    let served = Served::start(&data, &["serve", "--listen", "127.0.0.1:0"])?;
    if plan.automatic {
        let taught = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        taught.block_on(taught::wait(&served.address))?;
    }
    let used = served.used();
    let intake = load(&plan, &served.address, seconds, &bodies).run()?;
    let each = |of: fn((u64, u64)) -> u64| {
        let (before, after) = (used.map(of)?, served.used().map(of)?);
        Some((after - before) as f64 / intake.acknowledged.max(1) as f64)
    };
    let (server_cpu_us, server_disk_bytes) = (each(|used| used.0), each(|used| used.1));
    served.stop()?;

    eprintln!("checking what is in the record …");
    let after = runtime.block_on(standing(&data))?;
    let cases_after = after.cases;
    if let Some(automatic) = &mut automatic {
        automatic.dispatched = after.dispatched - before.dispatched;
        automatic.left = after.submitted - before.submitted;
    }
    let expected = before.cases + intake.acknowledged;
    if cases_after != expected {
        bail!("{expected} cases were acknowledged, {cases_after} are in the record");
    }
    let key = data_dir::read_trail_key(&data)?.context("the trail has no key")?;
    let verified =
        verify(&data, key.verifier(), &mut |_| {}).map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(Report {
        plan,
        intake,
        http_alone,
        sqlite_alone_per_second,
        automatic,
        server_cpu_us,
        server_disk_bytes,
        cases_after,
        entries_verified: verified.entries,
    })
}

/// How the cases of a record stand.
struct Standing {
    cases: u64,
    submitted: u64,
    dispatched: u64,
}

async fn standing(data: &Path) -> anyhow::Result<Standing> {
    let store = Store::open(data, Options::default())?;
    let every = CaseFilter::default();
    let counts = store.counts(&every, Timestamp::now()).await?.by_stage;
    let of = |stage| counts.get(&stage).copied().unwrap_or(0);
    Ok(Standing {
        cases: counts.values().sum(),
        submitted: of(Stage::Submitted),
        dispatched: of(Stage::Dispatched),
    })
}

fn requests() -> Vec<String> {
    let mut dice = Dice(2);
    (0..BODIES).map(|_| body(&mut dice)).collect()
}

fn load(plan: &Plan, address: &str, measured: Duration, bodies: &[String]) -> Load {
    Load {
        address: address.to_owned(),
        clients: plan.clients,
        warm_up: WARM_UP,
        measured,
        bodies: bodies.to_vec(),
        keys: plan.keys,
        good: 201,
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (plan, intake) = (&self.plan, &self.intake);
        writeln!(
            f,
            "{} clients, {} s, {} cases before, {} idempotency keys",
            plan.clients,
            plan.seconds,
            plan.cases,
            if plan.keys { "with" } else { "without" }
        )?;
        for (name, measured) in [("durable intake", intake), ("HTTP alone", &self.http_alone)] {
            writeln!(
                f,
                "{name:<15} {:>8.0} /s   p50 {:>6.2}  p90 {:>6.2}  p99 {:>6.2}  max {:>7.2} ms   errors {}",
                measured.per_second,
                measured.p50_ms,
                measured.p90_ms,
                measured.p99_ms,
                measured.max_ms,
                measured.errors
            )?;
        }
        writeln!(
            f,
            "{:<15} {:>8.0} /s   one thread, {GROUP} rows of {ROW_BYTES} bytes in a commit",
            "SQLite alone", self.sqlite_alone_per_second
        )?;
        if let Some(automatic) = &self.automatic {
            writeln!(
                f,
                "{:<15} {} cases of {} categories, from {}‰: {} dispatched, {} left to a person",
                "a trained model",
                automatic.lessons,
                automatic.categories,
                automatic.from_permille,
                automatic.dispatched,
                automatic.left
            )?;
        }
        if let (Some(cpu), Some(bytes)) = (self.server_cpu_us, self.server_disk_bytes) {
            writeln!(
                f,
                "{:<15} {cpu:>8.0} us of processor, {bytes:.0} bytes to the disk",
                "each request"
            )?;
        }
        write!(
            f,
            "{} acknowledged, {} cases in the record, {} entries verified",
            intake.acknowledged, self.cases_after, self.entries_verified
        )
    }
}
