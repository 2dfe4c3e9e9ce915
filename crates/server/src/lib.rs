//! The server: HTTP, accounts, importers, the command line.
//!
//! **For:** joining the rooms to the world. Here are the clock, the network
//! and the wire shapes; decisions are made in the rooms.
//!
//! **Invariants**
//! - Policy is in [`policy`] alone; what it does not allow is denied.
//! - What leaves over HTTP is a [`wire`] type.

pub mod accounts;
pub mod alerting;
pub mod basemap;
pub mod bench;
pub mod calendars;
pub mod callers;
pub mod city;
pub mod config;
pub mod data_dir;
pub mod duplicates;
pub mod edge;
pub mod export;
pub mod figures;
pub mod flows;
pub mod follow_code;
pub mod grid;
pub mod http;
pub mod import;
pub mod judging;
pub mod limits;
pub mod mqtt;
pub mod organization;
pub mod picture;
pub mod policy;
mod rosters;
pub mod sample;
pub mod scenarios;
pub mod seats;
pub mod sensing;
pub mod settings;
pub mod studies;
mod voter;
pub mod webhooks;
pub mod what_if;
pub mod wire;
