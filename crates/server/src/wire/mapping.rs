//! Topics of MQTT whose messages are readings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_base::from_millis;
use yiwang_sensing::StreamId;

use super::object::object;
use super::{Time, TimeFormWord, Word};
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

impl From<Mapping> for MappingBody {
    fn from(mapping: Mapping) -> Self {
        Self {
            active: mapping.active,
            topic: mapping.topic,
            streams: mapping.streams,
            result: mapping.result,
            time: mapping.time,
            time_form: Some(Word(mapping.time_form)),
        }
    }
}

/// A mapping to try on a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryMappingBody {
    /// The mapping.
    #[serde(deserialize_with = "object")]
    pub mapping: MappingBody,
    /// Under which topic the message comes.
    #[schema(max_length = 1000)]
    pub topic: String,
    /// The message, as it would be sent.
    #[schema(max_length = 10000)]
    pub message: String,
}

/// What a message would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedMappingView {
    /// A reading of this datastream.
    pub stream: u64,
    /// How much.
    pub result: f64,
    /// Of when; `null` where the message does not say: then of when it comes.
    #[schema(required)]
    pub time: Option<Time>,
}

impl TriedMappingView {
    /// What was found.
    pub fn of(stream: StreamId, result: f64, at: Option<i64>) -> Self {
        Self {
            stream: stream.0,
            result,
            time: at.map(|at| Time(from_millis(at))),
        }
    }
}
