//! The base map: streets, water, parks and names under the cases.
//!
//! It is a derived asset, not part of the record: it lives in a file of its
//! own (`basemap.sqlite`), is made from an OpenStreetMap extract or from the
//! sample city, and can be deleted and made again at any time. Nothing here is
//! journalled.
//!
//! Words: a *feature* is one thing on the map with one geometry; its *layer*
//! says how it is drawn; its *class* says which kind it is within the layer;
//! its *min zoom* is the lowest zoom at which it is worth drawing.
//!
//! Invariants: the file is never changed in place. A rebuild writes a second
//! file and renames it over the first, so a reader sees the old map or the new
//! one, never half of one.

mod feature;
mod reader;
mod writer;

pub use feature::{Bounds, Feature, InvalidFeature, Layer, Names};
pub use reader::{BasemapStore, Meta, Stamp};
pub use writer::Rebuild;

use std::path::PathBuf;

/// Name of the base map's file inside the data directory.
pub const FILE_NAME: &str = "basemap.sqlite";

/// Form of the file; a file of another form is refused and must be made again.
pub(crate) const FORMAT: i64 = 1;

/// The highest zoom a feature's `min_zoom` may name.
pub const MAX_ZOOM: u8 = 16;

/// Why the base map could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BasemapError {
    /// The database refused or is damaged.
    #[error("base map {path}: {source}")]
    Sql {
        /// The file in question.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file system refused.
    #[error("base map {path}: cannot {action}: {source}")]
    Io {
        /// The file in question.
        path: PathBuf,
        /// What was being tried.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process is writing a base map into the same directory.
    #[error("base map {path}: another import is running; wait for it to end")]
    Busy {
        /// The lock file that is held.
        path: PathBuf,
    },
    /// The file was written by another version of this program.
    #[error("base map {path}: its form is {found}, this program reads {FORMAT}; import it again")]
    Format {
        /// The file in question.
        path: PathBuf,
        /// The form found in it.
        found: i64,
    },
    /// A stored geometry cannot be read back: the file is damaged.
    #[error("base map {path}: feature {id} is damaged ({reason}); import it again")]
    Damaged {
        /// The file in question.
        path: PathBuf,
        /// Row of the feature.
        id: i64,
        /// What is wrong with it.
        reason: String,
    },
    /// A feature handed to the store cannot be drawn.
    #[error("base map feature refused: {0}")]
    Invalid(#[from] InvalidFeature),
}
