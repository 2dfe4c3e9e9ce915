//! Checking a data directory: every entry, seal, tile and checkpoint.

use std::path::Path;

use yiwang_cases::StoreError;
use yiwang_journal::{Checked, Fault, Record, Report, Sealed, Verifier, VerifierKey, check};

use crate::error::from_sqlite;
use crate::scan::{JournalRow, Scan, ScanProgress};
use crate::trail::StoredTiles;

/// Why a check did not end well.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The record was changed: here is the first bad entry.
    #[error("{0}")]
    Fault(Fault),
    /// The record could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks the record in a data directory against the log's key. Needs no
/// server, and works beside one.
///
/// # Errors
/// The first fault, or that the record cannot be read.
pub fn verify(
    directory: &Path,
    key: &VerifierKey,
    progress: &mut dyn FnMut(ScanProgress),
) -> Result<Report, VerifyError> {
    let (sql, scan) = Scan::open(directory)?;
    let mut statement = sql
        .prepare("SELECT note FROM checkpoint ORDER BY size")
        .map_err(from_sqlite)?;
    let notes = statement
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(from_sqlite)?;
    let mut verifier = Verifier::new(key, notes, StoredTiles(&sql));
    scan.run(
        progress,
        |row| Ok(checked(row)),
        |checked| verifier.take(checked).map_err(VerifyError::Fault),
    )?;
    verifier.finish().map_err(VerifyError::Fault)
}

/// Checks a row by itself. Zeros that nothing marks as an erasure fit no seal.
fn checked(row: &JournalRow<'_>) -> Checked {
    let sealed = match (&row.sealed, row.erased_by) {
        (Some(sealed), Some(by)) if !sealed.is_zero() => Sealed::Kept { by },
        (_, Some(by)) => Sealed::Erased { by },
        (Some(sealed), None) => Sealed::Present {
            salt: &sealed.salt,
            body: sealed.body,
        },
        (None, None) => Sealed::None,
    };
    check(&Record {
        seq: row.seq,
        bytes: row.body,
        leaf: row.hash,
        sealed,
    })
}
