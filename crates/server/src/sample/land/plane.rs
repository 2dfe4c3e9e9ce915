//! The flat ground on which the city is laid out: metres east and north of its
//! middle. Degrees come only at the end, each position rounded to 10⁻⁷ degree
//! (about a centimetre), so that what meets on the ground meets on the map.

use geo::{Coord, LineString, MultiPolygon, Polygon};

/// A position or a direction, metres east and north.
pub(crate) type Xy = Coord<f64>;

/// A position or a direction.
pub(crate) const fn xy(x: f64, y: f64) -> Xy {
    Coord { x, y }
}

/// The direction of an angle, radians anticlockwise from east.
pub(crate) fn direction(angle: f64) -> Xy {
    xy(libm::cos(angle), libm::sin(angle))
}

/// A direction turned a quarter to the left.
pub(crate) fn left(v: Xy) -> Xy {
    xy(-v.y, v.x)
}

/// The scalar product.
pub(crate) fn dot(a: Xy, b: Xy) -> f64 {
    a.x * b.x + a.y * b.y
}

/// The length of a vector.
pub(crate) fn norm(v: Xy) -> f64 {
    dot(v, v).sqrt()
}

/// The distance between two positions.
pub(crate) fn distance(a: Xy, b: Xy) -> f64 {
    norm(b - a)
}

/// The same direction, one metre long; none for no direction at all.
pub(crate) fn normed(v: Xy) -> Option<Xy> {
    let length = norm(v);
    (length > 1e-9).then(|| v / length)
}

/// The length of a line.
pub(crate) fn length(line: &[Xy]) -> f64 {
    line.windows(2).map(|w| distance(w[0], w[1])).sum()
}

/// The point this far along a line, and the direction of the line there.
pub(crate) fn along(line: &[Xy], at: f64) -> Option<(Xy, Xy)> {
    let mut left = at;
    let mut last = None;
    for w in line.windows(2) {
        let step = distance(w[0], w[1]);
        if step <= 0.0 {
            continue;
        }
        let way = (w[1] - w[0]) / step;
        if left <= step {
            return Some((w[0] + way * left, way));
        }
        left -= step;
        last = Some((w[1], way));
    }
    last
}

/// Where the city lies on Earth: open grassland, far from any settlement, in
/// China's one time zone. Nothing of what really lies there is shown.
const MIDDLE: Xy = xy(115.2, 43.2);
/// Length of a degree of latitude there, metres.
const DEGREE: f64 = 111_110.0;

/// Between the flat ground and the globe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    east: f64,
}

impl Plane {
    pub(crate) fn new() -> Self {
        Self {
            east: DEGREE * libm::cos(MIDDLE.y.to_radians()),
        }
    }

    /// A position in degrees, longitude first.
    pub(crate) fn degrees(self, at: Xy) -> Xy {
        let round = |v: f64| (v * 1e7).round() / 1e7;
        xy(
            round(MIDDLE.x + at.x / self.east),
            round(MIDDLE.y + at.y / DEGREE),
        )
    }

    pub(crate) fn line(self, line: &[Xy]) -> LineString<f64> {
        let mut line: Vec<Xy> = line.iter().map(|at| self.degrees(*at)).collect();
        line.dedup();
        LineString(line)
    }

    pub(crate) fn polygon(self, polygon: &Polygon<f64>) -> Polygon<f64> {
        let holes = polygon.interiors().iter().map(|ring| self.line(&ring.0));
        Polygon::new(self.line(&polygon.exterior().0), holes.collect())
    }

    pub(crate) fn polygons(self, polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        MultiPolygon(polygons.iter().map(|p| self.polygon(p)).collect())
    }
}
