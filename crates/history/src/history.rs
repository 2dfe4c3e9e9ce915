//! A history: its log, its segments, and the thread that writes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

use yiwang_sensing::StreamId;

use crate::amend::Amended;
use crate::batch::{AppendError, Appended, Batch, Chunk, MOST_BYTES};
use crate::frame::encode_batch;
use crate::hot::Part;
use crate::segment::{Segment, SegmentMeta};
use crate::span::{Span, Spans};
use crate::writer::{Append, Writer};

/// Most parts that wait to be sealed; beyond it batches are refused.
const MOST_PARTS: usize = 8;
/// Most bytes that wait for the writer.
const MOST_WAITING: usize = 256 << 20;

/// How a history is kept.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// After how many readings a part of the log is closed, to be sealed. All
    /// readings that are not sealed yet stand in memory, 24 bytes each.
    pub part_rows: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            part_rows: 2_000_000,
        }
    }
}

/// Why a history cannot be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// A file is not what it was when it was written.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The answer would be larger than may be.
    #[error(
        "there are more than {0} summaries in the answer: ask for fewer streams or longer buckets"
    )]
    TooMany(usize),
}

/// What may be read, all of one moment.
#[derive(Default)]
pub(crate) struct Readable {
    /// Parts of the log; the last is being written.
    pub(crate) parts: Vec<Part>,
    pub(crate) segments: Vec<Arc<Segment>>,
    /// Readings that were put right or taken back.
    pub(crate) amended: Arc<Amended>,
}

/// What the writer and readers share.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) readable: RwLock<Readable>,
    pub(crate) spans: RwLock<Spans>,
    /// Parts that wait to be sealed, and whoever waits for one.
    pub(crate) closed_parts: Mutex<usize>,
    pub(crate) part_closed: Condvar,
    /// The ids of readings that are being rolled up: those cannot be amended.
    pub(crate) rolling: Mutex<Option<[u64; 2]>>,
    /// Bytes on their way to the writer.
    pub(crate) waiting: AtomicUsize,
}

/// Readings, kept.
///
/// The port *past readings*: rules are tried on the past with
/// [`History::readings`].
pub struct History {
    pub(crate) directory: PathBuf,
    pub(crate) shared: Arc<Shared>,
    pub(crate) writer: Writer,
    /// Held by whoever makes a segment: one at a time.
    pub(crate) sealing: Mutex<()>,
    pub(crate) found: Found,
}

/// What was not as it should be when a history was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Bytes at the end of the log that were no whole batch, and are cut off.
    pub cut_bytes: u64,
    /// Recorded segments that are not there or cannot be read, and why.
    pub missing: Vec<(String, String)>,
    /// Files of segments that the record does not know, left alone.
    pub unknown: Vec<String>,
}

impl History {
    /// What was not as it should be when it was opened.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// The directory it lies in.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Hands a batch over and returns; `done` is called by the thread that
    /// writes once the batch is durable or refused, and must not block.
    pub fn append_then(
        &self,
        batch: Batch,
        done: impl FnOnce(Result<Appended, AppendError>) + Send + 'static,
    ) {
        let Some(payload) = encode_batch(&batch) else {
            return done(Err(AppendError::TooLarge(MOST_BYTES)));
        };
        let size = payload.bytes.len();
        let waiting = self.shared.waiting.fetch_add(size, Ordering::Relaxed);
        let behind = waiting > MOST_WAITING || *lock(&self.shared.closed_parts) > MOST_PARTS;
        if behind {
            self.shared.waiting.fetch_sub(size, Ordering::Relaxed);
            return done(Err(AppendError::Behind));
        }
        self.writer.append(Append {
            payload,
            chunk: Chunk {
                first: 0,
                readings: batch.readings,
                notes: batch.notes,
            },
            key: batch.key,
            done: Box::new(done),
        });
    }

    /// Keeps a batch; returns when it is durable.
    ///
    /// # Errors
    /// [`AppendError`]: nothing of it was kept.
    pub fn append(&self, batch: Batch) -> Result<Appended, AppendError> {
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        self.append_then(batch, move |outcome| {
            // Whoever asked waits for it below.
            let _ = tell.send(outcome);
        });
        told.recv()
            .unwrap_or_else(|_| Err(AppendError::Broken("the writer has stopped".into())))
    }

    /// What is known of a stream; `None` where it has no readings.
    pub fn span(&self, stream: StreamId) -> Option<Span> {
        let span = read(&self.shared.spans).get(stream)?;
        match self.is_amended(stream) {
            true => self.amended_span(stream, span),
            false => Some(span),
        }
    }

    /// How many readings were ever kept: the next one's id.
    pub fn next_id(&self) -> u64 {
        read(&self.shared.spans).rows
    }

    /// What the segments are that may be read now.
    pub fn segments(&self) -> Vec<SegmentMeta> {
        let readable = read(&self.shared.readable);
        let metas = readable.segments.iter();
        metas.map(|segment| segment.meta.clone()).collect()
    }

    /// Closes the part of the log that is being written, where it has readings:
    /// then it can be sealed.
    pub fn close_part(&self) {
        self.writer.close_part();
    }

    /// Waits until a part can be sealed, or for some time; says whether one can.
    pub fn wait_for_part(&self, at_most: Duration) -> bool {
        let closed = lock(&self.shared.closed_parts);
        let waited = self
            .shared
            .part_closed
            .wait_timeout_while(closed, at_most, |closed| *closed == 0);
        let (closed, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *closed > 0
    }

    /// Writes down what is known of the streams, so that the next start need
    /// not count again.
    ///
    /// # Errors
    /// What the file system says; nothing is lost then.
    pub fn keep_spans(&self) -> Result<(), HistoryError> {
        let bytes = read(&self.shared.spans).to_bytes();
        let path = self.directory.join("spans");
        let unfinished = self.directory.join("spans.new");
        std::fs::write(&unfinished, bytes)
            .and_then(|()| std::fs::rename(&unfinished, &path))
            .map_err(|source| HistoryError::Io { path, source })
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read<T>(shared: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(shared: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    shared.write().unwrap_or_else(PoisonError::into_inner)
}
