//! `yiwang eval triage`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::triage::{
    AtThreshold, Desk, Example, Judged, Model, Score, folds, nearly_repeats, train,
};

use super::table::{Table, cell};
use crate::cli::output;

/// How well categories are told from words, on messages whose category is known
///
/// Trains on one file and judges another (--test), or cuts one file into parts
/// and judges each by a model of the others (--folds). Files are CSV (commas or
/// tabs, UTF-8) or XLSX. Messages without a label are left out. Prints JSON.
///
/// Messages that nearly repeat one trained on (9 of 10 terms the same) make a
/// test look better than it is: the figures are given without them, too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang eval triage --train a.csv --test b.csv --text title,body --label category
  yiwang eval triage --train a.csv --folds 5 --text title,body --label category")]
pub(super) struct Triage {
    /// Messages to train on
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// Messages to judge
    #[arg(long, value_name = "FILE", required_unless_present = "folds")]
    test: Option<PathBuf>,
    /// Judge the training file itself in so many parts
    #[arg(long, value_name = "K", conflicts_with = "test", value_parser = clap::value_parser!(u16).range(2..=100))]
    folds: Option<u16>,
    /// Seed of the cut into parts
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Columns of text, each a text of its own: title,body
    #[arg(long, value_name = "COL[,COL]", value_delimiter = ',', required = true)]
    text: Vec<String>,
    /// Column of the category
    #[arg(long, value_name = "COL")]
    label: String,
    /// Confidence from which a judgement would be acted on
    #[arg(long, value_name = "P", default_value_t = 0.9, value_parser = probability)]
    threshold: f32,
}

fn probability(text: &str) -> Result<f32, &'static str> {
    let number = text.parse().ok();
    number
        .filter(|number| (0.0..=1.0).contains(number))
        .ok_or("expected a number from 0 to 1")
}

/// From how alike two messages count as nearly the same.
const NEARLY: f64 = 0.9;
/// How long the speed of judging is measured.
const MEASURED_FOR: Duration = Duration::from_secs(1);

#[derive(Serialize)]
struct Report {
    trained_on: usize,
    judged: usize,
    left_out_without_label: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    folds: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    accuracy: f64,
    macro_f1: f64,
    calibration_error: f64,
    threshold: f32,
    coverage: f64,
    accuracy_at_threshold: Option<f64>,
    without_near_repeats: WithoutRepeats,
    labels: Vec<LabelLine>,
    training_seconds: f64,
    threads: usize,
    messages_per_second: f64,
}

#[derive(Serialize)]
struct WithoutRepeats {
    near_repeats: usize,
    accuracy: f64,
    macro_f1: f64,
}

#[derive(Serialize)]
struct LabelLine {
    label: String,
    precision: f64,
    recall: f64,
    f1: f64,
    support: usize,
}

/// Messages of a file: their texts, their labels.
struct Messages {
    texts: Vec<Vec<String>>,
    labels: Vec<String>,
    without_label: usize,
}

impl Triage {
    pub(super) fn run(self) -> Result<ExitCode> {
        let known = self.read(&self.train)?;
        let judging = match (&self.test, self.folds) {
            (Some(test), _) => Judging::apart(&known, &self.read(test)?)?,
            (None, folds) => Judging::folded(&known, usize::from(folds.unwrap_or(2)), self.seed)?,
        };
        let report = self.report(judging, &known);
        output::line(&serde_json::to_string_pretty(&report)?)?;
        Ok(ExitCode::SUCCESS)
    }

    fn read(&self, path: &std::path::Path) -> Result<Messages> {
        let table = Table::read(path)?;
        let texts = table.columns(&self.text)?;
        let label = table.column(&self.label)?;
        let mut messages = Messages {
            texts: Vec::new(),
            labels: Vec::new(),
            without_label: 0,
        };
        for row in &table.rows {
            if cell(row, label).is_empty() {
                messages.without_label += 1;
                continue;
            }
            let own = texts.iter().map(|column| cell(row, *column).to_owned());
            messages.texts.push(own.collect());
            messages.labels.push(cell(row, label).to_owned());
        }
        Ok(messages)
    }

    fn report(&self, judging: Judging, known: &Messages) -> Report {
        let score = Score::of(&judging.judged, judging.labels.len());
        let at = AtThreshold::of(&judging.judged, self.threshold);
        let new = judging.judged.iter().zip(&judging.repeats);
        let new: Vec<Judged> = new.filter(|(_, r)| !**r).map(|(one, _)| *one).collect();
        let without = Score::of(&new, judging.labels.len());
        let line = |(label, score): (String, &yiwang_cases::triage::LabelScore)| LabelLine {
            label,
            precision: score.precision,
            recall: score.recall,
            f1: score.f1,
            support: score.support,
        };
        Report {
            trained_on: known.labels.len(),
            judged: judging.judged.len(),
            left_out_without_label: known.without_label + judging.without_label,
            folds: self.folds,
            seed: self.folds.map(|_| self.seed),
            accuracy: score.accuracy,
            macro_f1: score.macro_f1,
            calibration_error: score.calibration_error,
            threshold: self.threshold,
            coverage: at.coverage,
            accuracy_at_threshold: at.accuracy,
            without_near_repeats: WithoutRepeats {
                near_repeats: judging.judged.len() - new.len(),
                accuracy: without.accuracy,
                macro_f1: without.macro_f1,
            },
            labels: judging
                .labels
                .into_iter()
                .zip(&score.labels)
                .map(line)
                .collect(),
            training_seconds: judging.training.as_secs_f64(),
            threads: threads(),
            messages_per_second: judging.rate,
        }
    }
}

