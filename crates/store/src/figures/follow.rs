//! Reading the turns from the record, and following it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, Statement};
use yiwang_base::CaseId;
use yiwang_cases::figures::{Turn, turns};
use yiwang_cases::{Case, StoreError};
use yiwang_journal::Entry;

use super::Figures;
use crate::Store;
use crate::append::CaseData;
use crate::case_row::{FACTS, facts};
use crate::cases::happening;
use crate::error::{broken, from_sqlite};
use crate::store::one;

/// Cases or entries read by one query: short, so that it keeps nobody from
/// emptying the log.
const BATCH: u64 = 20_000;

impl Store {
    /// Reads the turns of all cases, where that was not done.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn load_figures(&self) -> Result<(), StoreError> {
        let _reading = self.figures.reading.lock().await;
        if self.figures.progress().ready {
            return Ok(());
        }
        // What is written from here on is read again when the record is followed.
        let entries = self.durable_entries();
        let last = "SELECT max(id) FROM cases";
        let last: Option<i64> = self.readers.run(move |sql| one(sql, last, [])).await?;
        let total = last.unwrap_or(0).unsigned_abs();
        self.figures.total.store(total, Ordering::Relaxed);
        let mut after = 0;
        while after < total {
            let figures = Arc::clone(&self.figures);
            let read = move |sql: &Connection| figures.take_cases(sql, after, after + BATCH);
            self.readers.run(read).await?;
            after += BATCH;
            self.figures.done.store(after.min(total), Ordering::Relaxed);
        }
        self.figures.write().entries = entries;
        self.figures.ready.store(true, Ordering::Release);
        Ok(())
    }

    /// Takes in everything that is durable now. Whoever asks for figures waits
    /// for this; the server does it now and then, so that little is left to do.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn follow_figures(&self) -> Result<(), StoreError> {
        let durable = self.durable_entries();
        if self.figures.read().entries >= durable {
            return Ok(());
        }
        let _reading = self.figures.reading.lock().await;
        loop {
            let from = self.figures.read().entries;
            if from >= durable {
                return Ok(());
            }
            let until = durable.min(from + BATCH);
            let figures = Arc::clone(&self.figures);
            self.readers
                .run(move |sql| figures.take_changes(sql, from, until))
                .await?;
        }
    }
}

impl Figures {
    /// Takes in the cases with numbers above `after` up to `last`.
    fn take_cases(&self, sql: &Connection, after: u64, last: u64) -> Result<(), StoreError> {
        let query = format!("SELECT {} FROM cases WHERE id > ?1 AND id <= ?2", *FACTS);
        self.take(sql, &query, [after, last])
    }

    /// Takes in the cases that the entries from `from` until `until` are about.
    fn take_changes(&self, sql: &Connection, from: u64, until: u64) -> Result<(), StoreError> {
        let query = format!(
            "SELECT {} FROM cases WHERE id IN (SELECT case_id FROM entry \
             WHERE seq >= ?1 AND seq < ?2 AND case_id IS NOT NULL)",
            *FACTS
        );
        self.take(sql, &query, [from, until])?;
        self.write().entries = until;
        Ok(())
    }

    fn take(&self, sql: &Connection, query: &str, range: [u64; 2]) -> Result<(), StoreError> {
        /// Cases handed over under one lock.
        const TOGETHER: usize = 512;
        let mut cases = sql.prepare_cached(query).map_err(from_sqlite)?;
        let mut events = sql
            .prepare_cached("SELECT body FROM entry WHERE case_id = ?1 ORDER BY seq")
            .map_err(from_sqlite)?;
        let range = range.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        let mut rows = cases.query(range).map_err(from_sqlite)?;
        let mut read: Vec<Turn> = Vec::new();
        // Where the turns of each case end, and its lead.
        let mut ends = Vec::with_capacity(TOGETHER);
        loop {
            let row = rows.next().map_err(from_sqlite)?;
            let done = row.is_none();
            if let Some(row) = row {
                let case = facts(row).map_err(from_sqlite)?;
                if case.had_turns() {
                    read.extend(read_turns(&mut events, &case)?);
                } else {
                    read.push(Turn::only(&case));
                }
                ends.push((read.len(), case.unit));
            }
            if done || ends.len() == TOGETHER {
                let mut table = self.write();
                let mut begin = 0;
                for (end, lead) in ends.drain(..) {
                    table.take(&read[begin..end], lead.as_ref())?;
                    begin = end;
                }
                read.clear();
            }
            if done {
                return Ok(());
            }
        }
    }
}

/// The turns of a case from its entries.
fn read_turns(events: &mut Statement<'_>, case: &Case) -> Result<Vec<Turn>, StoreError> {
    let CaseId(id) = case.id;
    let mut rows = events.query([id as i64]).map_err(from_sqlite)?;
    let mut history = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let body: Vec<u8> = row.get(0).map_err(from_sqlite)?;
        let entry = Entry::<CaseData>::parse(&body).map_err(broken)?;
        history.push(happening(entry, None)?);
    }
    turns(case.id, &history).map_err(broken)
}
