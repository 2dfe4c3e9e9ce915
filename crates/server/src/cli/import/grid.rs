//! `yiwang import grid`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_server::grid::{layer_item, read_layer};
use yiwang_server::import::areas::{AreaFields, LARGEST_FILE};

use super::file_name;
use crate::cli::Context;
use crate::cli::context::BY;
use crate::cli::progress::thousands;
use crate::cli::record::ToSet;

/// Import a grid layer, to be merged with others: police, social governance, party
///
/// The cells of a layer are not areas of the city: cases are not mapped to them.
/// `yiwang city merge-grids` makes one grid of several layers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import grid police.geojson --layer police
  yiwang import grid cells.geojson --layer city --population-field residents")]
pub(super) struct Grid {
    /// The file; coordinates are WGS 84 degrees
    file: PathBuf,
    /// The layer's name; one that is there already is replaced
    #[arg(long, value_name = "NAME")]
    layer: String,
    /// Property that holds the cell's code [default: looked for]
    #[arg(long, value_name = "PROPERTY")]
    code_field: Option<String>,
    /// Property that holds how many people live in it [default: looked for]
    #[arg(long, value_name = "PROPERTY")]
    population_field: Option<String>,
}

#[derive(Serialize)]
struct Report {
    layer: String,
    cells: usize,
    population: Option<u64>,
    rejected: Vec<String>,
}

impl Grid {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let shown = self.file.display().to_string();
        let size = std::fs::metadata(&self.file).map(|of| of.len());
        let size = size.with_context(|| format!("cannot read {shown}"))?;
        anyhow::ensure!(
            size <= LARGEST_FILE as u64,
            "{shown} is larger than 256 MiB"
        );
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {shown}"))?;
        let fields = AreaFields {
            code: self.code_field.clone(),
            ..AreaFields::default()
        };
        let people = self.population_field.as_deref();
        let (layer, rejected) = read_layer(&self.layer, &bytes, &fields, people).context(shown)?;
        let source = file_name(&self.file);
        let item = layer_item(&layer, &source)?;
        context.set_items(&context.config()?, async |_| {
            let set = ToSet {
                items: vec![item],
                by: BY.to_owned(),
                grounds: Some(source),
            };
            Ok((set, ()))
        })?;
        let people: Vec<u64> = layer
            .cells
            .iter()
            .filter_map(|cell| cell.population)
            .collect();
        let rejected = rejected
            .iter()
            .map(|one| one.refusal.text(context.lang).to_owned());
        let report = Report {
            cells: layer.cells.len(),
            layer: layer.name,
            population: (!people.is_empty()).then(|| people.iter().sum()),
            rejected: rejected.collect(),
        };
        context.report(&report, || {
            let mut text = format!("{}: {} cells", report.layer, report.cells);
            if let Some(people) = report.population {
                text += &format!(", {} people", thousands(people));
            }
            for reason in &report.rejected {
                text += &format!("\nnot taken: {reason}");
            }
            text
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
