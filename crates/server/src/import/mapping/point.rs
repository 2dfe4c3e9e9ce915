//! A row's point.

use yiwang_base::Point;

use super::Datum;
use super::case::Fields;
use crate::import::rejects::Reject;

/// What a whole number of degrees may be, and how that is said.
const LON: (f64, &str) = (180.0, "-180…180");
const LAT: (f64, &str) = (85.0, "-85…85");

impl Fields<'_> {
    /// The point in WGS 84; none where the row has none.
    pub(super) fn point(&self, assumed: &mut Vec<String>) -> Result<Option<Point>, Reject> {
        let at = &self.layout.at;
        let (north, east) = match (at.lon, at.lat, at.point) {
            (Some(lon), Some(lat), _) => {
                if self.get(lon).is_empty() && self.get(lat).is_empty() {
                    return Ok(None);
                }
                ((lat, self.get(lat)), (lon, self.get(lon)))
            }
            (_, _, Some(both)) => {
                let text = self.get(both);
                if text.is_empty() {
                    return Ok(None);
                }
                let split = text.split_once([',', '\u{ff0c}', ';', ' ']);
                let (lon, lat) = split.ok_or_else(|| {
                    self.wrong(
                        both,
                        "row.point",
                        "坐标应写作“经度,纬度”",
                        "a point is written as east,north in degrees",
                    )
                })?;
                ((both, lat.trim()), (both, lon.trim()))
            }
            _ => return Ok(None),
        };
        let (lat, lon) = (self.degrees(north, LAT)?, self.degrees(east, LON)?);
        if lat == 0.0 && lon == 0.0 {
            assumed.push("the point 0,0 stands for none".to_owned());
            return Ok(None);
        }
        let off = || self.off(north.0, north.1, LAT.1);
        let point = Point::new(lon, lat).map_err(|_| off())?;
        let datum = self.layout.mapping.place.datum;
        if datum != Datum::Wgs84 {
            assumed.push(format!("the point was converted from {}", datum.name()));
        }
        datum.to_wgs84(point).map(Some).map_err(|_| off())
    }

    fn degrees(
        &self,
        (place, text): (usize, &str),
        (limit, range): (f64, &str),
    ) -> Result<f64, Reject> {
        let number: f64 = text.parse().map_err(|_| self.off(place, text, range))?;
        if (-limit..=limit).contains(&number) {
            Ok(number)
        } else {
            Err(self.off(place, text, range))
        }
    }

    fn off(&self, place: usize, text: &str, range: &str) -> Reject {
        Reject::new(
            "row.point",
            self.layout.name(place),
            text,
            format!("应为 {range} 之间的度数"),
            format!("this is a number of degrees between {range}"),
        )
    }
}
