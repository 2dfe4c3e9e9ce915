use serde::{Deserialize, Serialize};

/// What a detector makes of one reading.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// How likely this reading begins something that somebody should look at:
    /// 0..1, 0.5 where the detector itself would raise an alert. Damped, so that
    /// one anomaly is raised once.
    pub score: f64,
    /// The same before damping: how far this reading is out of the ordinary.
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
    /// What it looked at, in the unit that the expert says.
    pub observed: f64,
    /// The envelope it had seen until then, lowest and highest.
    pub usual: (f64, f64),
    /// Its part of the evidence; 0 when nothing is out of the ordinary.
    pub evidence: f64,
}

/// One aspect of a stream that is watched for itself. All but `Context` look at
/// something in the stream's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expert {
    /// The value as it is (极值).
    Value,
    /// The level: the value smoothed over 30 readings (水平).
    Level,
    /// The level less that over 300 readings (趋势).
    Trend,
    /// The difference from what is usual at the time of day (时段偏差).
    Season,
    /// The same, smoothed over 8 readings (时段持续偏差).
    SeasonLevel,
    /// The change from one reading to the next, smoothed over 30 (波动).
    Roughness,
    /// The change over 12 readings (突变).
    Step,
    /// The lowest of the last 12 readings (短时低值).
    ShortLow,
    /// The lowest of the last 48 readings (长时低值).
    LongLow,
    /// Highest less lowest of the last 48 readings (振幅).
    Swing,
    /// How rarely such levels followed each other before: the negative logarithm
    /// of their share, no unit (形态).
    Context,
}
