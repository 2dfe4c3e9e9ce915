//! Alerts and warnings: how each stands, and its entries.

use std::collections::BTreeMap;

use rusqlite::Connection;
use yiwang_base::truncate_millis;
use yiwang_cases::StoreError;
use yiwang_journal::{ENTRY_VERSION, Entry, EntryView};
use yiwang_sensing::docket::{Docket, DocketError, Filter, Kept, Sheet, Step, Written};

use crate::Store;
use crate::append::prepare;
use crate::case_row::{from_json, to_json};
use crate::error::{broken, from_sqlite};
use crate::store::one;
use crate::writer::Transaction;

/// A change of an alert or a warning, with how it stands now.
#[derive(Debug, Clone)]
pub struct SheetMoved<S: Sheet> {
    /// The entry's number.
    pub seq: u64,
    /// What happened, `acknowledged`.
    pub event: &'static str,
    /// What happened, with all that is known of it.
    pub data: S::Event,
    /// Who did it, as in the journal.
    pub by: String,
    /// How it stands now (it may have moved on since).
    pub kept: Kept<S>,
}

fn refused(error: StoreError) -> DocketError {
    DocketError::Broken(error.to_string())
}

impl<S: Sheet> Docket<S> for Store {
    async fn write(
        &self,
        seen: Option<(u64, u64)>,
        steps: Vec<Step<S::Event>>,
    ) -> Result<Written<S>, DocketError> {
        let outcome = self
            .writer
            .run(move |transaction| transaction.write_sheet::<S>(seen, steps));
        outcome.await.map_err(refused)?
    }

    fn sheet(&self, id: u64) -> Result<Option<Kept<S>>, DocketError> {
        let found = self.readers.with(|sql| sheet::<S>(sql, id));
        found.map_err(refused)
    }

    fn sheets(&self, filter: Filter) -> Result<Vec<Kept<S>>, DocketError> {
        let found = self.readers.with(|sql| sheets::<S>(sql, filter));
        found.map_err(refused)
    }

    fn steps(&self, id: u64) -> Result<Vec<Step<S::Event>>, DocketError> {
        let steps = self.readers.with(|sql| steps::<S>(sql, id));
        let steps = steps.map_err(refused)?;
        if steps.is_empty() {
            return Err(DocketError::NoSuch);
        }
        Ok(steps)
    }
}

impl Store {
    /// Changes of alerts or warnings from entry `from` on, oldest first, at most
    /// `limit`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn sheets_from<S: Sheet>(
        &self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<SheetMoved<S>>, StoreError> {
        self.readers
            .run(move |sql| moved::<S>(sql, from, limit))
            .await
    }
}

impl Store {
    /// How many sheets of a sort are open.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn count_open_sheets<S: Sheet>(&self) -> Result<u64, StoreError> {
        let count = "SELECT count(*) FROM sheet WHERE kind = ?1 AND open = 1";
        let found: Option<i64> = self.readers.with(|sql| one(sql, count, [S::WORD]))?;
        Ok(found.map_or(0, i64::unsigned_abs))
    }
}

