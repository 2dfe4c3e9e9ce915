//! The manifest: what a backup holds, with SHA-256, so that damage is found.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_server::sensing;

/// Name of its file.
pub(super) const MANIFEST: &str = "manifest.json";
/// Form of the backups that this program makes and reads.
pub(super) const VERSION: u32 = 1;

/// The name of a file of readings in a backup and in a data directory.
pub(super) fn in_history(name: &str) -> String {
    format!("{}/{name}", sensing::FOLDER)
}

/// Whether a name is one of a file of readings, so that it leads nowhere else.
pub(super) fn is_of_history(name: &str) -> bool {
    name.split_once('/').is_some_and(|(folder, name)| {
        folder == sensing::FOLDER && yiwang_history::is_history_file(name)
    })
}

/// What a backup says of itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// Form of the backup.
    pub(super) yiwang_backup: u32,
    pub(super) made_at: Timestamp,
    /// Version of the program that made it.
    pub(super) program: String,
    /// Schema of the record.
    pub(super) schema: u32,
    /// Entries of the record.
    pub(super) entries: u64,
    /// The trail's public key.
    pub(super) key: String,
    pub(super) files: Vec<FileEntry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileEntry {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// Hexadecimal.
    pub(super) sha256: String,
}

impl FileEntry {
    /// The entry of a file as it is on the disk.
    pub(super) fn of(folder: &Path, name: &str) -> Result<FileEntry> {
        let path = folder.join(name);
        let shown = || format!("reading {}", path.display());
        let file = File::open(&path).with_context(shown)?;
        copy(file, std::io::sink(), name).with_context(shown)
    }
}

/// Copies and hashes at once.
pub(super) fn copy(
    mut from: impl Read,
    mut to: impl Write,
    name: &str,
) -> std::io::Result<FileEntry> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
    Ok(FileEntry {
        name: name.to_owned(),
        bytes,
        sha256: hex::encode(hash.finalize()),
    })
}

impl Manifest {
    /// Writes it, durably.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(MANIFEST);
        let text = serde_json::to_string_pretty(self)?;
        let mut file = File::create(&path)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(())
    }

    /// Reads it.
    pub(super) fn read(folder: &Path) -> Result<Manifest> {
        let path = folder.join(MANIFEST);
        let shown = path.display();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            refuse(
                format!("{shown} 无法读取({error})：这不是备份，或备份没有做完"),
                format!("{shown} cannot be read ({error}): this is no backup, or one that was not finished"),
            )
        })?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(|error| {
            refuse(
                format!("{shown} 已损坏：{error}"),
                format!("{shown} is damaged: {error}"),
            )
        })?;
        if manifest.yiwang_backup != VERSION {
            return Err(refuse(
                format!("{shown} 是另一种形式的备份"),
                format!("{shown} is a backup of another form"),
            )
            .at("yiwang_backup")
            .found(manifest.yiwang_backup.to_string())
            .allowing([VERSION.to_string()])
            .into());
        }
        Ok(manifest)
    }
}

/// Refuses a source that is no sound backup.
pub(super) fn refuse(zh: String, en: String) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "restore.source", zh, en).at("SOURCE")
}
