//! Buildings on their blocks, each sort of block with its own.

use geo::{
    Area as _, BoundingRect as _, Buffer as _, LineString, MinimumRotatedRect as _, Polygon,
};

use super::blocks::{Block, Use};
use super::plane::{Xy, direction, distance, dot, left, normed, xy};
use crate::sample::dice::Dice;

/// From the middle of a street to the first wall, metres.
const SETBACK: f64 = 13.0;

/// The buildings of a block; those with numbers come in their order.
pub(crate) fn buildings(block: &Block, dice: &mut Dice) -> Vec<Polygon<f64>> {
    let yard = block.shape.buffer(-SETBACK);
    let Some(yard) = yard
        .0
        .into_iter()
        .max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))
    else {
        return Vec::new();
    };
    match block.used {
        Use::Rows => rows(
            &yard,
            dice,
            &Pattern {
                long: (34.0, 58.0),
                deep: 12.5,
                side: 13.0,
                back: 19.0,
            },
        ),
        Use::Towers => rows(
            &yard,
            dice,
            &Pattern {
                long: (24.0, 31.0),
                deep: 19.0,
                side: 30.0,
                back: 36.0,
            },
        ),
        Use::School => rows(
            &yard,
            dice,
            &Pattern {
                long: (44.0, 66.0),
                deep: 15.0,
                side: 24.0,
                back: 42.0,
            },
        ),
        Use::Hospital => rows(
            &yard,
            dice,
            &Pattern {
                long: (40.0, 70.0),
                deep: 24.0,
                side: 18.0,
                back: 26.0,
            },
        ),
        Use::Civic => rows(
            &yard,
            dice,
            &Pattern {
                long: (50.0, 80.0),
                deep: 20.0,
                side: 26.0,
                back: 40.0,
            },
        ),
        Use::Market => rows(
            &yard,
            dice,
            &Pattern {
                long: (60.0, 90.0),
                deep: 30.0,
                side: 12.0,
                back: 12.0,
            },
        ),
        Use::Commerce => parcels(&yard, dice, 3_200.0, 4.0),
        Use::OldTown => parcels(&yard, dice, 420.0, 1.6),
        Use::Works => parcels(&yard, dice, 11_000.0, 11.0),
        Use::Site => parcels(&yard, dice, 9_000.0, 16.0),
        Use::Park => Vec::new(),
    }
}

/// Buildings in rows that face south as nearly as the streets allow.
struct Pattern {
    /// Length of a building, from and to.
    long: (f64, f64),
    /// Its depth.
    deep: f64,
    /// Between two in a row.
    side: f64,
    /// Between two rows.
    back: f64,
}

fn rows(yard: &Polygon<f64>, dice: &mut Dice, pattern: &Pattern) -> Vec<Polygon<f64>> {
    let Some(east) = facing(yard) else {
        return Vec::new();
    };
    let north = left(east);
    let origin = yard.exterior().0[0];
    let span = |axis: Xy| {
        let at = yard.exterior().0.iter().map(|p| dot(*p - origin, axis));
        at.fold((f64::MAX, f64::MIN), |(low, high), v| {
            (low.min(v), high.max(v))
        })
    };
    let ((west_end, east_end), (south_end, north_end)) = (span(east), span(north));
    let mut found = Vec::new();
    let mut row = north_end - pattern.deep;
    while row > south_end {
        let mut at = west_end + dice.between(0.0, 6.0);
        while at < east_end {
            let long = dice.between(pattern.long.0, pattern.long.1);
            let corner = origin + east * at + north * row;
            let house = rectangle(corner, east * long, north * pattern.deep);
            if holds(yard, &house) {
                found.push(house);
                at += long + pattern.side;
            } else {
                at += 7.0;
            }
        }
        row -= pattern.deep + pattern.back;
    }
    found
}

/// Whether a house stands in the yard: its corners and the middles of its walls do.
fn holds(yard: &Polygon<f64>, house: &Polygon<f64>) -> bool {
    let walls = house.exterior().0.windows(2);
    walls
        .flat_map(|w| [w[0], (w[0] + w[1]) / 2.0])
        .all(|p| surrounds(&yard.exterior().0, p))
}

