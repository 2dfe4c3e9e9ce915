//! `yiwang city calendar`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use yiwang_base::{CalendarYear, Refusal, RefusalKind, Timestamp};
use yiwang_server::city::City;
use yiwang_store::ItemKind;

use crate::cli::{Context, output};

/// List the years of the working calendar, and who set them when
///
/// `yiwang import calendar` adds a year or replaces it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang city calendar
  yiwang city calendar 2026
  yiwang city calendar 2026 --history")]
pub(super) struct Calendar {
    /// Only this year, with its days
    year: Option<i16>,
    /// All that the year was ever set to
    #[arg(long, requires = "year")]
    history: bool,
}

#[derive(Serialize)]
struct Set {
    set_at: Timestamp,
    set_by: String,
    grounds: Option<String>,
    #[serde(flatten)]
    year: CalendarYear,
}

impl Calendar {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.read(&context.config()?)?;
        let held = City::load(&store)?.rules.calendar;
        let mut shown = Vec::new();
        for year in held.years().keys() {
            if self.year.is_some_and(|asked| asked != *year) {
                continue;
            }
            let versions = store.item_history(ItemKind::Calendar, &year.to_string())?;
            let from = if self.history {
                0
            } else {
                versions.len().saturating_sub(1)
            };
            for version in versions.into_iter().skip(from) {
                shown.push(Set {
                    set_at: version.at,
                    set_by: version.by,
                    grounds: version.grounds,
                    year: serde_json::from_value(version.body)?,
                });
            }
        }
        if let (Some(year), true) = (self.year, shown.is_empty()) {
            return Err(no_such_year(year, held.years().keys().copied()).into());
        }
        context.report(&shown, || text(&shown, self.year.is_some()))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn no_such_year(year: i16, held: impl Iterator<Item = i16>) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "calendar.no-year",
        format!("工作日历中没有 {year} 年；可用 yiwang import calendar 导入"),
        format!("the calendar does not hold {year}; `yiwang import calendar` brings it in"),
    )
    .at("YEAR")
    .found(year.to_string())
    .allowing(held.map(|year| year.to_string()))
}

fn text(shown: &[Set], with_days: bool) -> String {
    if shown.is_empty() {
        return "no years yet: `yiwang import calendar --mainland-china`, or a file".to_owned();
    }
    let mut rows = Vec::new();
    for set in shown {
        rows.push(vec![
            set.year.year().to_string(),
            format!("{} days off", set.year.off().len()),
            format!("{} worked instead", set.year.make_up_days().len()),
            format!("{:.0}", set.set_at),
            set.set_by.clone(),
            set.year.source().to_owned(),
        ]);
        if with_days {
            let holidays = set.year.holidays().iter().map(|one| {
                let name = format!("{} {}", one.name.zh, one.name.en);
                vec![
                    String::new(),
                    one.from.to_string(),
                    one.to.to_string(),
                    name,
                ]
            });
            rows.extend(holidays);
            let worked = set.year.make_up_days().iter();
            rows.extend(
                worked.map(|day| vec![String::new(), day.to_string(), "worked".to_owned()]),
            );
        }
    }
    output::columns(&rows)
}
