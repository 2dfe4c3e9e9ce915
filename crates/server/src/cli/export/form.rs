//! In which form a table is written.

use clap::{Args, ValueEnum};
use yiwang_server::export::Format;

/// In which form a table is written.
#[derive(Debug, Args)]
pub(super) struct Form {
    /// csv, xlsx or jsonl
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    format: Word,
    /// Begin CSV with a byte order mark, which older spreadsheets need for Chinese
    #[arg(long)]
    bom: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Word {
    Csv,
    Xlsx,
    Jsonl,
}

impl Form {
    pub(super) fn format(&self) -> Format {
        match self.format {
            Word::Csv => Format::Csv { bom: self.bom },
            Word::Xlsx => Format::Xlsx,
            Word::Jsonl => Format::Jsonl,
        }
    }
}
