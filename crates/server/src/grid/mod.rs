//! Grid layers in the record, and grids merged into one (多格合一).
//!
//! A layer is an item: who drew it, how many cells; the cells themselves are
//! attached. A merge is an item, too: what went into it and whether it stands;
//! attached are its crosswalk and what was there before, so that it can be undone.

mod adopt;
mod layer;
mod plan;

pub use adopt::{
    MergeRecord, MergeState, Trace, adopt, merges, residents, successors, traced, undo,
};
pub use layer::{LayerRecord, layer_item, read_layer, stored_layers};
pub use plan::{Plan, Preview, cells_geojson, preview};
