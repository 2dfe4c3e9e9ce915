//! The record on disk through its public face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod conformance;
mod desk;
