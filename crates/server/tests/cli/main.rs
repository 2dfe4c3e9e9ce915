//! The command line, driven as a person or a script drives it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod backup;
mod binary;
mod boston;
mod config;
mod eval;
mod export;
mod import;
mod osm;
mod readings;
mod sample_city;
mod serve;
mod train;
mod user;
mod verify;
