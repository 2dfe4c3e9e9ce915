//! Listing, counting and filtering cases.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use yiwang_base::{CellBox, Timestamp, to_millis};
use yiwang_cases::{
    Breakdown, CaseFilter, Counts, DUE_SOON, Order, Page, PageStart, Portion, Queue, QueuePart,
    Sought, Stage, StoreError,
};

use crate::case_row::{COLUMNS, block_of, channel_number, from_row, numbered, stage_number};
use crate::error::{broken, from_sqlite};

/// A condition in SQL with its values.
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

impl Condition {
    pub(crate) fn of(filter: &CaseFilter) -> Condition {
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
        if let Some(queue) = &filter.queue {
            condition.waits_in(queue);
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
        if filter.provisional {
            // As the partial index says it, or SQLite does not use that.
            condition
                .sql
                .push_str(" AND more ->> '$.provisional' IS NOT NULL");
        }
        if let Some(from) = filter.from {
            condition.and("submitted_at >= ?", to_millis(from));
        }
        if let Some(until) = filter.until {
            condition.and("submitted_at < ?", to_millis(until));
        }
        if let Some(within) = filter.within {
            condition.within(within);
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

    /// Blocks that lie wholly in a rectangle need no look at the sealed words.
    fn within(&mut self, within: CellBox) {
        let (first, last) = within.ends();
        self.and("block >= ?", block_of(first));
        self.and("block <= ?", block_of(last));
        self.sql.push_str(
            " AND CASE block_share(block, ?, ?) WHEN 2 THEN 1 WHEN 1 THEN \
             (SELECT cell_within(request_cell(sealed.body), ?, ?) FROM sealed \
             WHERE sealed.seq = request_seq) ELSE 0 END",
        );
        let ends = [first, last, first, last].map(Value::from);
        self.values.extend(ends);
    }

    pub(crate) fn and(&mut self, sql: &str, value: impl Into<Value>) {
        let _ = write!(self.sql, " AND {sql}");
        self.values.push(value.into());
    }

    /// Of cases that wait for a unit.
    fn waits_in(&mut self, queue: &Queue) {
        const ASSISTS: &str = "(id IN (SELECT case_id FROM case_unit WHERE unit = ?) \
             AND EXISTS (SELECT 1 FROM json_each(more, '$.parts') AS part \
             WHERE part.value ->> '$.unit' = ? AND part.value ->> '$.reported_at' IS NULL))";
        let unit = || Value::from(queue.unit.to_string());
        match queue.part {
            Some(QueuePart::ToAccept | QueuePart::InWork) => self.and("unit = ?", unit()),
            Some(QueuePart::SentBack) => {
                self.and("unit = ?", unit());
                self.sql
                    .push_str(" AND (failed_verifications > 0 OR reopened > 0)");
            }
            Some(QueuePart::Assisting) => {
                let _ = write!(self.sql, " AND {ASSISTS}");
                self.values.extend([unit(), unit()]);
            }
            None => {
                let _ = write!(self.sql, " AND (unit = ? OR {ASSISTS})");
                self.values.extend([unit(), unit(), unit()]);
            }
        }
        let stages: &[Stage] = match queue.part {
            Some(QueuePart::ToAccept) => &[Stage::Dispatched],
            Some(QueuePart::InWork) => &[Stage::InProgress],
            _ => &[Stage::Dispatched, Stage::InProgress],
        };
        self.any(
            "stage",
            stages.iter().map(|stage| Value::from(stage_number(*stage))),
        );
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

/// A page of cases.
pub(crate) fn list(
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

/// How many cases a filter finds.
pub(crate) fn counts(
    sql: &Connection,
    filter: &CaseFilter,
    now: Timestamp,
) -> Result<Counts, StoreError> {
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

/// How the cases that a filter finds divide.
pub(crate) fn breakdown(
    sql: &Connection,
    filter: &CaseFilter,
    spans: &[Timestamp],
    now: Timestamp,
) -> Result<Breakdown, StoreError> {
    let mut breakdown = Breakdown {
        by_category: portions(sql, filter, "category", now)?,
        by_area: portions(sql, filter, "area", now)?,
        ..Breakdown::default()
    };
    for (number, span) in spans.windows(2).enumerate() {
        let mut condition = Condition::of(filter);
        condition.and("submitted_at >= ?", to_millis(span[0]));
        condition.and("submitted_at < ?", to_millis(span[1]));
        let query = format!("SELECT count(*) FROM cases WHERE {}", condition.sql);
        let count: i64 = sql
            .prepare_cached(&query)
            .and_then(|mut statement| {
                statement.query_row(params_from_iter(condition.values), |row| row.get(0))
            })
            .map_err(from_sqlite)?;
        if count > 0 {
            breakdown.by_span.insert(number, count.unsigned_abs());
        }
    }
    Ok(breakdown)
}

/// The cases that a filter finds by the code in a column.
fn portions<C>(
    sql: &Connection,
    filter: &CaseFilter,
    column: &str,
    now: Timestamp,
) -> Result<BTreeMap<Option<C>, Portion>, StoreError>
where
    C: std::str::FromStr + Ord,
    C::Err: std::fmt::Display,
{
    let condition = Condition::of(filter);
    let open = Stage::ALL.into_iter().filter(|stage| stage.is_open());
    let open: Vec<String> = open.map(|stage| stage_number(stage).to_string()).collect();
    let query = format!(
        "SELECT {column}, count(*), count(*) FILTER (WHERE stage IN ({})), \
         count(*) FILTER (WHERE due_at < ?) FROM cases WHERE {} GROUP BY {column}",
        open.join(", "),
        condition.sql
    );
    let values = std::iter::once(Value::from(to_millis(now))).chain(condition.values);
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let mut rows = statement
        .query(params_from_iter(values))
        .map_err(from_sqlite)?;
    let mut portions = BTreeMap::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let code: Option<String> = row.get(0).map_err(from_sqlite)?;
        let code = code.map(|code| code.parse().map_err(broken)).transpose()?;
        let number = |index| {
            let number = row.get::<_, i64>(index).map_err(from_sqlite);
            number.map(i64::unsigned_abs)
        };
        let portion = Portion {
            total: number(1)?,
            open: number(2)?,
            late: number(3)?,
        };
        portions.insert(code, portion);
    }
    Ok(portions)
}
