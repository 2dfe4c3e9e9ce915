//! What rules need to know of a stream.

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, Point};

use super::Scope;
use crate::StreamId;

/// A stream, as rules choose it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// The area it lies in and those around that, the innermost first.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    /// Its number.
    pub id: StreamId,
    /// Seconds by which its source may deliver late or out of order. Readings
    /// are held that long and put in order before they are judged; 0 judges
    /// each as it comes.
    #[serde(default)]
    pub lateness_seconds: u32,
    /// Where its thing is.
    #[serde(default)]
    pub point: Option<Point>,
    /// The name of what is observed.
    pub property: String,
    /// The number of its thing.
    pub thing: u64,
    /// The symbol of its unit of measurement.
    pub unit: String,
}

impl Scope {
    /// Whether it names a stream.
    pub fn holds(&self, stream: &Stream) -> bool {
        self.holds_kind(stream) && self.holds_thing(stream.thing)
    }

    pub(super) fn holds_thing(&self, thing: u64) -> bool {
        self.things.is_empty() || self.things.contains(&thing)
    }

    /// Leaves the thing aside: what many streams have in common.
    pub(super) fn holds_kind(&self, stream: &Stream) -> bool {
        let names = |list: &[String], name: &String| list.is_empty() || list.contains(name);
        names(&self.properties, &stream.property)
            && names(&self.units, &stream.unit)
            && (self.areas.is_empty() || stream.areas.iter().any(|area| self.areas.contains(area)))
    }
}
