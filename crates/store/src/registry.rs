//! The register of what senses: entities, their links, and their entries.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use rusqlite::{Connection, OptionalExtension};
use yiwang_base::{Timestamp, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_journal::{ENTRY_VERSION, Entry, to_canonical};
use yiwang_sensing::registry::{
    Change, Entity, Key, Kind, MOST_BYTES, Page, RegistryError, RegistryStore, Wanted,
};

use crate::Store;
use crate::append::prepare;
use crate::case_row::{from_json, to_json};
use crate::error::{broken, from_sqlite};
use crate::store::one;
use crate::writer::Transaction;

/// How many kinds there may be.
pub(crate) const KINDS: usize = 16;

/// What an entry about the register is about.
const SUBJECT: &str = "register/";

/// Whether an entry's subject is of the register.
pub(crate) fn is_register(subject: &str) -> bool {
    subject.starts_with(SUBJECT)
}

fn refused(error: StoreError) -> RegistryError {
    match error {
        StoreError::Full => RegistryError::Full,
        StoreError::ReadOnly(why) => RegistryError::ReadOnly(why),
        other => RegistryError::Broken(other.to_string()),
    }
}

impl RegistryStore for Store {
    fn new_id(&self, kind: Kind) -> u64 {
        let last = &self.last_registered[usize::from(kind.number())];
        last.fetch_add(1, Ordering::Relaxed) + 1
    }

    async fn change(&self, change: Change, by: String, at: Timestamp) -> Result<(), RegistryError> {
        let first = change.set.first().map(|entity| entity.key);
        let Some(Key(kind, id)) = first.or(change.removed.first().copied()) else {
            return Ok(());
        };
        let size = to_json(&change).map_err(refused)?.len();
        if size > MOST_BYTES {
            return Err(RegistryError::TooLarge(size));
        }
        let entry = Entry {
            at: truncate_millis(at),
            by,
            data: &change,
            grounds: None,
            kind: "register.changed".to_owned(),
            sealed: None,
            subject: format!("{SUBJECT}{}/{id}", kind.word()),
            v: ENTRY_VERSION,
        };
        let entry = prepare(entry, None).map_err(refused)?;
        let outcome = self.writer.run(move |transaction| {
            if let Some(missing) = missing_link(transaction.sql, &change)? {
                return Ok(Err(RegistryError::NoSuch(missing)));
            }
            let seq = transaction.append(&entry, None)?;
            transaction.register(&change, seq)?;
            Ok(Ok(()))
        });
        outcome.await.map_err(refused)?
    }

    fn entity(&self, key: Key) -> Result<Option<Entity>, RegistryError> {
        let found = self.readers.with(|sql| entity(sql, key));
        found.map_err(refused)
    }

    fn page(&self, wanted: &Wanted) -> Result<Page, RegistryError> {
        self.readers.with(|sql| page(sql, wanted)).map_err(refused)
    }

    fn count(&self, wanted: &Wanted) -> Result<u64, RegistryError> {
        self.readers.with(|sql| count(sql, wanted)).map_err(refused)
    }

    fn neighbours(&self, key: Key, kind: Kind) -> Result<Vec<u64>, RegistryError> {
        self.readers
            .with(|sql| neighbours(sql, key, kind))
            .map_err(refused)
    }
}

/// A link of the change that leads to nothing.
fn missing_link(sql: &Connection, change: &Change) -> Result<Option<Key>, StoreError> {
    let set: BTreeSet<Key> = change.set.iter().map(|entity| entity.key).collect();
    for key in change.set.iter().flat_map(|entity| &entity.links) {
        let there = set.contains(key) || {
            let query = "SELECT 1 FROM register WHERE kind = ?1 AND id = ?2";
            one::<i64>(sql, query, (key.0.number(), key.1 as i64))?.is_some()
        };
        if !there || change.removed.contains(key) {
            return Ok(Some(*key));
        }
    }
    Ok(None)
}

impl Transaction<'_> {
    /// Writes the rows of a change.
    fn register(&mut self, change: &Change, seq: u64) -> Result<(), StoreError> {
        let run = |query: &str, parameters: &[&dyn rusqlite::ToSql]| {
            self.sql
                .prepare_cached(query)
                .and_then(|mut sql| sql.execute(parameters))
                .map_err(from_sqlite)
        };
        for Key(kind, id) in &change.removed {
            let (kind, id) = (kind.number(), *id as i64);
            for query in [
                "DELETE FROM register WHERE kind = ?1 AND id = ?2",
                "DELETE FROM register_link WHERE (to_kind, to_id, kind, id) IN \
                 (SELECT kind, id, to_kind, to_id FROM register_link WHERE kind = ?1 AND id = ?2)",
                "DELETE FROM register_link WHERE kind = ?1 AND id = ?2",
            ] {
                run(query, &[&kind, &id])?;
            }
        }
        for entity in &change.set {
            let (kind, id) = (entity.key.0.number(), entity.key.1 as i64);
            let name = entity.body.get("name").and_then(|name| name.as_str());
            let body = to_json(&entity.body)?;
            run(
                "INSERT INTO register (kind, id, name, body, seq) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, body = excluded.body, \
                 seq = excluded.seq",
                &[&kind, &id, &name, &body, &(seq as i64)],
            )?;
            run(
                "INSERT INTO register_last (kind, id) VALUES (?1, ?2) \
                 ON CONFLICT (kind) DO UPDATE SET id = max(id, excluded.id)",
                &[&kind, &id],
            )?;
            for query in [
                "DELETE FROM register_link WHERE (to_kind, to_id, kind, id) IN (SELECT kind, id, \
                 to_kind, to_id FROM register_link WHERE kind = ?1 AND id = ?2 AND own = 1)",
                "DELETE FROM register_link WHERE kind = ?1 AND id = ?2 AND own = 1",
            ] {
                run(query, &[&kind, &id])?;
            }
            for Key(to, to_id) in &entity.links {
                let (to, to_id) = (to.number(), *to_id as i64);
                let query = "INSERT INTO register_link (kind, id, to_kind, to_id, own) \
                     VALUES (?1, ?2, ?3, ?4, ?5)";
                run(query, &[&kind, &id, &to, &to_id, &true])?;
                run(query, &[&to, &to_id, &kind, &id, &false])?;
            }
        }
        Ok(())
    }
}

