//! Which area (责任区) a point belongs to.
//!
//! Every point belongs to one area or to none, and always to the same one:
//! - inside one area: that one;
//! - inside several, where areas overlap: the one with the lowest code;
//! - inside none but on a boundary: of the areas it bounds, the one with the
//!   lowest code;
//! - else to none.
//!
//! Codes are compared as text, byte by byte.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::indexed::IntervalTreeMultiPolygon;
use geo::orient::Direction;
use geo::{BoundingRect, Contains, Coord, MultiPolygon, Orient};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use yiwang_base::{AreaCode, Point};

use crate::LocateArea;

type BoxedArea = GeomWithData<Rectangle<[f64; 2]>, usize>;

struct Area {
    code: AreaCode,
    shape: MultiPolygon<f64>,
    /// The same shape, quick to ask whether a point is strictly inside.
    inside: IntervalTreeMultiPolygon<f64>,
}

/// The areas of a city, ready to say which one a point belongs to.
pub struct AreaIndex {
    /// Sorted by code, so that the lowest number is the lowest code.
    areas: Vec<Area>,
    boxes: RTree<BoxedArea>,
}

impl std::fmt::Debug for AreaIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.codes()).finish()
    }
}

impl AreaIndex {
    /// An index of areas: code, and shape in degrees (x = longitude,
    /// y = latitude). Empty shapes are never found. When a code comes twice,
    /// both shapes answer with it.
    pub fn new(areas: impl IntoIterator<Item = (AreaCode, MultiPolygon<f64>)>) -> Self {
        let mut areas: Vec<Area> = areas
            .into_iter()
            .map(|(code, shape)| {
                // Winding numbers need holes to turn against their exterior.
                let shape = shape.orient(Direction::Default);
                Area {
                    code,
                    inside: IntervalTreeMultiPolygon::new(&shape),
                    shape,
                }
            })
            .collect();
        areas.sort_by(|a, b| a.code.cmp(&b.code));
        let boxes = areas
            .iter()
            .enumerate()
            .filter_map(|(n, area)| {
                let b = area.shape.bounding_rect()?;
                let corners = Rectangle::from_corners(b.min().into(), b.max().into());
                Some(GeomWithData::new(corners, n))
            })
            .collect();
        Self {
            areas,
            boxes: RTree::bulk_load(boxes),
        }
    }

    /// The code of the one area the point belongs to, by the rule above; none
    /// when it is outside every area.
    pub fn find(&self, point: Point) -> Option<&AreaCode> {
        let at = Coord {
            x: point.lon(),
            y: point.lat(),
        };
        let near = || {
            let point = AABB::from_point([at.x, at.y]);
            self.boxes
                .locate_in_envelope_intersecting(&point)
                .map(|b| b.data)
        };
        let inside = near().filter(|n| self.areas[*n].inside.contains(&at)).min();
        let found = inside.or_else(|| {
            near()
                .filter(|n| self.areas[*n].shape.coordinate_position(&at) == CoordPos::OnBoundary)
                .min()
        });
        found.map(|n| &self.areas[n].code)
    }

    /// The codes of all areas, in order.
    pub fn codes(&self) -> impl Iterator<Item = &AreaCode> {
        self.areas.iter().map(|a| &a.code)
    }

    /// How many areas there are.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// True when there is no area.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }
}

impl LocateArea for AreaIndex {
    fn locate(&self, point: Point) -> Option<AreaCode> {
        self.find(point).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Intersects, Polygon, Rect, polygon};
    use proptest::prelude::*;

    fn square(west: f64, south: f64, side: f64) -> Polygon<f64> {
        Rect::new(
            Coord { x: west, y: south },
            Coord {
                x: west + side,
                y: south + side,
            },
        )
        .to_polygon()
    }

    fn index(areas: &[(&str, Vec<Polygon<f64>>)]) -> AreaIndex {
        AreaIndex::new(
            areas
                .iter()
                .map(|(code, parts)| (code.parse().unwrap(), MultiPolygon(parts.clone()))),
        )
    }

