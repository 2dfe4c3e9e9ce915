//! `yiwang import areas`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_base::Lang;
use yiwang_cases::Tier;
use yiwang_cases::coverage::{Coverage, Fault, check};
use yiwang_server::city::{City, area_item};
use yiwang_server::import::areas::{
    AreaFields, AreaImport, LARGEST_FILE, Overlap, place, read_areas, read_list,
};

use super::file_name;
use crate::cli::Context;
use crate::cli::city::coverage::{fault_rows, write_faults};
use crate::cli::progress::thousands;
use crate::cli::record::ToSet;

/// Import areas from a GeoJSON FeatureCollection, or a CSV list without outlines
///
/// Tiers come one after another: districts, streets, communities, cells. The tier
/// is what --tier or a property says, else that of a code of 6, 9, 12 or 15 digits.
/// The area above is the one that a property names, that the code begins with, or
/// that most of the outline lies in. Points are mapped to the areas with an outline
/// that have none with an outline in them. Afterwards it is checked whether those
/// cover the city once; gaps and overlaps are listed with their size.
///
/// An area that is there already gets the new name and outline. A feature that
/// cannot be taken is reported with its reason; the others are taken.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import areas boston_neighborhoods.geojson
  yiwang import areas districts.geojson --code-field adcode --name-field name
  yiwang import areas streets.csv --tier street
  yiwang import areas grid.geojson --tier cell --faults faults.geojson")]
pub(super) struct Areas {
    /// The file, .geojson or .csv; coordinates are WGS 84 degrees
    file: PathBuf,
    /// Property that holds the area's code [default: looked for; made from the name if there is none]
    #[arg(long, value_name = "PROPERTY")]
    code_field: Option<String>,
    /// Property that holds its name [default: looked for]
    #[arg(long, value_name = "PROPERTY")]
    name_field: Option<String>,
    /// Property that holds its Chinese name, where it has two [default: looked for]
    #[arg(long, value_name = "PROPERTY")]
    name_zh_field: Option<String>,
    /// Tier of all of the file: city, district, street, community or cell
    #[arg(long, value_name = "TIER", value_parser = tier)]
    tier: Option<Tier>,
    /// Property that holds the tier [default: looked for]
    #[arg(long, value_name = "PROPERTY")]
    tier_field: Option<String>,
    /// Property that holds the code of the area above [default: looked for]
    #[arg(long, value_name = "PROPERTY")]
    parent_field: Option<String>,
    /// Write gaps and overlaps to this file, GeoJSON
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    features: usize,
    areas: usize,
    /// Areas that are new or were changed.
    changed: usize,
    code_field: Option<String>,
    name_field: Option<String>,
    name_zh_field: Option<String>,
    rejected: Vec<Rejected>,
    overlaps: Vec<Overlap>,
    /// Areas with a tier for which no area above was found.
    orphans: Vec<String>,
    leaves: usize,
    gaps_m2: f64,
    overlaps_m2: f64,
    outside_m2: f64,
    faults: usize,
}

#[derive(Serialize)]
struct Rejected {
    feature: usize,
    code: &'static str,
    reason: String,
}

impl Areas {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let fields = AreaFields {
            code: self.code_field.clone(),
            name: self.name_field.clone(),
            name_zh: self.name_zh_field.clone(),
            tier: self.tier_field.clone(),
            parent: self.parent_field.clone(),
        };
        let shown = self.file.display().to_string();
        let bytes = read(&self.file).with_context(|| format!("cannot read {shown}"))?;
        let list = self
            .file
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let import = if list {
            read_list(&bytes, &fields)
        } else {
            read_areas(&bytes, &fields)
        };
        let mut import = import.context(shown)?;
        for draft in &mut import.areas {
            draft.tier = self.tier.or(draft.tier);
        }
        let config = context.config()?;
        let (done, orphans) = context.set_items(&config, async |store| {
            let city = City::load(store)?;
            let placed = place(&import.areas, &city.rules.areas, &city.outlines);
            let drafted = import.areas.iter();
            let drafted = drafted.filter_map(|draft| Some((&draft.code, draft.geometry.as_ref()?)));
            let drafted: BTreeMap<_, _> = drafted.collect();
            let items = placed.areas.values().map(|area| {
                let outline = drafted.get(&area.code).copied();
                area_item(area, outline.or_else(|| city.outlines.get(&area.code)))
            });
            let items = items.collect::<Result<Vec<_>, _>>()?;
            let set = ToSet {
                items,
                by: "import:geojson".to_owned(),
                grounds: Some(file_name(&self.file)),
            };
            Ok((set, placed.orphans))
        })?;
        let city = City::load(&context.read(&config)?)?;
        let coverage = check(city.rules.areas.values(), &city.outlines, LEAST_M2);
        if let Some(file) = &self.faults {
            write_faults(file, &coverage)?;
        }
        let orphans = orphans.iter().map(ToString::to_string).collect();
        let report = report(&import, done.changed, orphans, &coverage, context.lang);
        context.report(&report, || text(&report, &coverage))?;
        // A file of which nothing could be taken was the wrong file.
        Ok(match import.areas.is_empty() {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }
}

/// At most one byte more than is allowed, which the importer then refuses.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = LARGEST_FILE as u64 + 1;
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn tier(word: &str) -> Result<Tier, String> {
    Tier::from_word(word).ok_or_else(|| {
        let words = Tier::ALL.map(Tier::word).join(", ");
        format!("one of {words}")
    })
}

/// Slivers below this are left out, square metres: files round borders differently.
const LEAST_M2: f64 = 1.0;

fn report(
    import: &AreaImport,
    changed: usize,
    orphans: Vec<String>,
    coverage: &Coverage,
    lang: Lang,
) -> Report {
    let rejected = import.rejected.iter().map(|rejected| Rejected {
        feature: rejected.feature,
        code: rejected.refusal.code,
        reason: rejected.refusal.text(lang).to_owned(),
    });
    Report {
        features: import.areas.len() + import.rejected.len(),
        areas: import.areas.len(),
        changed,
        code_field: import.fields.code.clone(),
        name_field: import.fields.name.clone(),
        name_zh_field: import.fields.name_zh.clone(),
        rejected: rejected.collect(),
        overlaps: import.overlaps.clone(),
        orphans,
        leaves: coverage.leaves,
        gaps_m2: coverage.faulty_m2(Fault::Gap),
        overlaps_m2: coverage.faulty_m2(Fault::Overlap),
        outside_m2: coverage.faulty_m2(Fault::Outside),
        faults: coverage.pieces.len(),
    }
}

fn text(report: &Report, coverage: &Coverage) -> String {
    let count = |number: usize| thousands(number as u64);
    let field = |field: &Option<String>| field.clone().unwrap_or_else(|| "no property".to_owned());
    let mut text = format!(
        "{} features: {} areas, {} of them new or changed; names from {}, codes from {}",
        count(report.features),
        count(report.areas),
        count(report.changed),
        field(&report.name_field),
        match &report.code_field {
            Some(code) => code.clone(),
            None => "the names".to_owned(),
        },
    );
    for rejected in &report.rejected {
        text += &format!("\nnot taken: {}", rejected.reason);
    }
    if !report.orphans.is_empty() {
        text += &format!(
            "\nno area above was found for: {}",
            report.orphans.join(" ")
        );
    }
    for overlap in &report.overlaps {
        text += &format!(
            "\n{} and {} overlap by {} m²: a point there goes to the one whose code comes first",
            overlap.a,
            overlap.b,
            thousands(overlap.area_m2.round() as u64)
        );
    }
    text + &fault_rows(coverage)
}
