//! OGC SensorThings API 1.1 (18-088), parts I and the data array and batch
//! extensions.
//!
//! Entities are those of the register, observations those of the history. An
//! observation that is put right or taken back stays as it was kept: what holds
//! now is an entry of the record, which every answer honours. Distances in filters are in degrees, as other servers have
//! it. Whoever is signed in reads; programs and devices send with their keys.

mod answer;
mod batch;
mod body;
mod create;
mod feature;
mod landing;
mod list;
mod member;
mod observations;
mod observed;
mod read;
mod write;

pub(super) use answer::reached_at;

use std::sync::Arc;

use axum::middleware::from_fn;
use axum::routing::{MethodRouter, get, post};

use super::state::App;

/// The calls under `/sta`.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    let any = || {
        get(read::read)
            .post(write::post)
            .patch(write::patch)
            .put(write::put)
            .delete(write::delete)
    };
    let routes = [
        ("/sta/v1.1", get(landing::landing)),
        ("/sta/v1.1/", get(landing::landing)),
        ("/sta/v1.1/CreateObservations", post(create::create)),
        ("/sta/v1.1/$batch", post(batch::batch)),
        ("/sta/v1.1/{*path}", any()),
    ];
    let own_errors =
        |(path, route): (_, MethodRouter<Arc<App>>)| (path, route.layer(from_fn(answer::errors)));
    routes.map(own_errors).into()
}
