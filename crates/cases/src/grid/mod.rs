//! Several grids made one (多格合一).
//!
//! City operations, police, social governance and the party each drew cells of
//! their own over the same ground. `merge` lays the layers over each other and
//! over the areas they must stay within, which gives *atoms*: pieces that no
//! border crosses. Atoms grow together into new cells until each is large enough
//! and none too large; borders on which layers agree are kept before borders of
//! one layer alone. A *crosswalk* says of each old cell which new cells it went
//! to, with shares that sum to one.
//!
//! **Invariants**
//! - The new cells cover the areas they lie in, and do not overlap, but for
//!   slivers of rounding far below a square metre.
//! - A new cell is connected, and lies in one area.
//! - The same layers, areas and limits give the same cells and codes.
//! - A code is never given twice, also not that of a cell that is no more.

mod atoms;
mod border;
mod crosswalk;
mod grow;
mod merge;
mod number;

pub use crosswalk::{Crossing, WHOLE};
pub use merge::{Kept, Merged, NewCell, Statistics, merge};

use geo::MultiPolygon;
use serde::{Deserialize, Serialize};
use yiwang_base::AreaCode;

/// A cell of a layer, as it was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct OldCell {
    /// Its code in its layer.
    pub code: String,
    /// Its outline, degrees.
    pub shape: MultiPolygon<f64>,
    /// How many people live in it, where the layer says it.
    pub population: Option<u64>,
}

/// A layer of cells: one of the grids that are to become one.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name, such as `police`.
    pub name: String,
    /// Its cells. Where two overlap, the ground is the earlier one's.
    pub cells: Vec<OldCell>,
}

/// An area that new cells must stay within, such as a community.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    /// Its code; its digits, where it has them, begin the codes of its cells.
    pub code: AreaCode,
    /// Its outline, degrees.
    pub shape: MultiPolygon<f64>,
}

/// How large a cell may be. Zero as the least and `u64::MAX` as the most set no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeLimits {
    /// Most ground, square metres.
    #[serde(default = "unlimited", skip_serializing_if = "is_unlimited")]
    pub max_m2: u64,
    /// Most people.
    #[serde(default = "unlimited", skip_serializing_if = "is_unlimited")]
    pub max_population: u64,
    /// Least ground, square metres.
    pub min_m2: u64,
    /// Fewest people.
    pub min_population: u64,
}

fn unlimited() -> u64 {
    u64::MAX
}

fn is_unlimited(most: &u64) -> bool {
    *most == u64::MAX
}

impl Default for SizeLimits {
    fn default() -> Self {
        Self {
            max_m2: u64::MAX,
            max_population: u64::MAX,
            min_m2: 0,
            min_population: 0,
        }
    }
}

/// Why layers cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Nothing to merge.
    #[error("there are no layers with cells to merge")]
    NoLayers,
    /// Nothing to stay within.
    #[error("there are no areas with an outline that the new cells could lie in")]
    NoContainers,
    /// A least that is more than a most.
    #[error("the least is more than the most: {least} > {most}")]
    Limits {
        /// The least that was asked for.
        least: u64,
        /// The most that was asked for.
        most: u64,
    },
    /// Codes have three digits for the sequence.
    #[error("{container} would have {cells} cells; codes have room for 999: raise the least size")]
    TooMany {
        /// The area.
        container: AreaCode,
        /// How many cells it would have, with those whose codes are used up.
        cells: usize,
    },
    /// A code cannot be made.
    #[error("no code can be made for a cell of {0}")]
    Code(AreaCode),
}
