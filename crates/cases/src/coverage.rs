//! Whether the areas of a city cover it once and only once (纵向到底、横向到边).
//!
//! A point must fall into exactly one leaf. Three things are in the way of that:
//! two leaves that overlap; ground of an area that none of the areas in it
//! covers; and ground of an area that lies outside the one it belongs to. Where
//! the topmost areas together have a hole, that is a gap as well; what lies
//! around them is not the city's.

use std::collections::BTreeMap;

use geo::{
    Area as _, BooleanOps, BoundingRect, ChamberlainDuquetteArea, LineString, MultiPolygon, Polygon,
};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree, RTreeObject};
use yiwang_base::AreaCode;

use crate::Area;

/// What is wrong with a piece of ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// Several leaves cover it: its cases go to the one with the lowest code.
    Overlap,
    /// It lies in an area, but in none of the areas in that.
    Gap,
    /// It belongs to an area, but lies outside the one that has that area in it.
    Outside,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 3] = [Fault::Overlap, Fault::Gap, Fault::Outside];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Fault::Overlap => "overlap",
            Fault::Gap => "gap",
            Fault::Outside => "outside",
        }
    }
}

/// A piece of ground that is not covered once.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// What is wrong with it.
    pub fault: Fault,
    /// The areas it concerns: those that overlap; the one with the gap; the one
    /// outside and the one it belongs to. None for a gap between the topmost areas.
    pub areas: Vec<AreaCode>,
    /// Square metres on the globe (Chamberlain and Duquette 2007).
    pub area_m2: f64,
    /// Where, degrees.
    pub shape: MultiPolygon<f64>,
}

/// How well areas cover their city.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Coverage {
    /// Leaves with an outline.
    pub leaves: usize,
    /// Ground that leaves cover, square metres, each once.
    pub covered_m2: f64,
    /// Areas that have no outline of their own: nothing can be said of them.
    pub without_outline: Vec<AreaCode>,
    /// What is not covered once, the largest first.
    pub pieces: Vec<Piece>,
}

impl Coverage {
    /// Square metres with this fault.
    pub fn faulty_m2(&self, fault: Fault) -> f64 {
        let of = self.pieces.iter().filter(|piece| piece.fault == fault);
        of.map(|piece| piece.area_m2).sum()
    }
}

/// Checks that the areas cover their city once. Pieces of less than `least_m2`
/// are left out: borders that two files round differently leave slivers.
pub fn check<'a>(
    areas: impl IntoIterator<Item = &'a Area>,
    outlines: &BTreeMap<AreaCode, MultiPolygon<f64>>,
    least_m2: f64,
) -> Coverage {
    let areas: Vec<&Area> = areas.into_iter().filter(|area| !area.retired).collect();
    let mut found = Found {
        least_m2,
        pieces: Vec::new(),
    };
    let leaves: Vec<(&AreaCode, &MultiPolygon<f64>)> = areas
        .iter()
        .filter(|area| area.leaf)
        .filter_map(|area| Some((&area.code, outlines.get(&area.code)?)))
        .collect();
    overlaps(&leaves, &mut found);
    let mut children: BTreeMap<Option<&AreaCode>, Vec<(&AreaCode, &MultiPolygon<f64>)>> =
        BTreeMap::new();
    for area in &areas {
        let Some(outline) = outlines.get(&area.code) else {
            continue;
        };
        // An area lies in the nearest area above it that has an outline.
        let around = above_with_outline(area, &areas, outlines);
        children
            .entry(around)
            .or_default()
            .push((&area.code, outline));
    }
    for (around, inside) in &children {
        let union = union_of(inside.iter().flat_map(|(_, shape)| &shape.0));
        match around {
            None => holes(&union, &mut found),
            Some(code) => {
                let whole = &outlines[*code];
                found.add(Fault::Gap, &[code], whole.difference(&union));
                for (inner, shape) in inside {
                    found.add(Fault::Outside, &[inner, code], shape.difference(whole));
                }
            }
        }
    }
    let leaf_union = union_of(leaves.iter().flat_map(|(_, shape)| &shape.0));
    found.pieces.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    let bare = areas
        .iter()
        .filter(|area| !outlines.contains_key(&area.code));
    Coverage {
        leaves: leaves.len(),
        covered_m2: globe_m2(&leaf_union),
        without_outline: bare.map(|area| area.code.clone()).collect(),
        pieces: found.pieces,
    }
}

