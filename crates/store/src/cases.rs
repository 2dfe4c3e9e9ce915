//! The cases room's port.

use std::fmt::Write as _;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use yiwang_base::{CaseId, Timestamp, cells_of_tile, point_of_cell, to_millis};
use yiwang_cases::{
    Case, CaseFilter, CasePoint, CaseStore, Change, Counts, DUE_SOON, Happening, MapTile, Order,
    Page, PageStart, Receipt, Recorded, Sealed, Sought, SourceRef, Stage, StoreError,
};
use yiwang_journal::Entry;

use crate::Store;
use crate::append::{CaseData, by_source, prepare_change, repeated};
use crate::case_row::{COLUMNS, channel_number, follow_hash, from_row, numbered, stage_number};
use crate::error::{broken, from_sqlite};

impl Store {
    /// Writes many changes as one job: in order, each whole or not at all.
    /// Returns what became of each.
    ///
    /// # Errors
    /// When nothing could be written.
    pub async fn append_all(
        &self,
        changes: Vec<Change>,
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let prepared = changes
            .into_iter()
            .map(prepare_change)
            .collect::<Result<Vec<_>, StoreError>>()?;
        self.writer
            .run(move |transaction| {
                let mut outcomes = Vec::with_capacity(prepared.len());
                for change in &prepared {
                    let outcome = transaction.change(change);
                    if let Err(
                        error
                        @ (StoreError::Full | StoreError::ReadOnly(_) | StoreError::Broken(_)),
                    ) = outcome
                    {
                        return Err(error);
                    }
                    outcomes.push(outcome);
                }
                Ok(outcomes)
            })
            .await
    }
}

impl CaseStore for Store {
    fn new_case_id(&self) -> CaseId {
        self.take_case_id()
    }

    async fn case(&self, id: CaseId) -> Result<Option<Case>, StoreError> {
        self.readers
            .run(move |sql| find(sql, "id = ?1", [Value::from(id.0 as i64)]))
            .await
    }

    async fn case_by_follow_code(&self, code: &str) -> Result<Option<Case>, StoreError> {
        let hash = follow_hash(code).to_vec();
        self.readers
            .run(move |sql| find(sql, "follow_code = ?1", [Value::from(hash)]))
            .await
    }

    async fn by_source(&self, source: &SourceRef) -> Result<Option<CaseId>, StoreError> {
        let source = source.clone();
        self.readers.run(move |sql| by_source(sql, &source)).await
    }

    async fn repeated(&self, receipt: &Receipt) -> Result<Option<CaseId>, StoreError> {
        let receipt = receipt.clone();
        self.readers.run(move |sql| repeated(sql, &receipt)).await
    }

    async fn append(&self, change: Change) -> Result<(), StoreError> {
        let prepared = prepare_change(change)?;
        self.writer
            .run(move |transaction| transaction.change(&prepared))
            .await
    }

    async fn timeline(&self, id: CaseId) -> Result<Vec<Recorded>, StoreError> {
        self.readers.run(move |sql| timeline(sql, id)).await
    }

    async fn list(
        &self,
        filter: &CaseFilter,
        order: Order,
        start: Option<PageStart>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let filter = filter.clone();
        self.readers
            .run(move |sql| list(sql, &filter, order, start, limit))
            .await
    }

    async fn counts(&self, filter: &CaseFilter, now: Timestamp) -> Result<Counts, StoreError> {
        let filter = filter.clone();
        self.readers.run(move |sql| counts(sql, &filter, now)).await
    }

    async fn points(
        &self,
        tile: MapTile,
        filter: &CaseFilter,
        now: Timestamp,
    ) -> Result<Vec<CasePoint>, StoreError> {
        let filter = filter.clone();
        self.readers
            .run(move |sql| points(sql, tile, &filter, now))
            .await
    }
}

fn find<const N: usize>(
    sql: &Connection,
    condition: &str,
    values: [Value; N],
) -> Result<Option<Case>, StoreError> {
    let mut statement = sql
        .prepare_cached(&format!("SELECT {} FROM cases WHERE {condition}", *COLUMNS))
        .map_err(from_sqlite)?;
    let mut rows = statement
        .query(params_from_iter(values))
        .map_err(from_sqlite)?;
    let row = rows.next().map_err(from_sqlite)?;
    row.map(from_row).transpose().map_err(from_sqlite)
}

