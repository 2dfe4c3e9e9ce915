//! What the broker remembers of a client.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use rumqttc::{Publish, QoS};

use crate::broker::Limits;
use crate::dropped::{Cause, Dropped};

/// A message on its way to subscribers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Under what it was published.
    pub topic: Arc<str>,
    /// What it says.
    pub payload: Bytes,
    /// How surely it is to arrive.
    pub qos: QoS,
    /// Whether it is kept as the last of its topic; towards a subscriber,
    /// whether it was kept so.
    pub retain: bool,
}

impl Message {
    /// What it takes to keep it.
    pub(crate) fn bytes(&self) -> usize {
        self.payload.len() + self.topic.len()
    }
}

#[derive(Debug)]
pub(crate) struct Session {
    /// Ends with its connection.
    pub(crate) clean: bool,
    pub(crate) filters: BTreeSet<String>,
    /// Which connection has it; none while nobody is connected.
    pub(crate) connection: Option<u64>,
    /// When the last connection ended.
    pub(crate) since: i64,
    waiting: VecDeque<Message>,
    /// Of what waits and of what is not acknowledged.
    pub(crate) bytes: usize,
    /// Sent and not acknowledged, by number, in the order of sending.
    unacknowledged: BTreeMap<u64, (u16, Message)>,
    sent: u64,
    /// To be sent again after the client came back, by their order of sending.
    again: VecDeque<u64>,
    next_packet: u16,
    pub(crate) dropped: Dropped,
}

impl Session {
    pub(crate) fn new(clean: bool) -> Session {
        Session {
            clean,
            filters: BTreeSet::new(),
            connection: None,
            since: 0,
            waiting: VecDeque::new(),
            bytes: 0,
            unacknowledged: BTreeMap::new(),
            sent: 0,
            again: VecDeque::new(),
            next_packet: 0,
            dropped: Dropped::default(),
        }
    }

    /// Takes a message that is to be sent; one that does not fit, or for whose
    /// bytes there is no `room`, is dropped, and counted. Without a connection only
    /// what must arrive is kept.
    pub(crate) fn push(&mut self, message: Message, limits: Limits, room: usize) -> bool {
        if self.connection.is_none() && message.qos == QoS::AtMostOnce {
            return false;
        }
        let bytes = message.bytes();
        let full =
            self.waiting.len() >= limits.waiting || self.bytes + bytes > limits.waiting_bytes;
        let cause = if bytes > limits.waiting_bytes {
            Some(Cause::TooLarge)
        } else if full && message.qos == QoS::AtMostOnce {
            Some(Cause::AtMostOnce)
        } else if full {
            Some(Cause::Queue)
        } else if bytes > room {
            Some(Cause::Memory)
        } else {
            None
        };
        if let Some(cause) = cause {
            self.dropped.count(cause);
            return false;
        }
        self.bytes += bytes;
        self.waiting.push_back(message);
        true
    }

    /// Somebody is connected: what was not acknowledged is sent again.
    pub(crate) fn resume(&mut self, connection: u64) {
        self.connection = Some(connection);
        self.again = self.unacknowledged.keys().copied().collect();
    }

    /// The next message to send.
    pub(crate) fn next(&mut self, limits: Limits) -> Option<Publish> {
        if let Some(order) = self.again.pop_front() {
            let (packet, message) = self.unacknowledged.get(&order)?;
            let mut publish = publish(message);
            (publish.pkid, publish.dup) = (*packet, true);
            return Some(publish);
        }
        let qos = self.waiting.front()?.qos;
        if qos != QoS::AtMostOnce && self.unacknowledged.len() >= limits.unacknowledged {
            return None;
        }
        let message = self.waiting.pop_front()?;
        let mut publish = publish(&message);
        if qos == QoS::AtMostOnce {
            self.bytes -= message.bytes();
        } else {
            publish.pkid = self.free_packet();
            self.sent += 1;
            self.unacknowledged
                .insert(self.sent, (publish.pkid, message));
        }
        Some(publish)
    }

    fn free_packet(&mut self) -> u16 {
        loop {
            self.next_packet = self.next_packet.checked_add(1).unwrap_or(1);
            let taken = self.unacknowledged.values();
            if !taken.into_iter().any(|(p, _)| *p == self.next_packet) {
                return self.next_packet;
            }
        }
    }

    /// The client has it.
    pub(crate) fn acknowledge(&mut self, packet: u16) {
        let mut sent = self.unacknowledged.iter();
        let found = sent.find(|(_, (known, _))| *known == packet);
        if let Some((order, _)) = found {
            let order = *order;
            let gone = self.unacknowledged.remove(&order);
            self.bytes -= gone.map_or(0, |(_, message)| message.bytes());
            self.again.retain(|again| *again != order);
        }
    }

    /// How many messages are kept for the client.
    pub(crate) fn kept(&self) -> usize {
        self.waiting.len() + self.unacknowledged.len()
    }

    /// Lets go of what need not arrive.
    pub(crate) fn part(&mut self, now: i64) {
        self.connection = None;
        self.since = now;
        self.waiting.retain(|one| one.qos != QoS::AtMostOnce);
        let sent = self.unacknowledged.values().map(|(_, message)| message);
        self.bytes = self.waiting.iter().chain(sent).map(Message::bytes).sum();
    }
}

fn publish(message: &Message) -> Publish {
    let mut publish = Publish::from_bytes(&*message.topic, message.qos, message.payload.clone());
    publish.retain = message.retain;
    publish
}
