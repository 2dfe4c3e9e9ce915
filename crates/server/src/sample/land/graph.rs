//! Lines made into a net: nodes where they meet, edges between nodes, faces
//! between edges. Faces share their edges exactly, so that what is made of
//! faces leaves no gap and nowhere overlaps.

use std::collections::{BTreeSet, HashMap};

use rstar::primitives::{GeomWithData, Line};
use rstar::{AABB, RTree, RTreeObject as _};

use super::grid::crossing;
use super::plane::{Xy, distance};

/// Positions nearer than this are one node, metres.
const SAME: f64 = 0.6;

/// A line to be put in the net, with the number of whatever it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Strand {
    pub(crate) road: u32,
    pub(crate) line: Vec<Xy>,
}

/// An edge between two nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) road: u32,
}

/// Nodes and edges; no two edges cross.
#[derive(Debug, Default)]
pub(crate) struct Net {
    pub(crate) nodes: Vec<Xy>,
    pub(crate) edges: Vec<Edge>,
}

/// An edge in one of its directions: twice its number, plus one for backward.
pub(crate) type Half = usize;

/// The same edge the other way.
pub(crate) fn twin(half: Half) -> Half {
    half ^ 1
}

/// The faces of a net, each with its edges in order, the face on their left.
pub(crate) struct Faces {
    /// The half edge that follows each.
    pub(crate) next: Vec<Half>,
    /// The face to the left of each.
    pub(crate) of: Vec<usize>,
    /// One half edge of each face.
    pub(crate) first: Vec<Half>,
    /// Area of each, square metres; negative for what lies outside the net.
    pub(crate) area: Vec<f64>,
}

/// Nodes by where they are, to find the one that is there already.
#[derive(Default)]
struct Nodes {
    at: Vec<Xy>,
    cells: HashMap<(i64, i64), Vec<usize>>,
}

impl Nodes {
    fn node(&mut self, p: Xy) -> usize {
        let cell = |v: f64| (v / SAME).floor() as i64;
        let (x, y) = (cell(p.x), cell(p.y));
        for row in y - 1..=y + 1 {
            for column in x - 1..=x + 1 {
                let there = self.cells.get(&(column, row)).into_iter().flatten();
                if let Some(found) = there.copied().find(|n| distance(self.at[*n], p) < SAME) {
                    return found;
                }
            }
        }
        self.cells.entry((x, y)).or_default().push(self.at.len());
        self.at.push(p);
        self.at.len() - 1
    }
}

impl Net {
    /// Joins lines wherever they cross.
    pub(crate) fn new(strands: &[Strand]) -> Net {
        let pieces: Vec<(u32, Xy, Xy)> = strands
            .iter()
            .flat_map(|s| s.line.windows(2).map(|w| (s.road, w[0], w[1])))
            .collect();
        let boxes = pieces
            .iter()
            .enumerate()
            .map(|(n, (_, a, b))| GeomWithData::new(Line::new([a.x, a.y], [b.x, b.y]), n));
        let tree = RTree::bulk_load(boxes.collect());
        let mut nodes = Nodes::default();
        let mut net = Net::default();
        let mut known = BTreeSet::new();
        for (n, (road, a, b)) in pieces.iter().enumerate() {
            let own: AABB<[f64; 2]> = Line::new([a.x, a.y], [b.x, b.y]).envelope();
            let mut cuts = vec![0.0, 1.0];
            for other in tree.locate_in_envelope_intersecting(&own) {
                if other.data != n {
                    let (_, c, d) = pieces[other.data];
                    cuts.extend(crossing(*a, *b, c, d));
                }
            }
            cuts.sort_by(f64::total_cmp);
            let mut last = None;
            for cut in cuts {
                let node = nodes.node(*a + (*b - *a) * cut);
                if let Some(last) = last.replace(node)
                    && last != node
                    && known.insert((last.min(node), last.max(node)))
                {
                    net.edges.push(Edge {
                        from: last,
                        to: node,
                        road: *road,
                    });
                }
            }
        }
        net.nodes = nodes.at;
        net
    }

    fn degrees(&self) -> Vec<usize> {
        let mut degrees = vec![0; self.nodes.len()];
        for edge in &self.edges {
            degrees[edge.from] += 1;
            degrees[edge.to] += 1;
        }
        degrees
    }

