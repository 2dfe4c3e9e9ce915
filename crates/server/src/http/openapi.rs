//! The OpenAPI document.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::wire::{
    AlertChangeView, CaseDetail, ChangeView, DossierChangeView, DossierDetail, WarningChangeView,
    WhistleChangeView, WhistleDetail,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Yiwang",
        description = "One intake, one dispatch: requests, cases and their trail.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(
        super::Problem,
        CaseDetail,
        ChangeView,
        DossierDetail,
        DossierChangeView,
        WhistleDetail,
        WhistleChangeView,
        AlertChangeView,
        WarningChangeView
    )),
    modifiers(&Session),
    tags(
        (name = "session", description = "Signing in"),
        (name = "city", description = "Areas, units, categories"),
        (name = "accounts", description = "People who sign in"),
        (name = "requests", description = "What residents send and follow"),
        (name = "cases", description = "What staff act on"),
        (name = "whistles", description = "Calling units, and who is on duty"),
        (name = "figures", description = "Rates that open to the cases behind them"),
        (name = "scenarios", description = "What the city is used for, and whether it is any good"),
        (name = "studies", description = "Whether the machine's suggestions make people quicker"),
        (name = "webhooks", description = "What other systems are told"),
        (name = "sensing", description = "Devices that send readings, and readings over time; SensorThings itself is at /sta/v1.1"),
        (name = "alerts", description = "Rules that judge readings, alerts, public warnings"),
        (name = "together", description = "What grows out of cases: proposals, topics, disputes, deliberation, votes, micro-projects"),
    )
)]
struct Base;

/// How staff are known: by the cookie that signing in sets.
struct Session;

impl Modify for Session {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKey::Cookie(ApiKeyValue::new(super::COOKIE));
        if let Some(components) = &mut document.components {
            components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        }
    }
}

/// The document without the calls.
pub(super) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// The whole document, as JSON.
pub fn document() -> String {
    let (_, mut document) = super::api_router().split_for_parts();
    for path in document.paths.paths.values_mut() {
        let operations = [
            &mut path.get,
            &mut path.post,
            &mut path.put,
            &mut path.delete,
        ];
        operations.into_iter().flatten().for_each(describe_answers);
    }
    document.to_pretty_json().unwrap_or_default()
}

pub(super) async fn serve(document: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document).into_response()
}

/// OpenAPI 3.1 wants each response described; what the call is for says it.
fn describe_answers(operation: &mut Operation) {
    let summary = operation.summary.clone().unwrap_or_default();
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = summary.clone();
        }
    }
}
