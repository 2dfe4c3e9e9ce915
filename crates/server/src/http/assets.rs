//! The pages: files built from `web/`, carried in the binary.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex};

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use percent_encoding::percent_decode_str;
use rust_embed::RustEmbed;
use yiwang_base::{Refusal, RefusalKind};

use super::problem::ApiError;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Pages;

/// What a page may load: from here only. MapLibre makes its worker from a blob.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; \
    worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// A file of the pages; any other address without a dot is the pages' own business.
pub(super) async fn serve(
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let path = uri.path();
    let name = name(path).ok_or_else(|| nothing(path))?;
    if !matches!(method, Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return Ok((StatusCode::METHOD_NOT_ALLOWED, allow).into_response());
    }
    let Some(file) = Pages::get(&name) else {
        return Err(nothing(path).into());
    };
    let etag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..12]));
    let mut response = if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|seen| *seen == *etag)
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match gzipped(&name, &etag, &file.data, &headers) {
            Some(gzipped) => ([(header::CONTENT_ENCODING, "gzip")], gzipped).into_response(),
            None => file.data.into_response(),
        }
    };
    let cache = if name.starts_with("assets/") {
        "max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let fixed = [
        (header::CONTENT_TYPE, content_type(&name)),
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::VARY, "Accept-Encoding"),
    ];
    for (header, value) in fixed {
        response
            .headers_mut()
            .insert(header, HeaderValue::from_static(value));
    }
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

/// Which file an address means; `None` when it can mean none.
pub(super) fn name(path: &str) -> Option<Cow<'_, str>> {
    let path = percent_decode_str(path.strip_prefix('/')?)
        .decode_utf8()
        .ok()?;
    let odd = |part: &str| part == "." || part == ".." || part.contains(['\\', '\0']);
    let mut parts = path.split('/');
    let ours = matches!(parts.clone().next(), Some("api" | "tiles" | "trail"));
    if ours || parts.any(odd) {
        return None;
    }
    if path
        .rsplit('/')
        .next()
        .is_some_and(|last| last.contains('.'))
    {
        Some(path)
    } else {
        Some("index.html".into())
    }
}

/// The file compressed, for those who take it; made once and kept.
fn gzipped(name: &str, etag: &str, data: &[u8], headers: &HeaderMap) -> Option<Bytes> {
    static MADE: LazyLock<Mutex<HashMap<String, Bytes>>> = LazyLock::new(Mutex::default);
    let takes = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let text = ["html", "js", "mjs", "css", "svg", "json", "webmanifest"];
    if !takes.contains("gzip") || !text.contains(&name.rsplit('.').next()?) {
        return None;
    }
    let mut made = MADE.lock().ok()?;
    if let Some(bytes) = made.get(etag) {
        return Some(bytes.clone());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).ok()?;
    let bytes = Bytes::from(encoder.finish().ok()?);
    made.insert(etag.to_owned(), bytes.clone());
    Some(bytes)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" | "json" => "application/json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn nothing(path: &str) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "page.none",
        "没有这个地址",
        "there is nothing at this address",
    )
    .found(path)
}
