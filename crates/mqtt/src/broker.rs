//! Sessions, subscriptions and retained messages, all together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rumqttc::{Publish, QoS};

use crate::dropped::{Cause, Dropped};
use crate::session::{Message, Session};
use crate::topic::matches;
use crate::tree::Tree;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Messages that wait for one client.
    pub waiting: usize,
    /// Bytes that are kept for one client, sent and not acknowledged ones too.
    pub waiting_bytes: usize,
    /// Bytes that are kept for all clients of one account, and retained of it.
    pub account_bytes: usize,
    /// Bytes that are kept for all clients, and retained.
    pub all_bytes: usize,
    /// Messages to one client that it has not acknowledged.
    pub unacknowledged: usize,
    /// Filters of one client.
    pub filters: usize,
    /// Retained messages.
    pub retained: usize,
    /// Retained messages of one account.
    pub account_retained: usize,
    /// Sessions.
    pub sessions: usize,
    /// Sessions of one account.
    pub account_sessions: usize,
    /// How long a session is kept after its connection ended, milliseconds.
    pub session_ms: i64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            waiting: 10_000,
            waiting_bytes: 8 << 20,
            account_bytes: 64 << 20,
            all_bytes: 512 << 20,
            unacknowledged: 100,
            filters: 1000,
            retained: 100_000,
            account_retained: 10_000,
            sessions: 200_000,
            account_sessions: 10_000,
            session_ms: 7 * 24 * 3_600_000,
        }
    }
}

/// Which client: a name that is its own among those of its account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientName {
    /// The account that it signed in with.
    pub account: String,
    /// What it calls itself.
    pub id: String,
}

/// A connection's hold on a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connected {
    /// The session.
    pub session: u64,
    /// The connection.
    pub connection: u64,
    /// Whether the session was there before.
    pub present: bool,
}

/// What is kept for the clients of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Its sessions.
    pub sessions: usize,
    /// Bytes of messages that wait, are not acknowledged, or are retained.
    pub bytes: usize,
    /// Its retained messages.
    pub retained: usize,
    /// Messages for it, or to be retained of it, that were dropped.
    pub dropped: Dropped,
}

/// What a broker remembers. Messages are handed over to sessions and fetched
/// from there by their connections.
#[derive(Debug)]
pub struct Broker {
    limits: Limits,
    names: HashMap<ClientName, u64>,
    sessions: HashMap<u64, (ClientName, Session)>,
    tree: Tree,
    /// Each with the account that published it.
    retained: BTreeMap<Arc<str>, (Message, String)>,
    /// Of all accounts that something is kept or was dropped of.
    usage: HashMap<String, Usage>,
    all: Usage,
    last: u64,
}

impl Broker {
    /// An empty one.
    pub fn new(limits: Limits) -> Broker {
        Broker {
            limits,
            names: HashMap::new(),
            sessions: HashMap::new(),
            tree: Tree::default(),
            retained: BTreeMap::new(),
            usage: HashMap::new(),
            all: Usage::default(),
            last: 0,
        }
    }

    /// Counts what changes of an account's.
    fn count(&mut self, account: &str, change: impl Fn(&mut Usage)) {
        change(&mut self.all);
        match self.usage.get_mut(account) {
            Some(usage) => {
                change(usage);
                if *usage == Usage::default() {
                    self.usage.remove(account);
                }
            }
            None => change(self.usage.entry(account.to_owned()).or_default()),
        }
    }

    /// For how many bytes more there is room for an account.
    fn room(&self, account: &str) -> usize {
        let own = self.account(account).bytes;
        let own = self.limits.account_bytes.saturating_sub(own);
        own.min(self.limits.all_bytes.saturating_sub(self.all.bytes))
    }

