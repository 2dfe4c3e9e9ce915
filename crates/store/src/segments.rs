//! Segments of readings: one entry each, with the hash of its file.

use std::collections::HashMap;

use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use yiwang_base::{Timestamp, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_journal::{ENTRY_VERSION, Entry, EntryView};

use crate::Store;
use crate::append::prepare;
use crate::case_row::from_json;
use crate::error::{broken, from_sqlite};

const SUBJECT: &str = "segment/";

/// The name of the segment that an entry is about.
pub(crate) fn subject_name(subject: &str) -> Option<&str> {
    subject.strip_prefix(SUBJECT)
}

impl Store {
    /// Writes down that a segment is there, and that those it replaces no longer
    /// count. `body` says what it holds, with its hash.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn record_segment<T: Serialize>(
        &self,
        name: String,
        body: &T,
        replaces: Vec<String>,
        by: String,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let entry = Entry {
            at: truncate_millis(at),
            by,
            data: body,
            grounds: None,
            kind: "segment.sealed".to_owned(),
            sealed: None,
            subject: format!("{SUBJECT}{name}"),
            v: ENTRY_VERSION,
        };
        let entry = prepare(entry, None)?;
        let written = EntryView::<&RawValue>::parse(&entry.body).map_err(broken)?;
        let body = written.data.get().to_owned();
        self.writer
            .run(move |transaction| {
                let seq = transaction.append(&entry, None)?;
                for replaced in &replaces {
                    transaction
                        .sql
                        .prepare_cached("DELETE FROM segment WHERE name = ?1")
                        .and_then(|mut sql| sql.execute([replaced]))
                        .map_err(from_sqlite)?;
                }
                transaction
                    .sql
                    .prepare_cached("INSERT INTO segment (name, body, seq) VALUES (?1, ?2, ?3)")
                    .and_then(|mut sql| sql.execute((&name, &body, seq as i64)))
                    .map_err(from_sqlite)?;
                Ok(())
            })
            .await
    }

    /// What is written down of the segments that count now, by their names.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn segments(&self) -> Result<Vec<Value>, StoreError> {
        self.readers.with(|sql| {
            let bodies = stored(sql)?.into_iter();
            bodies.map(|(_, body)| from_json(&body)).collect()
        })
    }
}

fn stored(sql: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = sql
        .prepare_cached("SELECT name, body FROM segment ORDER BY name")
        .map_err(from_sqlite)?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>);
    rows.map_err(from_sqlite)
}

/// What the entries of segments add up to.
#[derive(Default)]
pub(crate) struct SegmentSum(HashMap<String, Value>);

impl SegmentSum {
    pub(crate) fn add(&mut self, name: &str, body: Value) {
        let replaces = body.get("replaces").and_then(Value::as_array);
        for replaced in replaces.into_iter().flatten().filter_map(Value::as_str) {
            self.0.remove(replaced);
        }
        self.0.insert(name.to_owned(), body);
    }

    /// Segments whose rows are not what their entries say, by their subjects.
    pub(crate) fn differing(mut self, sql: &Connection) -> Result<Vec<String>, StoreError> {
        let mut differing = Vec::new();
        for (name, body) in stored(sql)? {
            if self.0.remove(&name) != serde_json::from_str(&body).ok() {
                differing.push(format!("{SUBJECT}{name}"));
            }
        }
        differing.extend(self.0.into_keys().map(|name| format!("{SUBJECT}{name}")));
        differing.sort_unstable();
        Ok(differing)
    }
}
