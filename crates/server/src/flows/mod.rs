//! Flows: what crosses rooms, and what happens by itself. Each is a short file.

pub mod alerts;
pub mod complaints;
pub mod proactive;
pub mod sample;
pub mod urns;
pub mod warnings;

use std::sync::Arc;
use std::time::Duration;

use crate::http::App;

/// How often the flows look whether something is to be done.
const PACE: Duration = Duration::from_secs(15 * 60);
/// How often recurrences are looked for.
const SCAN_PACE: Duration = Duration::from_secs(24 * 3600);

/// Does what is to be done by itself, again and again.
pub async fn run(app: Arc<App>) {
    let mut last_scan = None::<std::time::Instant>;
    loop {
        tokio::time::sleep(PACE).await;
        let now = yiwang_base::truncate_millis(yiwang_base::Timestamp::now());
        let city = app.city();
        // What fails here is tried again the next time round.
        match urns::empty_due(&app.store, &city.rules, now).await {
            Ok(0) => {}
            Ok(emptied) => tracing::info!(emptied, "votes that were over have been counted"),
            Err(error) => tracing::warn!(%error, "votes that are over could not be counted"),
        }
        if let Err(error) = proactive::measure_due(&app.store, &city.rules, now).await {
            tracing::warn!(%error, "what became of proposals could not be counted");
        }
        if last_scan.is_none_or(|at| at.elapsed() >= SCAN_PACE) {
            match proactive::scan(&app.store, &city.rules, now).await {
                Ok(found) => {
                    last_scan = Some(std::time::Instant::now());
                    tracing::info!(opened = found.opened.len(), "recurrences were looked for");
                }
                Err(error) => tracing::warn!(%error, "recurrences could not be looked for"),
            }
        }
    }
}
