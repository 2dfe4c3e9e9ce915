//! Files beside entries: photographs and documents.

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};
use yiwang_base::{CaseId, Personal, Purpose};
use yiwang_cases::{Sealed, StoreError};

use crate::error::from_sqlite;

/// Keeps the bytes of the file that an entry attaches.
pub(crate) fn insert(sql: &Connection, seq: u64, file: &[u8]) -> Result<(), StoreError> {
    sql.prepare_cached("INSERT INTO file (seq, body) VALUES (?1, ?2)")
        .and_then(|mut statement| statement.execute((seq as i64, file)))
        .map_err(from_sqlite)?;
    Ok(())
}

/// Overwrites the bytes of the file that an entry attached, if it attached one.
pub(crate) fn erase(sql: &Connection, seq: u64) -> Result<(), StoreError> {
    sql.prepare_cached("UPDATE file SET body = zeroblob(length(body)) WHERE seq = ?1")
        .and_then(|mut statement| statement.execute([seq as i64]))
        .map_err(from_sqlite)?;
    Ok(())
}

/// The bytes of the file that an entry of the case attached.
pub(crate) fn read(
    sql: &Connection,
    id: CaseId,
    seq: u64,
) -> Result<Option<Personal<Vec<u8>>>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT file.body FROM file JOIN entry ON entry.seq = file.seq \
             LEFT JOIN erased ON erased.seq = file.seq \
             WHERE file.seq = ?1 AND entry.case_id = ?2 AND erased.seq IS NULL",
        )
        .map_err(from_sqlite)?;
    let bytes = statement.query_row((seq as i64, id.0 as i64), |row| row.get(0));
    Ok(bytes.optional().map_err(from_sqlite)?.map(Personal::new))
}

/// The hash that a sealed part says a file has.
pub(crate) fn sealed_hash(sealed: &[u8]) -> Option<String> {
    match serde_json::from_slice(sealed).ok()? {
        Sealed::File(file) => Some(file.disclose(Purpose::Record).sha256.clone()),
        Sealed::Request(_) | Sealed::Note(_) | Sealed::Joiner(_) => None,
    }
}

/// Whether the bytes beside an entry are those that it was sealed with.
pub(crate) fn is_whole(sql: &Connection, seq: u64, sha256: &str) -> Result<bool, StoreError> {
    let mut statement = sql
        .prepare_cached("SELECT body FROM file WHERE seq = ?1")
        .map_err(from_sqlite)?;
    let found = statement.query_row([seq as i64], |row| {
        let bytes = row.get_ref(0)?.as_bytes()?;
        Ok(hex(&Sha256::digest(bytes)) == sha256)
    });
    Ok(found.optional().map_err(from_sqlite)?.unwrap_or(false))
}

/// In small hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
