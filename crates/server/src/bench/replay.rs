//! Replaying and checking a large record, beside what SQLite and SHA-256 alone
//! need for the same bytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;
use yiwang_journal::SigningKey;
use yiwang_store::{ScanProgress, bare_read, replay, verify};

use super::lives;

/// What to measure.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Where the record is made.
    #[serde(skip)]
    pub directory: PathBuf,
    /// Entries in the record.
    pub entries: u64,
    /// Whether the record is kept for the next run, and taken if it is there.
    pub keep: bool,
}

/// How long one piece of work took.
#[derive(Debug, Clone, Serialize)]
pub struct Took {
    /// Seconds.
    pub seconds: f64,
    /// Entries per second.
    pub entries_per_second: f64,
    /// Most memory the process held during it, MiB; `None` where the system
    /// does not tell.
    pub peak_mib: Option<u64>,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What was asked for.
    pub plan: Plan,
    /// Processors.
    pub processors: usize,
    /// Entries.
    pub entries: u64,
    /// Cases they make.
    pub cases: u64,
    /// Checkpoints over them.
    pub checkpoints: usize,
    /// Size of the record's file, MiB.
    pub file_mib: u64,
    /// Bytes of entries and of what is sealed, MiB.
    pub bytes_mib: u64,
    /// Building the record; `None` when it was there.
    pub building: Option<Took>,
    /// SQLite alone reading the same rows, one thread.
    pub sqlite_alone: Took,
    /// SHA-256 alone over the same bytes, one thread.
    pub sha256_alone: Took,
    /// Replay without comparing.
    pub replay: Took,
    /// Replay, and comparing with the tables.
    pub replay_and_compare: Took,
    /// The check of every entry, seal, tile and checkpoint.
    pub verify: Took,
}

/// Builds the record, replays and checks it.
///
/// # Errors
/// When something cannot be done, or the record does not hold together.
pub fn run(plan: Plan, progress: &mut dyn FnMut(&'static str, u64, u64)) -> anyhow::Result<Report> {
    let name = match plan.keep {
        true => format!("bench-replay-{}", plan.entries),
        false => format!("bench-replay-{}", std::process::id()),
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
    let key = Arc::new(SigningKey::from_seed("bench.example/trail", &[1; 32])?);
    // Written last, so that half a record is not taken for one.
    let whole = record.join("whole");
    let mut building = None;
    if !whole.exists() {
        if record.exists() {
            bail!(
                "{} is there but not whole; remove it first",
                record.display()
            );
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        let ((), took) = timed(plan.entries, || {
            let each = &mut |done, total| progress("building", done, total);
            runtime.block_on(lives::build(record, plan.entries, &key, each))
        })?;
        std::fs::write(&whole, b"")?;
        building = Some(took);
    }

    progress("reading and hashing alone", 0, plan.entries);
    let (bare, together) = timed(plan.entries, || bare_read(record).context("bare"))?;
    let alone = |time: Duration| Took {
        peak_mib: together.peak_mib,
        ..Took::of(bare.entries, time)
    };
    let mut replayed = |compare, what| {
        timed(bare.entries, || {
            let each = &mut |at: ScanProgress| progress(what, at.done, at.total);
            replay(record, compare, each).map_err(|error| anyhow::anyhow!("{error}"))
        })
    };
    let (_, replay) = replayed(false, "replaying")?;
    let (replayed, replay_and_compare) = replayed(true, "replaying and comparing")?;
    let (report, verify) = timed(bare.entries, || {
        let each = &mut |at: ScanProgress| progress("verifying", at.done, at.total);
        verify(record, key.verifier(), each).map_err(|error| anyhow::anyhow!("{error}"))
    })?;
    if let [first, ..] = replayed.differing.as_slice() {
        bail!("the tables differ from the entries at {first}");
    }
    if report.signed != bare.entries || replayed.entries != bare.entries {
        bail!("not every entry was seen");
    }
    let file = std::fs::metadata(record.join("record.sqlite"))?;
    Ok(Report {
        processors: std::thread::available_parallelism().map_or(1, Into::into),
        entries: bare.entries,
        cases: replayed.cases,
        checkpoints: report.checkpoints,
        file_mib: file.len() >> 20,
        bytes_mib: bare.bytes >> 20,
        building,
        sqlite_alone: alone(bare.reading),
        sha256_alone: alone(bare.hashing),
        replay,
        replay_and_compare,
        verify,
        plan,
    })
}

impl Took {
    fn of(entries: u64, time: Duration) -> Took {
        Took {
            seconds: time.as_secs_f64(),
            entries_per_second: entries as f64 / time.as_secs_f64(),
            peak_mib: None,
        }
    }
}

fn timed<T>(entries: u64, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, Took)> {
    // Linux counts the peak anew from here; elsewhere it is not told.
    let counted = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let began = Instant::now();
    let value = work()?;
    let took = Took::of(entries, began.elapsed());
    let peak_mib = counted.then(peak_mib).flatten();
    Ok((value, Took { peak_mib, ..took }))
}

/// The most memory since the count began, MiB.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib >> 10)
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{} entries of {} cases, {} checkpoints; {} MiB of entries and sealed texts, file of {} MiB; {} processors",
            self.entries,
            self.cases,
            self.checkpoints,
            self.bytes_mib,
            self.file_mib,
            self.processors
        )?;
        let rows = [
            ("SQLite alone, one thread", Some(&self.sqlite_alone)),
            ("SHA-256 alone, one thread", Some(&self.sha256_alone)),
            ("replay", Some(&self.replay)),
            ("replay and compare", Some(&self.replay_and_compare)),
            ("verify", Some(&self.verify)),
            ("building", self.building.as_ref()),
        ];
        let rows = rows
            .into_iter()
            .filter_map(|(name, took)| Some((name, took?)));
        let lines: Vec<String> = rows
            .map(|(name, took)| {
                let peak = took.peak_mib.map_or("?".into(), |mib| mib.to_string());
                format!(
                    "{name:<26} {:>8.1} s {:>12.0} entries/s   peak {peak:>6} MiB",
                    took.seconds, took.entries_per_second
                )
            })
            .collect();
        f.write_str(&lines.join("\n"))
    }
}
