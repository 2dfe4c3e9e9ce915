//! The standard's wire forms, through the crate's public face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod batches;
mod filters;
mod fuzz;
mod observations;
mod options;
mod paths;
