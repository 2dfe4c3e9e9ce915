//! `yiwang city merge-grids`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use yiwang_cases::grid::SizeLimits;
use yiwang_server::city::City;
use yiwang_server::grid::{self, Plan, Preview, cells_geojson, stored_layers};
use yiwang_store::Store;

use crate::cli::Context;
use crate::cli::context::BY;
use crate::cli::progress::thousands;
use crate::cli::record::ToSet;

/// Make one grid of several layers, look at it, adopt it, or take it back (多格合一)
///
/// Layers are cut along all their borders; the pieces grow together into cells until
/// each is as large as asked, over borders that few layers have before those on
/// which they agree. Cells stay within the smallest areas that are no cells
/// themselves. Nothing is changed without --adopt; with it the cells take the place
/// of the cells that are there, in one step, and --undo takes it back.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang city merge-grids --layer city --layer police --min-population 300
  yiwang city merge-grids --layer city --layer police --out preview.geojson
  yiwang city merge-grids --layer city --layer police --adopt
  yiwang city merge-grids --undo 1")]
pub(in crate::cli) struct MergeGrids {
    /// A layer; the first whose cells have people counts them. May be given again
    #[arg(long, value_name = "NAME", required_unless_present = "undo")]
    layer: Vec<String>,
    /// Least ground of a cell, square metres
    #[arg(long, value_name = "M2")]
    min_m2: Option<u64>,
    /// Most ground of a cell, square metres
    #[arg(long, value_name = "M2")]
    max_m2: Option<u64>,
    /// Fewest people of a cell
    #[arg(long, value_name = "PEOPLE")]
    min_population: Option<u64>,
    /// Most people of a cell
    #[arg(long, value_name = "PEOPLE")]
    max_population: Option<u64>,
    /// Write the cells to this file, GeoJSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the crosswalk to this file, CSV
    #[arg(long, value_name = "FILE")]
    crosswalk: Option<PathBuf>,
    /// Let the cells take the place of those that are there
    #[arg(long)]
    adopt: bool,
    /// Take a merge back, by its number
    #[arg(long, value_name = "NUMBER", conflicts_with = "layer")]
    undo: Option<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    layer: &'a str,
    old: &'a str,
    new: &'a str,
    area_m2: f64,
    area_share_millionths: u32,
    population: f64,
    population_share_millionths: u32,
}

impl MergeGrids {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let config = context.config()?;
        if let Some(number) = &self.undo {
            context.set_items(&config, async |store| {
                let set = ToSet {
                    items: grid::undo(store, &City::load(store)?, number)?,
                    by: BY.to_owned(),
                    grounds: Some(format!("undo of merge {number}")),
                };
                Ok((set, ()))
            })?;
            let report = json!({"undone": number});
            context.report(&report, || format!("merge {number} is undone"))?;
            return Ok(ExitCode::SUCCESS);
        }
        let preview = match self.adopt {
            false => self.preview(&context.read(&config)?)?,
            true => {
                let (_, preview) = context.set_items(&config, async |store| {
                    let preview = self.preview(store)?;
                    let city = City::load(store)?;
                    let set = ToSet {
                        items: grid::adopt(store, &city, &preview, &preview.fingerprint)?,
                        by: BY.to_owned(),
                        grounds: Some(format!("merge of {}", self.layer.join(", "))),
                    };
                    Ok((set, preview))
                })?;
                preview
            }
        };
        if let Some(file) = &self.out {
            std::fs::write(file, cells_geojson(&preview.merged).to_string())
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        self.write_crosswalk(&preview)?;
        self.tell(context, &preview)?;
        Ok(ExitCode::SUCCESS)
    }

    fn preview(&self, store: &Store) -> Result<Preview> {
        let none = SizeLimits::default();
        let plan = Plan {
            layers: self.layer.clone(),
            limits: SizeLimits {
                min_m2: self.min_m2.unwrap_or(none.min_m2),
                max_m2: self.max_m2.unwrap_or(none.max_m2),
                min_population: self.min_population.unwrap_or(none.min_population),
                max_population: self.max_population.unwrap_or(none.max_population),
            },
        };
        let layers: Vec<_> = stored_layers(store)?
            .into_iter()
            .map(|(_, layer)| layer)
            .collect();
        Ok(grid::preview(&City::load(store)?, &layers, &plan)?)
    }

    fn write_crosswalk(&self, preview: &Preview) -> Result<()> {
        let Some(file) = &self.crosswalk else {
            return Ok(());
        };
        let mut writer = csv::Writer::from_path(file)
            .with_context(|| format!("cannot write {}", file.display()))?;
        for one in &preview.merged.crosswalk {
            writer.serialize(Row {
                layer: &one.layer,
                old: &one.old,
                new: preview.merged.cells[one.new].code.as_str(),
                area_m2: one.area_m2,
                area_share_millionths: one.area_share,
                population: one.population,
                population_share_millionths: one.population_share,
            })?;
        }
        Ok(writer.flush()?)
    }

    fn tell(&self, context: &Context, preview: &Preview) -> Result<()> {
        let merged = &preview.merged;
        let found = &merged.statistics;
        let report = json!({
            "adopted": self.adopt,
            "fingerprint": preview.fingerprint,
            "cells": merged.cells.len(),
            "atoms": found.atoms,
            "under": found.under,
            "over": found.over,
            "area_m2": found.area_m2,
            "population": found.population,
            "outside_m2": found.outside_m2,
            "outside_population": found.outside_population,
            "kept": found.kept.iter().map(|kept| json!({
                "layer": kept.layer,
                "metres": kept.metres,
                "kept_metres": kept.kept_metres,
            })).collect::<Vec<_>>(),
        });
        context.report(&report, || {
            let count = |number: usize| thousands(number as u64);
            let mut text = format!(
                "{} cells of {} pieces, {} m², {} people; {} smaller than asked, {} larger",
                count(merged.cells.len()),
                count(found.atoms),
                thousands(found.area_m2.round() as u64),
                thousands(found.population),
                count(found.under),
                count(found.over),
            );
            for kept in &found.kept {
                let share = if kept.metres > 0.0 {
                    kept.kept_metres / kept.metres
                } else {
                    1.0
                };
                text += &format!(
                    "\n{}: {:.0} % of its borders are kept",
                    kept.layer,
                    share * 100.0
                );
            }
            if found.outside_m2 >= 1.0 {
                let outside = thousands(found.outside_m2.round() as u64);
                text += &format!("\n{outside} m² of the layers lie in none of the areas");
            }
            text += match self.adopt {
                true => "\nadopted",
                false => "\nnothing is changed: --adopt takes it on",
            };
            text
        })
    }
}
