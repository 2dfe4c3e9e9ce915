//! The streets of the city, from the ring roads down to the lanes.

use std::collections::BTreeSet;

use geo::{LineString, Simplify as _};

use super::blob::Blob;
use super::field::Field;
use super::graph::{Net, Strand};
use super::grid::Grid;
use super::ground::Ground;
use super::plane::{Xy, distance, length, xy};
use super::trace::{Level, trace};
use crate::sample::dice::Dice;

/// What sort of street.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum RoadKind {
    /// The outer ring (绕城快速路).
    OuterRing,
    /// The inner ring (内环路).
    InnerRing,
    /// Beside the river (滨江路): the left bank and the right.
    Riverside,
    /// Around the lake (环湖路).
    Lakeside,
    /// A main road.
    Main,
    /// A road between main roads.
    Middle,
    /// A street between blocks.
    Small,
}

/// A street as drawn: one name for all of its parts.
#[derive(Debug, Clone)]
pub(crate) struct Road {
    pub(crate) kind: RoadKind,
    pub(crate) parts: Vec<Vec<Xy>>,
}

impl Road {
    /// Length of all parts, metres.
    pub(crate) fn length(&self) -> f64 {
        self.parts.iter().map(|part| length(part)).sum()
    }
}

/// All streets, with the lines by which the land is divided.
pub(crate) struct Roads {
    pub(crate) roads: Vec<Road>,
    /// The net of streets, edges numbered by road.
    pub(crate) net: Net,
    /// Main and middle roads before bridges were left out: along them areas are divided.
    pub(crate) dividing: Vec<Vec<Xy>>,
}

/// The number of the railway in the net, and of the canal: not streets, but
/// blocks end there.
pub(crate) const RAIL: u32 = u32::MAX;
pub(crate) const CANAL: u32 = u32::MAX - 1;

/// How far lines may be moved to spare positions, metres.
const SIMPLER: f64 = 0.7;
/// Bridges stand at least this far apart, as a share of the built-up radius.
const BRIDGES: f64 = 0.15;

struct Drawn {
    kind: RoadKind,
    line: Vec<Xy>,
}

