//! Keys: sessions that somebody was given for a device or another system.
//!
//! The journal says who made and ended which, by their ids; a key itself is nowhere.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use yiwang_base::{Timestamp, UserName, from_millis, to_millis, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_journal::{ENTRY_VERSION, Entry};

use crate::Store;
use crate::append::prepare;
use crate::error::{broken, from_sqlite};

/// A key of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The first 16 hexadecimal digits of its hash.
    pub id: String,
    /// When it was made; unknown of those that a former program made.
    pub made_at: Option<Timestamp>,
    /// Who made it.
    pub made_by: Option<String>,
    /// When it was last used, to ten minutes.
    pub used_at: Option<Timestamp>,
    /// When it ends.
    pub ends: Timestamp,
}

/// A key that is to be.
#[derive(Debug, Clone, Copy)]
pub struct NewKey {
    /// Its hash.
    pub token_hash: [u8; 32],
    /// When it ends.
    pub ends: Timestamp,
}

/// Which keys of an account end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysEnding {
    /// None.
    None,
    /// The one of this id.
    One(String),
    /// All that were there before.
    All,
}

/// What an entry says of the keys of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysChanged {
    /// Ids of those that ended by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<String>,
    /// The one that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<KeyMade>,
}

/// A key that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyMade {
    /// When it ends.
    pub ends: Timestamp,
    /// Its id.
    pub id: String,
}

/// The subject of entries about the keys of an account.
pub fn keys_subject(account: &str) -> String {
    format!("keys/{account}")
}

/// Least time between two notes that a key was used.
const NOTE_EVERY_MS: i64 = 600_000;

/// Keys whose use is being noted: each waits for the writer once.
#[derive(Debug, Default, Clone)]
pub(crate) struct Noting(Arc<Mutex<HashSet<[u8; 32]>>>);

impl Noting {
    fn set(&self) -> std::sync::MutexGuard<'_, HashSet<[u8; 32]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// The keys of an account that have not ended, the latest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn keys(&self, name: UserName, now: Timestamp) -> Result<Vec<Key>, StoreError> {
        let work = move |sql: &Connection| of_account(sql, name.as_str(), now);
        let keys = self.readers.run(work).await?;
        Ok(keys.into_iter().map(|(_, key)| key).collect())
    }

    /// Makes a key, ends others, or both at once. Returns the ids of those that ended.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn change_keys(
        &self,
        name: UserName,
        made: Option<NewKey>,
        ending: KeysEnding,
        by: String,
        at: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        self.writer
            .run(move |transaction| {
                let sql = transaction.sql;
                let mut before = of_account(sql, name.as_str(), at)?;
                before.retain(|(_, key)| match &ending {
                    KeysEnding::None => false,
                    KeysEnding::One(id) => key.id == *id,
                    KeysEnding::All => true,
                });
                let ended: Vec<String> = before.iter().map(|(_, key)| key.id.clone()).collect();
                if made.is_none() && ended.is_empty() {
                    return Ok(ended);
                }
                let entry = Entry {
                    at: truncate_millis(at),
                    by: by.clone(),
                    data: KeysChanged {
                        ended: ended.clone(),
                        made: made.map(|made| KeyMade {
                            ends: truncate_millis(made.ends),
                            id: key_id(&made.token_hash),
                        }),
                    },
                    grounds: None,
                    kind: "keys.changed".into(),
                    sealed: None,
                    subject: keys_subject(name.as_str()),
                    v: ENTRY_VERSION,
                };
                transaction.append(&prepare(entry, None)?, None)?;
                for (hash, _) in &before {
                    sql.execute("DELETE FROM session WHERE token_hash = ?1", [hash])
                        .map_err(from_sqlite)?;
                }
                let Some(made) = made else { return Ok(ended) };
                sql.execute(
                    "INSERT INTO session (token_hash, account, expires_at, made_at, made_by) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    (
                        made.token_hash,
                        name.as_str(),
                        to_millis(made.ends),
                        to_millis(at),
                        &by,
                    ),
                )
                .map_err(from_sqlite)?;
                Ok(ended)
            })
            .await
    }

    /// Notes that a key was used, where that was not done lately. Nobody waits for it.
    pub(crate) fn note_use(&self, token_hash: [u8; 32], used_at: Option<i64>, now: Timestamp) {
        let now = to_millis(now);
        let lately = used_at.is_some_and(|used| now - used < NOTE_EVERY_MS);
        if lately || !self.noting.set().insert(token_hash) {
            return;
        }
        let (written, failed) = (self.noting.clone(), self.noting.clone());
        self.writer.post(
            move |transaction| {
                let note = "UPDATE session SET used_at = ?2 WHERE token_hash = ?1";
                let done = transaction.sql.execute(note, (token_hash, now));
                written.set().remove(&token_hash);
                done.map(|_| ()).map_err(from_sqlite)
            },
            move || {
                failed.set().remove(&token_hash);
            },
        );
    }
}

/// What a key is called where it is not told.
fn key_id(token_hash: &[u8; 32]) -> String {
    let bytes = token_hash.iter().take(8);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

fn of_account(
    sql: &Connection,
    name: &str,
    now: Timestamp,
) -> Result<Vec<([u8; 32], Key)>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT token_hash, made_at, made_by, used_at, expires_at FROM session \
             WHERE account = ?1 AND expires_at >= ?2 ORDER BY made_at DESC, expires_at DESC",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement
        .query((name, to_millis(now)))
        .map_err(from_sqlite)?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let hash: [u8; 32] = row.get(0).map_err(from_sqlite)?;
        let time = |column: usize| -> Result<Option<Timestamp>, StoreError> {
            row.get::<_, Option<i64>>(column)
                .map(|millis| millis.map(from_millis))
                .map_err(from_sqlite)
        };
        let ends = time(4)?.ok_or_else(|| broken("a session has no end"))?;
        let key = Key {
            id: key_id(&hash),
            made_at: time(1)?,
            made_by: row.get(2).map_err(from_sqlite)?,
            used_at: time(3)?,
            ends,
        };
        keys.push((hash, key));
    }
    Ok(keys)
}
