//! What a measure remembers of a stream, beside how high it stands.

use serde::{Deserialize, Serialize};

/// Steps in which a sliding sum is kept.
const STEPS: usize = 24;

/// A sum and a mean over the last while, in [`STEPS`] steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Window {
    /// The step that is being filled, counted from 1970.
    step: i64,
    sums: [f64; STEPS],
    counts: [u32; STEPS],
}

impl Window {
    pub(super) fn new() -> Self {
        Self {
            step: i64::MIN,
            sums: [0.0; STEPS],
            counts: [0; STEPS],
        }
    }

    /// Takes a reading in; answers with the sum and the number of readings of
    /// the step it lies in and the twenty-three before.
    pub(super) fn take(&mut self, at: i64, value: f64, over_ms: i64) -> (f64, u32) {
        let length = (over_ms / STEPS as i64).max(1);
        let step = at.div_euclid(length);
        if self.step == i64::MIN || step - self.step >= STEPS as i64 {
            self.sums = [0.0; STEPS];
            self.counts = [0; STEPS];
        } else {
            for passed in self.step + 1..=step {
                let place = passed.rem_euclid(STEPS as i64) as usize;
                self.sums[place] = 0.0;
                self.counts[place] = 0;
            }
        }
        self.step = step;
        let place = step.rem_euclid(STEPS as i64) as usize;
        self.sums[place] += value;
        self.counts[place] = self.counts[place].saturating_add(1);
        let count = self.counts.iter().fold(0u32, |n, c| n.saturating_add(*c));
        (self.sums.iter().sum(), count)
    }
}

/// Two readings to hold later ones against: the change is taken from the older
/// one, and the newer one takes its place once it is old enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Slope {
    older: (i64, f64),
    newer: (i64, f64),
}

impl Slope {
    pub(super) fn begin(at: i64, value: f64) -> Self {
        Self {
            older: (at, value),
            newer: (at, value),
        }
    }

    /// Change per millisecond; none until a reading is old enough.
    pub(super) fn take(&mut self, at: i64, value: f64, over_ms: i64) -> Option<f64> {
        if at - self.newer.0 >= over_ms.max(1) {
            self.older = self.newer;
            self.newer = (at, value);
        }
        let (since, before) = self.older;
        let passed = at - since;
        (passed >= over_ms.max(1)).then(|| (value - before) / passed as f64)
    }
}

/// Since when a stream has not moved, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Rest {
    pub(super) value: f64,
    pub(super) since: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_forgets_what_is_older_than_its_window() {
        let mut window = Window::new();
        let hour = 3_600_000;
        let minute = 60_000;
        let mut last = 0.0;
        for k in 0..60 {
            (last, _) = window.take(k * minute, 1.0, hour);
        }
        assert_eq!(last, 60.0);
        for k in 60..180 {
            let (sum, count) = window.take(k * minute, 1.0, hour);
            assert!((57.0..=60.0).contains(&sum), "{sum} after {k} minutes");
            assert_eq!(sum, f64::from(count));
        }
        assert_eq!(window.take(600 * minute, 2.0, hour), (2.0, 1));
    }

    #[test]
    fn a_slope_is_taken_over_the_time_it_is_given_for() {
        let mut slope = Slope::begin(0, 0.0);
        let mut found = Vec::new();
        for k in 1..=10 {
            found.push(slope.take(k * 10_000, k as f64, 30_000));
        }
        assert_eq!(found[..2], [None, None]);
        for rate in &found[2..] {
            assert!((rate.unwrap() * 10_000.0 - 1.0).abs() < 1e-9, "{found:?}");
        }
    }
}
