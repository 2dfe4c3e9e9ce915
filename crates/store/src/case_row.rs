//! A case as a row.

use std::sync::LazyLock;

use rusqlite::{Connection, Row, ToSql};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use yiwang_base::{CELL_ZOOM, CaseId, Purpose, Timestamp, cell, from_millis, to_millis};
use yiwang_cases::{
    CallBack, Case, Channel, Deadlines, DeclineReason, More, RequestWords, Sealed, SourceRef,
    Stage, StoreError,
};

use crate::callers;
use crate::error::{broken, from_sqlite};

/// What stays as it was when the case came in.
const ORIGIN: &str = "id, channel, source_system, source_id, submitted_at";
/// What events change.
const CHANGING: &str = "version, stage, category, area, unit, decline, due_at, respond_by, \
    resolve_by, dispatched_at, started_at, reported_at, closed_at, closed_unverified, \
    failed_verifications, reopened, call_back_at, call_back_reached, call_back_solved, \
    satisfaction, changed_at, more";
/// What repeats, for searching, parts of what was said.
const DERIVED: &str = "request_seq, follow_code, block";

/// The columns that [`facts`] reads; [`DERIVED`] ones follow.
pub(crate) static FACTS: LazyLock<String> =
    LazyLock::new(|| format!("{ORIGIN}, {CHANGING}, {DERIVED}"));

/// The columns of `cases` in the order of [`from_row`].
pub(crate) static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{}, (SELECT sealed.body FROM sealed WHERE sealed.seq = request_seq)",
        *FACTS
    )
});

/// Where [`DERIVED`] begins, and the words after it.
const REQUEST_SEQ: usize = 27;
const WORDS: usize = REQUEST_SEQ + 3;
/// Number of the columns in [`COLUMNS`].
pub(crate) const WIDTH: usize = WORDS + 1;

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let marks: Vec<String> = (1..=WORDS).map(|n| format!("?{n}")).collect();
    format!(
        "INSERT INTO cases ({}) VALUES ({})",
        *FACTS,
        marks.join(", ")
    )
});

static UPDATE: LazyLock<String> = LazyLock::new(|| {
    let set: Vec<String> = CHANGING
        .split(", ")
        .zip(2..)
        .map(|(column, n)| format!("{column} = ?{n}"))
        .collect();
    format!("UPDATE cases SET {} WHERE id = ?1", set.join(", "))
});

/// What is kept of a request outside of its seal.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Derived {
    /// The entry beside which the request is sealed.
    pub(crate) request_seq: Option<i64>,
    follow_code: Option<[u8; 32]>,
    block: Option<i64>,
}

/// From a cell to its block, the tile at zoom 18 by which cases are found on the map.
pub(crate) const BLOCK_SHIFT: u32 = 2 * (CELL_ZOOM - 18);

/// The block that a cell lies in.
pub(crate) fn block_of(cell: i64) -> i64 {
    cell >> BLOCK_SHIFT
}

impl Derived {
    /// What is kept of the words that stand beside entry `seq`.
    pub(crate) fn of(seq: u64, words: &RequestWords) -> Derived {
        Derived {
            request_seq: Some(seq as i64),
            follow_code: words.follow_code.as_deref().map(follow_hash),
            block: words.place.point.map(|point| block_of(cell(point))),
        }
    }

    /// As read by [`FACTS`].
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Derived> {
        Ok(Derived {
            request_seq: row.get(REQUEST_SEQ)?,
            follow_code: row.get(REQUEST_SEQ + 1)?,
            block: row.get(REQUEST_SEQ + 2)?,
        })
    }
}

/// By what a follow code is found: the code itself is sealed with the request.
pub(crate) fn follow_hash(code: &str) -> [u8; 32] {
    Sha256::digest(code).into()
}

/// Writes the row of a new case whose request is sealed beside entry `seq`.
pub(crate) fn insert(sql: &Connection, case: &Case, seq: u64) -> Result<(), StoreError> {
    let words = case.request.as_ref().map(|w| w.disclose(Purpose::Record));
    let derived = words.map_or_else(Derived::default, |words| Derived::of(seq, words));
    let changing = Changing::of(case)?;
    let (id, channel) = (case.id.0 as i64, channel_number(case.channel));
    let system = case.source.as_ref().map(|source| source.system.as_str());
    let source_id = case.source.as_ref().map(|source| source.id.as_str());
    let submitted_at = to_millis(case.submitted_at);
    let origin: [&dyn ToSql; 5] = [&id, &channel, &system, &source_id, &submitted_at];
    let kept: [&dyn ToSql; 3] = [&derived.request_seq, &derived.follow_code, &derived.block];
    let mut values: Vec<&dyn ToSql> = Vec::with_capacity(WORDS);
    values.extend(origin);
    values.extend(changing.values());
    values.extend(kept);
    execute(sql, &INSERT, &values)?;
    insert_units(sql, case)
}

/// Writes what events changed of a case.
pub(crate) fn update(sql: &Connection, case: &Case) -> Result<(), StoreError> {
    let changing = Changing::of(case)?;
    let id = case.id.0 as i64;
    let mut values: Vec<&dyn ToSql> = vec![&id];
    values.extend(changing.values());
    execute(sql, &UPDATE, &values)?;
    execute(sql, "DELETE FROM case_unit WHERE case_id = ?1", &[&id])?;
    insert_units(sql, case)
}

/// Writes which units beside the lead have to do with the case.
fn insert_units(sql: &Connection, case: &Case) -> Result<(), StoreError> {
    for unit in case.units_beside_lead() {
        let insert = "INSERT INTO case_unit (case_id, unit) VALUES (?1, ?2)";
        execute(sql, insert, &[&(case.id.0 as i64), &unit.as_str()])?;
    }
    Ok(())
}