fn above_with_outline<'a>(
    area: &'a Area,
    areas: &[&'a Area],
    outlines: &BTreeMap<AreaCode, MultiPolygon<f64>>,
) -> Option<&'a AreaCode> {
    let find = |code: &AreaCode| {
        let place = areas.binary_search_by(|one| one.code.cmp(code)).ok()?;
        Some(areas[place])
    };
    let mut parent = area.parent.as_ref();
    // A chain longer than the number of areas would be a loop.
    for _ in 0..areas.len() {
        let code = parent?;
        if outlines.contains_key(code) && find(code).is_some() {
            return Some(code);
        }
        parent = find(code)?.parent.as_ref();
    }
    None
}

/// The ground that any of the parts covers, however their rings turn.
pub(crate) fn union_of<'a>(parts: impl Iterator<Item = &'a Polygon<f64>>) -> MultiPolygon<f64> {
    // Neighbours in the list first, then their unions: no shape grows before it must.
    let mut shapes: Vec<MultiPolygon<f64>> =
        parts.map(|part| MultiPolygon(vec![part.clone()])).collect();
    while shapes.len() > 1 {
        let pairs = shapes.chunks(2).map(|pair| match pair {
            [one, other] => one.union(other),
            _ => pair[0].clone(),
        });
        shapes = pairs.collect();
    }
    shapes.pop().unwrap_or(MultiPolygon(Vec::new()))
}

/// Square metres on the globe (Chamberlain and Duquette 2007), however the rings turn.
pub fn globe_m2(shape: &MultiPolygon<f64>) -> f64 {
    let ring = |ring: &LineString<f64>| {
        Polygon::new(ring.clone(), Vec::new()).chamberlain_duquette_unsigned_area()
    };
    let part = |part: &Polygon<f64>| {
        ring(part.exterior()) - part.interiors().iter().map(ring).sum::<f64>()
    };
    shape.iter().map(part).sum()
}

struct Found {
    least_m2: f64,
    pieces: Vec<Piece>,
}

impl Found {
    /// Each connected part is a piece of its own.
    fn add(&mut self, fault: Fault, areas: &[&AreaCode], shape: MultiPolygon<f64>) {
        for part in shape {
            let shape = MultiPolygon(vec![part]);
            let area_m2 = globe_m2(&shape);
            if area_m2 >= self.least_m2 {
                self.pieces.push(Piece {
                    fault,
                    areas: areas.iter().map(|code| (*code).clone()).collect(),
                    area_m2,
                    shape,
                });
            }
        }
    }
}

fn overlaps(leaves: &[(&AreaCode, &MultiPolygon<f64>)], found: &mut Found) {
    let boxes = leaves.iter().enumerate().filter_map(|(n, (_, shape))| {
        let b = shape.bounding_rect()?;
        let corners: Rectangle<[f64; 2]> = Rectangle::from_corners(b.min().into(), b.max().into());
        Some(GeomWithData::new(corners, n))
    });
    let tree = RTree::bulk_load(boxes.collect());
    for one in tree.iter() {
        let near: AABB<[f64; 2]> = one.envelope();
        let others = tree.locate_in_envelope_intersecting(&near);
        let mut others: Vec<usize> = others.map(|other| other.data).collect();
        others.retain(|other| *other > one.data);
        others.sort_unstable();
        for other in others {
            let ((a, shape), (b, with)) = (leaves[one.data], leaves[other]);
            found.add(Fault::Overlap, &[a, b], shape.intersection(with));
        }
    }
}

