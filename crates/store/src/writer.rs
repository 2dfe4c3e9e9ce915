//! The one writer: a thread that takes jobs in groups, one transaction and one
//! fsync a group.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::hooks::Wal;
use tokio::sync::{oneshot, watch};
use yiwang_cases::StoreError;
use yiwang_journal::Frontier;

use crate::error::{broken, from_sqlite, look_closer};
use crate::store::BUSY_TIMEOUT;

/// Most jobs in one transaction: bounds how long the first of them waits.
const MAX_GROUP: usize = 1024;
/// When the write-ahead log holds more pages than this (256 MiB), the writer
/// itself moves what is left of them and begins the log anew, in the file that is
/// there: writing over it is flushed sooner than making it longer.
const MAX_LOG_PAGES: u64 = 65_536;
/// From this many pages on (8 MiB), a second thread moves pages to the database
/// without holding up writers.
const MOVE_LOG_PAGES: u64 = 2048;
/// Least time between two rounds of that.
const MOVE_PACE: Duration = Duration::from_millis(200);
/// Least time between two tries at that while readers hold the log, and how
/// long each waits for queries under way: writers wait with it.
const EMPTY_PACE: Duration = Duration::from_secs(1);
const EMPTY_WAIT: Duration = Duration::from_millis(20);
/// How often the writer tries to empty the log after an erasure while a reader
/// holds it, and how long whoever asked waits for it.
const TRY_AGAIN: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(2);

/// What a job works with, inside the group's transaction.
pub(crate) struct Transaction<'a> {
    pub(crate) sql: &'a Connection,
    pub(crate) frontier: &'a mut Frontier,
    /// Set when something was erased: the log must be emptied afterwards.
    pub(crate) erased: &'a mut bool,
}

type Done = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Refuse = Box<dyn FnOnce(StoreError) + Send>;
type Job = Box<dyn FnOnce(&mut Transaction<'_>) -> Result<Done, StoreError> + Send>;

enum Message {
    Job(Job, Refuse),
    /// Move everything from the write-ahead log to the database and cut the log.
    EmptyLog(oneshot::Sender<Result<bool, StoreError>>),
    Stop,
}

/// The handle by which jobs reach the writer thread.
pub(crate) struct Writer {
    /// Nobody takes jobs where the record is open for reading only.
    jobs: Option<Sender<Message>>,
    /// Number of entries that are durable.
    pub(crate) durable: watch::Receiver<u64>,
    /// Jobs that are not begun yet.
    pub(crate) queued: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Writer {
    /// Starts the writer thread on a connection, and the one that moves pages.
    pub(crate) fn start(
        mut connection: Connection,
        mover: Connection,
        frontier: Frontier,
        wal: PathBuf,
    ) -> std::io::Result<Writer> {
        let log_pages = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&log_pages);
        let queued = Arc::new(AtomicU64::new(0));
        let taken = Arc::clone(&queued);
        connection
            .wal_hook(Some(move |_: &mut Wal, pages: c_int| {
                counted.store(u64::from(pages.unsigned_abs()), Ordering::Relaxed);
                Ok(())
            }))
            .map_err(std::io::Error::other)?;
        let (jobs, inbox) = channel();
        let (tell_durable, durable) = watch::channel(frontier.size());
        let (tell_mover, mover_inbox) = channel();
        let moving = std::thread::Builder::new()
            .name("store-mover".into())
            .spawn(move || move_pages(&mover, &mover_inbox))?;
        let writing = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                let mut state = State {
                    connection,
                    log_pages,
                    queued: taken,
                    frontier,
                    wal,
                    empty_from: Instant::now(),
                    to_empty: false,
                    waiting: Vec::new(),
                    tell_durable,
                    tell_mover,
                };
                state.run(&inbox);
            })?;
        Ok(Writer {
            jobs: Some(jobs),
            durable,
            queued,
            threads: vec![writing, moving],
        })
    }

    /// In the place of a writer where a record of this many entries is only read.
    pub(crate) fn none(entries: u64) -> Writer {
        Writer {
            jobs: None,
            durable: watch::channel(entries).1,
            queued: Arc::default(),
            threads: Vec::new(),
        }
    }

    fn send(&self, message: Message) -> Result<(), StoreError> {
        if matches!(message, Message::Job(..)) && self.jobs.is_some() {
            self.queued.fetch_add(1, Ordering::Relaxed);
        }
        match &self.jobs {
            Some(jobs) => jobs
                .send(message)
                .map_err(|_| broken("the writer has stopped")),
            None => Err(StoreError::ReadOnly("it is open for reading only".into())),
        }
    }

    /// Runs `work` in the next group. A job that returns an error must not
    /// have written anything, unless the error came from SQLite: then the whole
    /// group is taken back.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<T, StoreError>>();
        // Either the job answers, or the group's failure does: both hold the sender.
        let answer = std::sync::Arc::new(std::sync::Mutex::new(Some(answer)));
        let fail = std::sync::Arc::clone(&answer);
        let job: Job = Box::new(move |transaction| {
            let value = work(transaction)?;
            Ok(Box::new(move |outcome: Result<(), StoreError>| {
                give(&answer, outcome.map(|()| value));
            }) as Done)
        });
        let refuse = Box::new(move |error| give(&fail, Err(error)));
        self.send(Message::Job(job, refuse))?;
        answered
            .await
            .map_err(|_| broken("the writer has stopped"))?
    }

    /// Runs `work` in the next group, and nobody waits for it; `failed` where it
    /// was not done.
    pub(crate) fn post<F, G>(&self, work: F, failed: G)
    where
        F: FnOnce(&mut Transaction<'_>) -> Result<(), StoreError> + Send + 'static,
        G: FnOnce() + Send + 'static,
    {
        let job: Job = Box::new(move |transaction| {
            work(transaction)?;
            Ok(Box::new(|_| ()) as Done)
        });
        // Where the writer has stopped, so has all that would ask again.
        let _ = self.send(Message::Job(job, Box::new(move |_| failed())));
    }
}

