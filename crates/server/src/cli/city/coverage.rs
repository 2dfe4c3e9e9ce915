//! `yiwang city coverage`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_cases::coverage::{Coverage, Fault, check};
use yiwang_server::city::{City, pieces_geojson};

use crate::cli::Context;
use crate::cli::progress::thousands;

/// Check that the areas cover the city once: no gaps, no overlaps
///
/// Exit code 1 when they do not.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang city coverage
  yiwang city coverage --least 100 --out faults.geojson")]
pub(in crate::cli) struct Check {
    /// Leave out what is smaller than this, square metres
    #[arg(long, value_name = "M2", default_value_t = 1.0)]
    least: f64,
    /// Write gaps and overlaps to this file, GeoJSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    leaves: usize,
    covered_m2: f64,
    without_outline: usize,
    faults: Vec<FaultRow>,
}

#[derive(Serialize)]
struct FaultRow {
    fault: &'static str,
    areas: Vec<String>,
    area_m2: f64,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let city = City::load(&context.read(&context.config()?)?)?;
        let coverage = check(city.rules.areas.values(), &city.outlines, self.least);
        if let Some(file) = &self.out {
            write_faults(file, &coverage)?;
        }
        let faults = coverage.pieces.iter().map(|piece| FaultRow {
            fault: piece.fault.word(),
            areas: piece.areas.iter().map(ToString::to_string).collect(),
            area_m2: piece.area_m2,
        });
        let report = Report {
            leaves: coverage.leaves,
            covered_m2: coverage.covered_m2,
            without_outline: coverage.without_outline.len(),
            faults: faults.collect(),
        };
        context.report(&report, || {
            let covered = thousands(coverage.covered_m2.round() as u64);
            let mut text = format!("{} leaf areas cover {covered} m²", coverage.leaves);
            if !coverage.without_outline.is_empty() {
                let bare = thousands(coverage.without_outline.len() as u64);
                text += &format!("; {bare} areas have no outline");
            }
            if coverage.pieces.is_empty() {
                text += "\nno gaps, no overlaps";
            }
            text + &fault_rows(&coverage)
        })?;
        Ok(match coverage.pieces.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }
}

/// How many faults are told one by one.
const TOLD: usize = 20;

/// The largest faults as lines of text.
pub(in crate::cli) fn fault_rows(coverage: &Coverage) -> String {
    let mut text = String::new();
    for piece in coverage.pieces.iter().take(TOLD) {
        let size = thousands(piece.area_m2.round() as u64);
        let codes: Vec<String> = piece.areas.iter().map(ToString::to_string).collect();
        text += &match piece.fault {
            Fault::Overlap => format!("\noverlap of {}: {size} m²", codes.join(" and ")),
            Fault::Gap if codes.is_empty() => format!("\ngap between the areas: {size} m²"),
            Fault::Gap => format!("\ngap in {}: {size} m²", codes.join(" ")),
            Fault::Outside => format!("\noutside: {} by {size} m²", codes.join(" beyond ")),
        };
    }
    let rest = coverage.pieces.len().saturating_sub(TOLD);
    if rest > 0 {
        text += &format!("\n… and {} smaller ones", thousands(rest as u64));
    }
    text
}

/// Writes the faults as GeoJSON.
pub(in crate::cli) fn write_faults(file: &Path, coverage: &Coverage) -> Result<()> {
    std::fs::write(file, pieces_geojson(&coverage.pieces).to_string())
        .with_context(|| format!("cannot write {}", file.display()))
}
