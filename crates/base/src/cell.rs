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

/// A rectangle of cells: what somebody marked on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellBox {
    /// Columns, first and last.
    x: (u32, u32),
    /// Rows from the north, first and last.
    y: (u32, u32),
}

/// How much of a block of cells lies in a rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Nothing of it.
    Nothing,
    /// Some of its cells, and others not.
    Part,
    /// All of it.
    All,
}

impl CellBox {
    /// The cells between two corners, whichever these are.
    pub fn between(one: Point, other: Point) -> CellBox {
        let ((x1, y1), (x2, y2)) = (place_of(cell(one)), place_of(cell(other)));
        CellBox {
            x: (x1.min(x2), x1.max(x2)),
            y: (y1.min(y2), y1.max(y2)),
        }
    }

    /// The rectangle with these [`ends`](CellBox::ends).
    pub fn of_ends(first: i64, last: i64) -> CellBox {
        let ((x1, y1), (x2, y2)) = (place_of(first), place_of(last));
        CellBox {
            x: (x1, x2),
            y: (y1, y2),
        }
    }

    /// Whether a cell lies in it.
    pub fn holds(self, cell: i64) -> bool {
        self.share_of(cell, 0) == Share::All
    }

    /// How much lies in it of the cells whose numbers shifted right by `shift` are `block`.
    pub fn share_of(self, block: i64, shift: u32) -> Share {
        let (x, y) = place_of(block << shift);
        let last = (1u32 << (shift / 2)) - 1;
        let along = |at: u32, (first, end): (u32, u32)| {
            if at + last < first || at > end {
                Share::Nothing
            } else if at >= first && at + last <= end {
                Share::All
            } else {
                Share::Part
            }
        };
        match (along(x, self.x), along(y, self.y)) {
            (Share::Nothing, _) | (_, Share::Nothing) => Share::Nothing,
            (Share::All, Share::All) => Share::All,
            _ => Share::Part,
        }
    }

    /// Its first and its last cell: the numbers of all others lie between.
    pub fn ends(self) -> (i64, i64) {
        (
            interleave(self.x.0, self.y.0),
            interleave(self.x.1, self.y.1),
        )
    }
}

/// Column and row of a cell.
fn place_of(cell: i64) -> (u32, u32) {
    let cell = cell.unsigned_abs();
    (gather(cell), gather(cell >> 1))
}

/// Every other bit, from the lowest on.
fn gather(v: u64) -> u32 {
    let mut v = v & 0x5555_5555_5555_5555;
    v = (v | (v >> 1)) & 0x3333_3333_3333_3333;
    v = (v | (v >> 2)) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | (v >> 4)) & 0x00ff_00ff_00ff_00ff;
    v = (v | (v >> 8)) & 0x0000_ffff_0000_ffff;
    (v | (v >> 16)) as u32
}

/// The point in the middle of a cell.
pub fn point_of_cell(cell: i64) -> Option<Point> {
    let scale = f64::from(1u32 << CELL_ZOOM);
    let (x, y) = place_of(cell);
    let x = (f64::from(x) + 0.5) / scale;
    let y = (f64::from(y) + 0.5) / scale;
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
    fn a_rectangle_holds_what_lies_between_its_corners_and_its_ends() {
        let point = |lon, lat| Point::new(lon, lat).unwrap();
        let rectangle = CellBox::between(point(116.5, 39.8), point(116.3, 40.0));
        for (lon, lat, inside) in [
            (116.4, 39.9, true),
            (116.300_01, 39.999_9, true),
            (116.2, 39.9, false),
            (116.4, 40.1, false),
            (116.6, 39.7, false),
        ] {
            let found = cell(point(lon, lat));
            assert_eq!(rectangle.holds(found), inside, "{lon} {lat}");
            let (first, last) = rectangle.ends();
            assert_eq!(CellBox::of_ends(first, last), rectangle);
            assert!(!inside || (first..=last).contains(&found));
            for shift in [0, 2, 12, 20] {
                let share = rectangle.share_of(found >> shift, shift);
                assert!(share != Share::All || inside, "{lon} {lat} {shift}");
                assert!(share != Share::Nothing || !inside, "{lon} {lat} {shift}");
            }
        }
        assert_eq!(
            rectangle.share_of(cell(point(116.4, 39.9)) >> 46, 46),
            Share::Part
        );
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
