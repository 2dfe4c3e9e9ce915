//! Sealing a part of the log: sorted by stream and time, in a file of columns.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::batch::Chunk;
use crate::files::{SEGMENTS, log_file, segment_file, sync_folder};
use crate::history::{History, HistoryError, lock, read, write};
use crate::hot::Part;
use crate::segment::{Level, Segment, SegmentMeta};
use crate::table::write_readings;

/// A segment whose file is durable and which nobody has written down yet.
#[derive(Debug)]
pub struct Unsettled {
    /// What the record is to say of it.
    pub meta: SegmentMeta,
    /// The part of the log whose place it takes.
    pub(crate) part: Option<u64>,
}

/// The name of the segment of the part that begins with this id.
pub(crate) fn readings_name(first: u64) -> String {
    format!("{first:020}-readings.parquet")
}

impl History {
    /// Makes a segment of the oldest part that is closed; `None` where there is
    /// none. It counts after [`History::settle`].
    ///
    /// # Errors
    /// When the file cannot be written: the part stays, to be sealed later.
    pub fn seal(&self) -> Result<Option<Unsettled>, HistoryError> {
        let _turn = lock(&self.sealing);
        let part = {
            let readable = read(&self.shared.readable);
            match readable.parts.as_slice() {
                [part, _, ..] => part.clone(),
                _ => return Ok(None),
            }
        };
        let sorted = sorted(&part);
        let name = readings_name(part.first);
        let mut streams = [u64::MAX, 0];
        let mut times = [i64::MAX, i64::MIN];
        let rows = sorted.iter().map(|row| {
            let (chunk, position) = row.place(&part);
            let reading = &chunk.readings[position];
            streams = [streams[0].min(row.stream), streams[1].max(row.stream)];
            times = [times[0].min(row.at), times[1].max(row.at)];
            (
                part.first + u64::from(row.offset),
                reading,
                chunk.note(position),
            )
        });
        let (sha256, bytes) = write_file(&self.directory, &name, |target| {
            write_readings(target, rows)
        })?;
        Ok(Some(Unsettled {
            meta: SegmentMeta {
                name,
                level: Level::Readings,
                rows: part.rows,
                ids: [part.first, part.first + part.rows - 1],
                streams,
                times,
                bytes,
                sha256,
                replaces: Vec::new(),
                offset_ms: 0,
            },
            part: Some(part.first),
        }))
    }

    /// Lets a segment count, once the record says that it is there: its part of
    /// the log, or the segments it replaces, go.
    ///
    /// # Errors
    /// When its file cannot be read; everything stays as it was then.
    pub fn settle(&self, unsettled: Unsettled) -> Result<(), HistoryError> {
        let segment = Segment::open(&self.directory, unsettled.meta)?;
        let replaced = segment.meta.replaces.clone();
        let rolled_up = segment.meta.level != Level::Readings;
        let spans = match rolled_up {
            true => self.spans_put_right(segment.meta.ids),
            false => Vec::new(),
        };
        {
            let mut readable = write(&self.shared.readable);
            if rolled_up && readable.amended.any_in(segment.meta.ids) {
                readable.amended = Arc::new(readable.amended.without(segment.meta.ids));
            }
            if let Some(first) = unsettled.part {
                readable.parts.retain(|part| part.first != first);
            }
            readable
                .segments
                .retain(|segment| !replaced.contains(&segment.meta.name));
            readable.segments.push(Arc::new(segment));
        }
        if rolled_up {
            write(&self.shared.spans).put_right(&spans);
            *lock(&self.shared.rolling) = None;
        }
        let gone = unsettled.part.map(|first| log_file(&self.directory, first));
        if gone.is_some() {
            *lock(&self.shared.closed_parts) -= 1;
        }
        let replaced = replaced
            .iter()
            .map(|name| segment_file(&self.directory, name));
        for path in gone.into_iter().chain(replaced) {
            // Whatever is left is removed at the next start.
            let _ = std::fs::remove_file(path);
        }
        Ok(())
    }
}

/// Where a reading stands, by what it is sorted.
struct Place {
    stream: u64,
    at: i64,
    /// Its id, counted from the part's first.
    offset: u32,
    chunk: u32,
}

impl Place {
    fn place<'a>(&self, part: &'a Part) -> (&'a Chunk, usize) {
        let chunk = &*part.chunks[self.chunk as usize];
        let position = part.first + u64::from(self.offset) - chunk.first;
        (chunk, position as usize)
    }
}

fn sorted(part: &Part) -> Vec<Place> {
    let mut places = Vec::with_capacity(part.rows as usize);
    for (index, chunk) in (0..).zip(&part.chunks) {
        let offset = (chunk.first - part.first) as u32;
        places.extend(
            (offset..)
                .zip(&chunk.readings)
                .map(|(offset, reading)| Place {
                    stream: reading.stream.0,
                    at: reading.at,
                    offset,
                    chunk: index,
                }),
        );
    }
    places.sort_unstable_by_key(|place| (place.stream, place.at, place.offset));
    places
}

/// A target that hashes what goes through it.
pub(crate) struct Hashing<W> {
    target: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.target.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.target.flush()
    }
}

type Target = Hashing<BufWriter<File>>;

/// Writes a segment's file, durable and under its name; returns its hash and length.
pub(crate) fn write_file(
    directory: &Path,
    name: &str,
    fill: impl FnOnce(Target) -> parquet::errors::Result<Target>,
) -> Result<(String, u64), HistoryError> {
    let path = segment_file(directory, name);
    let unfinished = segment_file(directory, &format!("{name}.new"));
    let written = File::create(&unfinished)
        .and_then(|file| {
            let target = Hashing {
                target: BufWriter::with_capacity(1 << 18, file),
                hash: Sha256::new(),
                bytes: 0,
            };
            fill(target).map_err(std::io::Error::other)
        })
        .and_then(
            |Hashing {
                 target,
                 hash,
                 bytes,
             }| {
                let file = target.into_inner().map_err(|error| error.into_error())?;
                file.sync_all()?;
                std::fs::rename(&unfinished, &path)?;
                sync_folder(&directory.join(SEGMENTS))?;
                Ok((hex::encode(hash.finalize()), bytes))
            },
        );
    written.map_err(|source| {
        // Half a file is none.
        let _ = std::fs::remove_file(&unfinished);
        HistoryError::Io { path, source }
    })
}
