//! Cells: points of the web map in an order that an index can hold.

use crate::Point;

/// A point's place on a Z-order curve over the web map at zoom 24: all points
/// of one map tile stand side by side, so a tile is one range of the index.
pub fn cell(point: Point) -> i64 {
    let (x, y) = web_mercator(point);
    let scale = f64::from(1u32 << CELL_ZOOM);
    let clamp = |v: f64| (v * scale).clamp(0.0, scale - 1.0) as u32;
    interleave(clamp(x), clamp(y))
}

/// Zoom level of cells.
pub const CELL_ZOOM: u32 = 24;

/// The range of cells, first and last, that a map tile covers.
pub fn cells_of_tile(zoom: u32, x: u32, y: u32) -> (i64, i64) {
    let shift = CELL_ZOOM - zoom.min(CELL_ZOOM);
    let first = interleave(x << shift, y << shift);
    (first, first + ((1i64 << (2 * shift)) - 1))
}

/// Web Mercator, both axes 0 to 1, y southward (OGC 17-083r2, Annex D.1).
fn web_mercator(point: Point) -> (f64, f64) {
    let x = point.lon() / 360.0 + 0.5;
    let sin = point.lat().to_radians().sin();
    let y = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI);
    (x, y)
}

fn interleave(x: u32, y: u32) -> i64 {
    fn spread(v: u32) -> u64 {
        let mut v = u64::from(v);
        v = (v | (v << 16)) & 0x0000_ffff_0000_ffff;
        v = (v | (v << 8)) & 0x00ff_00ff_00ff_00ff;
        v = (v | (v << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
        v = (v | (v << 2)) & 0x3333_3333_3333_3333;
        (v | (v << 1)) & 0x5555_5555_5555_5555
    }
    (spread(x) | (spread(y) << 1)) as i64
}

/// The point in the middle of a cell.
pub fn point_of_cell(cell: i64) -> Option<Point> {
    fn gather(v: u64) -> u32 {
        let mut v = v & 0x5555_5555_5555_5555;
        v = (v | (v >> 1)) & 0x3333_3333_3333_3333;
        v = (v | (v >> 2)) & 0x0f0f_0f0f_0f0f_0f0f;
        v = (v | (v >> 4)) & 0x00ff_00ff_00ff_00ff;
        v = (v | (v >> 8)) & 0x0000_ffff_0000_ffff;
        (v | (v >> 16)) as u32
    }
    let scale = f64::from(1u32 << CELL_ZOOM);
    let cell = cell.unsigned_abs();
    let x = (f64::from(gather(cell)) + 0.5) / scale;
    let y = (f64::from(gather(cell >> 1)) + 0.5) / scale;
    let lat = (std::f64::consts::PI * (1.0 - 2.0 * y))
        .sinh()
        .atan()
        .to_degrees();
    Point::new((x - 0.5) * 360.0, lat).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_one_range_of_cells_that_holds_its_points() {
        let point = Point::new(116.397, 39.908).unwrap();
        // Tile 12/3372/1552 holds Tiananmen (OpenStreetMap's slippy map formula).
        let (first, last) = cells_of_tile(12, 3372, 1552);
        assert!((first..=last).contains(&cell(point)));
        let (first, last) = cells_of_tile(12, 3373, 1552);
        assert!(!(first..=last).contains(&cell(point)));
    }

    #[test]
    fn a_cell_gives_its_point_back_within_three_metres() {
        for (lon, lat) in [
            (116.397, 39.908),
            (-71.06, 42.36),
            (0.0, 0.0),
            (179.9, -84.9),
        ] {
            let back = point_of_cell(cell(Point::new(lon, lat).unwrap())).unwrap();
            assert!((back.lon() - lon).abs() < 3e-5 && (back.lat() - lat).abs() < 3e-5);
        }
    }
}