fn timeline(sql: &Connection, id: CaseId) -> Result<Vec<Recorded>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT entry.seq, entry.body, \
             CASE WHEN erased.seq IS NULL THEN sealed.body END FROM entry \
             LEFT JOIN sealed ON sealed.seq = entry.seq \
             LEFT JOIN erased ON erased.seq = entry.seq \
             WHERE entry.case_id = ?1 ORDER BY entry.seq",
        )
        .map_err(from_sqlite)?;
    let mut rows = statement.query([id.0 as i64]).map_err(from_sqlite)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let seq: i64 = row.get(0).map_err(from_sqlite)?;
        let body: Vec<u8> = row.get(1).map_err(from_sqlite)?;
        let sealed: Option<Vec<u8>> = row.get(2).map_err(from_sqlite)?;
        let entry = Entry::<CaseData>::parse(&body).map_err(broken)?;
        events.push(Recorded {
            seq: seq.unsigned_abs(),
            recorded_at: entry.at,
            happening: happening(entry, sealed.as_deref())?,
        });
    }
    Ok(events)
}

/// What an entry about a case says.
pub(crate) fn happening(
    entry: Entry<CaseData>,
    sealed: Option<&[u8]>,
) -> Result<Happening, StoreError> {
    let sealed: Option<Sealed> = sealed
        .map(serde_json::from_slice)
        .transpose()
        .map_err(broken)?;
    Ok(Happening {
        at: entry.data.happened.unwrap_or(entry.at),
        by: entry.by.parse().map_err(broken)?,
        grounds: entry.grounds,
        event: entry.data.event,
        sealed,
    })
}

/// A condition in SQL with its values.
struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    fn of(filter: &CaseFilter) -> Condition {
        let mut condition = Condition {
            sql: "1".into(),
            values: Vec::new(),
        };
        condition.any(
            "stage",
            filter.stages.iter().map(|s| Value::from(stage_number(*s))),
        );
        condition.any(
            "channel",
            filter
                .channels
                .iter()
                .map(|c| Value::from(channel_number(*c))),
        );
        condition.any(
            "unit",
            filter.units.iter().map(|c| Value::from(c.to_string())),
        );
        if !filter.involved.is_empty() {
            let marks = vec!["?"; filter.involved.len()].join(", ");
            let _ = write!(
                condition.sql,
                " AND (unit IN ({marks}) OR id IN (SELECT case_id FROM case_unit WHERE unit IN ({marks})))"
            );
            let units = || filter.involved.iter().map(|c| Value::from(c.to_string()));
            condition.values.extend(units().chain(units()));
        }
        condition.any(
            "area",
            filter.areas.iter().map(|c| Value::from(c.to_string())),
        );
        condition.any(
            "category",
            filter.categories.iter().map(|c| Value::from(c.to_string())),
        );
        if let Some(now) = filter.late_at {
            condition.and("due_at < ?", to_millis(now));
        }
        if let Some(now) = filter.due_soon_at {
            condition.and("due_at >= ?", to_millis(now));
            condition.and("due_at < ?", soon_after(now));
        }
        if let Some(from) = filter.from {
            condition.and("submitted_at >= ?", to_millis(from));
        }
        if let Some(until) = filter.until {
            condition.and("submitted_at < ?", to_millis(until));
        }
        match filter.sought() {
            None => {}
            Some(Sought::Case(id)) => condition.and("id = ?", id.0 as i64),
            Some(Sought::Words(words)) => condition.and(
                "(SELECT request_mentions(sealed.body, ?) FROM sealed \
                 WHERE sealed.seq = request_seq)",
                words,
            ),
        }
        condition
    }

    fn and(&mut self, sql: &str, value: impl Into<Value>) {
        let _ = write!(self.sql, " AND {sql}");
        self.values.push(value.into());
    }

    fn any(&mut self, column: &str, values: impl Iterator<Item = Value>) {
        let before = self.values.len();
        self.values.extend(values);
        let count = self.values.len() - before;
        if count > 0 {
            let marks = vec!["?"; count].join(", ");
            let _ = write!(self.sql, " AND {column} IN ({marks})");
        }
    }
}

