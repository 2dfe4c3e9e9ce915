//! What the city is made of.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answers::ReadProblems;
use super::session::Visitor;
use super::state::App;
use crate::policy::Right;
use crate::wire::CityView;

/// The city: areas, categories and the words of the interface; units for staff.
#[utoipa::path(get, path = "/api/v1/city", tag = "city",
    responses((status = 200, body = CityView), ReadProblems))]
pub(super) async fn city(State(app): State<Arc<App>>, Visitor(user): Visitor) -> Json<CityView> {
    let with_units = user.is_some_and(|user| user.may(Right::ReadUnits));
    // A map that cannot be read is none; its tiles say why.
    let has_base_map = matches!(app.base_map.store().stamp(), Ok(Some(_)));
    Json(app.city().view(has_base_map, with_units))
}

/// Outlines of the areas, GeoJSON.
#[utoipa::path(get, path = "/api/v1/areas.geojson", tag = "city",
    responses((status = 200, content_type = "application/geo+json", body = Object), ReadProblems))]
pub(super) async fn area_outlines(State(app): State<Arc<App>>) -> Response {
    let body = app.city().outlines_geojson().to_string();
    ([(header::CONTENT_TYPE, "application/geo+json")], body).into_response()
}
