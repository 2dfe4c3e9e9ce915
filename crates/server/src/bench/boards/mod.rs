//! Boards and lists over many cases: a server of this very program is asked a
//! fixed set of questions, again and again.

mod ask;
mod build;
mod questions;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::server::Served;
use ask::Client;

/// What to measure.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Where the record is made.
    #[serde(skip)]
    pub directory: PathBuf,
    /// Cases in the record.
    pub cases: u64,
    /// How often each question is asked.
    pub rounds: usize,
    /// Whether the record is kept for the next run, and taken if it is there.
    pub keep: bool,
}

/// How long the answers to one question took, milliseconds.
#[derive(Debug, Serialize)]
pub struct Timing {
    /// Of what sort: `board`, `behind`, `list` or `counts`.
    pub sort: &'static str,
    /// The question.
    pub question: String,
    /// Half of the answers came within this.
    pub p50_ms: f64,
    /// Nineteen of twenty.
    pub p95_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What was asked for.
    pub plan: Plan,
    /// Processors.
    pub processors: usize,
    /// Seconds that making the record took; `None` when it was there.
    pub building_seconds: Option<f64>,
    /// Size of the record's file, MiB.
    pub file_mib: u64,
    /// Seconds from the start of the server until boards were answered.
    pub loading_seconds: f64,
    /// Memory of the server when all was asked, MiB; `None` where the system
    /// does not tell.
    pub resident_mib: Option<u64>,
    /// The most that it ever had, MiB.
    pub peak_mib: Option<u64>,
    /// Each question.
    pub timings: Vec<Timing>,
}

/// Longest that the figures may take to be read.
const LOADING_WITHIN: Duration = Duration::from_secs(1800);

/// Builds the record, starts a server on it and asks.
///
/// # Errors
/// When something cannot be done, or a question is not answered.
pub fn run(plan: Plan, progress: &mut dyn FnMut(&'static str, u64, u64)) -> anyhow::Result<Report> {
    let name = match plan.keep {
        true => format!("bench-boards-{}", plan.cases),
        false => format!("bench-boards-{}", std::process::id()),
    };
    let record = plan.directory.join(name);
    let keep = plan.keep;
    let report = measure(plan, &record, progress);
    if !keep && record.exists() {
        std::fs::remove_dir_all(&record).with_context(|| record.display().to_string())?;
    }
    report
}

fn measure(
    plan: Plan,
    record: &Path,
    progress: &mut dyn FnMut(&'static str, u64, u64),
) -> anyhow::Result<Report> {
    // Written last, so that half a record is not taken for one.
    let whole = record.join("whole");
    let mut building_seconds = None;
    if !whole.exists() {
        if record.exists() {
            bail!(
                "{} is there but not whole; remove it first",
                record.display()
            );
        }
        let began = Instant::now();
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        let each = &mut |done, total| progress("building", done, total);
        runtime.block_on(build::build(record, plan.cases, each))?;
        std::fs::write(&whole, b"")?;
        building_seconds = Some(began.elapsed().as_secs_f64());
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(build::sign_in(record))?;
    let file = std::fs::metadata(record.join("record.sqlite"))?;

    let served = Served::start(record, &["serve", "--listen", "127.0.0.1:0"])?;
    let began = Instant::now();
    let mut client = runtime.block_on(Client::to(&served.address, build::TOKEN))?;
    progress("reading", 0, plan.cases);
    while runtime.block_on(client.get("/api/v1/figures"))? != 200 {
        if began.elapsed() > LOADING_WITHIN {
            bail!("the figures were not read within {LOADING_WITHIN:?}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let loading_seconds = began.elapsed().as_secs_f64();
    let mut timings = Vec::new();
    let questions = questions::all();
    let count = questions.len() as u64;
    for (number, (sort, path)) in questions.into_iter().enumerate() {
        progress("asking", number as u64, count);
        timings.push(runtime.block_on(time(&mut client, sort, path, plan.rounds))?);
    }
    let report = Report {
        processors: std::thread::available_parallelism().map_or(1, Into::into),
        building_seconds,
        file_mib: file.len() >> 20,
        loading_seconds,
        resident_mib: served.memory_mib("VmRSS:"),
        peak_mib: served.memory_mib("VmHWM:"),
        timings,
        plan,
    };
    served.stop()?;
    Ok(report)
}

async fn time(
    client: &mut Client,
    sort: &'static str,
    question: String,
    rounds: usize,
) -> anyhow::Result<Timing> {
    let mut took = Vec::with_capacity(rounds);
    for _ in 0..rounds.max(1) {
        let began = Instant::now();
        let status = client.get(&question).await?;
        took.push(began.elapsed().as_secs_f64() * 1000.0);
        if status != 200 {
            bail!("{question}: {status}: {}", client.said());
        }
    }
    took.sort_unstable_by(f64::total_cmp);
    let at = |part: f64| took[((took.len() as f64 * part) as usize).min(took.len() - 1)];
    Ok(Timing {
        sort,
        question,
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        max_ms: at(1.0),
    })
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mib = |mib: Option<u64>| mib.map_or("?".into(), |mib| mib.to_string());
        writeln!(
            f,
            "{} cases, file of {} MiB, read in {:.1} s; server {} MiB, peak {} MiB; {} processors",
            self.plan.cases,
            self.file_mib,
            self.loading_seconds,
            mib(self.resident_mib),
            mib(self.peak_mib),
            self.processors
        )?;
        if let Some(seconds) = self.building_seconds {
            writeln!(f, "built in {seconds:.0} s")?;
        }
        let lines = self.timings.iter().map(|timing| {
            format!(
                "{:<7} p50 {:>8.1}  p95 {:>8.1}  max {:>8.1} ms  {}",
                timing.sort, timing.p50_ms, timing.p95_ms, timing.max_ms, timing.question
            )
        });
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}