fn list(
    sql: &Connection,
    filter: &CaseFilter,
    order: Order,
    start: Option<PageStart>,
    limit: usize,
) -> Result<Page, StoreError> {
    let mut condition = Condition::of(filter);
    let (key, direction, compare) = match order {
        Order::Newest => ("submitted_at", "DESC", "<"),
        Order::Due => ("due_at", "ASC", ">"),
    };
    if order == Order::Due {
        condition.sql.push_str(" AND due_at IS NOT NULL");
    }
    if let Some(start) = start {
        let _ = write!(condition.sql, " AND ({key}, id) {compare} (?, ?)");
        condition
            .values
            .extend([Value::from(start.key), Value::from(start.id.0 as i64)]);
    }
    // One more than asked for tells whether there is a next page.
    let most = i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1));
    condition.values.push(Value::from(most));
    let query = format!(
        "SELECT {} FROM cases WHERE {} ORDER BY {key} {direction}, id {direction} LIMIT ?",
        *COLUMNS, condition.sql
    );
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let mut cases = statement
        .query_map(params_from_iter(condition.values), from_row)
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(from_sqlite)?;
    let more = cases.len() > limit;
    cases.truncate(limit);
    let next = cases.last().filter(|_| more).map(|last| PageStart {
        key: match order {
            Order::Newest => to_millis(last.submitted_at),
            Order::Due => last.due_at.map_or(0, to_millis),
        },
        id: last.id,
    });
    Ok(Page { cases, next })
}

/// Up to when a step is due soon.
fn soon_after(now: Timestamp) -> i64 {
    to_millis(now).saturating_add(DUE_SOON.as_millis() as i64)
}

fn counts(sql: &Connection, filter: &CaseFilter, now: Timestamp) -> Result<Counts, StoreError> {
    let condition = Condition::of(filter);
    let query = format!(
        "SELECT stage, count(*), count(*) FILTER (WHERE due_at < ?), \
         count(*) FILTER (WHERE due_at >= ? AND due_at < ?) FROM cases WHERE {} GROUP BY stage",
        condition.sql
    );
    let times = [to_millis(now), to_millis(now), soon_after(now)].map(Value::from);
    let values = times.into_iter().chain(condition.values);
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let mut rows = statement
        .query(params_from_iter(values))
        .map_err(from_sqlite)?;
    let mut counts = Counts::default();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let number = |index| {
            row.get::<_, i64>(index)
                .map(i64::unsigned_abs)
                .map_err(from_sqlite)
        };
        let stage =
            numbered(row.get(0).map_err(from_sqlite)?, &Stage::ALL, 0).map_err(from_sqlite)?;
        counts.by_stage.insert(stage, number(1)?);
        counts.late += number(2)?;
        counts.due_soon += number(3)?;
    }
    Ok(counts)
}

fn points(
    sql: &Connection,
    tile: MapTile,
    filter: &CaseFilter,
    now: Timestamp,
) -> Result<Vec<CasePoint>, StoreError> {
    let mut condition = Condition::of(filter);
    let (first, last) = cells_of_tile(tile.zoom, tile.x, tile.y);
    condition.and("cell >= ?", first);
    condition.and("cell <= ?", last);
    let shift = tile.mark_shift();
    condition.values.push(Value::from(i64::from(shift)));
    // With max(), SQLite takes the other columns from the row that has it.
    let query = format!(
        "SELECT max(id), cell, stage, count(*), count(*) FILTER (WHERE due_at < ?) \
         FROM cases WHERE {} GROUP BY cell >> ?",
        condition.sql
    );
    let values = std::iter::once(Value::from(to_millis(now))).chain(condition.values);
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let mut rows = statement
        .query(params_from_iter(values))
        .map_err(from_sqlite)?;
    let mut points = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let number = |index| row.get::<_, i64>(index).map_err(from_sqlite);
        let Some(point) = point_of_cell(number(1)?) else {
            continue;
        };
        points.push(CasePoint {
            id: CaseId(number(0)?.unsigned_abs()),
            point,
            stage: numbered(number(2)?, &Stage::ALL, 2).map_err(from_sqlite)?,
            count: number(3)?.unsigned_abs(),
            late: number(4)?.unsigned_abs(),
        });
    }
    Ok(points)
}
