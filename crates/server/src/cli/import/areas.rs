//! `yiwang import areas`.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::Serialize;
use yiwang_base::{Lang, Timestamp};
use yiwang_cases::Area;
use yiwang_server::city::{City, area_item};
use yiwang_server::import::areas::{
    AreaDraft, AreaFields, AreaImport, LARGEST_FILE, Overlap, read_areas,
};

use super::file_name;
use crate::cli::Context;
use crate::cli::progress::thousands;

/// Import areas from a GeoJSON FeatureCollection
///
/// Each feature becomes an area to which points are mapped. An area that is
/// there already gets the new name and outline and keeps its place in the city.
/// A feature that cannot be taken is reported with its reason; the others are taken.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import areas boston_neighborhoods.geojson
  yiwang import areas districts.geojson --code-field adcode --name-field name")]
pub(super) struct Areas {
    /// The file; coordinates are WGS 84 degrees
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
        };
        let shown = self.file.display().to_string();
        let bytes = read(&self.file).with_context(|| format!("cannot read {shown}"))?;
        let import = read_areas(&bytes, &fields).context(shown)?;
        let changed = context.write(&context.config()?, async |store| {
            let city = City::load(store)?;
            let items = import.areas.iter();
            let items = items.map(|draft| area_item(&area(draft, &city), Some(&draft.geometry)));
            let items = items.collect::<Result<Vec<_>, _>>()?;
            let (by, grounds) = ("import:geojson".to_owned(), file_name(&self.file));
            let changed = store.set_items(items, by, Some(grounds), Timestamp::now());
            Ok(changed.await?)
        })?;
        let report = report(&import, changed, context.lang);
        context.report(&report, || text(&report))?;
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

/// The area of a draft; one that is there keeps what the file does not say.
fn area(draft: &AreaDraft, city: &City) -> Area {
    let known = city.rules.areas.get(&draft.code);
    Area {
        code: draft.code.clone(),
        name: draft.name.clone(),
        parent: known.and_then(|area| area.parent.clone()),
        leaf: known.is_none_or(|area| area.leaf),
    }
}

fn report(import: &AreaImport, changed: usize, lang: Lang) -> Report {
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
    }
}

fn text(report: &Report) -> String {
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
    for overlap in &report.overlaps {
        text += &format!(
            "\n{} and {} overlap by {} m²: a point there goes to the one whose code comes first",
            overlap.a,
            overlap.b,
            thousands(overlap.area_m2.round() as u64)
        );
    }
    text
}
