//! The HTTP interface through real clients, against the real binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod duty;
mod lists;
mod live;
mod logs;
mod map_and_trail;
mod openapi;
mod repeats;
mod road;
mod roles;
mod sight;
mod sign_in;
