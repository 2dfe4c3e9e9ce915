//! Knowing a caller again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CaseRow;

/// Who calls.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerBody {
    /// The telephone number, however it is written; at least five digits.
    #[schema(min_length = 5, max_length = 300)]
    pub phone: String,
}

/// What came from a caller before.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallerView {
    /// The caller's cases, newest first, 20 at most.
    pub cases: Vec<CaseRow>,
}
