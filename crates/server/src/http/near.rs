//! What was done near a place, for everybody: no words, no exact point, nobody's name.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use jiff::SignedDuration;
use yiwang_base::{AreaCode, Point, Refusal, RefusalKind};
use yiwang_cases::{
    Case, CaseFilter, CaseStore as _, LocateArea, Order, SQUARE_FEWEST, Square, Stage, done_near,
    metres_between,
};

use super::answers::FilterProblems;
use super::filter::wrong;
use super::parameters::NearQuery;
use super::problem::Answer;
use super::state::{App, now};
use crate::policy::public_done;
use crate::wire::{DoneView, NearView, Time};

/// Cases that are looked at, the newest, and how many at once.
const MOST_CASES: usize = 3_000;
const PAGE: usize = 500;
/// Cases that are told.
const MOST_TOLD: usize = 200;
/// Metres and days: when none are named, at least and at most.
const WITHIN: (u32, u32, u32) = (800, 200, 2_000);
const DAYS: (u32, u32, u32) = (180, 1, 366);
/// Half of the diagonal of a square, metres: a square whose middle is near may reach as far
/// beyond.
const SQUARE_REACH: f64 = 220.0;

struct Asked {
    at: Point,
    within: f64,
    days: u32,
}

/// What was done near a place (身边已办): closed cases with their category, when and how
/// long. A place is told as a square of about 200 m, and only where at least three cases
/// were closed in it.
#[utoipa::path(get, path = "/api/v1/near", operation_id = "read_done_near", tag = "requests",
    params(NearQuery), responses((status = 200, body = NearView), FilterProblems))]
pub(super) async fn done(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
) -> Answer<Json<NearView>> {
    let asked = Asked::read(&query.unwrap_or_default())?;
    let now = now();
    let city = app.city();
    let from = now - SignedDuration::from_hours(24 * i64::from(asked.days));
    let filter = CaseFilter {
        stages: vec![Stage::Closed],
        areas: around(city.rules.locator.as_ref(), &asked)
            .into_iter()
            .collect(),
        from: Some(from),
        ..CaseFilter::default()
    };
    let (mut cases, mut start) = (Vec::<Case>::new(), None);
    // Outside of all areas there is nothing, and no areas would mean all of them.
    let mut more = false;
    while !filter.areas.is_empty() {
        let page = app.store.list(&filter, Order::Newest, start, PAGE).await?;
        cases.extend(page.cases);
        start = page.next;
        more = start.is_some() && cases.len() >= MOST_CASES;
        if start.is_none() || more {
            break;
        }
    }
    let is_near = |square: Square| {
        let middle = square.middle();
        middle.is_some_and(|middle| metres_between(asked.at, middle) <= asked.within)
    };
    let (near, withheld) = done_near(cases.iter().filter(|case| public_done(case)), is_near);
    let zone = city.rules.calendar.zone();
    let views = near.iter().filter_map(|one| DoneView::of(one, zone));
    let mut done: Vec<DoneView> = views.collect();
    more |= done.len() > MOST_TOLD;
    done.truncate(MOST_TOLD);
    Ok(Json(NearView {
        done,
        withheld,
        fewest: SQUARE_FEWEST,
        more,
        from: Time(from),
        as_of: Time(now),
    }))
}

impl Asked {
    fn read(query: &str) -> Result<Asked, Refusal> {
        let (mut lon, mut lat) = (None, None);
        let (mut within, mut days) = (WITHIN.0, DAYS.0);
        let whole = |name: &str, value: &str, (_, least, most): (u32, u32, u32)| {
            let number = value.parse().ok().filter(|n| (least..=most).contains(n));
            number.ok_or_else(|| wrong(name, value, [format!("{least}–{most}")]))
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "lon" => lon = value.parse().ok(),
                "lat" => lat = value.parse().ok(),
                "within" => within = whole("within", &value, WITHIN)?,
                "days" => days = whole("days", &value, DAYS)?,
                other => return Err(wrong("query", other, ["lon", "lat", "within", "days"])),
            }
        }
        let (Some(lon), Some(lat)) = (lon, lat) else {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "near.place",
                "请给出地点的经纬度",
                "say near which place: lon and lat, in degrees",
            )
            .at(if lon.is_none() { "lon" } else { "lat" })
            .allowing(["lon=116.40&lat=39.90"]));
        };
        let at = Point::new(lon, lat)
            .map_err(|error| wrong("lon", &error.to_string(), ["-180 – 180", "-85 – 85"]))?;
        Ok(Asked {
            at,
            within: f64::from(within),
            days,
        })
    }
}

/// Leaf areas that the place and what is around it lie in, found at points of three rings.
fn around(locator: &dyn LocateArea, asked: &Asked) -> BTreeSet<AreaCode> {
    let reach = asked.within + SQUARE_REACH;
    let rings = [0.0, reach / 2.0, reach].into_iter();
    let points = rings.flat_map(|metres| (0..16).filter_map(move |n| step(asked.at, metres, n)));
    points.filter_map(|point| locator.locate(point)).collect()
}

/// The point so many metres away in the n-th of sixteen directions.
fn step(from: Point, metres: f64, n: u8) -> Option<Point> {
    /// Metres in a degree of latitude (WGS 84, mean).
    const DEGREE: f64 = 111_195.0;
    let turn = f64::from(n) * std::f64::consts::TAU / 16.0;
    let lat = from.lat() + metres * turn.cos() / DEGREE;
    let lon = from.lon() + metres * turn.sin() / (DEGREE * from.lat().to_radians().cos());
    Point::new(lon, lat).ok()
}
