//! Smooth chance over the ground: hills and hollows of about one size.

use super::plane::{Xy, xy};
use crate::sample::dice::Dice;

/// A field of values between −1 and 1 that change over about `size` metres.
#[derive(Debug, Clone)]
pub(crate) struct Noise {
    size: f64,
    shift: Xy,
    values: Vec<f64>,
}

/// Knots on a side before the field repeats.
const SIDE: i64 = 64;

impl Noise {
    pub(crate) fn new(dice: &mut Dice, size: f64) -> Self {
        Self {
            size,
            shift: xy(dice.unit(), dice.unit()),
            values: (0..SIDE * SIDE).map(|_| dice.between(-1.0, 1.0)).collect(),
        }
    }

    pub(crate) fn at(&self, p: Xy) -> f64 {
        let (x, y) = (
            p.x / self.size + self.shift.x,
            p.y / self.size + self.shift.y,
        );
        let (x0, y0) = (x.floor(), y.floor());
        let ease = |t: f64| t * t * (3.0 - 2.0 * t);
        let (tx, ty) = (ease(x - x0), ease(y - y0));
        let value = |dx: i64, dy: i64| {
            let column = (x0 as i64 + dx).rem_euclid(SIDE);
            let row = (y0 as i64 + dy).rem_euclid(SIDE);
            self.values[(row * SIDE + column) as usize]
        };
        let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
        mix(
            mix(value(0, 0), value(1, 0), tx),
            mix(value(0, 1), value(1, 1), tx),
            ty,
        )
    }
}
