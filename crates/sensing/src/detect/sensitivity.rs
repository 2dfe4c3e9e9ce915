use serde::{Deserialize, Serialize};

/// The evidence at which a detector that has learned no outcomes raises an
/// alert. Tuned on one half of the Numenta benchmark for its standard profile.
const ALERT: f64 = 0.0435;
/// What one outcome does to the bar.
const STEP: f32 = 1.5;
/// How low and how high outcomes can move the bar.
const BOUNDS: (f32, f32) = (0.25, 64.0);
/// The part of the way back to the middle that a confirmed alert goes.
const RETURN: f32 = 0.1;

/// What became of an alert, or of the lack of one (告警结果).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There was something (属实).
    Real,
    /// There was nothing (误报).
    FalseAlarm,
    /// There was something and no alert (漏报).
    Missed,
}

/// How much evidence it takes to raise an alert: of one stream, or of a class of
/// streams that learn together (灵敏度).
///
/// The rule: a false alarm raises the bar by half, a miss lowers it by a third,
/// and a confirmed alert brings it a tenth of the way (of its logarithm) back to
/// where it began. It stays between a quarter and 64 times of that: nobody can
/// silence a stream for good by calling its alarms false, and no miss makes
/// every reading an alert.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sensitivity {
    bar: f32,
}

impl Default for Sensitivity {
    fn default() -> Sensitivity {
        Sensitivity { bar: 1.0 }
    }
}

impl Sensitivity {
    /// Learns what became of an alert.
    pub fn learn(&mut self, outcome: Outcome) {
        let moved = match outcome {
            Outcome::FalseAlarm => self.bar * STEP,
            Outcome::Missed => self.bar / STEP,
            Outcome::Real => self.bar.powf(1.0 - RETURN),
        };
        self.bar = moved.clamp(BOUNDS.0, BOUNDS.1);
    }

    /// How many times the evidence of one that has learned nothing it takes.
    #[must_use]
    pub fn bar(self) -> f64 {
        f64::from(self.bar)
    }

    /// Evidence as a score: 0 for none, 0.5 where an alert is due, towards 1.
    pub(super) fn score(self, evidence: f64) -> f64 {
        evidence / (evidence + ALERT * self.bar())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn false_alarms_raise_the_bar_and_misses_lower_it_within_bounds() {
        let mut sensitivity = Sensitivity::default();
        let before = sensitivity.score(0.1);
        sensitivity.learn(Outcome::FalseAlarm);
        assert!(sensitivity.score(0.1) < before);
        sensitivity.learn(Outcome::Missed);
        sensitivity.learn(Outcome::Missed);
        assert!(sensitivity.score(0.1) > before);
        for (outcome, end) in [(Outcome::FalseAlarm, BOUNDS.1), (Outcome::Missed, BOUNDS.0)] {
            (0..100).for_each(|_| sensitivity.learn(outcome));
            assert_eq!(sensitivity.bar, end);
        }
    }

    #[test]
    fn confirmed_alerts_bring_the_bar_back() {
        for outcome in [Outcome::FalseAlarm, Outcome::Missed] {
            let mut sensitivity = Sensitivity::default();
            (0..5).for_each(|_| sensitivity.learn(outcome));
            let away = sensitivity.bar.ln().abs();
            sensitivity.learn(Outcome::Real);
            assert!(sensitivity.bar.ln().abs() < away);
            (0..200).for_each(|_| sensitivity.learn(Outcome::Real));
            assert!((sensitivity.bar - 1.0).abs() < 1e-3);
        }
    }
}
