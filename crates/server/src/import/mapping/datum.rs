//! What degrees are measured in: China's maps are shifted on purpose.
//!
//! GCJ-02 is the datum of the maps that may be published in China, BD-09 a
//! further shift by one of them. The formulas are those that have long been
//! public (<https://github.com/googollee/eviltransform>); the way back is found
//! by iteration and is right to some centimetres.

use serde::Deserialize;
use yiwang_base::{PlaceError, Point};

/// A datum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Datum {
    /// What satellites use; nothing is converted.
    #[default]
    #[serde(rename = "wgs-84", alias = "wgs84")]
    Wgs84,
    /// China's state datum (火星坐标): Amap, Tencent.
    #[serde(rename = "gcj-02", alias = "gcj02")]
    Gcj02,
    /// Baidu's.
    #[serde(rename = "bd-09", alias = "bd09")]
    Bd09,
}

/// Krasovsky 1940: semi-major axis in metres, first eccentricity squared.
const AXIS: f64 = 6_378_245.0;
const ECCENTRICITY_2: f64 = 0.006_693_421_622_965_943;
const BD: f64 = std::f64::consts::PI * 3000.0 / 180.0;
/// Rounds of the way back; each is some thousand times closer than the last.
const ROUNDS: usize = 6;

impl Datum {
    /// Its name, `GCJ-02`.
    pub fn name(self) -> &'static str {
        match self {
            Datum::Wgs84 => "WGS-84",
            Datum::Gcj02 => "GCJ-02",
            Datum::Bd09 => "BD-09",
        }
    }

    /// The word of a mapping, `gcj-02`.
    pub fn word(self) -> &'static str {
        match self {
            Datum::Wgs84 => "wgs-84",
            Datum::Gcj02 => "gcj-02",
            Datum::Bd09 => "bd-09",
        }
    }

    /// The point in WGS 84.
    ///
    /// # Errors
    /// When the conversion leaves the map.
    pub fn to_wgs84(self, point: Point) -> Result<Point, PlaceError> {
        let (lon, lat) = (point.lon(), point.lat());
        let (lon, lat) = match self {
            Datum::Wgs84 => return Ok(point),
            Datum::Gcj02 => from_gcj(lon, lat),
            Datum::Bd09 => {
                let (lon, lat) = from_bd(lon, lat);
                from_gcj(lon, lat)
            }
        };
        Point::new(lon, lat)
    }
}

/// BD-09 to GCJ-02.
fn from_bd(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = (lon - 0.0065, lat - 0.006);
    let z = x.hypot(y) - 0.000_02 * (y * BD).sin();
    let theta = y.atan2(x) - 0.000_003 * (x * BD).cos();
    (z * theta.cos(), z * theta.sin())
}

/// GCJ-02 to WGS 84: the point that is shifted to this one.
fn from_gcj(lon: f64, lat: f64) -> (f64, f64) {
    let mut guess = (lon, lat);
    for _ in 0..ROUNDS {
        let (east, north) = shift(guess.0, guess.1);
        guess = (lon - east, lat - north);
    }
    guess
}

/// By how much GCJ-02 moves a point of WGS 84, degrees; nothing outside China's box.
fn shift(lon: f64, lat: f64) -> (f64, f64) {
    if !(72.004..=137.8347).contains(&lon) || !(0.8293..=55.8271).contains(&lat) {
        return (0.0, 0.0);
    }
    let pi = std::f64::consts::PI;
    let (x, y) = (lon - 105.0, lat - 35.0);
    let root = x.abs().sqrt();
    let waves = (20.0 * (6.0 * x * pi).sin() + 20.0 * (2.0 * x * pi).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + waves
        + (20.0 * (y * pi).sin() + 40.0 * (y / 3.0 * pi).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * pi).sin() + 320.0 * (y / 30.0 * pi).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + waves
        + (20.0 * (x * pi).sin() + 40.0 * (x / 3.0 * pi).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * pi).sin() + 300.0 * (x / 30.0 * pi).sin()) * 2.0 / 3.0;
    let phi = lat.to_radians();
    let w2 = 1.0 - ECCENTRICITY_2 * phi.sin().powi(2);
    let w = w2.sqrt();
    let meridian = AXIS * (1.0 - ECCENTRICITY_2) / (w2 * w);
    (
        (east / (AXIS / w * phi.cos())).to_degrees(),
        (north / meridian).to_degrees(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(found: Point, lon: f64, lat: f64, within: f64) {
        assert!((found.lon() - lon).abs() < within, "{} {lon}", found.lon());
        assert!((found.lat() - lat).abs() < within, "{} {lat}", found.lat());
    }

    /// Values of the reference implementation's exact way back.
    #[test]
    fn known_places_come_back() {
        for (gcj, wgs) in [
            (
                (121.451_255_4, 31.175_305_6),
                (121.446_661_28, 31.177_210_51),
            ),
            (
                (113.400_686_8, 22.540_938_3),
                (113.395_202_18, 22.543_625_07),
            ),
            (
                (116.383_387_8, 39.913_348_4),
                (116.377_158_55, 39.911_958_02),
            ),
        ] {
            let (lon, lat) = gcj;
            let found = Datum::Gcj02
                .to_wgs84(Point::new(lon, lat).unwrap())
                .unwrap();
            close(found, wgs.0, wgs.1, 1e-6);
        }
        // Tian'anmen in Baidu's coordinates.
        let found = Datum::Bd09.to_wgs84(Point::new(116.403_958, 39.915_049).unwrap());
        close(found.unwrap(), 116.391_344_46, 39.907_305_10, 1e-6);
    }

    #[test]
    fn outside_china_nothing_moves() {
        let boston = Point::new(-71.06, 42.36).unwrap();
        assert_eq!(Datum::Gcj02.to_wgs84(boston), Ok(boston));
        assert_eq!(Datum::Wgs84.to_wgs84(boston), Ok(boston));
    }

    proptest! {
        #[test]
        fn the_way_back_ends_where_it_began(lon in 74.0..135.0f64, lat in 4.0..53.0f64) {
            let (east, north) = shift(lon, lat);
            let (back_lon, back_lat) = from_gcj(lon + east, lat + north);
            // A millionth of a degree is some ten centimetres.
            prop_assert!((back_lon - lon).abs() < 1e-6 && (back_lat - lat).abs() < 1e-6);
            prop_assert!(east.hypot(north) * 111_000.0 < 1500.0);
        }
    }
}
