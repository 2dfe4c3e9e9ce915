//! Which way streets run: quarters keep to grids of their own, streets near the
//! river follow it, and nothing is quite straight.

use super::ground::Ground;
use super::noise::Noise;
use super::plane::{Xy, direction, distance, left};
use crate::sample::dice::Dice;

/// The direction of streets at each place. Directions are the same after a
/// quarter turn only by choice of [`Family`]; they are added as doubled angles,
/// so that opposite ones do not cancel.
pub(crate) struct Field {
    quarters: Vec<(Xy, f64, f64)>,
    bend: Noise,
}

/// The two sets of streets that cross each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Along,
    Across,
}

impl Field {
    pub(crate) fn new(seed: u64, ground: &Ground) -> Self {
        let dice = &mut Dice::new(seed, "field", 0);
        let built = ground.extent.built;
        // The old town, then quarters built later with grids of their own.
        let mut quarters = vec![(ground.built[0].middle, ground.tilt, 0.38 * built)];
        for (u, v) in [
            (0.75, 0.15),
            (-0.72, 0.42),
            (-0.62, -0.62),
            (0.3, -0.78),
            (0.72, -0.5),
            (0.15, 0.8),
            (-1.1, -0.62),
            (1.08, 0.62),
        ] {
            let at = ground.river.frame(u * built, v * built);
            let turn = ground.tilt + dice.between(-0.55, 0.55);
            quarters.push((at, turn, dice.between(0.26, 0.38) * built));
        }
        Self {
            quarters,
            bend: Noise::new(dice, 0.45 * built),
        }
    }

    /// The way of a family's streets at a place.
    pub(crate) fn way(&self, ground: &Ground, p: Xy, family: Family) -> Xy {
        let mut sum = direction(2.0 * ground.tilt) * 0.04;
        for (at, turn, size) in &self.quarters {
            let off = distance(p, *at) / size;
            sum = sum + direction(2.0 * turn) * libm::exp(-off * off);
        }
        let off = (ground.river.bank_distance(p) / (0.13 * ground.extent.built)).max(0.0);
        let along = ground.river.way(p);
        let twice = direction(2.0 * libm::atan2(along.y, along.x));
        sum = sum + twice * (1.6 * libm::exp(-off * off));
        let angle = libm::atan2(sum.y, sum.x) / 2.0 + 0.16 * self.bend.at(p);
        match family {
            Family::Along => direction(angle),
            Family::Across => left(direction(angle)),
        }
    }
}
