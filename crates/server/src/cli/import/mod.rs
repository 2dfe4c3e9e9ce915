//! `yiwang import`.

mod areas;
mod calendar;
mod categories;
mod grid;
mod osm;
mod readings;
mod reject_path;
mod requests;

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Context;

/// Bring in areas, calendars, categories, requests, readings and the base map from files
///
/// Areas come before requests, so that points find their area. What is imported
/// twice adds nothing. Areas, categories and requests need the data directory to
/// themselves; the base map can be changed while a server runs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang import areas boston_neighborhoods.geojson --data boston
  yiwang import categories taxonomy.xlsx --data city
  yiwang import requests 12345.xlsx --guess > 12345.toml
  yiwang import requests 12345.xlsx --mapping 12345.toml --data city
  yiwang import osm massachusetts.osm.pbf --data boston")]
pub(crate) struct Import {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Areas(areas::Areas),
    Calendar(calendar::Calendar),
    Categories(categories::Categories),
    Grid(grid::Grid),
    Readings(readings::Readings),
    Requests(requests::Requests),
    Osm(osm::Osm),
}

impl Import {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Areas(command) => command.run(context),
            Command::Calendar(command) => command.run(context),
            Command::Categories(command) => command.run(context),
            Command::Grid(command) => command.run(context),
            Command::Readings(command) => command.run(context),
            Command::Requests(command) => command.run(context),
            Command::Osm(command) => command.run(context),
        }
    }
}

/// The file's name without its folder, as the record names where things came from.
fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
