//! Tables in files, whatever their form: CSV in any common encoding and with
//! any common delimiter, also gzipped, and sheets of XLSX workbooks.
//!
//! What a file is, its bytes say. A reader that knows better says so in
//! [`Reading`]. A reject file is always what we write: UTF-8 with commas.

mod delimiter;
mod encoding;
mod rows;
mod sheet;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::read::MultiGzDecoder;
use yiwang_base::{Refusal, RefusalKind};

pub use rows::{MAX_ROW_BYTES, Row, Rows};

use super::rejects::REJECT_COLUMNS;
use sheet::Sheet;

/// Delimiters that are looked for, the likeliest first.
pub const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Why a file is no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It cannot be read as rows.
    #[error("the file cannot be read as rows: {0}")]
    Rows(#[from] csv::Error),
    /// It is not what was asked for.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// How to read a file; what is left out is detected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Encoding of a CSV file, by a label of the WHATWG Encoding Standard.
    pub encoding: Option<&'static Encoding>,
    /// Delimiter of a CSV file.
    pub delimiter: Option<u8>,
    /// Sheet of a workbook, by its name; the first unless said.
    pub sheet: Option<String>,
    /// Which row that is not blank names the columns, from 1; the first unless said.
    pub header_row: Option<u64>,
}

/// Where the bytes are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In a file.
    File(PathBuf),
    /// In memory.
    Bytes(Arc<[u8]>),
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Source::File(path.to_owned())
    }
}

impl From<&[u8]> for Source {
    fn from(bytes: &[u8]) -> Self {
        Source::Bytes(bytes.into())
    }
}

impl Source {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Source::File(path) => Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)),
            Source::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }

    /// The bytes after the gzip, where there is one.
    fn plain(&self, gzip: bool) -> io::Result<Box<dyn Read + Send>> {
        let raw = self.open()?;
        Ok(if gzip {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(raw)))
        } else {
            raw
        })
    }

    fn begins_with(&self, magic: &[u8]) -> io::Result<bool> {
        let mut head = Vec::new();
        self.open()?
            .take(magic.len() as u64)
            .read_to_end(&mut head)?;
        Ok(head == magic)
    }
}

/// A table in a file, ready to be read as often as needed.
#[derive(Debug, Clone)]
pub struct Table {
    source: Source,
    form: Form,
    header_row: u64,
}

#[derive(Debug, Clone)]
enum Form {
    Csv {
        gzip: bool,
        encoding: &'static Encoding,
        delimiter: u8,
    },
    Sheet(Arc<Sheet>),
}

impl Table {
    /// Finds out what the file is.
    ///
    /// # Errors
    /// When it cannot be read or is not what `reading` asks for.
    pub fn open(source: impl Into<Source>, reading: &Reading) -> Result<Table, TableError> {
        let source = source.into();
        let header_row = reading.header_row.unwrap_or(1);
        if source.begins_with(b"PK\x03\x04")? {
            let sheet = Sheet::read(&source, reading.sheet.as_deref())?;
            return Ok(Table {
                source,
                form: Form::Sheet(Arc::new(sheet)),
                header_row,
            });
        }
        // The old binary workbook, which looks like text in no encoding at all.
        if source.begins_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")? {
            return Err(old_workbook().into());
        }
        let gzip = source.begins_with(&[0x1f, 0x8b])?;
        let own = own_head();
        let mut head = Vec::new();
        source
            .plain(gzip)?
            .take(own.len() as u64)
            .read_to_end(&mut head)?;
        if head == own.as_bytes() {
            return Ok(Table {
                source,
                form: Form::Csv {
                    gzip,
                    encoding: UTF_8,
                    delimiter: b',',
                },
                header_row: 1,
            });
        }
        let encoding = match reading.encoding {
            Some(encoding) => encoding,
            None => encoding::detect(source.plain(gzip)?)?,
        };
        let delimiter = match reading.delimiter {
            Some(delimiter) => delimiter,
            None => delimiter::detect(decoded(source.plain(gzip)?, encoding), header_row)?,
        };
        Ok(Table {
            source,
            form: Form::Csv {
                gzip,
                encoding,
                delimiter,
            },
            header_row,
        })
    }

    /// Its rows from the beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows(&self) -> Result<Rows, TableError> {
        match &self.form {
            Form::Csv {
                gzip,
                encoding,
                delimiter,
            } => {
                let file = decoded(self.source.plain(*gzip)?, encoding);
                let lossy = *encoding != UTF_8;
                Ok(Rows::of_csv(file, *delimiter, self.header_row, lossy)?)
            }
            Form::Sheet(sheet) => Ok(Rows::of_sheet(Arc::clone(sheet), self.header_row)),
        }
    }

    /// What it is, for a person: `CSV, GB18030, ";"` or `XLSX, sheet "Sheet1"`.
    pub fn describe(&self) -> String {
        match &self.form {
            Form::Csv {
                gzip,
                encoding,
                delimiter,
            } => {
                let gzip = if *gzip { "gzip, " } else { "" };
                let delimiter = char::from(*delimiter).escape_default();
                format!("CSV, {gzip}{}, delimiter \"{delimiter}\"", encoding.name())
            }
            Form::Sheet(sheet) => format!("XLSX, sheet \"{}\"", sheet.name()),
        }
    }
}

/// The bytes as UTF-8. What is UTF-8 already passes as it is, so that a row
/// that is not stays byte for byte what it was.
fn decoded(file: Box<dyn Read + Send>, encoding: &'static Encoding) -> Box<dyn Read + Send> {
    if encoding == UTF_8 {
        return file;
    }
    let decoder = DecodeReaderBytesBuilder::new()
        .encoding(Some(encoding))
        .build(file);
    Box::new(BufReader::with_capacity(1 << 16, decoder))
}

/// How each reject file begins.
fn own_head() -> String {
    format!("{},", REJECT_COLUMNS.join(","))
}

fn old_workbook() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "file.old-workbook",
        "这是旧格式的工作簿(.xls)，请另存为 .xlsx 或 CSV",
        "this is a workbook of the old format (.xls): save it as .xlsx or CSV",
    )
    .allowing([".xlsx", ".csv", ".csv.gz"])
}

#[cfg(test)]
mod tests;
