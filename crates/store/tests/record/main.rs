//! The record on disk through its public face.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod backup;
mod conformance;
mod desk;
mod dockets;
mod dossiers;
mod erasure;
mod feed;
mod figures;
mod files;
mod opening;
mod outbox;
mod people;
mod reading;
mod register;
mod replay;
mod tampering;
mod trail;
mod upgrade;
mod whistles;
