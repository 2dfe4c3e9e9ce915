//! Many requests, or commands to many cases, in one call.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::object::object;
use super::{ActionWord, CaseRow, RequestBody};

/// One of many requests.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchItem {
    /// Chosen by the caller: the same item with the same key is taken once.
    #[schema(pattern = "^[!-~]{1,128}$")]
    pub key: Option<String>,
    /// The request's number in the caller's own system: taken once, whatever else it holds.
    #[schema(min_length = 1, max_length = 300)]
    pub source_id: Option<String>,
    /// The request.
    #[serde(deserialize_with = "object")]
    pub request: RequestBody,
}

/// What became of many requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchView {
    /// How many were taken now.
    pub taken: usize,
    /// How many were in the record already.
    pub known: usize,
    /// How many were not taken.
    pub refused: usize,
    /// Each, in the order in which they were sent.
    pub items: Vec<BatchRow>,
}

/// What became of one of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchRow {
    /// Its place in the list, from 0.
    pub index: usize,
    /// What became of it.
    pub outcome: BatchOutcome,
    /// The case's number; `null` when it was refused.
    #[schema(required)]
    pub id: Option<String>,
    /// The code by which its sender follows it; only when it was taken now.
    #[schema(required)]
    pub follow_code: Option<String>,
    /// Why it was refused; `null` when it was not.
    #[schema(required)]
    pub problem: Option<ItemProblem>,
}

/// What becomes of one of many requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchOutcome {
    /// Taken now.
    Taken,
    /// In the record already.
    Known,
    /// Not taken.
    Refused,
}

/// Why one of many was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemProblem {
    /// What was wrong and what to do now.
    pub detail: String,
    /// A stable word for programs, `field.missing`.
    pub code: String,
    /// The field at fault, `request.place.point.lon`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub found: Option<String>,
    /// What is allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub allowed: Vec<String>,
    /// Whether the same item may be taken when it is sent again later.
    pub retry: bool,
}

/// A command to one of many cases.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActItem {
    /// Chosen by the caller: the same item with the same key is done once.
    #[schema(pattern = "^[!-~]{1,128}$")]
    pub key: Option<String>,
    /// The case's number, `C1024`.
    #[schema(pattern = "^[Cc]?[1-9][0-9]*$")]
    pub id: String,
    /// The version of the case that the caller has seen.
    pub version: u32,
    /// What to do; not what has a call of its own only (`erase`, `attach`, `merge`).
    pub action: ActionWord,
    /// The body of the call for one case.
    #[schema(value_type = Object)]
    pub body: Option<Box<RawValue>>,
}

/// What became of commands to many cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActView {
    /// How many were done.
    pub done: usize,
    /// How many were not.
    pub refused: usize,
    /// Each, in the order in which they were sent.
    pub items: Vec<ActRow>,
}

/// What became of one of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActRow {
    /// Its place in the list, from 0.
    pub index: usize,
    /// What became of it.
    pub outcome: ActOutcome,
    /// The case after it; `null` when it was refused.
    #[schema(required)]
    pub case: Option<CaseRow>,
    /// Why it was refused; `null` when it was not.
    #[schema(required)]
    pub problem: Option<ItemProblem>,
}

/// What becomes of a command to one of many cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActOutcome {
    /// Done now, or by this same call before.
    Done,
    /// Not done.
    Refused,
}
