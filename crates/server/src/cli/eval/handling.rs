//! `yiwang eval handling`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_cases::forecast::{Ended, Forecaster, HandlingScore};

use super::table::{Table, cell};
use crate::cli::output;

/// How well the time that handling takes is forecast
///
/// Learns from the first part of the closed cases, in the order in which they
/// came in, and forecasts the rest: mean distance between forecast and truth,
/// and how many ended within the interval that is meant to hold four of five.
/// As a yardstick, the same distance for the median of each category. Prints JSON.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang eval handling --profile boston311 311.csv")]
pub(super) struct Handling {
    /// How the file's columns are to be read
    #[arg(long)]
    profile: Profile,
    /// Closed cases: CSV or XLSX
    file: PathBuf,
    /// Share of the cases to learn from
    #[arg(long, value_name = "P", default_value_t = 0.8, value_parser = part)]
    first: f64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Profile {
    /// Boston's 311 file: OPEN_DT, CLOSED_DT, TYPE, QUEUE
    Boston311,
}

fn part(text: &str) -> Result<f64, &'static str> {
    let number = text.parse().ok();
    number
        .filter(|number| (0.05..=0.95).contains(number))
        .ok_or("expected a number from 0.05 to 0.95")
}

#[derive(Serialize)]
struct Report {
    learnt_from: usize,
    forecast: usize,
    left_out: LeftOut,
    first_forecast_opened: Timestamp,
    mean_absolute_error_days: f64,
    category_median_error_days: f64,
    interval_aim: f64,
    within_interval: f64,
    before_interval: f64,
    mean_interval_days: f64,
}

/// Rows without which the figures were made.
#[derive(Serialize, Default)]
struct LeftOut {
    without_an_end: usize,
    ended_before_it_began: usize,
}

impl Handling {
    pub(super) fn run(self) -> Result<ExitCode> {
        let table = Table::read(&self.file)?;
        let Profile::Boston311 = self.profile;
        let (cases, left_out) = boston311(&table)?;
        let first = (cases.len() as f64 * self.first) as usize;
        let (before, after) = cases.split_at(first);
        let (learnt, tested): (Vec<Ended>, Vec<Ended>) = (
            before.iter().map(|(_, case)| case.clone()).collect(),
            after.iter().map(|(_, case)| case.clone()).collect(),
        );
        let (Some(forecaster), Some((opened, _))) = (Forecaster::learn(&learnt), after.first())
        else {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "handling.too-few",
                "办结的案卷太少，无从学起",
                "there are too few closed cases to learn from",
            )
            .found(cases.len().to_string())
            .into());
        };
        let score = HandlingScore::of(&forecaster, &tested);
        let report = Report {
            learnt_from: learnt.len(),
            forecast: score.cases,
            left_out,
            first_forecast_opened: *opened,
            mean_absolute_error_days: score.mean_absolute_error_days,
            category_median_error_days: HandlingScore::median_error_days(&learnt, &tested),
            interval_aim: yiwang_cases::forecast::WITHIN,
            within_interval: score.within_interval,
            before_interval: score.before_interval,
            mean_interval_days: score.mean_interval_days,
        };
        output::line(&serde_json::to_string_pretty(&report)?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Closed cases in the order in which they came in.
fn boston311(table: &Table) -> Result<(Vec<(Timestamp, Ended)>, LeftOut)> {
    let opened = table.column("OPEN_DT")?;
    let closed = table.column("CLOSED_DT")?;
    let traits = [table.column("TYPE")?, table.column("QUEUE")?];
    let zone = TimeZone::get("America/New_York")?;
    let mut cases = Vec::new();
    let mut left_out = LeftOut::default();
    for row in &table.rows {
        let times = [opened, closed].map(|column| instant(cell(row, column), &zone));
        let [Some(opened), Some(closed)] = times else {
            left_out.without_an_end += 1;
            continue;
        };
        if closed < opened {
            left_out.ended_before_it_began += 1;
            continue;
        }
        let hours = closed.duration_since(opened).as_secs_f64() / 3600.0;
        let traits = traits.map(|column| cell(row, column).to_owned()).to_vec();
        cases.push((opened, Ended { traits, hours }));
    }
    cases.sort_by_key(|(opened, _)| *opened);
    Ok((cases, left_out))
}

fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local: DateTime = text.parse().ok()?;
    zone.to_ambiguous_timestamp(local).compatible().ok()
}
