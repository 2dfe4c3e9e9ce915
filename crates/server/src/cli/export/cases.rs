//! `yiwang export cases`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use yiwang_base::{Lang, Refusal, RefusalKind, Timestamp};
use yiwang_cases::{CaseFilter, CaseStore as _, Order, Stage};
use yiwang_server::city::City;
use yiwang_server::export::{Column, Row, Table, columns};
use yiwang_server::policy::Sight;
use yiwang_server::wire::Worded as _;
use yiwang_store::Store;

use super::form::Form;
use super::target::Target;
use crate::cli::Context;
use crate::cli::progress::{Progress, thousands};

/// Cases read at once.
const PAGE: usize = 500;

/// A table of cases, the newest first
///
/// CSV or XLSX for spreadsheets, where text that someone typed never becomes a
/// formula, or JSON lines for programs. Filters add up: a case must fit all of them.
#[derive(Debug, Args)]
pub(super) struct Many {
    #[command(flatten)]
    form: Form,
    /// The file [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only cases at these stages: submitted, accepted, dispatched, in_progress, reported, verified, closed, declined
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    stage: Vec<String>,
    /// Only cases of these categories
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    category: Vec<String>,
    /// Only cases in these areas and what lies in them
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    area: Vec<String>,
    /// Only cases of these lead units
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    unit: Vec<String>,
    /// Only cases that came in at or after this date of the city, or this time
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Only cases that came in before this date of the city, or this time
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Include what residents wrote, with their names, numbers and places
    #[arg(long)]
    words: bool,
}

#[derive(Serialize)]
struct Report {
    cases: u64,
    words: bool,
    file: PathBuf,
}

impl Many {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.read(&context.config()?)?;
        let city = City::load(&store)?;
        let filter = self.filter(&city)?;
        let columns = columns(Sight {
            words: self.words,
            reporter: self.words,
        });
        let target = Target::open(self.out.as_deref()).context("cannot write")?;
        let names = columns.iter().map(|(name, _)| (*name).to_owned());
        let mut out = Out {
            table: Table::begin(target, self.form.format(), names.collect())?,
            columns,
            lang: context.lang,
        };
        let cases = context.block_on(write(&store, &city, &filter, &mut out))??;
        out.table.finish()?.finish()?;
        match self.out {
            Some(file) => {
                let report = Report {
                    cases,
                    words: self.words,
                    file,
                };
                context.report(&report, || {
                    format!("{} cases in {}", thousands(cases), report.file.display())
                })?;
            }
            None => eprintln!("{} cases", thousands(cases)),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn filter(&self, city: &City) -> Result<CaseFilter, Refusal> {
        let rules = &city.rules;
        let stages = self.stage.iter().map(|word| {
            let all = Stage::ALL.map(Stage::word);
            Stage::of(word).ok_or_else(|| unknown("--stage", word, all))
        });
        let mut areas = Vec::new();
        for area in known("--area", &self.area, rules.areas.keys())? {
            areas.extend(city.with_descendants(&area));
        }
        let instant = |flag, text: &Option<String>| {
            text.as_deref()
                .map(|text| instant(flag, text, city))
                .transpose()
        };
        Ok(CaseFilter {
            stages: stages.collect::<Result<_, _>>()?,
            categories: known("--category", &self.category, rules.categories.keys())?,
            units: known("--unit", &self.unit, rules.units.keys())?,
            areas,
            from: instant("--from", &self.from)?,
            until: instant("--until", &self.until)?,
            ..CaseFilter::default()
        })
    }
}

/// Codes that the city has.
fn known<'a, C: Clone + ToString + 'a>(
    flag: &str,
    asked: &[String],
    all: impl Iterator<Item = &'a C> + Clone,
) -> Result<Vec<C>, Refusal> {
    let find = |text: &String| {
        let found = all.clone().find(|code| code.to_string() == *text);
        found
            .cloned()
            .ok_or_else(|| unknown(flag, text, all.clone().map(ToString::to_string)))
    };
    asked.iter().map(find).collect()
}

/// A time, or the beginning of a date in the city.
fn instant(flag: &str, text: &str, city: &City) -> Result<Timestamp, Refusal> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let zone = city.rules.calendar.zone().clone();
    let date = text.parse::<Date>().ok();
    date.and_then(|date| Some(date.to_zoned(zone).ok()?.timestamp()))
        .ok_or_else(|| unknown(flag, text, ["2026-01-31", "2026-01-31T08:00:00Z"]))
}

fn unknown<S: Into<String>>(
    flag: &str,
    found: &str,
    allowed: impl IntoIterator<Item = S>,
) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "export.filter",
        "筛选条件不对",
        "a filter cannot be used",
    )
    .at(flag)
    .found(found)
    .allowing(allowed)
}

/// A table of cases on its way out.
struct Out {
    table: Table<Target>,
    columns: Vec<Column>,
    lang: Lang,
}

async fn write(store: &Store, city: &City, filter: &CaseFilter, out: &mut Out) -> Result<u64> {
    let counts = store.counts(filter, Timestamp::now()).await?;
    let total = counts.by_stage.values().sum();
    let mut progress = Progress::new("exporting", "cases");
    let (mut done, mut start) = (0, None);
    loop {
        let page = store.list(filter, Order::Newest, start, PAGE).await?;
        for case in &page.cases {
            let row = Row {
                case,
                city,
                lang: out.lang,
            };
            let cells = out.columns.iter().map(|(_, cell)| cell(&row));
            out.table.row(cells)?;
            done += 1;
        }
        progress.at(done, Some(total));
        match page.next {
            Some(next) => start = Some(next),
            None => return Ok(done),
        }
    }
}
