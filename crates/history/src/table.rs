//! Columns in Parquet files: readings, and summaries of them.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::column::reader::ColumnReader;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use yiwang_sensing::{Reading, StreamId};

use crate::batch::Row;
use crate::summary::Summary;

/// Rows in a group: what is read at least to find one stream's readings.
pub(crate) const GROUP: usize = 1 << 16;

const READINGS: &str = "message readings {
    required int64 stream;
    required int64 at (TIMESTAMP(MILLIS, true));
    optional double value;
    required int64 id;
    optional binary note (UTF8);
}";

const SUMMARIES: &str = "message summaries {
    required int64 stream;
    required int64 at (TIMESTAMP(MILLIS, true));
    required int64 count;
    required double min;
    required double max;
    required double sum;
    required double first;
    required int64 first_at (TIMESTAMP(MILLIS, true));
    required double last;
    required int64 last_at (TIMESTAMP(MILLIS, true));
}";

/// One column of a group, as it is written.
enum Column<'a> {
    Whole(Vec<i64>),
    Number(Vec<f64>),
    /// Values that are there, and for each row whether one is.
    MaybeNumber(Vec<f64>, Vec<i16>),
    MaybeText(Vec<&'a str>, Vec<i16>),
}

fn properties() -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_created_by("yiwang".to_owned())
        .set_offset_index_disabled(true)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(None);
    // Sorted and counted columns are small as differences.
    for name in ["stream", "at", "id", "count", "first_at", "last_at"] {
        let column = ColumnPath::from(name);
        properties = properties
            .set_column_encoding(column.clone(), Encoding::DELTA_BINARY_PACKED)
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_compression(column, Compression::UNCOMPRESSED);
    }
    properties.build()
}

fn writer<W: Write + Send>(target: W, schema: &str) -> Result<SerializedFileWriter<W>> {
    let schema = Arc::new(parse_message_type(schema)?);
    SerializedFileWriter::new(target, schema, Arc::new(properties()))
}

fn write_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    columns: Vec<Column<'_>>,
) -> Result<()> {
    let mut group = writer.next_row_group()?;
    for column in columns {
        let mut target = group
            .next_column()?
            .ok_or_else(|| ParquetError::General("more columns than the schema has".into()))?;
        match (target.untyped(), &column) {
            (ColumnWriter::Int64ColumnWriter(writer), Column::Whole(values)) => {
                writer.write_batch(values, None, None)?;
            }
            (ColumnWriter::DoubleColumnWriter(writer), Column::Number(values)) => {
                writer.write_batch(values, None, None)?;
            }
            (ColumnWriter::DoubleColumnWriter(writer), Column::MaybeNumber(values, there)) => {
                writer.write_batch(values, Some(there), None)?;
            }
            (ColumnWriter::ByteArrayColumnWriter(writer), Column::MaybeText(texts, there)) => {
                let values: Vec<ByteArray> =
                    texts.iter().map(|text| ByteArray::from(*text)).collect();
                writer.write_batch(&values, Some(there), None)?;
            }
            _ => return Err(ParquetError::General("not the schema's column".into())),
        }
        target.close()?;
    }
    group.close()?;
    Ok(())
}

/// Readings in the order in which they are to stand.
pub(crate) fn write_readings<'a, W: Write + Send>(
    target: W,
    rows: impl Iterator<Item = (u64, &'a Reading, Option<&'a str>)>,
) -> Result<W> {
    let mut writer = writer(target, READINGS)?;
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let [mut stream, mut at, mut id] = [(); 3].map(|()| Vec::with_capacity(GROUP));
        let (mut value, mut has_value) = (Vec::with_capacity(GROUP), Vec::with_capacity(GROUP));
        let (mut note, mut has_note) = (Vec::new(), Vec::with_capacity(GROUP));
        for (row_id, reading, row_note) in rows.by_ref().take(GROUP) {
            stream.push(reading.stream.0.cast_signed());
            at.push(reading.at);
            id.push(row_id.cast_signed());
            if !reading.value.is_nan() {
                value.push(reading.value);
            }
            has_value.push(i16::from(!reading.value.is_nan()));
            has_note.push(i16::from(row_note.is_some()));
            note.extend(row_note);
        }
        let columns = vec![
            Column::Whole(stream),
            Column::Whole(at),
            Column::MaybeNumber(value, has_value),
            Column::Whole(id),
            Column::MaybeText(note, has_note),
        ];
        write_group(&mut writer, columns)?;
    }
    writer.into_inner()
}

