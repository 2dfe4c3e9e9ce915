//! Map tiles.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::{Point, Refusal, RefusalKind};
use yiwang_cases::{CasePoint, CaseStore, MapTile};

use super::filter;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::basemap::{PointFeature, Prop, encode_points_tile};
use crate::policy::Right;

const MVT: &str = "application/vnd.mapbox-vector-tile";

/// A tile of the base map.
pub(super) async fn base(
    State(app): State<Arc<App>>,
    Path((zoom, x, y)): Path<(String, String, String)>,
) -> Answer<Response> {
    let tile = address(&zoom, &x, &y)?;
    let map = Arc::clone(&app.base_map);
    let made = tokio::task::spawn_blocking(move || map.tile(tile.zoom as u8, tile.x, tile.y))
        .await
        .map_err(|error| unavailable(&error))?
        .map_err(|error| unavailable(&error))?;
    Ok(match made {
        Some(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, MVT),
                (header::CACHE_CONTROL, "max-age=3600"),
            ];
            (headers, bytes).into_response()
        }
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Cases as points; takes the filters of the list.
pub(super) async fn cases(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((zoom, x, y)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadWords)?;
    let tile = address(&zoom, &x, &y)?;
    let now = now();
    let query = filter::read(&query.unwrap_or_default(), &app.city(), &user, now)?;
    let marks = app.store.points(tile, &query.filter, now).await?;
    if marks.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let features: Vec<PointFeature> = marks
        .into_iter()
        .map(|mark| (place(tile, &mark), mark))
        .map(|(place, mark)| PointFeature {
            lon: place.lon(),
            lat: place.lat(),
            id: mark.id.0,
            props: vec![
                ("id".into(), Prop::Text(mark.id.to_string())),
                ("stage".into(), Prop::Text(mark.stage.word().into())),
                ("count".into(), Prop::Int(mark.count.cast_signed())),
                ("open".into(), Prop::Int(mark.open.cast_signed())),
                ("late".into(), Prop::Int(mark.late.cast_signed())),
            ],
        })
        .collect();
    let bytes = encode_points_tile(tile.zoom as u8, tile.x, tile.y, "cases", &features)
        .map_err(|error| unavailable(&error))?;
    let headers = [
        (header::CONTENT_TYPE, MVT),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok(match bytes {
        Some(bytes) => (headers, bytes).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// How far the mark of many cases stands from the middle of its square, as a part of how far
/// the newest of them does: marks then lie as in the city, and none hides another's number.
const ASIDE: f64 = 0.25;

/// Where a mark stands: one case where it is, many near the middle of their square.
fn place(tile: MapTile, mark: &CasePoint) -> Point {
    let middle = tile.mark_middle(mark.point).filter(|_| mark.count > 1);
    let between = middle.and_then(|middle| {
        let at = |of: fn(Point) -> f64| of(middle) + (of(mark.point) - of(middle)) * ASIDE;
        Point::new(at(Point::lon), at(Point::lat)).ok()
    });
    between.unwrap_or(mark.point)
}

/// `{z}/{x}/{y}.mvt`, strictly.
pub(super) fn address(zoom: &str, x: &str, y: &str) -> Result<MapTile, Refusal> {
    let number = |text: &str| -> Option<u32> {
        (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let tile = (|| {
        let (zoom, x) = (number(zoom)?, number(x)?);
        let y = number(y.strip_suffix(".mvt")?)?;
        let below = 1u32.checked_shl(zoom.min(31))?;
        (zoom <= 22 && x < below && y < below).then_some(MapTile { zoom, x, y })
    })();
    tile.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "tile.none",
            "没有这块地图",
            "there is no such tile",
        )
        .allowing(["{z}/{x}/{y}.mvt"])
    })
}

fn unavailable(error: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a tile could not be made");
    Refusal::new(
        RefusalKind::Unavailable,
        "tile.failed",
        "地图暂时画不出来，请稍后再试",
        "the tile could not be made; try again later",
    )
}

#[cfg(test)]
mod tests {
    use yiwang_base::CaseId;
    use yiwang_cases::Stage;

    use super::*;

    #[test]
    fn one_case_stands_where_it_is_and_many_stand_clear_of_their_neighbours() {
        let tile = MapTile {
            zoom: 12,
            x: 3356,
            y: 1552,
        };
        let at = |lon: f64, lat: f64, count| CasePoint {
            id: CaseId(1),
            point: Point::new(lon, lat).unwrap(),
            stage: Stage::Submitted,
            count,
            late: 0,
            open: count,
        };
        // Squares are a sixteenth of a tile wide: here 0.0055° from west to east.
        let width = 360.0 / f64::from(1 << 16);
        let mut west = -180.0;
        while west + width < 115.0 {
            west += width;
        }
        assert_eq!(place(tile, &at(115.0, 39.9, 1)).lon(), 115.0);
        let edges = [west + width * 0.01, west + width * 0.99];
        let [left, right] = edges.map(|lon| place(tile, &at(lon, 39.9, 5)).lon());
        let next = place(tile, &at(west + width * 1.01, 39.9, 5)).lon();
        assert!(left < right, "they lie as in the city");
        assert!(next - right > width * 0.7, "{left} {right} {next}");
        // Where every cell is its own square nothing is moved.
        let deepest = MapTile { zoom: 22, ..tile };
        assert_eq!(place(deepest, &at(115.0, 39.9, 5)).lon(), 115.0);
    }
}
