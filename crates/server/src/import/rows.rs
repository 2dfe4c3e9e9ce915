//! Rows of a CSV file, with the line each begins on.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;

use super::rejects::REJECT_COLUMNS;

/// A row longer than this is an unclosed quote, not a row.
pub const MAX_ROW_BYTES: u64 = 4 << 20;

/// One row.
pub struct Row {
    /// The line it begins on; in a reject file, the line it had at first.
    pub line: u64,
    /// Its fields, without those that a reject file adds.
    pub record: ByteRecord,
}

/// Reads rows one after another; holds one row in memory.
pub struct Rows<R: Read> {
    reader: csv::Reader<Bounded<R>>,
    read: Arc<AtomicU64>,
    header: ByteRecord,
    from_rejects: bool,
}

impl<R: Read> Rows<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(file: R) -> Result<Self, csv::Error> {
        let read = Arc::new(AtomicU64::new(0));
        let bounded = Bounded {
            inner: file,
            read: Arc::clone(&read),
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(bounded);
        let whole = reader.byte_headers()?;
        let from_rejects = REJECT_COLUMNS
            .iter()
            .enumerate()
            .all(|(n, name)| whole.get(n) == Some(name.as_bytes()));
        let header = own_fields(whole, from_rejects);
        Ok(Self {
            reader,
            read,
            header,
            from_rejects,
        })
    }

    /// The names of the columns, without those that a reject file adds.
    pub fn header(&self) -> &ByteRecord {
        &self.header
    }

    /// The next row; `None` after the last.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is longer than [`MAX_ROW_BYTES`].
    pub fn next_row(&mut self) -> Result<Option<Row>, csv::Error> {
        self.read.store(0, Ordering::Relaxed);
        let mut whole = ByteRecord::new();
        if !self.reader.read_byte_record(&mut whole)? {
            return Ok(None);
        }
        let here = whole.position().map_or(0, csv::Position::line);
        let at_first = if self.from_rejects {
            whole.get(0).and_then(line_number)
        } else {
            None
        };
        Ok(Some(Row {
            line: at_first.unwrap_or(here),
            record: own_fields(&whole, self.from_rejects),
        }))
    }
}

fn line_number(field: &[u8]) -> Option<u64> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

fn own_fields(whole: &ByteRecord, from_rejects: bool) -> ByteRecord {
    let skip = if from_rejects {
        REJECT_COLUMNS.len()
    } else {
        0
    };
    whole.iter().skip(skip).collect()
}

/// Stops reading when a single row takes more than [`MAX_ROW_BYTES`].
struct Bounded<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.load(Ordering::Relaxed) > MAX_ROW_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "a row is longer than {MAX_ROW_BYTES} bytes: a quotation mark may not be closed"
                ),
            ));
        }
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
