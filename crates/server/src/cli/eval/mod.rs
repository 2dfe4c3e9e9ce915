//! `yiwang eval`.

mod dispatch;
mod handling;
mod limits;
mod nab;
mod table;
mod topics;
mod triage;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use yiwang_cases::triage::Leads;
use yiwang_cases::{Case, CaseFilter, CaseStore as _, Order, Stage};
use yiwang_server::city::City;
use yiwang_store::Store;

use super::progress::{Progress, thousands};
use super::{Context, output};
use dispatch::{Judged, Score, Tally};

/// Measure how good the system's suggestions are, on the record or on a file
#[derive(Debug, Args)]
pub(crate) struct Eval {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dispatch(Dispatch),
    Triage(triage::Triage),
    Handling(handling::Handling),
    Topics(topics::Topics),
    Limits(limits::Limits),
    Nab(nab::Nab),
}

/// How often the first suggestion is the unit that handled the case
///
/// Counted are closed cases that have a category and a lead unit; the unit that
/// handled a case is the lead unit of its last dispatch. A case is covered when
/// the duty lists name any unit for its category and area. Accuracy is over the
/// covered cases.
///
/// Suggested first is, of the units that the duty lists name, the one that
/// handled most such cases before: of cases closed before this one came in.
/// The duty lists are taken as they are now. Where they were made from the same
/// cases, as an import does, this measures how well categories tell units apart,
/// not how well new cases will be dispatched.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang eval dispatch --data boston
  yiwang eval dispatch --json")]
struct Dispatch {}

/// Cases read at once.
const PAGE: usize = 500;

#[derive(Serialize)]
struct Report {
    closed: u64,
    left_out: BTreeMap<&'static str, u64>,
    counted: u64,
    covered: u64,
    right: u64,
    coverage: Option<f64>,
    accuracy: Option<f64>,
    /// The unit that handled the most cases, and how often always naming it
    /// would be right among the covered.
    baseline: Option<Baseline>,
    categories: Vec<CategoryLine>,
}

#[derive(Serialize)]
struct Baseline {
    unit: String,
    accuracy: f64,
}

#[derive(Serialize)]
struct CategoryLine {
    category: String,
    counted: u64,
    covered: u64,
    right: u64,
}

impl Eval {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        match self.command {
            Command::Dispatch(dispatch) => dispatch.run(context),
            Command::Triage(triage) => triage.run(),
            Command::Handling(handling) => handling.run(),
            Command::Topics(topics) => topics.run(),
            Command::Limits(limits) => limits.run(context),
            Command::Nab(nab) => nab.run(context),
        }
    }
}

impl Dispatch {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.read(&context.config()?)?;
        let city = City::load(&store)?;
        let score = context.block_on(score(&store, &city))??;
        let report = report(&score);
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn score(store: &Store, city: &City) -> Result<Score> {
    let filter = CaseFilter {
        stages: vec![Stage::Closed],
        ..CaseFilter::default()
    };
    let mut progress = Progress::new("scoring", "cases");
    let (mut cases, mut start) = (Vec::new(), None);
    loop {
        let page = store.list(&filter, Order::Newest, start, PAGE).await?;
        cases.extend(page.cases.into_iter().map(|case| Case {
            request: None,
            ..case
        }));
        progress.at(cases.len() as u64, None);
        match page.next {
            Some(next) => start = Some(next),
            None => break,
        }
    }
    cases.sort_by_key(|case| case.submitted_at);
    let mut by_end: Vec<&Case> = cases.iter().collect();
    by_end.sort_by_key(|case| case.closed_at);
    let mut ended = by_end.into_iter().peekable();
    let (mut score, mut leads) = (Score::default(), Leads::default());
    for case in &cases {
        // Only what was closed when the case came in can have been learnt.
        while let Some(other) = ended.next_if(|one| one.closed_at < Some(case.submitted_at)) {
            leads.learn(other);
        }
        let ranked = case
            .category
            .as_ref()
            .map(|category| leads.rank(&city.rules, category, case.area.as_ref()));
        let first = ranked.iter().flatten().next();
        score.add(&Judged {
            category: case.category.as_ref(),
            handled_by: case.unit.as_ref(),
            suggested: first.map(|lead| &lead.unit),
        });
    }
    Ok(score)
}

fn report(score: &Score) -> Report {
    let all = score.all();
    let baseline = score.most_frequent_unit().map(|(unit, right)| Baseline {
        unit: unit.to_string(),
        accuracy: right,
    });
    let line = |(category, tally): (&yiwang_base::CategoryCode, &Tally)| CategoryLine {
        category: category.to_string(),
        counted: tally.counted,
        covered: tally.covered,
        right: tally.right,
    };
    Report {
        closed: score.cases(),
        left_out: [
            ("without_category", score.without_category),
            ("without_unit", score.without_unit),
        ]
        .into(),
        counted: all.counted,
        covered: all.covered,
        right: all.right,
        coverage: all.coverage(),
        accuracy: all.accuracy(),
        baseline,
        categories: score.by_category().map(line).collect(),
    }
}

fn text(report: &Report) -> String {
    let percent = |share: Option<f64>| match share {
        Some(share) => format!("{:.1} %", share * 100.0),
        None => "-".to_owned(),
    };
    let mut text = format!(
        "{} closed cases; {} counted, left out {} without a category and {} without a unit\n\
         accuracy {} ({} right of {} covered), coverage {}",
        thousands(report.closed),
        thousands(report.counted),
        thousands(report.left_out["without_category"]),
        thousands(report.left_out["without_unit"]),
        percent(report.accuracy),
        thousands(report.right),
        thousands(report.covered),
        percent(report.coverage),
    );
    if let Some(baseline) = &report.baseline {
        text += &format!(
            "\nalways naming {} would be right in {}",
            baseline.unit,
            percent(Some(baseline.accuracy))
        );
    }
    text += "\nthe duty lists are those of now; where they were made from the same cases, they know the answers\n";
    let head = ["category", "cases", "covered", "right", "accuracy"].map(str::to_owned);
    let rows = report.categories.iter().map(|line| {
        let tally = Tally {
            counted: line.counted,
            covered: line.covered,
            right: line.right,
        };
        vec![
            line.category.clone(),
            thousands(line.counted),
            thousands(line.covered),
            thousands(line.right),
            percent(tally.accuracy()),
        ]
    });
    let rows: Vec<_> = std::iter::once(head.to_vec()).chain(rows).collect();
    text + &output::columns(&rows)
}