impl Transaction<'_> {
    fn write_sheet<S: Sheet>(
        &mut self,
        seen: Option<(u64, u64)>,
        steps: Vec<Step<S::Event>>,
    ) -> Result<Result<Written<S>, DocketError>, StoreError> {
        let (id, mut version, mut now) = match seen {
            None => {
                let last = "SELECT max(id) FROM sheet WHERE kind = ?1";
                let last: Option<i64> = one(self.sql, last, [S::WORD])?;
                (last.unwrap_or(0).unsigned_abs() + 1, 0, None)
            }
            Some((id, version)) => match sheet::<S>(self.sql, id)? {
                None => return Ok(Err(DocketError::NoSuch)),
                Some(kept) if kept.version != version => {
                    let found = kept.version;
                    return Ok(Err(DocketError::Changed { found }));
                }
                Some(kept) => (id, version, Some(kept.sheet)),
            },
        };
        let mut entries = Vec::with_capacity(steps.len());
        for step in &steps {
            let step = Step {
                at: truncate_millis(step.at),
                ..step.clone()
            };
            now = S::take(now, id, &step);
            if now.is_none() {
                return Ok(Err(DocketError::DoesNotFollow));
            }
            let entry = Entry {
                at: step.at,
                by: step.by,
                data: step.event.clone(),
                grounds: step.grounds,
                kind: format!("{}.{}", S::WORD, S::word(&step.event)),
                sealed: None,
                subject: format!("{}/{id}", S::WORD),
                v: ENTRY_VERSION,
            };
            entries.push(prepare(entry, None)?);
        }
        let Some(now) = now else {
            return Ok(Err(DocketError::DoesNotFollow));
        };
        for entry in &entries {
            let seq = self.append(entry, None)?;
            version += 1;
            self.sql
                .prepare_cached("INSERT INTO sheet_step (kind, id, seq) VALUES (?1, ?2, ?3)")
                .and_then(|mut sql| sql.execute((S::WORD, id as i64, seq as i64)))
                .map_err(from_sqlite)?;
        }
        let body = to_json(&now)?;
        self.sql
            .prepare_cached(
                "INSERT INTO sheet (kind, id, version, open, body) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, \
                 open = excluded.open, body = excluded.body",
            )
            .and_then(|mut sql| {
                let open = now.is_open();
                sql.execute((S::WORD, id as i64, version as i64, open, &body))
            })
            .map_err(from_sqlite)?;
        Ok(Ok(Kept {
            id,
            version,
            sheet: now,
        }))
    }
}

fn kept<S: Sheet>(row: &rusqlite::Row<'_>) -> Result<Kept<S>, StoreError> {
    let id: i64 = row.get(0).map_err(from_sqlite)?;
    let version: i64 = row.get(1).map_err(from_sqlite)?;
    let body: String = row.get(2).map_err(from_sqlite)?;
    Ok(Kept {
        id: id.unsigned_abs(),
        version: version.unsigned_abs(),
        sheet: from_json(&body)?,
    })
}

fn sheet<S: Sheet>(sql: &Connection, id: u64) -> Result<Option<Kept<S>>, StoreError> {
    let mut statement = sql
        .prepare_cached("SELECT id, version, body FROM sheet WHERE kind = ?1 AND id = ?2")
        .map_err(from_sqlite)?;
    let id = i64::try_from(id).unwrap_or(i64::MAX);
    let mut rows = statement.query((S::WORD, id)).map_err(from_sqlite)?;
    rows.next().map_err(from_sqlite)?.map(kept).transpose()
}

fn sheets<S: Sheet>(sql: &Connection, filter: Filter) -> Result<Vec<Kept<S>>, StoreError> {
    let query = match filter.open {
        None => {
            "SELECT id, version, body FROM sheet WHERE kind = ?1 AND ?2 IS NULL AND id < ?3 \
             ORDER BY id DESC LIMIT ?4"
        }
        Some(_) => {
            "SELECT id, version, body FROM sheet WHERE kind = ?1 AND open = ?2 AND id < ?3 \
             ORDER BY id DESC LIMIT ?4"
        }
    };
    let before = filter.before.and_then(|before| i64::try_from(before).ok());
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let mut statement = sql.prepare_cached(query).map_err(from_sqlite)?;
    let mut rows = statement
        .query((S::WORD, filter.open, before.unwrap_or(i64::MAX), limit))
        .map_err(from_sqlite)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        found.push(kept(row)?);
    }
    Ok(found)
}