/// Writes rows as a Parquet file with the columns `stream`, `at` (UTC),
/// `value`, `id` and `note`.
///
/// # Errors
/// What the target or a row says.
pub fn write_rows<W: Write + Send, E: std::error::Error + Send + Sync + 'static>(
    target: W,
    rows: impl Iterator<Item = std::result::Result<Row, E>>,
) -> std::io::Result<W> {
    let mut failed = None;
    let mut rows = rows.map_while(|row| row.map_err(|error| failed = Some(error)).ok());
    let mut writer = writer(target, READINGS).map_err(std::io::Error::other)?;
    loop {
        let group: Vec<Row> = rows.by_ref().take(GROUP).collect();
        if group.is_empty() {
            break;
        }
        let column = |of: fn(&Row) -> i64| Column::Whole(group.iter().map(of).collect());
        let there = |of: fn(&Row) -> bool| group.iter().map(|row| i16::from(of(row))).collect();
        let values = group.iter().map(|row| row.reading.value);
        let columns = vec![
            column(|row| row.reading.stream.0.cast_signed()),
            column(|row| row.reading.at),
            Column::MaybeNumber(
                values.filter(|value| !value.is_nan()).collect(),
                there(|row| !row.reading.value.is_nan()),
            ),
            column(|row| row.id.cast_signed()),
            Column::MaybeText(
                group.iter().filter_map(|row| row.note.as_deref()).collect(),
                there(|row| row.note.is_some()),
            ),
        ];
        write_group(&mut writer, columns).map_err(std::io::Error::other)?;
    }
    drop(rows);
    match failed {
        Some(error) => Err(std::io::Error::other(error)),
        None => writer.into_inner().map_err(std::io::Error::other),
    }
}

/// Summaries in the order in which they are to stand.
pub(crate) fn write_summaries<W: Write + Send>(
    target: W,
    rows: &[(u64, i64, Summary)],
) -> Result<W> {
    let mut writer = writer(target, SUMMARIES)?;
    for group in rows.chunks(GROUP) {
        let whole = |of: fn(&(u64, i64, Summary)) -> i64| {
            Column::Whole(group.iter().map(of).collect::<Vec<_>>())
        };
        let number = |of: fn(&Summary) -> f64| {
            Column::Number(group.iter().map(|(_, _, summary)| of(summary)).collect())
        };
        let columns = vec![
            whole(|(stream, _, _)| stream.cast_signed()),
            whole(|(_, at, _)| *at),
            whole(|(_, _, summary)| summary.count.cast_signed()),
            number(|summary| summary.min),
            number(|summary| summary.max),
            number(|summary| summary.sum),
            number(|summary| summary.first),
            whole(|(_, _, summary)| summary.first_at),
            number(|summary| summary.last),
            whole(|(_, _, summary)| summary.last_at),
        ];
        write_group(&mut writer, columns)?;
    }
    writer.into_inner()
}

/// Groups of rows of a file, read column by column.
pub(crate) struct Reader(SerializedFileReader<File>);

impl Reader {
    pub(crate) fn open(file: File) -> Result<Reader> {
        SerializedFileReader::new(file).map(Reader)
    }

    /// Smallest and largest number of a column in each group.
    pub(crate) fn ranges(&self, column: usize) -> Result<Vec<[i64; 2]>> {
        use parquet::file::statistics::Statistics;
        let groups = self.0.metadata().row_groups().iter();
        groups
            .map(|group| match group.column(column).statistics() {
                Some(Statistics::Int64(known)) => known
                    .min_opt()
                    .zip(known.max_opt())
                    .map(|(min, max)| [*min, *max]),
                _ => None,
            })
            .map(|range| range.ok_or_else(|| ParquetError::General("no statistics".into())))
            .collect()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.0.metadata().file_metadata().num_rows().unsigned_abs()
    }

    fn rows_of(&self, group: usize) -> usize {
        let rows = self.0.metadata().row_group(group).num_rows();
        usize::try_from(rows).unwrap_or(0)
    }

    fn column(&self, group: usize, column: usize) -> Result<ColumnReader> {
        self.0.get_row_group(group)?.get_column_reader(column)
    }

    /// A column of whole numbers that are all there.
    pub(crate) fn whole(&self, group: usize, column: usize) -> Result<Vec<i64>> {
        match self.column(group, column)? {
            ColumnReader::Int64ColumnReader(mut reader) => {
                let mut values = Vec::with_capacity(self.rows_of(group));
                reader.read_records(self.rows_of(group), None, None, &mut values)?;
                self.checked(group, values)
            }
            _ => Err(other_type()),
        }
    }

