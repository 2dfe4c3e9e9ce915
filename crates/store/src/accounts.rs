//! People who sign in, and their sessions.
//!
//! Whoever may do what is in the journal; passwords and sessions are not.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use yiwang_base::{Timestamp, UnitCode, UserName, to_millis, truncate_millis};
use yiwang_cases::StoreError;
use yiwang_journal::{ENTRY_VERSION, Entry};

use crate::Store;
use crate::append::prepare;
use crate::error::from_sqlite;

/// Someone who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Sign-in name.
    pub name: UserName,
    /// Name as shown.
    pub display_name: String,
    /// The role's word; what it allows is the server's policy.
    pub role: String,
    /// The unit the person acts for.
    pub unit: Option<UnitCode>,
    /// Whether sign-in is refused.
    pub disabled: bool,
}

/// What the journal says of an account.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountData {
    /// Whether sign-in is refused.
    pub disabled: bool,
    /// The role's word.
    pub role: String,
    /// The unit that the person acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
}

/// The subject of entries about an account.
pub fn account_subject(name: &str) -> String {
    format!("account/{name}")
}

impl AccountData {
    fn of(account: &Account) -> AccountData {
        AccountData {
            disabled: account.disabled,
            role: account.role.clone(),
            unit: account.unit.clone(),
        }
    }
}

const COLUMNS: &str = "name, display_name, role, unit, disabled";

impl Store {
    /// Makes or changes an account. `password_hash` is in PHC form. Its
    /// sessions end.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn set_account(
        &self,
        account: Account,
        password_hash: String,
        by: String,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let entry = Entry {
            at: truncate_millis(at),
            by,
            data: AccountData::of(&account),
            grounds: None,
            kind: "account.set".into(),
            sealed: None,
            subject: account_subject(account.name.as_str()),
            v: ENTRY_VERSION,
        };
        let entry = prepare(entry, None)?;
        self.writer
            .run(move |transaction| {
                transaction.append(&entry, None)?;
                let sql = transaction.sql;
                sql.prepare_cached(
                    "INSERT OR REPLACE INTO account \
                     (name, display_name, role, unit, disabled, password_hash) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )
                .and_then(|mut statement| {
                    statement.execute((
                        account.name.as_str(),
                        &account.display_name,
                        &account.role,
                        account.unit.as_ref().map(|unit| unit.as_str()),
                        account.disabled,
                        &password_hash,
                    ))
                })
                .map_err(from_sqlite)?;
                sql.execute(
                    "DELETE FROM session WHERE account = ?1",
                    [account.name.as_str()],
                )
                .map_err(from_sqlite)?;
                Ok(())
            })
            .await
    }

    /// An account with its password hash.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn account(&self, name: UserName) -> Result<Option<(Account, String)>, StoreError> {
        self.readers.run(move |sql| find(sql, &name)).await
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.readers.with(|sql| {
            let query = format!("SELECT {COLUMNS} FROM account ORDER BY name");
            let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
            let rows = statement
                .query_map([], account_from_row)
                .map_err(from_sqlite)?;
            rows.collect::<rusqlite::Result<_>>().map_err(from_sqlite)
        })
    }

    /// Opens a session; sessions that have expired are forgotten.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn open_session(
        &self,
        token_hash: [u8; 32],
        name: UserName,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |transaction| {
                let sql = transaction.sql;
                sql.execute(
                    "DELETE FROM session WHERE expires_at < ?1",
                    [to_millis(now)],
                )
                .and_then(|_| {
                    sql.execute(
                        "INSERT INTO session (token_hash, account, expires_at) VALUES (?1, ?2, ?3)",
                        (token_hash, name.as_str(), to_millis(expires_at)),
                    )
                })
                .map_err(from_sqlite)?;
                Ok(())
            })
            .await
    }

    /// Whoever the session belongs to, if it has not expired.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn session(
        &self,
        token_hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let found = self
            .readers
            .run(move |sql| {
                sql.prepare_cached(
                    "SELECT name, display_name, role, unit, disabled, made_at, used_at FROM session \
                     JOIN account ON account.name = session.account \
                     WHERE token_hash = ?1 AND expires_at >= ?2 AND NOT disabled",
                )
                .and_then(|mut statement| {
                    let read = |row: &Row<'_>| {
                        let key: Option<i64> = row.get(5)?;
                        Ok((account_from_row(row)?, key.is_some(), row.get(6)?))
                    };
                    statement
                        .query_row((token_hash, to_millis(now)), read)
                        .optional()
                })
                .map_err(from_sqlite)
            })
            .await?;
        Ok(found.map(|(account, is_key, used_at)| {
            if is_key {
                self.note_use(token_hash, used_at, now);
            }
            account
        }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn close_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.writer
            .run(move |transaction| {
                transaction
                    .sql
                    .execute("DELETE FROM session WHERE token_hash = ?1", [token_hash])
                    .map_err(from_sqlite)?;
                Ok(())
            })
            .await
    }
}

/// Accounts whose rows are not what the journal says of them, by their subjects.
pub(crate) fn differing(
    sql: &Connection,
    mut expected: HashMap<String, AccountData>,
) -> Result<Vec<String>, StoreError> {
    let mut statement = sql
        .prepare(&format!("SELECT {COLUMNS} FROM account"))
        .map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    let mut differing = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let subject = format!("account/{}", row.get::<_, String>(0).map_err(from_sqlite)?);
        // A row that cannot be read differs from any.
        let stored = account_from_row(row).ok();
        let stored = stored.as_ref().map(AccountData::of);
        let expected = expected.remove(&subject);
        if stored.is_none() || expected != stored {
            differing.push(subject);
        }
    }
    differing.extend(expected.into_keys());
    differing.sort_unstable();
    Ok(differing)
}

fn find(sql: &Connection, name: &UserName) -> Result<Option<(Account, String)>, StoreError> {
    sql.prepare_cached(&format!(
        "SELECT {COLUMNS}, password_hash FROM account WHERE name = ?1"
    ))
    .and_then(|mut statement| {
        statement
            .query_row([name.as_str()], |row| {
                Ok((account_from_row(row)?, row.get(5)?))
            })
            .optional()
    })
    .map_err(from_sqlite)
}

fn account_from_row(row: &Row<'_>) -> rusqlite::Result<Account> {
    let unreadable = |column, error: yiwang_base::IdError| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            Box::new(error),
        )
    };
    Ok(Account {
        name: row
            .get::<_, String>(0)?
            .parse()
            .map_err(|e| unreadable(0, e))?,
        display_name: row.get(1)?,
        role: row.get(2)?,
        unit: match row.get::<_, Option<String>>(3)? {
            Some(code) => Some(code.parse().map_err(|e| unreadable(3, e))?),
            None => None,
        },
        disabled: row.get(4)?,
    })
}
