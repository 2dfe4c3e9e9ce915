//! `yiwang eval nab`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use yiwang_sensing::detect::nab::{Corpus, PROFILES};
use yiwang_sensing::detect::{Detector, Profile};

use super::super::progress::thousands;
use super::super::{Context, output};
use super::table::{Table, cell};

/// How well the detectors find the anomalies of the Numenta benchmark
///
/// DIR is laid out as the benchmark is: `data/CATEGORY/FILE.csv` with timestamp
/// and value, and `labels/combined_windows.json`. Each series is judged reading
/// by reading by a detector that has seen none of it before, and scored as the
/// benchmark does: one threshold for all series of a profile, the one that
/// serves it best.
///
/// The detectors' experts and constants were chosen on every other file of each
/// category (in order of their names, beginning with the first); the other files
/// were looked at along the way. So their score, at the threshold that serves
/// the chosen half best, is given beside.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang eval nab NAB
  yiwang eval nab NAB --out NAB/results --json")]
pub(super) struct Nab {
    /// Folder of the benchmark
    dir: PathBuf,
    /// Write the scores as the benchmark's results: OUT/yiwang-DETECTOR/…
    #[arg(long, value_name = "OUT")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    series: usize,
    windows: usize,
    readings: u64,
    detectors: Vec<Line>,
}

/// What one profile of the detector scores.
#[derive(Serialize)]
struct Line {
    detector: &'static str,
    readings_per_second: f64,
    nanoseconds_per_reading: f64,
    /// By the benchmark's profile.
    scores: BTreeMap<&'static str, Scored>,
}

#[derive(Serialize)]
struct Scored {
    score: f64,
    threshold: f64,
    found: usize,
    missed: usize,
    false_alarms: usize,
    /// The half that the constants were chosen on, at its own best threshold.
    tuned_half: f64,
    /// The other half at that threshold.
    held_out_half: f64,
}

/// A file of the benchmark.
struct Series {
    /// `CATEGORY/FILE.csv`.
    name: String,
    times: Vec<String>,
    at_ms: Vec<i64>,
    values: Vec<f64>,
    windows: Vec<(usize, usize)>,
    held_out: bool,
}

impl Nab {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let corpus = read(&self.dir)?;
        let mut report = Report {
            series: corpus.len(),
            windows: corpus.iter().map(|s| s.windows.len()).sum(),
            readings: corpus.iter().map(|s| s.values.len() as u64).sum(),
            detectors: Vec::new(),
        };
        for profile in Profile::ALL {
            let began = Instant::now();
            let scores: Vec<Vec<f64>> = corpus.iter().map(|s| s.judge(profile)).collect();
            let took = began.elapsed();
            if let Some(out) = &self.out {
                let name = format!("yiwang-{}", profile.word());
                for (series, scores) in corpus.iter().zip(&scores) {
                    series.write(&out.join(&name), &name, scores)?;
                }
            }
            let line = line(profile, &corpus, &scores, took, report.readings);
            report.detectors.push(line);
        }
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn line(
    profile: Profile,
    corpus: &[Series],
    scores: &[Vec<f64>],
    took: Duration,
    readings: u64,
) -> Line {
    let (mut all, mut tuned, mut held) = Default::default();
    for (series, scores) in corpus.iter().zip(scores) {
        let half: &mut Corpus = if series.held_out {
            &mut held
        } else {
            &mut tuned
        };
        half.add(scores, &series.windows);
        Corpus::add(&mut all, scores, &series.windows);
    }
    let scores = PROFILES.map(|(name, weights)| {
        let (best, tuned) = (all.best(weights), Corpus::best(&tuned, weights));
        let scored = Scored {
            score: best.score,
            threshold: best.threshold,
            found: best.found,
            missed: best.missed,
            false_alarms: best.false_alarms,
            tuned_half: tuned.score,
            held_out_half: held.at(weights, tuned.threshold).score,
        };
        (name, scored)
    });
    let seconds = took.as_secs_f64();
    Line {
        detector: profile.word(),
        readings_per_second: readings as f64 / seconds,
        nanoseconds_per_reading: seconds * 1e9 / readings as f64,
        scores: scores.into(),
    }
}

impl Series {
    fn judge(&self, profile: Profile) -> Vec<f64> {
        let mut detector = Detector::new(profile);
        let readings = self.at_ms.iter().zip(&self.values);
        readings
            .map(|(at, value)| detector.observe(*at, *value).score)
            .collect()
    }

