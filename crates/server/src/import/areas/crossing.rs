//! Whether an outline crosses itself.
//!
//! `geo`'s own validation compares every edge with every other; a district of
//! 50,000 edges would take minutes. An R-tree finds the few that meet.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{BoundingRect, Coord, Intersects, Line, LinesIter, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{RTree, RTreeObject};

/// What makes an outline invalid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Flaw {
    /// Two edges cross here.
    Crossing(Coord<f64>),
    /// A hole, one of whose corners this is, lies outside its exterior.
    StrayHole(Coord<f64>),
}

/// The first flaw of an outline. Parts and rings may touch, edges may run back
/// on themselves: neither makes it unclear which points are inside.
pub(super) fn flaw(outline: &MultiPolygon<f64>) -> Option<Flaw> {
    let edges: Vec<_> = outline
        .lines_iter()
        .filter(|edge| edge.start != edge.end)
        .map(|edge| {
            let b = edge.bounding_rect();
            let corners: Rectangle<[f64; 2]> =
                Rectangle::from_corners(b.min().into(), b.max().into());
            GeomWithData::new(corners, edge)
        })
        .collect();
    let tree = RTree::bulk_load(edges);
    let crossing = tree.iter().find_map(|one| {
        tree.locate_in_envelope_intersecting(&one.envelope())
            .find_map(|other| crossing(one.data, other.data))
    });
    crossing.map(Flaw::Crossing).or_else(|| stray_hole(outline))
}

fn crossing(a: Line<f64>, b: Line<f64>) -> Option<Coord<f64>> {
    match line_intersection(a, b) {
        Some(LineIntersection::SinglePoint {
            intersection,
            is_proper: true,
        }) => Some(intersection),
        _ => None,
    }
}

/// Rings are known not to cross, so one corner off the border tells for all.
fn stray_hole(outline: &MultiPolygon<f64>) -> Option<Flaw> {
    outline.iter().find_map(|polygon| {
        let exterior = geo::Polygon::new(polygon.exterior().clone(), Vec::new());
        polygon
            .interiors()
            .iter()
            .flat_map(|hole| hole.coords())
            .find(|corner| !exterior.intersects(*corner))
            .map(|corner| Flaw::StrayHole(*corner))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Polygon, Validation, polygon};
    use proptest::prelude::*;

    fn one(polygon: Polygon<f64>) -> Option<Flaw> {
        flaw(&MultiPolygon(vec![polygon]))
    }

    #[test]
    fn a_bow_tie_is_found_where_it_crosses() {
        let tie = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)];
        assert_eq!(one(tie), Some(Flaw::Crossing(Coord { x: 1., y: 1. })));
    }

    #[test]
    fn a_hole_outside_is_found() {
        let stray = polygon! {
            exterior: [(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.)],
            interiors: [[(x: 5., y: 5.), (x: 6., y: 5.), (x: 6., y: 6.)]],
        };
        assert!(matches!(one(stray), Some(Flaw::StrayHole(c)) if c.x >= 5.));
    }

    #[test]
    fn touching_parts_are_no_flaw() {
        let a = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)];
        let b = polygon![(x: 1., y: 0.), (x: 2., y: 0.), (x: 2., y: 1.), (x: 1., y: 1.)];
        assert_eq!(flaw(&MultiPolygon(vec![a, b])), None);
    }

    proptest! {
        /// What `geo` calls valid has no flaw here.
        #[test]
        fn valid_polygons_pass(points in prop::collection::vec((0_u8..30, 0_u8..30), 3..9)) {
            let ring: geo::LineString<f64> =
                points.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
            let polygon = Polygon::new(ring, vec![]);
            if polygon.is_valid() {
                prop_assert_eq!(one(polygon), None);
            }
        }
    }
}
