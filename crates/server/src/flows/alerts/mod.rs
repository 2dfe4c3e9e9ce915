//! Finding → alert → case → what came of it (感知 → 告警 → 工单 → 结果).

mod again;
mod amended;
mod case;
mod clock;
mod desk;
mod draft;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};
use yiwang_base::{Refusal, Timestamp, truncate_millis};
use yiwang_sensing::alert::{self, Alert, AlertCommand};
use yiwang_sensing::docket::{Docket as _, Kept};
use yiwang_store::Store;

use crate::http::App;
pub(crate) use amended::tell_amended;
pub(crate) use case::{alike, category_of, new_case, outcome as outcome_of};
use desk::Desk;
pub(crate) use desk::{alert_of, found_of, raise};
pub(crate) use draft::content as warning_content;

/// How often time is let pass for silences and habits.
const TICK: Duration = Duration::from_secs(1);
/// How often ladders, silences, ends and outcomes are looked at.
const CLOCK: Duration = Duration::from_secs(5);
/// How long to wait after something could not be written.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Follows what is found, and the clock, for as long as the server runs.
pub async fn follow(app: Arc<App>) {
    tokio::join!(pass_time(&app), handle(&app), again::follow(&app));
}

async fn pass_time(app: &App) {
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        app.alerting.tick(now());
    }
}

async fn handle(app: &App) {
    let mut desk = loop {
        match Desk::open(&app.store) {
            Ok(desk) => break desk,
            Err(error) => tracing::warn!(%error, "open alerts cannot be read; it is tried again"),
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    };
    let mut next = Instant::now();
    loop {
        tokio::select! {
            () = app.alerting.pending().some() => {
                if let Err(refusal) = desk.take(app).await {
                    tracing::error!(%refusal, "findings wait to become alerts");
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
            }
            () = tokio::time::sleep_until(next) => {
                next = Instant::now() + CLOCK;
                if let Err(refusal) = clock::look(app, &mut desk, now()).await {
                    tracing::warn!(%refusal, "the clock of alerts and warnings could not be read");
                }
            }
        }
    }
}

fn now() -> Timestamp {
    truncate_millis(Timestamp::now())
}

/// Takes a step of an alert.
///
/// # Errors
/// What the room refuses, or that somebody else was quicker.
pub async fn act(
    store: &Store,
    kept: Option<&Kept<Alert>>,
    command: &AlertCommand,
    by: &str,
) -> Result<Kept<Alert>, Refusal> {
    act_at(store, kept, command, by, now()).await
}

/// The same at a time.
///
/// # Errors
/// As there.
pub(crate) async fn act_at(
    store: &Store,
    kept: Option<&Kept<Alert>>,
    command: &AlertCommand,
    by: &str,
    now: Timestamp,
) -> Result<Kept<Alert>, Refusal> {
    let context = alert::Context { now, by };
    let steps = alert::decide(kept.map(|k| &k.sheet), command, &context)?;
    if let Some(kept) = kept
        && steps.is_empty()
    {
        return Ok(kept.clone());
    }
    let seen = kept.map(|kept| (kept.id, kept.version));
    Ok(store.write(seen, steps).await?)
}

/// Somebody else was quicker: the next time round sees to it.
fn quicker<S: Clone>(
    outcome: Result<Kept<S>, Refusal>,
    kept: &Kept<S>,
) -> Result<Kept<S>, Refusal> {
    match outcome {
        Err(refusal) if refusal.code == "docket.changed" => Ok(kept.clone()),
        outcome => outcome,
    }
}