impl Roads {
    pub(crate) fn new(seed: u64, ground: &Ground) -> Roads {
        let mut drawn = planned(seed, ground);
        let mut grid = Grid::new(ground.extent.limit * 1.5);
        for road in &drawn {
            grid.add(&finely(&road.line));
        }
        let field = Field::new(seed, ground);
        let dice = &mut Dice::new(seed, "streets", 0);
        let dry = |p: Xy| ground.lake.clear_of(p, 40.0) && hills_clear(ground, p, 30.0);
        // Larger cities have wider roads farther apart.
        let scale = libm::pow(ground.extent.built / 4000.0, 0.3);
        let main = |p: Xy| {
            let far = ground.urban(p);
            let inside = ground.limit.reach(p) < 1.04 && dry(p);
            let room = if far < 1.02 {
                740.0 + 320.0 * far
            } else {
                2300.0
            };
            inside.then_some(room * scale)
        };
        let middle = |p: Xy| {
            let open = ground.is_open(p, 45.0) && ground.urban(p) < 1.03;
            open.then(|| (360.0 + 130.0 * ground.urban(p)) * scale)
        };
        let small = |p: Xy| {
            let far = ground.urban(p);
            let works = Ground::near(p, ground.works(), 0.3 * ground.extent.built);
            let open = ground.is_open(p, 60.0) && far < 0.99 && works < 0.3;
            open.then_some(150.0 + 90.0 * far)
        };
        let levels: [(RoadKind, Level<'_>); 3] = [
            (
                RoadKind::Main,
                Level {
                    spacing: &main,
                    least: 900.0,
                    tries: 12.0,
                },
            ),
            (
                RoadKind::Middle,
                Level {
                    spacing: &middle,
                    least: 330.0,
                    tries: 8.0,
                },
            ),
            (
                RoadKind::Small,
                Level {
                    spacing: &small,
                    least: 130.0,
                    tries: 6.0,
                },
            ),
        ];
        for (kind, level) in levels {
            let lines = trace(ground, &field, &mut grid, &level, dice);
            drawn.extend(lines.into_iter().map(|line| Drawn { kind, line }));
        }
        for road in &mut drawn {
            road.line = LineString(std::mem::take(&mut road.line))
                .simplify(SIMPLER)
                .0;
        }
        let dividing = drawn
            .iter()
            .filter(|road| road.kind <= RoadKind::Middle)
            .map(|road| road.line.clone())
            .collect();
        let mut strands = bridged(ground, &drawn);
        for (road, line) in [(RAIL, &ground.rail), (CANAL, &ground.canal)] {
            strands.push(Strand {
                road,
                line: line.clone(),
            });
        }
        let mut net = Net::new(&strands);
        net.prune(|p| ground.limit.reach(p) > 1.0);
        net.keep_largest();
        let kinds = drawn.iter().map(|road| road.kind);
        Roads {
            roads: rebuilt(&net, kinds),
            net,
            dividing,
        }
    }
}

impl Roads {
    /// Where streets meet: the place, and the streets by number.
    pub(crate) fn meetings(&self) -> impl Iterator<Item = (Xy, Vec<u32>)> {
        let touching = self.net.touching();
        touching
            .into_iter()
            .enumerate()
            .filter_map(|(node, edges)| {
                let roads = edges.into_iter().map(|edge| self.net.edges[edge].road);
                let here: BTreeSet<u32> = roads.filter(|road| *road < CANAL).collect();
                (here.len() > 1).then(|| (self.net.nodes[node], here.into_iter().collect()))
            })
    }
}

/// The same line with a position at least every 30 metres, as the grid wants.
fn finely(line: &[Xy]) -> Vec<Xy> {
    let mut fine = Vec::new();
    for w in line.windows(2) {
        let steps = (distance(w[0], w[1]) / 30.0).ceil().max(1.0) as usize;
        fine.extend((0..steps).map(|n| w[0] + (w[1] - w[0]) * (n as f64 / steps as f64)));
    }
    fine.extend(line.last().copied());
    fine
}

fn hills_clear(ground: &Ground, p: Xy, margin: f64) -> bool {
    ground.hills.iter().all(|hill| hill.clear_of(p, margin))
}

/// Streets that somebody planned before the rest grew.
fn planned(seed: u64, ground: &Ground) -> Vec<Drawn> {
    let dice = &mut Dice::new(seed, "planned streets", 0);
    let built = ground.extent.built;
    let mut drawn = Vec::new();
    for (kind, radius) in [(RoadKind::OuterRing, 0.97), (RoadKind::InnerRing, 0.4)] {
        let ring = Blob::new(dice, xy(0.0, 0.0), radius * built, 0.035)
            .stretched(ground.tilt, 0.9)
            .squared(3.2);
        drawn.push(Drawn {
            kind,
            line: ring.ring(0.92, 40.0),
        });
    }
    let reach = 1.02 * built;
    for side in [70.0, -70.0] {
        drawn.push(Drawn {
            kind: RoadKind::Riverside,
            line: ground.river.line(-reach, reach, side),
        });
    }
    drawn.push(Drawn {
        kind: RoadKind::Lakeside,
        line: {
            let far = 1.0 + 110.0 / ground.lake.radius;
            ground.lake.ring(far, 40.0)
        },
    });
    drawn
}

/// Takes main roads across the river only where a bridge stands.
fn bridged(ground: &Ground, drawn: &[Drawn]) -> Vec<Strand> {
    let mut bridges: Vec<f64> = Vec::new();
    let mut strands = Vec::new();
    for (road, Drawn { kind, line }) in drawn.iter().enumerate() {
        let mut part: Vec<Xy> = Vec::new();
        let mut parts: Vec<Vec<Xy>> = Vec::new();
        let line = finely(line);
        // Lanes do not cross the railway.
        let barred = |p: Xy| {
            ground.in_river(p) || *kind == RoadKind::Small && near_line(&ground.rail, p, 32.0)
        };
        let mut at = 0;
        while at < line.len() {
            if !barred(line[at]) {
                part.push(line[at]);
                at += 1;
                continue;
            }
            let wet = line[at..].iter().take_while(|p| barred(**p)).count();
            let (from, to) = (line[at], line[(at + wet).min(line.len() - 1)]);
            let u = ground.river.place((from + to) / 2.0).0;
            let planned = *kind <= RoadKind::InnerRing;
            // To the island and on from it is one bridge.
            let free = bridges
                .iter()
                .all(|b| (b - u).abs() > BRIDGES * ground.extent.built || (b - u).abs() < 60.0);
            if at + wet < line.len() && *kind < RoadKind::Small && (planned || free) {
                bridges.push(u);
                part.extend(&line[at..at + wet]);
            } else if !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            at += wet;
        }
        parts.push(part);
        strands.extend(
            parts
                .into_iter()
                .filter(|p| p.len() > 1)
                .map(|part| Strand {
                    road: road as u32,
                    line: LineString(part).simplify(SIMPLER).0,
                }),
        );
    }
    strands
}

/// Whether a position is within `far` metres of one of a line's positions.
fn near_line(line: &[Xy], p: Xy, far: f64) -> bool {
    line.iter().any(|q| distance(*q, p) < far)
}

/// Streets again from what is left of them in the net.
fn rebuilt(net: &Net, kinds: impl Iterator<Item = RoadKind>) -> Vec<Road> {
    let mut roads: Vec<Road> = kinds
        .map(|kind| Road {
            kind,
            parts: Vec::new(),
        })
        .collect();
    // Edges of a road stand in the net in the order of its line.
    for edge in net.edges.iter().filter(|edge| edge.road < CANAL) {
        let (from, to) = (net.nodes[edge.from], net.nodes[edge.to]);
        let parts = &mut roads[edge.road as usize].parts;
        match parts.last_mut() {
            Some(part) if part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    roads
}
