//! The cases room through its public face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod any_command;
mod any_event;
mod authority;
mod clock;
mod deadlines;
mod dossier_steps;
mod dossiers;
mod dossiers_shared;
mod duplicates;
mod duties;
mod fields;
mod figures;
mod history;
mod json;
mod judging;
mod judging_properties;
mod memory;
mod organization;
mod parts;
mod provisional;
mod returns;
mod road;
mod rosters;
mod scenarios;
mod service;
mod town;
mod triage;
mod watch;
mod what_if;
mod whistles;
