//! Checking a data directory: every entry, seal, tile and checkpoint.

use std::path::Path;

use yiwang_cases::StoreError;
use yiwang_journal::{Fault, Record, Report, Sealed, Verifier, VerifierKey};

use crate::error::from_sqlite;
use crate::scan::{JournalRow, ScanProgress, open_record, scan};
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
    let sql = open_record(directory)?;
    let mut statement = sql
        .prepare("SELECT note FROM checkpoint ORDER BY size")
        .map_err(from_sqlite)?;
    let notes = statement
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(from_sqlite)?;
    let mut verifier = Verifier::new(key, notes, StoredTiles(&sql));
    let mut fault = None;
    let scanned = scan(directory, progress, |row| {
        verifier.feed(&record(&row)).map_err(|found| {
            fault = Some(found);
            StoreError::Broken("a fault ends the scan".into())
        })
    });
    if let Some(fault) = fault {
        return Err(VerifyError::Fault(fault));
    }
    scanned?;
    verifier.finish().map_err(VerifyError::Fault)
}

/// A row in the journal's words. A salt or body missing without a mark of
/// erasure is as if nothing were there; the verifier then misses the seal.
fn record(row: &JournalRow) -> Record<'_> {
    let sealed = match (row.erased_by, &row.salt, &row.sealed) {
        (None, Some(salt), Some(body)) => Sealed::Present { salt, body },
        (Some(by), None, None) => Sealed::Erased { by },
        _ => Sealed::None,
    };
    Record {
        seq: row.seq,
        bytes: &row.body,
        leaf: row.hash,
        sealed,
    }
}
