//! `yiwang export figures`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use form_urlencoded::Serializer;
use serde::Serialize;
use yiwang_base::Timestamp;
use yiwang_server::city::City;
use yiwang_server::export::{Table, board_columns, board_rows};
use yiwang_server::figures::{Asked, Formulas, count};

use super::form::Form;
use super::target::Target;
use crate::cli::Context;

/// A board: rates by unit, area, category, channel or period, with what was
/// counted and what was left out
///
/// Takes the parameters of the interface: `-` stands for none, and codes stand
/// with commas between. Reads the whole record first, which takes a while for
/// millions of cases.
#[derive(Debug, Args)]
pub(super) struct Figures {
    #[command(flatten)]
    form: Form,
    /// The file [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The formula: response, resolution, on_time …, the latest version or response.1
    #[arg(long, value_name = "FORMULA", default_value = "response")]
    formula: String,
    /// A formula by which the same is counted beside it
    #[arg(long, value_name = "FORMULA")]
    compare: Option<String>,
    /// nothing, unit, tier, area, category, channel, day, week or month
    #[arg(long, value_name = "GROUP", default_value = "nothing")]
    group: String,
    /// Only turns or calls of these units
    #[arg(long, value_name = "CODES")]
    unit: Option<String>,
    /// Only those of units of these sorts: community, street, district, department or utility
    #[arg(long, value_name = "WORDS")]
    tier: Option<String>,
    /// Only cases in these areas and what lies in them
    #[arg(long, value_name = "CODES")]
    area: Option<String>,
    /// Only cases of these categories
    #[arg(long, value_name = "CODES")]
    category: Option<String>,
    /// Only cases that came in by these channels
    #[arg(long, value_name = "WORDS")]
    channel: Option<String>,
    /// Only turns that ended at these stages
    #[arg(long, value_name = "WORDS")]
    stage: Option<String>,
    /// At or after this date of the city, or this time
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Before this date of the city, or this time
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
}

#[derive(Serialize)]
struct Report {
    parts: usize,
    file: PathBuf,
}

impl Figures {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.read(&context.config()?)?;
        let city = City::load(&store)?;
        let formulas = Formulas::load(&store)?;
        let asked = Asked::read(&self.query(), false, &city, &formulas, Timestamp::now())?;
        let board = context.block_on(async {
            store.load_figures().await?;
            count(&store, &formulas, &asked).await
        })??;
        let target = Target::open(self.out.as_deref()).context("cannot write")?;
        let mut table = Table::begin(target, self.form.format(), board_columns(&board))?;
        for row in board_rows(&board, &city, context.lang) {
            table.row(row.into_iter())?;
        }
        table.finish()?.finish()?;
        if let Some(file) = self.out {
            let parts = board.figures.len();
            let report = Report { parts, file };
            context.report(&report, || {
                format!("{parts} parts in {}", report.file.display())
            })?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// What is asked, as the interface reads it.
    fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("formula", &self.formula);
        query.append_pair("group", &self.group);
        let others = [
            ("compare", &self.compare),
            ("unit", &self.unit),
            ("tier", &self.tier),
            ("area", &self.area),
            ("category", &self.category),
            ("channel", &self.channel),
            ("stage", &self.stage),
            ("from", &self.from),
            ("until", &self.until),
        ];
        for (name, value) in others {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}
