//! Answers in the two formats. JSON is the plain form; XML is made from it:
//! a list becomes an element with a child for each item.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::{Value, json};
use yiwang_base::{Refusal, RefusalKind};

use crate::http::problem::{ApiError, OwnShape, reader_language};

/// XML or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Json,
}

impl Format {
    /// The format of a file extension.
    pub(super) fn of(extension: &str) -> Option<Format> {
        match extension {
            "xml" => Some(Format::Xml),
            "json" => Some(Format::Json),
            _ => None,
        }
    }

    /// The format of an address; XML where it names none, as the standard requires XML.
    pub(super) fn of_uri(uri: &Uri) -> Format {
        let extension = uri.path().rsplit_once('.').map(|(_, extension)| extension);
        extension.and_then(Format::of).unwrap_or(Format::Xml)
    }

    /// A value as the body of an answer; `root` names the outermost XML element.
    pub(super) fn answer(self, root: &str, value: &Value) -> Result<Response, ApiError> {
        let (kind, body) = match self {
            Format::Json => ("application/json; charset=utf-8", value.to_string()),
            Format::Xml => {
                let body = xml(root, value).map_err(|error| {
                    tracing::error!(%error, "an answer could not be written as XML");
                    Refusal::new(
                        RefusalKind::Unavailable,
                        "open311.xml",
                        "答复暂时写不成 XML，请改用 JSON",
                        "the answer cannot be written as XML now; ask for JSON",
                    )
                })?;
                ("text/xml; charset=utf-8", body)
            }
        };
        let mut response = body.into_response();
        let kind = HeaderValue::from_static(kind);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        let never = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, never);
        Ok(response)
    }
}

fn xml(root: &str, value: &Value) -> std::io::Result<String> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    element(&mut writer, root, value)?;
    String::from_utf8(writer.into_inner()).map_err(std::io::Error::other)
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, value: &Value) -> std::io::Result<()> {
    let start = writer.create_element(name);
    match value {
        Value::Null => start.write_empty()?,
        Value::Array(items) => start.write_inner_content(|writer| {
            let each = singular(name);
            items
                .iter()
                .try_for_each(|item| element(writer, each, item))
        })?,
        Value::Object(fields) => start.write_inner_content(|writer| {
            fields
                .iter()
                .try_for_each(|(name, value)| element(writer, name, value))
        })?,
        Value::String(text) => {
            // Characters that XML 1.0 cannot hold, not even escaped.
            let text: String = text.chars().filter(|c| allowed_in_xml(*c)).collect();
            start.write_text_content(BytesText::new(&text))?
        }
        other => start.write_text_content(BytesText::new(&other.to_string()))?,
    };
    Ok(())
}

fn allowed_in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// What one item of a list is called.
fn singular(name: &str) -> &str {
    match name {
        "service_requests" => "request",
        "service_request_updates" => "request_update",
        other => other.strip_suffix('s').unwrap_or(other),
    }
}

/// Puts refusals into the standard's form: a list of code and description.
/// 404 for what is not there, 403 for a key that may not, 503 when it cannot be
/// done at present, 400 otherwise.
pub(super) async fn errors(request: Request, next: Next) -> Response {
    let format = Format::of_uri(request.uri());
    let lang = reader_language(request.headers());
    let mut response = next.run(request).await;
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else {
        return response;
    };
    let status = match refusal.kind {
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Unauthenticated | RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut description = refusal.text(lang).to_owned();
    if let Some(field) = &refusal.field {
        description = format!("{field}: {description}");
    }
    if let Some(found) = &refusal.found {
        description = format!("{description} ({found})");
    }
    if !refusal.allowed.is_empty() {
        description = format!("{description} [{}]", refusal.allowed.join(", "));
    }
    let errors = json!([{ "code": status.as_u16(), "description": description }]);
    match format.answer("errors", &errors) {
        Ok(mut answer) => {
            *answer.status_mut() = status;
            answer.extensions_mut().insert(OwnShape);
            answer
        }
        Err(error) => error.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_become_elements_with_a_child_each_and_text_is_escaped() {
        let value = json!([{ "service_code": "a<b", "keywords": null, "metadata": true }]);
        assert_eq!(
            xml("services", &value).unwrap(),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><services><service><keywords/>\
             <metadata>true</metadata><service_code>a&lt;b</service_code></service></services>"
        );
        let nested = json!({ "attributes": [{ "values": [{ "key": "1\u{0}\u{ffff}" }] }] });
        assert!(xml("service_definition", &nested).unwrap().contains(
            "<attributes><attribute><values><value><key>1</key></value></values></attribute>"
        ));
        assert!(
            xml("service_requests", &json!([{}]))
                .unwrap()
                .contains("<request")
        );
    }
}
