//! A sheet of an XLSX workbook as rows of text.

use std::io::{Cursor, Read};
use std::sync::Arc;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};
use csv::ByteRecord;
use yiwang_base::{Refusal, RefusalKind};

use super::{Source, TableError};

/// Largest workbook, bytes as it lies in the file.
const MAX_FILE: u64 = 256 << 20;
/// Most columns; a stray cell far to the right would make every row that wide.
const MAX_COLUMNS: u32 = 2000;
/// Most text in a sheet, bytes.
const MAX_TEXT: usize = 1 << 30;

/// A sheet, read whole.
#[derive(Debug)]
pub(super) struct Sheet {
    name: String,
    /// Row numbers as a person sees them, and the cells; blank rows are left out.
    rows: Vec<(u64, ByteRecord)>,
}

impl Sheet {
    /// Reads a sheet: the one of this name, or the first.
    pub(super) fn read(source: &Source, wanted: Option<&str>) -> Result<Sheet, TableError> {
        let mut bytes = Vec::new();
        source.open()?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(too_large("file").into());
        }
        let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
        let names = book.sheet_names();
        let name = match wanted {
            Some(wanted) => names.iter().find(|name| name.as_str() == wanted),
            None => names.first(),
        };
        let name = name.cloned().ok_or_else(|| no_sheet(wanted, &names))?;
        let rows = cells(&mut book, &name)?;
        Ok(Sheet { name, rows })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A row by its place among those that are not blank.
    pub(super) fn row(&self, place: usize) -> Option<&(u64, ByteRecord)> {
        self.rows.get(place)
    }
}

fn cells(
    book: &mut Xlsx<Cursor<Vec<u8>>>,
    name: &str,
) -> Result<Vec<(u64, ByteRecord)>, TableError> {
    let mut reader = book
        .worksheet_cells_reader(name)
        .map_err(|error| broken(&error))?;
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    let mut text = 0;
    while let Some(cell) = reader.next_cell().map_err(|error| broken(&error))? {
        let (row, column) = cell.get_position();
        let value = shown(cell.get_value());
        if value.is_empty() {
            continue;
        }
        if column >= MAX_COLUMNS {
            return Err(too_large("columns").into());
        }
        text += value.len();
        if text > MAX_TEXT {
            return Err(too_large("text").into());
        }
        let number = u64::from(row) + 1;
        if rows.last().is_none_or(|(last, _)| *last != number) {
            rows.push((number, Vec::new()));
        }
        if let Some((_, cells)) = rows.last_mut() {
            let column = column as usize;
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = value;
        }
    }
    rows.sort_by_key(|(number, _)| *number);
    let record = |(number, cells): (u64, Vec<String>)| (number, cells.iter().collect());
    Ok(rows.into_iter().map(record).collect())
}

/// A cell as text: whole numbers without a point, dates as `2026-01-31 08:00:00`.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) if at.is_datetime() => date(at),
        DataRef::DateTime(at) => at.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

fn date(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

fn broken(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "file.workbook",
        format!("工作簿无法读取：{error}"),
        format!("the workbook cannot be read: {error}"),
    )
}

fn no_sheet(wanted: Option<&str>, names: &[String]) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "file.sheet",
        "工作簿里没有这个工作表",
        "the workbook has no such sheet",
    )
    .at("file.sheet")
    .found(wanted.unwrap_or_default())
    .allowing(names.iter().cloned())
}

fn too_large(what: &str) -> Refusal {
    let most = match what {
        "columns" => format!("{MAX_COLUMNS} columns"),
        "text" => format!("{} MiB of text", MAX_TEXT >> 20),
        _ => format!("a file of {} MiB", MAX_FILE >> 20),
    };
    Refusal::new(
        RefusalKind::TooMuch,
        "file.too-large",
        format!("工作表过大(最多 {most})，请另存为 CSV 再导入"),
        format!("the sheet is too large (at most {most}): save it as CSV and import that"),
    )
}

impl From<&Arc<[u8]>> for Source {
    fn from(bytes: &Arc<[u8]>) -> Self {
        Source::Bytes(Arc::clone(bytes))
    }
}
