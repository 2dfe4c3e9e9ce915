//! Drawing streets: each follows the field of directions until it comes too
//! close to one that runs the same way, or to water, or to a hill.

use super::field::{Family, Field};
use super::grid::Grid;
use super::ground::Ground;
use super::plane::{Xy, direction, distance, dot, length, normed};
use crate::sample::dice::Dice;

/// Metres between two positions of a street.
const STEP: f64 = 25.0;

/// One set of streets to draw.
pub(crate) struct Level<'a> {
    /// Metres to the next street that runs the same way; none where there is to be no street.
    pub(crate) spacing: &'a dyn Fn(Xy) -> Option<f64>,
    /// The shortest street worth drawing, metres.
    pub(crate) least: f64,
    /// How many places to try, as a multiple of the streets there is room for.
    pub(crate) tries: f64,
}

/// Draws the streets of one level between those that are there.
pub(crate) fn trace(
    ground: &Ground,
    field: &Field,
    grid: &mut Grid,
    level: &Level<'_>,
    dice: &mut Dice,
) -> Vec<Vec<Xy>> {
    let tracer = Tracer {
        ground,
        field,
        level,
    };
    let mut streets = Vec::new();
    for start in tracer.starts(dice) {
        for family in [Family::Along, Family::Across] {
            let way = field.way(ground, start, family);
            let Some(room) = (level.spacing)(start) else {
                continue;
            };
            if grid.runs_beside(start, way, room * 0.94) {
                continue;
            }
            let street = tracer.street(grid, start, family);
            if length(&street) >= level.least {
                grid.add(&street);
                streets.push(street);
            }
        }
    }
    streets
}

struct Tracer<'a> {
    ground: &'a Ground,
    field: &'a Field,
    level: &'a Level<'a>,
}

impl Tracer<'_> {
    /// Places to begin at, nearest to the middle of the city first: what is
    /// drawn first is straightest.
    fn starts(&self, dice: &mut Dice) -> Vec<Xy> {
        let reach = self.ground.extent.limit * 1.1;
        let mut starts = Vec::new();
        let mut room = 0.0;
        // Each place stands for the ground around it, a hundredth of a square kilometre.
        let count = (2.0 * reach) * (2.0 * reach) / 1e4;
        for _ in 0..count as usize {
            let p = direction(0.0) * dice.between(-reach, reach)
                + super::plane::left(direction(0.0)) * dice.between(-reach, reach);
            let Some(spacing) = (self.level.spacing)(p) else {
                continue;
            };
            room += self.level.tries * 1e4 / (spacing * spacing);
            while room >= 1.0 {
                room -= 1.0;
                let off = direction(dice.between(0.0, std::f64::consts::TAU));
                starts.push(p + off * dice.between(0.0, 60.0));
            }
        }
        starts.sort_by(|a, b| distance(*a, Xy::default()).total_cmp(&distance(*b, Xy::default())));
        starts
    }

    /// The street through a place, both ways from it.
    fn street(&self, grid: &Grid, start: Xy, family: Family) -> Vec<Xy> {
        let way = self.field.way(self.ground, start, family);
        let mut back = self.half(grid, start, way * -1.0, family);
        back.reverse();
        back.push(start);
        back.extend(self.half(grid, start, way, family));
        back
    }

    fn half(&self, grid: &Grid, start: Xy, way: Xy, family: Family) -> Vec<Xy> {
        let mut line: Vec<Xy> = Vec::new();
        let (mut at, mut way) = (start, way);
        let most = 8.0 * self.ground.extent.limit / STEP;
        while (line.len() as f64) < most {
            let Some(next_way) = self.way_from(at, way, family) else {
                break;
            };
            let next = at + next_way * STEP;
            let open = (self.level.spacing)(next);
            let Some(room) = open.filter(|room| !grid.runs_beside(next, next_way, room * 0.62))
            else {
                let far = open.or((self.level.spacing)(at)).unwrap_or(0.0) * 0.9;
                line.extend(self.reach_out(grid, at, way, far));
                break;
            };
            // Come round to its own beginning.
            if line.len() as f64 * STEP > 3.0 * room && distance(next, start) < room * 0.6 {
                break;
            }
            line.push(next);
            (at, way) = (next, next_way);
        }
        line
    }

    /// The field's way in the middle of the next step, on rather than back.
    fn way_from(&self, at: Xy, way: Xy, family: Family) -> Option<Xy> {
        let on = |p: Xy| {
            let w = self.field.way(self.ground, p, family);
            if dot(w, way) < 0.0 { w * -1.0 } else { w }
        };
        let half = at + on(at) * (STEP / 2.0);
        let next = on(half);
        // A fold of the field is no street corner.
        (dot(next, way) > 0.8).then(|| normed(next)).flatten()
    }

    /// On to the next street straight ahead, if there is one and nothing in
    /// between; a metre beyond it, so that the two cross.
    fn reach_out(&self, grid: &Grid, at: Xy, way: Xy, far: f64) -> Vec<Xy> {
        let Some(hit) = grid.first_hit(at, at + way * far) else {
            return Vec::new();
        };
        let whole = distance(at, hit);
        let steps = (whole / STEP).ceil().max(1.0);
        let line: Vec<Xy> = (1..=steps as usize)
            .map(|n| at + (hit - at) * (n as f64 / steps))
            .collect();
        let dry = line.iter().all(|p| self.ground.is_open(*p, 8.0));
        if !dry {
            return Vec::new();
        }
        let mut line = line;
        line.push(hit + way * 1.0);
        line
    }
}
