//! Laying layers over each other.

use geo::{
    Area as _, BooleanOps, BoundingRect, Coord, Intersects, MapCoords as _, MultiPolygon, Polygon,
    Rect, RemoveRepeatedPoints as _,
};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::{Container, Layer, SizeLimits};
use crate::coverage::{globe_m2, union_of};

/// What is smaller is dust of rounding, square metres: it is given to no atom.
pub(super) const DUST_M2: f64 = 0.01;
/// How often a piece that is too large is halved.
const HALVINGS: u32 = 12;

/// A connected piece of ground that no border of a layer crosses.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub(super) shape: Polygon<f64>,
    /// Which container it lies in.
    pub(super) container: usize,
    /// Which cell of each layer it belongs to.
    pub(super) of: Vec<Option<usize>>,
    pub(super) area_m2: f64,
    pub(super) population: f64,
}

/// Shapes that can be found by where they are.
struct Found {
    shapes: Vec<MultiPolygon<f64>>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl Found {
    fn new(shapes: Vec<MultiPolygon<f64>>) -> Found {
        let boxes = shapes.iter().enumerate().filter_map(|(n, shape)| {
            let rect = shape.bounding_rect()?;
            Some(GeomWithData::new(corners(rect), n))
        });
        let tree = RTree::bulk_load(boxes.collect());
        Found { shapes, tree }
    }

    /// In order.
    fn near(&self, rect: Rect<f64>) -> Vec<usize> {
        let envelope = AABB::from_corners(rect.min().into(), rect.max().into());
        let near = self.tree.locate_in_envelope_intersecting(&envelope);
        let mut near: Vec<usize> = near.map(|one| one.data).collect();
        near.sort_unstable();
        near
    }
}

pub(super) fn corners(rect: Rect<f64>) -> Rectangle<[f64; 2]> {
    Rectangle::from_corners(rect.min().into(), rect.max().into())
}

/// The same shapes without what an earlier one covers already.
fn apart<'a>(shapes: impl Iterator<Item = &'a MultiPolygon<f64>>) -> Found {
    let found = Found::new(shapes.cloned().collect());
    let mut shapes = found.shapes.clone();
    for (n, left) in shapes.iter_mut().enumerate() {
        let Some(rect) = left.bounding_rect() else {
            continue;
        };
        let earlier = found.near(rect).into_iter().filter(|other| *other < n);
        for other in earlier.collect::<Vec<_>>() {
            if found.shapes[n].intersects(&found.shapes[other]) {
                *left = left.difference(&found.shapes[other]);
            }
        }
    }
    Found::new(shapes)
}

/// Cuts the containers along the borders of all layers.
pub(super) fn overlay(containers: &[Container], layers: &[Layer]) -> Vec<Atom> {
    let mut pieces: Vec<(MultiPolygon<f64>, usize, Vec<Option<usize>>)> =
        apart(containers.iter().map(|one| &one.shape))
            .shapes
            .into_iter()
            .enumerate()
            .map(|(n, shape)| (shape, n, Vec::new()))
            .collect();
    for layer in layers {
        let cells = apart(layer.cells.iter().map(|cell| &cell.shape));
        let mut cut = Vec::new();
        for (shape, container, of) in pieces {
            let Some(rect) = shape.bounding_rect() else {
                continue;
            };
            let near = cells.near(rect);
            let with = |cell| {
                let mut of = of.clone();
                of.push(cell);
                of
            };
            for cell in &near {
                let part = shape.intersection(&cells.shapes[*cell]);
                if part.unsigned_area() > 0.0 {
                    cut.push((part, container, with(Some(*cell))));
                }
            }
            let covered = union_of(near.iter().flat_map(|cell| &cells.shapes[*cell].0));
            let rest = shape.difference(&covered);
            if rest.unsigned_area() > 0.0 {
                cut.push((rest, container, with(None)));
            }
        }
        pieces = cut;
    }
    let mut atoms = Vec::new();
    for (shape, container, of) in pieces {
        for (part, area_m2) in connected(&shape) {
            atoms.push(Atom {
                shape: part,
                container,
                of: of.clone(),
                area_m2,
                population: 0.0,
            });
        }
    }
    atoms
}

/// The same shape with its corners on a grid of a tenth of a millimetre: corners
/// that two cuts computed each for itself come to lie on one another.
pub(super) fn snapped(shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let round = |degrees: f64| (degrees * 1e9).round() / 1e9;
    let snapped = shape.map_coords(|at| Coord {
        x: round(at.x),
        y: round(at.y),
    });
    // A corner that comes twice would hide which way its ring turns.
    snapped.remove_repeated_points()
}

/// The connected pieces of a shape that are more than dust, with their ground.
fn connected(shape: &MultiPolygon<f64>) -> impl Iterator<Item = (Polygon<f64>, f64)> {
    // A sliver that snapping closed is left as a spike, beside which everything
    // would be a neighbour: laying the shape anew takes it out.
    let clean = snapped(&snapped(shape).union(&MultiPolygon(Vec::new())));
    clean.into_iter().filter_map(|part| {
        let area_m2 = globe_m2(&MultiPolygon(vec![part.clone()]));
        (area_m2 >= DUST_M2).then_some((part, area_m2))
    })
}

/// Gives each atom its part, by ground, of the people of its cell, in the first
/// layer that counts them.
pub(super) fn populate(atoms: &mut [Atom], layers: &[Layer]) {
    let counts = |layer: &Layer| layer.cells.iter().any(|cell| cell.population.is_some());
    let Some(which) = layers.iter().position(counts) else {
        return;
    };
    let cells = &layers[which].cells;
    // Of all the cell's ground, also what lies in no container.
    let ground = apart(cells.iter().map(|cell| &cell.shape)).shapes;
    let ground: Vec<f64> = ground.iter().map(globe_m2).collect();
    for atom in atoms {
        if let Some(cell) = atom.of[which]
            && ground[cell] > 0.0
        {
            let people = cells[cell].population.unwrap_or(0) as f64;
            atom.population = people * atom.area_m2 / ground[cell];
        }
    }
}

/// Halves atoms that are too large by themselves until none is.
pub(super) fn halve(atoms: Vec<Atom>, limits: &SizeLimits) -> Vec<Atom> {
    atoms
        .into_iter()
        .flat_map(|atom| halves(atom, limits, HALVINGS))
        .collect()
}

fn halves(atom: Atom, limits: &SizeLimits, left: u32) -> Vec<Atom> {
    let fits =
        atom.area_m2 <= limits.max_m2 as f64 && atom.population <= limits.max_population as f64;
    let Some(rect) = atom.shape.bounding_rect().filter(|_| !fits && left > 0) else {
        return vec![atom];
    };
    let (min, max) = (rect.min(), rect.max());
    let middle = rect.center();
    let wide = rect.width() * middle.y.to_radians().cos() > rect.height();
    let (first, second) = if wide {
        (
            Rect::new(min, Coord { x: middle.x, ..max }),
            Rect::new(Coord { x: middle.x, ..min }, max),
        )
    } else {
        (
            Rect::new(min, Coord { y: middle.y, ..max }),
            Rect::new(Coord { y: middle.y, ..min }, max),
        )
    };
    let whole = atom.area_m2;
    let mut found = Vec::new();
    for half in [first, second] {
        for (part, area_m2) in connected(&atom.shape.intersection(&half.to_polygon())) {
            let piece = Atom {
                shape: part,
                area_m2,
                population: atom.population * area_m2 / whole,
                of: atom.of.clone(),
                container: atom.container,
            };
            found.extend(halves(piece, limits, left - 1));
        }
    }
    found
}
