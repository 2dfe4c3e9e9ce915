//! The history through its public face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod crash;
mod model;
mod rate;
mod read_only;
mod rollup;
mod town;
