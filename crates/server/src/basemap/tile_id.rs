//! Where a tile lies: Web Mercator (EPSG:3857), y growing to the south.

use std::f64::consts::PI;
use std::fmt;

use geo::Coord;
use yiwang_store::basemap::Bounds;

/// Side of a tile in its own units.
pub(super) const EXTENT: u32 = 4096;

/// The latitude at which Web Mercator becomes a square, degrees.
const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// Zooms are cut off here; beyond it a tile's columns leave `u32` comfort.
const DEEPEST: u8 = 24;

/// Address of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

impl TileId {
    /// A tile of zoom `z`, column `x` and row `y`; none when the zoom is above
    /// 24 or has no such column or row.
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        let valid = z <= DEEPEST && x < 1 << z && y < 1 << z;
        valid.then_some(Self { z, x, y })
    }

    /// The tile of zoom `z` (at most 24) that holds a point.
    pub fn at(z: u8, lon: f64, lat: f64) -> Self {
        let z = z.min(DEEPEST);
        let tiles = f64::from(1_u32 << z);
        let world = world(Coord { x: lon, y: lat });
        // A cast from f64 saturates, so what is not on the map is in its edge tiles.
        let cell = |v: f64| ((v * tiles).floor() as u32).min((1 << z) - 1);
        Self {
            z,
            x: cell(world.x),
            y: cell(world.y),
        }
    }

    /// Zoom.
    pub fn z(self) -> u8 {
        self.z
    }

    /// Column, from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The tile's box, grown by `buffer` tile units on each side.
    pub fn bounds(self, buffer: f64) -> Bounds {
        let tiles = f64::from(1_u32 << self.z);
        let grow = buffer / f64::from(EXTENT);
        let lon = |x: f64| (x / tiles).mul_add(360.0, -180.0).clamp(-180.0, 180.0);
        let lat = |y: f64| {
            let y = (y / tiles).clamp(0.0, 1.0);
            (PI * 2.0_f64.mul_add(-y, 1.0)).sinh().atan().to_degrees()
        };
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        Bounds {
            west: lon(x - grow),
            south: lat(y + 1.0 + grow),
            east: lon(x + 1.0 + grow),
            north: lat(y - grow),
        }
    }

    /// From degrees to this tile's units: 0…4096 within the tile.
    pub(super) fn project(self, at: Coord<f64>) -> Coord<f64> {
        let tiles = f64::from(1_u32 << self.z);
        let extent = f64::from(EXTENT);
        let world = world(at);
        Coord {
            x: world.x.mul_add(tiles, -f64::from(self.x)) * extent,
            y: world.y.mul_add(tiles, -f64::from(self.y)) * extent,
        }
    }
}

/// From degrees to the unit square of Web Mercator, (0, 0) in the north-west.
fn world(at: Coord<f64>) -> Coord<f64> {
    let sin = at.y.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians().sin();
    Coord {
        x: (at.x + 180.0) / 360.0,
        y: 0.5 - sin.atanh() / (2.0 * PI),
    }
}
