use serde::{Deserialize, Serialize};

/// The lowest and highest a quantity has been, and how far a new value stands
/// outside: a record is surprising by its margin, and the rarer the longer the
/// stream has run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Envelope {
    span: Option<(f64, f64)>,
}

impl Envelope {
    /// What has been seen so far: lowest and highest.
    pub(super) fn span(&self) -> Option<(f64, f64)> {
        self.span
    }

    /// The margin of a record as a share of the range it makes (0 for none, 1
    /// for leaving a constant), then learns it.
    pub(super) fn judge(&mut self, value: f64) -> f64 {
        let Some((low, high)) = self.span else {
            self.span = Some((value, value));
            return 0.0;
        };
        self.span = Some((low.min(value), high.max(value)));
        // Halved, so that the range of any two finite numbers is finite.
        let (low, high, value) = (low / 2.0, high / 2.0, value / 2.0);
        let beyond = (value - high).max(low - value);
        if beyond <= 0.0 {
            return 0.0;
        }
        let range = high.max(value) - low.min(value);
        (beyond / range).clamp(0.0, 1.0)
    }
}
