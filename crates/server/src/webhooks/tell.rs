//! Telling one lane, event after event.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use yiwang_base::{Timestamp, to_millis};
use yiwang_outgoing::{CallError, Caller};
use yiwang_store::{Changed, Held};

use super::lanes::Lane;
use super::schedule::Tries;
use super::sign::{Secret, sign};
use super::{Hook, now, payload};

/// So many calls in a row that found a server in trouble, and a round stops calling.
const TROUBLED: u32 = 3;

/// What came of a lane.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Entry numbers of what was taken, or is none of a hook's business any more.
    pub(super) told: Vec<u64>,
    /// What is held now.
    pub(super) held: Vec<Held>,
    /// When something was last taken, and why the last try failed.
    pub(super) at: Option<Timestamp>,
    pub(super) error: Option<String>,
}

/// What all lanes of a round share.
pub(super) struct Round<'a> {
    pub(super) caller: &'a Caller,
    pub(super) hook: &'a Hook,
    pub(super) secret: &'a Secret,
    pub(super) tries: Tries,
    /// Calls in a row that found a server in trouble.
    pub(super) trouble: AtomicU32,
    /// Nobody is there at all.
    pub(super) away: AtomicBool,
}

/// Why a call came to nothing.
enum Failure {
    /// No connection: that says nothing about the event.
    Away(String),
    /// The event was not taken.
    Refused(String),
}

impl Round<'_> {
    /// Whether the round has found that calling is of no use now.
    pub(super) fn gave_up(&self) -> bool {
        self.away.load(Ordering::Relaxed) || self.trouble.load(Ordering::Relaxed) >= TROUBLED
    }

    /// Tells the events of a lane until one is not taken; `changes` are theirs,
    /// in the same order, `None` for one that is in the record no more.
    pub(super) fn tell(&self, lane: &Lane, changes: &[Option<Changed>]) -> Told {
        let mut told = Told::default();
        let mut blocked: Option<Option<Timestamp>> = None;
        for ((seq, attempts), change) in lane.events.iter().zip(changes) {
            let Some(change) = change else {
                told.told.push(*seq);
                continue;
            };
            let hold = |attempts, due_at, error| Held {
                seq: *seq,
                case: lane.case,
                attempts,
                due_at,
                error,
            };
            if let Some(due_at) = blocked {
                told.held.push(hold(*attempts, due_at, None));
                continue;
            }
            if self.gave_up() {
                blocked = Some(Some(now()));
                told.held.push(hold(*attempts, Some(now()), None));
                continue;
            }
            match self.call(change) {
                Ok(()) => {
                    told.told.push(*seq);
                    told.at = Some(now());
                }
                // Nothing is used up while nobody is there.
                Err(Failure::Away(error)) => {
                    self.away.store(true, Ordering::Relaxed);
                    blocked = Some(Some(now()));
                    told.error = Some(error.clone());
                    told.held.push(hold(*attempts, Some(now()), Some(error)));
                }
                Err(Failure::Refused(error)) => {
                    let attempts = attempts + 1;
                    let due_at = self.tries.next(attempts, now());
                    // Behind a dead letter the case goes on.
                    blocked = due_at.map(Some);
                    told.error = Some(error.clone());
                    told.held.push(hold(attempts, due_at, Some(error)));
                }
            }
        }
        told
    }

    fn call(&self, change: &Changed) -> Result<(), Failure> {
        let body = payload::body(self.hook, change)
            .map_err(|error| Failure::Refused(error.to_string()))?;
        let id = format!("msg_{}_{}", self.hook.code, change.seq);
        let seconds = to_millis(now()) / 1000;
        let signature = sign(self.secret, &id, seconds, &body);
        let time = seconds.to_string();
        let headers = [
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", time.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        match self.caller.post(&self.hook.url, &headers, &body) {
            Ok(status @ 200..300) => {
                self.trouble.store(0, Ordering::Relaxed);
                tracing::debug!(hook = %self.hook.code, seq = change.seq, status, "a hook was told");
                Ok(())
            }
            Ok(status) => {
                // Whoever is well and does not want this one may want the next.
                if status >= 500 || status == 429 {
                    self.trouble.fetch_add(1, Ordering::Relaxed);
                }
                Err(Failure::Refused(format!("HTTP {status}")))
            }
            // One event that takes too long to be read must not hold up the others for ever.
            Err(error @ CallError::Late) => {
                self.trouble.fetch_add(1, Ordering::Relaxed);
                Err(Failure::Refused(error.to_string()))
            }
            Err(error) => Err(Failure::Away(error.to_string())),
        }
    }
}
