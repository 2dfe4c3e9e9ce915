//! Drafting a mapping from a file: what each column seems to hold, by its name
//! and by its values, with how sure that is. The draft is a mapping that works
//! as it stands; a person reads it over before it is used.

mod draft;
mod look;
mod mask;
mod roles;
mod times;
mod words;

use serde::Serialize;
use yiwang_cases::Rules;

pub use roles::Role;

use super::mapping::Mapping;
use super::requests::{Plan, RequestsError, scan};
use super::table::{Reading, Table};
use look::Look;

/// Most rows that are looked at; the check of the draft reads all of them.
const MOST_ROWS: usize = 20_000;

/// A drafted mapping.
#[derive(Debug, Clone, Serialize)]
pub struct Draft {
    /// What the file is, `CSV, GB18030, delimiter ";"`.
    pub file: String,
    /// What each column seems to hold.
    pub columns: Vec<Guessed>,
    /// Rows in the file, and how many the draft can take.
    pub rows: u64,
    /// Of those, how many can be read with the draft.
    pub readable: u64,
    /// The mapping, TOML.
    pub mapping: String,
}

/// What a column seems to hold.
#[derive(Debug, Clone, Serialize)]
pub struct Guessed {
    /// Its name.
    pub name: String,
    /// What for; `None` where it is not used.
    pub role: Option<Role>,
    /// How sure, per hundred.
    pub confidence: u8,
}

/// Name of a system whose file has none that could be one.
const UNNAMED: &str = "another-system";

/// A file's name as the name of a system: `boston_311.csv.gz` → `boston_311`.
pub fn system_of(file_name: &str) -> String {
    let stem = file_name.split('.').next().unwrap_or_default();
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "_-".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = stem
        .to_ascii_lowercase()
        .chars()
        .map(plain)
        .take(64)
        .collect();
    match name.trim_matches('-') {
        "" => UNNAMED.to_owned(),
        name => name.to_owned(),
    }
}

/// Drafts a mapping for a file that is to be known as `system`.
///
/// # Errors
/// When the file cannot be read.
pub fn guess(
    table: &Table,
    reading: &Reading,
    system: &str,
    rules: &Rules,
) -> Result<Draft, RequestsError> {
    let mut rows = table.rows()?;
    let mut columns: Vec<Look> = rows
        .header()
        .iter()
        .map(|name| Look::new(&String::from_utf8_lossy(name)))
        .collect();
    let mut seen = 0;
    while seen < MOST_ROWS
        && let Some(row) = rows.next_row()?
    {
        // A row of another length would put its values into other columns.
        if row.record.len() != columns.len() {
            continue;
        }
        seen += 1;
        for (column, field) in columns.iter_mut().zip(&row.record) {
            column.see(&String::from_utf8_lossy(field));
        }
    }
    let roles = roles::choose(&columns, rules);
    let mut draft = draft::Drawing {
        system,
        file: &table.describe(),
        columns: &columns,
        roles: &roles,
        reading,
        unplaced: false,
    };
    let first = check(&draft.text(None), table, rules)?;
    // Rows without a place cost nothing else.
    draft.unplaced = first.unreadable.contains_key("row.place");
    let plan = match draft.unplaced {
        true => check(&draft.text(None), table, rules)?,
        false => first,
    };
    let guessed = columns.iter().zip(&roles.of).map(|(look, role)| Guessed {
        name: look.name.clone(),
        role: role.map(|(role, _)| role),
        confidence: role.map_or(0, |(_, sure)| sure),
    });
    Ok(Draft {
        file: table.describe(),
        columns: guessed.collect(),
        rows: plan.rows,
        readable: plan.readable,
        mapping: draft.text(Some(&plan)),
    })
}

fn check(text: &str, table: &Table, rules: &Rules) -> Result<Plan, RequestsError> {
    let mapping = Mapping::read(text).map_err(RequestsError::Header)?;
    scan(table, &mapping, rules, |_, _| {})
}

#[cfg(test)]
mod tests;
