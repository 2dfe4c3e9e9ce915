//! `yiwang city authority`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use yiwang_base::{AreaCode, CategoryCode, Refusal, RefusalKind};
use yiwang_cases::authority::{Flaw, ladder, unclear};
use yiwang_server::city::City;

use crate::cli::{Context, output};

/// Show who may act on what, and where nobody or several may
///
/// Without a category: categories that nobody answers for somewhere, and those
/// that several units of the same tier answer for. With one: who may act and who
/// only sees, the lowest tier first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang city authority
  yiwang city authority rubbish --area 110101001")]
pub(in crate::cli) struct Authority {
    /// A category's code
    category: Option<String>,
    /// An area's code
    #[arg(long, value_name = "CODE", requires = "category")]
    area: Option<String>,
}

#[derive(Serialize)]
struct UnclearRow {
    flaw: &'static str,
    category: String,
    areas: Vec<String>,
    units: Vec<String>,
}

#[derive(Serialize)]
struct RungRow {
    unit: String,
    tier: Option<&'static str>,
    acts: bool,
    backstop: bool,
}

impl Authority {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let city = City::load(&context.read(&context.config()?)?)?;
        match &self.category {
            None => list(context, &city)?,
            Some(category) => self.ladder(context, &city, category)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn ladder(&self, context: &Context, city: &City, category: &str) -> Result<()> {
        let known = city.rules.categories.keys().map(ToString::to_string);
        let code: Option<CategoryCode> = category.parse().ok();
        let code = code.filter(|code| city.rules.categories.contains_key(code));
        let code = code.ok_or_else(|| unknown("category", "CATEGORY", category, known))?;
        let area = match &self.area {
            None => None,
            Some(text) => {
                let area: Option<AreaCode> = text.parse().ok();
                let area = area.filter(|area| city.rules.areas.contains_key(area));
                let known = city.rules.areas.keys().take(20).map(ToString::to_string);
                Some(area.ok_or_else(|| unknown("area", "--area", text, known))?)
            }
        };
        let rungs = ladder(&city.rules, &code, area.as_ref());
        let rows: Vec<RungRow> = rungs
            .iter()
            .map(|rung| RungRow {
                unit: rung.unit.code.to_string(),
                tier: rung.tier.map(yiwang_cases::Tier::word),
                acts: rung.acts,
                backstop: rung.backstop,
            })
            .collect();
        context.report(&rows, || {
            let row = |row: &RungRow| {
                let acts = match (row.acts, row.backstop) {
                    (true, _) => "may act",
                    (false, true) => "takes what nobody takes",
                    (false, false) => "sees",
                };
                let tier = row.tier.unwrap_or("").to_owned();
                vec![row.unit.clone(), tier, acts.to_owned()]
            };
            match rows.as_slice() {
                [] => "nobody".to_owned(),
                rows => output::columns(&rows.iter().map(row).collect::<Vec<_>>()),
            }
        })
    }
}

fn list(context: &Context, city: &City) -> Result<()> {
    let found = unclear(&city.rules);
    let rows: Vec<UnclearRow> = found
        .iter()
        .map(|one| UnclearRow {
            flaw: one.flaw.word(),
            category: one.category.to_string(),
            areas: one.areas.iter().map(ToString::to_string).collect(),
            units: one.units.iter().map(ToString::to_string).collect(),
        })
        .collect();
    context.report(&rows, || {
        let row = |(one, row): (&yiwang_cases::authority::Unclear, &UnclearRow)| {
            let who = match one.flaw {
                Flaw::Gap => "nobody".to_owned(),
                Flaw::Duplicate => row.units.join(" "),
            };
            let at = match row.areas.as_slice() {
                [] => "everywhere".to_owned(),
                areas => areas.join(" "),
            };
            vec![row.category.clone(), who, at]
        };
        match rows.is_empty() {
            true => "for each category one unit comes first everywhere".to_owned(),
            false => output::columns(&found.iter().zip(&rows).map(row).collect::<Vec<_>>()),
        }
    })
}

fn unknown(what: &str, field: &str, found: &str, known: impl Iterator<Item = String>) -> Refusal {
    let (code, zh) = match what {
        "category" => ("category.unknown", "没有这个分类"),
        _ => ("area.unknown", "没有这个区域"),
    };
    let en = format!("there is no such {what}");
    Refusal::new(RefusalKind::NotFound, code, zh, en)
        .at(field)
        .found(found)
        .allowing(known)
}
