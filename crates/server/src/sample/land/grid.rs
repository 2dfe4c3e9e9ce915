//! Pieces of streets by where they are, to ask what is near.

use super::plane::{Xy, distance, dot, normed};

/// Side of a cell, metres; no piece may be longer.
const CELL: f64 = 150.0;

/// A short piece of a street.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) from: Xy,
    pub(crate) to: Xy,
    way: Xy,
}

/// Pieces in square cells, each in the cell of its middle.
pub(crate) struct Grid {
    side: i32,
    cells: Vec<Vec<Piece>>,
}

impl Grid {
    /// A grid for everything within `reach` metres of the middle, eastward and
    /// northward.
    pub(crate) fn new(reach: f64) -> Self {
        let side = (2.0 * reach / CELL).ceil() as i32 + 2;
        Self {
            side,
            cells: vec![Vec::new(); (side * side) as usize],
        }
    }

    fn column(&self, v: f64) -> i32 {
        ((v / CELL).floor() as i32 + self.side / 2).clamp(0, self.side - 1)
    }

    /// Adds the pieces of a line.
    pub(crate) fn add(&mut self, line: &[Xy]) {
        for w in line.windows(2) {
            let Some(way) = normed(w[1] - w[0]) else {
                continue;
            };
            let middle = (w[0] + w[1]) / 2.0;
            let cell = self.column(middle.y) * self.side + self.column(middle.x);
            self.cells[cell as usize].push(Piece {
                from: w[0],
                to: w[1],
                way,
            });
        }
    }

    fn near(&self, p: Xy, far: f64) -> impl Iterator<Item = &Piece> {
        let (west, east) = (self.column(p.x - far), self.column(p.x + far));
        let (south, north) = (self.column(p.y - far), self.column(p.y + far));
        (south..=north)
            .flat_map(move |row| (west..=east).map(move |column| row * self.side + column))
            .flat_map(|cell| &self.cells[cell as usize])
    }

    /// Whether a street that runs about the same way lies within `far` metres.
    pub(crate) fn runs_beside(&self, p: Xy, way: Xy, far: f64) -> bool {
        self.near(p, far).any(|piece| {
            dot(piece.way, way).abs() > 0.72 && distance((piece.from + piece.to) / 2.0, p) < far
        })
    }

    /// Where the straight line from `from` to `to` first meets a street.
    pub(crate) fn first_hit(&self, from: Xy, to: Xy) -> Option<Xy> {
        let middle = (from + to) / 2.0;
        let far = distance(from, to) / 2.0 + CELL;
        self.near(middle, far)
            .filter_map(|piece| crossing(from, to, piece.from, piece.to))
            .filter(|t| *t > 1e-3)
            .min_by(f64::total_cmp)
            .map(|t| from + (to - from) * t)
    }
}

/// Where the line a–b crosses c–d, as a share of a–b; none where it does not.
pub(crate) fn crossing(a: Xy, b: Xy, c: Xy, d: Xy) -> Option<f64> {
    let (r, s, q) = (b - a, d - c, c - a);
    let cross = |u: Xy, v: Xy| u.x * v.y - u.y * v.x;
    let across = cross(r, s);
    if across.abs() < 1e-9 {
        return None;
    }
    let (t, u) = (cross(q, s) / across, cross(q, r) / across);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then_some(t)
}
