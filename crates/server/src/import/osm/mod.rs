//! OpenStreetMap extracts (`.osm.pbf`) into the base map.
//!
//! The file is read three times: for relations, which name the ways they are
//! made of; for ways, which name the nodes they pass; for nodes, which have the
//! positions. So only what is drawn is held in memory: about 16 bytes a node.

mod collect;
mod draw;
mod pbf;
mod rings;

#[cfg(test)]
mod fixture;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use yiwang_store::basemap::{BasemapStore, Feature};

use super::ImportError;
use collect::Collector;
use pbf::Pbf;

/// Features handed to the store at once.
const BATCH: usize = 10_000;

/// Broken relations named in the report; the rest are only counted.
const EXAMPLES: usize = 20;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Reading relations.
    Relations,
    /// Reading ways.
    Ways,
    /// Reading nodes.
    Nodes,
    /// Writing the base map.
    Writing,
}

/// How far the import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// Steps done since the import began: bytes while reading, features while writing.
    pub done: u64,
    /// Steps in this phase.
    pub total: u64,
}

/// A relation that could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenRelation {
    /// Its number in OpenStreetMap.
    pub id: i64,
    /// What is wrong with it.
    pub reason: String,
}

/// What an import found and wrote.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct OsmReport {
    /// Nodes in the file.
    pub nodes: u64,
    /// Ways in the file.
    pub ways: u64,
    /// Relations in the file.
    pub relations: u64,
    /// Features written.
    pub features: u64,
    /// Features written, by layer.
    pub by_layer: BTreeMap<&'static str, u64>,
    /// West, south, east, north of all features, degrees; none when there are none.
    pub bounds: Option<[f64; 4]>,
    /// Ways that pass nodes the extract does not hold; drawn as far as it does.
    pub cut_ways: u64,
    /// Objects left out because a position is off the globe or their shape is empty.
    pub left_out: u64,
    /// Relations left out because their rings do not close.
    pub broken_relations: u64,
    /// The first of those.
    pub broken_examples: Vec<BrokenRelation>,
}

/// Reads an extract and puts its base map in the place of the present one. When
/// it fails, the present one stays.
///
/// # Errors
/// [`ImportError::Refused`] when the file is no sound extract, naming the block
/// and byte; [`ImportError::Basemap`] when the map cannot be written.
pub fn import_osm(
    path: &Path,
    store: &BasemapStore,
    now: Timestamp,
    progress: &mut dyn FnMut(Progress),
) -> Result<OsmReport, ImportError> {
    let mut pbf = Pbf::open(path)?;
    let mut collector = Collector::new(pbf.len());
    for phase in [Phase::Relations, Phase::Ways, Phase::Nodes] {
        if phase == Phase::Nodes {
            collector.ways_are_read();
        }
        pbf.each_block(
            &mut |block| match phase {
                Phase::Relations => collector.relations(block),
                Phase::Ways => collector.ways(block),
                _ => collector.nodes(block),
            },
            &mut |done, total| progress(Progress { phase, done, total }),
        )?;
    }
    let (features, report) = draw::draw(collector);
    let source = path.file_name().unwrap_or(path.as_os_str());
    write(
        &features,
        report,
        store,
        &source.to_string_lossy(),
        now,
        progress,
    )
}

fn write(
    features: &[Feature],
    mut report: OsmReport,
    store: &BasemapStore,
    source: &str,
    now: Timestamp,
    progress: &mut dyn FnMut(Progress),
) -> Result<OsmReport, ImportError> {
    let mut rebuild = store.rebuild()?;
    let mut done = 0;
    for batch in features.chunks(BATCH) {
        rebuild.insert(batch)?;
        done += batch.len();
        progress(Progress {
            phase: Phase::Writing,
            done: done as u64,
            total: features.len() as u64,
        });
    }
    for feature in features {
        *report.by_layer.entry(feature.layer.name()).or_default() += 1;
    }
    let meta = rebuild.finish(source, now)?;
    report.features = meta.features;
    report.bounds = meta.bounds.map(|b| [b.west, b.south, b.east, b.north]);
    Ok(report)
}
