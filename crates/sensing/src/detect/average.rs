use serde::{Deserialize, Serialize};

/// An exponentially weighted mean that starts as a plain mean, so that the first
/// values are not overweighted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Average {
    mean: f32,
    seen: f32,
}

impl Average {
    pub(super) fn mean(&self) -> f64 {
        f64::from(self.mean)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seen == 0.0
    }

    /// Learns a value with the memory of about `span` values; returns the mean.
    pub(super) fn learn(&mut self, value: f64, span: f32) -> f64 {
        self.seen = (self.seen + 1.0).min(span);
        let mean = self.mean();
        self.mean = (mean + (value - mean) / f64::from(self.seen)) as f32;
        self.mean()
    }
}
