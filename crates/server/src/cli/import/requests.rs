//! `yiwang import requests`.

mod guess;
mod preview;

use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{ArgGroup, Args};
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_cases::Actor;
use yiwang_server::city::{City, CitySettings};
use yiwang_server::http::control_import::{RequestsImported, RequestsToImport};
use yiwang_server::import::mapping::Mapping;
use yiwang_server::import::rejects::RejectFile;
use yiwang_server::import::requests::{self as library, RequestsError, Run};
use yiwang_server::import::table::{Reading, Table, TableError};
use yiwang_server::judging::{AutomaticSetting, Judging};
use yiwang_store::Store;

use super::{file_name, reject_path};
use crate::cli::Context;
use crate::cli::control::Server;
use crate::cli::interrupt::{Interrupt, STOPPED};
use crate::cli::progress::{Progress, thousands};

/// Import requests with their whole history from a file of another system
///
/// The file is CSV (any common encoding and delimiter, also .gz) or XLSX. A
/// mapping says what its columns mean: --guess drafts one. Each row becomes a
/// case: submitted, and accepted, dispatched, closed and called back as far as
/// the row says so. Categories and units that the file names are created where
/// the mapping lets them. Rows that cannot be taken go to a reject file with
/// line, column and reason: mend them there and import that file. A case that is
/// in the record already is passed over, so an import that was stopped is simply
/// run again.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true), after_help = "\
Examples:
  yiwang import requests 12345.xlsx --guess > 12345.toml
  yiwang import requests 12345.xlsx --mapping 12345.toml --dry-run
  yiwang import requests 12345.xlsx --mapping 12345.toml
  yiwang import requests data/rejects/12345.csv --mapping 12345.toml
  yiwang import requests boston_311.csv --profile boston311")]
pub(super) struct Requests {
    /// The file, or a reject file of it that was mended
    file: PathBuf,
    /// What the columns mean, TOML; docs/IMPORT.md explains it
    #[arg(long, value_name = "FILE", group = "what")]
    mapping: Option<PathBuf>,
    /// A mapping that comes with the program: boston311
    #[arg(long, value_name = "PROFILE", group = "what")]
    profile: Option<String>,
    /// Draft a mapping for the file and write it to standard output
    #[arg(long, group = "what")]
    guess: bool,
    /// Which row that is not blank names the columns, for --guess [default: 1]
    #[arg(long, value_name = "N", requires = "guess")]
    header_row: Option<u64>,
    /// Sheet of a workbook, for --guess [default: the first]
    #[arg(long, value_name = "NAME", requires = "guess")]
    sheet: Option<String>,
    /// Show what the first N rows would become, and write nothing
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        default_missing_value = "10",
        conflicts_with = "guess"
    )]
    dry_run: Option<usize>,
    /// Where rows go that cannot be taken [default: DIR/rejects/FILE]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["guess", "dry_run"])]
    rejects: Option<PathBuf>,
}

