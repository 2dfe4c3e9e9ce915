//! Reading the whole journal in order, on all processors.
//!
//! Worker threads take turns at ranges of entries: each reads its ranges over a
//! connection of its own, does the costly part of the work there, and hands the
//! results over; the calling thread takes them in the order of the entries.

use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::{Connection, Row, Rows};
use yiwang_cases::StoreError;
use yiwang_journal::Hash;

use crate::error::{broken, from_sqlite};
use crate::store::{entry_count, one};

/// Entries of one range, and how many ranges of one worker may wait.
const RANGE: u64 = 1024;
const WAITING: usize = 8;
/// Most worker threads.
const MOST_WORKERS: usize = 16;

/// A row of the journal with what is sealed beside it.
pub(crate) struct JournalRow<'a> {
    pub(crate) seq: u64,
    pub(crate) case_id: Option<u64>,
    pub(crate) hash: Hash,
    pub(crate) body: &'a [u8],
    pub(crate) sealed: Option<SealedRow<'a>>,
    pub(crate) erased_by: Option<u64>,
}

/// What is sealed beside an entry.
#[derive(Clone, Copy)]
pub(crate) struct SealedRow<'a> {
    pub(crate) salt: [u8; 32],
    pub(crate) body: &'a [u8],
}

impl SealedRow<'_> {
    /// What an erasure leaves.
    pub(crate) fn is_zero(&self) -> bool {
        self.salt == [0; 32] && self.body.iter().all(|byte| *byte == 0)
    }
}

/// How far a scan is.
#[derive(Debug, Clone, Copy)]
pub struct ScanProgress {
    /// Entries done.
    pub done: u64,
    /// Entries in all.
    pub total: u64,
}

/// A scan to come, over connections that all see one state of the record.
pub(crate) struct Scan {
    workers: Vec<Connection>,
    pub(crate) entries: u64,
}

impl Scan {
    /// Opens a record for reading as of one moment, even while a server
    /// writes; needs no lock. Also gives a connection that sees that moment.
    pub(crate) fn open(directory: &Path) -> Result<(Connection, Scan), StoreError> {
        let workers = std::thread::available_parallelism().map_or(1, |n| n.get().min(MOST_WORKERS));
        // Every change of what is compared is an entry: connections that see as
        // many entries see the same. A server that commits between two of them
        // can spoil a try or two, not a thousand.
        for _ in 0..1000 {
            let mut opened = Vec::with_capacity(workers + 1);
            for _ in 0..=workers {
                let sql = open_record(directory)?;
                let entries = entry_count(&sql)?;
                opened.push((sql, entries));
            }
            let Some((own, entries)) = opened.pop() else {
                break;
            };
            if opened.iter().all(|(_, count)| *count == entries) {
                let workers = opened.into_iter().map(|(sql, _)| sql).collect();
                return Ok((own, Scan { workers, entries }));
            }
        }
        Err(broken(
            "the record changes too fast to be read as of one moment",
        ))
    }

