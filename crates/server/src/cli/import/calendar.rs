//! `yiwang import calendar`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_base::CalendarYear;
use yiwang_server::calendars::{Settled, from_file, items_of_years, mainland_china};

use crate::cli::Context;
use crate::cli::context::BY;
use crate::cli::record::ToSet;

/// Import years of holidays and make-up workdays
///
/// A file holds one year, as TOML or JSON: year, source (the notice that published
/// it), holidays (name, from, to) and make_up_days. A year that is there already is
/// replaced; what it was stays in the record. With the first year, limits in working
/// time that reach into a year which is not there become provisional; importing
/// that year settles them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import calendar --mainland-china
  yiwang import calendar holidays-2027.toml")]
pub(super) struct Calendar {
    /// Files, one a year
    #[arg(required_unless_present = "mainland_china")]
    files: Vec<PathBuf>,
    /// The years of mainland China that come with this program (2024 to 2026)
    #[arg(long)]
    mainland_china: bool,
}

#[derive(Serialize)]
struct Report {
    years: Vec<i16>,
    changed: usize,
    #[serde(flatten)]
    settled: Settled,
}

impl Calendar {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let mut years = if self.mainland_china {
            mainland_china()?
        } else {
            Vec::new()
        };
        for file in &self.files {
            let bytes =
                std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            years.push(from_file(file, &bytes)?);
        }
        let (done, ()) = context.set_items(&context.config()?, async |store| {
            let sources: Vec<&str> = years.iter().map(CalendarYear::source).collect();
            let set = ToSet {
                items: items_of_years(store, &years)?,
                by: BY.to_owned(),
                grounds: Some(sources.join("; ")),
            };
            Ok((set, ()))
        })?;
        let report = Report {
            years: years.iter().map(CalendarYear::year).collect(),
            changed: done.changed,
            settled: done.settled,
        };
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn text(report: &Report) -> String {
    let years: Vec<String> = report.years.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "{}: {} new or changed; {} cases have their final deadlines now",
        years.join(", "),
        report.changed,
        report.settled.settled
    );
    if report.settled.waiting > 0 {
        text += &format!(", {} still wait for a year", report.settled.waiting);
    }
    text
}
