//! A table of requests that the desk uploads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A table, and what its columns mean.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableBody {
    /// The file's name; the system's name in a drafted mapping is made of it.
    #[schema(max_length = 300)]
    pub name: String,
    /// The file in Base64: CSV in any common encoding, also gzipped, or XLSX.
    pub content: String,
    /// What the columns mean, TOML as `yiwang import requests` takes it; drafted where
    /// there is none.
    pub mapping: Option<String>,
    /// Only look: nothing is written.
    pub dry_run: bool,
}

/// What became of a table, or would.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableView {
    /// What the file is, `CSV, gb18030, delimiter ";"`.
    pub file: String,
    /// The mapping that was used.
    pub mapping: String,
    /// Rows in the file.
    pub rows: u64,
    /// Rows that were taken, or could be.
    pub taken: u64,
    /// Rows whose case was in the record already; 0 when it was only looked at.
    pub known: u64,
    /// Rows that were not taken, by the word for their reason.
    pub rejected: BTreeMap<&'static str, u64>,
    /// The first of them.
    pub rejects: Vec<RejectedRow>,
}

/// A row that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedRow {
    /// The line it begins on.
    pub line: u64,
    /// The column at fault; empty when it is the row as a whole.
    pub column: String,
    /// A stable word for programs, `row.time`.
    pub code: String,
    /// What was wrong and what is allowed.
    pub detail: String,
    /// What was found.
    pub found: String,
}
