//! The store: every room's port on the embedded default, SQLite.
//!
//! **For:** keeping the record. One writer thread takes commands in groups, one
//! transaction and one fsync a group; readers have connections of their own.
//!
//! **Words:** an *entry* is a row of the journal; a *projection* is a table
//! that the entries add up to, written in the same transaction; what is
//! *sealed* stands beside an entry and can be erased.
//!
//! **Invariants**
//! - A change is acknowledged only after its transaction is durable.
//! - Tables are projections: replaying the journal gives the same rows.
//! - Only this crate knows SQL.

mod accounts;
mod append;
mod bare;
pub mod basemap;
mod callers;
mod case_row;
mod cases;
mod change_feed;
mod dockets;
mod dossiers;
mod erase;
mod error;
mod figures;
mod files;
mod finding;
mod functions;
mod items;
mod joiners;
mod keys;
mod marks;
mod outbox;
mod read;
mod registry;
mod replay;
mod scan;
mod schema;
mod segments;
mod store;
#[cfg(test)]
mod tests;
mod trail;
mod verify;
mod views;
mod whistles;
mod writer;

pub use accounts::{Account, AccountData, account_subject};
pub use bare::{BareRead, bare_commits, bare_read};
pub use change_feed::Changed;
pub use dockets::SheetMoved;
pub use dossiers::DossierMoved;
pub use items::{Item, ItemKind, ItemSet, ItemVersion};
pub use keys::{Key, KeyMade, KeysChanged, KeysEnding, NewKey, keys_subject};
pub use outbox::{Held, HeldCounts, HookState};
pub use replay::{ReplayReport, replay};
pub use scan::ScanProgress;
pub use schema::LATEST as LATEST_SCHEMA;
pub use store::{OpenError, Options, Store};
pub use trail::Signed;
pub use verify::{VerifyError, verify};
pub use whistles::WhistleChanged;
