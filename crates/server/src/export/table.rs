//! Writing a table, row by row.

use std::io::{self, Write};

use rust_xlsxwriter::{Format as Style, Workbook, XlsxError};
use serde_json::{Map, Value};

use super::Cell;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CSV (RFC 4180), UTF-8; with a byte order mark, which older spreadsheets
    /// need to read anything but English.
    Csv {
        /// Whether it begins with the mark.
        bom: bool,
    },
    /// JSON lines.
    Jsonl,
    /// A workbook of one sheet (Office Open XML).
    Xlsx,
}

/// Most rows of a sheet below its head.
pub const MAX_SHEET_ROWS: u64 = 1_048_575;
/// Width of a column of a sheet, characters.
const WIDTH: f64 = 18.0;

/// A table on its way out.
pub struct Table<W: Write> {
    out: Out<W>,
    columns: Vec<String>,
}

enum Out<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Lines(W),
    Sheet {
        workbook: Box<Workbook>,
        rows: u32,
        target: W,
    },
}

impl<W: Write> Table<W> {
    /// Begins a table with these columns.
    ///
    /// # Errors
    /// When its head cannot be written.
    pub fn begin(mut target: W, format: Format, columns: Vec<String>) -> io::Result<Table<W>> {
        let out = match format {
            Format::Jsonl => Out::Lines(target),
            Format::Csv { bom } => {
                if bom {
                    target.write_all("\u{feff}".as_bytes())?;
                }
                let mut writer = csv::Writer::from_writer(target);
                writer.write_record(&columns).map_err(plain)?;
                Out::Csv(Box::new(writer))
            }
            Format::Xlsx => {
                let mut workbook = Workbook::new();
                // Rows go to a file that has no name as they come: a table may be long.
                let sheet = workbook
                    .add_worksheet_with_constant_memory()
                    .map_err(failed)?;
                sheet.set_freeze_panes(1, 0).map_err(failed)?;
                let head = Style::new().set_bold();
                for (column, name) in (0..).zip(&columns) {
                    sheet.set_column_width(column, WIDTH).map_err(failed)?;
                    let written = sheet.write_string_with_format(0, column, name, &head);
                    written.map_err(failed)?;
                }
                Out::Sheet {
                    workbook: Box::new(workbook),
                    rows: 0,
                    target,
                }
            }
        };
        Ok(Table { out, columns })
    }

    /// Writes a row, a cell for each column.
    ///
    /// # Errors
    /// When it cannot be written, or a sheet holds no more.
    pub fn row<'a>(&mut self, cells: impl Iterator<Item = Cell<'a>>) -> io::Result<()> {
        match &mut self.out {
            Out::Csv(writer) => {
                for cell in cells {
                    writer.write_field(cell.field().as_bytes()).map_err(plain)?;
                }
                writer.write_record(None::<&[u8]>).map_err(plain)
            }
            Out::Lines(target) => {
                let names = self.columns.iter().cloned();
                let object: Map<String, Value> = names.zip(cells.map(Cell::json)).collect();
                writeln!(target, "{}", Value::Object(object))
            }
            Out::Sheet { workbook, rows, .. } => {
                *rows += 1;
                let sheet = workbook.worksheet_from_index(0).map_err(failed)?;
                for (column, cell) in (0..).zip(cells) {
                    let written = match &cell {
                        Cell::None => continue,
                        Cell::Number(number) => {
                            sheet.write_number(*rows, column, number.as_f64().unwrap_or(f64::NAN))
                        }
                        Cell::Flag(yes) => sheet.write_boolean(*rows, column, *yes),
                        // A string is a string in a sheet, whatever it begins with.
                        Cell::Own(text) => sheet.write_string(*rows, column, text.as_ref()),
                        Cell::Typed(text) => sheet.write_string(*rows, column, *text),
                    };
                    written.map_err(failed)?;
                }
                Ok(())
            }
        }
    }

    /// Ends the table; gives back what it was written to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.out {
            Out::Lines(target) => Ok(target),
            Out::Csv(writer) => writer.into_inner().map_err(csv::IntoInnerError::into_error),
            Out::Sheet {
                mut workbook,
                mut target,
                ..
            } => {
                let bytes = workbook.save_to_buffer().map_err(failed)?;
                target.write_all(&bytes)?;
                Ok(target)
            }
        }
    }
}

/// The system's own error, where there is one: a reader that went away is no failure.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format) -> Vec<u8> {
        let columns = ["case", "words", "count", "solved"].map(String::from);
        let mut table = Table::begin(Vec::new(), format, columns.to_vec()).unwrap();
        let rows = [
            [
                Cell::Own("C1".into()),
                Cell::Typed("=SUM(A1:A9)"),
                Cell::Number(3.into()),
                Cell::Flag(true),
            ],
            [
                Cell::Own("C2".into()),
                Cell::Typed("路灯,\"不亮\""),
                Cell::None,
                Cell::None,
            ],
        ];
        for row in rows {
            table.row(row.into_iter()).unwrap();
        }
        table.finish().unwrap()
    }

    #[test]
    fn csv_is_harmless_and_has_a_mark_where_it_is_asked_for() {
        let text = "case,words,count,solved\nC1,'=SUM(A1:A9),3,true\nC2,\"路灯,\"\"不亮\"\"\",,\n";
        assert_eq!(written(Format::Csv { bom: false }), text.as_bytes());
        let marked = String::from_utf8(written(Format::Csv { bom: true })).unwrap();
        assert_eq!(marked.strip_prefix('\u{feff}'), Some(text));
    }

    #[test]
    fn lines_are_objects_with_every_column() {
        let text = String::from_utf8(written(Format::Jsonl)).unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let first: Value = lines.next().unwrap();
        // A program is not fooled by what a cell begins with.
        assert_eq!(first["words"], "=SUM(A1:A9)");
        let second: Value = lines.next().unwrap();
        assert_eq!(
            (&second["count"], second["words"].as_str()),
            (&Value::Null, Some("路灯,\"不亮\""))
        );
    }

    #[test]
    fn a_sheet_is_a_workbook() {
        let bytes = written(Format::Xlsx);
        assert!(bytes.starts_with(b"PK\x03\x04"));
    }
}
