//! Opening the record: to write, to read, or to read what is signed.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Error, Result};
use yiwang_base::{Refusal, RefusalKind, Timestamp};
use yiwang_journal::{SigningKey, VerifierKey};
use yiwang_server::calendars::{Settled, settle_all};
use yiwang_server::city::City;
use yiwang_server::config::{Config, ConfigError, Origin};
use yiwang_server::data_dir;
use yiwang_server::http::control::{ItemsSet, ItemsToSet};
use yiwang_store::{Item, ItemKind, LATEST_SCHEMA, OpenError, Options, Store};

use super::Context;
use super::control::Server;

/// Items to set.
pub(crate) struct ToSet {
    /// The items.
    pub(crate) items: Vec<Item>,
    /// Who sets them, as the journal names it.
    pub(crate) by: String,
    /// On what grounds.
    pub(crate) grounds: Option<String>,
}

/// Code of the refusal of a record that another process has.
const IN_USE: &str = "data.in-use";

impl Context {
    /// Opens the record for this process alone, making it and its key where
    /// they are missing. A record whose end is not what was last signed is
    /// refused: it would otherwise be signed as it is.
    pub(crate) fn open(&self, config: &Config) -> Result<(Store, Arc<SigningKey>)> {
        data_dir::prepare(&self.data)?;
        data_dir::make_private(&self.data.join(data_dir::RECORD))?;
        let options = Options {
            readers: config.settings.readers,
            relaxed: false,
        };
        let store = Store::open(&self.data, options);
        let store = store.map_err(|error| refuse_to_open(error, &self.data))?;
        let Some(signed) = store.signed() else {
            return Ok((store, self.make_key(config)?));
        };
        let key = data_dir::read_trail_key(&self.data)?.ok_or_else(|| no_key(&self.data))?;
        keeps_its_name(&key, config)?;
        let agrees = signed.check(key.verifier());
        agrees.map_err(|error| damaged(&self.data, &error.to_string()))?;
        Ok((store, Arc::new(key)))
    }

    /// The key that signs the trail, made on first use.
    pub(super) fn make_key(&self, config: &Config) -> Result<Arc<SigningKey>> {
        let key = data_dir::trail_key(&self.data, &config.settings.trail_origin)?;
        keeps_its_name(&key, config)?;
        Ok(Arc::new(key))
    }

    /// Opens the record for this process alone, does the work and signs what
    /// the record then holds.
    pub(crate) fn write<T>(
        &self,
        config: &Config,
        work: impl AsyncFnOnce(&Store) -> Result<T>,
    ) -> Result<T> {
        let (store, key) = self.open(config)?;
        self.block_on(async {
            let done = work(&store).await;
            // What was written before a failure is signed too.
            let signed = store.sign(&key).await;
            let done = done?;
            signed?;
            Ok(done)
        })?
    }

    /// Sets items that are made from the record: by the server that runs on it, which
    /// goes by them from then on, or else by this process. Gives what was changed and
    /// whatever else the work made.
    pub(crate) fn set_items<T>(
        &self,
        config: &Config,
        work: impl AsyncFnOnce(&Store) -> Result<(ToSet, T)>,
    ) -> Result<(ItemsSet, T)> {
        if let Some(server) = Server::of(&self.data, self.lang)? {
            let store = self.read(config)?;
            let (set, made) = self.block_on(work(&store))??;
            let items = ItemsToSet::of(&store, set.items, set.by, set.grounds)?;
            return Ok((server.set_items(&items)?, made));
        }
        self.write(config, async |store| {
            let (set, made) = work(store).await?;
            let years = set.items.iter().any(|item| item.kind == ItemKind::Calendar);
            let by = set.by.clone();
            let changed = store.set_items(set.items, set.by, set.grounds, Timestamp::now());
            let mut done = ItemsSet {
                changed: changed.await?,
                settled: Settled::default(),
            };
            if years {
                let rules = City::load(store)?.rules;
                done.settled = settle_all(store, &rules, &by.parse()?).await?;
            }
            Ok((done, made))
        })
    }

    /// Opens a record that is there for reading only; works beside a server.
    pub(crate) fn read(&self, config: &Config) -> Result<Store> {
        let store = Store::open_to_read(&self.data, config.settings.readers);
        Ok(store.map_err(|error| refuse_to_open(error, &self.data))?)
    }

