//! Bringing files in: what each importer takes, and how it refuses.

pub mod areas;
pub mod osm;

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
