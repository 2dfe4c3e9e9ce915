//! How a gateway stands, as it says itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::Timestamp;

use super::Time;
use crate::sensing::GatewayStanding;

/// How a gateway stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GatewayBody {
    /// Readings that wait there for the city.
    pub waiting: u64,
    /// Most that may.
    pub buffer: u64,
    /// Readings that it did not pass on since it was set up, since more waited.
    pub dropped: u64,
    /// When the last of them was left out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub dropped_at: Option<Timestamp>,
    /// Readings that the city has refused since it was set up.
    pub refused: u64,
}

impl GatewayBody {
    /// How it stands, told at this time.
    pub fn standing(self, now: Timestamp) -> GatewayStanding {
        GatewayStanding {
            told_at: now,
            waiting: self.waiting,
            buffer: self.buffer,
            dropped: self.dropped,
            dropped_at: self.dropped_at,
            refused: self.refused,
        }
    }
}

/// How a gateway stands, as it said last since the server started.
#[derive(Debug, Serialize, ToSchema)]
pub struct GatewayView {
    /// When it said so.
    pub told_at: Time,
    /// Readings that wait there for the city.
    pub waiting: u64,
    /// Most that may.
    pub buffer: u64,
    /// Readings that it did not pass on since it was set up, since more waited: they are
    /// in its own history only.
    pub dropped: u64,
    /// When the last of them was left out.
    #[schema(required)]
    pub dropped_at: Option<Time>,
    /// Readings that the city has refused since it was set up.
    pub refused: u64,
}

impl From<GatewayStanding> for GatewayView {
    fn from(standing: GatewayStanding) -> GatewayView {
        GatewayView {
            told_at: Time(standing.told_at),
            waiting: standing.waiting,
            buffer: standing.buffer,
            dropped: standing.dropped,
            dropped_at: standing.dropped_at.map(Time),
            refused: standing.refused,
        }
    }
}
