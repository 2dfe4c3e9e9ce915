//! `yiwang import requests`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_cases::{Actor, StoreError};
use yiwang_server::city::{City, CitySettings};
use yiwang_server::import::rejects::RejectFile;
use yiwang_server::import::requests::{self as library, Plan, Profile, RequestsError, Run};
use yiwang_store::{Item, ItemKind, Store};

use super::{file_name, reject_path};
use crate::cli::Context;
use crate::cli::interrupt::{Interrupt, STOPPED};
use crate::cli::progress::{Progress, thousands};

/// Import requests with their whole history from a file of another system
///
/// Each row becomes a case: submitted, accepted, dispatched and closed when the
/// row says so. Categories and units that the file names are created. Rows that
/// cannot be taken go to a reject file with line, column and reason: mend them
/// there and import that file. A case that is in the record already is passed
/// over, so an import that was stopped is simply run again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import requests boston_311.csv --profile boston311
  yiwang import requests data/rejects/boston_311.csv --profile boston311")]
pub(super) struct Requests {
    /// The file, or a reject file of it that was mended
    file: PathBuf,
    /// Which system the file comes from: boston311
    #[arg(long, value_name = "PROFILE")]
    profile: String,
    /// Where rows go that cannot be taken [default: DIR/rejects/FILE]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    rows: u64,
    imported: u64,
    known: u64,
    rejected: u64,
    /// Rejects by the word for their reason.
    reasons: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reject_file: Option<PathBuf>,
    categories_added: usize,
    units_changed: usize,
    /// False when it was stopped.
    finished: bool,
    seconds: f64,
}

impl Requests {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let profile: Profile = self.profile.parse::<Profile>()?;
        let rejects = match &self.rejects {
            Some(path) if reject_path::is_same(path, &self.file) => {
                return Err(onto_itself(path).into());
            }
            Some(path) => path.clone(),
            None => reject_path::choose(&context.data, &self.file),
        };
        // A file that cannot be read should not make a data directory.
        drop(self.open()?);
        let report = context.write(&context.config()?, async |store| {
            self.import(profile, store, &rejects).await
        })?;
        context.report(&report, || text(&report))?;
        Ok(match report.finished {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(STOPPED),
        })
    }

    fn open(&self) -> Result<BufReader<File>> {
        let file = File::open(&self.file);
        let file = file.with_context(|| format!("cannot read {}", self.file.display()))?;
        Ok(BufReader::with_capacity(1 << 16, file))
    }

    async fn import(&self, profile: Profile, store: &Store, rejects: &Path) -> Result<Report> {
        let interrupt = Interrupt::hear()?;
        let began = std::time::Instant::now();
        let now = Timestamp::now();
        prepare_city(profile, store, now).await?;
        let city = City::load(store)?;
        let plan = library::scan(self.open()?, profile, &city.rules).map_err(|e| self.refuse(e))?;
        let units_changed = self.write_plan(&plan, profile, store, now).await?;
        let rules = City::load(store)?.rules;
        let mut progress = Progress::new("importing", "rows");
        let file = reject_path::create(rejects)
            .with_context(|| format!("cannot write {}", rejects.display()))?;
        let mut reject_file = RejectFile::new(BufWriter::new(file));
        let run = Run {
            profile,
            now,
            rows: Some(plan.rows),
        };
        let done = library::import(store, self.open()?, &mut reject_file, &rules, run, |at| {
            progress.at(at.rows, at.of);
            match interrupt.asked() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        let done = done.await.map_err(|error| self.refuse(error))?;
        drop(progress);
        if done.rejected == 0 {
            std::fs::remove_file(rejects)?;
        }
        Ok(Report {
            rows: done.rows,
            imported: done.imported,
            known: done.known,
            rejected: done.rejected,
            reasons: done.reasons,
            reject_file: (done.rejected > 0).then(|| rejects.to_owned()),
            categories_added: plan.categories.len(),
            units_changed,
            finished: done.finished,
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    /// Writes the categories and units that the file needs.
    async fn write_plan(
        &self,
        plan: &Plan,
        profile: Profile,
        store: &Store,
        now: Timestamp,
    ) -> Result<usize> {
        let categories = plan.categories.iter();
        let categories = categories.map(|one| Item::of(ItemKind::Category, one.code.as_str(), one));
        let units = plan.units.iter();
        let units = units.map(|one| Item::of(ItemKind::Unit, one.code.as_str(), one));
        let items = categories
            .chain(units)
            .collect::<Result<Vec<_>, StoreError>>()?;
        let grounds = format!("named in {}", file_name(&self.file));
        store
            .set_items(items, by(profile), Some(grounds), now)
            .await?;
        Ok(plan.units.len())
    }

    /// The library's error with the file's name, a refusal kept as one.
    fn refuse(&self, error: RequestsError) -> anyhow::Error {
        let error = match error {
            RequestsError::Header(refusal) => anyhow::Error::from(refusal),
            other => anyhow::Error::from(other),
        };
        error.context(self.file.display().to_string())
    }
}

fn by(profile: Profile) -> String {
    Actor::Import(profile.name().to_owned()).to_string()
}

/// A city without settings gets those of the file's source: deadlines need the
/// right time zone before the first case is written.
async fn prepare_city(profile: Profile, store: &Store, now: Timestamp) -> Result<()> {
    if CitySettings::stored(store)?.is_some() {
        return Ok(());
    }
    let settings = profile.city()?;
    eprintln!(
        "the city had no settings yet: it is now {} in time zone {} (`yiwang city` changes them)",
        settings.name.en,
        settings.calendar.zone().iana_name().unwrap_or("UTC")
    );
    let grounds = "the city had no settings".to_owned();
    let item = settings.item()?;
    store
        .set_items(vec![item], by(profile), Some(grounds), now)
        .await?;
    Ok(())
}

fn onto_itself(path: &Path) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "import.rejects",
        "退回文件不能与导入的文件相同",
        "the reject file cannot be the file that is imported",
    )
    .at("--rejects")
    .found(path.display().to_string())
    .allowing(["another file"])
}

fn text(report: &Report) -> String {
    let rate = report.rows as f64 / report.seconds.max(1e-6);
    let mut text = format!(
        "{} rows in {:.1} s ({}/s): {} imported, {} known already, {} rejected",
        thousands(report.rows),
        report.seconds,
        thousands(rate.round() as u64),
        thousands(report.imported),
        thousands(report.known),
        thousands(report.rejected),
    );
    for (reason, count) in &report.reasons {
        text += &format!("\n  {reason}: {}", thousands(*count));
    }
    if let Some(path) = &report.reject_file {
        text += &format!(
            "\nrejected rows are in {} with line, column and reason: mend them there and import that file",
            path.display()
        );
    }
    if !report.finished {
        text += "\nstopped before the end: run the same command again to go on";
    }
    text
}
