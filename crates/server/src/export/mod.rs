//! Tables on their way out: cases and boards, for spreadsheets and for programs.

mod aggregates;
mod board_rows;
mod case_columns;
mod cell;
mod table;

pub use aggregates::aggregates_parquet;
pub use board_rows::{board_columns, board_rows};
pub use case_columns::{Column, Row, columns};
pub use cell::Cell;
pub use table::{Format, MAX_SHEET_ROWS, Table};
