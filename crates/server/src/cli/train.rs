//! `yiwang train`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use yiwang_base::Timestamp;
use yiwang_server::city::City;
use yiwang_server::judging::{AutomaticSetting, Kept, ModelCard, learn};
use yiwang_store::Store;

use super::Context;
use super::context::BY;
use super::record::ToSet;

/// Learn categories from the city's own closed cases
///
/// Trains a model on the words of the newest closed cases and keeps it in the
/// record; a server does the same each day. What it was right about on cases
/// held out from it is reported at several thresholds. A server
/// that runs judges by the new model at once.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang train
  yiwang train --automatic-from 0.95
  yiwang train --automatic-off")]
pub(crate) struct Train {
    /// Accept and dispatch requests automatically from this confidence on, once
    /// a model has shown on held-out cases that it is right that often
    #[arg(long, value_name = "P", value_parser = confidence)]
    automatic_from: Option<u16>,
    /// Let a person accept and dispatch every request
    #[arg(long, conflicts_with = "automatic_from")]
    automatic_off: bool,
}

/// A confidence in thousandths.
fn confidence(text: &str) -> Result<u16, &'static str> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| (0.5..=0.999).contains(number))
        .map(|number| (number * 1000.0).round() as u16)
        .ok_or("expected a number from 0.5 to 0.999")
}

#[derive(Serialize)]
struct Report {
    closed_cases: usize,
    /// The model; `null` where there are too few closed cases.
    model: Option<ModelCard>,
    automatic: AutomaticSetting,
    /// Whether requests are dispatched automatically now.
    automatic_in_force: bool,
}

impl Train {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        let config = context.config()?;
        let (_, report) = context.set_items(&config, async |store| self.train(store).await)?;
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn train(&self, store: &Store) -> Result<(ToSet, Report)> {
        let city = City::load(store)?;
        let learnt = learn(store).await?;
        let before = Kept::read(store)?.map(|kept| kept.card);
        let now = Timestamp::now();
        let kept = Kept::train(&learnt, &city, before.as_ref(), now);
        let mut automatic = AutomaticSetting::read(store)?;
        let mut items = Vec::new();
        if let Some(kept) = &kept {
            items.push(kept.item()?);
        }
        if self.automatic_off || self.automatic_from.is_some() {
            automatic.from_permille = self.automatic_from;
            items.push(automatic.item()?);
        }
        let set = ToSet {
            items,
            by: BY.to_owned(),
            grounds: None,
        };
        let model = kept.map(|kept| kept.card).or(before);
        let shown = model.as_ref().zip(automatic.from_permille);
        let report = Report {
            closed_cases: learnt.cases,
            automatic_in_force: shown.is_some_and(|(card, from)| card.has_shown(from)),
            automatic,
            model,
        };
        Ok((set, report))
    }
}

fn text(report: &Report) -> String {
    let Some(model) = &report.model else {
        return format!(
            "{} closed cases are too few to learn from; categories are suggested by their names",
            report.closed_cases
        );
    };
    let mut text = format!(
        "model {}: {} categories from {} cases",
        model.name(),
        model.categories,
        model.cases
    );
    for shown in &model.shown {
        let percent = |permille: u16| f64::from(permille) / 10.0;
        text += &format!(
            "\n  at least {:.1} % sure: {:.1} % of cases, {:.1} % of them right",
            percent(shown.from),
            percent(shown.covered),
            percent(shown.right)
        );
    }
    text += match (report.automatic.from_permille, report.automatic_in_force) {
        (None, _) => "\nautomatic dispatch is off",
        (Some(_), true) => "\nautomatic dispatch is on",
        (Some(_), false) => {
            "\nautomatic dispatch waits until a model has shown it is right that often"
        }
    };
    text
}
