//! Segments: files that never change, with what is known of them.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::segment_file;
use crate::history::HistoryError;
use crate::summary::Bucket;
use crate::table::Reader;

/// What a segment holds: readings, or summaries of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Readings as they came.
    Readings,
    /// A summary of each stream and minute.
    Minute,
    /// A summary of each stream and hour of the city.
    Hour,
    /// A summary of each stream and day of the city.
    Day,
}

impl Level {
    /// All of them, the finest first.
    pub const ALL: [Level; 4] = [Level::Readings, Level::Minute, Level::Hour, Level::Day];

    /// The word of the record.
    pub fn word(self) -> &'static str {
        match self {
            Level::Readings => "readings",
            Level::Minute => "minute",
            Level::Hour => "hour",
            Level::Day => "day",
        }
    }

    /// How summaries of this level cut time, by clocks so far ahead of UTC; none
    /// for readings.
    pub fn bucket(self, offset_ms: i64) -> Option<Bucket> {
        let bucket = match self {
            Level::Readings => return None,
            Level::Minute => return Some(Bucket::MINUTE),
            Level::Hour => Bucket::HOUR,
            Level::Day => Bucket::DAY,
        };
        Some(Bucket {
            offset_ms,
            ..bucket
        })
    }
}

/// What the record says of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentMeta {
    /// The name of its file.
    pub name: String,
    /// What it holds.
    pub level: Level,
    /// How many rows.
    pub rows: u64,
    /// The ids of its first and last reading; of those it summarizes in a roll-up.
    pub ids: [u64; 2],
    /// The smallest and largest stream.
    pub streams: [u64; 2],
    /// The earliest and latest time, milliseconds since 1970-01-01 UTC.
    pub times: [i64; 2],
    /// Length of the file, bytes.
    pub bytes: u64,
    /// Its hash, hexadecimal.
    pub sha256: String,
    /// The segments whose place it takes.
    pub replaces: Vec<String>,
    /// How far the clocks by which its hours or days begin are ahead of UTC,
    /// milliseconds.
    #[serde(default, skip_serializing_if = "is_none")]
    pub offset_ms: i64,
}

fn is_none(offset_ms: &i64) -> bool {
    *offset_ms == 0
}

impl SegmentMeta {
    /// How its summaries cut time; none for readings.
    pub fn bucket(&self) -> Option<Bucket> {
        self.level.bucket(self.offset_ms)
    }
}

/// Smallest and largest stream, time and id of a group of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zone {
    pub(crate) streams: [u64; 2],
    pub(crate) times: [i64; 2],
    pub(crate) ids: [u64; 2],
}

/// A segment that can be read.
pub(crate) struct Segment {
    pub(crate) meta: SegmentMeta,
    pub(crate) zones: Vec<Zone>,
    path: PathBuf,
}

impl Segment {
    /// Looks at a segment's file.
    pub(crate) fn open(directory: &Path, meta: SegmentMeta) -> Result<Segment, HistoryError> {
        let path = segment_file(directory, &meta.name);
        let reader = reader(&path)?;
        let damaged = |what: &dyn std::fmt::Display| HistoryError::Damaged {
            path: path.clone(),
            what: what.to_string(),
        };
        if reader.rows() != meta.rows {
            return Err(damaged(&"it has another number of rows than recorded"));
        }
        let ranges = |column| reader.ranges(column).map_err(|error| damaged(&error));
        let (streams, times) = (ranges(0)?, ranges(1)?);
        let ids = match meta.level {
            Level::Readings => ranges(3)?,
            _ => vec![meta.ids.map(u64::cast_signed); streams.len()],
        };
        let zones = streams.into_iter().zip(times).zip(ids);
        let zones = zones.map(|((streams, times), ids)| Zone {
            streams: streams.map(i64::cast_unsigned),
            times,
            ids: ids.map(i64::cast_unsigned),
        });
        Ok(Segment {
            zones: zones.collect(),
            meta,
            path,
        })
    }

    /// Opens the file for reading rows.
    pub(crate) fn reader(&self) -> Result<Reader, HistoryError> {
        reader(&self.path)
    }

    /// What is wrong with it.
    pub(crate) fn damaged(&self, error: &dyn std::fmt::Display) -> HistoryError {
        HistoryError::Damaged {
            path: self.path.clone(),
            what: error.to_string(),
        }
    }
}

fn reader(path: &Path) -> Result<Reader, HistoryError> {
    let file = File::open(path).map_err(|source| HistoryError::Io {
        path: path.to_owned(),
        source,
    })?;
    Reader::open(file).map_err(|error| HistoryError::Damaged {
        path: path.to_owned(),
        what: error.to_string(),
    })
}
