//! The ground before anybody built on it, and how far they built.

use std::f64::consts::TAU;

use super::blob::Blob;
use super::noise::Noise;
use super::plane::{Xy, direction, distance, left, xy};
use super::river::River;
use crate::sample::dice::Dice;

/// How large a city is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// From the middle to the city limit, metres.
    pub(crate) limit: f64,
    /// From the middle to the edge of the built-up land, metres.
    pub(crate) built: f64,
    /// Districts.
    pub(crate) districts: usize,
    /// Streets, all districts together.
    pub(crate) streets: usize,
}

/// Water, hills, and the land that is built up.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    pub(crate) extent: Extent,
    pub(crate) river: River,
    pub(crate) lake: Blob,
    /// The first is the mountain at the edge of the city, the second the hill in it.
    pub(crate) hills: Vec<Blob>,
    /// The first is the city, the others are towns at its fringe.
    pub(crate) built: Vec<Blob>,
    /// The city limit.
    pub(crate) limit: Blob,
    /// The angle to which the old town's streets keep.
    pub(crate) tilt: f64,
    /// The railway, from one side of the land to the other.
    pub(crate) rail: Vec<Xy>,
    /// The canal, from the lake to the river.
    pub(crate) canal: Vec<Xy>,
    lowness: Noise,
}

impl Ground {
    pub(crate) fn new(seed: u64, extent: Extent) -> Self {
        let dice = &mut Dice::new(seed, "ground", 0);
        let Extent { limit, built, .. } = extent;
        let river = River::new(dice, built);
        let lake_at = river.frame(0.56 * built, 0.4 * built);
        let lake = Blob::new(dice, lake_at, 0.15 * built, 0.13)
            .stretched(river.angle() + dice.between(0.9, 1.7), 0.62);
        let mountain = river.frame(-0.62 * built, 1.06 * built);
        let hill = river.frame(-0.6 * built, dice.between(0.22, 0.32) * built);
        let hills = vec![
            Blob::new(dice, mountain, 0.42 * built, 0.14).stretched(river.angle() + 0.3, 0.55),
            Blob::new(dice, hill, 0.115 * built, 0.15).stretched(dice.between(0.0, 3.0), 0.75),
        ];
        let mut built_up = vec![Blob::new(dice, xy(0.0, 0.0), built, 0.07)];
        for (u, v) in [(-1.1, -0.62), (1.08, 0.62), (0.35, -1.2)] {
            let at = river.frame(u * built, v * built);
            let at = at + direction(dice.between(0.0, TAU)) * (0.06 * built);
            let radius = dice.between(0.2, 0.27) * built;
            built_up.push(Blob::new(dice, at, radius, 0.12));
        }
        let rail = rail(dice, &river, extent);
        let canal = canal(dice, &river, &lake);
        Self {
            extent,
            rail,
            canal,
            limit: Blob::new(dice, xy(0.0, 0.0), limit, 0.05),
            tilt: dice.between(-0.12, 0.12),
            lowness: Noise::new(dice, 0.22 * built),
            river,
            lake,
            hills,
            built: built_up,
        }
    }

    /// Below 1 on built-up land, 1 on its edge, more outside; the city's middle is 0.
    pub(crate) fn urban(&self, p: Xy) -> f64 {
        self.built
            .iter()
            .enumerate()
            // A town at the fringe is no second city centre.
            .map(|(n, blob)| {
                if n == 0 {
                    blob.reach(p)
                } else {
                    blob.reach(p).max(0.75)
                }
            })
            .fold(f64::MAX, f64::min)
    }

    /// Whether a position is in the river or the lake.
    pub(crate) fn is_water(&self, p: Xy) -> bool {
        self.in_river(p) || self.lake.contains(p)
    }

    /// Whether a position is in the river, not on its island.
    pub(crate) fn in_river(&self, p: Xy) -> bool {
        self.river.bank_distance(p) < 0.0 && !self.river.on_island(p)
    }

    /// Whether streets can be laid here: no water within `margin` metres, no hill.
    pub(crate) fn is_open(&self, p: Xy, margin: f64) -> bool {
        self.river.bank_distance(p) > margin
            && self.lake.clear_of(p, margin)
            && self.hills.iter().all(|hill| hill.clear_of(p, margin))
    }

    /// How low the ground lies, 0 (high) to 1: low near the river and in hollows.
    pub(crate) fn lowness(&self, p: Xy) -> f64 {
        let near = 1.0 - (self.river.bank_distance(p) / (0.5 * self.extent.built)).clamp(0.0, 1.0);
        (0.5 * near + 0.5 * (0.5 + 0.5 * self.lowness.at(p))).clamp(0.0, 1.0)
    }

    /// The middle of the industrial quarter.
    pub(crate) fn works(&self) -> Xy {
        let built = self.extent.built;
        self.river.frame(0.72 * built, -0.52 * built)
    }

    /// Nearness to a place as a share: 1 there, 0 from `far` on.
    pub(crate) fn near(p: Xy, place: Xy, far: f64) -> f64 {
        (1.0 - distance(p, place) / far).max(0.0)
    }
}

fn rail(dice: &mut Dice, river: &River, extent: Extent) -> Vec<Xy> {
    let built = extent.built;
    let (long, from) = (dice.between(2.2, 3.2) * built, dice.between(0.0, TAU));
    let reach = 1.25 * extent.limit;
    let count = (2.0 * reach / 40.0) as usize;
    (0..=count)
        .map(|n| {
            let u = -reach + 2.0 * reach * n as f64 / count as f64;
            let bend = 0.04 * built * libm::sin(TAU * u / long + from);
            // Beyond the city it bears away from the river.
            let away = (u.abs() / built - 0.9).max(0.0);
            river.frame(u, 0.7 * built + bend + 0.09 * built * away * away)
        })
        .collect()
}

fn canal(dice: &mut Dice, river: &River, lake: &Blob) -> Vec<Xy> {
    let (u, _) = river.place(lake.middle);
    let mouth = river.beside(u - dice.between(0.9, 1.5) * lake.radius, 0.0);
    let way = mouth - lake.middle;
    let count = 40;
    let (high, from) = (dice.between(0.03, 0.05), dice.between(0.0, TAU));
    (0..=count)
        .map(|n| {
            let t = f64::from(n) / f64::from(count);
            let ends = t * (1.0 - t) * 4.0;
            let off = high * ends * libm::sin(TAU * 1.5 * t + from);
            lake.middle + way * t + left(way) * off
        })
        .filter(|p| !lake.contains(*p))
        .collect()
}
