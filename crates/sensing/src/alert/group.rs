//! Which findings are one alert, and which alerts keep others quiet.

use geo::{Distance, Haversine, Point as Geo};
use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, Point};

use super::Alert;
use crate::docket::Kept;

/// Findings of one cause this near each other are one alert, metres.
const ONE_PLACE: f64 = 200.0;
/// A graver alert this near keeps others quiet, metres.
const NEARBY: f64 = 500.0;

/// Where something is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// The area it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaCode>,
    /// The point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// The thing it was found on.
    pub thing: u64,
}

impl Spot {
    /// Whether it is within so many metres of another; where either has no
    /// point, whether both are in one area.
    fn is_near(&self, other: &Spot, metres: f64) -> bool {
        if self.thing == other.thing {
            return true;
        }
        match (self.point, other.point) {
            (Some(a), Some(b)) => {
                let geo = |p: Point| Geo::new(p.lon(), p.lat());
                Haversine.distance(geo(a), geo(b)) <= metres
            }
            _ => self.area.is_some() && self.area == other.area,
        }
    }
}

/// Whether what was found belongs to an alert: the same cause in the same place.
pub fn belongs(alert: &Alert, cause: &str, spot: &Spot) -> bool {
    alert.cause == cause && alert.spot.is_near(spot, ONE_PLACE)
}

/// The alert that keeps another quiet: standing, graver, nearby, and of a cause
/// that it is inhibited by. Of several the one that was raised first.
pub fn inhibitor(alert: &Kept<Alert>, others: &[Kept<Alert>]) -> Option<u64> {
    let own = &alert.sheet;
    let keeps_quiet = |other: &&Kept<Alert>| {
        other.id != alert.id
            && other.sheet.stands()
            && other.sheet.colour > own.colour
            && own.inhibited_by.contains(&other.sheet.cause)
            && own.spot.is_near(&other.sheet.spot, NEARBY)
    };
    let graver = others.iter().filter(keeps_quiet);
    graver.map(|other| other.id).min()
}
