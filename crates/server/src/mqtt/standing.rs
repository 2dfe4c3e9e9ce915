//! How the doors of MQTT stand: the broker's own, and the one to another broker.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use yiwang_base::Timestamp;

use super::Hub;

/// Both doors.
#[derive(Default)]
pub struct Doors {
    /// The broker's memory.
    pub hub: Arc<Hub>,
    /// Where the broker listens, `mqtts://0.0.0.0:8883`.
    pub listening: OnceLock<String>,
    outside: Mutex<Option<OutsideStanding>>,
}

/// How the connection to a broker that is not ours stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutsideStanding {
    /// Its host.
    pub host: String,
    /// Whether it is connected.
    pub connected: bool,
    /// Since when it is, or is not.
    pub since: Option<Timestamp>,
    /// Why it is not.
    pub why: Option<String>,
    /// Connections that broke since the server started.
    pub broken: u64,
    /// Messages that were taken from it since the server started.
    pub messages: u64,
    /// Messages that it dropped, for us or others, as it says itself (under
    /// `$SYS/broker/publish/messages/dropped`): it keeps only so many.
    pub dropped: Option<u64>,
}

impl Doors {
    /// How the connection to a broker that is not ours stands, where there is one.
    pub fn outside(&self) -> Option<OutsideStanding> {
        let outside = self.outside.lock();
        outside.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes note of how it stands.
    pub(super) fn note(&self, change: impl FnOnce(&mut OutsideStanding)) {
        let outside = self.outside.lock();
        let mut outside = outside.unwrap_or_else(PoisonError::into_inner);
        change(outside.get_or_insert_default());
    }
}
