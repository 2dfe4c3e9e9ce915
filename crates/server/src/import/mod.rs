//! Bringing files in: what each importer takes, and how it refuses.
//!
//! A row of a file of requests becomes a history of commands at the times at
//! which they happened, and each goes through the same decisions as a person's
//! command. A row that cannot be taken goes to a reject file, which can be
//! mended and imported in its turn.

pub mod areas;
pub mod categories;
pub mod guess;
pub mod mapping;
mod names;
pub mod osm;
pub mod readings;
pub mod readings_file;
pub mod rejects;
pub mod requests;
pub mod source_case;
pub mod table;

use yiwang_base::Refusal;
use yiwang_store::basemap::BasemapError;

/// Why a file could not be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is not what it must be; says where and what is allowed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The base map could not be written.
    #[error(transparent)]
    Basemap(#[from] BasemapError),
}
