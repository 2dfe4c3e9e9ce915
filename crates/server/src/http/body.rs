//! Reading JSON bodies: whatever is wrong is named by its field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;
use yiwang_base::{Refusal, RefusalKind};

use super::problem::ApiError;

/// A JSON body, with the bytes it was read from.
pub(super) struct Body<T> {
    pub(super) value: T,
    pub(super) bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
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
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                use axum::response::IntoResponse;
                if rejection.into_response().status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                    too_large()
                } else {
                    Refusal::new(
                        RefusalKind::Invalid,
                        "body.not-json",
                        "内容没有传完,请重新发送",
                        "the body ended early; send it again",
                    )
                }
            })?;
        let value = read(&bytes)?;
        Ok(Body { value, bytes })
    }
}

fn too_large() -> Refusal {
    Refusal::new(
        RefusalKind::TooMuch,
        "body.too-large",
        "内容过大,请缩短后重新发送",
        "the body is too large; shorten it and send it again",
    )
}

/// Reads a value, naming the field at fault.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|_| {
        // Read again, slower, to learn where it went wrong.
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
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
        "内容不是合格的 JSON,请检查后重新发送",
        "the body is not well-formed JSON; correct it and send it again",
    )
    .found(what);
    match at {
        Some((line, column)) => refusal.at(format!("line {line}, column {column}")),
        None => refusal,
    }
}

/// What serde says of a field, in both languages. Its sentences are stable:
/// `missing field`, `unknown field`, `unknown variant`, `invalid type: A, expected B`.
fn wrong_field(path: &str, message: &str) -> Refusal {
    let message = message.split(" at line ").next().unwrap_or(message);
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let join = |last: &str| match path {
        "." => last.to_owned(),
        path => format!("{path}.{last}"),
    };
    let (code, zh, en) = if message.starts_with("missing field") {
        ("field.missing", "缺少此项", "this field is missing")
    } else if message.starts_with("unknown field") {
        ("field.unknown", "没有这一项", "there is no such field")
    } else {
        (
            "field.invalid",
            "此项的内容不对",
            "this field does not hold what it should",
        )
    };
    let refusal = Refusal::new(RefusalKind::Invalid, code, zh, en);
    match (code, quoted.split_first()) {
        ("field.missing", Some((name, _))) => refusal.at(join(name)),
        ("field.unknown", Some((name, allowed))) => {
            // The path ends with the unknown name already.
            refusal
                .at(path)
                .found(*name)
                .allowing(allowed.iter().copied())
        }
        _ => {
            let (found, expected) = message.split_once(", expected ").unwrap_or((message, ""));
            let found = found.split_once(": ").map_or(found, |(_, found)| found);
            let refusal = refusal.at(path).found(found);
            if expected.is_empty() {
                refusal
            } else {
                refusal.allowing([expected])
            }
        }
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
        let unknown = refusal(r#"{"words":"a","place":{"street":"x"}}"#);
        assert_eq!(unknown.allowed, ["address", "point"]);
    }

    #[test]
    fn what_is_not_json_is_said_to_be_so() {
        let deep = "[".repeat(100_000);
        for json in [
            "",
            "{",
            "\u{0}",
            r#"{"words":"a","place":{}} x"#,
            deep.as_str(),
            r#"{"words":"\ud800"}"#,
        ] {
            assert_eq!(refusal(json).code, "body.not-json", "{:.20}", json);
        }
    }
}
