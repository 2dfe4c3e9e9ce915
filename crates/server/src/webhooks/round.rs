//! Following one hook: rounds of what is due and what is new.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::Duration;

use tokio::sync::watch;
use yiwang_base::{CaseId, Timestamp, to_millis};
use yiwang_cases::StoreError;
use yiwang_outgoing::Caller;
use yiwang_store::{Changed, HookState, Store};

use super::lanes::{Lane, next_due, plan};
use super::schedule::Tries;
use super::sign::Secret;
use super::tell::{Round, Told};
use super::{Hook, now};

/// New events looked at in a round, and held ones.
const WINDOW: usize = 256;
const MOST_HELD: usize = 512;
/// Lanes told at once.
const AT_ONCE: usize = 8;
/// How long to wait at most when nothing wakes the follower, and after an error.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// Follows one hook.
pub(super) struct Follower<S> {
    pub(super) store: Arc<S>,
    pub(super) caller: Caller,
    pub(super) hook: Hook,
    pub(super) secret: Secret,
    pub(super) tries: Tries,
}

/// When the next round is.
enum Next {
    /// At once: there is more.
    Now,
    /// When something happens, at the latest then.
    Later(Option<Timestamp>),
}

impl<S: AsRef<Store> + Send + Sync + 'static> Follower<S> {
    /// Tells what happens, for ever.
    pub(super) async fn follow(self, mut changed: watch::Receiver<u64>) {
        let this = Arc::new(self);
        let mut durable = this.store().durable();
        loop {
            // What comes while the round runs is seen by the next.
            durable.mark_unchanged();
            changed.mark_unchanged();
            let wait = match Self::round(&this).await {
                Ok(Next::Now) => continue,
                Ok(Next::Later(until)) => until.map_or(LONGEST_WAIT, until_then),
                Err(error) => {
                    tracing::error!(%error, hook = %this.hook.code, "a hook could not be followed; it is tried again");
                    AFTER_ERROR
                }
            };
            let paused = this.paused().await;
            tokio::select! {
                () = tokio::time::sleep(wait.min(LONGEST_WAIT)) => {}
                more = durable.changed(), if !paused => if more.is_err() { return },
                more = changed.changed() => if more.is_err() { return },
            }
        }
    }

    fn store(&self) -> &Store {
        (*self.store).as_ref()
    }

    /// Whether nothing is tried before some time: new entries then change nothing.
    async fn paused(&self) -> bool {
        let state = self.store().hook_state(&self.hook.code).await;
        state.is_ok_and(|state| state.retry_at.is_some_and(|at| at > now()))
    }

    async fn round(this: &Arc<Self>) -> Result<Next, StoreError> {
        let (store, code) = (this.store(), &this.hook.code);
        let mut state = store.hook_state(code).await?;
        if let Some(at) = state.retry_at.filter(|at| *at > now()) {
            return Ok(Next::Later(Some(at)));
        }
        let held = store.held(code, false, MOST_HELD).await?;
        // With much held already, that is told first.
        let window = if held.len() < MOST_HELD { WINDOW } else { 0 };
        let end = *store.durable().borrow();
        let seen = store.changes_from(state.next, window).await?;
        let full = seen.len() == WINDOW;
        let next = match seen.last() {
            Some(last) if full => last.seq + 1,
            // Between the last change and the end lies nothing about cases.
            _ if window > 0 => end
                .max(seen.last().map_or(0, |last| last.seq + 1))
                .max(state.next),
            _ => state.next,
        };
        let new: Vec<Changed> = seen
            .into_iter()
            .filter(|change| this.hook.hears(change.event))
            .collect();
        let places: Vec<(u64, CaseId)> = new.iter().map(|one| (one.seq, one.case.id)).collect();
        let plan = plan(&held, &places, now());
        if plan.lanes.is_empty() && plan.behind.is_empty() && next == state.next {
            return Ok(Next::Later(next_due(&held)));
        }
        let quiet = plan.lanes.is_empty();
        let (outcomes, gave_up) = Self::tell(this, plan.lanes, new).await?;
        this.take_note(&mut state, &outcomes, gave_up);
        state.next = next;
        let mut told = Vec::new();
        let mut now_held = plan.behind;
        for outcome in outcomes {
            told.extend(outcome.told);
            now_held.extend(outcome.held);
        }
        store.settle_hook(code, state, told, now_held).await?;
        // A quiet round that only moved on has nothing behind it, unless its window was full.
        Ok(if quiet && !full {
            Next::Later(next_due(&store.held(code, false, MOST_HELD).await?))
        } else {
            Next::Now
        })
    }

    /// What a round says of the hook as a whole.
    fn take_note(&self, state: &mut HookState, outcomes: &[Told], gave_up: bool) {
        let at = outcomes.iter().filter_map(|outcome| outcome.at).max();
        let error = outcomes.iter().find_map(|outcome| outcome.error.clone());
        if at.is_some() {
            state.told_at = at;
        }
        if gave_up {
            state.failures = state.failures.saturating_add(1);
            state.retry_at = Some(self.tries.after(state.failures, now()));
            tracing::warn!(hook = %self.hook.code, failures = state.failures, error = error.as_deref(), "nobody takes what a hook is told; it is tried again later");
        } else if at.is_some() {
            state.failures = 0;
            state.retry_at = None;
        }
        state.error = error;
    }

    /// Tells the lanes, some at once, each on a thread that may wait.
    async fn tell(
        this: &Arc<Self>,
        lanes: Vec<Lane>,
        new: Vec<Changed>,
    ) -> Result<(Vec<Told>, bool), StoreError> {
        let mut jobs = Vec::with_capacity(lanes.len());
        for lane in lanes {
            let mut changes = Vec::with_capacity(lane.events.len());
            for (seq, _) in &lane.events {
                let known = new.iter().find(|change| change.seq == *seq).cloned();
                changes.push(match known {
                    Some(change) => Some(change),
                    None => this.again(*seq).await?,
                });
            }
            jobs.push((lane, changes));
        }
        let work = Arc::clone(this);
        let done = tokio::task::spawn_blocking(move || {
            let round = Round {
                caller: &work.caller,
                hook: &work.hook,
                secret: &work.secret,
                tries: work.tries,
                trouble: AtomicU32::new(0),
                away: AtomicBool::new(false),
            };
            let queue = std::sync::Mutex::new(jobs.into_iter());
            let take = || queue.lock().map_or(None, |mut queue| queue.next());
            let one = || {
                let mut told = Vec::new();
                while let Some((lane, changes)) = take() {
                    told.push(round.tell(&lane, &changes));
                }
                told
            };
            let told = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(one)).collect();
                let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
                joined.collect::<Result<Vec<_>, _>>()
            });
            (told, round.gave_up())
        });
        let failed = || StoreError::Broken("a thread that tells a hook failed".into());
        let (told, gave_up) = done.await.map_err(|_| failed())?;
        let told = told.map_err(|_| failed())?;
        Ok((told.into_iter().flatten().collect(), gave_up))
    }

    /// An event that is held, as it is now.
    async fn again(&self, seq: u64) -> Result<Option<Changed>, StoreError> {
        let found = self.store().changes_from(seq, 1).await?;
        Ok(found.into_iter().next().filter(|change| change.seq == seq))
    }
}

fn until_then(at: Timestamp) -> Duration {
    let millis = to_millis(at).saturating_sub(to_millis(now())).max(1);
    Duration::from_millis(millis.unsigned_abs())
}
