//! The one broker, shared by all connections.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use yiwang_base::Timestamp;
use yiwang_mqtt::{Broker, ClientName, Connected, Limits, Message, QoS, Usage};

/// How long a connection may take to finish when another takes its session.
const TAKE_OVER: Duration = Duration::from_secs(30);

/// As whose the broker's own messages count.
pub(crate) const SYSTEM: &str = "$SYS";

/// The broker, and who is connected to it.
pub struct Hub(Mutex<State>);

struct State {
    broker: Broker,
    /// Who is connected, by the client's name.
    lives: HashMap<ClientName, Live>,
    /// How to wake the connection of a session.
    wakers: HashMap<u64, Arc<Notify>>,
    /// Topics of readings with a query that somebody has subscribed to.
    narrowed: BTreeSet<String>,
}

/// What subscribers want.
pub(super) struct Wanted<'a> {
    pub(super) broker: &'a Broker,
    narrowed: &'a BTreeSet<String>,
}

impl Wanted<'_> {
    /// The topics that are this set with a query.
    pub(super) fn narrowed(&self, set: &str) -> impl Iterator<Item = &str> {
        let from = format!("{set}?");
        let all = self.narrowed.range(from.clone()..).map(String::as_str);
        all.take_while(move |topic| topic.starts_with(&from))
    }
}

/// A connection as others see it.
#[derive(Clone)]
struct Live {
    signal: Arc<Signal>,
    /// Closed when the connection has finished.
    gone: watch::Receiver<()>,
}

/// What a connection listens to beside its client.
#[derive(Default)]
pub(super) struct Signal {
    pub(super) wake: Arc<Notify>,
    ended: AtomicBool,
}

impl Signal {
    /// Whether another connection has taken the session.
    pub(super) fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

/// A connection's place among the others.
pub(super) struct Place {
    pub(super) signal: Arc<Signal>,
    name: ClientName,
    _alive: watch::Sender<()>,
}

impl Default for Hub {
    fn default() -> Hub {
        Hub(Mutex::new(State {
            broker: Broker::new(Limits::default()),
            lives: HashMap::new(),
            wakers: HashMap::new(),
            narrowed: BTreeSet::new(),
        }))
    }
}

impl Hub {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the broker.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Broker) -> T) -> T {
        act(&mut self.state().broker)
    }

    /// Takes a client's place; whoever has it finishes what it is doing first,
    /// so that what is sent again finds what was kept before. None where that
    /// takes too long.
    pub(super) async fn enter(&self, name: &ClientName) -> Option<Place> {
        let (alive, gone) = watch::channel(());
        let signal = Arc::new(Signal::default());
        let until = tokio::time::Instant::now() + TAKE_OVER;
        loop {
            let mut before = {
                let mut state = self.state();
                match state.lives.get(name) {
                    Some(before) => before.clone(),
                    None => {
                        let live = Live {
                            signal: Arc::clone(&signal),
                            gone,
                        };
                        state.lives.insert(name.clone(), live);
                        return Some(Place {
                            signal,
                            name: name.clone(),
                            _alive: alive,
                        });
                    }
                }
            };
            before.signal.ended.store(true, Ordering::Release);
            before.signal.wake.notify_one();
            // It ends with an error, when the connection's end is dropped.
            let gone = tokio::time::timeout_at(until, before.gone.changed()).await;
            gone.ok()?.err()?;
        }
    }

    /// Opens a session.
    pub(super) fn connect(&self, place: &Place, clean: bool) -> Option<Connected> {
        let mut state = self.state();
        let connected = state.broker.connect(&place.name, clean)?;
        let wake = Arc::clone(&place.signal.wake);
        state.wakers.insert(connected.session, wake);
        Some(connected)
    }

    /// Ends a connection.
    pub(super) fn leave(&self, place: Place, connected: Option<Connected>, now: Timestamp) {
        let mut state = self.state();
        if let Some(connected) = connected {
            state.broker.disconnect(connected, now.as_millisecond());
            state.wakers.remove(&connected.session);
        }
        state.lives.remove(&place.name);
        // Only then the next one may enter.
        drop(state);
        drop(place);
    }

    /// Subscribes a session; none where it may have no more filters.
    pub(super) fn subscribe(&self, by: Connected, filter: &str, asked: QoS) -> Option<QoS> {
        let mut state = self.state();
        let granted = state.broker.subscribe(by, filter, asked)?;
        if filter.contains('?') {
            state.narrowed.insert(filter.to_owned());
        }
        Some(granted)
    }

    /// Gives messages that an account published to their subscribers.
    pub(crate) fn publish(&self, by: &str, messages: impl IntoIterator<Item = Message>) {
        self.state().publish(by, messages);
    }

    /// What is kept and was dropped, of all accounts or of one; and how many clients
    /// are connected.
    pub(crate) fn usage(&self, account: Option<&str>) -> (Usage, usize) {
        let state = self.state();
        match account {
            None => (state.broker.all(), state.lives.len()),
            Some(account) => {
                let own = state.lives.keys().filter(|name| name.account == account);
                (state.broker.account(account), own.count())
            }
        }
    }

    /// Gives those messages to their subscribers that are made of what they want.
    pub(super) fn publish_wanted(&self, make: impl FnOnce(Wanted<'_>) -> Vec<Message>) {
        let mut state = self.state();
        let messages = make(Wanted {
            broker: &state.broker,
            narrowed: &state.narrowed,
        });
        state.publish(SYSTEM, messages);
    }

    /// Forgets sessions that nobody came back to, and what nobody wants any more.
    pub(super) fn expire(&self, now: Timestamp) {
        let mut state = self.state();
        let State {
            broker, narrowed, ..
        } = &mut *state;
        broker.expire(now.as_millisecond());
        narrowed.retain(|topic| broker.is_wanted(topic));
    }
}

impl State {
    fn publish(&mut self, by: &str, messages: impl IntoIterator<Item = Message>) {
        for message in messages {
            for session in self.broker.publish(by, &message) {
                if let Some(waker) = self.wakers.get(&session) {
                    waker.notify_one();
                }
            }
        }
    }
}
