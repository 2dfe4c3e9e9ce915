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
use yiwang_server::city::City;
use yiwang_server::import::readings::{ReadingsMapping, ReadingsReader};
use yiwang_server::import::readings_file::{FileRow, ReadingsFile};
use yiwang_server::import::rejects::{Reject, RejectFile};
use yiwang_server::sensing::{Sender, Sensing, seal_all};
use yiwang_store::Store;

use super::{file_name, reject_path};
use crate::cli::Context;
use crate::cli::progress::{Progress, thousands};

/// Import readings of datastreams from a CSV or Parquet file
///
/// The mapping is a TOML file: at, value and stream name columns, times says how
/// times are written. Datastreams are those of the register, by number or by
/// name. The same file under the same mapping adds nothing the second time. Rows
/// that cannot be taken go to a file in DIR/rejects, each with its line and its
/// reason; mended there, they are imported from that file.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import readings levels.csv --mapping levels.toml --data city
  yiwang import readings levels.parquet --mapping levels.toml --data city

A mapping:
  at = \"time\"
  value = \"level_m\"
  stream = \"gauge\"
  times = \"rfc3339\"   # or epoch_ms, epoch_s
  zone = \"Asia/Shanghai\"   # of times without an offset; the city's unless said")]
pub(super) struct Readings {
    /// The file: CSV with a header, UTF-8, or Parquet
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
        let source = source(&self.file, &mapping)?;
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
        let mut file =
            ReadingsFile::open(&self.file).with_context(|| self.file.display().to_string())?;
        let header = file.header().clone();
        let city = City::load(store)?;
        let zone = city.rules.calendar.zone();
        let mut work = Work {
            sensing: &sensing,
            store,
            reader: ReadingsReader::new(store, mapping, &header, zone)?,
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
        while let Some(row) = file
            .next_row()
            .with_context(|| self.file.display().to_string())?
        {
            work.report.rows += 1;
            work.read(row)?;
            if work.readings.len() == BATCH {
                work.send().await?;
                progress.at(work.report.rows, None);
            }
        }
        work.send().await?;
        sensing.history.keep_spans()?;
        let mut report = work.report;
        if let Some(mut file) = work.rejects.file {
            file.flush()?;
            report.rejects = Some(work.rejects.path);
        }
        Ok(report)
    }
}

/// What names a file's batches: its name, and a hash of it and of what its mapping says.
fn source(file: &Path, mapping: &ReadingsMapping) -> Result<String> {
    let mut hash = Sha256::new();
    let mut opened = File::open(file).with_context(|| file.display().to_string())?;
    std::io::copy(&mut opened, &mut hash)?;
    hash.update(serde_json::to_vec(mapping)?);
    let hash = hex::encode(&hash.finalize()[..16]);
    let name: String = file_name(file).chars().take(40).collect();
    Ok(format!("import/{name}/{hash}"))
}

struct Work<'a> {
    sensing: &'a Sensing,
    store: &'a Store,
    reader: ReadingsReader<'a, Store>,
    source: String,
    seq: u64,
    readings: Vec<Reading>,
    /// The rows that the readings are of.
    rows: Vec<FileRow>,
    rejects: Rejects,
    report: Report,
}

impl Work<'_> {
    fn read(&mut self, row: FileRow) -> Result<()> {
        let Ok(text) = StringRecord::from_byte_record(row.cells.clone()) else {
            let (zh, en) = ("此行不是 UTF-8 文字", "this row is no text in UTF-8");
            let reject = Reject::new("readings.row", "", "", zh, en);
            return self.reject(&row, &reject);
        };
        match self.reader.read(&text) {
            Ok(reading) => {
                self.readings.push(reading);
                self.rows.push(row);
                Ok(())
            }
            Err(refusal) => self.refuse(&row, refusal),
        }
    }

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
        for (position, refusal) in taken.refused {
            self.refuse(&rows[position as usize], refusal)?;
        }
        if self.sensing.history.wait_for_part(Duration::ZERO) {
            let handle = tokio::runtime::Handle::current();
            tokio::task::block_in_place(|| {
                seal_all(&self.sensing.history, self.store, &handle, now)
            })?;
        }
        Ok(())
    }

    fn refuse(&mut self, row: &FileRow, refusal: Refusal) -> Result<()> {
        let column = self.reader.column(&refusal);
        self.reject(row, &Reject::from_refusal(refusal, &column))
    }

    fn reject(&mut self, row: &FileRow, reject: &Reject) -> Result<()> {
        self.report.rejected += 1;
        self.rejects.write(row, reject)
    }
}

/// The file of rows that were not taken; made with the first.
struct Rejects {
    path: PathBuf,
    header: StringRecord,
    file: Option<RejectFile<'static, File>>,
}

impl Rejects {
    fn write(&mut self, row: &FileRow, reject: &Reject) -> Result<()> {
        if self.file.is_none() {
            let made = reject_path::create(&self.path);
            let mut file = RejectFile::new(made.with_context(|| self.path.display().to_string())?);
            file.set_header(self.header.as_byte_record());
            self.file = Some(file);
        }
        if let Some(file) = &mut self.file {
            file.write(row.line, reject, &row.cells)?;
        }
        Ok(())
    }
}
