//! How long a border two pieces of ground share.

use std::collections::BTreeMap;

use geo::{Coord, Line, LinesIter as _};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree, RTreeObject as _};

use super::atoms::Atom;

/// Borders that lie closer than this are one, degrees (some millimetres).
const CLOSE: f64 = 3e-8;
/// A border shorter than this is a corner, metres.
const LEAST_METRES: f64 = 0.1;
/// Metres of a degree of latitude (mean; WGS 84 has 110,574 to 111,694).
const METRES: f64 = 111_195.0;

/// One edge of an atom, with the atom's number.
type Edge = GeomWithData<Rectangle<[f64; 2]>, (usize, Line<f64>)>;

/// The metres of border that each two neighbouring atoms share, by their numbers,
/// the lower first. Touching at a corner is no border.
pub(super) fn borders(atoms: &[Atom]) -> BTreeMap<(usize, usize), f64> {
    let edges: Vec<Edge> = atoms
        .iter()
        .enumerate()
        .flat_map(|(n, atom)| atom.shape.lines_iter().map(move |line| (n, line)))
        .filter(|(_, line)| line.start != line.end)
        .map(|(n, line)| {
            let corners = Rectangle::from_corners(line.start.into(), line.end.into());
            GeomWithData::new(corners, (n, line))
        })
        .collect();
    let tree = RTree::bulk_load(edges);
    let mut shared: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for edge in tree.iter() {
        let (atom, line) = edge.data;
        let around: AABB<[f64; 2]> = edge.envelope();
        let (low, high) = (around.lower(), around.upper());
        let around = AABB::from_corners(
            [low[0] - CLOSE, low[1] - CLOSE],
            [high[0] + CLOSE, high[1] + CLOSE],
        );
        for other in tree.locate_in_envelope_intersecting(&around) {
            let (neighbour, with) = other.data;
            if neighbour > atom {
                let metres = together(line, with);
                if metres > 0.0 {
                    *shared.entry((atom, neighbour)).or_insert(0.0) += metres;
                }
            }
        }
    }
    // What meets at a corner may run together for a hair's breadth.
    shared.retain(|_, metres| *metres >= LEAST_METRES);
    shared
}

/// Metres along which two edges run together.
fn together(a: Line<f64>, b: Line<f64>) -> f64 {
    // Degrees of longitude as long as those of latitude.
    let narrow = a.start.y.to_radians().cos();
    let flat = |at: Coord<f64>| Coord {
        x: at.x * narrow,
        y: at.y,
    };
    let (start, end) = (flat(a.start), flat(a.end));
    let along = end - start;
    let square = along.x * along.x + along.y * along.y;
    let place = |at: Coord<f64>| {
        let from = at - start;
        (from.x * along.x + from.y * along.y) / square
    };
    let (p, q) = (flat(b.start), flat(b.end));
    let (mut first, mut last) = ((place(p), p), (place(q), q));
    if first.0 > last.0 {
        std::mem::swap(&mut first, &mut last);
    }
    let (low, high) = (first.0.max(0.0), last.0.min(1.0));
    if high <= low {
        return 0.0;
    }
    let span = last.0 - first.0;
    let on_b = |t: f64| {
        let part = (t - first.0) / span;
        Coord {
            x: first.1.x + (last.1.x - first.1.x) * part,
            y: first.1.y + (last.1.y - first.1.y) * part,
        }
    };
    let apart = |t: f64| {
        let on_a = Coord {
            x: start.x + along.x * t,
            y: start.y + along.y * t,
        };
        let gap = on_b(t) - on_a;
        gap.x.hypot(gap.y)
    };
    if apart(low) > CLOSE || apart(high) > CLOSE {
        return 0.0;
    }
    (high - low) * square.sqrt() * METRES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: (f64, f64), to: (f64, f64)) -> Line<f64> {
        Line::new(Coord::from(from), Coord::from(to))
    }

    #[test]
    fn edges_run_together_where_they_lie_on_each_other() {
        let a = line((0.0, 0.0), (0.01, 0.0));
        let metres = |b| (together(a, b) / METRES * 1000.0).round() as i64;
        assert_eq!(metres(line((0.0, 0.0), (0.01, 0.0))), 10);
        assert_eq!(metres(line((0.01, 0.0), (0.0, 0.0))), 10, "either way");
        assert_eq!(metres(line((0.004, 0.0), (0.02, 0.0))), 6, "in part");
        assert_eq!(metres(line((0.01, 0.0), (0.02, 0.0))), 0, "end to end");
        assert_eq!(metres(line((0.0, 0.001), (0.01, 0.001))), 0, "beside");
        assert_eq!(metres(line((0.005, -0.01), (0.005, 0.01))), 0, "across");
    }
}
