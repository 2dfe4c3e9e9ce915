//! What the tests share.

use std::path::Path;

use yiwang_history::{Appended, Batch, BatchKey, History, Options, SegmentMeta};
use yiwang_sensing::{Reading, StreamId};

pub(crate) fn reading(stream: u64, at: i64, value: f64) -> Reading {
    Reading {
        stream: StreamId(stream),
        at,
        value,
    }
}

pub(crate) fn batch(readings: Vec<Reading>) -> Batch {
    Batch {
        readings,
        ..Batch::default()
    }
}

pub(crate) fn keyed(readings: Vec<Reading>, seq: u64) -> Batch {
    Batch {
        readings,
        key: Some(BatchKey {
            source: "gateway".into(),
            seq,
        }),
        ..Batch::default()
    }
}

pub(crate) fn open(directory: &Path, recorded: &[SegmentMeta], part_rows: u64) -> History {
    History::open(directory, recorded, Options { part_rows }).unwrap()
}

/// The id of the first reading of what was stored.
pub(crate) fn stored(appended: Appended) -> u64 {
    match appended {
        Appended::Stored(chunk) => chunk.first,
        Appended::Repeated(_) => panic!("it was there already"),
    }
}

/// Seals all parts that are full, noting what the record would.
pub(crate) fn seal_all(history: &History, recorded: &mut Vec<SegmentMeta>) {
    // The writer closes a full part after it has answered for its last batch, and
    // before it takes another.
    history.append(batch(Vec::new())).unwrap();
    while let Some(unsettled) = history.seal().unwrap() {
        recorded.push(unsettled.meta.clone());
        history.settle(unsettled).unwrap();
    }
}
