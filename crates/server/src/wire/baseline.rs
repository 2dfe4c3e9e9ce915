//! What was expected of a stream.

use serde::Serialize;
use utoipa::ToSchema;
use yiwang_base::from_millis;
use yiwang_sensing::detect::{Expected, Ground};

use super::{ExpertWord, Time, Word};

/// What was expected of a datastream over some time.
#[derive(Debug, Serialize, ToSchema)]
pub struct BaselineView {
    /// The time of the first reading that was learned from.
    #[schema(required)]
    pub learned_from: Option<Time>,
    /// The earliest first; only buckets with readings.
    pub expected: Vec<ExpectedView>,
}

/// What was expected in one bucket of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpectedView {
    /// When the bucket begins.
    pub from: Time,
    /// Below this was unusual; `null` while too little was known.
    #[schema(required)]
    pub low: Option<f64>,
    /// What was expected.
    #[schema(required)]
    pub mid: Option<f64>,
    /// Above this was unusual.
    #[schema(required)]
    pub high: Option<f64>,
    /// How far a reading was out of the ordinary at most, 0 to 1: from 0.5 on it
    /// would be an alert of a detector.
    #[schema(minimum = 0, maximum = 1)]
    pub score: f64,
    /// What spoke most for that; `null` where nothing did.
    #[schema(required)]
    pub ground: Option<GroundView>,
}

/// What speaks for a score.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroundView {
    /// Which aspect of the readings.
    pub expert: ExpertWord,
    /// What was seen of it, in the stream's unit, or none for `context`.
    pub observed: f64,
    /// The lowest that had been seen of it before.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl From<Expected> for ExpectedView {
    fn from(expected: Expected) -> Self {
        let band = expected.band;
        ExpectedView {
            from: Time(from_millis(expected.from)),
            low: band.map(|band| band.low),
            mid: band.map(|band| band.mid),
            high: band.map(|band| band.high),
            score: expected.surprise,
            ground: expected.ground.map(GroundView::from),
        }
    }
}

impl From<Ground> for GroundView {
    fn from(ground: Ground) -> Self {
        GroundView {
            expert: Word(ground.expert),
            observed: ground.observed,
            low: ground.usual.0,
            high: ground.usual.1,
        }
    }
}
