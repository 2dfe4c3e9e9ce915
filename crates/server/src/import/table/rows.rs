//! Rows of a table one after another, with the line each begins on.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;

use super::sheet::Sheet;
use crate::import::rejects::REJECT_COLUMNS;

/// A row longer than this is an unclosed quote, not a row.
pub const MAX_ROW_BYTES: u64 = 4 << 20;

/// One row.
pub struct Row {
    /// The line it begins on, or its number in a sheet; in a reject file, the
    /// line it had at first.
    pub line: u64,
    /// Its fields, without those that a reject file adds.
    pub record: ByteRecord,
    /// Some bytes could not be read in the file's encoding.
    pub garbled: bool,
}

/// Rows of a table.
pub struct Rows {
    from: From,
    header: ByteRecord,
}

enum From {
    Csv(CsvRows),
    Sheet { sheet: Arc<Sheet>, next: usize },
}

struct CsvRows {
    reader: csv::Reader<Bounded>,
    read: Arc<AtomicU64>,
    from_rejects: bool,
    lossy: bool,
    /// How many lines too few the reader counts: of `\r\n` it takes the second
    /// half for the beginning of the next row.
    behind: u64,
}

impl Rows {
    pub(super) fn of_csv(
        file: Box<dyn Read + Send>,
        delimiter: u8,
        header_row: u64,
        lossy: bool,
    ) -> Result<Self, csv::Error> {
        let read = Arc::new(AtomicU64::new(0));
        let bounded = Bounded {
            inner: file,
            read: Arc::clone(&read),
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .delimiter(delimiter)
            .from_reader(bounded);
        let mut whole = ByteRecord::new();
        for _ in 0..header_row {
            read.store(0, Ordering::Relaxed);
            whole.clear();
            reader.read_byte_record(&mut whole)?;
        }
        let from_rejects = REJECT_COLUMNS
            .iter()
            .enumerate()
            .all(|(n, name)| whole.get(n) == Some(name.as_bytes()));
        let began = whole.position().map_or(1, csv::Position::line);
        let within = whole
            .as_slice()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let behind = u64::from(reader.position().line() <= began + within as u64);
        Ok(Self {
            header: own_fields(&whole, from_rejects),
            from: From::Csv(CsvRows {
                reader,
                read,
                from_rejects,
                lossy,
                behind,
            }),
        })
    }

    pub(super) fn of_sheet(sheet: Arc<Sheet>, header_row: u64) -> Self {
        let next = usize::try_from(header_row).unwrap_or(usize::MAX);
        let header = sheet.row(next.saturating_sub(1));
        Self {
            header: header.map(|(_, cells)| cells.clone()).unwrap_or_default(),
            from: From::Sheet { sheet, next },
        }
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
        match &mut self.from {
            From::Csv(rows) => rows.next_row(),
            From::Sheet { sheet, next } => {
                let Some((line, cells)) = sheet.row(*next) else {
                    return Ok(None);
                };
                *next += 1;
                let mut record = cells.clone();
                // Cells at the end of a row are not written where they are empty.
                for _ in record.len()..self.header.len() {
                    record.push_field(b"");
                }
                Ok(Some(Row {
                    line: *line,
                    record,
                    garbled: false,
                }))
            }
        }
    }
}

impl CsvRows {
    fn next_row(&mut self) -> Result<Option<Row>, csv::Error> {
        self.read.store(0, Ordering::Relaxed);
        let mut whole = ByteRecord::new();
        if !self.reader.read_byte_record(&mut whole)? {
            return Ok(None);
        }
        let here = whole.position().map_or(0, csv::Position::line) + self.behind;
        let at_first = if self.from_rejects {
            whole.get(0).and_then(line_number)
        } else {
            None
        };
        let garbled = self.lossy && replaced(&whole);
        Ok(Some(Row {
            line: at_first.unwrap_or(here),
            record: own_fields(&whole, self.from_rejects),
            garbled,
        }))
    }
}

/// Whether a decoder put in the sign for what it could not read.
fn replaced(record: &ByteRecord) -> bool {
    let sign = "\u{FFFD}".as_bytes();
    record
        .iter()
        .any(|field| field.windows(sign.len()).any(|bytes| bytes == sign))
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
struct Bounded {
    inner: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Bounded {
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
