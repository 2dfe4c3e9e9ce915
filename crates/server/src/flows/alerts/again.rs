//! An open alert rests on readings that were put right, so it is judged again, and says
//! whether it would still have been raised. It stands as it stood: a person decides.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use yiwang_base::Refusal;
use yiwang_cases::StoreError;
use yiwang_sensing::alert::{Alert, AlertCommand};
use yiwang_sensing::docket::{Docket as _, Filter, Kept, Sheet as _};

use super::{AGAIN_AFTER, act, now, quicker};
use crate::alerting;
use crate::http::App;

/// How often it looks for what was amended.
const LOOK: Duration = Duration::from_secs(1);
/// Alerts that are read at once.
const PAGE: usize = 1_000;
/// Who says so, in the record.
const BY: &str = "system:judge-again";

/// Judges again what must be, for as long as the server runs. What waited when the server
/// stopped is found at the start: an alert itself tells what it was judged by.
pub(super) async fn follow(app: &Arc<App>) {
    let mut next = *app.store.durable().borrow();
    let mut waiting = BTreeSet::new();
    while let Err(refusal) = those_open(app, &mut waiting) {
        tracing::warn!(%refusal, "open alerts cannot be read to be judged again; it is tried again");
        sleep(AGAIN_AFTER).await;
    }
    let mut durable = app.store.durable();
    loop {
        if let Err(refusal) = look(app, &mut next, &mut waiting).await {
            tracing::warn!(%refusal, "alerts wait to be judged again");
            sleep(AGAIN_AFTER).await;
            continue;
        }
        sleep(LOOK).await;
        if durable.changed().await.is_err() {
            return;
        }
    }
}

fn those_open(app: &App, waiting: &mut BTreeSet<u64>) -> Result<(), Refusal> {
    let mut before = None;
    loop {
        let filter = Filter {
            open: Some(true),
            before,
            limit: PAGE,
        };
        let page: Vec<Kept<Alert>> = app.store.sheets(filter)?;
        before = page.last().map(|kept| kept.id);
        let full = page.len() == PAGE;
        note(waiting, page.into_iter());
        if !full {
            return Ok(());
        }
    }
}

fn note(waiting: &mut BTreeSet<u64>, alerts: impl Iterator<Item = Kept<Alert>>) {
    let must = alerts.filter(|kept| kept.sheet.must_be_judged_again());
    waiting.extend(must.map(|kept| kept.id));
}

async fn look(app: &Arc<App>, next: &mut u64, waiting: &mut BTreeSet<u64>) -> Result<(), Refusal> {
    loop {
        let page = app.store.sheets_from::<Alert>(*next, PAGE).await?;
        let full = page.len() == PAGE;
        if let Some(last) = page.last() {
            *next = last.seq + 1;
        }
        note(waiting, page.into_iter().map(|moved| moved.kept));
        if !full {
            break;
        }
    }
    for alert in waiting.clone() {
        let kept: Option<Kept<Alert>> = app.store.sheet(alert)?;
        let must = |kept: &Kept<Alert>| kept.sheet.is_open() && kept.sheet.must_be_judged_again();
        if let Some(kept) = kept.filter(must)
            && let Err(refusal) = judge(app, &kept).await
        {
            tracing::warn!(alert, %refusal, "an alert waits to be judged again");
            continue;
        }
        waiting.remove(&alert);
    }
    Ok(())
}

async fn judge(app: &Arc<App>, kept: &Kept<Alert>) -> Result<(), Refusal> {
    let turn = Arc::clone(&app.previews).acquire_owned().await;
    let (worker, id) = (Arc::clone(app), kept.id);
    let judged = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        alerting::verdict(&worker, id, now())
    });
    let verdict = judged
        .await
        .unwrap_or_else(|error| Err(StoreError::Broken(error.to_string()).into()))?;
    let command = AlertCommand::JudgeAgain {
        amended: kept.sheet.amended,
        verdict,
    };
    // Whoever was quicker moved it, so it comes round again.
    quicker(act(&app.store, Some(kept), &command, BY).await, kept)?;
    Ok(())
}
