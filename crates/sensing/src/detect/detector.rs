use serde::{Deserialize, Serialize};

use super::average::Average;
use super::damping::Damping;
use super::envelope::Envelope;
use super::judgement::{Band, Expert, Ground, Judgement};
use super::season::Season;

/// How much a detector may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// For every stream of a city.
    #[default]
    Standard,
}

/// Readings before a detector says anything.
const WARM_UP: u32 = 100;
/// Readings for which a raised anomaly damps the next.
const REST: u32 = 150;
/// The margin of a record that counts as one unit of evidence.
const MARGIN: f64 = 0.05;
/// The evidence at which a detector would raise an alert.
const ALERT: f64 = 0.45;
const SPANS: (f32, f32) = (30.0, 300.0);
const WEIGHTS: [(Expert, f64); 4] = [
    (Expert::Value, 0.6),
    (Expert::Level, 0.6),
    (Expert::Trend, 1.0),
    (Expert::Season, 0.6),
];

/// Learns what is ordinary for one stream and judges each of its readings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detector {
    profile: Profile,
    seen: u32,
    last_ms: i64,
    short: Average,
    long: Average,
    spread: Average,
    season: Season,
    records: [Envelope; 4],
    damping: Damping,
}

impl Detector {
    /// A detector that knows nothing yet.
    #[must_use]
    pub fn new(profile: Profile) -> Detector {
        Detector {
            profile,
            seen: 0,
            last_ms: i64::MIN,
            short: Average::default(),
            long: Average::default(),
            spread: Average::default(),
            season: Season::default(),
            records: [Envelope::default(); 4],
            damping: Damping::default(),
        }
    }

    /// Judges a reading by those before it, then learns it.
    ///
    /// `at_ms` is when it was observed (milliseconds since 1970-01-01 UTC). A
    /// reading that is older than one already learned, and a value that is not
    /// finite, are not learned and score 0.
    pub fn observe(&mut self, at_ms: i64, value: f64) -> Judgement {
        let usual = self.season.usual(at_ms);
        let expected = self.band(usual);
        if at_ms < self.last_ms || !value.is_finite() {
            return Judgement {
                score: 0.0,
                surprise: 0.0,
                expected,
                ground: self.ground([0.0; 4], [value; 4]),
            };
        }
        self.last_ms = at_ms;
        self.seen = self.seen.saturating_add(1);
        let before = self.long.mean();
        let level = self.short.learn(value, SPANS.0);
        self.long.learn(value, SPANS.1);
        if let Some(usual) = usual {
            self.spread
                .learn((value / 2.0 - usual / 2.0).abs(), SPANS.1);
        }
        self.season.learn(at_ms, value);
        let observed = [
            value,
            level,
            level / 2.0 - before / 2.0,
            usual.map_or(0.0, |usual| value / 2.0 - usual / 2.0),
        ];
        let spans = self.records.map(|r| r.span());
        let mut evidence = [0.0; 4];
        for (at, given) in evidence.iter_mut().enumerate() {
            let margin = self.records[at].judge(observed[at]);
            *given = WEIGHTS[at].1 * (margin / MARGIN).ln_1p();
        }
        let total: f64 = evidence.iter().sum();
        let total = if self.seen > WARM_UP { total } else { 0.0 };
        let damped = self.damping.damp(total, REST);
        Judgement {
            score: calibrate(damped),
            surprise: calibrate(total),
            expected,
            ground: ground(evidence, observed, spans),
        }
    }

    fn band(&self, usual: Option<f64>) -> Option<Band> {
        let mid = usual.filter(|_| !self.spread.is_empty())?;
        let spread = 6.0 * self.spread.mean();
        Some(Band {
            low: (mid - spread).max(f64::MIN),
            mid,
            high: (mid + spread).min(f64::MAX),
        })
    }

    fn ground(&self, evidence: [f64; 4], observed: [f64; 4]) -> Ground {
        ground(evidence, observed, self.records.map(|r| r.span()))
    }
}

/// Evidence as a score: 0 for none, 0.5 where an alert is due, towards 1.
fn calibrate(evidence: f64) -> f64 {
    1.0 - (-evidence / ALERT).exp2()
}

fn ground(evidence: [f64; 4], observed: [f64; 4], spans: [Option<(f64, f64)>; 4]) -> Ground {
    let loudest = (1..4).fold(0, |best, at| {
        if evidence[at] > evidence[best] {
            at
        } else {
            best
        }
    });
    Ground {
        expert: WEIGHTS[loudest].0,
        observed: observed[loudest],
        usual: spans[loudest].unwrap_or((observed[loudest], observed[loudest])),
        evidence: evidence[loudest],
    }
}
