//! Round shapes that are not circles: lakes, hills, the built-up land.

use std::f64::consts::TAU;

use geo::{LineString, Polygon};

use super::plane::{Xy, direction, distance, dot, left, norm};
use crate::sample::dice::Dice;

/// A shape around a middle whose radius waves with the angle.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) middle: Xy,
    /// Mean radius along the long axis, metres.
    pub(crate) radius: f64,
    /// Direction of the long axis.
    axis: Xy,
    /// The short axis as a share of the long one.
    narrow: f64,
    /// Waves: how many around, how high, where they begin.
    waves: Vec<(f64, f64, f64)>,
    /// 2 for an ellipse; more makes it squarer.
    square: f64,
}

impl Blob {
    /// A shape with gentle waves; `rough` is their height as a share of the radius.
    pub(crate) fn new(dice: &mut Dice, middle: Xy, radius: f64, rough: f64) -> Self {
        let waves = [(2.0, 1.0), (3.0, 0.6), (5.0, 0.3)]
            .map(|(count, share)| (count, rough * share, dice.between(0.0, TAU)));
        Self {
            middle,
            radius,
            axis: direction(0.0),
            narrow: 1.0,
            waves: waves.to_vec(),
            square: 2.0,
        }
    }

    /// The same, stretched along an angle.
    pub(crate) fn stretched(mut self, angle: f64, narrow: f64) -> Self {
        self.axis = direction(angle);
        self.narrow = narrow;
        self
    }

    /// The same with flatter sides, as a ring road has them.
    pub(crate) fn squared(mut self, square: f64) -> Self {
        self.square = square;
        self
    }

    /// How far out a position is: below 1 inside, 1 on the edge.
    pub(crate) fn reach(&self, p: Xy) -> f64 {
        let v = p - self.middle;
        let (a, b) = (dot(v, self.axis), dot(v, left(self.axis)) / self.narrow);
        let away = (a * a + b * b).sqrt();
        if away < 1e-9 {
            return 0.0;
        }
        away / (self.radius * self.wave(libm::atan2(b, a)))
    }

    pub(crate) fn contains(&self, p: Xy) -> bool {
        self.reach(p) < 1.0
    }

    /// The edge, `times` as far out as it is; a closed ring with a position
    /// about every `step` metres.
    pub(crate) fn ring(&self, times: f64, step: f64) -> Vec<Xy> {
        let count = (TAU * self.radius * times / step).ceil().max(12.0) as usize;
        let mut ring: Vec<Xy> = (0..count)
            .map(|n| {
                let angle = TAU * n as f64 / count as f64;
                let r = self.radius * times * self.wave(angle);
                let at = direction(angle) * r;
                self.middle + self.axis * at.x + left(self.axis) * (at.y * self.narrow)
            })
            .collect();
        ring.push(ring[0]);
        ring
    }

    pub(crate) fn polygon(&self, times: f64) -> Polygon<f64> {
        Polygon::new(LineString(self.ring(times, 60.0)), Vec::new())
    }

    /// Farthest any part of it can be from its middle.
    pub(crate) fn most(&self) -> f64 {
        let waves: f64 = self.waves.iter().map(|w| w.1).sum();
        self.radius * (1.0 + waves) * 1.3
    }

    /// Whether a position is outside, farther from the edge than `metres`.
    pub(crate) fn clear_of(&self, p: Xy, metres: f64) -> bool {
        if distance(p, self.middle) > self.most() + metres {
            return true;
        }
        let reach = self.reach(p);
        let away = norm(p - self.middle);
        reach > 1.0 && away - away / reach > metres
    }

    fn wave(&self, angle: f64) -> f64 {
        let waves: f64 = self
            .waves
            .iter()
            .map(|(count, height, from)| height * libm::cos(count * angle + from))
            .sum();
        let (c, s) = (libm::cos(angle).abs(), libm::sin(angle).abs());
        let square = if self.square == 2.0 {
            1.0
        } else {
            let n = self.square;
            1.0 / libm::pow(libm::pow(c, n) + libm::pow(s, n), 1.0 / n)
        };
        (1.0 + waves) * square
    }
}