fn steps<S: Sheet>(sql: &Connection, id: u64) -> Result<Vec<Step<S::Event>>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT entry.body FROM sheet_step JOIN entry ON entry.seq = sheet_step.seq \
             WHERE kind = ?1 AND id = ?2 ORDER BY sheet_step.seq",
        )
        .map_err(from_sqlite)?;
    let id = i64::try_from(id).unwrap_or(i64::MAX);
    let mut rows = statement.query((S::WORD, id)).map_err(from_sqlite)?;
    let mut steps = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let body: Vec<u8> = row.get(0).map_err(from_sqlite)?;
        let entry = Entry::<S::Event>::parse(&body).map_err(broken)?;
        steps.push(Step {
            at: entry.at,
            by: entry.by,
            event: entry.data,
            grounds: entry.grounds,
        });
    }
    Ok(steps)
}

fn moved<S: Sheet>(
    sql: &Connection,
    from: u64,
    limit: usize,
) -> Result<Vec<SheetMoved<S>>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT sheet.id, version, sheet.body, entry.seq, entry.body FROM sheet_step \
             JOIN sheet ON sheet.kind = sheet_step.kind AND sheet.id = sheet_step.id \
             JOIN entry ON entry.seq = sheet_step.seq \
             WHERE sheet_step.kind = ?1 AND sheet_step.seq >= ?2 \
             ORDER BY sheet_step.seq LIMIT ?3",
        )
        .map_err(from_sqlite)?;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement
        .query((S::WORD, from, limit))
        .map_err(from_sqlite)?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let seq: i64 = row.get(3).map_err(from_sqlite)?;
        let body: Vec<u8> = row.get(4).map_err(from_sqlite)?;
        let entry = EntryView::<S::Event>::parse(&body).map_err(broken)?;
        changes.push(SheetMoved {
            seq: seq.unsigned_abs(),
            event: S::word(&entry.data),
            data: entry.data,
            by: entry.by.into_owned(),
            kept: kept(row)?,
        });
    }
    Ok(changes)
}

/// The number of the sheet that an entry is about.
pub(crate) fn subject_number<S: Sheet>(subject: &str) -> Option<u64> {
    let number = subject.strip_prefix(S::WORD)?.strip_prefix('/')?;
    number.parse().ok()
}

/// What the entries of alerts or of warnings add up to.
pub(crate) struct SheetSum<S>(BTreeMap<u64, Kept<S>>);

impl<S> Default for SheetSum<S> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<S: Sheet> SheetSum<S> {
    pub(crate) fn add(&mut self, id: u64, step: &Step<S::Event>) -> Result<(), &'static str> {
        let before = self.0.remove(&id);
        let version = before.as_ref().map_or(0, |kept| kept.version) + 1;
        let sheet = S::take(before.map(|kept| kept.sheet), id, step);
        let sheet = sheet.ok_or("the step does not follow")?;
        let kept = Kept { id, version, sheet };
        self.0.insert(id, kept);
        Ok(())
    }

    /// Sheets whose rows are not what the entries say, by their subjects.
    pub(crate) fn differing(mut self, sql: &Connection) -> Result<Vec<String>, StoreError> {
        let mut differing = Vec::new();
        let subject = |id: u64| format!("{}/{id}", S::WORD);
        let mut statement = sql
            .prepare(
                "SELECT id, version, body, open, \
                 (SELECT count(*) FROM sheet_step WHERE sheet_step.kind = sheet.kind \
                 AND sheet_step.id = sheet.id) FROM sheet WHERE kind = ?1",
            )
            .map_err(from_sqlite)?;
        let mut rows = statement.query([S::WORD]).map_err(from_sqlite)?;
        while let Some(row) = rows.next().map_err(from_sqlite)? {
            let id: i64 = row.get(0).map_err(from_sqlite)?;
            let open: bool = row.get(3).map_err(from_sqlite)?;
            let steps: i64 = row.get(4).map_err(from_sqlite)?;
            let id = id.unsigned_abs();
            let same = match (self.0.remove(&id), kept::<S>(row).ok()) {
                (Some(expected), Some(found)) => {
                    found.sheet.is_open() == open
                        && found.version == steps.unsigned_abs()
                        && found == expected
                }
                _ => false,
            };
            if !same {
                differing.push(subject(id));
            }
        }
        differing.extend(self.0.into_keys().map(subject));
        Ok(differing)
    }
}
