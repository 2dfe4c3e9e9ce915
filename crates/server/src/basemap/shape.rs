//! From a geometry in degrees to what is drawn of it on one tile.

use geo::{
    Area, BooleanOps, BoundingRect, Contains, Coord, Geometry, Intersects, LineString, MapCoords,
    MultiLineString, MultiPolygon, Orient, Polygon, Rect, Simplify, orient::Direction,
};

use super::tile_id::{EXTENT, TileId};

/// What is drawn beyond the tile's edge, in tile units, so that lines and
/// labels meet their continuation on the next tile.
pub(super) const BUFFER: f64 = 64.0;

/// A position in tile units.
pub(super) type Cell = (i32, i32);

/// What is drawn, in tile units.
#[derive(Debug, PartialEq)]
pub(super) enum Shape {
    Points(Vec<Cell>),
    Lines(Vec<Vec<Cell>>),
    /// Rings without their closing position: an exterior (clockwise on the
    /// screen) is followed by its holes (anticlockwise).
    Rings(Vec<Vec<Cell>>),
}

/// What one tile shows of a geometry; none when nothing.
pub(super) fn shape(geometry: &Geometry<f64>, tile: TileId) -> Option<Shape> {
    match geometry.map_coords(|c| tile.project(c)) {
        Geometry::Point(p) => points([p.0]),
        Geometry::MultiPoint(m) => points(m.iter().map(|p| p.0)),
        Geometry::LineString(l) => lines(MultiLineString(vec![l]), tile.z()),
        Geometry::MultiLineString(m) => lines(m, tile.z()),
        Geometry::Line(l) => lines(MultiLineString(vec![l.into()]), tile.z()),
        Geometry::Polygon(p) => rings(MultiPolygon(vec![p]), tile.z()),
        Geometry::MultiPolygon(m) => rings(m, tile.z()),
        Geometry::Rect(r) => rings(MultiPolygon(vec![r.to_polygon()]), tile.z()),
        Geometry::Triangle(t) => rings(MultiPolygon(vec![t.to_polygon()]), tile.z()),
        // The store refuses collections.
        Geometry::GeometryCollection(_) => None,
    }
}

/// The tile's square with its buffer.
fn frame() -> Rect<f64> {
    let far = f64::from(EXTENT) + BUFFER;
    Rect::new(
        Coord {
            x: -BUFFER,
            y: -BUFFER,
        },
        Coord { x: far, y: far },
    )
}

/// How far a line may be moved, in tile units: a quarter of a pixel where the
/// tile is drawn 256 pixels wide, nothing at the last zoom, which is enlarged.
fn tolerance(zoom: u8) -> f64 {
    match zoom {
        0..=13 => 4.0,
        14 => 2.0,
        15 => 1.0,
        _ => 0.0,
    }
}

/// Below this area, in square tile units, a polygon is not seen.
fn least_area(zoom: u8) -> f64 {
    if zoom < 16 { 64.0 } else { 1.0 }
}

fn points(at: impl IntoIterator<Item = Coord<f64>>) -> Option<Shape> {
    let frame = frame();
    let cells: Vec<Cell> = at
        .into_iter()
        .filter(|c| frame.intersects(c))
        .map(cell)
        .collect();
    (!cells.is_empty()).then_some(Shape::Points(cells))
}

fn lines(all: MultiLineString<f64>, zoom: u8) -> Option<Shape> {
    let frame = frame();
    let bounds = all.bounding_rect()?;
    let inside = if frame.contains(&bounds) {
        all
    } else if frame.intersects(&bounds) {
        frame.to_polygon().clip(&all, false)
    } else {
        return None;
    };
    let drawn: Vec<Vec<Cell>> = inside
        .simplify(tolerance(zoom))
        .iter()
        .map(cells)
        .filter(|line| line.len() > 1)
        .collect();
    (!drawn.is_empty()).then_some(Shape::Lines(drawn))
}

fn rings(all: MultiPolygon<f64>, zoom: u8) -> Option<Shape> {
    let frame = frame();
    let bounds = all.bounding_rect()?;
    if !frame.intersects(&bounds) || bounds.unsigned_area() < least_area(zoom) {
        return None;
    }
    let inside = if frame.contains(&bounds) {
        all
    } else {
        all.intersection(&frame.to_polygon())
    };
    let drawn: Vec<Vec<Cell>> = inside
        .iter()
        .flat_map(|polygon| polygon_rings(polygon, zoom))
        .collect();
    (!drawn.is_empty()).then_some(Shape::Rings(drawn))
}

/// The rings of one polygon that are still seen; none when its exterior is not.
fn polygon_rings(polygon: &Polygon<f64>, zoom: u8) -> Vec<Vec<Cell>> {
    // Rows grow to the south, so what geometry calls anticlockwise is clockwise
    // on the screen, as tiles want exteriors.
    let polygon = polygon.simplify(tolerance(zoom)).orient(Direction::Default);
    let seen = |ring: &LineString<f64>| {
        let area = Polygon::new(ring.clone(), Vec::new()).unsigned_area();
        let mut ring = cells(ring);
        ring.pop();
        (area >= least_area(zoom) && doubled_area(&ring) != 0).then_some(ring)
    };
    let Some(exterior) = seen(polygon.exterior()) else {
        return Vec::new();
    };
    std::iter::once(exterior)
        .chain(polygon.interiors().iter().filter_map(seen))
        .collect()
}

/// Twice the signed area of a ring after rounding; 0 when it has collapsed.
fn doubled_area(ring: &[Cell]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
        .sum()
}

/// Rounded, without repeated positions.
fn cells(line: &LineString<f64>) -> Vec<Cell> {
    let mut cells: Vec<Cell> = line.coords().copied().map(cell).collect();
    cells.dedup();
    cells
}

fn cell(c: Coord<f64>) -> Cell {
    (c.x.round() as i32, c.y.round() as i32)
}
