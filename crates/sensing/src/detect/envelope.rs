use serde::{Deserialize, Serialize};

/// How much further than a record the envelope then reaches, as a share of the
/// range: what creeps on is one record, not many.
const MARGIN: f64 = 0.1;

/// The lowest and highest a quantity has been, with a margin, and how far a new
/// value stands outside. Records become rarer the longer a stream runs, so what
/// they say becomes weightier by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Envelope {
    span: Option<(f32, f32)>,
}

impl Envelope {
    /// What is taken as seen so far: lowest and highest.
    pub(super) fn span(&self) -> Option<(f64, f64)> {
        self.span
            .map(|(low, high)| (f64::from(low), f64::from(high)))
    }

    /// By how much a value leaves the envelope, as a share of the range it then
    /// makes: 0 for a value inside, 1 for the first that leaves a constant.
    /// Learns the value.
    pub(super) fn judge(&mut self, value: f64) -> f64 {
        let rounded = value as f32;
        let value = f64::from(rounded);
        let Some((low, high)) = self.span() else {
            self.span = Some((rounded, rounded));
            return 0.0;
        };
        if value > high {
            self.span = Some((low as f32, (value + MARGIN * (value - low)) as f32));
            (value - high) / (value - low)
        } else if value < low {
            self.span = Some(((value - MARGIN * (high - value)) as f32, high as f32));
            (low - value) / (high - value)
        } else {
            0.0
        }
    }
}
