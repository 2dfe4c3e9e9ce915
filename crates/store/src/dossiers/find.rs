//! Listing dossiers.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use yiwang_base::to_millis;
use yiwang_cases::StoreError;
use yiwang_cases::civic::{DossierFilter, DossierId, DossierPage, Tag};

use super::row::{COLUMNS, from_row, tag_text};
use crate::error::from_sqlite;

/// A page, the newest first.
pub(super) fn page(
    sql: &Connection,
    filter: &DossierFilter,
    start: Option<DossierId>,
    limit: usize,
) -> Result<DossierPage, StoreError> {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let mut any = |before: &str, after: &str, wanted: Vec<String>| {
        if !wanted.is_empty() {
            let marks = vec!["?"; wanted.len()].join(", ");
            conditions.push(format!("{before} IN ({marks}){after}"));
            values.extend(wanted.into_iter().map(Value::from));
        }
    };
    any(
        "kind",
        "",
        filter.kinds.iter().map(|k| k.word().to_owned()).collect(),
    );
    any("state", "", filter.states.clone());
    let tagged = "id IN (SELECT dossier_id FROM dossier_tag WHERE tag";
    let tags = |tags: Vec<Tag>| tags.iter().map(tag_text).collect::<Vec<_>>();
    any(
        tagged,
        ")",
        tags(filter.units.iter().cloned().map(Tag::Unit).collect()),
    );
    any(
        tagged,
        ")",
        tags(filter.areas.iter().cloned().map(Tag::Area).collect()),
    );
    any(
        tagged,
        ")",
        tags(
            filter
                .categories
                .iter()
                .cloned()
                .map(Tag::Category)
                .collect(),
        ),
    );
    any(
        tagged,
        ")",
        tags(filter.case.into_iter().map(Tag::Case).collect()),
    );
    if let Some(before) = filter.due_before {
        conditions.push("due_at < ?".into());
        values.push(to_millis(before).into());
    }
    if let Some(start) = start {
        conditions.push("id < ?".into());
        values.push((start.0 as i64).into());
    }
    // One more than asked for tells whether there is a next page.
    let most = i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1));
    values.push(most.into());
    let query = format!(
        "SELECT {COLUMNS} FROM dossier WHERE {} ORDER BY id DESC LIMIT ?",
        conditions.join(" AND ")
    );
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let mut dossiers = statement
        .query_map(params_from_iter(values), from_row)
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(from_sqlite)?;
    let more = dossiers.len() > limit;
    dossiers.truncate(limit);
    let next = dossiers.last().filter(|_| more).map(|one| one.id);
    Ok(DossierPage { dossiers, next })
}
