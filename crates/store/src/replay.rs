//! Replaying the journal: what the entries add up to, compared with the tables.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use serde_json::value::RawValue;
use yiwang_base::{CaseId, Purpose};
use yiwang_cases::{Actor, Case, Event, Happening, Sealed, StoreError};
use yiwang_journal::EntryView;

use crate::accounts::{self, AccountData};
use crate::append::CaseData;
use crate::case_row::{Derived, FACTS, facts};
use crate::error::{broken, from_sqlite};
use crate::items;
use crate::scan::{JournalRow, Scan, ScanProgress};

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayReport {
    /// Entries read.
    pub entries: u64,
    /// Cases they make.
    pub cases: u64,
    /// What the entries and the tables tell differently, by its subject in the
    /// journal (`case/12`, `unit/lights`): a row that differs, is missing, or
    /// has no entries. At most 100.
    pub differing: Vec<String>,
}

const MOST_DIFFERING: usize = 100;

/// Replays the record in a data directory and, when `compare` is set, compares
/// what comes out with the tables.
///
/// # Errors
/// When the record cannot be read, has a gap, or holds an entry about a case
/// that is not an event.
pub fn replay(
    directory: &Path,
    compare: bool,
    progress: &mut dyn FnMut(ScanProgress),
) -> Result<ReplayReport, StoreError> {
    let (sql, scan) = Scan::open(directory)?;
    let entries = scan.entries;
    let mut sum = Sum::default();
    let mut next = 0;
    scan.run(progress, step, |(seq, step)| {
        if seq != next {
            return Err(broken(format!("entry {next} is missing; check the record")));
        }
        next += 1;
        sum.add(seq, step)
    })?;
    if next != entries {
        return Err(broken(format!("entry {next} is missing; check the record")));
    }
    let cases = sum.cases.len() as u64;
    let differing = if compare {
        sum.compare(&sql)?
    } else {
        Vec::new()
    };
    Ok(ReplayReport {
        entries,
        cases,
        differing,
    })
}

/// What one entry adds.
#[expect(clippy::large_enum_variant, reason = "nearly all are about cases")]
enum Step {
    Case {
        id: u64,
        next: Happening,
        derived: Option<Derived>,
        /// The entry stands under another case than it speaks of.
        misplaced: bool,
    },
    Item(String, Value),
    Account(String, AccountData),
    Other,
}

/// Reads an entry; the costly part of a replay.
fn step(row: &JournalRow<'_>) -> Result<(u64, Step), StoreError> {
    let unreadable = |error: &dyn std::fmt::Display| broken(format!("entry {}: {error}", row.seq));
    // Nearly all entries are about cases; of the others the data is read once more.
    if let Ok(entry) = EntryView::<CaseData>::parse(row.body)
        && let Some(id) = case_number(&entry.subject)
    {
        let derived = match (&entry.data.event, &row.sealed) {
            (Event::Submitted { .. }, Some(sealed)) if row.erased_by.is_none() => {
                match serde_json::from_slice(sealed.body).map_err(|e| unreadable(&e))? {
                    Sealed::Request(words) => {
                        Some(Derived::of(row.seq, words.disclose(Purpose::Record)))
                    }
                    Sealed::Note(_) => None,
                }
            }
            _ => None,
        };
        let next = Happening {
            at: entry.data.happened.unwrap_or(entry.at),
            // Neither who nor why changes what a case is.
            by: Actor::Resident,
            grounds: None,
            event: entry.data.event,
            sealed: None,
        };
        let misplaced = row.case_id != Some(id);
        let step = Step::Case {
            id,
            next,
            derived,
            misplaced,
        };
        return Ok((row.seq, step));
    }
    let entry = EntryView::<&RawValue>::parse(row.body).map_err(|e| unreadable(&e))?;
    let subject = entry.subject.into_owned();
    let data = entry.data.get();
    let step = if subject.starts_with("case/") {
        let error = serde_json::from_str::<CaseData>(data).err();
        return Err(unreadable(&error.map_or_else(
            || format!("{subject} is no case"),
            |error| error.to_string(),
        )));
    } else if subject.starts_with("account/") {
        let data = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        Step::Account(subject, data)
    } else if items::is_item(&subject) {
        let data = serde_json::from_str(data).map_err(|e| unreadable(&e))?;
        Step::Item(subject, data)
    } else {
        Step::Other
    };
    Ok((row.seq, step))
}