/// Holes of the topmost areas taken together.
fn holes(union: &MultiPolygon<f64>, found: &mut Found) {
    let rings = union.iter().flat_map(|part| part.interiors());
    for ring in rings.cloned().collect::<Vec<LineString<f64>>>() {
        let hole = MultiPolygon(vec![Polygon::new(ring, Vec::new())]);
        // An island within the hole is covered.
        let bare = hole.difference(union);
        if bare.unsigned_area() > 0.0 {
            found.add(Fault::Gap, &[], bare);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Coord, Rect};
    use proptest::prelude::*;
    use yiwang_base::LocalText;

    /// A square of `side` thousandths of a degree, some 111 m each at the equator.
    fn square(x: i32, y: i32, side: i32) -> MultiPolygon<f64> {
        let at = |x: i32, y: i32| Coord {
            x: f64::from(x) / 1000.0,
            y: f64::from(y) / 1000.0,
        };
        MultiPolygon(vec![
            Rect::new(at(x, y), at(x + side, y + side)).to_polygon(),
        ])
    }

    type Drawn = (
        &'static str,
        Option<&'static str>,
        Option<MultiPolygon<f64>>,
    );

    fn coverage(drawn: Vec<Drawn>) -> Coverage {
        let parents: Vec<&str> = drawn.iter().filter_map(|(_, parent, _)| *parent).collect();
        let mut areas = BTreeMap::new();
        let mut outlines = BTreeMap::new();
        for (code, parent, shape) in &drawn {
            let area = Area {
                code: code.parse().unwrap(),
                name: LocalText::same(*code),
                parent: parent.map(|parent| parent.parse().unwrap()),
                leaf: shape.is_some() && !parents.contains(code),
                tier: None,
                retired: false,
            };
            if let Some(shape) = shape {
                outlines.insert(area.code.clone(), shape.clone());
            }
            areas.insert(area.code.clone(), area);
        }
        check(areas.values(), &outlines, 1.0)
    }

    fn told(coverage: &Coverage) -> Vec<(Fault, Vec<&str>, i64)> {
        fn tell(piece: &Piece) -> (Fault, Vec<&str>, i64) {
            let codes = piece.areas.iter().map(AreaCode::as_str).collect();
            // In squares of a thousandth of a degree.
            let squares = (piece.area_m2 / 12_390.0).round();
            (piece.fault, codes, squares as i64)
        }
        coverage.pieces.iter().map(tell).collect()
    }

    #[test]
    fn areas_that_fit_have_no_faults() {
        let found = coverage(vec![
            ("town", None, Some(square(0, 0, 4))),
            ("a", Some("town"), Some(square(0, 0, 2))),
            ("b", Some("town"), Some(square(2, 0, 2))),
            ("c", Some("town"), Some(square(0, 2, 2))),
            ("d", Some("town"), Some(square(2, 2, 2))),
        ]);
        assert_eq!(found.pieces, []);
        assert_eq!(found.leaves, 4);
        assert!((found.covered_m2 / (16.0 * 12_390.0) - 1.0).abs() < 0.01);
    }

    #[test]
    fn gaps_overlaps_and_what_sticks_out_are_told_with_their_size() {
        let found = coverage(vec![
            ("town", None, Some(square(0, 0, 4))),
            ("a", Some("town"), Some(square(0, 0, 2))),
            ("b", Some("town"), Some(square(1, 0, 2))),
            ("c", Some("town"), Some(square(3, 3, 2))),
        ]);
        let mut told = told(&found);
        told.sort();
        assert_eq!(
            told,
            [
                (Fault::Overlap, vec!["a", "b"], 2),
                (Fault::Gap, vec!["town"], 9),
                (Fault::Outside, vec!["c", "town"], 3),
            ]
        );
        assert!((found.faulty_m2(Fault::Gap) / 12_390.0 - 9.0).abs() < 0.1);
    }

    #[test]
    fn a_hole_between_the_topmost_areas_is_a_gap_and_the_land_around_is_not() {
        let ring = square(0, 0, 3).difference(&square(1, 1, 1));
        let found = coverage(vec![
            ("a", None, Some(ring)),
            ("b", None, Some(square(9, 9, 1))),
        ]);
        assert_eq!(told(&found), [(Fault::Gap, vec![], 1)]);
    }

    #[test]
    fn areas_without_an_outline_are_named_and_looked_through() {
        let found = coverage(vec![
            ("town", None, Some(square(0, 0, 2))),
            ("street", Some("town"), None),
            ("a", Some("street"), Some(square(0, 0, 1))),
        ]);
        assert_eq!(found.without_outline, ["street".parse().unwrap()]);
        assert_eq!(told(&found), [(Fault::Gap, vec!["town"], 3)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// What is covered, and the gaps, are together the whole, whatever lies in it.
        #[test]
        fn covered_ground_and_gaps_make_the_whole(
            squares in prop::collection::vec((0_i32..8, 0_i32..8, 1_i32..4), 1..7),
        ) {
            let names = ["a", "b", "c", "d", "e", "f", "g"];
            let mut drawn = vec![("town", None, Some(square(0, 0, 12)))];
            for (name, (x, y, side)) in names.into_iter().zip(&squares) {
                drawn.push((name, Some("town"), Some(square(*x, *y, *side))));
            }
            let found = coverage(drawn);
            let whole = globe_m2(&square(0, 0, 12));
            let sum = found.covered_m2 + found.faulty_m2(Fault::Gap);
            prop_assert!((sum / whole - 1.0).abs() < 1e-6, "{sum} of {whole}");
        }
    }
}
