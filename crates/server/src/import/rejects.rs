//! Rows that cannot be taken, kept where a person can mend them.

use std::io::Write;

use csv::ByteRecord;
use yiwang_base::{LocalText, Personal, Purpose, Refusal};

/// Columns that a reject file has before those of the file it came from.
pub const REJECT_COLUMNS: [&str; 5] = [
    "reject_line",
    "reject_column",
    "reject_reason_zh",
    "reject_reason_en",
    "reject_found",
];

/// Longest text shown as found, characters.
const MAX_FOUND: usize = 120;

/// Why a row cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// A stable word for programs, such as `row.columns`.
    pub code: &'static str,
    /// The column at fault; empty when it is the row as a whole.
    pub column: String,
    /// What was wrong and what is allowed.
    pub reason: LocalText,
    /// What was found there; a row may hold anything, also names.
    pub found: Personal<String>,
}

impl Reject {
    /// A reject with its reason, Chinese first.
    pub fn new(
        code: &'static str,
        column: &str,
        found: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            code,
            column: column.to_owned(),
            reason: LocalText::new(zh, en),
            found: Personal::new(found.chars().take(MAX_FOUND).collect()),
        }
    }

    /// What a decision refused, laid at the column it came from.
    pub fn from_refusal(refusal: Refusal, column: &str) -> Self {
        let mut reason = refusal.message;
        if !refusal.allowed.is_empty() {
            let allowed = refusal.allowed.join(", ");
            let allowed: String = allowed.chars().take(2 * MAX_FOUND).collect();
            reason.zh = format!("{}(可用：{allowed})", reason.zh);
            reason.en = format!("{} (allowed: {allowed})", reason.en);
        }
        Self {
            code: refusal.code,
            column: column.to_owned(),
            reason,
            found: Personal::new(refusal.found.unwrap_or_default()),
        }
    }
}

/// Sees each reject with its line.
type Watch<'a> = Box<dyn FnMut(u64, &Reject) + Send + 'a>;

/// A reject file: the reason, then the row as it was. It can be imported once
/// it is mended; its own columns are then passed over.
pub struct RejectFile<'a, W: Write> {
    writer: csv::Writer<W>,
    header: Option<ByteRecord>,
    watch: Watch<'a>,
}

impl<'a, W: Write> RejectFile<'a, W> {
    /// A file that stays empty until the first reject.
    pub fn new(writer: W) -> Self {
        Self::watched(writer, |_, _| {})
    }

    /// The same, with somebody who sees each reject with its line.
    pub fn watched(writer: W, watch: impl FnMut(u64, &Reject) + Send + 'a) -> Self {
        let writer = csv::WriterBuilder::new()
            .flexible(true)
            .quote_style(csv::QuoteStyle::Necessary)
            .from_writer(writer);
        Self {
            writer,
            header: None,
            watch: Box::new(watch),
        }
    }

    /// Says what the columns of the file are.
    pub fn set_header(&mut self, header: &ByteRecord) {
        self.header = Some(header.clone());
    }

    /// Adds a row, with where it stood and why it was not taken.
    ///
    /// # Errors
    /// What the target says.
    pub fn write(
        &mut self,
        line: u64,
        reject: &Reject,
        record: &ByteRecord,
    ) -> Result<(), csv::Error> {
        (self.watch)(line, reject);
        if let Some(header) = self.header.take() {
            let own = REJECT_COLUMNS.iter().map(|name| name.as_bytes());
            self.writer.write_record(own.chain(header.iter()))?;
        }
        let line = line.to_string();
        let own = [
            line.as_bytes(),
            reject.column.as_bytes(),
            reject.reason.zh.as_bytes(),
            reject.reason.en.as_bytes(),
            reject.found.disclose(Purpose::Export).as_bytes(),
        ];
        self.writer
            .write_record(own.into_iter().chain(record.iter()))
    }

    /// Writes out what is still in memory.
    ///
    /// # Errors
    /// What the target says.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}
