//! Filling a data directory with a sample city.
//!
//! The city is written to a directory of its own inside the data directory,
//! [`UNFINISHED`], and moved into place when it is whole: nobody ever serves
//! half a city. A filling that was stopped leaves nothing behind; one that was
//! cut off leaves that directory, and the next one throws it away and starts
//! over. A record with anything in it is never touched.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::{Change, StoreError};
use yiwang_journal::SigningKey;
use yiwang_store::basemap::{BasemapError, BasemapStore, FILE_NAME as BASE_MAP};
use yiwang_store::{OpenError, Options, Store};

use super::accounts::{SignIn, hashes, sign_ins, table};
use super::{Plan, Requests, SampleCity, SampleError};
use crate::alerting::FOLDER as JUDGED;
use crate::data_dir::{self, DataDirError, RECORD};
use crate::sensing::FOLDER as HISTORY;

/// Where a city is written until it is whole, inside the data directory.
pub const UNFINISHED: &str = "sample-city.unfinished";
/// The list of sign-in names and passwords; its file is for its owner only.
pub const SIGN_IN_FILE: &str = "first-sign-in.txt";
/// Stands in [`UNFINISHED`] once everything is written and only to be moved.
const WHOLE: &str = "whole";

/// Requests written at once.
const BATCH: usize = 512;
/// Batches that may wait for the writer.
const AHEAD: usize = 3;
/// Whoever fills, as the record names it.
pub const BY: &str = "system:sample-city";

/// Why a data directory could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The directory holds something else, or is in use.
    #[error(transparent)]
    Refused(Refusal),
    /// The city could not be made.
    #[error(transparent)]
    City(#[from] SampleError),
    /// The data directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DataDirError),
    /// The record could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The record could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The base map could not be written.
    #[error(transparent)]
    Basemap(#[from] BasemapError),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The system's random source failed.
    #[error("the system cannot make random numbers: {0}")]
    Randomness(getrandom::Error),
    /// A password could not be hashed.
    #[error("a password could not be hashed: {0}")]
    Password(String),
}

/// What a filling did.
pub struct Filled {
    /// Requests written.
    pub requests: u64,
    /// Entries of the record.
    pub entries: u64,
    /// Features of the base map.
    pub features: u64,
    /// Who can sign in, with passwords.
    pub sign_ins: Vec<SignIn>,
}

/// A data directory that can be filled, with nobody else filling it.
pub struct Filling {
    directory: PathBuf,
    unfinished: PathBuf,
    store: Store,
    runtime: tokio::runtime::Runtime,
}

impl Filling {
    /// Looks at a directory before anything is written. `None` when the last
    /// filling was cut off after everything was written: then the city is put
    /// in place, and nothing is left to do.
    ///
    /// # Errors
    /// [`FillError::Refused`] when there is a record with anything in it.
    pub fn begin(directory: &Path) -> Result<Option<Filling>, FillError> {
        let unfinished = directory.join(UNFINISHED);
        if exists(&unfinished.join(WHOLE))? {
            put_in_place(directory, &unfinished)?;
            return Ok(None);
        }
        must_be_empty(directory)?;
        if exists(&unfinished)? {
            // Its record is locked as long as another filling is at work.
            drop(Store::open(&unfinished, Options::default())?);
            remove(&unfinished)?;
        }
        data_dir::prepare(&unfinished)?;
        data_dir::make_private(&unfinished.join(RECORD))?;
        let options = Options {
            readers: 1,
            relaxed: true,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        Ok(Some(Filling {
            store: Store::open(&unfinished, options)?,
            runtime: runtime.map_err(io(&unfinished))?,
            directory: directory.to_owned(),
            unfinished,
        }))
    }

    /// Makes the city and writes it; `None` when it was stopped. `key` signs
    /// the record at the end; `watch` hears how many requests are written and
    /// stops it by [`ControlFlow::Break`].
    ///
    /// # Errors
    /// [`FillError`]; whatever was written is thrown away by the next filling.
    pub fn run(
        self,
        plan: &Plan,
        key: &Arc<SigningKey>,
        watch: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Option<Filled>, FillError> {
        let city = SampleCity::new(plan.seed, plan.size)?;
        let features = self.write_base_map(&city, plan)?;
        let sign_ins = sign_ins(&city, plan.size)?;
        self.write_city(&city, &sign_ins, plan)?;
        let Some(requests) = self.write_requests(&city, plan, watch)? else {
            drop(self.store);
            remove(&self.unfinished)?;
            return Ok(None);
        };
        let together = super::together::fill(&self.store, plan);
        self.runtime.block_on(together)?;
        let scenarios = super::scenarios::fill(&self.store, plan);
        self.runtime.block_on(scenarios)?;
        let whistles = super::whistles::fill(&self.store, plan);
        self.runtime.block_on(whistles)?;
        super::sensors::fill(&self.store, &self.runtime, &city, plan)?;
        self.runtime.block_on(self.store.sign(key))?;
        let entries = *self.store.durable().borrow();
        drop(self.store);
        let list = table(&sign_ins);
        write_synced(&self.unfinished.join(SIGN_IN_FILE), list.as_bytes())?;
        write_synced(&self.unfinished.join(WHOLE), b"")?;
        sync(&self.unfinished)?;
        put_in_place(&self.directory, &self.unfinished)?;
        Ok(Some(Filled {
            requests,
            entries,
            features,
            sign_ins,
        }))
    }

    fn write_base_map(&self, city: &SampleCity, plan: &Plan) -> Result<u64, FillError> {
        let base_map = BasemapStore::new(&self.unfinished);
        let mut rebuild = base_map.rebuild()?;
        rebuild.insert(&city.features())?;
        Ok(rebuild.finish(&plan.grounds(), plan.now)?.features)
    }

    fn write_city(
        &self,
        city: &SampleCity,
        sign_ins: &[SignIn],
        plan: &Plan,
    ) -> Result<(), FillError> {
        let (mut items, grounds) = (city.items()?, Some(plan.grounds()));
        items.extend(super::rosters::items(city, plan)?);
        let set = self.store.set_items(items, BY.into(), grounds, plan.now);
        self.runtime.block_on(set)?;
        for (one, hash) in sign_ins.iter().zip(hashes(sign_ins)?) {
            let account = one.account.clone();
            let set = self.store.set_account(account, hash, BY.into(), plan.now);
            self.runtime.block_on(set)?;
        }
        Ok(())
    }

    /// Writes all requests; `None` when it was stopped. One thread makes them
    /// while this one writes.
    fn write_requests(
        &self,
        city: &SampleCity,
        plan: &Plan,
        mut watch: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Option<u64>, FillError> {
        let mut requests = Requests::new(city, plan)?;
        let (hand_over, inbox) = sync_channel(AHEAD);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                loop {
                    let batch = requests.by_ref().take(BATCH);
                    let batch: Result<Vec<Change>, SampleError> = batch.collect();
                    let last = !matches!(&batch, Ok(batch) if batch.len() == BATCH);
                    // When it was stopped or failed, nobody takes it any more.
                    if hand_over.send(batch).is_err() || last {
                        return;
                    }
                }
            });
            let mut written = 0;
            for batch in inbox {
                let outcomes = self.runtime.block_on(self.store.append_all(batch?))?;
                for outcome in outcomes {
                    outcome?;
                    written += 1;
                }
                if watch(written).is_break() {
                    return Ok(None);
                }
            }
            Ok(Some(written))
        })
    }
}

