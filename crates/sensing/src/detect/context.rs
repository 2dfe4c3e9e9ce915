use serde::{Deserialize, Serialize};

use super::average::Average;

/// Readings between the two levels that make a context.
const BACK: usize = 6;
/// Spans, in readings: of the level, of what is ordinary, of the novelty.
const LEVEL: f32 = 3.0;
const ORDINARY: f32 = 1000.0;
const NOVELTY: f32 = 30.0;
/// Steps of the level per unit of its inverse hyperbolic sine.
const STEPS: f64 = 4.0;

/// How often the stream was at a level and had come there from another: a pair
/// that was hardly ever seen is novel, even if both levels are ordinary.
///
/// The idea is that of contextual anomaly detection (Smirnov, CAD OSE, 2016):
/// what is unusual is not a value but a value after what came before it. Levels
/// are measured in mean absolute deviations from the mean, so that no extent
/// need be known beforehand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Context {
    levels: i8,
    moves: i8,
    counts: Box<[u16]>,
    total: f32,
    level: Average,
    centre: Average,
    spread: Average,
    past: [i8; BACK],
    at: u8,
    novelty: Average,
}

impl Context {
    /// Tells apart `levels` steps on either side of the ordinary, and as many
    /// `moves` from there in either direction.
    pub(super) fn new(levels: i8, moves: i8) -> Context {
        let side = |n: i8| 2 * usize::from(n.unsigned_abs()) + 1;
        Context {
            levels,
            moves,
            counts: vec![0; side(levels) * side(moves)].into(),
            total: 0.0,
            level: Average::default(),
            centre: Average::default(),
            spread: Average::default(),
            past: [0; BACK],
            at: 0,
            novelty: Average::default(),
        }
    }

    /// Learns a reading; returns how novel the last ones were on average, as the
    /// negative logarithm of how often such contexts occurred.
    pub(super) fn novelty(&mut self, value: f64) -> f64 {
        let level = self.level.learn(value, LEVEL);
        let away = level - self.centre.mean();
        let spread = self.spread.mean();
        let ordinary = if spread > 0.0 { away / spread } else { 0.0 };
        self.spread.learn(away.abs(), ORDINARY);
        self.centre.learn(level, ORDINARY);

        let bound = f64::from(self.levels);
        let now = (ordinary.asinh() * STEPS).round().clamp(-bound, bound) as i8;
        let at = usize::from(self.at) % BACK;
        let moved = now.saturating_sub(self.past[at]);
        let moved = moved.clamp(-self.moves, self.moves);
        self.past[at] = now;
        self.at = ((at + 1) % BACK) as u8;

        let row = usize::from((now + self.levels).unsigned_abs());
        let column = usize::from((moved + self.moves).unsigned_abs());
        let width = 2 * usize::from(self.moves.unsigned_abs()) + 1;
        let before = match self.counts.get_mut(row * width + column) {
            None => 0.0,
            Some(count) => {
                let before = f64::from(*count);
                *count = count.saturating_add(1);
                before
            }
        };
        let share = (before + 0.1) / (f64::from(self.total) + 10.0);
        self.total += 1.0;
        if before + 1.0 >= f64::from(u16::MAX) {
            self.halve();
        }
        self.novelty.learn(-share.ln(), NOVELTY)
    }

    /// Forgets half of what was counted, before a count is full.
    fn halve(&mut self) {
        self.counts.iter_mut().for_each(|count| *count /= 2);
        self.total = self.counts.iter().map(|count| f32::from(*count)).sum();
    }
}
