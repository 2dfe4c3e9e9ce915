//! From SQLite's errors to the port's.

use std::io::{ErrorKind, Write};
use std::path::Path;

use rusqlite::ErrorCode;
use yiwang_cases::StoreError;

/// What SQLite said, in the port's words.
pub(crate) fn from_sqlite(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly(error.to_string())
        }
        _ => StoreError::Broken(error.to_string()),
    }
}

/// Anything else that must not happen.
pub(crate) fn broken(error: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(error.to_string())
}

/// Why writing failed, where SQLite knows no more than "disk I/O error": a
/// small file written beside `file` tells a full disk, a used-up quota and a
/// disk that has become read-only from anything else.
pub(crate) fn look_closer(file: &Path, error: StoreError) -> StoreError {
    let StoreError::Broken(reason) = error else {
        return error;
    };
    let probe = file.with_file_name("probe");
    let tried = std::fs::File::create(&probe)
        .and_then(|mut probe| probe.write_all(&[0; 4096]).and_then(|()| probe.sync_all()));
    // Where it could not be made there is nothing to remove.
    let _ = std::fs::remove_file(&probe);
    match tried.map_err(|error| error.kind()) {
        Err(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => StoreError::Full,
        Err(ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied) => {
            StoreError::ReadOnly(reason)
        }
        _ => StoreError::Broken(reason),
    }
}
