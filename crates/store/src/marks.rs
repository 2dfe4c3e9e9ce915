//! Cases on the map.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use yiwang_base::{CaseId, Timestamp, cells_of_tile, point_of_cell, to_millis};
use yiwang_cases::{CaseFilter, CasePoint, MapTile, Stage, StoreError};

use crate::case_row::{BLOCK_SHIFT, block_of, numbered, stage_number};
use crate::error::from_sqlite;
use crate::finding::Condition;

/// Cases in a tile, gathered in marks. The tables know the block a case lies
/// in; exactly where stands in its sealed words, which are read for the one
/// case that gives a mark its place, and for all where marks are smaller than blocks.
pub(crate) fn points(
    sql: &Connection,
    tile: MapTile,
    filter: &CaseFilter,
    now: Timestamp,
) -> Result<Vec<CasePoint>, StoreError> {
    let mut condition = Condition::of(filter);
    let (first, last) = cells_of_tile(tile.zoom, tile.x, tile.y);
    condition.and("block >= ?", block_of(first));
    condition.and("block <= ?", block_of(last));
    let Condition { sql: found, values } = condition;
    let now = Value::from(to_millis(now));
    let shift = tile.mark_shift();
    let open = Stage::ALL.into_iter().filter(|stage| stage.is_open());
    let open: Vec<String> = open.map(|s| stage_number(s).to_string()).collect();
    let open = format!("count(*) FILTER (WHERE stage IN ({}))", open.join(", "));
    // With max(), SQLite takes the other columns from the row that has it.
    if let Some(shift) = shift.checked_sub(BLOCK_SHIFT) {
        let query = format!(
            "SELECT newest, (SELECT request_cell(body) FROM sealed WHERE seq = request_seq), \
             stage, number, late, open FROM \
             (SELECT max(id) AS newest, request_seq, stage, count(*) AS number, \
             count(*) FILTER (WHERE due_at < ?) AS late, {open} AS open FROM cases WHERE {found} \
             GROUP BY block >> ?)"
        );
        let before = std::iter::once(now);
        read(
            sql,
            &query,
            before.chain(values).chain([Value::from(shift)]),
        )
    } else {
        let query = format!(
            "WITH here AS MATERIALIZED \
             (SELECT id, stage, due_at, request_cell(sealed.body) AS cell FROM cases \
             JOIN sealed ON sealed.seq = request_seq WHERE {found}) \
             SELECT max(id), cell, stage, count(*), count(*) FILTER (WHERE due_at < ?), {open} \
             FROM here WHERE cell BETWEEN ? AND ? GROUP BY cell >> ?"
        );
        let after = [now, first.into(), last.into(), shift.into()];
        read(sql, &query, values.into_iter().chain(after))
    }
}

fn read(
    sql: &Connection,
    query: &str,
    values: impl Iterator<Item = Value>,
) -> Result<Vec<CasePoint>, StoreError> {
    let mut statement = sql.prepare_cached(query).map_err(from_sqlite)?;
    let points = statement
        .query_map(params_from_iter(values), mark)
        .and_then(|rows| rows.filter_map(Result::transpose).collect());
    points.map_err(from_sqlite)
}

/// A mark; `None` for a cell off the map.
fn mark(row: &Row<'_>) -> rusqlite::Result<Option<CasePoint>> {
    let number = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
    let Some(point) = point_of_cell(row.get(1)?) else {
        return Ok(None);
    };
    Ok(Some(CasePoint {
        id: CaseId(number(0)?),
        point,
        stage: numbered(row.get(2)?, &Stage::ALL, 2)?,
        count: number(3)?,
        late: number(4)?,
        open: number(5)?,
    }))
}