fn case_number(subject: &str) -> Option<u64> {
    subject.strip_prefix("case/")?.parse().ok()
}

/// What the entries add up to.
#[derive(Default)]
struct Sum {
    /// Boxed, so that a growing table need not be copied with all that is in it.
    cases: HashMap<u64, Box<(Case, Derived)>>,
    items: HashMap<String, (u64, Value)>,
    accounts: HashMap<String, AccountData>,
    misplaced: BTreeSet<u64>,
}

impl Sum {
    fn add(&mut self, seq: u64, step: Step) -> Result<(), StoreError> {
        match step {
            Step::Case {
                id,
                next,
                derived,
                misplaced,
            } => {
                if misplaced && self.misplaced.len() < MOST_DIFFERING {
                    self.misplaced.insert(id);
                }
                self.add_event(id, &next, derived)
                    .map_err(|error| broken(format!("entry {seq}: {error}")))?;
            }
            Step::Item(subject, data) => {
                self.items.insert(subject, (seq, data));
            }
            Step::Account(subject, data) => {
                self.accounts.insert(subject, data);
            }
            Step::Other => {}
        }
        Ok(())
    }

    fn add_event(
        &mut self,
        id: u64,
        next: &Happening,
        words: Option<Derived>,
    ) -> Result<(), yiwang_cases::ReplayError> {
        if let Some(known) = self.cases.get_mut(&id) {
            let (case, derived) = known.as_mut();
            case.apply(next)?;
            if case.erased {
                *derived = Derived::default();
            }
            return Ok(());
        }
        let mut case = Case::begin(CaseId(id), next)?;
        // The words themselves are not read again: they stand in one place only.
        case.erased = words.is_none();
        self.cases
            .insert(id, Box::new((case, words.unwrap_or_default())));
        Ok(())
    }

    /// Cases whose units beside the lead the tables tell differently.
    fn differing_units(&self, sql: &Connection) -> Result<BTreeSet<u64>, StoreError> {
        let units = |(id, known): (&u64, &Box<(Case, Derived)>)| {
            let units = known.0.units_beside_lead();
            let pairs = units.into_iter().map(|unit| (*id, unit.to_string()));
            pairs.collect::<Vec<_>>()
        };
        let expected: BTreeSet<(u64, String)> = self.cases.iter().flat_map(units).collect();
        let mut statement = sql
            .prepare("SELECT case_id, unit FROM case_unit")
            .map_err(from_sqlite)?;
        let stored = statement
            .query_map([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?)))
            .and_then(Iterator::collect::<rusqlite::Result<BTreeSet<_>>>)
            .map_err(from_sqlite)?;
        let differing = expected.symmetric_difference(&stored);
        Ok(differing.map(|(id, _)| *id).collect())
    }

    fn compare(mut self, sql: &Connection) -> Result<Vec<String>, StoreError> {
        let mut differing = std::mem::take(&mut self.misplaced);
        differing.extend(self.differing_units(sql)?);
        let mut statement = sql
            .prepare(&format!("SELECT {} FROM cases ORDER BY id", *FACTS))
            .map_err(from_sqlite)?;
        let mut rows = statement.query([]).map_err(from_sqlite)?;
        while let Some(row) = rows.next().map_err(from_sqlite)? {
            let id: i64 = row.get(0).map_err(from_sqlite)?;
            let expected = self.cases.remove(&(id as u64));
            // A row that cannot be read differs from any.
            let stored = facts(row).and_then(|case| Ok((case, Derived::from_row(row)?)));
            if expected.is_none() || expected.as_deref() != stored.ok().as_ref() {
                differing.insert(id as u64);
            }
        }
        differing.extend(self.cases.into_keys());
        let mut subjects: Vec<String> = differing.iter().map(|id| format!("case/{id}")).collect();
        subjects.extend(items::differing(sql, self.items)?);
        subjects.extend(accounts::differing(sql, self.accounts)?);
        subjects.truncate(MOST_DIFFERING);
        Ok(subjects)
    }
}
