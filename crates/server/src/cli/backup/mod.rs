//! `yiwang backup` and `yiwang restore`.

mod manifest;
mod restore;

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_history::{copy_log, copy_segments};
use yiwang_server::config;
use yiwang_server::data_dir::{self, RECORD};
use yiwang_server::sensing::{self, recorded_segments};
use yiwang_store::{LATEST_SCHEMA, Store, basemap};

pub(crate) use restore::Restore;

use super::progress::thousands;
use super::{Context, verify};
use manifest::{FileEntry, MANIFEST, Manifest};

/// What a backup may hold beside readings, and whether it must; nothing else is restored.
const FILES: [(&str, bool); 5] = [
    (RECORD, true),
    (data_dir::KEY_FILE, true),
    (data_dir::CALLER_KEY_FILE, false),
    (basemap::FILE_NAME, false),
    (config::FILE_NAME, false),
];

/// Copy everything into an empty directory, and check the copy
///
/// Works while a server runs: the record is copied as of one moment, and the
/// readings of sensors as of that moment or a little before. The backup holds the
/// record, the readings, the two keys, the base map and yiwang.toml, with a
/// manifest of their SHA-256. Keep it as safe as the data: the key in it signs
/// for the trail, and the record holds what residents wrote.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang backup /backups/2026-01-31 --data city
  yiwang restore /backups/2026-01-31 --data city-again")]
pub(crate) struct Backup {
    /// The directory to make; it must be missing or empty
    target: PathBuf,
}

#[derive(Serialize)]
struct Report {
    target: PathBuf,
    entries: u64,
    bytes: u64,
    files: Vec<FileEntry>,
}

impl Backup {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode> {
        let (store, key) = context.signed(&context.config()?)?;
        let target = self.target;
        must_be_empty(&target, "TARGET")?;
        data_dir::prepare(&target)?;
        // The log of readings first, then the record, then the segments it knows:
        // what is sealed in between is in one of them.
        let readings = [&context.data, &target].map(|folder| folder.join(sensing::FOLDER));
        let [from, to] = &readings;
        let mut kept = match from.exists() {
            true => copy_log(from, to)?,
            false => Vec::new(),
        };
        context
            .block_on(store.back_up(target.join(RECORD)))?
            .with_context(|| format!("copying the record to {}", target.display()))?;
        // SQLite makes it readable by all; the directory may have been there before.
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(target.join(RECORD), private)?;
        drop(store);
        let recorded = recorded_segments(&Store::open_to_read(&target, 1)?)?;
        kept.extend(copy_segments(from, to, &recorded)?);
        for (name, _) in FILES.into_iter().filter(|(name, _)| *name != RECORD) {
            copy_if_there(&context.data.join(name), &target.join(name))?;
        }
        let outcome = verify::check(&target, &key, true)?;
        let Some(entries) = outcome.entries().filter(|_| outcome.is_sound()) else {
            return Err(not_sound(&outcome.text(context.lang)).into());
        };
        let others = FILES.into_iter().map(|(name, _)| name.to_owned());
        let others = others.filter(|name| target.join(name).exists());
        let kept = kept.into_iter().map(|name| manifest::in_history(&name));
        let files = others
            .chain(kept)
            .map(|name| FileEntry::of(&target, &name))
            .collect::<Result<Vec<_>>>()?;
        let manifest = Manifest {
            yiwang_backup: manifest::VERSION,
            made_at: Timestamp::now(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            schema: LATEST_SCHEMA,
            entries,
            key: key.to_string(),
            files,
        };
        // Written last: a directory without it is no backup.
        manifest.write(&target)?;
        let report = Report {
            bytes: manifest.files.iter().map(|file| file.bytes).sum(),
            files: manifest.files,
            entries,
            target,
        };
        context.report(&report, || text(&report))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn text(report: &Report) -> String {
    format!(
        "{} entries, checked, in {}: {} bytes in {} files and {MANIFEST}",
        thousands(report.entries),
        report.target.display(),
        thousands(report.bytes),
        report.files.len(),
    )
}

/// Copies a file with its permissions, durably; one that is not there is no matter.
fn copy_if_there(from: &Path, to: &Path) -> Result<()> {
    let copied = std::fs::copy(from, to).and_then(|_| File::open(to)?.sync_all());
    match copied {
        Err(error) if error.kind() == ErrorKind::NotFound && !from.exists() => Ok(()),
        other => other.with_context(|| format!("copying {} to {}", from.display(), to.display())),
    }
}

/// Refuses a directory that holds anything but `but`.
fn must_be_missing_or_hold_only(path: &Path, but: &[&str], at: &str) -> Result<()> {
    let entries = match std::fs::read_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("reading {}", path.display()))?,
    };
    for entry in entries {
        let name = entry?.file_name();
        if !but.iter().any(|allowed| name == **allowed) {
            let shown = path.display();
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "backup.not-empty",
                format!("{shown} 不是空目录；未作任何改动，请换一个目录"),
                format!("{shown} is not empty; nothing was changed: name another directory"),
            )
            .at(at)
            .found(name.to_string_lossy())
            .allowing(["a directory that is missing or empty"])
            .into());
        }
    }
    Ok(())
}

fn must_be_empty(path: &Path, at: &str) -> Result<()> {
    must_be_missing_or_hold_only(path, &[], at)
}

fn not_sound(found: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "backup.not-sound",
        format!("副本核验不过，不能作为备份，请保留旧备份：{found}"),
        format!("the copy does not verify and is no backup; keep the older ones: {found}"),
    )
}
