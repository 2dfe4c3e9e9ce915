//! Topics of MQTT whose messages are readings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{TimeFormWord, Word};
use crate::mqtt::Mapping;

/// What messages of plain JSON under some topics mean.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingBody {
    /// Whether it is used.
    pub active: bool,
    /// The topics: a filter in which `+` stands for one level, `gauges/+/level`.
    #[schema(min_length = 1, max_length = 1000)]
    pub topic: String,
    /// The datastream by what stands for `+`, joined by `/`; by the empty text
    /// where the topic has no `+`. At most 10000.
    pub streams: BTreeMap<String, u64>,
    /// Where the result is: a JSON pointer, `/data/level`; the empty one where
    /// the message is the result.
    #[schema(max_length = 1000)]
    pub result: String,
    /// Where the time is, a JSON pointer; unless said, a reading is of when it came.
    #[schema(max_length = 1000)]
    pub time: Option<String>,
    /// How the time is said; unless said, as text.
    pub time_form: Option<TimeFormWord>,
}

impl MappingBody {
    /// The mapping.
    pub fn mapping(self) -> Mapping {
        Mapping {
            active: self.active,
            topic: self.topic,
            streams: self.streams,
            result: self.result,
            time: self.time,
            time_form: self.time_form.map(|word| word.0).unwrap_or_default(),
        }
    }
}

/// A mapping as it is set.
#[derive(Debug, Serialize, ToSchema)]
pub struct MappingView {
    /// Its code.
    pub code: String,
    /// Whether it is used.
    pub active: bool,
    /// The topics.
    pub topic: String,
    /// The datastream by what stands for `+`.
    pub streams: BTreeMap<String, u64>,
    /// Where the result is.
    pub result: String,
    /// Where the time is.
    #[schema(required)]
    pub time: Option<String>,
    /// How the time is said.
    pub time_form: TimeFormWord,
}

impl MappingView {
    /// The view of one.
    pub fn of(code: String, mapping: Mapping) -> MappingView {
        MappingView {
            code,
            active: mapping.active,
            topic: mapping.topic,
            streams: mapping.streams,
            result: mapping.result,
            time: mapping.time,
            time_form: Word(mapping.time_form),
        }
    }
}
