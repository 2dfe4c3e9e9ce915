//! What waits to be judged, in the order in which it happened.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, oneshot};
use yiwang_base::{Refusal, Timestamp};
use yiwang_history::Chunk;
use yiwang_sensing::Reading;
use yiwang_sensing::registry::{Change, Key, Kind};

/// Most readings that wait to be judged; then senders wait.
const MOST_WAITING: u64 = 2_000_000;

/// What the judge is asked.
pub(super) enum Asked {
    /// Judge readings that are durable.
    Readings(Arc<Chunk>),
    /// Let time pass: all readings before this question have come.
    Tick(Timestamp),
    /// The register has changed: streams that are new or changed, and whether
    /// others may not be as they were.
    Register { streams: Vec<u64>, others: bool },
    /// The rules have changed.
    Reload(oneshot::Sender<Result<(), Refusal>>),
    /// Write everything down and stop.
    Stop,
}

/// Readings and whatever else must reach the judge in its order. Nothing is left
/// out: who sends too much waits, after its readings are durable.
pub struct Queue {
    give: Sender<Asked>,
    take: Mutex<Option<Receiver<Asked>>>,
    /// Most readings that wait before senders do.
    most: u64,
    waiting: AtomicU64,
    open: AtomicBool,
    room: Notify,
}

impl Queue {
    pub(super) fn new() -> Arc<Queue> {
        Queue::with_room_for(MOST_WAITING)
    }

    fn with_room_for(most: u64) -> Arc<Queue> {
        let (give, take) = channel();
        Arc::new(Queue {
            give,
            take: Mutex::new(Some(take)),
            most,
            waiting: AtomicU64::new(0),
            open: AtomicBool::new(true),
            room: Notify::new(),
        })
    }

    /// A queue whose readings are fed to something on a thread of its own.
    pub(crate) fn feeding(
        mut feed: impl FnMut(&[Reading]) + Send + 'static,
    ) -> std::io::Result<Arc<Queue>> {
        let queue = Queue::new();
        let fed = Arc::clone(&queue);
        std::thread::Builder::new()
            .name("judge".into())
            .spawn(move || {
                let _open = Open(Arc::clone(&fed));
                for asked in fed.receiver().into_iter().flatten() {
                    if let Asked::Readings(chunk) = asked {
                        feed(&chunk.readings);
                        fed.judged(chunk.readings.len() as u64);
                    }
                }
            })?;
        Ok(queue)
    }

    /// Hands over readings that have just become durable. Never blocks.
    pub(crate) fn readings(&self, chunk: Arc<Chunk>) {
        let count = chunk.readings.len() as u64;
        if self.is_open() {
            self.waiting.fetch_add(count, Ordering::AcqRel);
            self.ask(Asked::Readings(chunk));
        }
    }

    /// Takes note that the register has changed.
    pub(crate) fn register_changed(&self, change: &Change) {
        let set = || change.set.iter().map(|entity| entity.key);
        let streams: Vec<u64> = set()
            .filter(|key| key.0 == Kind::Datastream)
            .map(|key| key.1)
            .collect();
        let moved = |key: Key| {
            let kinds = [
                Kind::Location,
                Kind::HistoricalLocation,
                Kind::ObservedProperty,
            ];
            kinds.contains(&key.0)
        };
        let removed = change.removed.iter().any(|key| key.0 == Kind::Datastream);
        // Where streams are new, so is all that hangs on them.
        let others = removed || streams.is_empty() && set().any(moved);
        if others || !streams.is_empty() {
            self.ask(Asked::Register { streams, others });
        }
    }

    pub(super) fn ask(&self, asked: Asked) {
        // A judge that has stopped reads what it missed from the history when it
        // starts again.
        let _ = self.give.send(asked);
    }

    /// Readings that wait.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Acquire)
    }

    /// Waits until not too much is waiting.
    pub(crate) async fn has_room(&self) {
        loop {
            let room = self.room.notified();
            if self.waiting() <= self.most || !self.is_open() {
                return;
            }
            room.await;
        }
    }

    /// Takes note that so many were judged.
    pub(super) fn judged(&self, count: u64) {
        let before = self.waiting.fetch_sub(count, Ordering::AcqRel);
        if before > self.most && before - count <= self.most {
            self.room.notify_waiters();
        }
    }

    /// For the one judge.
    pub(super) fn receiver(&self) -> Option<Receiver<Asked>> {
        let mut take = self.take.lock().unwrap_or_else(PoisonError::into_inner);
        take.take()
    }

    /// Whether anybody judges.
    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }
}

/// Lets nobody wait for a judge that has stopped, however it did.
pub(super) struct Open(pub(super) Arc<Queue>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.store(false, Ordering::Release);
        self.0.room.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use yiwang_sensing::StreamId;

    fn chunk(readings: u64) -> Arc<Chunk> {
        let reading = Reading {
            stream: StreamId(1),
            at: 0,
            value: 0.0,
        };
        Arc::new(Chunk {
            first: 0,
            readings: vec![reading; readings as usize],
            notes: Vec::new(),
        })
    }

    fn goes_on(waiting: std::pin::Pin<&mut impl Future<Output = ()>>) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        matches!(waiting.poll(&mut context), Poll::Ready(()))
    }

    #[test]
    fn who_sends_faster_than_is_judged_waits_and_nothing_is_left_out() {
        let queue = Queue::with_room_for(10);
        queue.readings(chunk(10));
        assert!(goes_on(pin!(queue.has_room())), "so many may wait");
        queue.readings(chunk(6));
        let mut sender = pin!(queue.has_room());
        assert!(!goes_on(sender.as_mut()));
        queue.judged(4);
        assert!(!goes_on(sender.as_mut()), "twelve still wait");
        queue.judged(4);
        assert!(goes_on(sender.as_mut()));
        let taken = queue.receiver().unwrap();
        let asked: Vec<usize> = taken
            .try_iter()
            .map(|asked| match asked {
                Asked::Readings(chunk) => chunk.readings.len(),
                _ => 0,
            })
            .collect();
        assert_eq!(asked, [10, 6], "all of it, in its order");
    }

    #[test]
    fn nobody_waits_for_a_judge_that_has_stopped() {
        let queue = Queue::with_room_for(1);
        let open = Open(Arc::clone(&queue));
        queue.readings(chunk(5));
        let mut sender = pin!(queue.has_room());
        assert!(!goes_on(sender.as_mut()));
        drop(open);
        assert!(goes_on(sender.as_mut()));
        queue.readings(chunk(5));
        assert_eq!(
            queue.waiting(),
            5,
            "what comes later is read when it starts again"
        );
    }
}
