//! Blocks between streets, and what each is used for.

use geo::{Area as _, Contains as _, InteriorPoint as _, LineString, Polygon};

use super::graph::{Faces, Net, twin};
use super::ground::Ground;
use super::plane::{Xy, distance};
use super::roads::{CANAL, RoadKind, Roads};
use crate::sample::dice::Dice;

/// What a block is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Use {
    /// Low houses around yards (老街坊).
    OldTown,
    /// Rows of slabs (小区).
    Rows,
    /// Towers (高层小区).
    Towers,
    /// Offices and shopping centres.
    Commerce,
    /// Offices of the city.
    Civic,
    School,
    Hospital,
    Market,
    Park,
    Works,
    /// A building site (工地).
    Site,
}

impl Use {
    /// Whether people live there.
    pub(crate) fn is_home(self) -> bool {
        matches!(self, Use::OldTown | Use::Rows | Use::Towers)
    }
}

/// A block between streets.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) shape: Polygon<f64>,
    pub(crate) used: Use,
    /// A point well inside.
    pub(crate) middle: Xy,
    /// The street of its gate, and a point of that street in front of it.
    pub(crate) road: u32,
    pub(crate) gate: Xy,
}

/// Smallest and largest face that is a block, square metres.
const SIZES: std::ops::Range<f64> = 2_600.0..260_000.0;

/// A use of which there are few, one for so many blocks and so far apart.
struct Rare {
    used: Use,
    one_for: usize,
    apart: f64,
    /// Allowed between these shares of the way out of the city.
    from: f64,
    to: f64,
}

const RARE: [Rare; 7] = [
    Rare {
        used: Use::Hospital,
        one_for: 130,
        apart: 1300.0,
        from: 0.1,
        to: 0.9,
    },
    Rare {
        used: Use::Civic,
        one_for: 160,
        apart: 900.0,
        from: 0.05,
        to: 0.8,
    },
    Rare {
        used: Use::Park,
        one_for: 26,
        apart: 750.0,
        from: 0.06,
        to: 1.0,
    },
    Rare {
        used: Use::School,
        one_for: 20,
        apart: 550.0,
        from: 0.1,
        to: 1.0,
    },
    Rare {
        used: Use::Market,
        one_for: 48,
        apart: 800.0,
        from: 0.1,
        to: 0.95,
    },
    Rare {
        used: Use::Site,
        one_for: 42,
        apart: 600.0,
        from: 0.2,
        to: 1.0,
    },
    Rare {
        used: Use::Commerce,
        one_for: 40,
        apart: 700.0,
        from: 0.3,
        to: 0.9,
    },
];

/// The blocks of a city.
pub(crate) fn blocks(seed: u64, ground: &Ground, roads: &Roads) -> Vec<Block> {
    let dice = &mut Dice::new(seed, "blocks", 0);
    let faces = roads.net.faces();
    let mut blocks: Vec<Block> = (0..faces.first.len())
        .filter(|face| SIZES.contains(&faces.area[*face]))
        .filter_map(|face| block(ground, roads, &faces, face))
        .collect();
    for block in &mut blocks {
        block.used = usual(ground, block.middle, dice);
    }
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    for rare in RARE {
        dice.shuffle(&mut order);
        let mut chosen: Vec<Xy> = Vec::new();
        let most = (blocks.len() / rare.one_for).max(2);
        for n in &order {
            let block = &mut blocks[*n];
            let far = ground.urban(block.middle);
            let area = block.shape.unsigned_area();
            let fits = (rare.from..rare.to).contains(&far)
                && block.used.is_home()
                && area > 9_000.0
                && chosen
                    .iter()
                    .all(|c| distance(*c, block.middle) > rare.apart);
            if fits && chosen.len() < most {
                block.used = rare.used;
                chosen.push(block.middle);
            }
        }
    }
    blocks
}

fn block(ground: &Ground, roads: &Roads, faces: &Faces, face: usize) -> Option<Block> {
    let net = &roads.net;
    let mut ring: Vec<Xy> = faces
        .around(face)
        .map(|half| net.nodes[net.from(half)])
        .collect();
    ring.push(ring[0]);
    let shape = Polygon::new(LineString(ring), Vec::new());
    let middle = shape.interior_point()?.0;
    let corners = || shape.exterior().0.iter();
    let dry = !ground.is_water(middle) && corners().all(|p| !ground.is_water(*p));
    let flat = ground.hills.iter().all(|hill| !hill.contains(middle));
    // Land between the river and the road beside it is left green.
    let inland = corners().any(|p| ground.river.bank_distance(*p) > 75.0);
    if ground.urban(middle) > 1.03 || !dry || !flat || !inland || is_thin(&shape) {
        return None;
    }
    let (road, gate) = gate(net, roads, faces, face)?;
    Some(Block {
        shape,
        used: Use::Rows,
        middle,
        road,
        gate,
    })
}

/// A sliver between two streets.
fn is_thin(shape: &Polygon<f64>) -> bool {
    let ring = &shape.exterior().0;
    let around = super::plane::length(ring);
    shape.unsigned_area() / (around * around) < 0.022
}

/// The gate: in the middle of the longest edge along a named street.
fn gate(net: &Net, roads: &Roads, faces: &Faces, face: usize) -> Option<(u32, Xy)> {
    let longest = faces
        .around(face)
        .filter(|half| net.edges[half / 2].road < CANAL)
        .filter(|half| roads.roads[net.edges[half / 2].road as usize].kind > RoadKind::OuterRing)
        .map(|half| {
            let (from, to) = (net.nodes[net.from(half)], net.nodes[net.from(twin(half))]);
            (
                net.edges[half / 2].road,
                (from + to) / 2.0,
                distance(from, to),
            )
        })
        .max_by(|a, b| a.2.total_cmp(&b.2))?;
    Some((longest.0, longest.1))
}

/// What a block at a place is usually used for.
fn usual(ground: &Ground, at: Xy, dice: &mut Dice) -> Use {
    let built = ground.extent.built;
    let works = Ground::near(at, ground.works(), 0.32 * built);
    if dice.chance(2.2 * works) {
        return Use::Works;
    }
    let far = ground.urban(at);
    let old = Ground::near(
        at,
        ground.river.frame(-0.1 * built, 0.12 * built),
        0.34 * built,
    );
    let (old_town, rows, towers, commerce) = match far {
        f if f < 0.13 => (0.05, 0.15, 0.1, 0.7),
        f if f < 0.4 => (0.75 * old, 0.45, 0.2, 0.17),
        f if f < 0.7 => (0.0, 0.68, 0.26, 0.06),
        _ => (0.0, 0.4, 0.58, 0.02),
    };
    [Use::OldTown, Use::Rows, Use::Towers, Use::Commerce]
        [dice.weighted(&[old_town, rows, towers, commerce])]
}

impl Block {
    /// Whether a position lies in it.
    pub(crate) fn contains(&self, p: Xy) -> bool {
        self.shape.contains(&geo::Point(p))
    }
}