fn links(sql: &Connection, key: Key) -> Result<BTreeSet<Key>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT to_kind, to_id FROM register_link WHERE kind = ?1 AND id = ?2 AND own = 1",
        )
        .map_err(from_sqlite)?;
    let rows = statement
        .query_map((key.0.number(), key.1 as i64), |row| {
            Ok((row.get::<_, u8>(0)?, row.get::<_, i64>(1)?))
        })
        .map_err(from_sqlite)?;
    rows.map(|row| {
        let (kind, id) = row.map_err(from_sqlite)?;
        let kind = Kind::from_number(kind).ok_or_else(|| broken("a kind that is not known"))?;
        Ok(Key(kind, id.unsigned_abs()))
    })
    .collect()
}

fn entity(sql: &Connection, key: Key) -> Result<Option<Entity>, StoreError> {
    let query = "SELECT body FROM register WHERE kind = ?1 AND id = ?2";
    let body: Option<String> = one(sql, query, (key.0.number(), key.1 as i64))?;
    body.map(|body| {
        Ok(Entity {
            key,
            body: from_json(&body)?,
            links: links(sql, key)?,
        })
    })
    .transpose()
}

/// From where and under which conditions the entities come; `?1` kind, `?2`
/// name or NULL, `?3` and `?4` whom they are linked to, `?5` after which number.
fn from_where(wanted: &Wanted) -> &'static str {
    match (&wanted.of, &wanted.name) {
        (None, None) => {
            "FROM register WHERE kind = ?1 AND ?2 IS NULL AND ?3 IS NULL AND ?4 IS NULL \
             AND register.id > ?5"
        }
        (None, Some(_)) => {
            "FROM register WHERE kind = ?1 AND name = ?2 AND ?3 IS NULL AND ?4 IS NULL \
             AND register.id > ?5"
        }
        (Some(_), _) => {
            "FROM register_link JOIN register ON register.kind = to_kind AND register.id = to_id \
             WHERE register_link.kind = ?3 AND register_link.id = ?4 AND to_kind = ?1 \
             AND to_id > ?5 AND (?2 IS NULL OR name = ?2)"
        }
    }
}

type Parameters<'a> = (u8, Option<&'a str>, Option<u8>, Option<i64>, i64);

fn parameters(wanted: &Wanted, after: u64) -> Parameters<'_> {
    (
        wanted.kind.number(),
        wanted.name.as_deref(),
        wanted.of.map(|key| key.0.number()),
        wanted.of.map(|key| key.1 as i64),
        i64::try_from(after).unwrap_or(i64::MAX),
    )
}

