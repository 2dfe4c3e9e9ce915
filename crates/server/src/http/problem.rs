//! The error boundary: refusals become RFC 9457 problems in the reader's
//! language; what went wrong inside is logged once, here, and not sent.

use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use serde::Serialize;
use utoipa::ToSchema;
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_cases::StoreError;

/// Longest path with query, and largest headers together, bytes.
const MOST_ADDRESS: usize = 8 << 10;
const MOST_HEADERS: usize = 32 << 10;

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
        (_, "body.content-type" | "attach.kind") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (_, "body.not-json" | "query.malformed") => StatusCode::BAD_REQUEST,
        (_, "server.failed") => StatusCode::INTERNAL_SERVER_ERROR,
        (_, "address.too-long") => StatusCode::URI_TOO_LONG,
        (_, "headers.too-large") => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        (_, "body.late") => StatusCode::REQUEST_TIMEOUT,
        (_, "session.pause") => StatusCode::TOO_MANY_REQUESTS,
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
        StatusCode::URI_TOO_LONG => ("地址过长", "Address too long"),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => ("请求头过大", "Headers too large"),
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

impl ApiError {
    /// Says when to come back.
    pub(super) fn retry_after(self, pause: Duration) -> Response {
        let mut response = self.into_response();
        let seconds = pause.as_secs().max(1);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
        response
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

/// Gives each answer a request id, puts refusals into words, and turns a panic
/// into a refusal: the server goes on.
pub(super) async fn boundary(request: Request, next: Next) -> Response {
    let lang = reader_language(request.headers());
    let request_id = request_id();
    let mut response = match check_head(&request) {
        Err(refusal) => ApiError(refusal).into_response(),
        Ok(()) => AssertUnwindSafe(next.run(request))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| ApiError(failed()).into_response()),
    };
    let refusal = response.extensions_mut().remove::<Refusal>();
    let own_shape = response.extensions().get::<OwnShape>().is_some();
    let framework = || axum_refusal(response.status()).filter(|_| !own_shape);
    let mut response = match refusal.or_else(framework) {
        Some(refusal) => in_words(refusal, lang, &request_id, response),
        None => response,
    };
    finish_head(response.headers_mut(), &request_id);
    response
}

/// What the head of a request may be, whatever it asks for.
fn check_head(request: &Request) -> Result<(), Refusal> {
    let address = request
        .uri()
        .path_and_query()
        .map_or(0, |all| all.as_str().len());
    if address > MOST_ADDRESS {
        return Err(Refusal::new(
            RefusalKind::TooMuch,
            "address.too-long",
            "地址过长",
            "the address is too long",
        )
        .found(address.to_string())
        .allowing([format!("1–{MOST_ADDRESS}")]));
    }
    let headers = request.headers();
    let size: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > MOST_HEADERS {
        return Err(Refusal::new(
            RefusalKind::TooMuch,
            "headers.too-large",
            "请求头过大",
            "the request's headers are too large",
        )
        .found(size.to_string())
        .allowing([format!("1–{MOST_HEADERS}")]));
    }
    // Browsers say from where a page calls; another site's page may not act here.
    let foreign = headers
        .get("Sec-Fetch-Site")
        .is_some_and(|site| site == "cross-site");
    if foreign && !request.method().is_safe() {
        return Err(Refusal::new(
            RefusalKind::Forbidden,
            "origin.foreign",
            "其他网站的页面不能在这里办事",
            "a page of another site cannot act here",
        ));
    }
    Ok(())
}

/// The answer that a refusal becomes.
fn in_words(refusal: Refusal, lang: Lang, request_id: &str, bare: Response) -> Response {
    let status = status(&refusal);
    // That figures are still being read after a start is no fault.
    if status.is_server_error() && refusal.code != "store.loading" {
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
        request_id: request_id.to_owned(),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut answer = (status, body).into_response();
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CONTENT_LANGUAGE, lang.tag()),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = bare.headers().get(&name) {
            headers.insert(name, value.clone());
        }
    }
    answer
}

/// Headers that every answer has.
fn finish_head(headers: &mut HeaderMap, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", id);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The pages have their own; anything else loads nothing.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
}

fn failed() -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "server.failed",
        "系统出错，请稍后再试；如仍不行，请告知管理员本次请求的编号",
        "the server failed; try again later, and if it fails again tell the administrator this request's id",
    )
}

/// Marks an answer whose standard has its own form for errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnShape;

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
pub(super) fn reader_language(headers: &HeaderMap) -> Lang {
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

/// An id by which a log line is found: which start of the server, and which call.
fn request_id() -> String {
    static START: LazyLock<u32> = LazyLock::new(|| {
        let mut bytes = [0; 4];
        // Ids that repeat after a restart only make a log harder to read.
        let _ = getrandom::fill(&mut bytes);
        u32::from_ne_bytes(bytes)
    });
    static CALL: AtomicU64 = AtomicU64::new(0);
    format!(
        "{:08x}-{:08x}",
        *START,
        CALL.fetch_add(1, Ordering::Relaxed)
    )
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

    #[tokio::test]
    async fn a_panic_becomes_a_problem_and_the_next_call_is_served() {
        use tower_service::Service as _;
        let panics = || async {
            if true {
                panic!("a mistake of ours");
            }
        };
        let mut router = axum::Router::new()
            .route("/panics", axum::routing::get(panics))
            .route("/works", axum::routing::get(|| async { "fine" }))
            .layer(axum::middleware::from_fn(boundary));
        let mut call = async |path: &str| {
            let request = Request::builder().uri(path).body(axum::body::Body::empty());
            router.call(request.unwrap()).await.unwrap()
        };
        let answer = call("/panics").await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let id = answer.headers()["x-request-id"].clone();
        let body = axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "server.failed");
        assert_eq!(problem["request_id"], id.to_str().unwrap());
        assert!(!problem.to_string().contains("a mistake of ours"));
        assert_eq!(call("/works").await.status(), StatusCode::OK);
    }
}
