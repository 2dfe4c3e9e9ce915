use serde::{Deserialize, Serialize};

/// Lets an anomaly through once: after a surprise was raised, for a number of
/// readings only a greater one is, and the bar sinks to nothing over that time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Damping {
    raised: f64,
    since: u32,
}

impl Damping {
    /// The surprise that is left after damping.
    pub(super) fn damp(&mut self, surprise: f64, rest: u32) -> f64 {
        self.since = self.since.saturating_add(1);
        let left = f64::from(rest.saturating_sub(self.since)) / f64::from(rest.max(1));
        if surprise > 0.0 && surprise > self.raised * left {
            *self = Damping {
                raised: surprise,
                since: 0,
            };
            surprise
        } else {
            0.0
        }
    }
}
