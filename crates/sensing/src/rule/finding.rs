//! What rules find.

use serde::{Deserialize, Serialize};
use yiwang_base::{Colour, RuleCode};

use crate::StreamId;

/// That a rule began to hold, changed its colour or ended (发现).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// When, in event time: milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The colour before; none when it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Colour>,
    /// What it is grounded on.
    pub ground: Ground,
    /// The rule.
    pub rule: RuleCode,
    /// The streams it was found on, at most [`MAX_STREAMS`]; the first one says
    /// where it is.
    pub streams: Vec<StreamId>,
    /// The colour now; none when it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Colour>,
}

/// Most streams that a finding names.
pub const MAX_STREAMS: usize = 32;

/// What a finding is grounded on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Ground {
    /// What was measured, against the level that it reached, or fell short of.
    Measured {
        /// The level, in the rule's unit.
        level: f64,
        /// What was measured, in the rule's unit.
        value: f64,
    },
    /// So many streams hold together.
    Together {
        /// How many.
        count: u32,
    },
    /// The rule was taken back or changed, or no longer is for the stream.
    RuleGone {},
}

impl Finding {
    /// What tells two standing findings apart: the rule and the stream that says
    /// where it is.
    pub fn key(&self) -> (RuleCode, Option<StreamId>) {
        (self.rule.clone(), self.streams.first().copied())
    }
}