/// Refuses a directory whose record has anything in it, or that is in use.
fn must_be_empty(directory: &Path) -> Result<(), FillError> {
    if !exists(&directory.join(RECORD))? {
        return Ok(());
    }
    let store = Store::open(directory, Options::default())?;
    let entries = *store.durable().borrow();
    if entries == 0 {
        return Ok(());
    }
    let shown = directory.display();
    Err(FillError::Refused(
        Refusal::new(
            RefusalKind::NotNow,
            "sample.not-empty",
            format!(
                "{shown} 中已有案卷库（{entries} 条记录），示例城市只写入空目录；请用 --data 指定别的目录"
            ),
            format!(
                "{shown} has a record already ({entries} entries), and a sample city goes into an empty directory only; name another one with --data"
            ),
        )
        .at("--data")
        .found(shown.to_string()),
    ))
}

/// Moves a whole city to where it is used. Begun again after it was cut off,
/// it goes on where it was.
fn put_in_place(directory: &Path, unfinished: &Path) -> Result<(), FillError> {
    if exists(&unfinished.join(RECORD))? {
        must_be_empty(directory)?;
        for name in [BASE_MAP, SIGN_IN_FILE] {
            move_over(&unfinished.join(name), &directory.join(name))?;
        }
        for folder in [HISTORY, JUDGED] {
            if exists(&unfinished.join(folder))? {
                // An empty record has no readings.
                remove(&directory.join(folder))?;
                move_over(&unfinished.join(folder), &directory.join(folder))?;
            }
        }
        for ending in ["-wal", "-shm"] {
            remove(&directory.join(format!("{RECORD}{ending}")))?;
        }
        // The record last: once it is there, everything else is.
        sync(directory)?;
        move_over(&unfinished.join(RECORD), &directory.join(RECORD))?;
        sync(directory)?;
    }
    remove(unfinished)
}

fn move_over(from: &Path, to: &Path) -> Result<(), FillError> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result.map_err(io(from)),
    }
}

/// Removes a file or a directory with all that is in it, if it is there.
fn remove(path: &Path) -> Result<(), FillError> {
    let removed = match path.is_dir() {
        true => std::fs::remove_dir_all(path),
        false => std::fs::remove_file(path),
    };
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result.map_err(io(path)),
    }
}

/// Writes a file for its owner only, durably.
fn write_synced(path: &Path, content: &[u8]) -> Result<(), FillError> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    file.and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .map_err(io(path))
}

fn sync(directory: &Path) -> Result<(), FillError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(io(directory))
}

fn exists(path: &Path) -> Result<bool, FillError> {
    path.try_exists().map_err(io(path))
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> FillError {
    let path = path.to_owned();
    move |source| FillError::Io { path, source }
}