    /// Writes the scores as `CATEGORY/NAME_FILE.csv` under `folder`.
    fn write(&self, folder: &Path, name: &str, scores: &[f64]) -> Result<()> {
        let (category, file) = self.name.split_once('/').unwrap_or(("", &self.name));
        let folder = folder.join(category);
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let mut text = String::from("timestamp,value,anomaly_score,label\n");
        for (i, score) in scores.iter().enumerate() {
            let label = self.windows.iter().any(|(a, b)| (*a..=*b).contains(&i));
            let (time, value) = (&self.times[i], self.values[i]);
            // 17 significant digits, so that the scorer reads the same number.
            writeln!(text, "{time},{value},{score:.16e},{}", u8::from(label))?;
        }
        let path = folder.join(format!("{name}_{file}"));
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    }
}

/// All series that have labels, in order of their names.
fn read(dir: &Path) -> Result<Vec<Series>> {
    let path = dir.join("labels/combined_windows.json");
    let labels = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let labels: BTreeMap<String, Vec<[String; 2]>> =
        serde_json::from_slice(&labels).with_context(|| path.display().to_string())?;
    let (mut category, mut of_category) = (String::new(), 0_usize);
    let mut corpus = Vec::new();
    for (name, windows) in labels {
        let this = name.split('/').next().unwrap_or_default();
        if this != category {
            (category, of_category) = (this.to_owned(), 0);
        }
        let held_out = of_category % 2 == 1;
        of_category += 1;
        let path = dir.join("data").join(&name);
        let series = one(&path, name, &windows, held_out);
        corpus.push(series.with_context(|| path.display().to_string())?);
    }
    Ok(corpus)
}

fn one(path: &Path, name: String, windows: &[[String; 2]], held_out: bool) -> Result<Series> {
    let table = Table::read(path)?;
    let (time, value) = (table.column("timestamp")?, table.column("value")?);
    let mut series = Series {
        name,
        times: Vec::new(),
        at_ms: Vec::new(),
        values: Vec::new(),
        windows: Vec::new(),
        held_out,
    };
    for (line, row) in table.rows.iter().enumerate() {
        let at = || format!("line {}", line + 2);
        let (time, value) = (cell(row, time), cell(row, value));
        let when: DateTime = time.parse().with_context(at)?;
        let when = when.to_zoned(TimeZone::UTC)?.timestamp();
        series.times.push(time.to_owned());
        series.at_ms.push(when.as_millisecond());
        series.values.push(value.parse().with_context(at)?);
    }
    for [from, to] in windows {
        let place = |text: &str| {
            // Labels have fractions of a second, the data has none.
            let whole = text.split('.').next().unwrap_or(text);
            let found = series.times.iter().position(|time| time == whole);
            found.with_context(|| format!("the label {text} is no time of the series"))
        };
        series.windows.push((place(from)?, place(to)?));
    }
    Ok(series)
}

fn text(report: &Report) -> String {
    let head = [
        "detector",
        "profile",
        "score",
        "found",
        "missed",
        "false alarms",
        "threshold",
        "tuned half",
        "held-out half",
        "ns/reading",
    ];
    let rows = report.detectors.iter().flat_map(|line| {
        PROFILES.iter().filter_map(|(profile, _)| {
            let scored = line.scores.get(profile)?;
            Some(vec![
                line.detector.to_owned(),
                (*profile).to_owned(),
                format!("{:.2}", scored.score),
                scored.found.to_string(),
                scored.missed.to_string(),
                scored.false_alarms.to_string(),
                format!("{:.4}", scored.threshold),
                format!("{:.2}", scored.tuned_half),
                format!("{:.2}", scored.held_out_half),
                format!("{:.0}", line.nanoseconds_per_reading),
            ])
        })
    });
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned).to_vec())
        .chain(rows)
        .collect();
    format!(
        "{} series, {} labelled windows, {} readings\n",
        report.series,
        report.windows,
        thousands(report.readings)
    ) + &output::columns(&rows)
}
