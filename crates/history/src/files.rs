//! Names and hashes of files.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::batch::AppendError;
use crate::segment::SegmentMeta;

/// The log's folder.
pub(crate) const LOG: &str = "log";
/// The segments' folder.
pub(crate) const SEGMENTS: &str = "segments";

/// A part of the log, by the row number of its first reading.
pub(crate) fn log_file(directory: &Path, first: u64) -> PathBuf {
    directory.join(LOG).join(format!("{first:020}.log"))
}

/// A segment by its name.
pub(crate) fn segment_file(directory: &Path, name: &str) -> PathBuf {
    directory.join(SEGMENTS).join(name)
}

/// Makes a folder where it is missing, for its owner only: readings tell when
/// people are at home.
pub(crate) fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Makes what was done in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// SHA-256 of a file, hexadecimal, and its length.
pub(crate) fn hash_file(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut length = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex::encode(hash.finalize()), length));
        }
        hash.update(&buffer[..read]);
        length += read as u64;
    }
}

/// Holds a segment's file in a history's directory against what the record
/// says of it. `None` when it is the same, else what is wrong.
pub fn check_segment(directory: &Path, meta: &SegmentMeta) -> Option<String> {
    match hash_file(&segment_file(directory, &meta.name)) {
        Ok((hash, _)) if hash == meta.sha256 => None,
        Ok((hash, _)) => Some(format!(
            "its SHA-256 is {hash}, recorded is {}",
            meta.sha256
        )),
        Err(error) => Some(error.to_string()),
    }
}

/// What the disk said, for whoever hands over a batch.
pub(crate) fn append_error(error: &std::io::Error) -> AppendError {
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded => AppendError::Full,
        ReadOnlyFilesystem | PermissionDenied => AppendError::ReadOnly(error.to_string()),
        _ => AppendError::Broken(error.to_string()),
    }
}
