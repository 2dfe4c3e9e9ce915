//! Files of readings, row by row: CSV, or Parquet as other programs write it.
//!
//! A row of either is the same texts, so that one mapping reads both and a row
//! that cannot be taken is kept where a person can mend it.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::Path;

use csv::{ByteRecord, StringRecord};
use jiff::tz::TimeZone;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use yiwang_base::Timestamp;

use super::rejects::REJECT_COLUMNS;

/// What a Parquet file begins with.
const PARQUET: &[u8; 4] = b"PAR1";

/// A file of readings that is being read.
pub struct ReadingsFile {
    header: StringRecord,
    rows: Rows,
    /// Columns of a reject file that is read again, passed over.
    own: usize,
}

enum Rows {
    Csv(Box<csv::Reader<File>>),
    Parquet {
        rows: RowIter<'static>,
        columns: Vec<Option<Instants>>,
        row: u64,
    },
}

/// A row as it was found.
pub struct FileRow {
    /// Its line in a CSV file, its number from 1 in a Parquet file.
    pub line: u64,
    /// Its cells.
    pub cells: ByteRecord,
}

/// How a column of a Parquet file says times.
#[derive(Clone, Copy)]
struct Instants {
    nanoseconds: i64,
    /// Whether it says them in UTC, else by the clocks of a place.
    utc: bool,
}

impl ReadingsFile {
    /// Opens a file: Parquet by its first bytes, else CSV with a header.
    ///
    /// # Errors
    /// When it cannot be read, or is no such file.
    pub fn open(path: &Path) -> anyhow::Result<ReadingsFile> {
        let mut file = File::open(path)?;
        let mut begin = Vec::new();
        file.by_ref().take(4).read_to_end(&mut begin)?;
        file.rewind()?;
        let (header, rows) = if begin == PARQUET {
            parquet(file)?
        } else {
            let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(file);
            (table.headers()?.clone(), Rows::Csv(Box::new(table)))
        };
        let names = header.iter().zip(REJECT_COLUMNS);
        let own = names.take_while(|(name, own)| name == own).count();
        let own = if own == REJECT_COLUMNS.len() { own } else { 0 };
        Ok(ReadingsFile {
            header: header.iter().skip(own).collect(),
            rows,
            own,
        })
    }

    /// The names of the columns.
    pub fn header(&self) -> &StringRecord {
        &self.header
    }

    /// The next row; an error that has a row is of that row only.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_row(&mut self) -> anyhow::Result<Option<FileRow>> {
        match &mut self.rows {
            Rows::Csv(table) => {
                let mut cells = ByteRecord::new();
                if !table.read_byte_record(&mut cells)? {
                    return Ok(None);
                }
                let line = cells.position().map_or(0, csv::Position::line);
                if self.own > 0 {
                    cells = cells.iter().skip(self.own).collect();
                }
                Ok(Some(FileRow { line, cells }))
            }
            Rows::Parquet { rows, columns, row } => {
                let Some(found) = rows.next().transpose()? else {
                    return Ok(None);
                };
                *row += 1;
                Ok(Some(FileRow {
                    line: *row,
                    cells: texts(&found, columns),
                }))
            }
        }
    }
}

/// The rows of a Parquet file, and those of its columns that are plain values.
fn parquet(file: File) -> anyhow::Result<(StringRecord, Rows)> {
    let reader = SerializedFileReader::new(file)?;
    let schema = reader.metadata().file_metadata().schema().clone();
    let plain: Vec<_> = schema
        .get_fields()
        .iter()
        .filter(|field| is_plain(field))
        .cloned()
        .collect();
    let header = plain.iter().map(|field| field.name()).collect();
    let columns = plain.iter().map(|field| instants(field)).collect();
    let projection = Type::group_type_builder(schema.name())
        .with_fields(plain)
        .build()?;
    let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection))?;
    Ok((
        header,
        Rows::Parquet {
            rows,
            columns,
            row: 0,
        },
    ))
}

/// Whether a column holds one value that can be a time, a number or a name.
fn is_plain(field: &Type) -> bool {
    if !field.is_primitive()
        || field.get_basic_info().repetition() == parquet::basic::Repetition::REPEATED
    {
        return false;
    }
    match field.get_physical_type() {
        Physical::FIXED_LEN_BYTE_ARRAY => matches!(
            field.get_basic_info().converted_type(),
            ConvertedType::DECIMAL
        ),
        Physical::BYTE_ARRAY => {
            !matches!(field.get_basic_info().converted_type(), ConvertedType::BSON)
        }
        _ => true,
    }
}

fn instants(field: &Type) -> Option<Instants> {
    if field.get_physical_type() == Physical::INT96 {
        // Only ever used for times of UTC; they are read as milliseconds.
        return Some(Instants {
            nanoseconds: 1_000_000,
            utc: true,
        });
    }
    if let Some(LogicalType::Timestamp(kind)) = field.get_basic_info().logical_type_ref() {
        return Some(Instants {
            nanoseconds: match kind.unit {
                TimeUnit::MILLIS => 1_000_000,
                TimeUnit::MICROS => 1000,
                TimeUnit::NANOS => 1,
            },
            utc: kind.is_adjusted_to_u_t_c,
        });
    }
    let nanoseconds = match field.get_basic_info().converted_type() {
        ConvertedType::TIMESTAMP_MILLIS => 1_000_000,
        ConvertedType::TIMESTAMP_MICROS => 1000,
        _ => return None,
    };
    Some(Instants {
        nanoseconds,
        utc: true,
    })
}

impl Instants {
    /// RFC 3339 in UTC, or without an offset where the file has none.
    fn text(self, value: i64) -> String {
        let nanoseconds = i128::from(value) * i128::from(self.nanoseconds);
        match Timestamp::from_nanosecond(nanoseconds) {
            Ok(at) if self.utc => at.to_string(),
            Ok(at) => TimeZone::UTC.to_datetime(at).to_string(),
            // No time at all: the mapping will say so.
            Err(_) => value.to_string(),
        }
    }
}

fn texts(row: &Row, columns: &[Option<Instants>]) -> ByteRecord {
    let cells = row.get_column_iter().zip(columns);
    let text =
        |((_, field), instants): ((&String, &Field), &Option<Instants>)| match (field, instants) {
            (Field::Null, _) => String::new(),
            (
                Field::Long(value) | Field::TimestampMillis(value) | Field::TimestampMicros(value),
                Some(instants),
            ) => instants.text(*value),
            (Field::Str(text), _) => text.clone(),
            (Field::Bytes(bytes), _) => String::from_utf8_lossy(bytes.data()).into_owned(),
            (Field::Float(number), _) => number.to_string(),
            (Field::Double(number), _) => number.to_string(),
            (other, _) => other.to_string(),
        };
    cells.map(text).map(String::into_bytes).collect()
}
