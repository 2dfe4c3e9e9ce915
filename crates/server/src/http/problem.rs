//! The error boundary: refusals become RFC 9457 problems in the reader's
//! language; what went wrong inside is logged once, here, and not sent.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_cases::StoreError;

/// What a handler returns when it cannot do what was asked.
#[derive(Debug)]
pub(super) struct ApiError(Refusal);

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

/// The result of a handler.
pub(super) type Answer<T> = Result<T, ApiError>;

/// An RFC 9457 problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` tells problems apart.
    #[serde(rename = "type")]
    #[schema(pattern = "^about:blank$")]
    pub kind: &'static str,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// The status in words.
    pub title: String,
    /// What was wrong and what to do now.
    pub detail: String,
    /// A stable word for programs, `case.not-now`.
    pub code: String,
    /// The field at fault, `place.point.lon`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub found: Option<String>,
    /// What is allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub allowed: Vec<String>,
    /// Tell it when you ask for help.
    pub request_id: String,
}

fn status(refusal: &Refusal) -> StatusCode {
    match (refusal.kind, refusal.code) {
        (_, "if-match.missing") => StatusCode::PRECONDITION_REQUIRED,
        (_, "body.content-type") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (_, "body.not-json" | "query.malformed") => StatusCode::BAD_REQUEST,
        (_, "method.not-allowed") => StatusCode::METHOD_NOT_ALLOWED,
        (RefusalKind::Invalid, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (RefusalKind::Unauthenticated, _) => StatusCode::UNAUTHORIZED,
        (RefusalKind::Forbidden, _) => StatusCode::FORBIDDEN,
        (RefusalKind::NotFound, _) => StatusCode::NOT_FOUND,
        (RefusalKind::NotNow, _) => StatusCode::CONFLICT,
        (RefusalKind::Changed, _) => StatusCode::PRECONDITION_FAILED,
        (RefusalKind::TooMuch, _) => StatusCode::PAYLOAD_TOO_LARGE,
        (RefusalKind::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// A status in words.
pub(super) fn title(status: StatusCode, lang: Lang) -> &'static str {
    let (zh, en) = match status {
        StatusCode::BAD_REQUEST => ("请求无法读懂", "Malformed request"),
        StatusCode::UNAUTHORIZED => ("请先登录", "Sign in first"),
        StatusCode::FORBIDDEN => ("没有权限", "Not allowed"),
        StatusCode::NOT_FOUND => ("没有找到", "Not found"),
        StatusCode::METHOD_NOT_ALLOWED => ("不支持这种方法", "Method not allowed"),
        StatusCode::REQUEST_TIMEOUT => ("内容没有传完", "The body did not arrive"),
        StatusCode::CONFLICT => ("现在不能办", "Not possible now"),
        StatusCode::PRECONDITION_FAILED => ("已被改动", "Changed meanwhile"),
        StatusCode::PAYLOAD_TOO_LARGE => ("内容过大", "Too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("内容类型不对", "Wrong content type"),
        StatusCode::UNPROCESSABLE_ENTITY => ("填写有误", "Something needs correcting"),
        StatusCode::PRECONDITION_REQUIRED => ("缺少版本", "Version missing"),
        StatusCode::TOO_MANY_REQUESTS => ("尝试过多", "Too many attempts"),
        StatusCode::SERVICE_UNAVAILABLE => ("暂时不能办理", "Temporarily unavailable"),
        _ => ("出错了", "Error"),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

impl IntoResponse for ApiError {
    /// Leaves the words to [`boundary`], which knows the reader's language.
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// Gives each answer a request id and puts refusals into words.
pub(super) async fn boundary(request: Request, next: Next) -> Response {
    let lang = reader_language(request.headers());
    let mut response = next.run(request).await;
    let refusal = match response.extensions_mut().remove::<Refusal>() {
        Some(refusal) => refusal,
        None => match axum_refusal(response.status()) {
            Some(refusal) => refusal,
            None => return response,
        },
    };
    let status = status(&refusal);
    let request_id = request_id();
    if refusal.kind == RefusalKind::Unavailable {
        tracing::error!(
            request_id,
            code = refusal.code,
            "a call could not be served"
        );
    }
    let problem = Problem {
        kind: "about:blank",
        status: status.as_u16(),
        title: title(status, lang).to_owned(),
        detail: refusal.text(lang).to_owned(),
        code: refusal.code.to_owned(),
        field: refusal.field,
        found: refusal.found,
        allowed: refusal.allowed,
        request_id,
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut answer = (status, body).into_response();
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(lang.tag()),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(allow) = response.headers_mut().remove(header::ALLOW) {
        headers.insert(header::ALLOW, allow);
    }
    answer
}

/// Refusals that the framework makes before a handler runs.
fn axum_refusal(status: StatusCode) -> Option<Refusal> {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => Some(Refusal::new(
            RefusalKind::Invalid,
            "method.not-allowed",
            "这个地址不支持这种方法",
            "this address does not take this method",
        )),
        StatusCode::BAD_REQUEST => Some(Refusal::new(
            RefusalKind::Invalid,
            "query.malformed",
            "地址无法读懂",
            "the address cannot be read",
        )),
        _ => None,
    }
}

/// The first language of `Accept-Language` that we speak, by weight; Chinese otherwise.
fn reader_language(headers: &HeaderMap) -> Lang {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok());
    let mut wanted: Vec<(f32, Lang)> = accepted
        .unwrap_or_default()
        .split(',')
        .filter_map(|part| {
            let (tag, weight) = part.trim().split_once(";q=").unwrap_or((part.trim(), "1"));
            Some((weight.parse().unwrap_or(0.0), tag.parse().ok()?))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.first().map_or(Lang::Zh, |(_, lang)| *lang)
}

fn request_id() -> String {
    let mut bytes = [0; 8];
    // An id that repeats only makes a log harder to read.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_the_language_asked_for() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(text));
            reader_language(&headers)
        };
        assert_eq!(read("en-GB,en;q=0.9,zh;q=0.8"), Lang::En);
        assert_eq!(read("fr, zh-CN;q=0.9, en;q=0.5"), Lang::Zh);
        assert_eq!(read("fr"), Lang::Zh);
        assert_eq!(read(";;q=x,,"), Lang::Zh);
        assert_eq!(reader_language(&HeaderMap::new()), Lang::Zh);
    }
}
