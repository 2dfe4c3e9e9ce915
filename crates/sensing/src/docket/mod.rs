//! What keeps alerts and warnings: a sheet each, written step by step.
//!
//! **Words:** a *sheet* is an alert or a warning as it stands; a *step* is one
//! thing that happened to it, with its circumstances.
//!
//! **Invariants**
//! - A sheet is what its steps add up to: [`Sheet::take`] is pure.
//! - A step is written for the version of the sheet that somebody saw.

mod conformance;
mod memory;
mod port;

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use yiwang_base::Timestamp;

pub use conformance::{Trial, alert_trial, conforms, warning_trial};
pub use memory::MemoryDocket;
pub use port::{Docket, DocketError, Filter, Kept, Written};

/// One thing that happened, with its circumstances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step<E> {
    /// When it happened.
    pub at: Timestamp,
    /// Who caused it: `user:li.na`, `system:rule/flood`.
    pub by: String,
    /// What happened.
    pub event: E,
    /// On what grounds.
    pub grounds: Option<String>,
}

/// An alert or a warning.
pub trait Sheet:
    Debug + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What may happen to it.
    type Event: Debug + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// What it is called in the record: `alert`.
    const WORD: &'static str;

    /// What it is after a step; none where a step cannot follow.
    fn take(before: Option<Self>, id: u64, step: &Step<Self::Event>) -> Option<Self>;

    /// Whether something is still to be done with it.
    fn is_open(&self) -> bool;

    /// The word of an event, `acknowledged`.
    fn word(event: &Self::Event) -> &'static str;
}
