//! Open311 GeoReport v2 (open311.org), XML and JSON, with the extension for
//! updates (`servicerequestupdates`).
//!
//! A *service* is a category here, a *service request* a case, its *attributes*
//! the questions of the category. Anyone may list services and see how requests
//! stand. Who may read residents' words sees them; to others a description is
//! empty and a place is blurred. Sending needs a key (`yiwang user key`).

mod answer;
mod form;
mod requests;
mod services;
mod status;
mod submit;
mod updates;

use std::sync::Arc;

use axum::middleware::from_fn;
use axum::routing::{MethodRouter, get};
use yiwang_base::{Refusal, RefusalKind};

use super::state::App;
use answer::Format;

/// The calls under `/open311`.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    let requests = || get(requests::list).post(submit::submit);
    let updates = || get(updates::list).post(updates::submit);
    let routes = [
        ("/open311/discovery.xml", get(services::discovery)),
        ("/open311/discovery.json", get(services::discovery)),
        ("/open311/v2/services.xml", get(services::list)),
        ("/open311/v2/services.json", get(services::list)),
        ("/open311/v2/services/{file}", get(services::definition)),
        ("/open311/v2/requests.xml", requests()),
        ("/open311/v2/requests.json", requests()),
        ("/open311/v2/requests/{file}", get(requests::one)),
        ("/open311/v2/tokens/{file}", get(requests::token)),
        ("/open311/v2/servicerequestupdates.xml", updates()),
        ("/open311/v2/servicerequestupdates.json", updates()),
    ];
    let own_errors =
        |(path, route): (_, MethodRouter<Arc<App>>)| (path, route.layer(from_fn(answer::errors)));
    routes.map(own_errors).into()
}

/// `NAME.xml` or `NAME.json`.
fn file(file: &str) -> Result<(&str, Format), Refusal> {
    let split = file.rsplit_once('.');
    let found = split.and_then(|(name, extension)| Some((name, Format::of(extension)?)));
    found.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "open311.format",
            "请在地址末尾写明格式",
            "say the format at the end of the address",
        )
        .found(file)
        .allowing([".xml", ".json"])
    })
}
