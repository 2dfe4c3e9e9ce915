//! `yiwang config`.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use yiwang_server::config::{Config, Origin, plain};

use super::{Context, output};

/// Show every setting, its value and where that comes from
///
/// A flag wins over the environment, that over the file, that over the default.
/// No key is a secret: passwords are in the record as hashes, and the trail's
/// key is the file trail.key in the data directory.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  yiwang config
  YIWANG_READERS=4 yiwang config --json
  yiwang serve --set session_hours=8

The file is TOML, DIR/yiwang.toml or the one named with --config:
  listen = \"0.0.0.0:8080\"
  secure_cookie = true")]
pub(crate) struct Show {}

#[derive(Serialize)]
struct Report {
    file: Option<String>,
    settings: Vec<Line>,
    unused_variables: Vec<String>,
}

#[derive(Serialize)]
struct Line {
    key: &'static str,
    value: toml::Value,
    /// `default`, `file`, `environment` or `flag`.
    from: &'static str,
    /// Which file, variable or flag.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    about: &'static str,
    allowed: &'static str,
}

impl Show {
    pub(crate) fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let config = context.config()?;
        let unused = context.sources.unused_variables();
        let report = Report {
            file: config.file.as_ref().map(|path| path.display().to_string()),
            settings: config.chosen.iter().map(line).collect(),
            unused_variables: unused.iter().map(|name| (*name).to_owned()).collect(),
        };
        context.report(&report, || text(&config, &unused))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn line(chosen: &yiwang_server::config::Chosen) -> Line {
    let (from, name) = match &chosen.origin {
        Origin::Default => ("default", None),
        Origin::File(path) => ("file", Some(path.display().to_string())),
        Origin::Environment(name) => ("environment", Some(name.clone())),
        Origin::Flag(flag) => ("flag", Some(flag.clone())),
    };
    Line {
        key: chosen.key.name,
        value: chosen.value.clone(),
        from,
        name,
        about: chosen.key.about,
        allowed: chosen.key.allowed,
    }
}

fn text(config: &Config, unused: &[&str]) -> String {
    let rows: Vec<Vec<String>> = config
        .chosen
        .iter()
        .map(|one| {
            let origin = one.origin.to_string();
            vec![one.key.name.to_owned(), plain(&one.value), origin]
        })
        .collect();
    let mut text = output::columns(&rows);
    for name in unused {
        text += &format!("\nnot a setting: {name} in the environment");
    }
    text
}