    /// Calls `work` for every row on some thread, and `each` with what it gave
    /// on this thread, in order. A range that `work` fails in ends the scan,
    /// after `each` had what came before.
    pub(crate) fn run<T: Send, E: From<StoreError>>(
        self,
        progress: &mut dyn FnMut(ScanProgress),
        work: impl Fn(&JournalRow<'_>) -> Result<T, StoreError> + Sync,
        mut each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let total = self.entries;
        let turns = self.workers.len() as u64;
        std::thread::scope(|scope| {
            let mut inboxes = Vec::with_capacity(self.workers.len());
            for (first, sql) in (0..).zip(self.workers) {
                let (give, take) = sync_channel(WAITING);
                inboxes.push(take);
                let work = &work;
                scope.spawn(move || {
                    let mut range = first;
                    while range * RANGE < total.max(1)
                        && give_range(&sql, range, total, work, &give).is_ok()
                    {
                        range += turns;
                    }
                });
            }
            let mut done = 0;
            let ranges = total.div_ceil(RANGE).max(1);
            for range in 0..ranges {
                let inbox = &inboxes[(range % turns) as usize];
                let (results, ended): (Vec<T>, _) = inbox.recv().map_err(|e| E::from(broken(e)))?;
                done += results.len() as u64;
                for result in results {
                    each(result)?;
                }
                ended.map_err(E::from)?;
                progress(ScanProgress { done, total });
            }
            Ok(())
        })
    }
}

/// Opens a record for reading only, in one transaction.
pub(crate) fn open_record(directory: &Path) -> Result<Connection, StoreError> {
    let path = directory.join(crate::store::RECORD);
    if !path.is_file() {
        return Err(StoreError::ReadOnly(format!(
            "there is no record in {}",
            directory.display()
        )));
    }
    let sql = crate::read::open_reader(&path).map_err(from_sqlite)?;
    sql.execute_batch("BEGIN").map_err(from_sqlite)?;
    Ok(sql)
}

type Given<T> = (Vec<T>, Result<(), StoreError>);

/// Works on one range; fails when nobody listens any more.
fn give_range<T>(
    sql: &Connection,
    range: u64,
    total: u64,
    work: &impl Fn(&JournalRow<'_>) -> Result<T, StoreError>,
    give: &SyncSender<Given<T>>,
) -> Result<(), ()> {
    let mut results = Vec::with_capacity(RANGE as usize);
    // The outer ranges are open, so that no row lies outside of all of them.
    let first = if range == 0 {
        i64::MIN
    } else {
        (range * RANGE) as i64
    };
    let last = if (range + 1) * RANGE >= total {
        i64::MAX
    } else {
        ((range + 1) * RANGE) as i64 - 1
    };
    let mut ended = read_range(sql, first, last, |row| {
        results.push(work(row)?);
        Ok(())
    });
    // A gap at the end of a range shows at once by the entry behind it, however
    // far away that is: nobody goes through millions of empty ranges.
    if ended.is_ok() && last < i64::MAX && results.len() < RANGE as usize {
        ended = one(sql, "SELECT min(seq) FROM entry WHERE seq > ?1", [last])
            .and_then(|next| next.ok_or_else(|| broken("the last entry is gone")))
            .and_then(|next| {
                read_range(sql, next, next, |row| {
                    results.push(work(row)?);
                    Ok(())
                })
            });
    }
    let ok = ended.is_ok();
    give.send((results, ended)).map_err(|_| ())?;
    if ok { Ok(()) } else { Err(()) }
}

/// Reads entries side by side with what is sealed: both tables lie in the order
/// of entries, so following them is several times cheaper than a join.
fn read_range(
    sql: &Connection,
    first: i64,
    last: i64,
    mut each: impl FnMut(&JournalRow<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let prepare = |query| sql.prepare_cached(query).map_err(from_sqlite);
    let mut entries = prepare(
        "SELECT seq, case_id, hash, body FROM entry WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq",
    )?;
    let mut sealed =
        prepare("SELECT seq, salt, body FROM sealed WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq")?;
    let mut erased =
        prepare("SELECT seq, by FROM erased WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq")?;
    let range = (first, last);
    let mut entries = entries.query(range).map_err(from_sqlite)?;
    let mut sealed = Beside::new(sealed.query(range).map_err(from_sqlite)?)?;
    let mut erased = Beside::new(erased.query(range).map_err(from_sqlite)?)?;
    while let Some(entry) = entries.next().map_err(from_sqlite)? {
        let seq = entry.get(0).map_err(from_sqlite)?;
        let sealed = match sealed.at(seq)? {
            Some(row) => Some(sealed_row(row).map_err(|e| damaged(seq, &e))?),
            None => None,
        };
        let erased_by = match erased.at(seq)? {
            Some(row) => Some(row.get::<_, i64>(1).map_err(|e| damaged(seq, &e))?),
            None => None,
        };
        each(&journal_row(entry, seq, sealed, erased_by).map_err(|e| damaged(seq, &e))?)?;
    }
    Ok(())
}

fn damaged(seq: i64, error: &rusqlite::Error) -> StoreError {
    broken(format!("entry {seq}: {error}"))
}

/// Rows of another table that follows the entries.
struct Beside<'a> {
    rows: Rows<'a>,
    /// Number of the row that `rows` stands on.
    here: Option<i64>,
}

impl<'a> Beside<'a> {
    fn new(rows: Rows<'a>) -> Result<Beside<'a>, StoreError> {
        let mut beside = Beside { rows, here: None };
        beside.step()?;
        Ok(beside)
    }

    fn step(&mut self) -> Result<(), StoreError> {
        let row = self.rows.next().map_err(from_sqlite)?;
        self.here = row.map(|row| row.get(0)).transpose().map_err(from_sqlite)?;
        Ok(())
    }

    /// The row of an entry, if there is one; numbers must rise.
    fn at(&mut self, seq: i64) -> Result<Option<&Row<'a>>, StoreError> {
        while self.here.is_some_and(|here| here < seq) {
            self.step()?;
        }
        Ok(match self.here {
            Some(here) if here == seq => self.rows.get(),
            _ => None,
        })
    }
}

fn journal_row<'a>(
    row: &'a Row<'_>,
    seq: i64,
    sealed: Option<SealedRow<'a>>,
    erased_by: Option<i64>,
) -> rusqlite::Result<JournalRow<'a>> {
    Ok(JournalRow {
        // A number below zero is far behind every other.
        seq: seq as u64,
        case_id: row.get::<_, Option<i64>>(1)?.map(|id| id as u64),
        // A stored hash of another length agrees with no entry.
        hash: Hash(row.get_ref(2)?.as_bytes()?.try_into().unwrap_or([0; 32])),
        body: row.get_ref(3)?.as_bytes()?,
        sealed,
        erased_by: erased_by.map(|by| by as u64),
    })
}

fn sealed_row<'a>(row: &'a Row<'_>) -> rusqlite::Result<SealedRow<'a>> {
    Ok(SealedRow {
        // Nor does a salt of another length.
        salt: row.get_ref(1)?.as_bytes()?.try_into().unwrap_or([0; 32]),
        body: row.get_ref(2)?.as_bytes()?,
    })
}
