//! The one writer of the log: many batches, one flush.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::batch::{AppendError, Appended, BatchKey, Chunk};
use crate::files::{LOG, append_error, log_file, sync_folder};
use crate::frame::{Encoded, encode_keys};
use crate::history::{Shared, lock, write};
use crate::hot::Part;
use crate::keys::Keys;
use crate::log::LogFile;

/// Most bytes in one flush: bounds how long the first batch waits.
const MOST_GROUP: usize = 32 << 20;

type Done = Box<dyn FnOnce(Result<Appended, AppendError>) + Send>;

/// A batch on its way.
pub(crate) struct Append {
    pub(crate) payload: Encoded,
    pub(crate) chunk: Chunk,
    pub(crate) key: Option<BatchKey>,
    pub(crate) done: Done,
}

enum Message {
    Append(Append),
    ClosePart,
    Stop,
}

/// The handle by which batches reach the writer.
pub(crate) struct Writer {
    messages: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

/// Where the log goes on.
pub(crate) struct Start {
    pub(crate) directory: PathBuf,
    pub(crate) log: LogFile,
    pub(crate) next: u64,
    /// Readings in the part that is being written.
    pub(crate) rows: u64,
    pub(crate) keys: Keys,
    pub(crate) part_rows: u64,
}

impl Writer {
    pub(crate) fn start(start: Start, shared: Arc<Shared>) -> std::io::Result<Writer> {
        let (messages, inbox) = channel();
        let thread = std::thread::Builder::new()
            .name("history-writer".into())
            .spawn(move || {
                let mut state = State {
                    start,
                    shared,
                    broken: None,
                };
                state.run(&inbox);
            })?;
        Ok(Writer {
            messages,
            thread: Some(thread),
        })
    }

    pub(crate) fn append(&self, append: Append) {
        if let Err(std::sync::mpsc::SendError(Message::Append(append))) =
            self.messages.send(Message::Append(append))
        {
            (append.done)(Err(AppendError::Broken("the writer has stopped".into())));
        }
    }

    pub(crate) fn close_part(&self) {
        // A writer that has stopped has nothing left to close.
        let _ = self.messages.send(Message::ClosePart);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.messages.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct State {
    start: Start,
    shared: Arc<Shared>,
    /// Why nothing can be written any more: what is on the disk is not known.
    broken: Option<String>,
}

/// What becomes of a batch if the flush succeeds.
enum Outcome {
    Stored(Chunk, Option<BatchKey>),
    Repeated(Option<u64>),
}

impl State {
    fn run(&mut self, inbox: &Receiver<Message>) {
        while let Ok(first) = inbox.recv() {
            let mut group = Vec::new();
            let (mut bytes, mut close, mut stop) = (0, false, false);
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Append(append) => {
                        bytes += append.payload.bytes.len();
                        group.push(append);
                    }
                    Message::ClosePart => close = true,
                    Message::Stop => stop = true,
                }
                next = if bytes < MOST_GROUP {
                    inbox.try_recv().ok()
                } else {
                    None
                };
            }
            if !group.is_empty() {
                self.write(group);
                self.shared.waiting.fetch_sub(bytes, Ordering::Relaxed);
            }
            if self.broken.is_none()
                && (self.start.rows >= self.start.part_rows || close && self.start.rows > 0)
            {
                // Where the disk has no room for another file, this one grows on.
                let _ = self.close_part();
            }
            if stop {
                return;
            }
        }
    }

    fn write(&mut self, group: Vec<Append>) {
        let before = self.start.next;
        let mut failed = self.broken.clone().map(AppendError::Broken);
        let mut outcomes = Vec::with_capacity(group.len());
        let mut refused = Vec::new();
        for append in group {
            if failed.is_some() {
                refused.push(append.done);
                continue;
            }
            if let Some(key) = &append.key
                && let Some(first) = self.start.keys.taken(key)
            {
                outcomes.push((Outcome::Repeated(first), append.done));
                continue;
            }
            let first = self.start.next;
            if let Err(error) = self.start.log.write(first, &append.payload) {
                failed = Some(append_error(&error));
                refused.push(append.done);
                continue;
            }
            self.start.next += append.chunk.readings.len() as u64;
            if let Some(key) = &append.key {
                self.start.keys.take(key, first);
            }
            let chunk = Chunk {
                first,
                ..append.chunk
            };
            outcomes.push((Outcome::Stored(chunk, append.key), append.done));
        }
        if failed.is_none() {
            failed = self
                .start
                .log
                .flush()
                .err()
                .map(|error| append_error(&error));
        }
        let Some(error) = failed else {
            return self.publish(outcomes);
        };
        self.start.next = before;
        for (outcome, done) in outcomes {
            if let Outcome::Stored(_, Some(key)) = &outcome {
                self.start.keys.forget(key);
            }
            refused.push(done);
        }
        if self.broken.is_none()
            && let Err(error) = self.start.log.take_back()
        {
            self.broken = Some(format!("{}: {error}", self.start.log.path().display()));
        }
        for done in refused {
            done(Err(error.clone()));
        }
    }

    /// Lets readers see what is durable, then answers.
    fn publish(&mut self, outcomes: Vec<(Outcome, Done)>) {
        let mut answers = Vec::with_capacity(outcomes.len());
        for (outcome, done) in outcomes {
            let answer = match outcome {
                Outcome::Stored(chunk, _) => {
                    self.start.rows += chunk.readings.len() as u64;
                    Appended::Stored(Arc::new(chunk))
                }
                Outcome::Repeated(first) => Appended::Repeated(first),
            };
            answers.push((answer, done));
        }
        let stored = || {
            answers.iter().filter_map(|(answer, _)| match answer {
                Appended::Stored(chunk) => Some(chunk),
                Appended::Repeated(_) => None,
            })
        };
        {
            let mut spans = write(&self.shared.spans);
            for chunk in stored() {
                for (id, reading) in (chunk.first..).zip(&chunk.readings) {
                    spans.add(id, reading);
                }
            }
            spans.rows = self.start.next;
        }
        {
            let mut readable = write(&self.shared.readable);
            if let Some(part) = readable.parts.last_mut() {
                stored()
                    .filter(|chunk| !chunk.readings.is_empty())
                    .for_each(|chunk| part.push(Arc::clone(chunk)));
            }
        }
        for (answer, done) in answers {
            done(Ok(answer));
        }
    }

    /// Begins a new file, which first says what the keys remember.
    fn close_part(&mut self) -> std::io::Result<()> {
        self.start.log = begin(&self.start.directory, self.start.next, &self.start.keys)?;
        self.start.rows = 0;
        write(&self.shared.readable)
            .parts
            .push(Part::new(self.start.next));
        *lock(&self.shared.closed_parts) += 1;
        self.shared.part_closed.notify_all();
        Ok(())
    }
}

/// Makes a file of the log that begins with what the keys remember.
pub(crate) fn begin(directory: &Path, next: u64, keys: &Keys) -> std::io::Result<LogFile> {
    let path = log_file(directory, next);
    let made = LogFile::create(path.clone()).and_then(|mut log| {
        log.write(next, &encode_keys(&keys.to_bytes()))?;
        log.flush()?;
        sync_folder(&directory.join(LOG))?;
        Ok(log)
    });
    if made.is_err() {
        // Half a file is none; where it could not be made, nothing is there.
        let _ = std::fs::remove_file(path);
    }
    made
}
