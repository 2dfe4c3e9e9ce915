use serde::{Deserialize, Serialize};

/// Readings in a short and in a long window.
pub(super) const SHORT: usize = 12;
const LONG: usize = 4 * SHORT;

/// The last readings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Window {
    last: [[f32; SHORT]; LONG / SHORT],
    seen: u64,
}

/// What the last readings amount to.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// The change over a short window; 0 before it is full.
    pub(super) step: f64,
    /// The lowest of a short window.
    pub(super) short_low: f64,
    /// The lowest of a long window.
    pub(super) long_low: f64,
    /// Highest less lowest of a long window.
    pub(super) swing: f64,
}

impl Window {
    /// Adds a reading and looks back from it.
    pub(super) fn add(&mut self, value: f64) -> Look {
        let value = value as f32;
        let last = self.last.as_flattened_mut();
        let at = (self.seen % LONG as u64) as usize;
        if self.seen == 0 {
            last.fill(value);
        }
        let back = last[(at + LONG - SHORT) % LONG];
        let step = if self.seen < SHORT as u64 {
            0.0
        } else {
            f64::from(value) - f64::from(back)
        };
        last[at] = value;
        self.seen += 1;
        let low = |low: f32, v: &f32| low.min(*v);
        let long_low = last.iter().fold(value, low);
        let high = last.iter().fold(value, |high, v| high.max(*v));
        let start = at + LONG + 1 - SHORT;
        let short_low = (start..start + SHORT).fold(value, |low, i| low.min(last[i % LONG]));
        Look {
            step,
            short_low: f64::from(short_low),
            long_low: f64::from(long_low),
            swing: f64::from(high) - f64::from(long_low),
        }
    }
}
