//! `yiwang import requests FILE --guess`.

use std::process::ExitCode;

use anyhow::Result;
use yiwang_server::city::CitySettings;
use yiwang_server::import::guess::{guess, system_of};
use yiwang_server::import::table::Reading;

use super::{Requests, city};
use crate::cli::Context;

/// Writes a draft to standard output.
pub(super) fn run(asked: &Requests, context: &Context) -> Result<ExitCode> {
    let reading = Reading {
        header_row: asked.header_row,
        sheet: asked.sheet.clone(),
        ..Reading::default()
    };
    let table = asked.open(&reading)?;
    let city = city(context, CitySettings::unnamed()?)?;
    let draft = guess(
        &table,
        &reading,
        &system_of(&super::file_name(&asked.file)),
        &city.rules,
    );
    let draft = draft.map_err(|error| asked.refuse(error))?;
    context.report(&draft, || draft.mapping.trim_end().to_owned())?;
    Ok(ExitCode::SUCCESS)
}
