//! Detectors that learn what is ordinary for one stream, and say when it is not.
//!
//! **For:** one [`Detector`] a stream takes its readings in order of event time
//! and gives each a [`Judgement`]: one score in 0..1 with its grounds.
//!
//! **Words:** an *expert* looks at one aspect of the stream (its value, its
//! trend, the time of day, what came before) and gives *evidence* when that
//! leaves the envelope of all it has been; *surprise* is what the experts'
//! evidence amounts to; the *score* is the surprise damped so that one anomaly is
//! raised once; *sensitivity* is how much evidence an alert takes, learned from
//! what became of earlier ones.
//!
//! **Invariants**
//! - Streaming: a reading is judged by what came before it and nothing else, no
//!   extent of the data is known beforehand.
//! - The state of a stream is constant in size and can be kept and restored; no
//!   chance is involved.

mod average;
mod baseline;
mod context;
mod damping;
mod detector;
mod envelope;
mod judgement;
pub mod nab;
mod season;
mod sensitivity;
mod window;

pub use baseline::{Baseline, Expected};
pub use detector::{Detector, Profile};
pub use judgement::{Band, Expert, Ground, Judgement};
pub use sensitivity::{Outcome, Sensitivity};