fn page(sql: &Connection, wanted: &Wanted) -> Result<Page, StoreError> {
    let query = format!(
        "SELECT register.id, body {} ORDER BY register.id LIMIT {}",
        from_where(wanted),
        wanted.limit
    );
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let rows = statement
        .query_map(parameters(wanted, wanted.after), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(from_sqlite)?;
    rows.into_iter()
        .map(|(id, body)| {
            let key = Key(wanted.kind, id.unsigned_abs());
            Ok(Entity {
                key,
                body: from_json(&body)?,
                links: links(sql, key)?,
            })
        })
        .collect()
}

fn count(sql: &Connection, wanted: &Wanted) -> Result<u64, StoreError> {
    let query = format!("SELECT count(*) {}", from_where(wanted));
    let count: Option<i64> = one(sql, &query, parameters(wanted, 0))?;
    Ok(count.unwrap_or(0).unsigned_abs())
}

fn neighbours(sql: &Connection, key: Key, kind: Kind) -> Result<Vec<u64>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT to_id FROM register_link WHERE kind = ?1 AND id = ?2 AND to_kind = ?3 \
             ORDER BY to_id",
        )
        .map_err(from_sqlite)?;
    let ids = statement
        .query_map((key.0.number(), key.1 as i64, kind.number()), |row| {
            row.get::<_, i64>(0)
        })
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(from_sqlite)?;
    Ok(ids.into_iter().map(i64::unsigned_abs).collect())
}

/// The largest numbers that were given, by the kinds' numbers.
pub(crate) fn last_numbers(sql: &Connection) -> Result<[u64; KINDS], StoreError> {
    let mut last = [0; KINDS];
    let mut statement = sql
        .prepare("SELECT kind, id FROM register_last")
        .map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let kind: u8 = row.get(0).map_err(from_sqlite)?;
        let id: i64 = row.get(1).map_err(from_sqlite)?;
        if let Some(slot) = last.get_mut(usize::from(kind)) {
            *slot = id.unsigned_abs();
        }
    }
    Ok(last)
}

/// Whether an entity's row says what its entry says: 1.0 in a row is 1 in an entry.
fn are_same(row: Option<Entity>, entry: Option<Entity>) -> bool {
    let written = |entity: Option<Entity>| entity.and_then(|entity| to_canonical(&entity).ok());
    matches!((written(row), written(entry)), (Some(row), Some(entry)) if row == entry)
}

/// What the entries of the register add up to.
#[derive(Default)]
pub(crate) struct RegisterSum(BTreeMap<Key, Entity>);

impl RegisterSum {
    pub(crate) fn add(&mut self, change: Change) {
        for key in change.removed {
            self.0.remove(&key);
        }
        for entity in change.set {
            self.0.insert(entity.key, entity);
        }
    }

    /// Entities whose rows are not what the entries say, by their subjects.
    pub(crate) fn differing(mut self, sql: &Connection) -> Result<Vec<String>, StoreError> {
        let mut differing = Vec::new();
        let subject = |key: Key| format!("{SUBJECT}{}/{}", key.0.word(), key.1);
        let mut statement = sql
            .prepare("SELECT kind, id FROM register")
            .map_err(from_sqlite)?;
        let mut rows = statement.query([]).map_err(from_sqlite)?;
        while let Some(row) = rows.next().map_err(from_sqlite)? {
            let kind: u8 = row.get(0).map_err(from_sqlite)?;
            let id: i64 = row.get(1).map_err(from_sqlite)?;
            let Some(kind) = Kind::from_number(kind) else {
                differing.push(format!("{SUBJECT}{kind}/{id}"));
                continue;
            };
            let key = Key(kind, id.unsigned_abs());
            let expected = self.0.remove(&key);
            if !are_same(entity(sql, key).ok().flatten(), expected) {
                differing.push(subject(key));
            }
        }
        let ends: Option<i64> = sql
            .query_row(
                "SELECT 1 FROM register_link AS a LEFT JOIN register_link AS b ON b.kind = a.to_kind \
                 AND b.id = a.to_id AND b.to_kind = a.kind AND b.to_id = a.id \
                 WHERE b.own IS NULL OR b.own = a.own LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()
            .map_err(from_sqlite)?;
        if ends.is_some() {
            differing.push(format!("{SUBJECT}links"));
        }
        differing.extend(self.0.into_keys().map(subject));
        Ok(differing)
    }
}
