//! Points on the map.

use serde::{Deserialize, Serialize};

/// A point in WGS 84, degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawPoint")]
pub struct Point {
    lon: f64,
    lat: f64,
}

/// Why two numbers are not a point.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// Longitude outside −180…180 or not a number.
    #[error("longitude is between -180 and 180 degrees, found {0}")]
    Longitude(f64),
    /// Latitude outside −85…85 (what a web map can show) or not a number.
    #[error("latitude is between -85 and 85 degrees, found {0}")]
    Latitude(f64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPoint {
    lon: f64,
    lat: f64,
}

impl TryFrom<RawPoint> for Point {
    type Error = PlaceError;

    fn try_from(raw: RawPoint) -> Result<Self, PlaceError> {
        Point::new(raw.lon, raw.lat)
    }
}

impl Point {
    /// A point from degrees east and north.
    ///
    /// # Errors
    /// When a number is not finite or outside the map.
    pub fn new(lon: f64, lat: f64) -> Result<Self, PlaceError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PlaceError::Longitude(lon));
        }
        if !(-85.0..=85.0).contains(&lat) {
            return Err(PlaceError::Latitude(lat));
        }
        Ok(Self { lon, lat })
    }

    /// Degrees east.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Degrees north.
    pub fn lat(self) -> f64 {
        self.lat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_off_the_map_are_refused() {
        assert!(Point::new(116.4, 39.9).is_ok());
        assert_eq!(Point::new(181.0, 0.0), Err(PlaceError::Longitude(181.0)));
        assert!(Point::new(f64::NAN, 0.0).is_err());
        assert!(serde_json::from_str::<Point>(r#"{"lon":1,"lat":95}"#).is_err());
    }
}
