//! What waits for a unit.

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_cases::{Case, QueuePart};

use super::{ActionWord, CaseRow, QueuePartWord, Text, Time, Word};

/// A page of what waits for a unit, the earliest deadline first.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// Code of the unit.
    pub unit: String,
    /// Its cases.
    pub cases: Vec<QueueRow>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// How many there are, under the same filters.
    pub counts: QueueCounts,
    /// The parts of a queue, with their names.
    pub parts: Vec<QueuePartName>,
    /// The time to which lateness was judged.
    pub as_of: Time,
}

/// How many cases wait, by what they wait for.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueCounts {
    /// All of them.
    pub all: u64,
    /// The unit leads and has not begun.
    pub to_accept: u64,
    /// The unit leads and is at work.
    pub in_work: u64,
    /// The unit assists and has not reported its part.
    pub assisting: u64,
    /// Came back to the unit; these are in the first two as well.
    pub sent_back: u64,
    /// Of all of them, those whose next step is late.
    pub late: u64,
    /// Of all of them, those whose next step is due within four hours.
    pub due_soon: u64,
}

/// A part of a queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuePartName {
    /// Its word.
    pub part: QueuePartWord,
    /// Its name.
    pub name: Text,
}

impl QueuePartName {
    /// All parts.
    pub fn all() -> Vec<QueuePartName> {
        let each = QueuePart::ALL.into_iter();
        each.map(|part| QueuePartName {
            part: Word(part),
            name: part.name().into(),
        })
        .collect()
    }
}

/// A case that waits for a unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueRow {
    /// What lists show.
    #[serde(flatten)]
    pub row: CaseRow,
    /// For what it waits; a case that came back waits for two things.
    pub waits_for: Vec<QueuePartWord>,
    /// Minutes of working time that are left until it is due, or since it was; of whole
    /// days by the city's calendar. `null` where it cannot be said.
    #[schema(required)]
    pub working_minutes_left: Option<i64>,
    /// Whether it stands still: no deadline runs.
    pub paused: bool,
    /// Codes of assisting units that have not reported their part.
    pub open_parts: Vec<String>,
    /// What this reader can do with it now, the usual next step first.
    pub actions: Vec<ActionWord>,
}

/// Codes of the assisting units of a case that have not reported.
pub(crate) fn open_parts(case: &Case) -> Vec<String> {
    case.more.parts.open().map(ToString::to_string).collect()
}
