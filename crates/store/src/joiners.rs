//! Those who joined a case (同感), by their follow codes.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};
use yiwang_base::{CaseId, Purpose};
use yiwang_cases::{Event, Sealed, StoreError};

use crate::case_row::follow_hash;
use crate::error::from_sqlite;
use crate::store::one;

/// Someone who joins, as far as a row tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Joined {
    follow_code: [u8; 32],
    number: u32,
}

impl Joined {
    /// Who joins by an event, unless that was erased.
    pub(crate) fn of(event: &Event, sealed: Option<&Sealed>) -> Option<Joined> {
        match (event, sealed) {
            (Event::Joined(joined), Some(Sealed::Joiner(joiner))) => Some(Joined {
                follow_code: follow_hash(&joiner.disclose(Purpose::Record).follow_code),
                number: joined.number,
            }),
            _ => None,
        }
    }

    /// Refuses a follow code that is somebody's already.
    pub(crate) fn check_free(&self, sql: &Connection) -> Result<(), StoreError> {
        check_free(sql, &self.follow_code)
    }

    /// Writes the row; the rest is sealed beside entry `seq`.
    pub(crate) fn insert(&self, sql: &Connection, id: CaseId, seq: u64) -> Result<(), StoreError> {
        sql.prepare_cached(
            "INSERT INTO joiner (follow_code, case_id, number, seq) VALUES (?1, ?2, ?3, ?4)",
        )
        .and_then(|mut insert| {
            insert.execute((&self.follow_code, id.0 as i64, self.number, seq as i64))
        })
        .map_err(from_sqlite)?;
        Ok(())
    }
}

/// Refuses a follow code, by its hash, that is somebody's already.
pub(crate) fn check_free(sql: &Connection, hash: &[u8; 32]) -> Result<(), StoreError> {
    let query = "SELECT 1 FROM cases WHERE follow_code = ?1 \
                 UNION ALL SELECT 1 FROM joiner WHERE follow_code = ?1";
    match one::<i64>(sql, query, [hash])? {
        Some(_) => Err(StoreError::FollowCodeTaken),
        None => Ok(()),
    }
}

/// Forgets those whose words beside these entries are erased.
pub(crate) fn forget(sql: &Connection, entries: &[u64]) -> Result<(), StoreError> {
    for seq in entries {
        sql.prepare_cached("DELETE FROM joiner WHERE seq = ?1")
            .and_then(|mut delete| delete.execute([*seq as i64]))
            .map_err(from_sqlite)?;
    }
    Ok(())
}

/// The case that somebody with this follow code joined, and the person's number.
pub(crate) fn find(sql: &Connection, code: &str) -> Result<Option<(CaseId, u32)>, StoreError> {
    sql.prepare_cached("SELECT case_id, number FROM joiner WHERE follow_code = ?1")
        .and_then(|mut statement| {
            let row = statement.query_row([follow_hash(code)], |row| {
                Ok((CaseId(row.get::<_, i64>(0)?.unsigned_abs()), row.get(1)?))
            });
            row.optional()
        })
        .map_err(from_sqlite)
}

/// Cases whose rows of joiners are not what the entries say, by their numbers.
/// `expected` has who joins by an entry, and which case.
pub(crate) fn differing(
    sql: &Connection,
    mut expected: HashMap<u64, (u64, Joined)>,
) -> Result<Vec<u64>, StoreError> {
    let mut statement = sql
        .prepare("SELECT seq, case_id, number, follow_code FROM joiner")
        .map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    let mut differing = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let number = |column| row.get::<_, i64>(column).map_err(from_sqlite);
        let (seq, id) = (number(0)? as u64, number(1)? as u64);
        let stored = Joined {
            number: row.get(2).map_err(from_sqlite)?,
            follow_code: row.get(3).map_err(from_sqlite)?,
        };
        let expected = expected.remove(&seq);
        if expected.as_ref() != Some(&(id, stored)) {
            differing.push(id);
            differing.extend(expected.map(|(id, _)| id));
        }
    }
    differing.extend(expected.into_values().map(|(id, _)| id));
    Ok(differing)
}
