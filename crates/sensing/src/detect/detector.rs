use serde::{Deserialize, Serialize};

use super::average::Average;
use super::context::Context;
use super::damping::Damping;
use super::envelope::Envelope;
use super::judgement::{Band, Expert, Ground, Judgement};
use super::season::{Cut, Season};
use super::sensitivity::{Outcome, Sensitivity};
use super::window::Window;

/// How much a detector may cost, in time and memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// For masses of streams: value, level, trend, season, roughness.
    Light,
    /// For most streams: also windows and a small table of contexts; meant to stay within 1 KiB.
    #[default]
    Standard,
    /// For streams that matter most: a finer season and a large table of contexts.
    Thorough,
}

impl Profile {
    /// All profiles, the cheapest first.
    pub const ALL: [Profile; 3] = [Profile::Light, Profile::Standard, Profile::Thorough];

    /// Its name in commands and files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Profile::Light => "light",
            Profile::Standard => "standard",
            Profile::Thorough => "thorough",
        }
    }
}

/// Before a day is over, the experts for the time of day say nothing.
const DAY_MS: i64 = 86_400_000;
/// Readings before a detector says anything.
const WARM_UP: u32 = 100;
/// Readings for which a raised anomaly damps the next.
const REST: u32 = 150;
/// The share of the range that counts as one unit of a record's evidence.
const UNIT: f64 = 0.1;
/// Spans of averages, in readings.
const LEVEL: f32 = 30.0;
const LONG: f32 = 300.0;
const SEASON_LEVEL: f32 = 8.0;
/// Half the width of the expected band, in mean absolute deviations.
const BAND: f64 = 4.0;
/// Readings are taken relative to the first, and no further from it than this.
const FAR: f64 = 1e30;
/// The most experts a profile has.
const EXPERTS: usize = 9;

/// Learns what is ordinary for one stream and judges each of its readings.
///
/// Each expert looks at one aspect and reports when it leaves the envelope of
/// all it has been before; its evidence is `ln(1 + margin / 0.1)`, the margin as
/// a share of the range. The evidence of all experts is added, with equal
/// weights, and damped for 150 readings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detector {
    profile: Profile,
    sensitivity: Sensitivity,
    seen: u32,
    last_ms: i64,
    whole_day_ms: i64,
    first: f64,
    previous: f32,
    short: Average,
    long: Average,
    roughness: Average,
    week: Season,
    day: Option<Box<Season>>,
    season_level: Average,
    spread: Average,
    window: Option<Box<Window>>,
    context: Option<Box<Context>>,
    records: [Envelope; EXPERTS],
    damping: Damping,
}

/// What an expert looks at now; nothing before it knows enough.
type Look = (Expert, Option<f64>);

impl Detector {
    /// A detector that knows nothing yet.
    #[must_use]
    pub fn new(profile: Profile) -> Detector {
        let context = match profile {
            Profile::Light => None,
            Profile::Standard => Some(Context::new(12, 4)),
            Profile::Thorough => Some(Context::new(20, 20)),
        };
        let window = (profile != Profile::Light).then(Box::default);
        let day = (profile == Profile::Thorough).then(|| Season::new(Cut::HalfHours));
        Detector {
            profile,
            sensitivity: Sensitivity::default(),
            seen: 0,
            last_ms: i64::MIN,
            whole_day_ms: 0,
            first: 0.0,
            previous: 0.0,
            short: Average::default(),
            long: Average::default(),
            roughness: Average::default(),
            week: Season::new(Cut::HoursOfWeek),
            day: day.map(Box::new),
            season_level: Average::default(),
            spread: Average::default(),
            window,
            context: context.map(Box::new),
            records: [Envelope::default(); EXPERTS],
            damping: Damping::default(),
        }
    }

    /// Judges a reading by those before it, then learns it.
    ///
    /// `at_ms` is when it was observed (milliseconds since 1970-01-01 UTC). A
    /// reading that is older than one already learned, and a value that is not
    /// finite, are not learned and score 0.
    pub fn observe(&mut self, at_ms: i64, value: f64) -> Judgement {
        if at_ms < self.last_ms || !value.is_finite() {
            return self.nothing(at_ms, value);
        }
        if self.seen == 0 {
            self.first = value;
            self.whole_day_ms = at_ms.saturating_add(DAY_MS);
        }
        let relative = (value - self.first).clamp(-FAR, FAR);
        let expected = self.expected(at_ms);
        self.last_ms = at_ms;
        let looks = self.looks(at_ms, relative);
        let mut ground = Ground {
            expert: Expert::Value,
            observed: value,
            usual: self.usual(Expert::Value, 0, relative),
            evidence: 0.0,
        };
        let mut evidence = 0.0;
        for (at, (expert, observed)) in looks.into_iter().enumerate() {
            let Some(observed) = observed else { continue };
            let usual = self.records[at];
            let margin = self.records[at].judge(observed);
            let counts = match expert {
                Expert::Context => usual.span().is_some_and(|u| observed > u.1),
                Expert::Season | Expert::SeasonLevel => at_ms >= self.whole_day_ms,
                _ => true,
            };
            if margin > 0.0 && counts && self.seen >= WARM_UP {
                let part = (margin / UNIT).ln_1p();
                evidence += part;
                if part > ground.evidence {
                    let (low, high) = usual.span().unwrap_or((observed, observed));
                    let base = self.base(expert);
                    ground = Ground {
                        expert,
                        observed: observed + base,
                        usual: (low + base, high + base),
                        evidence: part,
                    };
                }
            }
        }
        self.seen = self.seen.saturating_add(1);
        let damped = self.damping.damp(evidence, REST);
        Judgement {
            score: self.sensitivity.score(damped),
            surprise: self.sensitivity.score(evidence),
            expected,
            ground,
        }
    }

