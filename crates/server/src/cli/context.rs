//! What a command works with.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use serde::Serialize;
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_journal::{SigningKey, VerifierKey};
use yiwang_server::config::{Config, ConfigError, Origin, Sources};
use yiwang_server::data_dir;
use yiwang_store::{LATEST_SCHEMA, OpenError, Options, Store};

use super::{Globals, output};

/// Who changes the record from the command line, as the journal names it.
pub(crate) const BY: &str = "system:command-line";

/// Code of the refusal of a record that another process has.
const IN_USE: &str = "data.in-use";

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
    /// A record whose end is not what was last signed is refused: it would
    /// otherwise be signed as it is.
    pub(crate) fn open(&self, config: &Config) -> anyhow::Result<Store> {
        data_dir::prepare(&self.data)?;
        data_dir::make_private(&self.data.join(data_dir::RECORD))?;
        let options = Options {
            readers: config.settings.readers,
            relaxed: false,
        };
        let store = Store::open(&self.data, options);
        let store = store.map_err(|error| refuse_to_open(error, &self.data))?;
        if let Some(signed) = store.signed() {
            let key = data_dir::read_trail_key(&self.data)?.ok_or_else(|| no_key(&self.data))?;
            let agrees = signed.check(key.verifier());
            agrees.map_err(|error| damaged(&self.data, &error.to_string()))?;
        }
        Ok(store)
    }

    /// Opens a record that is there for reading only; works beside a server.
    pub(crate) fn read(&self, config: &Config) -> anyhow::Result<Store> {
        let store = Store::open_to_read(&self.data, config.settings.readers);
        Ok(store.map_err(|error| refuse_to_open(error, &self.data))?)
    }

    /// The record for reading, with as much of it signed as can be: where no
    /// other process has it, all of it.
    pub(crate) fn signed(&self, config: &Config) -> anyhow::Result<(Store, VerifierKey)> {
        let store = self.read(config)?;
        let entries = *store.durable().borrow();
        let key = data_dir::read_trail_key(&self.data)?;
        let key = key.ok_or_else(|| no_key(&self.data))?;
        let verifier = key.verifier().clone();
        if store
            .signed()
            .is_some_and(|signed| signed.size() == entries)
        {
            return Ok((store, verifier));
        }
        drop(store);
        match self.open(config) {
            Ok(store) => {
                self.block_on(store.sign(&Arc::new(key)))??;
                Ok((store, verifier))
            }
            Err(error) if is_in_use(&error) => Ok((self.read(config)?, verifier)),
            Err(error) => Err(error),
        }
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

fn is_in_use(error: &anyhow::Error) -> bool {
    let refusal = error.downcast_ref::<Refusal>();
    refusal.is_some_and(|refusal| refusal.code == IN_USE)
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
fn refuse_to_open(error: OpenError, data: &Path) -> Refusal {
    let shown = data.display();
    match error {
        OpenError::InUse(_) => unavailable(
            IN_USE,
            format!(
                "{shown} 正由另一个 yiwang 进程使用(服务或导入);请先停止它,或用 --data 指定别的目录"
            ),
            format!(
                "{shown} is in use by another yiwang process (a server or an import); stop it first, or name another directory with --data"
            ),
        ),
        OpenError::Io { path, source } => {
            let path = path.display();
            unavailable(
                "data.io",
                format!("{path} 不能使用:{source}"),
                format!("{path} cannot be used: {source}"),
            )
        }
        OpenError::Missing(_) => Refusal::new(
            RefusalKind::NotFound,
            "data.none",
            format!("{shown} 中没有案卷库;请用 --data 指定数据目录"),
            format!("there is no record in {shown}; name the data directory with --data"),
        ),
        OpenError::Schema { found, .. } if found > LATEST_SCHEMA => unavailable(
            "data.newer",
            format!(
                "{shown} 由更新版本的 yiwang 写成(结构 {found},本程序到 {LATEST_SCHEMA});未作任何改动,请使用更新版本"
            ),
            format!(
                "{shown} was written by a newer yiwang (schema {found}, this one knows up to {LATEST_SCHEMA}); nothing was changed: use the newer yiwang"
            ),
        ),
        OpenError::Schema { found, .. } => unavailable(
            "data.older",
            format!(
                "{shown} 由较旧版本的 yiwang 写成(结构 {found},现为 {LATEST_SCHEMA});请先备份,再用 yiwang serve 启动一次完成升级"
            ),
            format!(
                "{shown} was written by an older yiwang (schema {found}, now {LATEST_SCHEMA}); keep a copy, then start `yiwang serve` once: it upgrades the record"
            ),
        ),
        OpenError::Record { reason, .. } => damaged(data, &reason),
    }
}

/// Refuses a record that cannot be read, or is not the one that was signed.
fn damaged(data: &Path, reason: &str) -> Refusal {
    let data = data.display();
    unavailable(
        "data.damaged",
        format!(
            "{data} 的案卷库不能使用:{reason}。请用 yiwang verify 查明第一处损坏,并用 yiwang restore 把最近的备份恢复到一个空目录"
        ),
        format!(
            "the record in {data} cannot be used: {reason}. `yiwang verify` names the first damage; `yiwang restore` puts the last backup into an empty directory"
        ),
    )
}

fn no_key(data: &Path) -> Refusal {
    let key = data.join(data_dir::KEY_FILE);
    let key = key.display();
    unavailable(
        "data.no-key",
        format!("签名密钥 {key} 不见了,没有它存证链不能继续;请从备份放回这个文件"),
        format!(
            "the signing key {key} is gone, and the trail cannot go on without it; put the file back from a backup"
        ),
    )
}

fn unavailable(code: &'static str, zh: String, en: String) -> Refusal {
    Refusal::new(RefusalKind::Unavailable, code, zh, en)
}
