//! What a command works with.

use std::future::Future;
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;
use yiwang_base::Lang;
use yiwang_server::config::{Config, ConfigError, Sources};

use super::{Globals, output};

/// Who changes the record from the command line, as the journal names it.
pub(crate) const BY: &str = "system:command-line";

/// A language as the command line names it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Language {
    Zh,
    En,
}

/// What a command works with.
pub(crate) struct Context {
    /// The data directory.
    pub(crate) data: PathBuf,
    /// Whether to report as JSON.
    pub(crate) json: bool,
    /// The reader's language.
    pub(crate) lang: Lang,
    /// Where settings come from.
    pub(crate) sources: Sources,
}

impl Context {
    pub(super) fn new(globals: Globals, lang: Lang) -> Result<Context, ConfigError> {
        // A variable that is not UTF-8 is none of ours.
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let mut sources = Sources::new(variables, globals.config.as_deref(), &globals.data);
        for (key, value) in &globals.set {
            sources.set(key, value, "--set")?;
        }
        Ok(Context {
            data: globals.data,
            json: globals.json,
            lang,
            sources,
        })
    }

    /// The settings.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        Config::load(&self.sources)
    }

    /// Runs asynchronous work to its end.
    pub(crate) fn block_on<F: Future>(&self, work: F) -> std::io::Result<F::Output> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        Ok(runtime.block_on(work))
    }

    /// Writes a report to standard output: as JSON, or else as text.
    pub(crate) fn report(
        &self,
        report: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        let text = if self.json {
            serde_json::to_string_pretty(report)?
        } else {
            text()
        };
        Ok(output::line(&text)?)
    }
}

/// The reader's language: what was asked for, else that of the locale, else English.
pub(super) fn language(asked: Option<Language>) -> Lang {
    match asked {
        Some(Language::Zh) => Lang::Zh,
        Some(Language::En) => Lang::En,
        None => ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .and_then(|value| value.parse().ok())
            .unwrap_or(Lang::En),
    }
}
