use serde::{Deserialize, Serialize};

/// What a detector makes of one reading.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// How likely this reading begins something that somebody should look at:
    /// 0..1, 0.5 where the detector itself would raise an alert. Damped, so that
    /// one anomaly is raised once.
    pub score: f64,
    /// The same before damping: how far out of the ordinary the stream is now.
    pub surprise: f64,
    /// What was expected, in the stream's unit; `None` while too little is known.
    pub expected: Option<Band>,
    /// What speaks for it most.
    pub ground: Ground,
}

/// A range of the ordinary, in the stream's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Below this is unusual.
    pub low: f64,
    /// The most likely.
    pub mid: f64,
    /// Above this is unusual.
    pub high: f64,
}

/// Which expert found a reading out of the ordinary, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ground {
    /// Who speaks loudest.
    pub expert: Expert,
    /// What it looked at: the value, or what it makes of the value (unit of the
    /// stream).
    pub observed: f64,
    /// How low and how high that had been.
    pub usual: (f64, f64),
    /// Its part of the evidence; 0 when nothing is out of the ordinary.
    pub evidence: f64,
}

/// One aspect of a stream that is watched for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expert {
    /// The value as it is (极值).
    Value,
    /// The level, smoothed (水平).
    Level,
    /// The level against that of a longer time (趋势).
    Trend,
    /// The difference from what is usual at the time of day (时段).
    Season,
}