impl Writer {
    /// Moves everything from the write-ahead log to the database and cuts the
    /// log. `false` when a reader still holds it: then it is done later.
    pub(crate) async fn empty_log(&self) -> Result<bool, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Message::EmptyLog(answer))?;
        answered
            .await
            .map_err(|_| broken("the writer has stopped"))?
    }
}

type Answer<T> = std::sync::Mutex<Option<oneshot::Sender<Result<T, StoreError>>>>;

fn give<T>(answer: &Answer<T>, result: Result<T, StoreError>) {
    if let Ok(mut slot) = answer.lock()
        && let Some(sender) = slot.take()
    {
        // The caller may have gone away; the record stands all the same.
        let _ = sender.send(result);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.send(Message::Stop);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

struct State {
    connection: Connection,
    /// Pages in the log since it last began anew, as of the last commit.
    log_pages: Arc<AtomicU64>,
    queued: Arc<AtomicU64>,
    frontier: Frontier,
    wal: PathBuf,
    /// When the log may be emptied for its length again.
    empty_from: Instant,
    /// The log must be emptied: something in it was erased.
    to_empty: bool,
    /// Who waits for that, and since when.
    waiting: Vec<(Instant, oneshot::Sender<Result<bool, StoreError>>)>,
    tell_durable: watch::Sender<u64>,
    tell_mover: Sender<()>,
}

impl State {
    fn run(&mut self, inbox: &Receiver<Message>) {
        loop {
            let first = if self.to_empty {
                match inbox.recv_timeout(TRY_AGAIN) {
                    Err(RecvTimeoutError::Disconnected) => return,
                    first => first.ok(),
                }
            } else {
                match inbox.recv() {
                    Err(_) => return,
                    first => first.ok(),
                }
            };
            let mut group = Vec::new();
            let mut stop = false;
            let rest = std::iter::from_fn(|| inbox.try_recv().ok());
            for message in first.into_iter().chain(rest).take(MAX_GROUP) {
                match message {
                    Message::Job(job, refuse) => group.push((job, refuse)),
                    Message::EmptyLog(answer) => {
                        self.waiting.push((Instant::now(), answer));
                        self.to_empty = true;
                    }
                    Message::Stop => stop = true,
                }
            }
            if !group.is_empty() {
                self.queued.fetch_sub(group.len() as u64, Ordering::Relaxed);
                self.write(group);
            }
            if self.to_empty {
                self.empty_log_for_good();
            }
            if stop {
                return;
            }
            self.keep_log_short();
        }
    }

    fn write(&mut self, group: Vec<(Job, Refuse)>) {
        let before = self.frontier.clone();
        let mut erased = false;
        let mut done: Vec<Done> = Vec::with_capacity(group.len());
        let mut failed = self
            .connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|error| look_closer(&self.wal, from_sqlite(error)))
            .err();
        let mut taken_back = Vec::new();
        let mut refused = Vec::new();
        for (job, refuse) in group {
            if failed.is_some() {
                taken_back.push(refuse);
                continue;
            }
            let mut transaction = Transaction {
                sql: &self.connection,
                frontier: &mut self.frontier,
                erased: &mut erased,
            };
            // A mistake in one job must not stop the record for good.
            let job = AssertUnwindSafe(|| job(&mut transaction));
            match catch_unwind(job).unwrap_or_else(|_| Err(broken("a job panicked"))) {
                Ok(finish) => done.push(finish),
                Err(
                    error @ (StoreError::Full | StoreError::ReadOnly(_) | StoreError::Broken(_)),
                ) => {
                    let error = look_closer(&self.wal, error);
                    refuse(error.clone());
                    failed = Some(error);
                }
                // Said after the commit: it may rest on what this group writes.
                Err(error) => refused.push((refuse, error)),
            }
        }
        if failed.is_none() {
            failed = self
                .store_tiles()
                .and_then(|()| self.connection.execute_batch("COMMIT").map_err(from_sqlite))
                .map_err(|error| look_closer(&self.wal, error))
                .err();
        }
        let outcome = match failed {
            None => {
                self.to_empty |= erased;
                self.tell_durable.send_if_modified(|size| {
                    let grown = *size != self.frontier.size();
                    *size = self.frontier.size();
                    grown
                });
                Ok(())
            }
            Some(error) => {
                // SQLite may have rolled back already; then there is nothing left to roll back.
                if !self.connection.is_autocommit() {
                    let _ = self.connection.execute_batch("ROLLBACK");
                }
                self.frontier = before;
                Err(error)
            }
        };
        for finish in done {
            finish(outcome.clone());
        }
        for (refuse, error) in refused {
            refuse(outcome.clone().err().unwrap_or(error));
        }
        if let Err(error) = outcome {
            for refuse in taken_back {
                refuse(error.clone());
            }
        }
    }

    fn store_tiles(&mut self) -> Result<(), StoreError> {
        for tile in self.frontier.take_complete() {
            self.connection
                .prepare_cached("INSERT INTO tile (level, idx, hashes) VALUES (?1, ?2, ?3)")
                .and_then(|mut sql| sql.execute((tile.level, tile.index as i64, tile.bytes)))
                .map_err(from_sqlite)?;
        }
        Ok(())
    }

    /// Empties the log after an erasure, or leaves it for the next try.
    fn empty_log_for_good(&mut self) {
        let emptied = self.move_all("TRUNCATE");
        self.to_empty = !matches!(emptied, Ok(true));
        let now = Instant::now();
        let (answered, waiting) = self
            .waiting
            .drain(..)
            .partition(|(since, _)| emptied != Ok(false) || now.duration_since(*since) >= PATIENCE);
        self.waiting = waiting;
        let answered: Vec<(Instant, oneshot::Sender<_>)> = answered;
        for (_, answer) in answered {
            // The caller may have gone away; the log is emptied all the same.
            let _ = answer.send(emptied.clone());
        }
    }

    /// Moves all pages to the database; what is left of the log depends on
    /// `how`. `false` when a reader holds the log for longer than a moment.
    fn move_all(&self, how: &str) -> Result<bool, StoreError> {
        let emptied = self
            .connection
            .busy_timeout(EMPTY_WAIT)
            .and_then(|()| {
                self.connection
                    .query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| {
                        row.get::<_, i64>(0)
                    })
            })
            .map(|busy| busy == 0);
        self.connection
            .busy_timeout(BUSY_TIMEOUT)
            .and(emptied)
            .map_err(from_sqlite)
    }

    fn keep_log_short(&mut self) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages > MAX_LOG_PAGES && Instant::now() >= self.empty_from {
            // A reader may hold the log, or the disk fail: the next try will tell.
            if let Ok(true) = self.move_all("RESTART") {
                self.log_pages.store(0, Ordering::Relaxed);
            }
            self.empty_from = Instant::now() + EMPTY_PACE;
        } else if pages > MOVE_LOG_PAGES {
            let _ = self.tell_mover.send(());
        }
    }
}

/// Moves pages from the write-ahead log to the database while others write.
/// What fails here stays in the log, and the next time tries again.
fn move_pages(connection: &Connection, wanted: &Receiver<()>) {
    while wanted.recv().is_ok() {
        let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        let again = Instant::now() + MOVE_PACE;
        while let Some(pause) = again.checked_duration_since(Instant::now()) {
            match wanted.recv_timeout(pause) {
                Err(RecvTimeoutError::Disconnected) => return,
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}
