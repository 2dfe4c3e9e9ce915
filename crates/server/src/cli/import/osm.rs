//! `yiwang import osm`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Error};
use clap::Args;
use yiwang_base::Timestamp;
use yiwang_server::data_dir;
use yiwang_server::import::ImportError;
use yiwang_server::import::osm::{OsmReport, Phase, import_osm};
use yiwang_store::basemap::BasemapStore;

use crate::cli::Context;
use crate::cli::progress::{Progress, thousands};

/// Make the base map from an OpenStreetMap extract
///
/// The new map takes the place of the old one when it is whole; a server that
/// is running shows it at once. The map is no part of the record.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import osm massachusetts-latest.osm.pbf --data boston

Extracts come from mirrors of OpenStreetMap; a city is best cut out beforehand:
  osmium extract --bbox -71.2,42.2,-70.9,42.4 massachusetts-latest.osm.pbf -o boston.osm.pbf")]
pub(super) struct Osm {
    /// The extract, .osm.pbf
    file: PathBuf,
}

impl Osm {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        data_dir::prepare(&context.data)?;
        let store = BasemapStore::new(&context.data);
        let mut reading = Progress::new("reading", "bytes");
        let mut writing = Progress::new("writing", "features");
        let report = import_osm(
            &self.file,
            &store,
            Timestamp::now(),
            &mut |at| match at.phase {
                Phase::Writing => writing.at(at.done, Some(at.total)),
                _ => reading.at(at.done, Some(at.total)),
            },
        );
        drop((reading, writing));
        let report = report
            .map_err(|error| match error {
                ImportError::Refused(refusal) => Error::from(refusal),
                other => Error::from(other),
            })
            .with_context(|| self.file.display().to_string())?;
        context.report(&report, || text(&report, &store))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn text(report: &OsmReport, store: &BasemapStore) -> String {
    let mut text = format!(
        "{} features in {}, of {} nodes, {} ways and {} relations",
        thousands(report.features),
        store.path().display(),
        thousands(report.nodes),
        thousands(report.ways),
        thousands(report.relations),
    );
    for (layer, count) in &report.by_layer {
        text += &format!("\n  {layer}: {}", thousands(*count));
    }
    let odd = [
        (
            report.cut_ways,
            "ways leave the extract and are drawn as far as it goes",
        ),
        (
            report.left_out,
            "objects have no position or an empty shape and are left out",
        ),
        (
            report.broken_relations,
            "relations do not close and are left out",
        ),
    ];
    for (count, what) in odd.into_iter().filter(|(count, _)| *count > 0) {
        text += &format!("\n{} {what}", thousands(count));
    }
    text
}
