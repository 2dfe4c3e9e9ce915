//! From SQLite's errors to the port's.

use rusqlite::ErrorCode;
use yiwang_cases::StoreError;

/// What SQLite said, in the port's words.
pub(crate) fn from_sqlite(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly(error.to_string())
        }
        // A full disk shows as an I/O error where SQLite could not extend a file.
        Some(ErrorCode::SystemIoFailure) if error.to_string().contains("full") => StoreError::Full,
        _ => StoreError::Broken(error.to_string()),
    }
}

/// Anything else that must not happen.
pub(crate) fn broken(error: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(error.to_string())
}
