use serde::{Deserialize, Serialize};

/// The number of a datastream (数据流): its `@iot.id` in SensorThings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamId(pub u64);

/// One result of a datastream at one time (读数).
///
/// Readings are too many to carry more than this with each; what a stream
/// measures, in which unit and where, belongs to the datastream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Whose it is.
    pub stream: StreamId,
    /// When it was observed: milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// What was observed, in the datastream's unit; never infinite, and NaN only where
    /// the result is no number and is kept beside, which nothing judges.
    pub value: f64,
}
