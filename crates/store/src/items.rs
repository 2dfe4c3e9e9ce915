//! What the city is made of: areas, units, categories and settings, each by its code.

use std::collections::HashMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use yiwang_base::{Timestamp, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_journal::{ENTRY_VERSION, Entry, EntryView};

use crate::Store;
use crate::append::{Prepared, SealedBody, prepare};
use crate::case_row::{from_json, to_json};
use crate::error::{broken, from_sqlite};
use crate::store::one;

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
    /// A unit's duty roster; names and numbers are attached.
    Roster,
    /// A year of the working calendar; its code is the year.
    Calendar,
    /// A version of a formula by which figures are counted.
    Formula,
    /// What another system is told, and where; its secret is attached.
    Webhook,
    /// A grid layer; its cells are attached.
    GridLayer,
    /// A merge of grids; its crosswalk and what was before are attached.
    GridMerge,
    /// A rule that judges readings.
    Rule,
    /// A device that sends readings; its code is the name of its account.
    Device,
    /// Topics of MQTT whose messages are readings.
    TopicMapping,
    /// A reading that was put right or taken back; its code is the reading's id.
    ReadingAmendment,
    /// How streets are organised.
    OrganizationTemplate,
    /// A template that was applied to a street, with its units before and after.
    Reorganization,
    /// A scenario that the city is used in.
    Scenario,
    /// A drill of a scenario; its code is the scenario's and a number.
    Drill,
    /// How one of staff rates a scenario; its code is the scenario's and the name.
    ScenarioRating,
    /// Whether a scenario is accepted; its code is the scenario's.
    ScenarioAcceptance,
    /// A timing study.
    Study,
}

impl ItemKind {
    const ALL: [ItemKind; 21] = [
        ItemKind::Area,
        ItemKind::Unit,
        ItemKind::Category,
        ItemKind::Setting,
        ItemKind::Roster,
        ItemKind::Calendar,
        ItemKind::Formula,
        ItemKind::Webhook,
        ItemKind::GridLayer,
        ItemKind::GridMerge,
        ItemKind::Rule,
        ItemKind::Device,
        ItemKind::TopicMapping,
        ItemKind::ReadingAmendment,
        ItemKind::OrganizationTemplate,
        ItemKind::Reorganization,
        ItemKind::Scenario,
        ItemKind::Drill,
        ItemKind::ScenarioRating,
        ItemKind::ScenarioAcceptance,
        ItemKind::Study,
    ];