/// Forgets what is kept of a case's request outside of its seal.
pub(crate) fn forget_request(sql: &Connection, id: CaseId) -> Result<(), StoreError> {
    let forget =
        "UPDATE cases SET request_seq = NULL, follow_code = NULL, block = NULL WHERE id = ?1";
    execute(sql, forget, &[&(id.0 as i64)])?;
    callers::forget(sql, id)
}

fn execute(sql: &Connection, query: &str, values: &[&dyn ToSql]) -> Result<(), StoreError> {
    sql.prepare_cached(query)
        .and_then(|mut statement| statement.execute(values))
        .map_err(from_sqlite)?;
    Ok(())
}

/// The values of [`CHANGING`].
struct Changing<'a> {
    numbers: [i64; 5],
    codes: [Option<&'a str>; 3],
    decline: Option<i64>,
    times: [Option<i64>; 8],
    closed_unverified: bool,
    reached: Option<bool>,
    solved: Option<bool>,
    satisfaction: Option<u8>,
    more: Option<String>,
}

impl<'a> Changing<'a> {
    fn of(case: &'a Case) -> Result<Changing<'a>, StoreError> {
        let millis = |at: Option<Timestamp>| at.map(to_millis);
        let call_back = case.call_back.as_ref();
        let more = Some(&case.more).filter(|more| **more != More::default());
        Ok(Changing {
            numbers: [
                case.version.into(),
                stage_number(case.stage),
                case.failed_verifications.into(),
                case.reopened.into(),
                to_millis(case.changed_at),
            ],
            codes: [
                case.category.as_ref().map(|code| code.as_str()),
                case.area.as_ref().map(|code| code.as_str()),
                case.unit.as_ref().map(|code| code.as_str()),
            ],
            decline: case.decline.map(decline_number),
            times: [
                millis(case.due_at),
                millis(case.deadlines.respond_by),
                millis(case.deadlines.resolve_by),
                millis(case.dispatched_at),
                millis(case.started_at),
                millis(case.reported_at),
                millis(case.closed_at),
                call_back.map(|answer| to_millis(answer.at)),
            ],
            closed_unverified: case.closed_unverified,
            reached: call_back.map(|answer| answer.reached),
            solved: call_back.and_then(|answer| answer.solved),
            satisfaction: call_back.and_then(|answer| answer.satisfaction),
            more: more.map(to_json).transpose()?,
        })
    }

    fn values(&self) -> [&dyn ToSql; 22] {
        let [version, stage, failed, reopened, changed_at] = &self.numbers;
        let [category, area, unit] = &self.codes;
        let [
            due,
            respond,
            resolve,
            dispatched,
            started,
            reported,
            closed,
            called,
        ] = &self.times;
        [
            version,
            stage,
            category,
            area,
            unit,
            &self.decline,
            due,
            respond,
            resolve,
            dispatched,
            started,
            reported,
            closed,
            &self.closed_unverified,
            failed,
            reopened,
            called,
            &self.reached,
            &self.solved,
            &self.satisfaction,
            changed_at,
            &self.more,
        ]
    }
}

/// Reads a case's row with what was said.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Case> {
    let mut case = facts(row)?;
    if !case.erased {
        let sealed: Vec<u8> = row.get(WORDS)?;
        match serde_json::from_slice(&sealed).map_err(|e| unreadable(WORDS, e))? {
            Sealed::Request(words) => case.request = Some(words),
            Sealed::Note(_) | Sealed::File(_) | Sealed::Joiner(_) => {
                return Err(rusqlite::Error::InvalidQuery);
            }
        }
    }
    Ok(case)
}

/// Reads a case's row but for what was said.
pub(crate) fn facts(row: &Row<'_>) -> rusqlite::Result<Case> {
    let time = |index: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(index)?.map(from_millis))
    };
    let source = match (row.get(2)?, row.get(3)?) {
        (Some(system), Some(id)) => Some(SourceRef { id, system }),
        _ => None,
    };
    let call_back = match time(21)? {
        Some(at) => Some(CallBack {
            at,
            reached: row.get(22)?,
            solved: row.get(23)?,
            satisfaction: row.get(24)?,
        }),
        None => None,
    };
    Ok(Case {
        id: CaseId(row.get::<_, i64>(0)?.unsigned_abs()),
        channel: numbered(row.get(1)?, &Channel::ALL, 1)?,
        source,
        submitted_at: from_millis(row.get(4)?),
        version: row.get(5)?,
        stage: numbered(row.get(6)?, &Stage::ALL, 6)?,
        category: code(row, 7)?,
        area: code(row, 8)?,
        unit: code(row, 9)?,
        decline: match row.get::<_, Option<i64>>(10)? {
            Some(number) => Some(numbered(number, &DeclineReason::ALL, 10)?),
            None => None,
        },
        due_at: time(11)?,
        deadlines: Deadlines {
            respond_by: time(12)?,
            resolve_by: time(13)?,
        },
        dispatched_at: time(14)?,
        started_at: time(15)?,
        reported_at: time(16)?,
        closed_at: time(17)?,
        closed_unverified: row.get(18)?,
        failed_verifications: row.get(19)?,
        reopened: row.get(20)?,
        call_back,
        changed_at: from_millis(row.get(25)?),
        more: match row.get::<_, Option<String>>(26)? {
            Some(text) => serde_json::from_str(&text).map_err(|e| unreadable(26, e))?,
            None => More::default(),
        },
        erased: row.get::<_, Option<i64>>(REQUEST_SEQ)?.is_none(),
        request: None,
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
    // Borrowed: a replay reads some millions of codes.
    let text = row.get_ref(column)?.as_str_or_null()?;
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
