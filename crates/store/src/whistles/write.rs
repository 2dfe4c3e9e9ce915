//! Writing whistles.

use rusqlite::{Connection, ToSql};
use yiwang_base::{Purpose, Timestamp, to_millis, truncate_millis};
use yiwang_cases::{
    Receipt, StoreError, Whistle, WhistleAppended, WhistleChange, WhistleEvent, WhistleHappening,
    WhistleId,
};
use yiwang_journal::{ENTRY_VERSION, Entry};

use super::row::{WhistleData, WhistleRow};
use crate::append::{Prepared, SealedBody, prepare, salted};
use crate::erase::erase_sealed;
use crate::error::{broken, from_sqlite};
use crate::store::one;
use crate::writer::Transaction;

/// Entry numbers of a whistle beside which something is sealed now.
const SEALED: &str = "SELECT whistle_entry.seq FROM whistle_entry \
    JOIN sealed ON sealed.seq = whistle_entry.seq \
    LEFT JOIN erased ON erased.seq = whistle_entry.seq \
    WHERE whistle_entry.whistle_id = ?1 AND erased.seq IS NULL";

/// The highest number that a whistle has.
pub(crate) fn last_number(sql: &Connection) -> Result<u64, StoreError> {
    let last: Option<i64> = one(sql, "SELECT max(id) FROM whistle", [])?;
    Ok(last.unwrap_or(0).unsigned_abs())
}

/// Entry numbers of a whistle beside which something is sealed now.
pub(super) fn sealed(sql: &Connection, id: WhistleId) -> Result<Vec<u64>, StoreError> {
    let mut statement = sql
        .prepare_cached(&format!("{SEALED} ORDER BY whistle_entry.seq"))
        .map_err(from_sqlite)?;
    let rows = statement
        .query_map([id.0 as i64], |row| row.get::<_, i64>(0))
        .map_err(from_sqlite)?;
    rows.map(|row| row.map(i64::unsigned_abs).map_err(from_sqlite))
        .collect()
}

/// The whistle that the same call changed before. Keys of calls about whistles
/// stand among those of cases: the column has the number of what was changed.
pub(super) fn repeated(
    sql: &Connection,
    receipt: &Receipt,
) -> Result<Option<WhistleId>, StoreError> {
    Ok(crate::append::repeated(sql, receipt)?.map(|id| WhistleId(id.0)))
}

/// A change with its entry made; the costly part, done before the writer's turn.
pub(crate) struct PreparedWhistle {
    entry: Prepared,
    erases: Vec<u64>,
    expected_version: u32,
    after: Whistle,
    receipt: Option<Receipt>,
    recorded_at: Timestamp,
}

pub(super) fn prepare_change(change: WhistleChange) -> Result<PreparedWhistle, StoreError> {
    let recorded_at = truncate_millis(change.recorded_at);
    let erases = match &change.happening.event {
        WhistleEvent::Erased { erases } => erases.clone(),
        _ => Vec::new(),
    };
    let subject = format!("whistle/{}", change.after.id.0);
    Ok(PreparedWhistle {
        entry: prepare_happening(subject, change.happening, erases.clone(), recorded_at)?,
        erases,
        expected_version: change.expected_version,
        after: change.after,
        receipt: change.receipt,
        recorded_at,
    })
}

fn prepare_happening(
    subject: String,
    happening: WhistleHappening,
    erases: Vec<u64>,
    recorded_at: Timestamp,
) -> Result<Prepared, StoreError> {
    let seal = |sealed: &yiwang_cases::WhistleSealed| {
        let mut body = Vec::new();
        sealed
            .disclose_as(Purpose::Record, &mut serde_json::Serializer::new(&mut body))
            .map_err(broken)?;
        SealedBody::new(body)
    };
    let sealed = happening.sealed.as_ref().map(seal).transpose()?;
    let entry = Entry {
        at: recorded_at,
        by: happening.by.to_string(),
        kind: format!("whistle.{}", happening.event.word()),
        data: WhistleData {
            erases,
            event: happening.event,
            happened: Some(happening.at).filter(|at| *at != recorded_at),
        },
        grounds: happening.grounds,
        sealed: None,
        subject,
        v: ENTRY_VERSION,
    };
    prepare(entry, sealed)
}

impl Transaction<'_> {
    /// Writes a prepared change, or says why not without having written anything.
    pub(super) fn change_whistle(
        &mut self,
        change: &PreparedWhistle,
    ) -> Result<WhistleAppended, StoreError> {
        if let Some(receipt) = &change.receipt
            && let Some(id) = repeated(self.sql, receipt)?
        {
            return Ok(WhistleAppended::Repeated(id));
        }
        let id = change.after.id.0 as i64;
        let query = "SELECT version FROM whistle WHERE id = ?1";
        let current = one(self.sql, query, [id])?.unwrap_or(0);
        if current != change.expected_version {
            return Err(StoreError::Changed { current });
        }
        for &entry in &change.erases {
            let query = format!("{SEALED} AND whistle_entry.seq = ?2");
            let found: Option<i64> = one(self.sql, &query, (id, entry as i64))?;
            if found.is_none() {
                return Err(StoreError::NothingSealed { entry });
            }
        }
        let seq = self.append(&change.entry, None)? as i64;
        execute(
            self.sql,
            "INSERT INTO whistle_entry (seq, whistle_id) VALUES (?1, ?2)",
            &[&seq, &id],
        )?;
        let words_seq = if current == 0 {
            change.entry.sealed.as_ref().map(|_| seq)
        } else {
            let query = "SELECT words_seq FROM whistle WHERE id = ?1";
            one(self.sql, query, [id])?
        };
        write(self.sql, &WhistleRow::of(&change.after, words_seq)?)?;
        if !change.erases.is_empty() {
            erase_sealed(self.sql, &change.erases, seq as u64)?;
            *self.erased = true;
        }
        if let Some(receipt) = &change.receipt {
            let salt = change.entry.sealed.as_ref().map(|sealed| &sealed.salt);
            let fingerprint = salted(&receipt.fingerprint, salt);
            let at = to_millis(change.recorded_at);
            execute(
                self.sql,
                "INSERT INTO receipt (key, fingerprint, salted_by, case_id, at) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                &[&receipt.key, &fingerprint, &salt.map(|_| seq), &id, &at],
            )?;
        }
        Ok(WhistleAppended::Done)
    }
}

fn write(sql: &Connection, row: &WhistleRow) -> Result<(), StoreError> {
    execute(
        sql,
        "INSERT OR REPLACE INTO whistle \
         (id, version, kind, stage, by_unit, case_id, area, due_at, blown_at, words_seq, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &[
            &row.id,
            &row.version,
            &row.kind,
            &row.stage,
            &row.by_unit,
            &row.case_id,
            &row.area,
            &row.due_at,
            &row.blown_at,
            &row.words_seq,
            &row.body,
        ],
    )?;
    // Calls are only added: those that are there stay as they are.
    for (place, (unit, called_at)) in (0_i64..).zip(&row.calls) {
        execute(
            sql,
            "INSERT OR IGNORE INTO whistle_call (whistle_id, place, unit, called_at) \
             VALUES (?1, ?2, ?3, ?4)",
            &[&row.id, &place, unit, called_at],
        )?;
    }
    Ok(())
}

fn execute(sql: &Connection, query: &str, values: &[&dyn ToSql]) -> Result<(), StoreError> {
    sql.prepare_cached(query)
        .and_then(|mut statement| statement.execute(values))
        .map_err(from_sqlite)?;
    Ok(())
}
