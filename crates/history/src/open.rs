//! Opening a history: what the record, the log and the segments add up to.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use crate::batch::Chunk;
use crate::files::{LOG, SEGMENTS, log_file, make_folder, segment_file};
use crate::frame::Payload;
use crate::history::{Found, History, HistoryError, Options, Readable, Shared};
use crate::hot::Part;
use crate::keys::Keys;
use crate::log::{LogFile, read_frames};
use crate::seal::readings_name;
use crate::segment::{Level, Segment, SegmentMeta};
use crate::span::Spans;
use crate::writer::{Start, Writer, begin};

impl History {
    /// Opens the history in a directory, making it where it is missing.
    /// `recorded` are the segments that the record says are there.
    ///
    /// Only one process may have it open; whoever keeps the record sees to that.
    ///
    /// # Errors
    /// When the file system refuses, or a part of the log other than its end is
    /// damaged.
    pub fn open(
        directory: &Path,
        recorded: &[SegmentMeta],
        options: Options,
    ) -> Result<History, HistoryError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| HistoryError::Io { path, source }
        };
        for folder in [LOG, SEGMENTS] {
            let path = directory.join(folder);
            make_folder(&path).map_err(io(&path))?;
        }
        let mut found = Found::default();
        let mut segments = Vec::new();
        for meta in recorded {
            match Segment::open(directory, meta.clone()) {
                Ok(segment) => segments.push(Arc::new(segment)),
                Err(error) => found.missing.push((meta.name.clone(), error.to_string())),
            }
        }
        let log = read_log(directory, recorded, &mut found)?;
        clear_segments(directory, recorded, &log.parts, &mut found)?;
        let mut spans = read_spans(directory, log.next);
        for segment in &segments {
            count_segment(&mut spans, segment)?;
        }
        for chunk in log.parts.iter().flat_map(|part| &part.chunks) {
            count_chunk(&mut spans, chunk);
        }
        spans.rows = log.next;
        let closed = log.parts.len() - 1;
        let shared = Arc::new(Shared {
            readable: RwLock::new(Readable {
                parts: log.parts,
                segments,
                ..Readable::default()
            }),
            spans: RwLock::new(spans),
            closed_parts: Mutex::new(closed),
            ..Shared::default()
        });
        let start = Start {
            directory: directory.to_owned(),
            log: log.end,
            next: log.next,
            rows: log.rows,
            keys: log.keys,
            part_rows: options.part_rows,
        };
        let writer = Writer::start(start, Arc::clone(&shared)).map_err(io(directory))?;
        Ok(History {
            directory: directory.to_owned(),
            shared,
            writer,
            sealing: Mutex::new(()),
            found,
        })
    }
}

/// What the log holds.
struct Log {
    /// At least one: the last is being written.
    parts: Vec<Part>,
    keys: Keys,
    next: u64,
    rows: u64,
    end: LogFile,
}

