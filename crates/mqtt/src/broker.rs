//! Sessions, subscriptions and retained messages, all together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rumqttc::{Publish, QoS};

use crate::session::{Message, Session};
use crate::topic::matches;
use crate::tree::Tree;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Messages that wait for one client.
    pub waiting: usize,
    /// Bytes that wait for one client.
    pub waiting_bytes: usize,
    /// Messages to one client that it has not acknowledged.
    pub unacknowledged: usize,
    /// Filters of one client.
    pub filters: usize,
    /// Retained messages.
    pub retained: usize,
    /// Sessions.
    pub sessions: usize,
    /// How long a session is kept after its connection ended, milliseconds.
    pub session_ms: i64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            waiting: 10_000,
            waiting_bytes: 8 << 20,
            unacknowledged: 100,
            filters: 1000,
            retained: 100_000,
            sessions: 200_000,
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

/// What a broker remembers. Messages are handed over to sessions and fetched
/// from there by their connections.
#[derive(Debug)]
pub struct Broker {
    limits: Limits,
    names: HashMap<ClientName, u64>,
    sessions: HashMap<u64, (ClientName, Session)>,
    tree: Tree,
    retained: BTreeMap<Arc<str>, Message>,
    last: u64,
    dropped: u64,
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
            last: 0,
            dropped: 0,
        }
    }

    /// A client connects; whoever had its session has it no more. None where
    /// there are too many sessions.
    pub fn connect(&mut self, name: &ClientName, clean: bool) -> Option<Connected> {
        let before = self.names.get(name).copied();
        let kept = before.filter(|number| {
            let known = self.sessions.get(number);
            !clean && known.is_some_and(|(_, session)| !session.clean)
        });
        if let (Some(before), None) = (before, kept) {
            self.remove(before);
        }
        if kept.is_none() && self.sessions.len() >= self.limits.sessions {
            return None;
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
            session.part(now);
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
        self.dropped += session.dropped;
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
                let kept = self.retained.values();
                kept.filter(|message| matches(filter, &message.topic))
                    .cloned()
                    .collect()
            }
            false => self.retained.get(filter).cloned().into_iter().collect(),
        };
        let session = self.held(connected)?;
        for mut message in kept {
            message.qos = lower(message.qos, granted);
            session.push(message, limits);
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

    /// Gives a message to all who subscribe to its topic, and keeps it where it
    /// is to be retained. Returns the sessions that have something to send.
    pub fn publish(&mut self, message: &Message) -> Vec<u64> {
        if message.retain {
            if message.payload.is_empty() {
                self.retained.remove(&message.topic);
            } else if self.retained.len() < self.limits.retained
                || self.retained.contains_key(&message.topic)
            {
                let topic = Arc::clone(&message.topic);
                self.retained.insert(topic, message.clone());
            } else {
                self.dropped += 1;
            }
        }
        let mut wake = Vec::new();
        for (number, granted) in self.tree.find(&message.topic) {
            let Some((_, session)) = self.sessions.get_mut(&number) else {
                continue;
            };
            let own = Message {
                qos: lower(message.qos, granted),
                retain: false,
                ..message.clone()
            };
            if session.push(own, self.limits) && session.connection.is_some() {
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
        self.held(connected)?.next(limits)
    }

    /// A client has a message.
    pub fn acknowledge(&mut self, connected: Connected, packet: u16) {
        if let Some(session) = self.held(connected) {
            session.acknowledge(packet);
        }
    }

    /// How many messages were dropped because too much waited.
    pub fn dropped(&self) -> u64 {
        let sessions = self.sessions.values();
        self.dropped + sessions.map(|(_, session)| session.dropped).sum::<u64>()
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