    /// The record for reading, with as much of it signed as can be: where no
    /// other process has it, all of it.
    pub(crate) fn signed(&self, config: &Config) -> Result<(Store, VerifierKey)> {
        let store = self.read(config)?;
        let entries = *store.durable().borrow();
        let store = match store.signed() {
            Some(signed) if signed.size() == entries => store,
            _ => match self.write(config, async |_| Ok(())) {
                Ok(()) => self.read(config)?,
                Err(error) if is_in_use(&error) => store,
                Err(error) => return Err(error),
            },
        };
        let key = data_dir::read_trail_key(&self.data)?.ok_or_else(|| no_key(&self.data))?;
        Ok((store, key.verifier().clone()))
    }
}

/// Refuses a configuration that calls the trail something else than its key does.
fn keeps_its_name(key: &SigningKey, config: &Config) -> Result<(), ConfigError> {
    let asked = config
        .chosen
        .iter()
        .find(|one| one.key.name == "trail_origin");
    let asked = asked
        .map(|one| &one.origin)
        .filter(|from| **from != Origin::Default);
    match asked {
        Some(from) if key.origin() != config.settings.trail_origin => {
            Err(ConfigError(other_origin(from, config, key.origin())))
        }
        _ => Ok(()),
    }
}

fn is_in_use(error: &Error) -> bool {
    let refusal = error.downcast_ref::<Refusal>();
    refusal.is_some_and(|refusal| refusal.code == IN_USE)
}

/// A trail keeps the name under which its key was made: readers know it by that.
fn other_origin(from: &Origin, config: &Config, made: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "config.trail-origin",
        format!("{from}：存证链的名称在首次使用时已定，不能更改"),
        format!("{from}: the trail got its name when its key was made and keeps it"),
    )
    .at("trail_origin")
    .found(&config.settings.trail_origin)
    .allowing([made])
}

/// Why a record does not open, and what to do.
pub(super) fn refuse_to_open(error: OpenError, data: &Path) -> Refusal {
    let shown = data.display();
    match error {
        OpenError::InUse(_) => unavailable(
            IN_USE,
            format!(
                "{shown} 正由另一个 yiwang 进程使用(服务或导入)；请先停止它，或用 --data 指定别的目录"
            ),
            format!(
                "{shown} is in use by another yiwang process (a server or an import); stop it first, or name another directory with --data"
            ),
        ),
        OpenError::Io { path, source } => {
            let path = path.display();
            unavailable(
                "data.io",
                format!("{path} 不能使用：{source}"),
                format!("{path} cannot be used: {source}"),
            )
        }
        OpenError::Missing(_) => Refusal::new(
            RefusalKind::NotFound,
            "data.none",
            format!("{shown} 中没有案卷库；请用 --data 指定数据目录"),
            format!("there is no record in {shown}; name the data directory with --data"),
        ),
        OpenError::Schema { found, .. } if found > LATEST_SCHEMA => unavailable(
            "data.newer",
            format!(
                "{shown} 由更新版本的 yiwang 写成(结构 {found}，本程序到 {LATEST_SCHEMA})；未作任何改动，请使用更新版本"
            ),
            format!(
                "{shown} was written by a newer yiwang (schema {found}, this one knows up to {LATEST_SCHEMA}); nothing was changed: use the newer yiwang"
            ),
        ),
        OpenError::Schema { found, .. } => unavailable(
            "data.older",
            format!(
                "{shown} 由较旧版本的 yiwang 写成(结构 {found}，现为 {LATEST_SCHEMA})；请先备份，再用 yiwang serve 启动一次完成升级"
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
            "{data} 的案卷库不能使用：{reason}。请用 yiwang verify 查明第一处损坏，并用 yiwang restore 把最近的备份恢复到一个空目录"
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
        format!("签名密钥 {key} 不见了，没有它存证链不能继续；请从备份放回这个文件"),
        format!(
            "the signing key {key} is gone, and the trail cannot go on without it; put the file back from a backup"
        ),
    )
}

fn unavailable(code: &'static str, zh: String, en: String) -> Refusal {
    Refusal::new(RefusalKind::Unavailable, code, zh, en)
}
