//! Reading JSON bodies: whatever is wrong is named by its field.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Bytes, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use yiwang_base::field::unfit;
use yiwang_base::{Refusal, RefusalKind};

use super::problem::ApiError;
use super::state::App;
use crate::wire::Object;

/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(15);

/// A JSON body, with the bytes it was read from.
pub(super) struct Body<T> {
    pub(super) value: T,
    pub(super) bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        // Read before its type is refused: who is still sending when the connection closes
        // never hears why.
        let bytes = receive(request, app).await?;
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        // Only JSON: a page of another site cannot send it without asking first.
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "body.content-type",
                "内容类型须为 application/json",
                "the content type must be application/json",
            )
            .at("Content-Type")
            .found(content_type)
            .allowing(["application/json"])
            .into());
        }
        let value = read(&bytes)?;
        Ok(Body { value, bytes })
    }
}

/// The bytes of a body, within their time and size.
pub(super) async fn receive(request: Request, app: &Arc<App>) -> Result<Bytes, Refusal> {
    let announced = request.body().size_hint().lower();
    if announced > app.options.max_body as u64 {
        return Err(too_large());
    }
    tokio::time::timeout(BODY_WITHIN, Bytes::from_request(request, app))
        .await
        .map_err(|_| late())?
        .map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                too_large()
            } else {
                cut_off()
            }
        })
}

fn cut_off() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "body.not-json",
        "内容没有传完，请重新发送",
        "the body ended early; send it again",
    )
}

fn late() -> Refusal {
    let seconds = BODY_WITHIN.as_secs();
    Refusal::new(
        RefusalKind::Invalid,
        "body.late",
        format!("内容没有在 {seconds} 秒内传完，请重新发送"),
        format!("the body did not arrive within {seconds} seconds; send it again"),
    )
}

fn too_large() -> Refusal {
    Refusal::new(
        RefusalKind::TooMuch,
        "body.too-large",
        "内容过大，请缩短后重新发送",
        "the body is too large; shorten it and send it again",
    )
}

/// Reads a value, naming the field at fault.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice::<Object<T>>(bytes)
        .map(|read| read.0)
        .map_err(|_| {
            // Read again, slower, to learn where it went wrong.
            let mut deserializer = serde_json::Deserializer::from_slice(bytes);
            match serde_path_to_error::deserialize::<_, Object<T>>(&mut deserializer) {
                Ok(_) => malformed("something after the end of the JSON value", None),
                Err(error) => {
                    let path = error.path().to_string();
                    let inner = error.into_inner();
                    if inner.is_data() {
                        wrong_field(&path, &inner.to_string())
                    } else {
                        malformed(&inner.to_string(), Some((inner.line(), inner.column())))
                    }
                }
            }
        })
}

fn malformed(what: &str, at: Option<(usize, usize)>) -> Refusal {
    let refusal = Refusal::new(
        RefusalKind::Invalid,
        "body.not-json",
        "内容不是合格的 JSON，请检查后重新发送",
        "the body is not well-formed JSON; correct it and send it again",
    )
    .found(what);
    match at {
        Some((line, column)) => refusal.at(format!("line {line}, column {column}")),
        None => refusal,
    }
}

/// What serde says of a field, in both languages. Its sentences are stable:
/// `missing field`, `unknown field`, `unknown variant`, `duplicate field`,
/// `invalid type: A, expected B`.
fn wrong_field(path: &str, message: &str) -> Refusal {
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(said, _)| said);
    let invalid = |code, zh, en| Refusal::new(RefusalKind::Invalid, code, zh, en);
    let within = |name: &str| match path {
        "." => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    if let Some(name) = in_quotes(message, "missing field `") {
        return invalid("field.missing", "缺少此项", "this field is missing").at(within(name));
    }
    if let Some(name) = in_quotes(message, "duplicate field `") {
        return invalid("field.twice", "此项出现了两次", "this field is there twice")
            .at(within(name));
    }
    if let Some((name, allowed)) = unknown(message, "unknown field `") {
        // The path ends with the unknown name already.
        return invalid("field.unknown", "没有这一项", "there is no such field")
            .at(path)
            .found(name)
            .allowing(allowed);
    }
    if let Some((word, allowed)) = unknown(message, "unknown variant `") {
        return unfit(path).found(word).allowing(allowed);
    }
    let (found, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    let found = found.split_once(": ").map_or(found, |(_, found)| found);
    let at = if path == "." { "body" } else { path };
    let refusal = unfit(at).found(found);
    match expected {
        "" => refusal,
        "u8" => refusal.allowing(["0–255"]),
        "f64" => refusal.allowing(["a number"]),
        expected => refusal.allowing([expected]),
    }
}

fn in_quotes<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.strip_suffix('`')
}

/// The name that is not known, and the names that are. What a caller wrote may
/// hold the same marks, so the sentence is read from its end.
fn unknown<'a>(message: &'a str, before: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let rest = message.strip_prefix(before)?;
    match rest.rsplit_once("`, expected ") {
        Some((name, allowed)) => Some((name, allowed.split('`').skip(1).step_by(2).collect())),
        None => Some((rest.split_once("`, there are no")?.0, Vec::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::RequestBody;

    fn refusal(json: &str) -> Refusal {
        read::<RequestBody>(json.as_bytes()).expect_err("it is wrong")
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let table = [
            (r#"{"place":{}}"#, "field.missing", "words"),
            (r#"{"words":5,"place":{}}"#, "field.invalid", "words"),
            (
                r#"{"words":"a","place":{"point":{"lon":"x","lat":1}}}"#,
                "field.invalid",
                "place.point.lon",
            ),
            (
                r#"{"words":"a","place":{},"channel":"fax"}"#,
                "field.invalid",
                "channel",
            ),
            (
                r#"{"words":"a","words":"b","place":{}}"#,
                "field.twice",
                "words",
            ),
            (
                r#"{"words":"a","place":["street"]}"#,
                "field.invalid",
                "place",
            ),
            (r#"["a"]"#, "field.invalid", "body"),
            (
                r#"{"words":"a","place":{"point":{"lon":1}}}"#,
                "field.missing",
                "place.point.lat",
            ),
            (
                r#"{"words":"a","place":{"street":"x"}}"#,
                "field.unknown",
                "place.street",
            ),
        ];
        for (json, code, field) in table {
            let refusal = refusal(json);
            assert_eq!(
                (refusal.code, refusal.field.as_deref()),
                (code, Some(field)),
                "{json}"
            );
        }
        let deep = r#"{"words":"#.to_owned() + &"[".repeat(100_000);
        assert_eq!(refusal(&deep).field.as_deref(), Some("words"));
        let unknown = refusal(r#"{"words":"a","place":{"street":"x"}}"#);
        assert_eq!(unknown.allowed, ["address", "point"]);
        let unknown = refusal(r#"{"words":"a","place":{},"channel":"`, expected `fax"}"#);
        assert_eq!(unknown.found.as_deref(), Some("`, expected `fax"));
        assert_eq!(unknown.allowed.first().map(String::as_str), Some("hotline"));
    }

    #[test]
    fn what_is_not_json_is_said_to_be_so() {
        for json in [
            "",
            "{",
            "\u{0}",
            r#"{"words":"a","place":{}} x"#,
            r#"{"words":"\ud800"}"#,
        ] {
            assert_eq!(refusal(json).code, "body.not-json", "{:.20}", json);
        }
    }
}
