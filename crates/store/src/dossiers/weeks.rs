//! What dossiers ask of the record of cases: counts by week, cases of a pattern.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use yiwang_base::{CaseId, to_millis};
use yiwang_cases::civic::proposal::Pattern;
use yiwang_cases::civic::recurrence::WeekCount;
use yiwang_cases::civic::{PATTERN_ZOOM, Span};
use yiwang_cases::{Channel, Stage, StoreError};

use crate::case_row::{channel_number, stage_number};
use crate::error::{broken, from_sqlite};

/// Zoom level of a case's block.
const BLOCK_ZOOM: u32 = 18;

/// From a block to the tile of a zoom level that it lies in.
fn shift(zoom: u32) -> i64 {
    i64::from(2 * BLOCK_ZOOM.saturating_sub(zoom))
}

/// Which cases count as complaints.
fn counted() -> String {
    format!(
        "stage <> {} AND channel <> {}",
        stage_number(Stage::Declined),
        channel_number(Channel::Proactive)
    )
}

pub(super) fn week_counts(
    sql: &Connection,
    span: Span,
    offset_ms: i64,
    zoom: u32,
) -> Result<Vec<WeekCount>, StoreError> {
    // The first week begins in the far past, so that dividing rounds down.
    let query = format!(
        "SELECT area, category, block >> ?1 AS tile, \
         (submitted_at + ?2) / 604800000 - 1000000 AS week, count(*) FROM cases \
         WHERE submitted_at >= ?3 AND submitted_at < ?4 AND {} \
         AND area IS NOT NULL AND category IS NOT NULL \
         GROUP BY area, category, tile, week",
        counted()
    );
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let monday = offset_ms + 3 * 86_400_000 + 1_000_000 * 604_800_000;
    let mut rows = statement
        .query((
            shift(zoom),
            monday,
            to_millis(span.from),
            to_millis(span.until),
        ))
        .map_err(from_sqlite)?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let text = |column| row.get::<_, String>(column).map_err(from_sqlite);
        counts.push(WeekCount {
            area: text(0)?.parse().map_err(broken)?,
            category: text(1)?.parse().map_err(broken)?,
            cell: row.get(2).map_err(from_sqlite)?,
            week: row.get(3).map_err(from_sqlite)?,
            count: row.get(4).map_err(from_sqlite)?,
        });
    }
    Ok(counts)
}

pub(super) fn pattern_cases(
    sql: &Connection,
    pattern: &Pattern,
    spans: &[Span],
    limit: usize,
) -> Result<Vec<CaseId>, StoreError> {
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    let within = vec!["(submitted_at >= ? AND submitted_at < ?)"; spans.len()].join(" OR ");
    let mut values: Vec<Value> = vec![
        pattern.area.to_string().into(),
        pattern.category.to_string().into(),
    ];
    for span in spans {
        values.extend([to_millis(span.from).into(), to_millis(span.until).into()]);
    }
    let tile = match pattern.cell {
        Some(cell) => {
            values.extend([Value::from(shift(PATTERN_ZOOM)), Value::from(cell)]);
            " AND block >> ? = ?"
        }
        None => "",
    };
    values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let query = format!(
        "SELECT id FROM cases WHERE area = ? AND category = ? AND ({within}) AND {}{tile} \
         ORDER BY submitted_at DESC, id DESC LIMIT ?",
        counted()
    );
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let rows = statement
        .query_map(params_from_iter(values), |row| row.get::<_, i64>(0))
        .map_err(from_sqlite)?;
    rows.map(|id| id.map(|id| CaseId(id.unsigned_abs())).map_err(from_sqlite))
        .collect()
}
