//! OGC SensorThings 1.1 (18-088) on the wire.
//!
//! **For:** reading addresses, query options, filters, data arrays and batches,
//! and writing entities, as the standard has them. What is asked is answered
//! elsewhere: nothing here does I/O.
//!
//! **Words:** a *path* leads to a set, an entity or a property; *options* (`$filter`, …)
//! say what of it is wanted; an *expression* is what `$filter` and `$orderby` hold.
//!
//! **Invariants**
//! - No input makes anything here panic, and none is read deeper than
//!   [`MOST_DEPTH`].
//! - How things are called on the wire stands in [`names`] only: the next
//!   version of the standard calls them otherwise.
//! - Errors are refusals: `sta.unsupported` is what the standard answers 501.

mod batch;
mod check;
mod eval;
mod expr;
mod geometry;
mod lex;
pub mod names;
mod observation;
mod options;
mod parse;
mod path;
mod split;
mod value;
mod write;

pub use batch::{BatchAnswer, BatchItem, BatchRequest, boundary_of, read_batch, write_batch};
pub use eval::{Env, eval, holds};
pub use expr::{Expr, Function, Infix};
pub use geometry::{from_geojson, from_wkt};
pub use observation::{Created, Observed, read_create_observations, read_observation};
pub use options::{Expand, Options, OrderBy};
pub use path::{End, Path, Step};
pub use value::Value;
pub use write::{Links, data_array, entity_json, observation_body, set_json};

use yiwang_base::{Refusal, RefusalKind};

/// How deep expressions, expansions and paths may be nested.
pub const MOST_DEPTH: usize = 32;

/// What an address or an option gets wrong.
pub(crate) fn malformed(at: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "sta.malformed", zh, en).at(at)
}

/// What the standard has and this program does not.
pub(crate) fn unsupported(what: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "sta.unsupported",
        "不支持此功能",
        "this is not supported",
    )
    .found(what)
}
