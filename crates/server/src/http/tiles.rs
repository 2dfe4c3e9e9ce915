//! Map tiles.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::{CaseStore, MapTile};

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
        .map(|mark| PointFeature {
            lon: mark.point.lon(),
            lat: mark.point.lat(),
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
