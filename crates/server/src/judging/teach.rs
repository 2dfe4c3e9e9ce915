//! Learning while the server runs.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use yiwang_base::Timestamp;
use yiwang_cases::StoreError;

use super::{Judging, Kept, learn};
use crate::http::App;

/// Who keeps the model, as the journal names it.
const BY: &str = "system:triage";
/// How often it is looked whether there is something new to learn.
const EVERY: Duration = Duration::from_secs(3600);
/// How old a model is when it is trained anew.
const OLD: SignedDuration = SignedDuration::from_hours(24);

/// Learns from the record at once, and trains a new model when the one in the
/// record is a day old; never ends.
pub async fn teach(app: Arc<App>) {
    loop {
        let city = app.city();
        match Judging::from_record(&app.store, &city).await {
            Ok(judging) => app.set_judging(judging),
            Err(error) => tracing::warn!(%error, "nothing could be learnt from the record"),
        }
        tokio::time::sleep(EVERY).await;
        if let Err(error) = train_anew(&app).await {
            tracing::warn!(%error, "no new model could be trained; it is tried again later");
        }
    }
}

async fn train_anew(app: &App) -> Result<(), StoreError> {
    let before = Kept::read(&app.store)?.map(|kept| kept.card);
    let fresh = |card: &super::ModelCard| Timestamp::now().duration_since(card.trained_at) < OLD;
    if before.as_ref().is_some_and(fresh) {
        return Ok(());
    }
    train_now(app, BY).await?;
    Ok(())
}

/// Trains a model on what the record's closed cases teach now, and judges by it
/// from then on; returns on how many closed cases. Where they are too few, no
/// model is made.
///
/// # Errors
/// When the record cannot be read or written.
pub async fn train_now(app: &App, by: &str) -> Result<usize, StoreError> {
    let now = Timestamp::now();
    let before = Kept::read(&app.store)?.map(|kept| kept.card);
    let learnt = learn(&app.store).await?;
    let cases = learnt.cases;
    let city = app.city();
    let trained =
        tokio::task::spawn_blocking(move || Kept::train(&learnt, &city, before.as_ref(), now));
    let trained = trained
        .await
        .map_err(|error| StoreError::Broken(error.to_string()))?;
    let Some(kept) = trained else {
        return Ok(cases);
    };
    let items = vec![kept.item()?];
    app.store.set_items(items, by.to_owned(), None, now).await?;
    tracing::info!(
        version = kept.card.version,
        cases = kept.card.cases,
        "a new model is trained"
    );
    app.set_judging(Judging::from_record(&app.store, &app.city()).await?);
    Ok(cases)
}
