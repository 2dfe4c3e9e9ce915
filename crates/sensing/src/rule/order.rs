//! Readings that wait until those before them may have come.

use serde::{Deserialize, Serialize};

/// Most readings that wait for one stream.
const MOST: usize = 64;

/// Readings of one stream, in order, until its lateness is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Buffer {
    pub(super) lateness_ms: i64,
    /// Up to when everything has come.
    reached: i64,
    waiting: Vec<(i64, f64)>,
}

impl Buffer {
    pub(super) fn new(lateness_ms: i64) -> Self {
        Self {
            lateness_ms,
            reached: i64::MIN,
            waiting: Vec::new(),
        }
    }

    /// Whether it was put there; false for one of the same time as another.
    pub(super) fn put(&mut self, at: i64, value: f64) -> bool {
        let place = self.waiting.partition_point(|(other, _)| *other < at);
        if self
            .waiting
            .get(place)
            .is_some_and(|(other, _)| *other == at)
        {
            return false;
        }
        self.waiting.insert(place, (at, value));
        self.reach(at - self.lateness_ms);
        true
    }

    /// Goes on where another one stopped, with its own lateness.
    pub(super) fn resume(&mut self, before: Buffer) {
        self.reached = before.reached;
        self.waiting = before.waiting;
    }

    /// Everything up to then has come.
    pub(super) fn reach(&mut self, at: i64) {
        self.reached = self.reached.max(at);
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() > MOST
    }

    pub(super) fn take_first(&mut self) -> Option<(i64, f64)> {
        (!self.waiting.is_empty()).then(|| self.waiting.remove(0))
    }

    pub(super) fn take_ripe(&mut self) -> Option<(i64, f64)> {
        let (at, _) = self.waiting.first()?;
        (*at <= self.reached).then(|| self.waiting.remove(0))
    }

    /// When the first may be judged, if nothing newer comes.
    pub(super) fn next_ripe(&self) -> Option<i64> {
        self.waiting.first().map(|(at, _)| at + self.lateness_ms)
    }
}
