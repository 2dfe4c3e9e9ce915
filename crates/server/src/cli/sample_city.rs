//! `yiwang sample-city`.

use std::ops::ControlFlow;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use yiwang_base::Timestamp;
use yiwang_server::data_dir;
use yiwang_server::sample::{FillError, Filled, Filling, Plan, Size, table};

use super::Context;
use super::interrupt::{Interrupt, STOPPED};
use super::progress::{Progress, thousands};
use super::record::refuse_to_open;

/// Fill an empty data directory with an invented city
///
/// Streets, areas, units, people who can sign in, and two years of requests up
/// to now, all made up from a seed: the same seed makes the same city. Prints
/// names and passwords once and keeps them in DIR/first-sign-in.txt.
///
/// A directory that has a record with anything in it is refused. Stopped, it
/// leaves nothing; cut off, it starts over when it is run again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang sample-city
  yiwang sample-city --data demo --size medium --seed 7")]
pub(crate) struct Make {
    /// small (6,000 requests, 14 streets), medium (106,000, 36) or large (1,000,000, 60)
    #[arg(long, default_value = "small")]
    size: String,
    /// What everything is made up from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Another number of requests than the size has
    #[arg(long, hide = true)]
    requests: Option<u64>,
}

#[derive(Serialize)]
struct Report {
    seed: u64,
    size: &'static str,
    requests: u64,
    entries: u64,
    map_features: u64,
    seconds: f64,
    sign_in: Vec<SignIn>,
}

#[derive(Serialize)]
struct SignIn {
    name: String,
    role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    display_name: String,
    password: String,
}

impl Make {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        let size: Size = self.size.parse::<Size>()?;
        let mut plan = Plan::new(self.seed, size, Timestamp::now());
        plan.requests = self.requests.unwrap_or(plan.requests);
        data_dir::prepare(&context.data)?;
        let refuse = |error| refused(error, context);
        let Some(filling) = Filling::begin(&context.data).map_err(refuse)? else {
            eprintln!("the sample city was written before and only had to be put in place");
            return Ok(ExitCode::SUCCESS);
        };
        let key = context.make_key(&context.config()?)?;
        let began = std::time::Instant::now();
        let filled = context.block_on(async {
            let interrupt = Interrupt::hear()?;
            let mut progress = Progress::new("sample city", "requests");
            let work = tokio::task::spawn_blocking(move || {
                filling.run(&plan, &key, |written| {
                    progress.at(written, Some(plan.requests));
                    match interrupt.asked() {
                        true => ControlFlow::Break(()),
                        false => ControlFlow::Continue(()),
                    }
                })
            });
            anyhow::Ok(work.await?)
        })??;
        match filled.map_err(|error| refused(error, context))? {
            None => {
                eprintln!("stopped: nothing of the city is left; run it again to make it");
                Ok(ExitCode::from(STOPPED))
            }
            Some(filled) => {
                self.tell(context, size, &filled, began.elapsed().as_secs_f64())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    fn tell(&self, context: &Context, size: Size, filled: &Filled, seconds: f64) -> Result<()> {
        let sign_in = filled.sign_ins.iter().map(|one| SignIn {
            name: one.account.name.to_string(),
            role: one.account.role.clone(),
            unit: one.account.unit.as_ref().map(ToString::to_string),
            display_name: one.account.display_name.clone(),
            password: one.password.clone(),
        });
        let report = Report {
            seed: self.seed,
            size: size.word(),
            requests: filled.requests,
            entries: filled.entries,
            map_features: filled.features,
            seconds,
            sign_in: sign_in.collect(),
        };
        context.report(&report, || {
            format!(
                "{}\n{} requests, {} entries, {} things on the map, in {seconds:.1} s",
                table(&filled.sign_ins),
                thousands(filled.requests),
                thousands(filled.entries),
                thousands(filled.features),
            )
        })
    }
}

/// A refusal is told in the reader's language; what else went wrong, as it is.
fn refused(error: FillError, context: &Context) -> anyhow::Error {
    match error {
        FillError::Refused(refusal) => refusal.into(),
        FillError::Open(error) => refuse_to_open(error, &context.data).into(),
        other => other.into(),
    }
}