/// Whether a ring goes around a position (counting how often it is crossed).
fn surrounds(ring: &[Xy], p: Xy) -> bool {
    let mut inside = false;
    for w in ring.windows(2) {
        let (a, b) = (w[0], w[1]);
        if (a.y > p.y) != (b.y > p.y) && p.x < a.x + (b.x - a.x) * (p.y - a.y) / (b.y - a.y) {
            inside = !inside;
        }
    }
    inside
}

/// The direction nearest to east along which the yard is laid out.
fn facing(yard: &Polygon<f64>) -> Option<Xy> {
    let sides = yard
        .exterior()
        .0
        .windows(2)
        .map(|w| (w[1] - w[0], distance(w[0], w[1])));
    let longest = sides.max_by(|a, b| a.1.total_cmp(&b.1))?.0;
    let way = normed(longest)?;
    let turned = [way, left(way), way * -1.0, left(way) * -1.0];
    turned.into_iter().max_by(|a, b| a.x.total_cmp(&b.x))
}

fn rectangle(corner: Xy, long: Xy, deep: Xy) -> Polygon<f64> {
    let ring = vec![
        corner,
        corner + long,
        corner + long + deep,
        corner + deep,
        corner,
    ];
    Polygon::new(LineString(ring), Vec::new())
}

/// The yard cut across again and again until no parcel is larger than `most`
/// square metres; on each a building, `gap` metres from the parcel's edge.
fn parcels(yard: &Polygon<f64>, dice: &mut Dice, most: f64, gap: f64) -> Vec<Polygon<f64>> {
    let mut waiting = vec![yard.clone()];
    let mut found = Vec::new();
    while let Some(parcel) = waiting.pop() {
        let area = parcel.unsigned_area();
        if area > most * dice.between(0.75, 1.5)
            && let Some((a, b)) = halved(&parcel, dice.between(0.4, 0.6))
        {
            waiting.extend([b, a]);
            continue;
        }
        let house = parcel
            .buffer(-gap)
            .0
            .into_iter()
            .max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()));
        // A corner here and there is left free.
        found.extend(
            house.filter(|h| h.unsigned_area() > 0.22 * most.min(900.0) && !dice.chance(0.06)),
        );
    }
    found
}

/// A shape cut across its longer side.
fn halved(shape: &Polygon<f64>, share: f64) -> Option<(Polygon<f64>, Polygon<f64>)> {
    let frame = shape.minimum_rotated_rect()?;
    let c = &frame.exterior().0;
    let (a, b) = (c[1] - c[0], c[2] - c[1]);
    let long = if dot(a, a) > dot(b, b) { a } else { b };
    let origin = c[0]
        + if dot(a, a) > dot(b, b) {
            long * share
        } else {
            a + long * share
        };
    let way = normed(long)?;
    let one = half_plane(shape, origin, way)?;
    let other = half_plane(shape, origin, way * -1.0)?;
    Some((one, other))
}

/// What of a shape lies behind a line through `origin` (Sutherland and Hodgman).
fn half_plane(shape: &Polygon<f64>, origin: Xy, way: Xy) -> Option<Polygon<f64>> {
    let side = |p: Xy| dot(p - origin, way);
    let mut ring = Vec::new();
    for w in shape.exterior().0.windows(2) {
        let (s, t) = (side(w[0]), side(w[1]));
        if s <= 0.0 {
            ring.push(w[0]);
        }
        if (s < 0.0) != (t < 0.0) && s != t {
            ring.push(w[0] + (w[1] - w[0]) * (s / (s - t)));
        }
    }
    (ring.len() > 2).then(|| Polygon::new(LineString(ring), Vec::new()))
}

/// The middle of a building's box.
pub(crate) fn middle(house: &Polygon<f64>) -> Xy {
    house.bounding_rect().map_or(xy(0.0, 0.0), |b| b.center())
}

/// A sports ground of a school: its size is given.
pub(crate) fn pitch(at: Xy, turn: f64) -> Polygon<f64> {
    let (east, north) = (direction(turn), left(direction(turn)));
    rectangle(at - east * 46.0 - north * 30.0, east * 92.0, north * 60.0)
}