    /// Takes away what ends blind, edge by edge, unless `keep` wants its end.
    pub(crate) fn prune(&mut self, keep: impl Fn(Xy) -> bool) {
        let mut degrees = self.degrees();
        let touching = self.touching();
        let mut gone = vec![false; self.edges.len()];
        let mut blind: Vec<usize> = (0..self.nodes.len()).filter(|n| degrees[*n] == 1).collect();
        while let Some(node) = blind.pop() {
            if degrees[node] != 1 || keep(self.nodes[node]) {
                continue;
            }
            let Some(edge) = touching[node].iter().copied().find(|e| !gone[*e]) else {
                continue;
            };
            gone[edge] = true;
            for end in [self.edges[edge].from, self.edges[edge].to] {
                degrees[end] -= 1;
                if degrees[end] == 1 {
                    blind.push(end);
                }
            }
        }
        let mut at = 0;
        self.edges.retain(|_| {
            at += 1;
            !gone[at - 1]
        });
    }

    /// Keeps only the largest part that hangs together.
    pub(crate) fn keep_largest(&mut self) {
        let touching = self.touching();
        let mut part = vec![usize::MAX; self.nodes.len()];
        let mut sizes = Vec::new();
        for start in 0..self.nodes.len() {
            if part[start] != usize::MAX || touching[start].is_empty() {
                continue;
            }
            let mut size = 0;
            let mut waiting = vec![start];
            part[start] = sizes.len();
            while let Some(node) = waiting.pop() {
                for edge in &touching[node] {
                    size += 1;
                    for end in [self.edges[*edge].from, self.edges[*edge].to] {
                        if part[end] == usize::MAX {
                            part[end] = sizes.len();
                            waiting.push(end);
                        }
                    }
                }
            }
            sizes.push(size);
        }
        let largest = (0..sizes.len()).max_by_key(|n| sizes[*n]);
        self.edges.retain(|edge| Some(part[edge.from]) == largest);
    }

    /// The edges at each node.
    pub(crate) fn touching(&self) -> Vec<Vec<usize>> {
        let mut touching = vec![Vec::new(); self.nodes.len()];
        for (n, edge) in self.edges.iter().enumerate() {
            touching[edge.from].push(n);
            touching[edge.to].push(n);
        }
        touching
    }

    /// Where a half edge begins.
    pub(crate) fn from(&self, half: Half) -> usize {
        let edge = self.edges[half / 2];
        if half.is_multiple_of(2) {
            edge.from
        } else {
            edge.to
        }
    }

    /// Where a half edge ends.
    pub(crate) fn to(&self, half: Half) -> usize {
        self.from(twin(half))
    }

    /// The faces between the edges.
    pub(crate) fn faces(&self) -> Faces {
        let halves = self.edges.len() * 2;
        let angle = |half: Half| {
            let v = self.nodes[self.to(half)] - self.nodes[self.from(half)];
            libm::atan2(v.y, v.x)
        };
        let mut out: Vec<Vec<Half>> = vec![Vec::new(); self.nodes.len()];
        for half in 0..halves {
            out[self.from(half)].push(half);
        }
        let mut next = vec![0; halves];
        for around in &mut out {
            around.sort_by(|a, b| angle(*a).total_cmp(&angle(*b)));
            for (n, half) in around.iter().enumerate() {
                // Come in on the twin of one, leave on the next one clockwise.
                let before = around[(n + around.len() - 1) % around.len()];
                next[twin(*half)] = before;
            }
        }
        let mut faces = Faces {
            next,
            of: vec![usize::MAX; halves],
            first: Vec::new(),
            area: Vec::new(),
        };
        for start in 0..halves {
            if faces.of[start] != usize::MAX {
                continue;
            }
            let face = faces.first.len();
            let mut doubled = 0.0;
            let mut half = start;
            loop {
                faces.of[half] = face;
                let (a, b) = (self.nodes[self.from(half)], self.nodes[self.to(half)]);
                doubled += a.x * b.y - b.x * a.y;
                half = faces.next[half];
                if half == start {
                    break;
                }
            }
            faces.first.push(start);
            faces.area.push(doubled / 2.0);
        }
        faces
    }
}

impl Faces {
    /// The half edges around a face.
    pub(crate) fn around(&self, face: usize) -> impl Iterator<Item = Half> {
        let first = self.first[face];
        let mut half = Some(first);
        std::iter::from_fn(move || {
            let now = half?;
            half = Some(self.next[now]).filter(|next| *next != first);
            Some(now)
        })
    }
}
