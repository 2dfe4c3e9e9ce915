//! What SQLite and SHA-256 alone do: the limits that benchmarks name beside
//! their own figures. The connections are set up as the store's are. And the
//! rows of cases alone, to fill a record with more of them than would fit whole.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use sha2::{Digest, Sha256};
use yiwang_cases::{Case, StoreError};

use crate::error::{broken, from_sqlite};
use crate::scan::open_record;
use crate::store::open_writer;
use crate::{Options, Store, case_row};

impl Store {
    /// Writes the rows of new cases without their entries, for measuring what
    /// reads rows alone: such a record is no record, and does not replay.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn fill_rows(&self, cases: Vec<Case>) -> Result<(), StoreError> {
        self.writer
            .run(move |transaction| {
                let mut cases = cases.iter();
                cases.try_for_each(|case| case_row::insert(transaction.sql, case, 0))
            })
            .await
    }
}

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

/// What reading and hashing a record's entries and sealed texts alone takes,
/// on one thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct BareRead {
    /// Entries.
    pub entries: u64,
    /// Bytes of entries and of what is sealed.
    pub bytes: u64,
    /// Reading the rows, in their order.
    pub reading: Duration,
    /// One SHA-256 of each entry and of each sealed text.
    pub hashing: Duration,
}

/// Reads and hashes all entries and sealed texts of a record, and nothing else.
///
/// # Errors
/// When the record cannot be read.
pub fn bare_read(directory: &Path) -> Result<BareRead, StoreError> {
    let sql = open_record(directory)?;
    let mut sum = BareRead::default();
    let entries = "SELECT seq, case_id, hash, body FROM entry ORDER BY seq";
    sum.entries = read_and_hash(&sql, entries, 3, &mut sum)?;
    let sealed = "SELECT seq, salt, body FROM sealed ORDER BY seq";
    read_and_hash(&sql, sealed, 2, &mut sum)?;
    Ok(sum)
}

/// Bytes gathered before they are hashed: few enough to stay in a processor's cache.
const GATHERED: usize = 256 << 10;

fn read_and_hash(
    sql: &Connection,
    query: &str,
    body: usize,
    sum: &mut BareRead,
) -> Result<u64, StoreError> {
    let mut statement = sql.prepare(query).map_err(from_sqlite)?;
    let mut rows = statement.query([]).map_err(from_sqlite)?;
    let (mut count, mut gathered, mut ends) = (0, Vec::with_capacity(GATHERED), Vec::new());
    let mut began = Instant::now();
    let mut more = true;
    while more {
        more = match rows.next().map_err(from_sqlite)? {
            Some(row) => {
                let bytes = row.get_ref(body).map_err(from_sqlite)?;
                gathered.extend_from_slice(bytes.as_bytes().map_err(broken)?);
                ends.push(gathered.len());
                count += 1;
                true
            }
            None => false,
        };
        if gathered.len() >= GATHERED || !more {
            let read = Instant::now();
            sum.reading += read - began;
            let mut start = 0;
            for end in ends.drain(..) {
                std::hint::black_box(Sha256::digest(&gathered[start..end]));
                start = end;
            }
            sum.bytes += gathered.len() as u64;
            gathered.clear();
            began = Instant::now();
            sum.hashing += began - read;
        }
    }
    Ok(count)
}
