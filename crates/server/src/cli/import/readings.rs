//! `yiwang import readings`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use csv::StringRecord;
use serde::Serialize;
use sha2::{Digest, Sha256};
use yiwang_base::{Refusal, Timestamp};
use yiwang_history::{Batch, BatchKey};
use yiwang_sensing::Reading;
use yiwang_server::import::readings::{ReadingsMapping, ReadingsReader};
use yiwang_server::sensing::{Sender, Sensing, seal_all};
use yiwang_store::Store;

use super::{file_name, reject_path};
use crate::cli::Context;
use crate::cli::progress::{Progress, thousands};

/// Import readings of datastreams from a CSV file
///
/// The mapping is a TOML file: at, value and stream name columns, times says how
/// times are written. Datastreams are those of the register, by number or by
/// name. The same file under the same mapping adds nothing the second time. Rows
/// that cannot be taken go to a file in DIR/rejects, each with its reason.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import readings levels.csv --mapping levels.toml --data city

A mapping:
  at = \"time\"
  value = \"level_m\"
  stream = \"gauge\"
  times = \"rfc3339\"   # or epoch_ms, epoch_s")]
pub(super) struct Readings {
    /// The file: CSV with a header, UTF-8
    file: PathBuf,
    /// The mapping
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    rows: u64,
    kept: u64,
    /// Readings of batches that were there already.
    known: u64,
    rejected: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejects: Option<PathBuf>,
}

/// Rows in a batch.
const BATCH: usize = 10_000;

impl Readings {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let text = std::fs::read_to_string(&self.mapping)
            .with_context(|| self.mapping.display().to_string())?;
        let mapping: ReadingsMapping =
            toml::from_str(&text).with_context(|| self.mapping.display().to_string())?;
        let source = source(&self.file, &text)?;
        let (store, _) = context.open(&context.config()?)?;
        let report = context.block_on(self.import(context, &store, mapping, source))??;
        context.report(&report, || {
            let mut text = format!(
                "{} rows: {} readings kept, {} there already, {} rejected",
                thousands(report.rows),
                thousands(report.kept),
                thousands(report.known),
                thousands(report.rejected)
            );
            if let Some(rejects) = &report.rejects {
                text += &format!("\nrejects: {}", rejects.display());
            }
            text
        })?;
        Ok(ExitCode::SUCCESS)
    }

    async fn import(
        &self,
        context: &Context,
        store: &Store,
        mapping: ReadingsMapping,
        source: String,
    ) -> Result<Report> {
        let sensing = Sensing::open(store)?;
        let mut table = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(&self.file)
            .with_context(|| self.file.display().to_string())?;
        let header = table.headers()?.clone();
        let mut reader = ReadingsReader::new(store, mapping, &header)?;
        let mut work = Work {
            sensing: &sensing,
            store,
            source,
            seq: 0,
            readings: Vec::new(),
            rows: Vec::new(),
            rejects: Rejects {
                path: reject_path::choose(&context.data, &self.file),
                header,
                file: None,
            },
            report: Report::default(),
        };
        let mut progress = Progress::new("importing", "rows");
        let mut row = StringRecord::new();
        loop {
            match table.read_record(&mut row) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => {
                    work.report.rows += 1;
                    work.reject(&row, "readings.row", &error.to_string())?;
                    continue;
                }
            }
            work.report.rows += 1;
            match reader.read(&row) {
                Ok(reading) => {
                    work.readings.push(reading);
                    work.rows.push(row.clone());
                }
                Err(refusal) => work.refuse(&row, &refusal)?,
            }
            if work.readings.len() == BATCH {
                work.send().await?;
                progress.at(work.report.rows, None);
            }
        }
        work.send().await?;
        sensing.history.keep_spans()?;
        let mut report = work.report;
        report.rejects = work.rejects.file.map(|_| work.rejects.path);
        Ok(report)
    }
}

/// What names a file's batches: its name, and a hash of it and its mapping.
fn source(file: &Path, mapping: &str) -> Result<String> {
    let mut hash = Sha256::new();
    let mut opened = File::open(file).with_context(|| file.display().to_string())?;
    std::io::copy(&mut opened, &mut hash)?;
    hash.update(mapping);
    let hash = hex::encode(&hash.finalize()[..16]);
    let name: String = file_name(file).chars().take(40).collect();
    Ok(format!("import/{name}/{hash}"))
}

struct Work<'a> {
    sensing: &'a Sensing,
    store: &'a Store,
    source: String,
    seq: u64,
    readings: Vec<Reading>,
    /// The rows that the readings are of.
    rows: Vec<StringRecord>,
    rejects: Rejects,
    report: Report,
}

impl Work<'_> {
    async fn send(&mut self) -> Result<()> {
        let readings = std::mem::take(&mut self.readings);
        let rows = std::mem::take(&mut self.rows);
        let batch = Batch {
            readings,
            notes: Vec::new(),
            key: Some(BatchKey {
                source: self.source.clone(),
                seq: self.seq,
            }),
        };
        self.seq += 1;
        let sender = Sender {
            name: "import".into(),
        };
        let now = Timestamp::now();
        let taken = self.sensing.take(self.store, &sender, batch, now).await?;
        match taken.repeated {
            true => self.report.known += taken.kept,
            false => self.report.kept += taken.kept,
        }
        for (position, refusal) in &taken.refused {
            self.refuse(&rows[*position as usize], refusal)?;
        }
        if self.sensing.history.wait_for_part(Duration::ZERO) {
            let handle = tokio::runtime::Handle::current();
            tokio::task::block_in_place(|| {
                seal_all(&self.sensing.history, self.store, &handle, now)
            })?;
        }
        Ok(())
    }

    fn refuse(&mut self, row: &StringRecord, refusal: &Refusal) -> Result<()> {
        let text = &refusal.message;
        self.reject(row, refusal.code, &format!("{}; {}", text.zh, text.en))
    }

    fn reject(&mut self, row: &StringRecord, code: &str, reason: &str) -> Result<()> {
        self.report.rejected += 1;
        self.rejects.write(row, code, reason)
    }
}

/// The file of rows that were not taken; made with the first.
struct Rejects {
    path: PathBuf,
    header: StringRecord,
    file: Option<csv::Writer<File>>,
}

impl Rejects {
    fn write(&mut self, row: &StringRecord, code: &str, reason: &str) -> Result<()> {
        if self.file.is_none() {
            let made = reject_path::create(&self.path);
            let made = made.with_context(|| self.path.display().to_string())?;
            let mut file = csv::WriterBuilder::new().flexible(true).from_writer(made);
            let own = ["reject_code", "reject_reason"];
            file.write_record(own.into_iter().chain(&self.header))?;
            self.file = Some(file);
        }
        if let Some(file) = &mut self.file {
            file.write_record([code, reason].into_iter().chain(row))?;
        }
        Ok(())
    }
}
