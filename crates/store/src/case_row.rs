//! A case as a row.

use std::sync::LazyLock;

use rusqlite::{Connection, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use yiwang_base::{CaseId, Personal, Purpose, Timestamp, cell, from_millis, to_millis};
use yiwang_cases::{
    CallBack, Case, Channel, Deadlines, DeclineReason, RequestWords, SourceRef, Stage, StoreError,
};

use crate::error::{broken, from_sqlite};

/// The columns of `cases` in the order of [`from_row`].
pub(crate) const COLUMNS: &str = "id, version, stage, channel, category, area, unit, decline, \
    source_system, source_id, request, due_at, respond_by, resolve_by, submitted_at, \
    dispatched_at, started_at, reported_at, closed_at, closed_unverified, failed_verifications, \
    reopened, call_back_at, call_back_reached, call_back_solved, satisfaction, changed_at";

/// Columns that are written, not read back: they repeat parts of `request`.
const DERIVED: &str = "follow_code, cell";

static UPSERT: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = COLUMNS.split(", ").chain(DERIVED.split(", ")).collect();
    let values: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    let set: Vec<String> = columns[1..]
        .iter()
        .map(|c| format!("{c} = excluded.{c}"))
        .collect();
    format!(
        "INSERT INTO cases ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}",
        columns.join(", "),
        values.join(", "),
        set.join(", ")
    )
});

/// Writes a case's row.
pub(crate) fn write(sql: &Connection, case: &Case) -> Result<(), StoreError> {
    let request = case
        .request
        .as_ref()
        .map(|words| words.disclose(Purpose::Record));
    let request_json = request
        .map(serde_json::to_string)
        .transpose()
        .map_err(broken)?;
    let millis = |at: Option<Timestamp>| at.map(to_millis);
    let call_back = case.call_back.as_ref();
    let mut statement = sql.prepare_cached(&UPSERT).map_err(from_sqlite)?;
    statement
        .execute(rusqlite::params![
            case.id.0 as i64,
            case.version,
            stage_number(case.stage),
            channel_number(case.channel),
            case.category.as_ref().map(|code| code.as_str()),
            case.area.as_ref().map(|code| code.as_str()),
            case.unit.as_ref().map(|code| code.as_str()),
            case.decline.map(decline_number),
            case.source.as_ref().map(|source| source.system.as_str()),
            case.source.as_ref().map(|source| source.id.as_str()),
            request_json,
            millis(case.due_at),
            millis(case.deadlines.respond_by),
            millis(case.deadlines.resolve_by),
            to_millis(case.submitted_at),
            millis(case.dispatched_at),
            millis(case.started_at),
            millis(case.reported_at),
            millis(case.closed_at),
            case.closed_unverified,
            case.failed_verifications,
            case.reopened,
            call_back.map(|answer| to_millis(answer.at)),
            call_back.map(|answer| answer.reached),
            call_back.and_then(|answer| answer.solved),
            call_back.and_then(|answer| answer.satisfaction),
            to_millis(case.changed_at),
            request.and_then(|words| words.follow_code.as_deref()),
            request.and_then(|words| words.place.point).map(cell),
        ])
        .map_err(from_sqlite)?;
    Ok(())
}

/// Reads a case's row.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Case> {
    let time = |index: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(index)?.map(from_millis))
    };
    let request: Option<String> = row.get(10)?;
    let request: Option<RequestWords> = request
        .map(|text| serde_json::from_str(&text).map_err(|e| unreadable(10, e)))
        .transpose()?;
    let source = match (row.get(8)?, row.get(9)?) {
        (Some(system), Some(id)) => Some(SourceRef { id, system }),
        _ => None,
    };
    let call_back = match time(22)? {
        Some(at) => Some(CallBack {
            at,
            reached: row.get(23)?,
            solved: row.get(24)?,
            satisfaction: row.get(25)?,
        }),
        None => None,
    };
    Ok(Case {
        id: CaseId(row.get::<_, i64>(0)?.unsigned_abs()),
        version: row.get(1)?,
        stage: numbered(row.get(2)?, &Stage::ALL, 2)?,
        channel: numbered(row.get(3)?, &Channel::ALL, 3)?,
        category: code(row, 4)?,
        area: code(row, 5)?,
        unit: code(row, 6)?,
        decline: match row.get::<_, Option<i64>>(7)? {
            Some(number) => Some(numbered(number, &DeclineReason::ALL, 7)?),
            None => None,
        },
        source,
        erased: request.is_none(),
        request: request.map(Personal::new),
        due_at: time(11)?,
        deadlines: Deadlines {
            respond_by: time(12)?,
            resolve_by: time(13)?,
        },
        submitted_at: time(14)?.unwrap_or_default(),
        dispatched_at: time(15)?,
        started_at: time(16)?,
        reported_at: time(17)?,
        closed_at: time(18)?,
        closed_unverified: row.get(19)?,
        failed_verifications: row.get(20)?,
        reopened: row.get(21)?,
        call_back,
        changed_at: time(26)?.unwrap_or_default(),
    })
}

/// A stage's number in the record: its place in [`Stage::ALL`].
pub(crate) fn stage_number(stage: Stage) -> i64 {
    number_of(stage, &Stage::ALL)
}

/// A channel's number in the record: its place in [`Channel::ALL`].
pub(crate) fn channel_number(channel: Channel) -> i64 {
    number_of(channel, &Channel::ALL)
}

fn decline_number(reason: DeclineReason) -> i64 {
    number_of(reason, &DeclineReason::ALL)
}

fn number_of<T: PartialEq>(value: T, all: &[T]) -> i64 {
    all.iter()
        .position(|other| *other == value)
        .unwrap_or(all.len()) as i64
}

/// The value that stands at a number.
pub(crate) fn numbered<T: Copy>(number: i64, all: &[T], column: usize) -> rusqlite::Result<T> {
    usize::try_from(number)
        .ok()
        .and_then(|index| all.get(index))
        .copied()
        .ok_or_else(|| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

fn code<T: std::str::FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|e| unreadable(column, e)))
        .transpose()
}

fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

/// Any JSON column.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(broken)
}

/// Any JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(broken)
}
