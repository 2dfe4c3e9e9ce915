//! Grid layers and their merging.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yiwang_cases::grid::{Crossing, Kept, Merged, NewCell, SizeLimits};

use super::Text;
use crate::grid::{LayerRecord, MergeRecord, MergeState, Plan, Preview, Trace};

/// The grid layers in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridLayers {
    /// By name.
    pub layers: Vec<GridLayerView>,
}

/// A grid layer.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridLayerView {
    /// Its name.
    pub name: String,
    /// How many cells it has.
    pub cells: usize,
    /// How many people its cells count together; `null` where they do not.
    #[schema(required)]
    pub population: Option<u64>,
    /// Where it comes from.
    pub source: String,
}

impl From<&LayerRecord> for GridLayerView {
    fn from(record: &LayerRecord) -> Self {
        Self {
            name: record.name.clone(),
            cells: record.cells,
            population: record.population,
            source: record.source.clone(),
        }
    }
}

/// What setting a layer did.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridLayerSet {
    /// The layer.
    pub layer: GridLayerView,
    /// Why features were not taken, in the order of the file.
    pub rejected: Vec<Text>,
}

/// A merge to adopt: what was previewed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptBody {
    /// Names of the layers, the one whose people count first.
    #[schema(min_items = 1)]
    pub layers: Vec<String>,
    /// Least ground of a cell, square metres.
    pub min_m2: Option<u64>,
    /// Most ground.
    pub max_m2: Option<u64>,
    /// Fewest people.
    pub min_population: Option<u64>,
    /// Most people.
    pub max_population: Option<u64>,
    /// The preview's fingerprint.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub fingerprint: String,
}

impl AdoptBody {
    /// The plan it names.
    pub fn plan(&self) -> Plan {
        let none = SizeLimits::default();
        Plan {
            layers: self.layers.clone(),
            limits: SizeLimits {
                min_m2: self.min_m2.unwrap_or(none.min_m2),
                max_m2: self.max_m2.unwrap_or(none.max_m2),
                min_population: self.min_population.unwrap_or(none.min_population),
                max_population: self.max_population.unwrap_or(none.max_population),
            },
        }
    }
}

/// A merge before it is adopted.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridPreview {
    /// To be sent back by whoever adopts it.
    pub fingerprint: String,
    /// The new cells.
    pub cells: Vec<GridCellView>,
    /// Where each old cell went.
    pub crosswalk: Vec<CrossingView>,
    /// What came out.
    pub statistics: GridStatistics,
}

/// A new cell.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridCellView {
    /// Its code.
    pub code: String,
    /// Code of the area it lies in.
    pub container: String,
    /// Square metres.
    pub area_m2: f64,
    /// How many people live in it.
    pub population: u64,
    /// Whether it is smaller than asked.
    pub under: bool,
    /// Whether it is larger than asked.
    pub over: bool,
}

/// A part of an old cell that lies in a new one.
#[derive(Debug, Serialize, ToSchema)]
pub struct CrossingView {
    /// The layer.
    pub layer: String,
    /// The old cell's code in its layer.
    pub old: String,
    /// The new cell's code.
    pub new: String,
    /// Square metres of the part.
    pub area_m2: f64,
    /// Millionths of the old cell's ground; those of one old cell sum to a million.
    pub area_share: u32,
    /// People of the part.
    pub population: f64,
    /// Millionths of the old cell's people.
    pub population_share: u32,
}

/// What came out of a merge.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridStatistics {
    /// Pieces that no border of a layer crosses.
    pub atoms: usize,
    /// Cells smaller than asked, which no neighbour could take.
    pub under: usize,
    /// Cells larger than asked.
    pub over: usize,
    /// Square metres of all new cells.
    pub area_m2: f64,
    /// People in them.
    pub population: u64,
    /// Square metres of the layers that lie in none of the city's areas.
    pub outside_m2: f64,
    /// People who live there.
    pub outside_population: u64,
    /// How much of each layer's borders was kept.
    pub kept: Vec<KeptView>,
}

/// How much of a layer's borders the new cells kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptView {
    /// The layer.
    pub layer: String,
    /// Metres of border between its cells.
    pub metres: f64,
    /// Metres of those that are borders of new cells.
    pub kept_metres: f64,
}

impl From<&Preview> for GridPreview {
    fn from(preview: &Preview) -> Self {
        let Merged {
            cells,
            crosswalk,
            statistics,
        } = &preview.merged;
        let limits = &preview.plan.limits;
        let whole = |value: f64| value.round() as u64;
        let cell = |cell: &NewCell| {
            let (ground, people) = (whole(cell.area_m2), cell.population);
            GridCellView {
                code: cell.code.to_string(),
                container: cell.container.to_string(),
                area_m2: cell.area_m2,
                population: people,
                under: ground < limits.min_m2 || people < limits.min_population,
                over: ground > limits.max_m2 || people > limits.max_population,
            }
        };
        let crossing = |one: &Crossing| CrossingView {
            layer: one.layer.clone(),
            old: one.old.clone(),
            new: cells[one.new].code.to_string(),
            area_m2: one.area_m2,
            area_share: one.area_share,
            population: one.population,
            population_share: one.population_share,
        };
        let kept = |kept: &Kept| KeptView {
            layer: kept.layer.clone(),
            metres: kept.metres,
            kept_metres: kept.kept_metres,
        };
        Self {
            fingerprint: preview.fingerprint.clone(),
            cells: cells.iter().map(cell).collect(),
            crosswalk: crosswalk.iter().map(crossing).collect(),
            statistics: GridStatistics {
                atoms: statistics.atoms,
                under: statistics.under,
                over: statistics.over,
                area_m2: statistics.area_m2,
                population: statistics.population,
                outside_m2: statistics.outside_m2,
                outside_population: statistics.outside_population,
                kept: statistics.kept.iter().map(kept).collect(),
            },
        }
    }
}

/// The merges in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridMerges {
    /// Oldest first.
    pub merges: Vec<GridMergeView>,
}

/// A merge in the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridMergeView {
    /// Its number.
    pub number: String,
    /// Names of the layers.
    pub layers: Vec<String>,
    /// How many cells it made.
    pub cells: usize,
    /// How many cells of before it took the place of.
    pub replaced: usize,
    /// Whether it stands; else it was undone.
    pub stands: bool,
    /// What was seen before it was adopted.
    pub fingerprint: String,
}

impl GridMergeView {
    /// A merge of the record.
    pub fn of(number: &str, record: &MergeRecord) -> GridMergeView {
        GridMergeView {
            number: number.to_owned(),
            layers: record.plan.layers.clone(),
            cells: record.cells,
            replaced: record.replaced,
            stands: record.state == MergeState::Adopted,
            fingerprint: record.fingerprint.clone(),
        }
    }
}

/// The crosswalk of an adopted merge.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridCrosswalk {
    /// By layer and old cell.
    pub crosswalk: Vec<CrossingView>,
}

impl GridCrosswalk {
    /// A crosswalk of the record.
    pub fn of(traces: &[Trace]) -> GridCrosswalk {
        let row = |one: &Trace| CrossingView {
            layer: one.layer.clone(),
            old: one.old.clone(),
            new: one.new.to_string(),
            area_m2: one.area_m2 as f64,
            area_share: one.area_share,
            population: one.population as f64,
            population_share: one.population_share,
        };
        GridCrosswalk {
            crosswalk: traces.iter().map(row).collect(),
        }
    }
}

/// To which version a layer is set back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBackBody {
    /// The version, as its history names it.
    pub version: u64,
}

/// Undo a merge.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoBody {}
