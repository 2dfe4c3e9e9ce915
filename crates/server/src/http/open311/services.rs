//! Services: the categories, with what they ask.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_cases::{AnswerKind, Category, Question};

use super::answer::Format;
use super::file;
use crate::city::City;
use crate::http::problem::{Answer, reader_language};
use crate::http::state::App;

/// The services.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
) -> Answer<Response> {
    let lang = reader_language(&headers);
    let city = app.city();
    let categories = city.rules.categories.values();
    let services: Vec<Value> = categories.map(|category| service(category, lang)).collect();
    Format::of_uri(&uri).answer("services", &services.into())
}

fn service(category: &Category, lang: Lang) -> Value {
    json!({
        "service_code": category.code.as_str(),
        "service_name": category.name.get(lang),
        "description": format!("{} · {}", category.group.get(lang), category.name.get(lang)),
        "metadata": !category.questions.is_empty(),
        "type": "realtime",
        "keywords": category.group.get(lang),
        "group": category.group.get(lang),
    })
}

/// What a service asks.
pub(super) async fn definition(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let (code, format) = file(&name)?;
    let city = app.city();
    let category = known(&city, code)?;
    let lang = reader_language(&headers);
    let questions = category.questions.iter().enumerate();
    let attributes: Vec<Value> = questions
        .map(|(place, question)| attribute(place + 1, question, lang))
        .collect();
    let definition = json!({ "service_code": code, "attributes": attributes });
    format.answer("service_definition", &definition)
}

fn attribute(order: usize, question: &Question, lang: Lang) -> Value {
    let values = question.choices.iter();
    let values: Vec<Value> = values
        .map(|choice| json!({ "key": choice.key, "name": choice.name.get(lang) }))
        .collect();
    let hint = question.hint.as_ref().map(|hint| hint.get(lang));
    json!({
        "variable": question.answer.is_some(),
        "code": question.code,
        "datatype": question.answer.unwrap_or(AnswerKind::String).word(),
        "required": question.required,
        "datatype_description": hint,
        "order": order,
        "description": question.asks.get(lang),
        "values": values,
    })
}

/// The category of a service code.
pub(super) fn known<'a>(city: &'a City, code: &str) -> Result<&'a Category, Refusal> {
    let found = code.parse().ok();
    let found = found.and_then(|code| city.rules.categories.get(&code));
    found.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "open311.service",
            "没有这个 service_code，可用的见 services",
            "there is no such service_code; services lists those there are",
        )
        .at("service_code")
        .found(code)
    })
}

/// Where the calls are.
pub(super) async fn discovery(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    uri: Uri,
) -> Answer<Response> {
    let city = app.city();
    let lang = reader_language(&headers);
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    let scheme = if app.options.secure_cookie {
        "https"
    } else {
        "http"
    };
    let base = host.map_or_else(String::new, |host| format!("{scheme}://{host}"));
    let formats = ["text/xml", "application/json"];
    let discovery = json!({
        "changeset": city.loaded_at.to_string(),
        "contact": city.name.get(lang),
        "key_service": "yiwang user key NAME",
        "endpoints": [{
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": format!("{base}/open311/v2"),
            "changeset": city.loaded_at.to_string(),
            "type": "production",
            "formats": formats,
        }],
    });
    Format::of_uri(&uri).answer("discovery", &discovery)
}
