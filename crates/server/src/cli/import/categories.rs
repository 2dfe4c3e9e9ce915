//! `yiwang import categories`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use yiwang_base::{Lang, Span};
use yiwang_cases::{Category, StoreError};
use yiwang_server::city::City;
use yiwang_server::import::categories::{CategoryFields, CategoryImport, read_categories};
use yiwang_server::import::mapping::Column;
use yiwang_server::import::requests::RequestsError;
use yiwang_server::import::table::{Reading, Table};
use yiwang_store::{Item, ItemKind};

use super::file_name;
use crate::cli::Context;
use crate::cli::progress::thousands;
use crate::cli::record::ToSet;

/// Import categories from a table, CSV or XLSX
///
/// Each row is a category, with the names of its levels from the major one to
/// the least. One that is there already gets the new names and keeps its limits
/// and questions. Nothing is taken away.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import categories taxonomy.xlsx
  yiwang import categories matters.csv --level 大类 --level 小类 --code 代码 --resolve-days 5")]
pub(super) struct Categories {
    /// The file: CSV (any common encoding and delimiter, also .gz) or XLSX
    file: PathBuf,
    /// Column of a level, the major one first; may be given again [default: looked for]
    #[arg(long, value_name = "COLUMN")]
    level: Vec<String>,
    /// Column of the code [default: made from the names]
    #[arg(long, value_name = "COLUMN")]
    code: Option<String>,
    /// Sheet of a workbook [default: the first]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Working days to contact the resident, for new categories
    #[arg(long, value_name = "DAYS", default_value_t = 1)]
    respond_days: u32,
    /// Working days to resolve it, for new categories
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    resolve_days: u32,
}

#[derive(Serialize)]
struct Report {
    categories: usize,
    /// Categories that are new or were changed.
    changed: usize,
    levels: Vec<Level>,
    rejected: Vec<Rejected>,
}

#[derive(Serialize)]
struct Level {
    column: String,
    names: usize,
}

#[derive(Serialize)]
struct Rejected {
    line: u64,
    code: &'static str,
    reason: String,
    found: Option<String>,
}

impl Categories {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let fields = CategoryFields {
            levels: self.level.iter().cloned().map(Column::Name).collect(),
            code: self.code.clone().map(Column::Name),
            respond: Span::WorkingDays {
                days: self.respond_days,
            },
            resolve: Span::WorkingDays {
                days: self.resolve_days,
            },
        };
        let reading = Reading {
            sheet: self.sheet.clone(),
            ..Reading::default()
        };
        let table = Table::open(self.file.as_path(), &reading).map_err(RequestsError::from);
        let import = table.and_then(|table| read_categories(&table, &fields));
        let import = import.map_err(|error| self.refuse(error))?;
        let (done, ()) = context.set_items(&context.config()?, async |store| {
            let city = City::load(store)?;
            let items = import.categories.iter().map(|new| {
                let category = kept(new, city.rules.categories.get(&new.code));
                Item::of(ItemKind::Category, new.code.as_str(), &category)
            });
            let items = items.collect::<Result<Vec<_>, StoreError>>()?;
            let set = ToSet {
                items,
                by: "import:categories".to_owned(),
                grounds: Some(file_name(&self.file)),
            };
            Ok((set, ()))
        })?;
        let report = report(&import, done.changed, context.lang);
        context.report(&report, || text(&report))?;
        // A file of which nothing could be taken was the wrong file.
        Ok(match import.categories.is_empty() {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }

    fn refuse(&self, error: RequestsError) -> anyhow::Error {
        let error = match error {
            RequestsError::Header(refusal) => anyhow::Error::from(refusal),
            other => anyhow::Error::from(other),
        };
        error.context(self.file.display().to_string())
    }
}

/// The category as it is to be written: what is known keeps what no table says.
fn kept(new: &Category, known: Option<&Category>) -> Category {
    match known {
        None => new.clone(),
        Some(known) => Category {
            name: new.name.clone(),
            group: new.group.clone(),
            ..known.clone()
        },
    }
}

fn report(import: &CategoryImport, changed: usize, lang: Lang) -> Report {
    let levels = import.levels.iter().map(|(column, names)| Level {
        column: column.clone(),
        names: *names,
    });
    let rejected = import.rejected.iter().map(|(line, refusal)| Rejected {
        line: *line,
        code: refusal.code,
        reason: refusal.text(lang).to_owned(),
        found: refusal.found.clone(),
    });
    Report {
        categories: import.categories.len(),
        changed,
        levels: levels.collect(),
        rejected: rejected.collect(),
    }
}

fn text(report: &Report) -> String {
    let levels = report.levels.iter();
    let levels: Vec<String> = levels
        .map(|level| format!("{} ({})", level.column, thousands(level.names as u64)))
        .collect();
    let mut text = format!(
        "{} categories, {} of them new or changed; levels: {}",
        thousands(report.categories as u64),
        thousands(report.changed as u64),
        levels.join(" > "),
    );
    for rejected in &report.rejected {
        let found = rejected.found.as_deref().unwrap_or_default();
        text += &format!(
            "\nline {} not taken: {} ({found})",
            rejected.line, rejected.reason
        );
    }
    text
}
