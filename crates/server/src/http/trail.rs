//! The trail (存证链) as C2SP tlog-tiles, read-only.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_journal::TrailPath;

use super::problem::Answer;
use super::session::Visitor;
use super::state::App;
use crate::policy::Right;

/// The log's public key.
pub(super) async fn verifier_key(State(app): State<Arc<App>>) -> String {
    format!("{}\n", app.key.verifier())
}

/// The checkpoint, a tile of hashes (anyone), or a bundle of entries (who may
/// read entries).
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(path): Path<String>,
) -> Answer<Response> {
    let nothing = || {
        Refusal::new(
            RefusalKind::NotFound,
            "trail.none",
            "存证链中没有这个文件",
            "the trail has no such file",
        )
        .found(&path)
    };
    let wanted: TrailPath = path.parse().map_err(|_| nothing())?;
    if let TrailPath::Entries { .. } = wanted {
        visitor.with(Right::ReadEntries)?;
    }
    // Tiles belong to a signed tree; a server that just started has signed none.
    if wanted == TrailPath::Checkpoint || app.store.signed().is_none() {
        sign(&app).await?;
    }
    let bytes = app.store.trail(wanted).await?.ok_or_else(nothing)?;
    let (kind, cache) = match wanted {
        TrailPath::Checkpoint => ("text/plain; charset=utf-8", "no-store"),
        // A tile never changes: a longer one has another name.
        _ => ("application/octet-stream", "max-age=31536000, immutable"),
    };
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)],
        bytes,
    )
        .into_response())
}

/// Signs the tree as it is. When that cannot be written down, the last state
/// that was signed still stands.
async fn sign(app: &App) -> Result<(), Refusal> {
    match app.store.sign(&app.key).await {
        Err(error) if app.store.signed().is_none() => Err(error.into()),
        _ => Ok(()),
    }
}
