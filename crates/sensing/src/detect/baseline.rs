//! What a detector expected of a stream over some time, in a few numbers a bucket.

use super::{Band, Detector, Expert, Ground, Judgement, Profile};

/// What was expected in one bucket of time, and how far it was missed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// When the bucket begins, milliseconds since 1970-01-01 UTC.
    pub from: i64,
    /// The mean of what was expected of its readings; `None` while too little was
    /// known of the stream.
    pub band: Option<Band>,
    /// The highest surprise of a reading of it, 0..1: see [`Judgement::surprise`].
    pub surprise: f64,
    /// What spoke for that, where anything did.
    pub ground: Option<Ground>,
}

/// The learned baseline (基线) of a stream: each reading is judged by those before
/// it and nothing else, as the stream's own detector would have.
#[derive(Clone, Debug)]
pub struct Baseline {
    detector: Detector,
    buckets: Vec<Expected>,
    /// How many expectations the last bucket's band is the mean of.
    count: f64,
}

impl Default for Baseline {
    fn default() -> Baseline {
        Baseline::new(Profile::Standard)
    }
}

impl Baseline {
    /// A baseline that has learned nothing yet.
    #[must_use]
    pub fn new(profile: Profile) -> Baseline {
        Baseline {
            detector: Detector::new(profile),
            buckets: Vec::new(),
            count: 0.0,
        }
    }

    /// Takes the next reading in; it is only learned where it lies in no bucket.
    pub fn observe(&mut self, at_ms: i64, value: f64, bucket: Option<i64>) {
        let judged = self.detector.observe(at_ms, value);
        let Some(from) = bucket else { return };
        if self.buckets.last().is_none_or(|last| last.from != from) {
            self.count = 0.0;
            self.buckets.push(Expected {
                from,
                band: None,
                surprise: 0.0,
                ground: None,
            });
        }
        let count = &mut self.count;
        if let Some(last) = self.buckets.last_mut() {
            last.add(&judged, count);
        }
    }

    /// The buckets, the earliest first.
    #[must_use]
    pub fn buckets(self) -> Vec<Expected> {
        self.buckets
    }
}

impl Expected {
    fn add(&mut self, judged: &Judgement, count: &mut f64) {
        if let Some(band) = judged.expected {
            *count += 1.0;
            let mean = self.band.get_or_insert(band);
            let towards = |mean: &mut f64, next: f64| *mean += (next - *mean) / *count;
            towards(&mut mean.low, band.low);
            towards(&mut mean.mid, band.mid);
            towards(&mut mean.high, band.high);
        }
        if judged.surprise > self.surprise {
            self.surprise = judged.surprise;
            self.ground = (judged.ground.evidence > 0.0).then_some(judged.ground);
        }
    }
}

impl Expert {
    /// All of them.
    pub const ALL: [Expert; 11] = [
        Expert::Value,
        Expert::Level,
        Expert::Trend,
        Expert::Season,
        Expert::SeasonLevel,
        Expert::Roughness,
        Expert::Step,
        Expert::ShortLow,
        Expert::LongLow,
        Expert::Swing,
        Expert::Context,
    ];

    /// The word of the interface.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Expert::Value => "value",
            Expert::Level => "level",
            Expert::Trend => "trend",
            Expert::Season => "season",
            Expert::SeasonLevel => "season_level",
            Expert::Roughness => "roughness",
            Expert::Step => "step",
            Expert::ShortLow => "short_low",
            Expert::LongLow => "long_low",
            Expert::Swing => "swing",
            Expert::Context => "context",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    /// Two weeks of a day's rhythm, with what is added to one reading.
    fn learned(odd: Option<(i64, f64)>, until: i64) -> Vec<Expected> {
        let mut baseline = Baseline::default();
        for at in 0..until {
            let day = (at % 24) as f64 / 24.0 * std::f64::consts::TAU;
            let more = odd.filter(|(hour, _)| *hour == at).map_or(0.0, |odd| odd.1);
            let value = 20.0 + 5.0 * day.sin() + 0.1 * (at % 7) as f64 + more;
            baseline.observe(at * HOUR, value, Some(at / 24 * 24 * HOUR));
        }
        baseline.buckets()
    }

    #[test]
    fn what_is_usual_lies_in_the_band_and_what_is_not_says_why() {
        let days = learned(None, 14 * 24);
        let last = days.last().unwrap();
        let band = last.band.unwrap();
        assert!(band.low < 20.0 && 20.0 < band.high, "{band:?}");
        assert!(days[0].band.is_none() || days[0].surprise == 0.0);
        let odd = learned(Some((13 * 24 + 5, 60.0)), 14 * 24);
        let last = odd.last().unwrap();
        assert!(last.surprise > 0.5, "{last:?}");
        assert!(last.ground.unwrap().evidence > 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn nothing_that_comes_later_changes_what_was_expected(cut in 2_i64..13, odd in -90.0_f64..90.0) {
            let before = learned(None, cut * 24);
            let with_more = learned(Some((cut * 24 + 3, odd)), 14 * 24);
            prop_assert_eq!(&with_more[..before.len()], &before[..]);
        }
    }
}