    fn word(self) -> &'static str {
        match self {
            ItemKind::Area => "area",
            ItemKind::Unit => "unit",
            ItemKind::Category => "category",
            ItemKind::Setting => "setting",
            ItemKind::Roster => "roster",
            ItemKind::Calendar => "calendar",
            ItemKind::Formula => "formula",
            ItemKind::Webhook => "webhook",
            ItemKind::GridLayer => "grid_layer",
            ItemKind::GridMerge => "grid_merge",
            ItemKind::Rule => "rule",
            ItemKind::Device => "device",
            ItemKind::TopicMapping => "topic_mapping",
            ItemKind::ReadingAmendment => "reading_amendment",
            ItemKind::OrganizationTemplate => "organization_template",
            ItemKind::Reorganization => "reorganization",
            ItemKind::Scenario => "scenario",
            ItemKind::Drill => "drill",
            ItemKind::ScenarioRating => "scenario_rating",
            ItemKind::ScenarioAcceptance => "scenario_acceptance",
            ItemKind::Study => "study",
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

/// An item with the entry that last set it.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemSet {
    /// The item, without what is attached.
    pub item: Item,
    /// The entry's number.
    pub seq: u64,
    /// When it was set.
    pub at: Timestamp,
    /// Who set it.
    pub by: String,
    /// On what grounds.
    pub grounds: Option<String>,
}

impl Store {
    /// All items of a sort, by code, each with the entry that last set it.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn items_set(&self, kind: ItemKind) -> Result<Vec<ItemSet>, StoreError> {
        self.readers.with(|sql| {
            let mut statement = sql
                .prepare_cached(
                    "SELECT item.code, item.body, item.seq, entry.body FROM item \
                     JOIN entry ON entry.seq = item.seq WHERE kind = ?1 ORDER BY code",
                )
                .map_err(from_sqlite)?;
            let mut rows = statement.query([kind.word()]).map_err(from_sqlite)?;
            let mut items = Vec::new();
            while let Some(row) = rows.next().map_err(from_sqlite)? {
                let body: String = row.get(1).map_err(from_sqlite)?;
                let seq: i64 = row.get(2).map_err(from_sqlite)?;
                let entry: Vec<u8> = row.get(3).map_err(from_sqlite)?;
                let entry = Entry::<Value>::parse(&entry).map_err(broken)?;
                items.push(ItemSet {
                    item: Item {
                        kind,
                        code: row.get(0).map_err(from_sqlite)?,
                        body: from_json(&body)?,
                        attachment: None,
                    },
                    seq: seq.unsigned_abs(),
                    at: entry.at,
                    by: entry.by,
                    grounds: entry.grounds,
                });
            }
            Ok(items)
        })
    }

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
        let prepared = items
            .into_iter()
            .map(|item| prepare_item(item, &by, grounds.as_deref(), at))
            .collect::<Result<Vec<_>, StoreError>>()?;
        self.writer
            .run(move |transaction| {
                let mut changed = 0;
                for item in &prepared {
                    if item.is_stored(transaction.sql)? {
                        continue;
                    }
                    changed += 1;
                    let seq = transaction.append(&item.entry, None)?;
                    transaction
                        .sql
                        .prepare_cached(
                            "INSERT INTO item (kind, code, body, seq) VALUES (?1, ?2, ?3, ?4) \
                             ON CONFLICT (kind, code) DO UPDATE SET body = excluded.body, seq = excluded.seq",
                        )
                        .and_then(|mut sql| {
                            sql.execute((item.kind, &item.code, &item.body, seq as i64))
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

impl Store {
    /// The value of a setting, if it was set.
    ///
    /// # Errors
    /// When the record cannot be read, or the setting is not of this form.
    pub fn setting<T: serde::de::DeserializeOwned>(
        &self,
        code: &str,
    ) -> Result<Option<T>, StoreError> {
        let select = "SELECT body FROM item WHERE kind = ?1 AND code = ?2";
        let body: Option<String> = self
            .readers
            .with(|sql| one(sql, select, (ItemKind::Setting.word(), code)))?;
        body.as_deref().map(from_json).transpose()
    }

    /// The entry that last set an item, if there is one of this code.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn item_seq(&self, kind: ItemKind, code: &str) -> Result<Option<u64>, StoreError> {
        let select = "SELECT seq FROM item WHERE kind = ?1 AND code = ?2";
        let seq: Option<i64> = self
            .readers
            .with(|sql| one(sql, select, (kind.word(), code)))?;
        Ok(seq.map(i64::unsigned_abs))
    }

    /// One item, if there is one of this code.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn item(&self, kind: ItemKind, code: &str) -> Result<Option<Item>, StoreError> {
        let code = code.to_owned();
        self.readers
            .run(move |sql| {
                let mut statement = sql
                    .prepare_cached(
                        "SELECT item.body, sealed.body FROM item \
                         LEFT JOIN sealed ON sealed.seq = item.seq WHERE kind = ?1 AND code = ?2",
                    )
                    .map_err(from_sqlite)?;
                let mut rows = statement.query((kind.word(), &code)).map_err(from_sqlite)?;
                let Some(row) = rows.next().map_err(from_sqlite)? else {
                    return Ok(None);
                };
                let body: String = row.get(0).map_err(from_sqlite)?;
                Ok(Some(Item {
                    kind,
                    body: from_json(&body)?,
                    attachment: row.get(1).map_err(from_sqlite)?,
                    code,
                }))
            })
            .await
    }
}

/// One setting of an item, or another entry that is about no case, as the journal has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemVersion {
    /// The entry's number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// On what grounds.
    pub grounds: Option<String>,
    /// What it was set to.
    pub body: Value,
}

impl Store {
    /// All that an item was ever set to, oldest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn item_history(&self, kind: ItemKind, code: &str) -> Result<Vec<ItemVersion>, StoreError> {
        let entries = self.entries_of(&[&format!("{}/{code}", kind.word())])?;
        Ok(entries.into_iter().map(|(_, version)| version).collect())
    }

    /// An item as the entry of this number set it; `None` where that entry did not.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn item_as_set(
        &self,
        kind: ItemKind,
        code: &str,
        seq: u64,
    ) -> Result<Option<Item>, StoreError> {
        let body = "SELECT body FROM entry WHERE seq = ?1";
        let attached = "SELECT body FROM sealed WHERE seq = ?1";
        self.readers.with(|sql| {
            let Some(body) = one::<Vec<u8>>(sql, body, [seq as i64])? else {
                return Ok(None);
            };
            let entry = Entry::<Value>::parse(&body).map_err(broken)?;
            if entry.subject != format!("{}/{code}", kind.word()) {
                return Ok(None);
            }
            Ok(Some(Item {
                kind,
                code: code.to_owned(),
                body: entry.data,
                attachment: one(sql, attached, [seq as i64])?,
            }))
        })
    }

    /// All entries about these subjects, none of them a case, oldest first, each
    /// with its subject.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn entries_of(&self, subjects: &[&str]) -> Result<Vec<(String, ItemVersion)>, StoreError> {
        self.readers.with(|sql| {
            let mut statement = sql
                .prepare_cached("SELECT seq, body FROM entry WHERE case_id IS NULL ORDER BY seq")
                .map_err(from_sqlite)?;
            let mut rows = statement.query([]).map_err(from_sqlite)?;
            let mut history = Vec::new();
            while let Some(row) = rows.next().map_err(from_sqlite)? {
                let body = row.get_ref(1).map_err(from_sqlite)?;
                let body = body.as_blob().map_err(broken)?;
                let entry = EntryView::<&RawValue>::parse(body).map_err(broken)?;
                if !subjects.contains(&&*entry.subject) {
                    continue;
                }
                let seq: i64 = row.get(0).map_err(from_sqlite)?;
                let version = ItemVersion {
                    seq: seq.unsigned_abs(),
                    at: entry.at,
                    by: entry.by.to_string(),
                    grounds: entry.grounds.map(|grounds| grounds.to_string()),
                    body: from_json(entry.data.get())?,
                };
                history.push((entry.subject.into_owned(), version));
            }
            Ok(history)
        })
    }
}

