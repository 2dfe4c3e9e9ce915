//! Levels with hysteresis and hold.

use serde::{Deserialize, Serialize};
use yiwang_base::Colour;

use super::check::MAX_LEVELS;
use super::{Condition, Side};

/// The levels of a condition, ready to compare with: always upwards, so what
/// is out of the ordinary below a level is turned round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grades {
    at: [f64; MAX_LEVELS],
    back: [f64; MAX_LEVELS],
    colours: [Colour; MAX_LEVELS],
    count: u8,
    sign: f64,
    held_ms: i64,
    clear_ms: i64,
}

/// How high a stream stands on the levels of a condition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Ladder {
    /// Since when `towards` shows; means nothing while it is `level`.
    since: i64,
    /// How many levels count as reached.
    pub(super) level: u8,
    /// How many would, once it is held long enough.
    towards: u8,
}

/// From how many levels to how many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub(super) from: u8,
    pub(super) to: u8,
}

impl Grades {
    pub(super) fn new(condition: &Condition) -> Self {
        let sign = match condition.side {
            Side::Above => 1.0,
            Side::Below => -1.0,
        };
        let mut grades = Self {
            at: [f64::INFINITY; MAX_LEVELS],
            back: [f64::INFINITY; MAX_LEVELS],
            colours: [Colour::Red; MAX_LEVELS],
            count: 0,
            sign,
            held_ms: i64::from(condition.held_seconds) * 1_000,
            clear_ms: i64::from(condition.clear_after_seconds) * 1_000,
        };
        for (place, level) in condition.levels.iter().take(MAX_LEVELS).enumerate() {
            grades.at[place] = level.at * sign;
            grades.back[place] = level.at * sign - condition.back_by;
            grades.colours[place] = level.colour;
            grades.count += 1;
        }
        grades
    }

    /// The colour of so many levels; none of none.
    pub(super) fn colour(&self, level: u8) -> Option<Colour> {
        let place = usize::from(level).checked_sub(1)?;
        self.colours.get(place).copied()
    }

    /// The level that a step reached, or fell short of, as it was written.
    pub(super) fn limit(&self, step: Step) -> f64 {
        let place = usize::from(step.from.max(step.to)).saturating_sub(1);
        self.at.get(place).map_or(f64::NAN, |at| at * self.sign)
    }

    /// The level number `place`, from 0, as it was written.
    pub(super) fn at(&self, place: u8) -> Option<f64> {
        (place < self.count).then(|| self.at[usize::from(place)] * self.sign)
    }

    fn reached(&self, x: f64) -> u8 {
        self.at.iter().map(|at| u8::from(x >= *at)).sum()
    }

    fn kept(&self, x: f64) -> u8 {
        self.back.iter().map(|back| u8::from(x >= *back)).sum()
    }
}

impl Ladder {
    /// What a measured value does. Constant time, no memory.
    #[inline]
    pub(super) fn measure(&mut self, grades: &Grades, value: f64, at: i64) -> Option<Step> {
        let x = value * grades.sign;
        let up = grades.reached(x);
        if up > self.level {
            if self.towards <= self.level {
                self.towards = up;
                self.since = at;
            } else {
                self.towards = self.towards.min(up);
            }
            if at - self.since < grades.held_ms {
                return None;
            }
            let to = self.towards;
            // What is higher still begins to be held now.
            let step = self.go(to);
            if up > to {
                self.towards = up;
                self.since = at;
            }
            return step;
        }
        let keep = grades.kept(x).min(self.level);
        if keep == self.level {
            self.towards = self.level;
            return None;
        }
        if self.towards >= self.level {
            self.towards = keep;
            self.since = at;
        } else {
            self.towards = self.towards.max(keep);
        }
        if at - self.since < grades.clear_ms {
            return None;
        }
        let to = self.towards;
        self.go(to)
    }

    /// Stands there from now on.
    pub(super) fn go(&mut self, to: u8) -> Option<Step> {
        let from = self.level;
        self.level = to;
        self.towards = to;
        (from != to).then_some(Step { from, to })
    }
}
