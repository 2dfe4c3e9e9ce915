//! What SQLite alone does on a disk: the limit that benchmarks name beside
//! their own figure. The connection is set up as the writer's is.

use std::path::Path;
use std::time::{Duration, Instant};

use yiwang_cases::StoreError;

use crate::Options;
use crate::error::{broken, from_sqlite};
use crate::store::open_writer;

/// Durable rows per second: one thread, `group` rows of `bytes` bytes in each
/// transaction, no index. Makes a database in `directory`.
///
/// # Errors
/// When the directory cannot be made or written.
pub fn bare_commits(
    directory: &Path,
    group: usize,
    bytes: usize,
    time: Duration,
) -> Result<f64, StoreError> {
    std::fs::create_dir_all(directory).map_err(broken)?;
    let path = directory.join("bare.sqlite");
    let sql = open_writer(&path, Options::default()).map_err(from_sqlite)?;
    sql.execute_batch("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        .map_err(from_sqlite)?;
    let mut insert = sql
        .prepare("INSERT INTO bare (body) VALUES (?1)")
        .map_err(from_sqlite)?;
    let body = vec![b'x'; bytes];
    let began = Instant::now();
    let mut rows = 0;
    while began.elapsed() < time {
        sql.execute_batch("BEGIN IMMEDIATE").map_err(from_sqlite)?;
        for _ in 0..group {
            insert.execute([&body]).map_err(from_sqlite)?;
        }
        sql.execute_batch("COMMIT").map_err(from_sqlite)?;
        rows += group;
    }
    Ok(rows as f64 / began.elapsed().as_secs_f64())
}
