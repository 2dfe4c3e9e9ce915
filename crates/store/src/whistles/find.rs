//! Finding and counting whistles.

use std::collections::HashMap;
use std::fmt::Write as _;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use yiwang_base::{UnitCode, to_millis};
use yiwang_cases::figures::Whistled;
use yiwang_cases::{
    CallFilter, Order, StoreError, Whistle, WhistleFilter, WhistleId, WhistlePage, WhistleStart,
};
use yiwang_journal::Entry;

use super::WhistleChanged;
use super::row::{WhistleData, from_columns};
use crate::error::{broken, from_sqlite};

/// A whistle's body, and its words where they are not erased.
const WHOLE: &str = "body, (SELECT sealed.body FROM sealed WHERE sealed.seq = words_seq)";

pub(super) fn one_whistle(sql: &Connection, id: WhistleId) -> Result<Option<Whistle>, StoreError> {
    let condition = Condition {
        sql: "id = ?".into(),
        values: vec![Value::from(id.0 as i64)],
    };
    Ok(some(sql, &condition, "id", 1)?.pop())
}

fn some(
    sql: &Connection,
    condition: &Condition,
    order: &str,
    limit: usize,
) -> Result<Vec<Whistle>, StoreError> {
    let query = format!(
        "SELECT {WHOLE} FROM whistle WHERE {} ORDER BY {order} LIMIT {limit}",
        condition.sql
    );
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let mut rows = statement
        .query(params_from_iter(&condition.values))
        .map_err(from_sqlite)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let body: String = row.get(0).map_err(from_sqlite)?;
        let sealed: Option<Vec<u8>> = row.get(1).map_err(from_sqlite)?;
        found.push(from_columns(&body, sealed.as_deref())?);
    }
    Ok(found)
}

/// A page of whistles.
pub(super) fn list(
    sql: &Connection,
    filter: &WhistleFilter,
    order: Order,
    start: Option<WhistleStart>,
    limit: usize,
) -> Result<WhistlePage, StoreError> {
    let mut condition = Condition::of(filter);
    let (key, direction, compare) = match order {
        Order::Newest => ("blown_at", "DESC", "<"),
        Order::Due => {
            condition.sql.push_str(" AND due_at IS NOT NULL");
            ("due_at", "ASC", ">")
        }
    };
    if let Some(start) = start {
        let _ = write!(condition.sql, " AND ({key}, id) {compare} (?, ?)");
        condition
            .values
            .extend([start.key, start.id.0 as i64].map(Value::from));
    }
    let order_by = format!("{key} {direction}, id {direction}");
    // One more than asked for tells whether there is another page.
    let mut whistles = some(sql, &condition, &order_by, limit.saturating_add(1))?;
    let more = whistles.len() > limit;
    whistles.truncate(limit);
    let last = whistles.last().filter(|_| more);
    let next = last.and_then(|whistle| {
        let key = match order {
            Order::Newest => whistle.blown_at,
            Order::Due => whistle.due_at()?,
        };
        Some(WhistleStart {
            key: to_millis(key),
            id: whistle.id,
        })
    });
    Ok(WhistlePage { whistles, next })
}

/// The calls that a filter finds.
pub(super) fn calls(sql: &Connection, filter: &CallFilter) -> Result<Vec<Whistled>, StoreError> {
    let mut condition = Condition::any_whistle();
    condition.any("unit", filter.units.iter().map(ToString::to_string));
    condition.any("kind", filter.kinds.iter().map(|kind| kind.word().into()));
    if let Some(from) = filter.from {
        condition.and("called_at >= ?", to_millis(from));
    }
    if let Some(until) = filter.until {
        condition.and("called_at < ?", to_millis(until));
    }
    let query = format!(
        "SELECT whistle_id, place, body FROM whistle_call \
         JOIN whistle ON whistle.id = whistle_call.whistle_id WHERE {} \
         ORDER BY whistle_id, place",
        condition.sql
    );
    let mut statement = sql.prepare_cached(&query).map_err(from_sqlite)?;
    let mut rows = statement
        .query(params_from_iter(&condition.values))
        .map_err(from_sqlite)?;
    let mut found = Vec::new();
    let mut last: Option<(i64, Vec<Whistled>)> = None;
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let id: i64 = row.get(0).map_err(from_sqlite)?;
        let place: i64 = row.get(1).map_err(from_sqlite)?;
        let calls = match last.take() {
            Some((known, calls)) if known == id => calls,
            _ => {
                let body: String = row.get(2).map_err(from_sqlite)?;
                Whistled::of(&from_columns(&body, None)?).collect()
            }
        };
        let call = calls.get(place as usize).cloned();
        found.push(call.ok_or_else(|| broken(format!("whistle {id} has no call {place}")))?);
        last = Some((id, calls));
    }
    Ok(found)
}

