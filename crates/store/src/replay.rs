//! Replaying the journal: what the entries add up to, compared with the tables.

use std::collections::HashMap;
use std::path::Path;

use yiwang_base::CaseId;
use yiwang_cases::{Case, StoreError};
use yiwang_journal::{Entry, EntryView};

use crate::append::CaseData;
use crate::case_row::{COLUMNS, from_row};
use crate::cases::happening;
use crate::error::{broken, from_sqlite};
use crate::scan::{ScanProgress, open_record, scan};

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayReport {
    /// Entries read.
    pub entries: u64,
    /// Cases they make.
    pub cases: u64,
    /// Cases whose row differs from what their entries add up to, or that have
    /// no row, or a row without entries; the lowest numbers first, at most 100.
    pub differing: Vec<CaseId>,
}

/// Replays every case of the record in a data directory and, when `compare`
/// is set, compares each with its row.
///
/// # Errors
/// When the record cannot be read, or holds an entry that is not an event.
pub fn replay(
    directory: &Path,
    compare: bool,
    progress: &mut dyn FnMut(ScanProgress),
) -> Result<ReplayReport, StoreError> {
    let mut cases: HashMap<u64, Case> = HashMap::new();
    let mut entries = 0;
    scan(directory, progress, |row| {
        entries += 1;
        let unreadable =
            |error: &dyn std::fmt::Display| broken(format!("entry {}: {error}", row.seq));
        let view = EntryView::<&serde_json::value::RawValue>::parse(&row.body)
            .map_err(|error| unreadable(&error))?;
        let Some(id) = view
            .subject
            .strip_prefix("case/")
            .and_then(|id| id.parse().ok())
        else {
            return Ok(());
        };
        let data: CaseData =
            serde_json::from_str(view.data.get()).map_err(|error| unreadable(&error))?;
        let entry = Entry {
            at: view.at,
            by: view.by.into_owned(),
            data,
            grounds: None,
            kind: String::new(),
            sealed: None,
            subject: String::new(),
            v: view.v,
        };
        let next = happening(entry, row.sealed.as_deref())?;
        match cases.get_mut(&id) {
            Some(case) => case.apply(&next).map_err(|error| unreadable(&error))?,
            None => {
                let case = Case::begin(CaseId(id), &next).map_err(|error| unreadable(&error))?;
                cases.insert(id, case);
            }
        }
        Ok(())
    })?;
    let count = cases.len() as u64;
    let differing = if compare {
        differing(directory, cases)?
    } else {
        Vec::new()
    };
    Ok(ReplayReport {
        entries,
        cases: count,
        differing,
    })
}

const MOST_DIFFERING: usize = 100;

fn differing(directory: &Path, mut cases: HashMap<u64, Case>) -> Result<Vec<CaseId>, StoreError> {
    let sql = open_record(directory)?;
    let mut statement = sql
        .prepare(&format!("SELECT {COLUMNS} FROM cases ORDER BY id"))
        .map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    let mut differing = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let stored = from_row(row).map_err(from_sqlite)?;
        if cases.remove(&stored.id.0).as_ref() != Some(&stored) {
            differing.push(stored.id);
        }
    }
    differing.extend(cases.into_keys().map(CaseId));
    differing.sort_unstable();
    differing.truncate(MOST_DIFFERING);
    Ok(differing)
}