impl Requests {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        if self.guess {
            return guess::run(&self, context);
        }
        let mapping = self.read_mapping()?;
        // A file that cannot be read should not make a data directory.
        let table = self.open(&mapping.reading()?)?;
        if let Some(rows) = self.dry_run {
            return preview::run(&self, context, (&table, &mapping), rows);
        }
        let rejects = match &self.rejects {
            Some(path) if reject_path::is_same(path, &self.file) => {
                return Err(onto_itself(path).into());
            }
            Some(path) => path.clone(),
            None => reject_path::choose(&context.data, &self.file),
        };
        let report = match Server::of(&context.data, context.lang)? {
            Some(server) => self.beside(server, &rejects)?,
            None => context.write(&context.config()?, async |store| {
                self.import(&table, &mapping, store, &rejects).await
            })?,
        };
        if report.rejected == 0 {
            std::fs::remove_file(&rejects)?;
        }
        context.report(&report, || text(&report))?;
        Ok(match report.finished {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(STOPPED),
        })
    }

    /// The server that runs on the record imports: it goes by the categories and units
    /// that come with the file from then on.
    fn beside(&self, server: Server, rejects: &Path) -> Result<RequestsImported> {
        eprintln!("a server runs on this record: it imports the file; Ctrl-C stops it");
        make(rejects)?;
        server.import(&RequestsToImport {
            mapping: self.mapping_text()?,
            file: std::path::absolute(&self.file)?,
            rejects: std::path::absolute(rejects)?,
            grounds: self.grounds(),
        })
    }

    fn read_mapping(&self) -> Result<Mapping> {
        let text = self.mapping_text()?;
        let mapping = Mapping::read(&text);
        Ok(match &self.mapping {
            Some(path) => mapping.context(path.display().to_string())?,
            None => mapping?,
        })
    }

    fn mapping_text(&self) -> Result<String> {
        if let Some(path) = &self.mapping {
            let text = std::fs::read_to_string(path);
            return text.with_context(|| format!("cannot read {}", path.display()));
        }
        let name = self.profile.as_deref().unwrap_or_default();
        Ok(Mapping::built_in_text(name)?.to_owned())
    }

    fn grounds(&self) -> String {
        format!("named in {}", file_name(&self.file))
    }

    fn open(&self, reading: &Reading) -> Result<Table> {
        let table = Table::open(self.file.as_path(), reading);
        table.map_err(|error| match error {
            TableError::Io(error) => {
                anyhow::Error::from(error).context(format!("cannot read {}", self.file.display()))
            }
            other => self.refuse(other.into()),
        })
    }

    async fn import(
        &self,
        table: &Table,
        mapping: &Mapping,
        store: &Store,
        rejects: &Path,
    ) -> Result<RequestsImported> {
        let interrupt = Interrupt::hear()?;
        let began = std::time::Instant::now();
        let now = Timestamp::now();
        prepare_city(mapping, store, now).await?;
        let city = City::load(store)?;
        let mut progress = Progress::new("reading", "rows");
        let mut read = 0;
        let plan = library::scan(table, mapping, &city.rules, |_, _| {
            read += 1;
            progress.at(read, None);
        });
        drop(progress);
        let plan = plan.map_err(|error| self.refuse(error))?;
        let grounds = Some(self.grounds());
        store
            .set_items(plan.items()?, by(mapping), grounds, now)
            .await?;
        let city = City::load(store)?;
        // As at every other door: what the city's model is sure of is dispatched at once.
        let judging = match AutomaticSetting::read(store)?.from_permille {
            Some(_) => Judging::from_record(store, &city).await?,
            None => Judging::untaught(&city),
        };
        let mut progress = Progress::new("importing", "rows");
        let mut reject_file = RejectFile::new(BufWriter::new(make(rejects)?));
        let run = Run {
            mapping,
            now,
            rows: Some(plan.rows),
            by: None,
        };
        let done = library::import(
            store,
            table,
            &mut reject_file,
            &city.rules,
            run,
            |case| judging.steps(&city, case),
            |at| {
                progress.at(at.rows, at.of);
                match interrupt.asked() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            },
        );
        let done = done.await.map_err(|error| self.refuse(error))?;
        drop(progress);
        let reasons = done.reasons.into_iter();
        Ok(RequestsImported {
            rows: done.rows,
            imported: done.imported,
            dispatched: done.dispatched,
            waiting: done.waiting,
            known: done.known,
            rejected: done.rejected,
            reasons: reasons.map(|(word, n)| (word.to_owned(), n)).collect(),
            reject_file: (done.rejected > 0).then(|| rejects.to_owned()),
            categories_added: plan.categories.len(),
            units_changed: plan.units.len(),
            finished: done.finished,
            seconds: began.elapsed().as_secs_f64(),
        })
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

fn by(mapping: &Mapping) -> String {
    Actor::Import(mapping.system.clone()).to_string()
}

/// The reject file, empty.
fn make(path: &Path) -> Result<File> {
    reject_path::create(path).with_context(|| format!("cannot write {}", path.display()))
}

/// A city without settings gets those of the file's source: deadlines need the
/// right time zone before the first case is written.
async fn prepare_city(mapping: &Mapping, store: &Store, now: Timestamp) -> Result<()> {
    if CitySettings::stored(store)?.is_some() {
        return Ok(());
    }
    let settings = mapping.city_settings()?;
    eprintln!(
        "the city had no settings yet: it is now {} in time zone {} (`yiwang city` changes them)",
        settings.name.en,
        settings.calendar.zone().iana_name().unwrap_or("UTC")
    );
    let grounds = "the city had no settings".to_owned();
    let item = settings.item()?;
    store
        .set_items(vec![item], by(mapping), Some(grounds), now)
        .await?;
    Ok(())
}

/// The city as the data directory has it, or one without anything where there is none.
fn city(context: &Context, otherwise: CitySettings) -> Result<City> {
    if !context.data.join(yiwang_server::data_dir::RECORD).is_file() {
        return Ok(City::bare(otherwise));
    }
    let store = context.read(&context.config()?)?;
    Ok(match CitySettings::stored(&store)? {
        Some(_) => City::load(&store)?,
        None => City::bare(otherwise),
    })
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

fn text(report: &RequestsImported) -> String {
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
    if report.dispatched > 0 {
        let dispatched = thousands(report.dispatched);
        text +=
            &format!("\n{dispatched} were dispatched at once: the city's model is sure of them");
    }
    if report.waiting > 0 {
        let waiting = thousands(report.waiting);
        text += &format!("\n{waiting} wait for a person at the desk");
    }
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
