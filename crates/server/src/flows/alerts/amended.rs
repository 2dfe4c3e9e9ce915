//! A reading is put right or taken back, and the open alerts that rest on it say so.

use yiwang_base::{Refusal, RuleCode, Timestamp, from_millis};
use yiwang_history::Amendment;
use yiwang_sensing::StreamId;
use yiwang_sensing::alert::{Alert, AlertCommand, AmendedReading};
use yiwang_sensing::docket::{Docket as _, Filter, Kept};

use super::act;
use super::desk::plain_number;
use crate::http::App;

/// Alerts that are read at once.
const PAGE: usize = 1_000;
/// How often it is tried again where somebody else was quicker with an alert.
const TRIES: usize = 5;

/// Tells the open alerts that rest on them of readings that were amended. What was
/// amended holds all the same where an alert cannot be told: the log says which.
pub(crate) async fn tell_amended(app: &App, amended: &[Amendment], by: &str) {
    if let Err(refusal) = tell(app, amended, by).await {
        tracing::error!(%refusal, "open alerts could not be read to be told of readings that were put right");
    }
}

async fn tell(app: &App, amended: &[Amendment], by: &str) -> Result<(), Refusal> {
    let mut before = None;
    while !amended.is_empty() {
        let filter = Filter {
            open: Some(true),
            before,
            limit: PAGE,
        };
        let page: Vec<Kept<Alert>> = app.store.sheets(filter)?;
        before = page.last().map(|kept| kept.id);
        let full = page.len() == PAGE;
        for kept in page {
            let alert = kept.id;
            if let Err(refusal) = tell_one(app, kept, amended, by).await {
                tracing::error!(alert, %refusal, "an open alert was not told of readings that were put right");
            }
        }
        if !full {
            break;
        }
    }
    Ok(())
}

async fn tell_one(
    app: &App,
    mut kept: Kept<Alert>,
    amended: &[Amendment],
    by: &str,
) -> Result<(), Refusal> {
    let rules = app.alerting.rules();
    let looks_back = |rule: &RuleCode| rules.get(rule).map_or(0, |rule| rule.looks_back_seconds());
    let readings = amended.iter().filter(|amendment| {
        let times: Vec<Timestamp> = [Some(&amendment.was), amendment.now.as_ref()]
            .into_iter()
            .flatten()
            .map(|said| from_millis(said.at))
            .collect();
        let stream = StreamId(amendment.stream);
        kept.sheet.rests_on(stream, &times, &looks_back)
    });
    let readings: Vec<AmendedReading> = readings
        .map(|amendment| AmendedReading {
            at: from_millis(amendment.was.at),
            id: amendment.id,
            now: amendment
                .now
                .as_ref()
                .and_then(|now| now.value)
                .map(plain_number),
            stream: StreamId(amendment.stream),
            was: amendment.was.value.map(plain_number),
        })
        .collect();
    if readings.is_empty() {
        return Ok(());
    }
    let command = AlertCommand::Amend { readings };
    for _ in 1..TRIES {
        match act(&app.store, Some(&kept), &command, by).await {
            Err(refusal) if refusal.code == "docket.changed" => {}
            outcome => return outcome.map(|_| ()),
        }
        match app.store.sheet(kept.id)? {
            Some(now) => kept = now,
            None => return Ok(()),
        }
    }
    act(&app.store, Some(&kept), &command, by).await.map(|_| ())
}