    /// A column of numbers; NaN where there is none.
    pub(crate) fn number(&self, group: usize, column: usize) -> Result<Vec<f64>> {
        match self.column(group, column)? {
            ColumnReader::DoubleColumnReader(mut reader) => {
                let rows = self.rows_of(group);
                let mut values = Vec::with_capacity(rows);
                let mut there = Vec::with_capacity(rows);
                reader.read_records(rows, Some(&mut there), None, &mut values)?;
                if values.len() < there.len() {
                    let mut values = values.into_iter();
                    let spread = |there: &i16| match there {
                        0 => Some(f64::NAN),
                        _ => values.next(),
                    };
                    let spread: Option<Vec<f64>> = there.iter().map(spread).collect();
                    return self.checked(group, spread.unwrap_or_default());
                }
                self.checked(group, values)
            }
            _ => Err(other_type()),
        }
    }

    /// A column of texts.
    pub(crate) fn text(&self, group: usize, column: usize) -> Result<Vec<Option<Box<str>>>> {
        let meta = self.0.metadata().row_group(group);
        let rows = self.rows_of(group);
        if let Some(statistics) = meta.column(column).statistics()
            && statistics.null_count_opt() == Some(rows as u64)
        {
            return Ok(vec![None; rows]);
        }
        match self.column(group, column)? {
            ColumnReader::ByteArrayColumnReader(mut reader) => {
                let mut values: Vec<<parquet::data_type::ByteArrayType as DataType>::T> =
                    Vec::new();
                let mut there = Vec::with_capacity(rows);
                reader.read_records(rows, Some(&mut there), None, &mut values)?;
                let mut values = values.into_iter();
                let texts = there.iter().map(|there| match there {
                    0 => Ok(None),
                    _ => {
                        let value = values.next().ok_or_else(other_type)?;
                        Ok(Some(Box::from(value.as_utf8()?)))
                    }
                });
                let texts = texts.collect::<Result<Vec<_>>>()?;
                self.checked(group, texts)
            }
            _ => Err(other_type()),
        }
    }

    fn checked<T>(&self, group: usize, values: Vec<T>) -> Result<Vec<T>> {
        if values.len() == self.rows_of(group) {
            Ok(values)
        } else {
            Err(ParquetError::General("a column is too short".into()))
        }
    }

    /// The rows of a group of readings for which `keep` says so.
    pub(crate) fn readings(
        &self,
        group: usize,
        keep: &dyn Fn(u64, i64, u64) -> bool,
    ) -> Result<Vec<Row>> {
        let (streams, at, ids) = (
            self.whole(group, 0)?,
            self.whole(group, 1)?,
            self.whole(group, 3)?,
        );
        let kept: Vec<usize> = (0..streams.len())
            .filter(|&row| {
                keep(
                    streams[row].cast_unsigned(),
                    at[row],
                    ids[row].cast_unsigned(),
                )
            })
            .collect();
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let values = self.number(group, 2)?;
        let mut notes = self.text(group, 4)?;
        let row = |row: usize| Row {
            id: ids[row].cast_unsigned(),
            reading: Reading {
                stream: StreamId(streams[row].cast_unsigned()),
                at: at[row],
                value: values[row],
            },
            note: notes[row].take(),
        };
        Ok(kept.into_iter().map(row).collect())
    }

    /// How many rows of a group of readings `keep` keeps.
    pub(crate) fn count(&self, group: usize, keep: &dyn Fn(u64, i64, u64) -> bool) -> Result<u64> {
        let (streams, at, ids) = (
            self.whole(group, 0)?,
            self.whole(group, 1)?,
            self.whole(group, 3)?,
        );
        let rows = streams.into_iter().zip(at).zip(ids);
        let kept =
            rows.filter(|((stream, at), id)| keep(stream.cast_unsigned(), *at, id.cast_unsigned()));
        Ok(kept.count() as u64)
    }

    /// All summaries of a group.
    pub(crate) fn summaries(&self, group: usize) -> Result<Vec<(u64, i64, Summary)>> {
        let (streams, at, count) = (
            self.whole(group, 0)?,
            self.whole(group, 1)?,
            self.whole(group, 2)?,
        );
        let numbers = [3, 4, 5, 6, 8].map(|column| self.number(group, column));
        let [min, max, sum, first, last] = numbers;
        let (min, max, sum, first, last) = (min?, max?, sum?, first?, last?);
        let (first_at, last_at) = (self.whole(group, 7)?, self.whole(group, 9)?);
        let summary = |row: usize| Summary {
            count: count[row].cast_unsigned(),
            min: min[row],
            max: max[row],
            sum: sum[row],
            first: first[row],
            first_at: first_at[row],
            last: last[row],
            last_at: last_at[row],
        };
        let rows =
            (0..streams.len()).map(|row| (streams[row].cast_unsigned(), at[row], summary(row)));
        Ok(rows.collect())
    }
}

fn other_type() -> ParquetError {
    ParquetError::General("a column of another type".into())
}