/// Whether a subject of the journal is an item.
pub(crate) fn is_item(subject: &str) -> bool {
    let kind = subject.split_once('/').map(|(kind, _)| kind);
    ItemKind::ALL.iter().any(|item| Some(item.word()) == kind)
}

/// Items whose rows are not what their last entries say, by their subjects.
pub(crate) fn differing(
    sql: &Connection,
    mut expected: HashMap<String, (u64, Value)>,
) -> Result<Vec<String>, StoreError> {
    let mut statement = sql
        .prepare("SELECT kind, code, seq, body FROM item")
        .map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    let mut differing = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let text = |column| row.get::<_, String>(column).map_err(from_sqlite);
        let subject = format!("{}/{}", text(0)?, text(1)?);
        let seq: i64 = row.get(2).map_err(from_sqlite)?;
        let stored = serde_json::from_str(&text(3)?).ok();
        let stored = stored.map(|body| (seq as u64, body));
        let expected = expected.remove(&subject);
        if stored.is_none() || expected != stored {
            differing.push(subject);
        }
    }
    differing.extend(expected.into_keys());
    differing.sort_unstable();
    Ok(differing)
}

/// An item with its entry made.
struct PreparedItem {
    kind: &'static str,
    code: String,
    /// The body as it stands in the entry: one spelling for each value.
    body: String,
    attachment: Option<Vec<u8>>,
    entry: Prepared,
}

fn prepare_item(
    item: Item,
    by: &str,
    grounds: Option<&str>,
    at: Timestamp,
) -> Result<PreparedItem, StoreError> {
    let kind = item.kind.word();
    let entry = Entry {
        at: truncate_millis(at),
        by: by.to_owned(),
        data: &item.body,
        grounds: grounds.map(str::to_owned),
        kind: format!("{kind}.set"),
        sealed: None,
        subject: format!("{kind}/{}", item.code),
        v: ENTRY_VERSION,
    };
    let attachment = item.attachment.clone().map(SealedBody::new).transpose()?;
    let entry = prepare(entry, attachment)?;
    let written = EntryView::<&RawValue>::parse(&entry.body).map_err(broken)?;
    Ok(PreparedItem {
        kind,
        code: item.code,
        body: written.data.get().to_owned(),
        attachment: item.attachment,
        entry,
    })
}

impl PreparedItem {
    /// Whether the record holds it as it is.
    fn is_stored(&self, sql: &Connection) -> Result<bool, StoreError> {
        let same: Option<i64> = one(
            sql,
            "SELECT 1 FROM item LEFT JOIN sealed ON sealed.seq = item.seq \
             WHERE kind = ?1 AND code = ?2 AND item.body = ?3 AND sealed.body IS ?4",
            (self.kind, &self.code, &self.body, &self.attachment),
        )?;
        Ok(same.is_some())
    }
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
        serde_json::from_value(self.body.clone()).map_err(broken)
    }
}