    fn locate(index: &AreaIndex, lon: f64, lat: f64) -> Option<&str> {
        index
            .find(Point::new(lon, lat).unwrap())
            .map(AreaCode::as_str)
    }

    #[test]
    fn a_point_belongs_to_the_area_around_it() {
        let index = index(&[
            ("east", vec![square(1.0, 0.0, 1.0)]),
            ("west", vec![square(0.0, 0.0, 1.0), square(5.0, 5.0, 1.0)]),
        ]);
        assert_eq!(locate(&index, 0.5, 0.5), Some("west"));
        assert_eq!(locate(&index, 1.5, 0.5), Some("east"));
        assert_eq!(locate(&index, 5.5, 5.5), Some("west"), "second part");
        assert_eq!(locate(&index, 3.0, 3.0), None);
    }

    #[test]
    fn a_point_on_a_shared_edge_belongs_to_the_lowest_code_whatever_the_order() {
        let a = ("a", vec![square(0.0, 0.0, 1.0)]);
        let b = ("b", vec![square(1.0, 0.0, 1.0)]);
        for areas in [[a.clone(), b.clone()], [b, a]] {
            let index = index(&areas);
            assert_eq!(locate(&index, 1.0, 0.5), Some("a"), "edge");
            assert_eq!(locate(&index, 1.0, 0.0), Some("a"), "corner");
            assert_eq!(locate(&index, 2.0, 1.0), Some("b"), "outer corner");
        }
    }

    #[test]
    fn inside_goes_before_on_the_boundary_and_overlaps_go_to_the_lowest_code() {
        let index = index(&[
            ("a", vec![square(0.0, 0.0, 1.0)]),
            ("b", vec![square(0.5, 0.0, 1.0)]),
        ]);
        assert_eq!(locate(&index, 0.75, 0.5), Some("a"), "overlap");
        assert_eq!(locate(&index, 1.0, 0.5), Some("b"), "edge of a, inside b");
    }

    #[test]
    fn a_hole_belongs_to_another_area_however_its_ring_turns() {
        for hole in [
            geo::LineString::from(vec![(1., 1.), (2., 1.), (2., 2.), (1., 2.), (1., 1.)]),
            geo::LineString::from(vec![(1., 1.), (1., 2.), (2., 2.), (2., 1.), (1., 1.)]),
        ] {
            let ring = Polygon::new(square(0.0, 0.0, 3.0).exterior().clone(), vec![hole]);
            let index = index(&[("ring", vec![ring]), ("yolk", vec![square(1.0, 1.0, 1.0)])]);
            assert_eq!(locate(&index, 1.5, 1.5), Some("yolk"));
            assert_eq!(locate(&index, 0.5, 0.5), Some("ring"));
        }
    }

    proptest! {
        /// The quick way agrees with asking every polygon, on a grid coarse
        /// enough to hit corners and edges.
        #[test]
        fn agrees_with_the_plain_search(x in 0_i32..=40, y in 0_i32..=40) {
            let star = polygon![
                (x: 0., y: 0.), (x: 4., y: 1.), (x: 8., y: 0.), (x: 7., y: 4.),
                (x: 8., y: 8.), (x: 4., y: 7.), (x: 0., y: 8.), (x: 1., y: 4.),
            ];
            let areas = [("1", vec![star]), ("2", vec![square(4.0, 4.0, 5.0)])];
            let at = Coord { x: f64::from(x) / 4.0, y: f64::from(y) / 4.0 };
            let plain = areas.iter().find(|(_, p)| MultiPolygon(p.clone()).contains(&at))
                .or_else(|| areas.iter().find(|(_, p)| MultiPolygon(p.clone()).intersects(&at)))
                .map(|(code, _)| *code);
            let index = index(&areas);
            prop_assert_eq!(locate(&index, at.x, at.y), plain);
        }
    }
}
