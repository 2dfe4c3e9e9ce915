//! The HTTP interface through real clients, against the real binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

// Some of it is for the tests of faults.
#[path = "../common/mod.rs"]
#[allow(dead_code)]
mod common;

mod accounts;
mod alerts;
mod bad_input;
mod batch;
mod calendar;
mod callers;
mod duplicates;
mod duty;
mod features;
mod figures;
mod files;
mod grid;
mod hooks;
mod judging;
mod life;
mod lists;
mod live;
mod logs;
mod map_and_trail;
mod near;
mod openapi;
mod organization;
mod patrol;
mod queue;
mod readings;
mod repeats;
mod road;
mod roles;
mod scenarios;
mod seats;
mod settings;
mod shared;
mod sight;
mod sign_in;
mod sta;
mod sta_amend;
mod studies;
mod suggestions;
mod table;
mod templates;
mod together;
mod views;
mod votes;
mod whistles;
