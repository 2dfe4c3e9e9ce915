use serde::{Deserialize, Serialize};

const SLOTS: usize = 48;
const DAY_MS: i64 = 86_400_000;
/// How far a slot moves towards a new reading.
const RATE: f64 = 0.1;

/// What is usual at each half hour of the day, learned as it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Season {
    usual: Vec<f64>,
    known: u64,
}

impl Default for Season {
    fn default() -> Season {
        Season {
            usual: vec![0.0; SLOTS],
            known: 0,
        }
    }
}

impl Season {
    fn slot(at_ms: i64) -> usize {
        let of_day = at_ms.rem_euclid(DAY_MS);
        (of_day / (DAY_MS / SLOTS as i64)) as usize
    }

    /// What is usual at that time of day; `None` before it was ever seen.
    pub(super) fn usual(&self, at_ms: i64) -> Option<f64> {
        let slot = Season::slot(at_ms);
        (self.known >> slot & 1 == 1).then(|| self.usual[slot])
    }

    pub(super) fn learn(&mut self, at_ms: i64, value: f64) {
        let slot = Season::slot(at_ms);
        if self.known >> slot & 1 == 0 {
            self.known |= 1 << slot;
            self.usual[slot] = value;
        } else {
            self.usual[slot] += RATE * value - RATE * self.usual[slot];
        }
    }
}
