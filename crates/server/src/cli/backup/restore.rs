//! `yiwang restore`.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_journal::VerifierKey;
use yiwang_server::{data_dir, sensing};
use yiwang_store::LATEST_SCHEMA;

use super::manifest::{self, FileEntry, Manifest, refuse};
use super::{FILES, must_be_missing_or_hold_only};
use crate::cli::progress::thousands;
use crate::cli::{Context, verify};

/// Where files wait until all of them are checked.
const WAITING: &str = ".restoring";

/// Put a backup into the data directory, which must be missing or empty
///
/// Every file is compared with the manifest, and the whole record is checked as
/// `yiwang verify` does, before anything takes its place.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang restore /backups/2026-01-31 --data city-again")]
pub(crate) struct Restore {
    /// The backup
    source: PathBuf,
}

#[derive(Serialize)]
struct Report<'a> {
    data: &'a Path,
    made_at: String,
    entries: u64,
    key: &'a str,
    files: Vec<&'a str>,
}

impl Restore {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        let manifest = Manifest::read(&self.source)?;
        check_manifest(&manifest)?;
        let data = &context.data;
        must_be_missing_or_hold_only(data, &[WAITING], "--data")?;
        data_dir::prepare(data)?;
        let waiting = data.join(WAITING);
        // Left by a restore that was stopped.
        if waiting.exists() {
            std::fs::remove_dir_all(&waiting)?;
        }
        data_dir::prepare(&waiting)?;
        let restored = self.restore(context, &manifest, &waiting);
        std::fs::remove_dir_all(&waiting)?;
        restored?;
        let report = Report {
            data,
            made_at: manifest.made_at.to_string(),
            entries: manifest.entries,
            key: &manifest.key,
            files: manifest
                .files
                .iter()
                .map(|file| file.name.as_str())
                .collect(),
        };
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }

    fn restore(&self, context: &Context, manifest: &Manifest, waiting: &Path) -> Result<()> {
        for expected in &manifest.files {
            self.copy(expected, waiting)?;
        }
        let key: VerifierKey = manifest.key.parse().map_err(|_| other_key())?;
        let own = data_dir::read_trail_key(waiting)?;
        if own.is_none_or(|own| *own.verifier() != key) {
            return Err(other_key().into());
        }
        let outcome = verify::check(waiting, &key, true)?;
        if !outcome.is_sound() || outcome.entries() != Some(manifest.entries) {
            let found = outcome.text(context.lang);
            return Err(refuse(
                format!("备份中的案卷库核验不过，未恢复任何内容，请改用另一份备份：{found}"),
                format!("the record in the backup does not verify, and nothing was restored: use another backup. {found}"),
            )
            .into());
        }
        let readings = waiting.join(sensing::FOLDER);
        if readings.exists() {
            std::fs::rename(readings, context.data.join(sensing::FOLDER))?;
        }
        // The record last: without it a directory is no city's.
        for (name, _) in FILES.iter().rev() {
            if manifest.files.iter().any(|file| file.name == *name) {
                std::fs::rename(waiting.join(name), context.data.join(name))?;
            }
        }
        File::open(&context.data)?.sync_all()?;
        Ok(())
    }

    /// Copies a file, comparing it with what the manifest says.
    fn copy(&self, expected: &FileEntry, waiting: &Path) -> Result<()> {
        let from = self.source.join(&expected.name);
        let shown = from.display();
        let file = File::open(&from).map_err(|error| {
            refuse(
                format!("备份不全：{shown} 无法读取({error})。未恢复任何内容，请改用另一份备份"),
                format!("the backup is not whole: {shown} cannot be read ({error}). Nothing was restored: use another backup"),
            )
        })?;
        let to = waiting.join(&expected.name);
        data_dir::prepare(to.parent().unwrap_or(waiting))?;
        let to = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(to)?;
        let found = manifest::copy(file, &to, &expected.name)
            .with_context(|| format!("copying {shown}"))?;
        to.sync_all()?;
        if found != *expected {
            return Err(refuse(
                format!("备份已损坏：{shown} 与清单不符。未恢复任何内容，请改用另一份备份"),
                format!("the backup is damaged: {shown} is not what the manifest says. Nothing was restored: use another backup"),
            )
            .found(format!("{} bytes, SHA-256 {}", found.bytes, found.sha256))
            .allowing([format!("{} bytes, SHA-256 {}", expected.bytes, expected.sha256)])
            .into());
        }
        Ok(())
    }
}

/// A manifest names our files only, each once, and those that must be there; then
/// those of readings.
fn check_manifest(manifest: &Manifest) -> Result<()> {
    if manifest.schema > LATEST_SCHEMA {
        return Err(refuse(
            "备份由更新版本的 yiwang 做成；请使用更新版本恢复".to_owned(),
            "the backup was made by a newer yiwang; restore it with that".to_owned(),
        )
        .found(format!(
            "schema {}, made by {}",
            manifest.schema, manifest.program
        ))
        .allowing([format!("schema 1 to {LATEST_SCHEMA}")])
        .into());
    }
    let all = manifest.files.iter().map(|file| file.name.as_str());
    let (readings, names): (Vec<&str>, Vec<&str>) =
        all.partition(|name| manifest::is_of_history(name));
    let once = readings.iter().collect::<BTreeSet<_>>().len() == readings.len();
    let ours: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    let in_order: Vec<&str> = ours
        .iter()
        .copied()
        .filter(|name| names.contains(name))
        .collect();
    let missing = FILES
        .iter()
        .any(|(name, must)| *must && !names.contains(name));
    if names != in_order || missing || !once {
        return Err(refuse(
            "清单所列文件不对".to_owned(),
            "the manifest does not list the files of a backup".to_owned(),
        )
        .found(names.join(", "))
        .allowing(ours)
        .into());
    }
    Ok(())
}

fn other_key() -> yiwang_base::Refusal {
    refuse(
        "备份中的密钥与清单不符。未恢复任何内容，请改用另一份备份".to_owned(),
        "the key in the backup is not the one in its manifest. Nothing was restored: use another backup"
            .to_owned(),
    )
}

fn text(report: &Report<'_>) -> String {
    let data = report.data.display();
    format!(
        "{} entries of {} are in {data}, checked; `yiwang serve --data {data}` goes on from there\nthe trail's key is {}",
        thousands(report.entries),
        report.made_at,
        report.key,
    )
}