fn read_log(
    directory: &Path,
    recorded: &[SegmentMeta],
    found: &mut Found,
) -> Result<Log, HistoryError> {
    let sealed = |first: u64| {
        let mut metas = recorded.iter();
        metas.any(|meta| meta.ids[0] <= first && first <= meta.ids[1])
    };
    let mut next = recorded
        .iter()
        .map(|meta| meta.ids[1] + 1)
        .max()
        .unwrap_or(0);
    let mut parts: Vec<Part> = Vec::new();
    let mut keys = Keys::default();
    let mut end = None;
    let files = log_files(directory)?;
    for (index, (first, path)) in files.iter().enumerate() {
        let io = |source| HistoryError::Io {
            path: path.clone(),
            source,
        };
        let damaged = |what: &str| HistoryError::Damaged {
            path: path.clone(),
            what: what.to_owned(),
        };
        let is_sealed = sealed(*first);
        if !is_sealed {
            if *first != next && !(parts.is_empty() && *first > next) {
                return Err(damaged("its readings do not follow those before it"));
            }
            next = *first;
        }
        let mut part = Part::new(next);
        let [whole, length] = read_frames(path, |frame_first, payload| {
            match payload {
                Payload::Keys(bytes) => {
                    keys = Keys::from_bytes(&bytes)
                        .ok_or_else(|| damaged("its keys cannot be read"))?;
                }
                Payload::Batch(batch) => {
                    if let Some(key) = &batch.key {
                        keys.take(key, frame_first);
                    }
                    if is_sealed {
                        return Ok(());
                    }
                    if frame_first != next {
                        return Err(damaged("its batches do not follow each other"));
                    }
                    next += batch.readings.len() as u64;
                    part.push(Arc::new(Chunk {
                        first: frame_first,
                        readings: batch.readings,
                        notes: batch.notes,
                    }));
                }
            }
            Ok(())
        })?;
        if is_sealed {
            // Its readings are in a segment. Its keys may be nowhere else: in a copy
            // of a running history the part that followed it need not be there.
            std::fs::remove_file(path).map_err(io)?;
            continue;
        }
        if index + 1 < files.len() {
            if whole < length {
                return Err(damaged("it is damaged, and it is not the end of the log"));
            }
        } else {
            found.cut_bytes = length - whole;
            if whole > 0 {
                end = Some(LogFile::go_on(path.clone(), whole).map_err(io)?);
            } else {
                // It was begun and nothing of it reached the disk.
                std::fs::remove_file(path).map_err(io)?;
                continue;
            }
        }
        parts.push(part);
    }
    let end = match end {
        Some(end) => end,
        None => {
            parts.push(Part::new(next));
            begin(directory, next, &keys).map_err(|source| HistoryError::Io {
                path: log_file(directory, next),
                source,
            })?
        }
    };
    let rows = parts.last().map_or(0, |part| part.rows);
    Ok(Log {
        parts,
        keys,
        next,
        rows,
        end,
    })
}

/// The files of the log in their order.
fn log_files(directory: &Path) -> Result<Vec<(u64, PathBuf)>, HistoryError> {
    let folder = directory.join(LOG);
    let io = |source| HistoryError::Io {
        path: folder.clone(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if let Some(first) = stem.and_then(|stem| stem.parse().ok()) {
            files.push((first, path));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Removes files that a seal left unfinished; tells of others nobody knows.
fn clear_segments(
    directory: &Path,
    recorded: &[SegmentMeta],
    parts: &[Part],
    found: &mut Found,
) -> Result<(), HistoryError> {
    let folder = directory.join(SEGMENTS);
    let io = |source| HistoryError::Io {
        path: folder.clone(),
        source,
    };
    let replaced = |name: &String| recorded.iter().any(|meta| meta.replaces.contains(name));
    for entry in std::fs::read_dir(&folder).map_err(io)? {
        let name = entry.map_err(io)?.file_name();
        let name = name.to_string_lossy().into_owned();
        if recorded.iter().any(|meta| meta.name == name) {
            continue;
        }
        let again = parts.iter().any(|part| readings_name(part.first) == name);
        if again || replaced(&name) || name.ends_with(".new") {
            std::fs::remove_file(segment_file(directory, &name)).map_err(io)?;
        } else {
            found.unknown.push(name);
        }
    }
    Ok(())
}

/// What was written down of the streams, where it is whole and not newer than the log.
fn read_spans(directory: &Path, next: u64) -> Spans {
    let bytes = std::fs::read(directory.join("spans")).ok();
    let spans = bytes.and_then(|bytes| Spans::from_bytes(&bytes));
    spans.filter(|spans| spans.rows <= next).unwrap_or_default()
}

fn count_segment(spans: &mut Spans, segment: &Segment) -> Result<(), HistoryError> {
    let from = spans.rows;
    if segment.meta.ids[1] < from {
        return Ok(());
    }
    let reader = segment.reader()?;
    for group in 0..segment.zones.len() {
        if segment.meta.level == Level::Readings {
            let rows = reader.readings(group, &|_, _, id| id >= from);
            for row in rows.map_err(|error| segment.damaged(&error))? {
                spans.add(row.id, &row.reading);
            }
        } else {
            let rows = reader.summaries(group);
            for (stream, _, summary) in rows.map_err(|error| segment.damaged(&error))? {
                spans.add_summary(segment.meta.ids[1], stream, &summary);
            }
        }
    }
    Ok(())
}

fn count_chunk(spans: &mut Spans, chunk: &Chunk) {
    let from = spans.rows;
    for (id, reading) in (chunk.first..).zip(&chunk.readings) {
        if id >= from {
            spans.add(id, reading);
        }
    }
}
