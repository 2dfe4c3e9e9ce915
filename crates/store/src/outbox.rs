//! What other systems have been told, and what they have not: the outbox of
//! webhooks, driven from the journal.
//!
//! A *hook* is a subscription. Everything before its position has been told or
//! is *held*: waiting for another try, or dead until somebody resends it. The
//! outbox is no part of the record: it says nothing about the city, and no
//! entry is written about it.

use rusqlite::{Connection, OptionalExtension, Row};
use yiwang_base::{CaseId, Timestamp, from_millis, to_millis};
use yiwang_cases::StoreError;

use crate::Store;
use crate::error::from_sqlite;

/// Where a hook stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HookState {
    /// The first entry that was not looked at yet.
    pub next: u64,
    /// Tries in a row that found nobody there.
    pub failures: u32,
    /// Before this nothing is tried.
    pub retry_at: Option<Timestamp>,
    /// When something was last told.
    pub told_at: Option<Timestamp>,
    /// Why the last try failed, if it did.
    pub error: Option<String>,
}

/// An event that has not been told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The entry's number.
    pub seq: u64,
    /// Its case.
    pub case: CaseId,
    /// Tries so far.
    pub attempts: u32,
    /// When it is tried again; `None` for a dead letter.
    pub due_at: Option<Timestamp>,
    /// Why the last try failed.
    pub error: Option<String>,
}

/// How many events a hook holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeldCounts {
    /// Waiting for another try.
    pub waiting: u64,
    /// Dead.
    pub dead: u64,
}

impl Store {
    /// Where a hook stands; one that is new begins with what happens from now on.
    ///
    /// # Errors
    /// When nothing could be read or written.
    pub async fn hook_state(&self, hook: &str) -> Result<HookState, StoreError> {
        if let Some(state) = self.known_hook_state(hook).await? {
            return Ok(state);
        }
        let (name, next) = (hook.to_owned(), *self.durable().borrow());
        self.writer
            .run(move |transaction| {
                transaction
                    .sql
                    .execute(
                        "INSERT OR IGNORE INTO outbox (hook, next, failures) VALUES (?1, ?2, 0)",
                        (&name, next as i64),
                    )
                    .map_err(from_sqlite)?;
                state(transaction.sql, &name)
            })
            .await
            .map(Option::unwrap_or_default)
    }

