//! What was dropped, and why.

use std::ops::{AddAssign, Sub};

/// Why a message was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// As much waits for its client as may, and it need not arrive (QoS 0).
    AtMostOnce,
    /// As much waits for its client as may (QoS 1): it was away or slow.
    Queue,
    /// It is larger than all that is kept for one client.
    TooLarge,
    /// As much is kept for its account, or for all, as may be.
    Memory,
    /// As many are retained, of its account or of all, as may be.
    Retained,
}

impl Cause {
    /// All of them.
    pub const ALL: [Cause; 5] = [
        Cause::AtMostOnce,
        Cause::Queue,
        Cause::TooLarge,
        Cause::Memory,
        Cause::Retained,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Cause::AtMostOnce => "at_most_once",
            Cause::Queue => "queue",
            Cause::TooLarge => "too_large",
            Cause::Memory => "memory",
            Cause::Retained => "retained",
        }
    }
}

/// How many messages were dropped, by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped([u64; Cause::ALL.len()]);

impl Dropped {
    /// One more.
    pub fn count(&mut self, cause: Cause) {
        self.0[cause as usize] += 1;
    }

    /// How many, for this cause.
    pub fn by(&self, cause: Cause) -> u64 {
        self.0[cause as usize]
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl AddAssign for Dropped {
    fn add_assign(&mut self, more: Dropped) {
        self.0
            .iter_mut()
            .zip(more.0)
            .for_each(|(sum, more)| *sum += more);
    }
}

impl Sub for Dropped {
    type Output = Dropped;

    fn sub(mut self, before: Dropped) -> Dropped {
        self.0
            .iter_mut()
            .zip(before.0)
            .for_each(|(now, before)| *now -= before);
        self
    }
}
