//! What is handed over, and what becomes of it.

use std::sync::Arc;

use yiwang_sensing::Reading;

/// Readings handed over at once: all of them are kept, or none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// The readings, in the order in which they get their ids. NaN stands for a
    /// result that is no number; it is in the note.
    pub readings: Vec<Reading>,
    /// What else is known of some readings, by their position, ascending: JSON
    /// that this crate keeps and does not read.
    pub notes: Vec<(u32, Box<str>)>,
    /// Under which key a batch is sent again when the answer was lost.
    pub key: Option<BatchKey>,
}

/// Names a batch among all that one source sends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BatchKey {
    /// Who sends: a device or a file; at most 255 bytes.
    pub source: String,
    /// Grows by one with each batch of the source; may arrive out of order.
    pub seq: u64,
}

/// What became of a batch.
#[derive(Debug, Clone)]
pub enum Appended {
    /// It is on the disk.
    Stored(Arc<Chunk>),
    /// It was there already; the id of its first reading, where that is still
    /// remembered.
    Repeated(Option<u64>),
}

/// Readings with consecutive ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Chunk {
    /// The id of the first.
    pub first: u64,
    /// The readings.
    pub readings: Vec<Reading>,
    /// Notes by position, ascending.
    pub notes: Vec<(u32, Box<str>)>,
}

impl Chunk {
    /// The note of the reading at a position.
    pub fn note(&self, position: usize) -> Option<&str> {
        let found = self
            .notes
            .binary_search_by_key(&position, |(at, _)| *at as usize);
        found.ok().map(|index| &*self.notes[index].1)
    }

    /// The row at a position.
    pub(crate) fn row(&self, position: usize) -> Row {
        Row {
            id: self.first + position as u64,
            reading: self.readings[position],
            note: self.note(position).map(Box::from),
        }
    }
}

/// A reading as it is found again.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its row number in the order of arrival.
    pub id: u64,
    /// The reading; NaN for a result that is no number.
    pub reading: Reading,
    /// What else is known, as it was handed over.
    pub note: Option<Box<str>>,
}

/// Why a batch was not kept. Nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The disk takes no writes.
    #[error("the disk takes no writes: {0}")]
    ReadOnly(String),
    /// More is waiting than may; send it again later.
    #[error("too much is waiting to be written")]
    Behind,
    /// One batch may not be so large.
    #[error("a batch of {0} bytes is larger than {MOST_BYTES}")]
    TooLarge(usize),
    /// The disk failed, or the log was closed after it had failed.
    #[error("the log cannot be written: {0}")]
    Broken(String),
}

/// Largest batch as it stands in the log, bytes.
pub(crate) const MOST_BYTES: usize = 64 << 20;
