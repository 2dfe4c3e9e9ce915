//! Copying a history while it is written to.
//!
//! A whole copy takes three steps, in this order: the log ([`copy_log`]), the
//! record, and the segments that the copied record knows ([`copy_segments`]). What
//! is sealed after the log was copied stands in the record and its segments, and
//! its part of the copied log is passed over when the copy is opened; what is
//! appended after that is not in the copy.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use crate::files::{LOG, SEGMENTS, make_folder, sync_folder};
use crate::history::HistoryError;
use crate::segment::SegmentMeta;

/// Copies the log of the history in `from` to `to`, durably. Gives the names of
/// the files, below both.
///
/// # Errors
/// When the file system refuses.
pub fn copy_log(from: &Path, to: &Path) -> Result<Vec<String>, HistoryError> {
    let folder = from.join(LOG);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(at(&folder))? {
        let name = entry.map_err(at(&folder))?.file_name();
        names.push(format!("{LOG}/{}", name.to_string_lossy()));
    }
    names.retain(|name| is_history_file(name));
    names.sort_unstable();
    let mut copied = Vec::new();
    for name in names {
        match copy(from, to, &name) {
            Ok(()) => copied.push(name),
            // It was sealed since, and the record is copied later.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(at(&from.join(name))(error)),
        }
    }
    Ok(copied)
}

/// Copies segments as [`copy_log`] does the log.
///
/// # Errors
/// When the file system refuses, or a segment has given way to a roll-up since
/// the record was copied: then a copy can be made anew.
pub fn copy_segments(
    from: &Path,
    to: &Path,
    recorded: &[SegmentMeta],
) -> Result<Vec<String>, HistoryError> {
    let mut names: Vec<String> = recorded
        .iter()
        .map(|meta| format!("{SEGMENTS}/{}", meta.name))
        .collect();
    names.sort_unstable();
    for name in &names {
        copy(from, to, name).map_err(at(&from.join(name)))?;
    }
    Ok(names)
}

/// Whether a name is one that [`copy_log`] or [`copy_segments`] gives.
pub fn is_history_file(name: &str) -> bool {
    let plain = |stem: &str| {
        !stem.is_empty() && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    match name.split_once('/') {
        Some((LOG, file)) => file.strip_suffix(".log").is_some_and(plain),
        Some((SEGMENTS, file)) => file.strip_suffix(".parquet").is_some_and(plain),
        _ => false,
    }
}

fn copy(from: &Path, to: &Path, name: &str) -> std::io::Result<()> {
    let target = to.join(name);
    let folder = target.parent().unwrap_or(to);
    make_folder(folder)?;
    std::fs::copy(from.join(name), &target)?;
    File::open(&target)?.sync_all()?;
    sync_folder(folder)
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> HistoryError + use<> {
    let path = path.to_owned();
    |source| HistoryError::Io { path, source }
}
