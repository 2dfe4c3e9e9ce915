//! The command centre's seats.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CaseRow, OnDutyView, QueueCounts, Time};
use crate::seats::Seats;

/// The seats side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatsView {
    /// At which time.
    pub as_of: Time,
    /// In the order in which they sit.
    pub seats: Vec<SeatView>,
}

/// One unit's seat.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatView {
    /// Code of the unit.
    pub unit: String,
    /// Who is on duty now; nobody for readers who do not see rosters.
    pub on_duty: Vec<OnDutyView>,
    /// What waits for it.
    pub counts: QueueCounts,
    /// The case whose next step is due first.
    #[schema(required)]
    pub first: Option<CaseRow>,
    /// Whistles that called it and still give it time.
    pub calls_waiting: u64,
    /// Whistles that called it and to which it has not come in time.
    pub calls_overdue: u64,
}

/// Which units have a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatsBody {
    /// Their codes, in the order in which they sit.
    pub units: Vec<String>,
}

impl From<&Seats> for SeatsBody {
    fn from(seats: &Seats) -> Self {
        Self {
            units: seats.units.iter().map(ToString::to_string).collect(),
        }
    }
}