    /// Does something with a session, and counts what that changes.
    fn act<T>(&mut self, number: u64, act: impl FnOnce(&mut Session, usize) -> T) -> Option<T> {
        let account = self.sessions.get(&number)?.0.account.clone();
        let room = self.room(&account);
        let (_, session) = self.sessions.get_mut(&number)?;
        let (bytes, dropped) = (session.bytes, session.dropped);
        let done = act(session, room);
        let (now, more) = (session.bytes, session.dropped - dropped);
        if now != bytes || more.total() > 0 {
            self.count(&account, |usage| {
                usage.bytes = usage.bytes + now - bytes;
                usage.dropped += more;
            });
        }
        Some(done)
    }

    /// A client connects; whoever had its session has it no more. None where
    /// there are too many sessions, of all or of its account.
    pub fn connect(&mut self, name: &ClientName, clean: bool) -> Option<Connected> {
        let before = self.names.get(name).copied();
        let kept = before.filter(|number| {
            let known = self.sessions.get(number);
            !clean && known.is_some_and(|(_, session)| !session.clean)
        });
        if let (Some(before), None) = (before, kept) {
            self.remove(before);
        }
        if kept.is_none() {
            let own = self.account(&name.account).sessions;
            if self.sessions.len() >= self.limits.sessions || own >= self.limits.account_sessions {
                return None;
            }
            self.count(&name.account, |usage| usage.sessions += 1);
        }
        self.last += 1;
        let connection = self.last;
        let number = kept.unwrap_or(connection);
        self.names.insert(name.clone(), number);
        let (_, session) = self
            .sessions
            .entry(number)
            .or_insert_with(|| (name.clone(), Session::new(clean)));
        session.resume(connection);
        Some(Connected {
            session: number,
            connection,
            present: kept.is_some(),
        })
    }

    /// A connection has ended; does nothing where another has the session.
    pub fn disconnect(&mut self, connected: Connected, now: i64) {
        let Some(session) = self.held(connected) else {
            return;
        };
        if session.clean {
            self.remove(connected.session);
        } else {
            self.act(connected.session, |session, _| session.part(now));
        }
    }

    /// Forgets sessions that nobody came back to.
    pub fn expire(&mut self, now: i64) {
        let over = |session: &Session| {
            session.connection.is_none() && now - session.since > self.limits.session_ms
        };
        let sessions = self.sessions.iter();
        let old: Vec<u64> = sessions
            .filter(|(_, (_, session))| over(session))
            .map(|(number, _)| *number)
            .collect();
        old.into_iter().for_each(|number| self.remove(number));
    }

    fn held(&mut self, connected: Connected) -> Option<&mut Session> {
        let (_, session) = self.sessions.get_mut(&connected.session)?;
        (session.connection == Some(connected.connection)).then_some(session)
    }

    fn remove(&mut self, number: u64) {
        let Some((name, session)) = self.sessions.remove(&number) else {
            return;
        };
        self.count(&name.account, |usage| {
            usage.bytes -= session.bytes;
            usage.sessions -= 1;
        });
        if self.names.get(&name) == Some(&number) {
            self.names.remove(&name);
        }
        for filter in &session.filters {
            self.tree.remove(filter, number);
        }
    }

    /// Subscribes a session, which then gets what is retained. QoS 2 is granted
    /// as 1. None where it has too many filters.
    pub fn subscribe(&mut self, connected: Connected, filter: &str, asked: QoS) -> Option<QoS> {
        let granted = at_most_one(asked);
        let limits = self.limits;
        let session = self.held(connected)?;
        if session.filters.len() >= limits.filters && !session.filters.contains(filter) {
            return None;
        }
        session.filters.insert(filter.to_owned());
        self.tree.insert(filter, connected.session, granted);
        let kept: Vec<Message> = match filter.contains(['+', '#']) {
            true => {
                let kept = self.retained.values().map(|(message, _)| message);
                kept.filter(|message| matches(filter, &message.topic))
                    .cloned()
                    .collect()
            }
            false => {
                let kept = self.retained.get(filter);
                kept.map(|(message, _)| message.clone())
                    .into_iter()
                    .collect()
            }
        };
        for mut message in kept {
            message.qos = lower(message.qos, granted);
            self.act(connected.session, |session, room| {
                session.push(message, limits, room)
            });
        }
        Some(granted)
    }

