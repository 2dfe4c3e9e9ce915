//! Sensing, joined to the world: the one way by which readings come in,
//! whatever the door, and what keeps them.

mod amend;
mod devices;
mod ingest;
mod keep;
mod retention;
mod streams;

pub use amend::Amending;
pub use devices::{DeviceCounts, Devices, GatewayStanding};
pub use ingest::{Judge, Sender, Taken};
pub use keep::{keep, seal_all};
pub use retention::{RETENTION, Retention};
pub use streams::add_features;

use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tokio::sync::broadcast;
use yiwang_cases::StoreError;
use yiwang_history::{Chunk, History, HistoryError, Options, SegmentMeta};
use yiwang_store::Store;

use crate::alerting::Queue;
use crate::mqtt::Mappings;
use streams::Known;

/// The folder of readings in a data directory.
pub const FOLDER: &str = "history";

/// How many chunks a listener may be behind before it misses some.
const MOST_UNHEARD: usize = 1024;

/// Readings: those that come in, and those that are kept.
///
/// A door (SensorThings, MQTT, a gateway, an import) makes a
/// [`Batch`](yiwang_history::Batch) and calls [`Sensing::take`]; nothing else
/// adds readings.
pub struct Sensing {
    /// The readings that are kept.
    pub history: Arc<History>,
    /// The devices that send them.
    pub devices: Devices,
    /// Which messages of plain JSON are readings.
    pub mappings: Mappings,
    known: Known,
    /// Held by whoever amends readings: one at a time.
    amending: tokio::sync::Mutex<()>,
    retention: RwLock<Retention>,
    heard: broadcast::Sender<Arc<Chunk>>,
    judge: OnceLock<Arc<Queue>>,
}

impl Sensing {
    /// Opens the readings beside a record.
    ///
    /// # Errors
    /// When they cannot be opened.
    pub fn open(store: &Store) -> Result<Sensing, StoreError> {
        let recorded = recorded_segments(store)?;
        let history = open_history(store.directory(), &recorded).map_err(broken)?;
        let found = history.found();
        if found.cut_bytes > 0 {
            tracing::warn!(
                bytes = found.cut_bytes,
                "the end of the readings' log was no whole batch and is cut off: nobody had been told that it was kept"
            );
        }
        for (segment, error) in &found.missing {
            tracing::error!(segment, error, "a segment of readings cannot be read");
        }
        for segment in &found.unknown {
            tracing::warn!(segment, "the record does not know this segment of readings");
        }
        history.amend(amend::recorded(store)?);
        Ok(Sensing {
            history: Arc::new(history),
            devices: Devices::load(store)?,
            mappings: Mappings::load(store)?,
            known: Known::default(),
            amending: tokio::sync::Mutex::default(),
            retention: RwLock::new(Retention::stored(store)?.unwrap_or_default()),
            heard: broadcast::Sender::new(MOST_UNHEARD),
            judge: OnceLock::new(),
        })
    }

    /// From now on has everything that is kept judged, in the order in which it is
    /// kept.
    pub(crate) fn judge_by(&self, queue: &Arc<Queue>) {
        // Who judges already goes on.
        let _ = self.judge.set(Arc::clone(queue));
    }

    /// The same by a judge that knows of readings only, on a thread of its own.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn judge_with(&self, mut judge: Box<dyn Judge>) -> std::io::Result<()> {
        let queue = Queue::feeding(move |readings| judge.feed(readings))?;
        self.judge_by(&queue);
        Ok(())
    }

    /// How long readings are kept.
    pub fn retention(&self) -> Retention {
        *self
            .retention
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of how long readings are kept from now on.
    pub fn set_retention(&self, retention: Retention) {
        let mut current = self
            .retention
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = retention;
    }

    /// Hears of all that is kept from now on, as it is kept; whoever is too slow
    /// is told how much it missed. For live views and subscriptions.
    pub fn heard(&self) -> broadcast::Receiver<Arc<Chunk>> {
        self.heard.subscribe()
    }
}

fn open_history(directory: &Path, recorded: &[SegmentMeta]) -> Result<History, HistoryError> {
    History::open(&directory.join(FOLDER), recorded, Options::default())
}

/// What the record says of the segments that count.
///
/// # Errors
/// When the record cannot be read, or what it says cannot be understood.
pub fn recorded_segments(store: &Store) -> Result<Vec<SegmentMeta>, StoreError> {
    let segments = store.segments()?.into_iter();
    segments
        .map(|body| serde_json::from_value(body).map_err(broken))
        .collect()
}

fn broken(error: impl std::fmt::Display) -> StoreError {
    StoreError::Broken(error.to_string())
}

/// Segments in a data directory that are not what the record says, as
/// `segment/NAME: what is wrong`.
///
/// # Errors
/// When the record cannot be read.
pub fn bad_segments(directory: &Path) -> anyhow::Result<Vec<String>> {
    let store = Store::open_to_read(directory, 1)?;
    let folder = directory.join(FOLDER);
    let wrong = recorded_segments(&store)?.into_iter().filter_map(|meta| {
        let wrong = yiwang_history::check_segment(&folder, &meta)?;
        Some(format!("segment/{}: {wrong}", meta.name))
    });
    Ok(wrong.collect())
}
