//! Tables to measure on: CSV with commas or tabs, or the first sheet of an XLSX file.

use std::path::Path;

use anyhow::{Context as _, Result};
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use yiwang_base::{Refusal, RefusalKind};

/// A table with the names of its columns.
pub(super) struct Table {
    file: String,
    header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a whole table: UTF-8 with or without its mark, commas or tabs
    /// (whichever the first line has more of), or XLSX by the file's ending.
    ///
    /// # Errors
    /// When the file cannot be read, is no such table, or has no rows.
    pub(super) fn read(path: &Path) -> Result<Table> {
        let file = path.display().to_string();
        let ending = path.extension().unwrap_or_default();
        let rows = if ending.eq_ignore_ascii_case("xlsx") {
            sheet(path)
        } else {
            lines(path)
        };
        let mut rows = rows.with_context(|| file.clone())?.into_iter();
        let header = rows.next().unwrap_or_default();
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            return Err(refused(
                "table.empty",
                "表中没有数据行",
                "the table has no rows under its header",
            )
            .found(file)
            .into());
        }
        Ok(Table { file, header, rows })
    }

    /// The number of a column; of several with the same name the first.
    ///
    /// # Errors
    /// A refusal that names the columns there are.
    pub(super) fn column(&self, name: &str) -> Result<usize, Refusal> {
        self.header
            .iter()
            .position(|one| one == name)
            .ok_or_else(|| {
                refused(
                    "table.no-column",
                    format!("{} 中没有这一列", self.file),
                    format!("{} has no such column", self.file),
                )
                .found(name)
                .allowing(self.header.iter().filter(|name| !name.is_empty()).cloned())
            })
    }

    /// The number of the first column that has one of these usual names.
    ///
    /// # Errors
    /// A refusal that names the columns there are.
    pub(super) fn usual(&self, names: [&str; 2]) -> Result<usize, Refusal> {
        let found = names.iter().find_map(|name| self.column(name).ok());
        found.map_or_else(|| self.column(names[0]), Ok)
    }

    /// The numbers of columns named with commas between.
    ///
    /// # Errors
    /// That of the first column which is not there.
    pub(super) fn columns(&self, names: &[String]) -> Result<Vec<usize>, Refusal> {
        names.iter().map(|name| self.column(name)).collect()
    }
}

/// What a row says in a column; nothing where the row is too short.
pub(super) fn cell(row: &[String], column: usize) -> &str {
    row.get(column).map_or("", |text| text.trim())
}

fn lines(path: &Path) -> Result<Vec<Vec<String>>> {
    let bytes = std::fs::read(path)?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
            return Err(refused(
                "table.not-utf8",
                "文件不是 UTF-8 编码；请另存为 UTF-8 后再试",
                "the file is not UTF-8; save it as UTF-8 and try again",
            )
            .at(format!("line {line}"))
            .into());
        }
    };
    let first = text.lines().next().unwrap_or_default();
    let tabs = first.matches('\t').count() > first.matches(',').count();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(if tabs { b'\t' } else { b',' })
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for row in reader.records() {
        rows.push(row?.iter().map(str::to_owned).collect());
    }
    Ok(rows)
}

fn sheet(path: &Path) -> Result<Vec<Vec<String>>> {
    let mut book: Xlsx<_> = open_workbook(path)?;
    let range = book
        .worksheet_range_at(0)
        .transpose()?
        .context("the workbook has no sheet")?;
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
        other => other.to_string(),
    };
    let rows = range.rows().map(|row| row.iter().map(text).collect());
    Ok(rows.collect())
}

fn refused(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
    Refusal::new(RefusalKind::Invalid, code, zh, en)
}
