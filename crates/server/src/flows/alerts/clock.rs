//! What the clock brings about: rungs of ladders, ends of silences and of
//! warnings, and what came of cases.

use yiwang_base::{Refusal, Timestamp};
use yiwang_sensing::alert::{AlertCommand, inhibitor};
use yiwang_sensing::docket::{Docket as _, Filter, Kept};
use yiwang_sensing::warning::{self, Warning, WarningCommand};

use super::desk::{Desk, follow_up};
use super::{act, case, quicker};
use crate::alerting;
use crate::flows::warnings::{sender, warn};
use crate::http::App;

/// Warnings that are looked at each time.
const MOST: usize = 2_000;

/// Looks at all open alerts and warnings.
///
/// # Errors
/// When the record cannot be read or written; the next time sees to the rest.
pub(super) async fn look(app: &App, desk: &mut Desk, now: Timestamp) -> Result<(), Refusal> {
    desk.follow(&app.store).await?;
    let open = desk.all();
    for kept in &open {
        let alert = &kept.sheet;
        let inhibitor = if alert.inhibited_by.is_empty() {
            None
        } else {
            inhibitor(kept, &open)
        };
        let tick = AlertCommand::Tick { inhibitor };
        let ticked = act(&app.store, Some(kept), &tick, "system:clock").await;
        let kept = quicker(ticked, kept)?;
        desk.note(kept.clone());
        follow_up(app, desk, &kept).await;
    }
    for kept in desk.unlabelled() {
        if let Some(kept) = case::label(app, &kept).await? {
            desk.note(kept);
        }
    }
    warnings(app, now).await
}

async fn warnings(app: &App, now: Timestamp) -> Result<(), Refusal> {
    let filter = Filter {
        open: Some(true),
        before: None,
        limit: MOST,
    };
    let warnings: Vec<Kept<Warning>> = app.store.sheets(filter)?;
    let sender = sender(&app.store)?;
    for kept in &warnings {
        let context = warning::Context {
            now,
            by: "system:clock",
            id: kept.id,
            sender: &sender,
            offset_minutes: alerting::offset_minutes(&app.city(), now),
        };
        let ticked = warn(&app.store, Some(kept), &WarningCommand::Tick, &context).await;
        quicker(ticked, kept)?;
    }
    Ok(())
}