    /// Learns what became of an alert on this stream, and moves its bar.
    pub fn learn(&mut self, outcome: Outcome) {
        self.sensitivity.learn(outcome);
    }

    /// How much evidence this detector needs.
    #[must_use]
    pub fn sensitivity(&self) -> Sensitivity {
        self.sensitivity
    }

    /// Takes over the sensitivity of a class of streams.
    pub fn adopt(&mut self, sensitivity: Sensitivity) {
        self.sensitivity = sensitivity;
    }

    /// What each expert of the profile looks at, after learning a reading.
    fn looks(&mut self, at_ms: i64, value: f64) -> [Look; EXPERTS] {
        let before = self.long.mean();
        let level = self.short.learn(value, LEVEL);
        self.long.learn(value, LONG);
        let usual = self.week.usual(at_ms);
        self.week.learn(at_ms, value);
        let off = usual.map(|usual| value - usual);
        let off_level = off.map(|off| {
            self.spread.learn(off.abs(), LONG);
            self.season_level.learn(off, SEASON_LEVEL)
        });
        let off = match &mut self.day {
            None => off,
            Some(day) => {
                let usual = day.usual(at_ms);
                day.learn(at_ms, value);
                usual.map(|usual| value - usual)
            }
        };
        let common = [
            (Expert::Value, Some(value)),
            (Expert::Trend, Some(level - before)),
            (Expert::Season, off),
            (Expert::SeasonLevel, off_level),
        ];
        let rest = match (&mut self.window, &mut self.context) {
            (Some(window), Some(context)) => {
                let look = window.add(value);
                [
                    (Expert::Step, Some(look.step)),
                    (Expert::ShortLow, Some(look.short_low)),
                    (Expert::LongLow, Some(look.long_low)),
                    (Expert::Swing, Some(look.swing)),
                    (Expert::Context, Some(context.novelty(value))),
                ]
            }
            _ => {
                let change = (value - f64::from(self.previous)).abs();
                self.previous = value as f32;
                let roughness = self.roughness.learn(change, LEVEL);
                let none = (Expert::Value, None);
                [
                    (Expert::Level, Some(level)),
                    (Expert::Roughness, Some(roughness)),
                    none,
                    none,
                    none,
                ]
            }
        };
        let mut looks = [(Expert::Value, None); EXPERTS];
        let (first, second) = looks.split_at_mut(common.len());
        first.copy_from_slice(&common);
        second.copy_from_slice(&rest);
        looks
    }

    /// What to add to what an expert looks at, to have it in the stream's own zero.
    fn base(&self, expert: Expert) -> f64 {
        match expert {
            Expert::Value | Expert::Level | Expert::ShortLow | Expert::LongLow => self.first,
            _ => 0.0,
        }
    }

    fn usual(&self, expert: Expert, at: usize, relative: f64) -> (f64, f64) {
        let base = self.base(expert);
        let (low, high) = self.records[at].span().unwrap_or((relative, relative));
        (low + base, high + base)
    }

    fn expected(&self, at_ms: i64) -> Option<Band> {
        if self.spread.is_empty() {
            return None;
        }
        let usual = self.week.usual(at_ms);
        let mid = self.first + usual.unwrap_or_else(|| self.short.mean());
        let width = BAND * self.spread.mean();
        Some(Band {
            low: (mid - width).max(f64::MIN),
            mid: mid.clamp(f64::MIN, f64::MAX),
            high: (mid + width).min(f64::MAX),
        })
    }

    fn nothing(&self, at_ms: i64, value: f64) -> Judgement {
        Judgement {
            score: 0.0,
            surprise: 0.0,
            expected: self.expected(at_ms),
            ground: Ground {
                expert: Expert::Value,
                observed: value,
                usual: self.usual(Expert::Value, 0, value - self.first),
                evidence: 0.0,
            },
        }
    }
}