    /// What a session subscribes to.
    pub fn filters(&mut self, connected: Connected) -> Vec<String> {
        let session = self.held(connected);
        session.map_or(Vec::new(), |session| {
            session.filters.iter().cloned().collect()
        })
    }

    /// Ends a subscription.
    pub fn unsubscribe(&mut self, connected: Connected, filter: &str) {
        if let Some(session) = self.held(connected) {
            session.filters.remove(filter);
            self.tree.remove(filter, connected.session);
        }
    }

    /// Keeps a message of an account as the last of its topic.
    fn retain(&mut self, by: &str, message: &Message) {
        if let Some((before, owner)) = self.retained.remove(&message.topic) {
            self.count(&owner, |usage| {
                usage.bytes -= before.bytes();
                usage.retained -= 1;
            });
        }
        if message.payload.is_empty() {
            return;
        }
        let fits = self.retained.len() < self.limits.retained
            && self.account(by).retained < self.limits.account_retained;
        if !fits {
            return self.count(by, |usage| usage.dropped.count(Cause::Retained));
        }
        if message.bytes() > self.room(by) {
            return self.count(by, |usage| usage.dropped.count(Cause::Memory));
        }
        self.count(by, |usage| {
            usage.bytes += message.bytes();
            usage.retained += 1;
        });
        let topic = Arc::clone(&message.topic);
        self.retained
            .insert(topic, (message.clone(), by.to_owned()));
    }

    /// Gives a message that an account published to all who subscribe to its topic,
    /// and keeps it where it is to be retained. Returns the sessions that have
    /// something to send.
    pub fn publish(&mut self, by: &str, message: &Message) -> Vec<u64> {
        if message.retain {
            self.retain(by, message);
        }
        let limits = self.limits;
        let mut wake = Vec::new();
        for (number, granted) in self.tree.find(&message.topic) {
            let own = Message {
                qos: lower(message.qos, granted),
                retain: false,
                ..message.clone()
            };
            let to_send = self.act(number, |session, room| {
                session.push(own, limits, room) && session.connection.is_some()
            });
            if to_send == Some(true) {
                wake.push(number);
            }
        }
        wake
    }

    /// Whether anybody subscribes to a topic.
    pub fn is_wanted(&self, topic: &str) -> bool {
        !self.tree.find(topic).is_empty()
    }

    /// Whether anybody might subscribe to a topic of this first level.
    pub fn is_any_wanted(&self, first_level: &str) -> bool {
        self.tree.any_under(first_level)
    }

    /// The next message for a connection; none where nothing waits, too much is
    /// unacknowledged, or another has the session.
    pub fn next(&mut self, connected: Connected) -> Option<Publish> {
        let limits = self.limits;
        self.held(connected)?;
        self.act(connected.session, |session, _| session.next(limits))?
    }

    /// A client has a message.
    pub fn acknowledge(&mut self, connected: Connected, packet: u16) {
        if self.held(connected).is_some() {
            self.act(connected.session, |session, _| session.acknowledge(packet));
        }
    }

    /// What is kept and was dropped of all accounts together.
    pub fn all(&self) -> Usage {
        self.all
    }

    /// What is kept for an account, and was dropped of it.
    pub fn account(&self, name: &str) -> Usage {
        self.usage.get(name).copied().unwrap_or_default()
    }

    /// How many messages are kept for a client.
    pub fn kept(&self, name: &ClientName) -> usize {
        let number = self.names.get(name);
        let session = number.and_then(|number| self.sessions.get(number));
        session.map_or(0, |(_, session)| session.kept())
    }
}

fn at_most_one(qos: QoS) -> QoS {
    match qos {
        QoS::AtMostOnce => QoS::AtMostOnce,
        QoS::AtLeastOnce | QoS::ExactlyOnce => QoS::AtLeastOnce,
    }
}

fn lower(one: QoS, other: QoS) -> QoS {
    match (at_most_one(one), other) {
        (QoS::AtMostOnce, _) | (_, QoS::AtMostOnce) => QoS::AtMostOnce,
        _ => QoS::AtLeastOnce,
    }
}
