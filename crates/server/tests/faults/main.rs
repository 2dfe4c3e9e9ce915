//! What was acknowledged is there, whatever happens to the process, the disk
//! or the network.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

// The tests over HTTP use all of it.
#[path = "../common/mod.rs"]
#[allow(dead_code, unused_imports)]
mod common;

mod crowd;
mod disk;
mod kill;
mod network;
mod readings;
mod record;