    /// Where a hook stands; `None` for one that was never followed.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn known_hook_state(&self, hook: &str) -> Result<Option<HookState>, StoreError> {
        let name = hook.to_owned();
        self.readers.run(move |sql| state(sql, &name)).await
    }

    /// Events that a hook holds, oldest first, at most `limit`: those that wait,
    /// or the dead ones.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn held(
        &self,
        hook: &str,
        dead: bool,
        limit: usize,
    ) -> Result<Vec<Held>, StoreError> {
        let hook = hook.to_owned();
        self.readers
            .run(move |sql| {
                let mut statement = sql
                    .prepare_cached(
                        "SELECT seq, case_id, attempts, due_at, error FROM outbox_held \
                         WHERE hook = ?1 AND (due_at IS NULL) = ?2 ORDER BY seq LIMIT ?3",
                    )
                    .map_err(from_sqlite)?;
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                let rows = statement.query_map((hook, dead, limit), held_from_row);
                rows.and_then(Iterator::collect).map_err(from_sqlite)
            })
            .await
    }

    /// How many events a hook holds.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn held_counts(&self, hook: &str) -> Result<HeldCounts, StoreError> {
        let hook = hook.to_owned();
        self.readers
            .run(move |sql| {
                sql.prepare_cached(
                    "SELECT count(due_at), count(*) - count(due_at) FROM outbox_held WHERE hook = ?1",
                )
                .and_then(|mut statement| {
                    statement.query_row([hook], |row| {
                        Ok(HeldCounts {
                            waiting: row.get::<_, i64>(0)?.unsigned_abs(),
                            dead: row.get::<_, i64>(1)?.unsigned_abs(),
                        })
                    })
                })
                .map_err(from_sqlite)
            })
            .await
    }

    /// Writes down what came of a round: where the hook stands, which held
    /// events are told, and which are held now.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn settle_hook(
        &self,
        hook: &str,
        state: HookState,
        told: Vec<u64>,
        held: Vec<Held>,
    ) -> Result<(), StoreError> {
        let hook = hook.to_owned();
        self.writer
            .run(move |transaction| {
                let sql = transaction.sql;
                settle(sql, &hook, &state, &told, &held).map_err(from_sqlite)
            })
            .await
    }

    /// Lets dead letters be tried again at once: those named, or all. Returns
    /// how many there are.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn resend_held(
        &self,
        hook: &str,
        seqs: Option<Vec<u64>>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let hook = hook.to_owned();
        self.writer
            .run(move |transaction| {
                let again = "UPDATE outbox_held SET due_at = ?2, attempts = 0 \
                    WHERE hook = ?1 AND due_at IS NULL";
                let sql = transaction.sql;
                let changed = match seqs {
                    None => sql.execute(again, (&hook, to_millis(now))),
                    Some(seqs) => seqs.iter().try_fold(0, |changed, seq| {
                        let again = format!("{again} AND seq = ?3");
                        sql.execute(&again, (&hook, to_millis(now), *seq as i64))
                            .map(|more| changed + more)
                    }),
                };
                let changed = changed.map_err(from_sqlite)?;
                sql.execute(
                    "UPDATE outbox SET retry_at = NULL, failures = 0 WHERE hook = ?1",
                    [&hook],
                )
                .map_err(from_sqlite)?;
                Ok(changed)
            })
            .await
    }
}

fn settle(
    sql: &Connection,
    hook: &str,
    state: &HookState,
    told: &[u64],
    held: &[Held],
) -> rusqlite::Result<()> {
    for seq in told {
        sql.prepare_cached("DELETE FROM outbox_held WHERE hook = ?1 AND seq = ?2")?
            .execute((hook, *seq as i64))?;
    }
    for one in held {
        sql.prepare_cached(
            "INSERT INTO outbox_held (hook, seq, case_id, attempts, due_at, error) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (hook, seq) DO UPDATE SET \
             attempts = excluded.attempts, due_at = excluded.due_at, error = excluded.error",
        )?
        .execute((
            hook,
            one.seq as i64,
            one.case.0 as i64,
            one.attempts,
            one.due_at.map(to_millis),
            &one.error,
        ))?;
    }
    sql.prepare_cached(
        "UPDATE outbox SET next = ?2, failures = ?3, retry_at = ?4, told_at = ?5, error = ?6 \
         WHERE hook = ?1",
    )?
    .execute((
        hook,
        state.next as i64,
        state.failures,
        state.retry_at.map(to_millis),
        state.told_at.map(to_millis),
        &state.error,
    ))?;
    Ok(())
}

fn state(sql: &Connection, hook: &str) -> Result<Option<HookState>, StoreError> {
    sql.prepare_cached(
        "SELECT next, failures, retry_at, told_at, error FROM outbox WHERE hook = ?1",
    )
    .and_then(|mut statement| {
        let row = statement.query_row([hook], |row| {
            Ok(HookState {
                next: row.get::<_, i64>(0)?.unsigned_abs(),
                failures: row.get(1)?,
                retry_at: row.get::<_, Option<i64>>(2)?.map(from_millis),
                told_at: row.get::<_, Option<i64>>(3)?.map(from_millis),
                error: row.get(4)?,
            })
        });
        row.optional()
    })
    .map_err(from_sqlite)
}

fn held_from_row(row: &Row<'_>) -> rusqlite::Result<Held> {
    Ok(Held {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        case: CaseId(row.get::<_, i64>(1)?.unsigned_abs()),
        attempts: row.get(2)?,
        due_at: row.get::<_, Option<i64>>(3)?.map(from_millis),
        error: row.get(4)?,
    })
}
