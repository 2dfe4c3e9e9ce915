//! What a gateway tells the city of itself: what waits, and what was left out.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{Mutex, Notify};
use yiwang_base::Timestamp;

use super::link::{Link, LinkError};
use super::state::State;
use crate::http::App;

/// How often it is told, also while nothing changes: the city keeps it in memory.
const TELL_EVERY: Duration = Duration::from_secs(30);
/// How long to wait after the city did not answer.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// How a gateway stands.
#[derive(Debug, Serialize)]
pub(super) struct Standing {
    waiting: u64,
    buffer: u64,
    dropped: u64,
    dropped_at: Option<Timestamp>,
    refused: u64,
}

/// Tells the city, for as long as the gateway runs; at once when `changed` says so.
pub(super) async fn tell(
    link: Arc<Link>,
    state: Arc<Mutex<State>>,
    app: Arc<App>,
    buffer: u64,
    changed: Arc<Notify>,
) {
    loop {
        let standing = {
            let state = state.lock().await;
            let end = app.sensing.history.next_id();
            Standing {
                waiting: end.saturating_sub(state.sent),
                buffer,
                dropped: state.dropped,
                dropped_at: state.dropped_at,
                refused: state.refused,
            }
        };
        match link.tell(&standing).await {
            Ok(()) => {
                let _ = tokio::time::timeout(TELL_EVERY, changed.notified()).await;
                continue;
            }
            Err(LinkError::Call(error)) => {
                tracing::debug!(%error, "the city is away: it is told later how the gateway stands");
            }
            Err(error) => tracing::warn!(%error, "the city does not take how the gateway stands"),
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}
