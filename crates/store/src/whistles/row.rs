//! A whistle as rows.

use std::collections::HashMap;

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use yiwang_base::{Timestamp, to_millis};
use yiwang_cases::{StoreError, Whistle, WhistleEvent, WhistleId, WhistleSealed};

use crate::case_row::{from_json, to_json};
use crate::error::{broken, from_sqlite};

/// What `data` of an entry about a whistle holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhistleData {
    /// For an erasure, the entries it erases: here for verifiers, which know
    /// the record but nothing of whistles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) erases: Vec<u64>,
    /// What happened.
    pub(crate) event: WhistleEvent,
    /// When it happened, where that is not when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) happened: Option<Timestamp>,
}

/// The number in the subject of an entry about a whistle, `whistle/12`.
pub(crate) fn subject_number(subject: &str) -> Option<u64> {
    subject.strip_prefix("whistle/")?.parse().ok()
}

/// What the rows of a whistle hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WhistleRow {
    pub(super) id: i64,
    pub(super) version: u32,
    pub(super) kind: String,
    pub(super) stage: String,
    pub(super) by_unit: Option<String>,
    pub(super) case_id: Option<i64>,
    pub(super) area: Option<String>,
    pub(super) due_at: Option<i64>,
    pub(super) blown_at: i64,
    pub(super) words_seq: Option<i64>,
    pub(super) body: String,
    /// The unit of each call and when it was called.
    pub(super) calls: Vec<(String, i64)>,
}

/// The columns of `whistle` in the order of [`WhistleRow::read`].
pub(super) const COLUMNS: &str =
    "id, version, kind, stage, by_unit, case_id, area, due_at, blown_at, words_seq, body";

impl WhistleRow {
    /// The rows of a whistle whose words are sealed beside entry `words_seq`.
    pub(super) fn of(whistle: &Whistle, words_seq: Option<i64>) -> Result<WhistleRow, StoreError> {
        let calls = whistle.calls.iter();
        Ok(WhistleRow {
            id: whistle.id.0 as i64,
            version: whistle.version,
            kind: whistle.kind.word().into(),
            stage: whistle.stage.word().into(),
            by_unit: whistle.by.as_ref().map(ToString::to_string),
            case_id: whistle.case.map(|case| case.0 as i64),
            area: whistle.area.as_ref().map(ToString::to_string),
            due_at: whistle.due_at().map(to_millis),
            blown_at: to_millis(whistle.blown_at),
            words_seq: words_seq.filter(|_| !whistle.erased),
            body: to_json(whistle)?,
            calls: calls
                .map(|call| (call.unit.to_string(), to_millis(call.called_at)))
                .collect(),
        })
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<WhistleRow> {
        Ok(WhistleRow {
            id: row.get(0)?,
            version: row.get(1)?,
            kind: row.get(2)?,
            stage: row.get(3)?,
            by_unit: row.get(4)?,
            case_id: row.get(5)?,
            area: row.get(6)?,
            due_at: row.get(7)?,
            blown_at: row.get(8)?,
            words_seq: row.get(9)?,
            body: row.get(10)?,
            calls: Vec::new(),
        })
    }
}

/// Reads a whistle from its body and what is sealed of it.
pub(super) fn from_columns(body: &str, sealed: Option<&[u8]>) -> Result<Whistle, StoreError> {
    let mut whistle: Whistle = from_json(body)?;
    if let Some(sealed) = sealed {
        whistle.words = match serde_json::from_slice(sealed).map_err(broken)? {
            WhistleSealed::Words(words) => Some(words),
            WhistleSealed::Presence(_) | WhistleSealed::Note(_) => {
                return Err(broken("a whistle's words are something else"));
            }
        };
    }
    Ok(whistle)
}

/// Whistles whose rows are not what their entries add up to, by their subjects.
/// `expected` has each whistle by its number, with the entry its words are
/// sealed beside; `entries` the whistle that each entry is about.
pub(crate) fn differing(
    sql: &Connection,
    mut expected: HashMap<u64, (Whistle, Option<i64>)>,
    mut entries: HashMap<u64, u64>,
) -> Result<Vec<String>, StoreError> {
    let mut differing = std::collections::BTreeSet::new();
    let mut statement = sql
        .prepare("SELECT whistle_id, unit, called_at FROM whistle_call ORDER BY whistle_id, place")
        .map_err(from_sqlite)?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))
        .map_err(from_sqlite)?;
    let mut calls: HashMap<i64, Vec<(String, i64)>> = HashMap::new();
    for row in rows {
        let (id, call) = row.map_err(from_sqlite)?;
        calls.entry(id).or_default().push(call);
    }
    let mut statement = sql
        .prepare(&format!("SELECT {COLUMNS} FROM whistle"))
        .map_err(from_sqlite)?;
    let rows = statement
        .query_map([], WhistleRow::read)
        .map_err(from_sqlite)?;
    for row in rows {
        let mut row = row.map_err(from_sqlite)?;
        row.calls = calls.remove(&row.id).unwrap_or_default();
        let id = row.id as u64;
        let same = match expected.remove(&id) {
            Some((whistle, words_seq)) => WhistleRow::of(&whistle, words_seq)? == row,
            None => false,
        };
        if !same {
            differing.insert(id);
        }
    }
    differing.extend(calls.into_keys().map(|id| id as u64));
    differing.extend(expected.into_keys());
    let mut statement = sql
        .prepare("SELECT seq, whistle_id FROM whistle_entry")
        .map_err(from_sqlite)?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
        .map_err(from_sqlite)?;
    for row in rows {
        let (seq, id) = row.map_err(from_sqlite)?;
        let about = entries.remove(&(seq as u64));
        if about != Some(id as u64) {
            differing.insert(id as u64);
            differing.extend(about);
        }
    }
    differing.extend(entries.into_values());
    let subject = |id: &u64| format!("whistle/{}", WhistleId(*id).0);
    Ok(differing.iter().map(subject).collect())
}