/// What judging came to.
struct Judging {
    /// All labels of either file.
    labels: Vec<String>,
    judged: Vec<Judged>,
    /// Whether each nearly repeats a message trained on.
    repeats: Vec<bool>,
    without_label: usize,
    training: Duration,
    rate: f64,
}

impl Judging {
    fn apart(known: &Messages, others: &Messages) -> Result<Judging> {
        let mut labels: Vec<String> = known.labels.iter().chain(&others.labels).cloned().collect();
        labels.sort_unstable();
        labels.dedup();
        let everything: Vec<usize> = (0..known.labels.len()).collect();
        let (model, training) = known.model(&everything)?;
        let number = |label: &String| labels.binary_search(label).unwrap_or_default();
        let is = others.labels.iter().map(number);
        let texts = others.texts();
        let judged = judge(&model, &texts).into_iter().zip(is);
        let judged = judged.map(|((said, confidence), is)| Judged {
            is,
            said: number(&said),
            confidence,
        });
        Ok(Judging {
            judged: judged.collect(),
            repeats: nearly_repeats(&texts, &known.texts(), NEARLY),
            without_label: others.without_label,
            training,
            rate: rate(&model, &texts),
            labels,
        })
    }

    fn folded(known: &Messages, parts: usize, seed: u64) -> Result<Judging> {
        let mut labels = known.labels.clone();
        labels.sort_unstable();
        labels.dedup();
        let number = |label: &String| labels.binary_search(label).unwrap_or_default();
        let is: Vec<usize> = known.labels.iter().map(number).collect();
        let texts = known.texts();
        let mut judged = vec![None; is.len()];
        let mut repeats = vec![false; is.len()];
        let (mut training, mut last) = (Duration::ZERO, None);
        for part in folds(&is, parts, seed) {
            let others = (0..is.len()).filter(|n| part.binary_search(n).is_err());
            let others: Vec<usize> = others.collect();
            let (model, took) = known.model(&others)?;
            training += took;
            let of = |some: &[usize]| some.iter().map(|n| texts[*n].clone()).collect::<Vec<_>>();
            let these = of(&part);
            let near = nearly_repeats(&these, &of(&others), NEARLY);
            let said = judge(&model, &these).into_iter().zip(near);
            for (n, ((said, confidence), near)) in part.into_iter().zip(said) {
                let (is, said) = (is[n], number(&said));
                judged[n] = Some(Judged {
                    is,
                    said,
                    confidence,
                });
                repeats[n] = near;
            }
            last = Some(model);
        }
        Ok(Judging {
            judged: judged.into_iter().flatten().collect(),
            repeats,
            without_label: 0,
            training,
            rate: last.map_or(0.0, |model| rate(&model, &texts)),
            labels,
        })
    }
}

impl Messages {
    fn texts(&self) -> Vec<Vec<&str>> {
        fn refs(texts: &[String]) -> Vec<&str> {
            texts.iter().map(String::as_str).collect()
        }
        self.texts.iter().map(|texts| refs(texts)).collect()
    }

    /// A model of some of the messages, and how long it took to train.
    fn model(&self, some: &[usize]) -> Result<(Model, Duration)> {
        let texts = self.texts();
        let example = |n: &usize| Example {
            texts: &texts[*n],
            label: &self.labels[*n],
        };
        let examples: Vec<Example<'_>> = some.iter().map(example).collect();
        let begun = Instant::now();
        let trained = train(&examples, 1).map_err(|error| {
            Refusal::new(
                RefusalKind::Invalid,
                "triage.untrainable",
                "训练文件中至少要有两个不同的类别",
                "the training file needs messages of at least two categories",
            )
            .at("--label")
            .found(error.to_string())
        })?;
        Ok((trained.model, begun.elapsed()))
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The best label of each message with its confidence.
fn judge(model: &Model, messages: &[Vec<&str>]) -> Vec<(String, f32)> {
    let mut desk = Desk::default();
    let best = messages
        .iter()
        .filter_map(|message| model.best(message, &mut desk));
    best.map(|verdict| (model.labels()[verdict.label].clone(), verdict.confidence))
        .collect()
}

/// Messages judged a second when all threads judge them again and again.
fn rate(model: &Model, messages: &[Vec<&str>]) -> f64 {
    if messages.is_empty() {
        return 0.0;
    }
    let begun = Instant::now();
    let one = || {
        let mut desk = Desk::default();
        let mut count = 0usize;
        while begun.elapsed() < MEASURED_FOR {
            for message in messages {
                std::hint::black_box(model.best(message, &mut desk));
            }
            count += messages.len();
        }
        count as f64 / begun.elapsed().as_secs_f64()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads()).map(|_| scope.spawn(one)).collect();
        let rates = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or(0.0));
        rates.sum()
    })
}
