//! What the city is made of: areas, units, categories and settings, each by its code.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yiwang_base::{Timestamp, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_journal::{ENTRY_VERSION, Entry};

use crate::Store;
use crate::append::{SealedBody, prepare};
use crate::case_row::{from_json, to_json};
use crate::error::from_sqlite;

/// What sort of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// An area; its outline is attached.
    Area,
    /// A unit with its duty list.
    Unit,
    /// A category with its limits.
    Category,
    /// A setting of the city: name, calendar, desk limits.
    Setting,
}

impl ItemKind {
    fn word(self) -> &'static str {
        match self {
            ItemKind::Area => "area",
            ItemKind::Unit => "unit",
            ItemKind::Category => "category",
            ItemKind::Setting => "setting",
        }
    }
}

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its sort.
    pub kind: ItemKind,
    /// Its code, unique within the sort.
    pub code: String,
    /// What it is, as JSON.
    pub body: Value,
    /// What is too large for an entry and bound to it by hash: an area's outline.
    pub attachment: Option<Vec<u8>>,
}

impl Store {
    /// Sets items; those that are as given already are left alone. Returns how
    /// many were changed.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn set_items(
        &self,
        items: Vec<Item>,
        by: String,
        grounds: Option<String>,
        at: Timestamp,
    ) -> Result<usize, StoreError> {
        self.writer
            .run(move |transaction| {
                let mut changed = 0;
                for item in &items {
                    if stored(transaction.sql, item.kind, &item.code)?.as_ref() == Some(item) {
                        continue;
                    }
                    changed += 1;
                    let entry = Entry {
                        at: truncate_millis(at),
                        by: by.clone(),
                        data: &item.body,
                        grounds: grounds.clone(),
                        kind: format!("{}.set", item.kind.word()),
                        sealed: None,
                        subject: format!("{}/{}", item.kind.word(), item.code),
                        v: ENTRY_VERSION,
                    };
                    let attachment = item.attachment.clone().map(SealedBody::new).transpose()?;
                    let seq = transaction.append(&prepare(entry, attachment)?, None)?;
                    transaction
                        .sql
                        .prepare_cached(
                            "INSERT INTO item (kind, code, body, seq) VALUES (?1, ?2, ?3, ?4) \
                             ON CONFLICT (kind, code) DO UPDATE SET body = excluded.body, seq = excluded.seq",
                        )
                        .and_then(|mut sql| {
                            let body = item.body.to_string();
                            sql.execute((item.kind.word(), &item.code, body, seq as i64))
                        })
                        .map_err(from_sqlite)?;
                }
                Ok(changed)
            })
            .await
    }

    /// All items of a sort, by code.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn items(&self, kind: ItemKind) -> Result<Vec<Item>, StoreError> {
        self.readers.with(|sql| {
            let mut statement = sql
                .prepare_cached(
                    "SELECT item.code, item.body, sealed.body FROM item \
                     LEFT JOIN sealed ON sealed.seq = item.seq WHERE kind = ?1 ORDER BY code",
                )
                .map_err(from_sqlite)?;
            let mut rows = statement.query([kind.word()]).map_err(from_sqlite)?;
            let mut items = Vec::new();
            while let Some(row) = rows.next().map_err(from_sqlite)? {
                let body: String = row.get(1).map_err(from_sqlite)?;
                items.push(Item {
                    kind,
                    code: row.get(0).map_err(from_sqlite)?,
                    body: from_json(&body)?,
                    attachment: row.get(2).map_err(from_sqlite)?,
                });
            }
            Ok(items)
        })
    }
}

fn stored(sql: &Connection, kind: ItemKind, code: &str) -> Result<Option<Item>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT item.body, sealed.body FROM item LEFT JOIN sealed ON sealed.seq = item.seq \
             WHERE kind = ?1 AND code = ?2",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement.query((kind.word(), code)).map_err(from_sqlite)?;
    let Some(row) = rows.next().map_err(from_sqlite)? else {
        return Ok(None);
    };
    let body: String = row.get(0).map_err(from_sqlite)?;
    let attachment = row.get(1).map_err(from_sqlite)?;
    Ok(Some(Item {
        kind,
        code: code.to_owned(),
        body: from_json(&body)?,
        attachment,
    }))
}

/// An item of a typed value.
impl Item {
    /// An item whose body is the JSON of `value`.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub fn of<T: Serialize>(kind: ItemKind, code: &str, value: &T) -> Result<Item, StoreError> {
        Ok(Item {
            kind,
            code: code.to_owned(),
            body: from_json(&to_json(value)?)?,
            attachment: None,
        })
    }

    /// The body as a typed value.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_value(self.body.clone()).map_err(crate::error::broken)
    }
}
