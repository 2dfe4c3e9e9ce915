//! `yiwang eval limits`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_base::Timestamp;
use yiwang_cases::{Step, Tally};
use yiwang_server::city::City;
use yiwang_server::limits::NewLimits;
use yiwang_server::what_if::try_on;

use super::super::progress::{Progress, thousands};
use super::super::{Context, output};

/// How many steps of the cases there are would have been late under other limits
///
/// The steps are taken as they were: what people would have done differently
/// nobody knows. Time in which a case stood still counts under no limits. Cases
/// that still wait for a step count for it once it is late. FILE names what is
/// to be different (TOML: `[desk]`, `[grades]`, `[allowance]`, `[categories.CODE]`);
/// `yiwang city --limits FILE` makes it the city's own. Without FILE, the
/// city's limits of now are tried.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang eval limits shorter.toml
  yiwang eval limits shorter.toml --json

A file:
  [desk]
  accept = { in = \"clock\", minutes = 60 }
  [categories.light]
  grade = \"supply\"")]
pub(super) struct Limits {
    /// Limits to try
    file: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    cases: u64,
    steps: BTreeMap<&'static str, Line>,
    /// The step `resolve` by category.
    categories: BTreeMap<String, Line>,
}

/// Steps taken; how many of them were late, and how many would have been.
#[derive(Serialize)]
struct Line {
    taken: u64,
    late: u64,
    late_then: u64,
}

impl From<&Tally> for Line {
    fn from(tally: &Tally) -> Line {
        Line {
            taken: tally.taken,
            late: tally.late,
            late_then: tally.late_then,
        }
    }
}

impl Limits {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.read(&context.config()?)?;
        let rules = City::load(&store)?.rules;
        let rules = match &self.file {
            None => rules,
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("reading {}", file.display()))?;
                NewLimits::read(&text, &rules)
                    .with_context(|| file.display().to_string())?
                    .over(rules)
            }
        };
        let mut progress = Progress::new("trying the limits on", "cases");
        let watch = |cases| progress.at(cases, None);
        let trying = try_on(&store, &rules, Timestamp::now(), None, watch);
        let (what_if, _) = context.block_on(trying)??;
        let report = Report {
            cases: what_if.cases,
            steps: what_if
                .steps
                .iter()
                .map(|(step, tally)| (step.word(), tally.into()))
                .collect(),
            categories: what_if
                .categories
                .iter()
                .map(|(code, tally)| (code.to_string(), tally.into()))
                .collect(),
        };
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn text(report: &Report) -> String {
    let head = ["step", "taken", "late", "late then"].map(str::to_owned);
    let row = |name: &str, line: &Line| {
        vec![
            name.to_owned(),
            thousands(line.taken),
            thousands(line.late),
            thousands(line.late_then),
        ]
    };
    let steps = Step::ALL.iter().filter_map(|step| {
        let line = report.steps.get(step.word())?;
        Some(row(step.word(), line))
    });
    let categories = report.categories.iter().map(|(code, line)| row(code, line));
    let of_categories = ["resolve, by category", "", "", ""].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head.to_vec())
        .chain(steps)
        .chain([of_categories.to_vec()])
        .chain(categories)
        .collect();
    format!("{} cases\n", thousands(report.cases)) + &output::columns(&rows)
}
