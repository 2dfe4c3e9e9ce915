//! The landing page: which sets there are, and what is implemented.

use axum::Json;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use yiwang_sensing::registry::Kind;
use yiwang_sta::names;

use super::answer::links;

/// Anyone may see what there is; what is in it needs a sign-in.
pub(super) async fn landing(headers: HeaderMap) -> Json<Value> {
    let links = links(&headers);
    let sets = Kind::ALL.map(|kind| {
        let name = names::set(kind);
        json!({"name": name, "url": format!("{}/{name}", links.root())})
    });
    Json(json!({
        "value": sets,
        "serverSettings": {"conformance": names::CONFORMANCE},
    }))
}
