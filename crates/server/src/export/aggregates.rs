//! Aggregates of readings as a Parquet file.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use crate::wire::AggregateView;

const SCHEMA: &str = "message aggregates {
    required binary of (UTF8);
    required binary property (UTF8);
    required binary unit (UTF8);
    required int64 from (TIMESTAMP(MILLIS, true));
    required int64 count;
    required double min;
    required double max;
    required double mean;
    required double sum;
}";

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// A Parquet file with the columns of an aggregate.
///
/// # Errors
/// What the writer of such files says.
pub fn aggregates_parquet(views: &[AggregateView]) -> std::io::Result<Vec<u8>> {
    write(views).map_err(std::io::Error::other)
}

fn write(views: &[AggregateView]) -> Result<Vec<u8>> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_created_by("yiwang".to_owned())
        .build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    texts(&mut group, views.iter().map(|view| view.of.clone()))?;
    texts(&mut group, views.iter().map(|view| view.property.clone()))?;
    texts(&mut group, views.iter().map(|view| view.unit.clone()))?;
    whole(
        &mut group,
        views.iter().map(|view| view.from.0.as_millisecond()),
    )?;
    whole(
        &mut group,
        views.iter().map(|view| view.count.cast_signed()),
    )?;
    numbers(&mut group, views.iter().map(|view| view.min))?;
    numbers(&mut group, views.iter().map(|view| view.max))?;
    numbers(&mut group, views.iter().map(|view| view.mean))?;
    numbers(&mut group, views.iter().map(|view| view.sum))?;
    group.close()?;
    writer.into_inner()
}

macro_rules! column {
    ($name:ident $type:ty: $from:ty => $into:expr) => {
        fn $name(group: &mut Group<'_>, values: impl Iterator<Item = $from>) -> Result<()> {
            let values: Vec<_> = values.map($into).collect();
            if let Some(mut column) = group.next_column()? {
                column.typed::<$type>().write_batch(&values, None, None)?;
                column.close()?;
            }
            Ok(())
        }
    };
}

column!(texts ByteArrayType: String => |text| ByteArray::from(text.into_bytes()));
column!(whole Int64Type: i64 => |value| value);
column!(numbers DoubleType: f64 => |value| value);
