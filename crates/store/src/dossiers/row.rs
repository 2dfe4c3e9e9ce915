//! A dossier as a row, and its entries.

use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use yiwang_base::{Timestamp, from_millis, to_millis};
use yiwang_cases::StoreError;
use yiwang_cases::civic::{Deed, Dossier, DossierEvent, DossierId, RecordedDeed, Tag, Words};
use yiwang_journal::Entry;

use crate::case_row::{from_json, to_json};
use crate::error::{broken, from_sqlite};

/// What `data` of an entry about a dossier holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DossierData {
    /// For an erasure, the entries it erases: for verifiers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) erases: Vec<u64>,
    /// What happened.
    pub(super) event: DossierEvent,
    /// When it happened, where that is not when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) happened: Option<Timestamp>,
}

pub(super) const COLUMNS: &str = "id, version, opened_at, changed_at, erased, body";

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Dossier> {
    let body: String = row.get(5)?;
    let content = serde_json::from_str(&body).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(5, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(Dossier {
        id: DossierId(row.get::<_, i64>(0)?.unsigned_abs()),
        version: row.get(1)?,
        opened_at: from_millis(row.get(2)?),
        changed_at: from_millis(row.get(3)?),
        erased: row.get(4)?,
        content,
    })
}

pub(super) fn find(sql: &Connection, id: DossierId) -> Result<Option<Dossier>, StoreError> {
    sql.prepare_cached(&format!("SELECT {COLUMNS} FROM dossier WHERE id = ?1"))
        .and_then(|mut statement| statement.query_row([id.0 as i64], from_row).optional())
        .map_err(from_sqlite)
}

/// A tag as it is kept.
pub(super) fn tag_text(tag: &Tag) -> String {
    match tag {
        Tag::Area(code) => format!("area:{code}"),
        Tag::Case(id) => format!("case:{}", id.0),
        Tag::Category(code) => format!("category:{code}"),
        Tag::Unit(code) => format!("unit:{code}"),
    }
}

/// A dossier's tags as they are kept, in order.
pub(super) fn tags(dossier: &Dossier) -> Vec<String> {
    let mut tags: Vec<String> = dossier.head().tags.iter().map(tag_text).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// Writes the row of a dossier as it is now, and what it is found by.
pub(super) fn put(sql: &Connection, dossier: &Dossier) -> Result<(), StoreError> {
    let head = dossier.head();
    let id = dossier.id.0 as i64;
    let body = to_json(&dossier.content)?;
    sql.prepare_cached(
        "INSERT OR REPLACE INTO dossier \
         (id, version, kind, state, due_at, opened_at, changed_at, erased, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .and_then(|mut statement| {
        statement.execute((
            id,
            dossier.version,
            dossier.kind().word(),
            head.state,
            head.due_at.map(to_millis),
            to_millis(dossier.opened_at),
            to_millis(dossier.changed_at),
            dossier.erased,
            &body,
        ))
    })
    .map_err(from_sqlite)?;
    sql.prepare_cached("DELETE FROM dossier_tag WHERE dossier_id = ?1")
        .and_then(|mut statement| statement.execute([id]))
        .map_err(from_sqlite)?;
    for tag in tags(dossier) {
        sql.prepare_cached("INSERT INTO dossier_tag (tag, dossier_id) VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute((&tag, id)))
            .map_err(from_sqlite)?;
    }
    Ok(())
}

pub(super) fn deeds(sql: &Connection, id: DossierId) -> Result<Vec<RecordedDeed>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT entry.seq, entry.body, \
             CASE WHEN erased.seq IS NULL THEN sealed.body END FROM dossier_entry \
             JOIN entry ON entry.seq = dossier_entry.seq \
             LEFT JOIN sealed ON sealed.seq = entry.seq \
             LEFT JOIN erased ON erased.seq = entry.seq \
             WHERE dossier_id = ?1 ORDER BY entry.seq",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement.query([id.0 as i64]).map_err(from_sqlite)?;
    let mut deeds = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let seq: i64 = row.get(0).map_err(from_sqlite)?;
        let body: Vec<u8> = row.get(1).map_err(from_sqlite)?;
        let sealed: Option<Vec<u8>> = row.get(2).map_err(from_sqlite)?;
        let entry = Entry::<DossierData>::parse(&body).map_err(broken)?;
        let words = sealed.map(|sealed| serde_json::from_slice::<Words>(&sealed));
        deeds.push(RecordedDeed {
            seq: seq.unsigned_abs(),
            recorded_at: entry.at,
            deed: Deed {
                at: entry.data.happened.unwrap_or(entry.at),
                by: entry.by.parse().map_err(broken)?,
                grounds: entry.grounds,
                event: entry.data.event,
                words: words.transpose().map_err(broken)?,
            },
        });
    }
    Ok(deeds)
}

/// Reads JSON that this crate wrote.
pub(super) fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    from_json(text)
}
