//! The river: a winding line with banks, and an island where it widens.

use std::f64::consts::TAU;

use geo::{LineString, Polygon};

use super::plane::{Xy, direction, dot, left, norm};
use crate::sample::dice::Dice;

/// A river through the whole city.
#[derive(Debug, Clone)]
pub(crate) struct River {
    /// Downstream.
    axis: Xy,
    /// How far the course lies to the left of the city's middle.
    shift: f64,
    /// Bends: length, height, where they begin.
    bends: [(f64, f64, f64); 2],
    /// Half the usual width.
    half: f64,
    island: Island,
}

#[derive(Debug, Clone)]
struct Island {
    at: f64,
    /// Half its length.
    long: f64,
    /// Half its width.
    wide: f64,
}

impl River {
    /// A river for a city built up this far out.
    pub(crate) fn new(dice: &mut Dice, built: f64) -> Self {
        let half = 38.0 + built * 0.011;
        Self {
            axis: direction(dice.between(-0.45, -0.2)),
            shift: -0.3 * built,
            bends: [
                (
                    2.7 * built,
                    dice.between(0.2, 0.27) * built,
                    dice.between(0.0, TAU),
                ),
                (1.15 * built, 0.055 * built, dice.between(0.0, TAU)),
            ],
            half,
            island: Island {
                at: dice.between(-0.3, 0.05) * built,
                long: half * 7.0,
                wide: half * 1.25,
            },
        }
    }

    fn bend(&self, u: f64) -> f64 {
        self.bends
            .iter()
            .map(|(long, high, from)| high * libm::sin(TAU * u / long + from))
            .sum::<f64>()
            + self.shift
    }

    fn slope(&self, u: f64) -> f64 {
        self.bends
            .iter()
            .map(|(long, high, from)| high * TAU / long * libm::cos(TAU * u / long + from))
            .sum()
    }

    /// Half the width of what lies between the outer banks.
    fn half_width(&self, u: f64) -> f64 {
        let wave = 1.0 + 0.18 * libm::sin(u / (self.half * 17.0));
        let off = (u - self.island.at) / self.island.long;
        self.half * wave + 1.15 * self.island.wide * libm::exp(-off * off)
    }

    /// A position in the river's own terms: along its axis, and the distance
    /// from its middle line (negative on the right bank).
    pub(crate) fn place(&self, p: Xy) -> (f64, f64) {
        let u = dot(p, self.axis);
        let v = dot(p, left(self.axis)) - self.bend(u);
        let s = self.slope(u);
        (u, v / (1.0 + s * s).sqrt())
    }

    /// The point beside the middle line: `off` metres to the left of it.
    pub(crate) fn beside(&self, u: f64, off: f64) -> Xy {
        let s = self.slope(u);
        let way = (self.axis + left(self.axis) * s) / (1.0 + s * s).sqrt();
        self.axis * u + left(self.axis) * self.bend(u) + left(way) * off
    }

    /// The direction of the water near a position.
    pub(crate) fn way(&self, p: Xy) -> Xy {
        let s = self.slope(dot(p, self.axis));
        (self.axis + left(self.axis) * s) / (1.0 + s * s).sqrt()
    }

    /// Metres from the nearer bank; negative between the banks, the island included.
    pub(crate) fn bank_distance(&self, p: Xy) -> f64 {
        let (u, v) = self.place(p);
        v.abs() - self.half_width(u)
    }

    /// Whether a position is on the island.
    pub(crate) fn on_island(&self, p: Xy) -> bool {
        let (u, v) = self.place(p);
        v.abs() < self.island_half(u)
    }

    fn island_half(&self, u: f64) -> f64 {
        let off = (u - self.island.at) / self.island.long;
        self.island.wide * (1.0 - off * off)
    }

    /// A line beside the river, from one end to the other: `off` metres beyond
    /// the left bank, or beyond the right one if negative; 0 is the middle line.
    pub(crate) fn line(&self, from: f64, to: f64, off: f64) -> Vec<Xy> {
        let count = ((to - from) / 50.0).ceil().max(2.0) as usize;
        (0..=count)
            .map(|n| {
                let u = from + (to - from) * n as f64 / count as f64;
                let bank = if off == 0.0 { 0.0 } else { self.half_width(u) };
                self.beside(
                    u,
                    off + bank * off.signum() * f64::from(u8::from(off != 0.0)),
                )
            })
            .collect()
    }

    /// The water between two distances along the axis, the island left out.
    pub(crate) fn water(&self, from: f64, to: f64) -> Polygon<f64> {
        let bank = |side: f64| self.line(from, to, side * 0.01);
        let mut ring = bank(1.0);
        ring.extend(bank(-1.0).into_iter().rev());
        Polygon::new(LineString(ring), vec![LineString(self.island_ring(1.0))])
    }

    /// The island, `times` as large as it is.
    pub(crate) fn island_ring(&self, times: f64) -> Vec<Xy> {
        let Island { at, long, .. } = self.island;
        let shore = |side: f64| {
            (0..=24).map(move |n| {
                let u = at + long * times * (f64::from(n) / 12.0 - 1.0);
                let off = (u - at) / (long * times);
                (u, side * self.island.wide * times * (1.0 - off * off))
            })
        };
        let mut ring: Vec<Xy> = shore(1.0).map(|(u, v)| self.beside(u, v)).collect();
        ring.extend(shore(-1.0).rev().map(|(u, v)| self.beside(u, v)));
        ring.dedup_by(|a, b| norm(*a - *b) < 1.0);
        if let Some(first) = ring.first().copied() {
            ring.push(first);
        }
        ring
    }

    /// A position of the axis frame, `u` along and `v` to the left, for laying
    /// other things out against the river.
    pub(crate) fn frame(&self, u: f64, v: f64) -> Xy {
        self.axis * u + left(self.axis) * v
    }

    /// The angle of the axis, radians.
    pub(crate) fn angle(&self) -> f64 {
        libm::atan2(self.axis.y, self.axis.x)
    }
}
