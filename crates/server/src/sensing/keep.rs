//! Keeping readings in order: parts are sealed, old segments rolled up.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use yiwang_base::{Timestamp, truncate_millis};
use yiwang_history::{History, Unsettled};
use yiwang_store::Store;

use super::Retention;

use crate::http::App;

/// A part is sealed at the latest after this long.
const PART_AGE: Duration = Duration::from_secs(3600);
/// How often to look whether there is something to do.
const PACE: Duration = Duration::from_secs(1);
const DAY_MS: i64 = 86_400_000;
/// How long to wait after something could not be done.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// Seals parts of the log as they are closed, until the server stops; old
/// readings give way to summaries.
pub async fn keep(app: Arc<App>) {
    let runtime = Handle::current();
    let mut part_since = tokio::time::Instant::now();
    let mut rolled = None;
    loop {
        let history = Arc::clone(&app.sensing.history);
        let ready = tokio::task::spawn_blocking(move || history.wait_for_part(PACE)).await;
        if ready.is_err() {
            return;
        }
        if part_since.elapsed() >= PART_AGE {
            app.sensing.history.close_part();
            part_since = tokio::time::Instant::now();
        }
        let now = truncate_millis(Timestamp::now());
        let retention = app.sensing.retention();
        let due = rolled.is_none_or(|(by, at): (Retention, i64)| {
            by != retention || now.as_millisecond() - at >= DAY_MS / 24
        });
        let zone = app.city().rules.calendar.zone().clone();
        let offset_ms = i64::from(zone.to_offset(now).seconds()) * 1000;
        let (worker, runtime) = (Arc::clone(&app), runtime.clone());
        let done = tokio::task::spawn_blocking(move || {
            let (history, store) = (&worker.sensing.history, &worker.store);
            seal_all(history, store, &runtime, now)?;
            if due {
                roll_up_all(&worker, &runtime, now, retention, offset_ms)?;
                history.keep_spans()?;
            }
            anyhow::Ok(())
        });
        match done.await {
            Ok(Ok(())) if due => rolled = Some((retention, now.as_millisecond())),
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "readings could not be sealed; it is tried again");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
            Err(_) => return,
        }
    }
}

/// Seals all parts of the log that are closed. Not to be called where nothing
/// may block.
///
/// # Errors
/// When a segment cannot be written or recorded; what is not sealed stays in the log.
pub fn seal_all(
    history: &History,
    store: &Store,
    runtime: &Handle,
    now: Timestamp,
) -> anyhow::Result<()> {
    while let Some(unsettled) = history.seal()? {
        settle(history, store, runtime, unsettled, now)?;
    }
    Ok(())
}

fn roll_up_all(
    app: &App,
    runtime: &Handle,
    now: Timestamp,
    retention: Retention,
    offset_ms: i64,
) -> anyhow::Result<()> {
    let (history, store) = (&app.sensing.history, &app.store);
    for (level, days) in retention.levels() {
        let before = now.as_millisecond() - i64::from(days) * DAY_MS;
        while let Some(unsettled) = history.roll_up(level, before, offset_ms)? {
            settle(history, store, runtime, unsettled, now)?;
        }
    }
    Ok(())
}

/// Writes a segment down in the record; then it counts.
fn settle(
    history: &History,
    store: &Store,
    runtime: &Handle,
    unsettled: Unsettled,
    now: Timestamp,
) -> anyhow::Result<()> {
    let meta = &unsettled.meta;
    runtime.block_on(store.record_segment(
        meta.name.clone(),
        meta,
        meta.replaces.clone(),
        "system:sensing".to_owned(),
        now,
    ))?;
    tracing::debug!(segment = meta.name, rows = meta.rows, "readings are sealed");
    history.settle(unsettled)?;
    Ok(())
}
