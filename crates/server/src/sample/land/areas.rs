//! The land divided: faces between main roads, the river's middle and the city
//! limit are put together to streets (街道), streets to districts (区). Every
//! point within the limit lies in exactly one street and one district.

use geo::{LineString, MultiPolygon, Polygon};

use super::graph::{Faces, Half, Net, Strand, twin};
use super::ground::Ground;
use super::group::{Spot, group};
use super::plane::Xy;
use super::roads::Roads;
use crate::sample::dice::Dice;

/// A piece of the divided land.
#[derive(Debug, Clone)]
pub(crate) struct Territory {
    pub(crate) outline: MultiPolygon<f64>,
    /// Where most of its people live.
    pub(crate) middle: Xy,
    /// For a street, the district it lies in.
    pub(crate) parent: Option<usize>,
}

/// Streets and districts.
#[derive(Debug, Clone)]
pub(crate) struct Division {
    pub(crate) districts: Vec<Territory>,
    pub(crate) streets: Vec<Territory>,
}

impl Division {
    pub(crate) fn new(seed: u64, ground: &Ground, roads: &Roads) -> Division {
        let dice = &mut Dice::new(seed, "areas", 0);
        let net = dividing_net(ground, roads);
        let faces = net.faces();
        let inner: Vec<usize> = (0..faces.first.len())
            .filter(|f| faces.area[*f] > 0.0)
            .collect();
        let mut number = vec![None; faces.first.len()];
        for (n, face) in inner.iter().enumerate() {
            number[*face] = Some(n);
        }
        let spots: Vec<Spot> = inner
            .iter()
            .map(|face| spot(ground, &net, &faces, *face))
            .collect();
        let touching = neighbours(&net, &faces, &number, inner.len(), Some);
        let street_of = group(&spots, &touching, ground.extent.streets, dice);
        let by_street = merged(&spots, &street_of, ground.extent.streets);
        let touching = neighbours(&net, &faces, &number, by_street.len(), |n| {
            Some(street_of[n])
        });
        let district_of = group(&by_street, &touching, ground.extent.districts, dice);
        let by_district = merged(&by_street, &district_of, ground.extent.districts);
        let territory = |spots: &[Spot],
                         of: &dyn Fn(usize) -> usize,
                         parent: &dyn Fn(usize) -> Option<usize>| {
            (0..spots.len())
                .map(|own| Territory {
                    outline: outline(&net, &faces, |face| {
                        number[face].is_some_and(|n| of(n) == own)
                    }),
                    middle: spots[own].at,
                    parent: parent(own),
                })
                .collect()
        };
        Division {
            streets: territory(&by_street, &|n| street_of[n], &|s| Some(district_of[s])),
            districts: territory(&by_district, &|n| district_of[street_of[n]], &|_| None),
        }
    }
}

/// Roads, river and limit as one net without blind ends.
fn dividing_net(ground: &Ground, roads: &Roads) -> Net {
    let reach = 1.3 * ground.extent.limit;
    let mut strands = vec![
        Strand {
            road: 0,
            line: ground.limit.ring(1.0, 120.0),
        },
        Strand {
            road: 0,
            line: ground.river.line(-reach, reach, 0.0),
        },
    ];
    strands.extend(roads.dividing.iter().map(|line| Strand {
        road: 0,
        line: line.clone(),
    }));
    let mut net = Net::new(&strands);
    net.edges.retain(|edge| {
        let middle = (net.nodes[edge.from] + net.nodes[edge.to]) / 2.0;
        // The limit's own edges are chords: their middles lie a little inside.
        ground.limit.reach(middle) < 1.0005
    });
    net.prune(|_| false);
    net.keep_largest();
    net
}

fn spot(ground: &Ground, net: &Net, faces: &Faces, face: usize) -> Spot {
    let nodes: Vec<Xy> = faces
        .around(face)
        .map(|half| net.nodes[net.from(half)])
        .collect();
    let at = nodes.iter().fold(Xy::default(), |sum, p| sum + *p) / nodes.len() as f64;
    let urban = ground.urban(at);
    let dense = if urban < 1.0 {
        1.2 + 5.0 * (1.0 - urban)
    } else {
        0.13
    };
    Spot {
        at,
        weight: faces.area[face] * dense,
        side: ground.river.place(at).1 > 0.0,
    }
}

/// For each group, which others it touches and along how many metres.
fn neighbours(
    net: &Net,
    faces: &Faces,
    number: &[Option<usize>],
    count: usize,
    group_of: impl Fn(usize) -> Option<usize>,
) -> Vec<Vec<(usize, f64)>> {
    let mut touching = vec![std::collections::BTreeMap::<usize, f64>::new(); count];
    for half in 0..faces.next.len() {
        let side = |half: Half| number[faces.of[half]].and_then(&group_of);
        if let (Some(a), Some(b)) = (side(half), side(twin(half)))
            && a != b
        {
            let (from, to) = (net.nodes[net.from(half)], net.nodes[net.to(half)]);
            *touching[a].entry(b).or_default() += super::plane::distance(from, to);
        }
    }
    touching
        .into_iter()
        .map(|t| t.into_iter().collect())
        .collect()
}

fn merged(spots: &[Spot], group_of: &[usize], count: usize) -> Vec<Spot> {
    (0..count)
        .map(|own| {
            let members = || {
                spots
                    .iter()
                    .zip(group_of)
                    .filter(|(_, g)| **g == own)
                    .map(|(s, _)| s)
            };
            let weight: f64 = members().map(|s| s.weight).sum();
            let sum = members().fold(Xy::default(), |sum, s| sum + s.at * s.weight);
            let left: f64 = members().filter(|s| s.side).map(|s| s.weight).sum();
            Spot {
                at: sum / weight.max(1e-9),
                weight,
                side: left > weight / 2.0,
            }
        })
        .collect()
}

/// The outline of the faces that belong, from the edges between those that do
/// and those that do not.
fn outline(net: &Net, faces: &Faces, belongs: impl Fn(usize) -> bool) -> MultiPolygon<f64> {
    let edge = |half: Half| belongs(faces.of[half]) && !belongs(faces.of[twin(half)]);
    let mut seen = vec![false; faces.next.len()];
    let (mut outer, mut holes) = (Vec::new(), Vec::new());
    for start in 0..faces.next.len() {
        if seen[start] || !edge(start) {
            continue;
        }
        let mut ring = Vec::new();
        let mut half = start;
        while !seen[half] {
            seen[half] = true;
            ring.push(net.nodes[net.from(half)]);
            half = faces.next[half];
            while !edge(half) {
                half = faces.next[twin(half)];
            }
        }
        ring.push(ring[0]);
        let doubled: f64 = ring
            .windows(2)
            .map(|w| w[0].x * w[1].y - w[1].x * w[0].y)
            .sum();
        if doubled > 0.0 {
            &mut outer
        } else {
            &mut holes
        }
        .push(LineString(ring));
    }
    let mut polygons: Vec<Polygon<f64>> = outer
        .into_iter()
        .map(|ring| Polygon::new(ring, Vec::new()))
        .collect();
    for hole in holes {
        use geo::Contains as _;
        let within = polygons.iter().position(|p| {
            let ring = Polygon::new(p.exterior().clone(), Vec::new());
            hole.0
                .iter()
                .all(|at| ring.contains(at) || p.exterior().0.contains(at))
        });
        if let Some(n) = within {
            polygons[n].interiors_push(hole);
        }
    }
    MultiPolygon(polygons)
}
