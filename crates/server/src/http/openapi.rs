//! The OpenAPI document.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Yiwang",
        description = "One intake, one dispatch: requests, cases and their trail.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(super::Problem)),
    tags(
        (name = "session", description = "Signing in"),
        (name = "city", description = "Areas, units, categories"),
        (name = "requests", description = "What residents send and follow"),
        (name = "cases", description = "What staff act on"),
    )
)]
struct Base;

/// The document without the calls.
pub(super) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// The whole document, as JSON.
pub fn document() -> String {
    let (_, document) = super::api_router().split_for_parts();
    document.to_pretty_json().unwrap_or_default()
}

pub(super) async fn serve(document: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document).into_response()
}
