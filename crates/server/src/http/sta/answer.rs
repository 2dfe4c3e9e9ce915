//! Answers and refusals, as the standard has them.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_sta::Links;

use crate::http::problem::{OwnShape, reader_language};

/// A refusal's status, as the standard has it.
pub(super) fn status(refusal: &Refusal) -> StatusCode {
    match (refusal.kind, refusal.code) {
        (_, "sta.unsupported") => StatusCode::NOT_IMPLEMENTED,
        (_, "body.content-type") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (RefusalKind::NotFound, _) => StatusCode::NOT_FOUND,
        (RefusalKind::Unauthenticated, _) => StatusCode::UNAUTHORIZED,
        (RefusalKind::Forbidden, _) => StatusCode::FORBIDDEN,
        (RefusalKind::TooMuch, _) => StatusCode::PAYLOAD_TOO_LARGE,
        (RefusalKind::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        (RefusalKind::NotNow | RefusalKind::Changed, _) => StatusCode::CONFLICT,
        (RefusalKind::Invalid, _) => StatusCode::BAD_REQUEST,
    }
}

/// A refusal as JSON.
pub(super) fn error_json(refusal: &Refusal, lang: Lang) -> Value {
    let mut error = json!({
        "code": status(refusal).as_u16(),
        "type": refusal.code,
        "message": refusal.text(lang),
    });
    if let Some(field) = &refusal.field {
        error["field"] = field.as_str().into();
    }
    if let Some(found) = &refusal.found {
        error["found"] = found.as_str().into();
    }
    if !refusal.allowed.is_empty() {
        error["allowed"] = json!(refusal.allowed);
    }
    error
}

/// Refusals of these calls in the form of this standard's servers.
pub(super) async fn errors(request: Request, next: Next) -> Response {
    let lang = reader_language(request.headers());
    let mut response = next.run(request).await;
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else {
        return response;
    };
    let status = status(&refusal);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(
            code = refusal.code,
            found = refusal.found,
            "a call could not be served"
        );
    }
    let mut answer = (status, Json(error_json(&refusal, lang))).into_response();
    answer.extensions_mut().insert(OwnShape);
    answer
}

/// Addresses below the service as the caller reached it.
pub(super) fn links(headers: &HeaderMap) -> Links {
    let reached = reached_at(headers);
    Links::new(format!("{reached}/sta/{}", yiwang_sta::names::VERSION))
}

/// The server as the caller reached it, `https://city.example`.
pub(in crate::http) fn reached_at(headers: &HeaderMap) -> String {
    let header = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '[' | ']');
        value.chars().all(plain).then_some(value)
    };
    let host = header(header::HOST.as_str()).unwrap_or("localhost");
    let scheme = match header("x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    format!("{scheme}://{host}")
}
