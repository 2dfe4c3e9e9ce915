//! What a command works with.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use serde::Serialize;
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_journal::SigningKey;
use yiwang_server::config::{Config, ConfigError, Origin, Sources};
use yiwang_server::data_dir;
use yiwang_store::{OpenError, Options, Store};

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

    /// Opens the record for this process alone, making it where it is missing.
    pub(crate) fn open(&self, config: &Config) -> anyhow::Result<Store> {
        data_dir::prepare(&self.data)?;
        let options = Options {
            readers: config.settings.readers,
            relaxed: false,
        };
        Ok(Store::open(&self.data, options).map_err(refuse_to_open)?)
    }

    /// Opens a record that is there, for reading.
    pub(crate) fn read(&self, config: &Config) -> anyhow::Result<Store> {
        self.open(config)
    }

    /// The key that signs the trail, made on first use.
    pub(crate) fn trail_key(&self, config: &Config) -> anyhow::Result<Arc<SigningKey>> {
        let key = data_dir::trail_key(&self.data, &config.settings.trail_origin)?;
        let asked = config
            .chosen
            .iter()
            .find(|one| one.key.name == "trail_origin");
        if let Some(asked) = asked.filter(|one| one.origin != Origin::Default)
            && key.origin() != config.settings.trail_origin
        {
            return Err(ConfigError(other_origin(&asked.origin, config, key.origin())).into());
        }
        Ok(Arc::new(key))
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

/// A trail keeps the name under which its key was made: readers know it by that.
fn other_origin(from: &Origin, config: &Config, made: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "config.trail-origin",
        format!("{from}:存证链的名称在首次使用时已定,不能更改"),
        format!("{from}: the trail got its name when its key was made and keeps it"),
    )
    .at("trail_origin")
    .found(&config.settings.trail_origin)
    .allowing([made])
}

/// Why a record does not open, and what to do.
fn refuse_to_open(error: OpenError) -> Refusal {
    let unavailable =
        |code, zh: String, en: String| Refusal::new(RefusalKind::Unavailable, code, zh, en);
    match error {
        OpenError::InUse(path) => {
            let path = path.display();
            unavailable(
                "data.in-use",
                format!(
                    "{path} 正由另一个 yiwang 进程使用(服务或导入);请先停止它,或用 --data 指定别的目录"
                ),
                format!(
                    "{path} is in use by another yiwang process (a server or an import); stop it first, or name another directory with --data"
                ),
            )
        }
        OpenError::Io { path, source } => {
            let path = path.display();
            unavailable(
                "data.io",
                format!("{path} 不能使用:{source}"),
                format!("{path} cannot be used: {source}"),
            )
        }
        OpenError::Record { path, reason } => {
            let path = path.display();
            unavailable(
                "data.record",
                format!(
                    "{path} 打不开:{reason}。未作任何改动。请用 yiwang verify 查明第一处损坏;如已损坏,请用 yiwang restore 把最近的备份恢复到一个空目录"
                ),
                format!(
                    "{path} does not open: {reason}. Nothing was changed. `yiwang verify` names the first damage; if it is damaged, put the last backup into an empty directory with `yiwang restore`"
                ),
            )
        }
    }
}
