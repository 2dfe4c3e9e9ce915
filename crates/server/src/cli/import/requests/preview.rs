//! `yiwang import requests FILE --dry-run`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;
use yiwang_base::{Lang, Purpose};
use yiwang_server::city::channel_word;
use yiwang_server::import::mapping::Mapping;
use yiwang_server::import::requests::scan;
use yiwang_server::import::source_case::{Outcome, SourceCase};
use yiwang_server::import::table::Table;

use super::{Requests, city};
use crate::cli::Context;
use crate::cli::output::columns;
use crate::cli::progress::thousands;

/// Most rows that are shown, whatever is asked for.
const MOST: usize = 1000;

/// What an import would do.
#[derive(Serialize)]
struct Preview {
    file: String,
    rows: u64,
    readable: u64,
    /// Rows that would not be taken, by the word for their reason.
    rejected: BTreeMap<&'static str, u64>,
    /// Codes that would be created.
    categories: Vec<String>,
    units: Vec<String>,
    first: Vec<Shown>,
}

/// One row. Residents' words and names stay where they are: only how many
/// characters there are is told.
#[derive(Serialize)]
struct Shown {
    line: u64,
    #[serde(flatten)]
    what: What,
}

#[derive(Serialize)]
#[serde(untagged)]
enum What {
    Case(Box<Case>),
    Rejected {
        reason: &'static str,
        column: String,
        why: String,
    },
}

#[derive(Serialize)]
struct Case {
    id: String,
    submitted: String,
    ended: Option<String>,
    stage: &'static str,
    category: Option<String>,
    unit: Option<String>,
    area: Option<String>,
    point: bool,
    address: bool,
    channel: &'static str,
    characters: usize,
    reporter: bool,
    assumed: Vec<String>,
}

/// Reads the whole file and shows its first rows.
pub(super) fn run(
    asked: &Requests,
    context: &Context,
    (table, mapping): (&Table, &Mapping),
    rows: usize,
) -> Result<ExitCode> {
    let city = city(context, mapping.city_settings()?)?;
    let mut first = Vec::new();
    let plan = scan(table, mapping, &city.rules, |row, read| {
        if first.len() < rows.min(MOST) {
            let what = match read {
                Ok(case) => What::Case(Box::new(shown(case))),
                Err(reject) => What::Rejected {
                    reason: reject.code,
                    column: reject.column.clone(),
                    why: reject.reason.get(context.lang).to_owned(),
                },
            };
            first.push(Shown {
                line: row.line,
                what,
            });
        }
    });
    let plan = plan.map_err(|error| asked.refuse(error))?;
    let preview = Preview {
        file: table.describe(),
        rows: plan.rows,
        readable: plan.readable,
        rejected: plan.unreadable,
        categories: plan
            .categories
            .iter()
            .map(|one| one.code.to_string())
            .collect(),
        units: plan.units.iter().map(|one| one.code.to_string()).collect(),
        first,
    };
    context.report(&preview, || text(&preview, context.lang))?;
    Ok(ExitCode::SUCCESS)
}

fn shown(case: &SourceCase) -> Case {
    let words = case.request.disclose(Purpose::Record);
    let ending = case.outcome.ending();
    Case {
        id: case.source.id.clone(),
        submitted: case.opened.at.to_string(),
        ended: ending.map(|ending| ending.at.at.to_string()),
        stage: match (&case.outcome, &case.category, &case.unit) {
            (Outcome::Closed(_), _, _) => "closed",
            (Outcome::Declined(..), _, _) => "declined",
            (Outcome::Open, Some(_), Some(_)) => "dispatched",
            (Outcome::Open, Some(_), None) => "accepted",
            (Outcome::Open, None, _) => "submitted",
        },
        category: case.category.as_ref().map(|one| one.code.to_string()),
        unit: case.unit.as_ref().map(|one| one.code.to_string()),
        area: case.area.as_ref().map(ToString::to_string),
        point: words.place.point.is_some(),
        address: words.place.address.is_some(),
        channel: channel_word(case.channel),
        characters: words.words.chars().count(),
        reporter: words.reporter.name.is_some() || words.reporter.phone.is_some(),
        assumed: case.assumed.clone(),
    }
}

fn text(preview: &Preview, lang: Lang) -> String {
    let [file, rows, taken, made, names, none] = match lang {
        Lang::Zh => ["文件", "行", "行可导入", "将新建：分类", "单位", "无"],
        Lang::En => [
            "file",
            "rows",
            "can be taken",
            "to create: categories",
            "units",
            "none",
        ],
    };
    let mut text = format!(
        "{file}: {}\n{} {rows}, {} {taken}",
        preview.file,
        thousands(preview.rows),
        thousands(preview.readable)
    );
    for (reason, count) in &preview.rejected {
        text += &format!("\n  {reason}: {}", thousands(*count));
    }
    let list = |codes: &[String]| match codes.len() {
        0 => none.to_owned(),
        n => format!(
            "{n} ({}{})",
            codes[..n.min(8)].join(", "),
            if n > 8 { ", …" } else { "" }
        ),
    };
    text += &format!(
        "\n{made} {}; {names} {}\n",
        list(&preview.categories),
        list(&preview.units)
    );
    let table: Vec<Vec<String>> = preview.first.iter().map(cells).collect();
    text + &columns(&table)
}

fn cells(row: &Shown) -> Vec<String> {
    let line = row.line.to_string();
    match &row.what {
        What::Rejected {
            reason,
            column,
            why,
        } => vec![line, format!("{reason} [{column}] {why}")],
        What::Case(case) => {
            let some = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
            vec![
                line,
                case.id.clone(),
                case.submitted.clone(),
                case.stage.to_owned(),
                some(&case.category),
                some(&case.unit),
                some(&case.area),
                case.channel.to_owned(),
                format!("{} chars", case.characters),
                case.assumed.join("; "),
            ]
        }
    }
}