/// Changes of whistles from an entry on.
pub(super) fn changes(
    sql: &Connection,
    from: u64,
    limit: usize,
) -> Result<Vec<WhistleChanged>, StoreError> {
    let mut statement = sql
        .prepare_cached(
            "SELECT whistle_entry.seq, whistle_id, entry.body FROM whistle_entry \
             JOIN entry ON entry.seq = whistle_entry.seq \
             WHERE whistle_entry.seq >= ?1 ORDER BY whistle_entry.seq LIMIT ?2",
        )
        .map_err(from_sqlite)?;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((from, limit)).map_err(from_sqlite)?;
    let mut known: HashMap<u64, Whistle> = HashMap::new();
    let mut changes = Vec::new();
    while let Some(row) = rows.next().map_err(from_sqlite)? {
        let seq: i64 = row.get(0).map_err(from_sqlite)?;
        let id = row.get::<_, i64>(1).map_err(from_sqlite)?.unsigned_abs();
        let body: Vec<u8> = row.get(2).map_err(from_sqlite)?;
        let entry = Entry::<WhistleData>::parse(&body).map_err(broken)?;
        let whistle = match known.get(&id) {
            Some(whistle) => whistle.clone(),
            None => one_whistle(sql, WhistleId(id))?
                .ok_or_else(|| broken(format!("whistle {id} is missing")))?,
        };
        known.insert(id, whistle.clone());
        changes.push(WhistleChanged {
            seq: seq.unsigned_abs(),
            event: entry.data.event.word(),
            by: entry.by,
            whistle,
        });
    }
    Ok(changes)
}

/// A condition in SQL with its values.
struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    fn any_whistle() -> Condition {
        Condition {
            sql: "1".into(),
            values: Vec::new(),
        }
    }

    fn of(filter: &WhistleFilter) -> Condition {
        let codes = |units: &[UnitCode]| units.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut condition = Condition::any_whistle();
        condition.any("kind", filter.kinds.iter().map(|kind| kind.word().into()));
        condition.any("stage", filter.stages.iter().map(|s| s.word().into()));
        condition.any("by_unit", codes(&filter.by).into_iter());
        condition.any("area", filter.areas.iter().map(ToString::to_string));
        if !filter.called.is_empty() {
            condition.called("", &filter.called);
        }
        if !filter.involved.is_empty() {
            let marks = vec!["?"; filter.involved.len()].join(", ");
            let _ = write!(condition.sql, " AND (by_unit IN ({marks})");
            let units = codes(&filter.involved).into_iter().map(Value::from);
            condition.values.extend(units);
            condition.called(" OR", &filter.involved);
            condition.sql.push(')');
        }
        if let Some(case) = filter.case {
            condition.and("case_id = ?", case.0 as i64);
        }
        if let Some(at) = filter.late_at {
            condition.and("due_at < ?", to_millis(at));
        }
        if let Some(from) = filter.from {
            condition.and("blown_at >= ?", to_millis(from));
        }
        if let Some(until) = filter.until {
            condition.and("blown_at < ?", to_millis(until));
        }
        condition
    }

    fn and(&mut self, sql: &str, value: i64) {
        let _ = write!(self.sql, " AND {sql}");
        self.values.push(Value::from(value));
    }

    fn any(&mut self, column: &str, values: impl Iterator<Item = String>) {
        let before = self.values.len();
        self.values.extend(values.map(Value::from));
        let count = self.values.len() - before;
        if count > 0 {
            let marks = vec!["?"; count].join(", ");
            let _ = write!(self.sql, " AND {column} IN ({marks})");
        }
    }

    /// Whistles that call one of the units; `before` is a word to join with,
    /// `AND` where it is empty.
    fn called(&mut self, before: &str, units: &[UnitCode]) {
        let marks = vec!["?"; units.len()].join(", ");
        let before = if before.is_empty() { " AND" } else { before };
        let _ = write!(
            self.sql,
            "{before} id IN (SELECT whistle_id FROM whistle_call WHERE unit IN ({marks}))"
        );
        let units = units.iter().map(|unit| Value::from(unit.to_string()));
        self.values.extend(units);
    }
}
