//! History (历史): readings, kept durably and found again.
//!
//! **For:** taking readings faster than a database does, losing none that was
//! acknowledged and keeping none twice, and answering what was read when.
//!
//! **Words:** a *batch* is what is handed over at once; the *log* holds what
//! came lately, one file a *part*; a part is sealed into a *segment*, a Parquet
//! file sorted by stream and time that never changes; a *roll-up* is a segment
//! of summaries that took the place of finer ones; a reading's *id* is its row
//! number in the order of arrival; an *amendment* says what a reading was put
//! right to, or that it was taken back.
//!
//! **Invariants**
//! - A batch is acknowledged after it is on the disk: many batches, one flush.
//! - A log cut off anywhere opens again with whole batches only.
//! - A batch sent again under its key is not stored again.
//! - What is kept never changes: an amendment lies beside it, and every answer
//!   honours it.
//! - A segment counts once it is settled, which is when whoever keeps the record
//!   has written down its hash; until then its part of the log stays.
//! - Nothing here reads a clock: times are those of readings, or arguments.

mod amend;
mod backup;
mod batch;
mod files;
mod frame;
mod history;
mod hot;
mod keys;
mod log;
mod open;
mod query;
mod seal;
mod segment;
mod source;
mod span;
mod summary;
mod table;
mod thin;
mod writer;

pub use amend::{AmendError, Amendment, MOST_AMENDMENTS, Said};
pub use backup::{copy_log, copy_segments, is_history_file};
pub use batch::{AppendError, Appended, Batch, BatchKey, Chunk, Row};
pub use files::check_segment;
pub use history::{Found, History, HistoryError, Options};
pub use query::{Order, Query, Rows, Streams, Summaries};
pub use seal::Unsettled;
pub use segment::{Level, SegmentMeta};
pub use span::Span;
pub use summary::{Bucket, Summary};
pub use table::write_rows;
