//! Thresholds that are reached draft a public warning: nobody but a person
//! issues it.

use yiwang_base::{LocalText, Refusal, Timestamp};
use yiwang_sensing::alert::Alert;
use yiwang_sensing::docket::{Docket as _, Filter, Kept};
use yiwang_sensing::warning::{
    Content, Context, Due, Stage, Status, Table, Warning, WarningCommand,
};

use super::now;
use crate::alerting::offset_minutes;
use crate::city::City;
use crate::flows::warnings::{is_of_table, sender, tables, warn};
use crate::http::App;

/// Warnings that are looked through for one of the same thing.
const MOST: usize = 500;
/// Who drafts.
const BY: &str = "system:warning-table";

/// Drafts a warning where an alert of a table's rules asks for one, or makes a
/// draft graver; where people had one of this alert and this colour before,
/// whatever they did with it, that stands.
///
/// # Errors
/// When the record cannot be read or written.
pub(super) async fn draft(app: &App, kept: &Kept<Alert>) -> Result<(), Refusal> {
    let alert = &kept.sheet;
    let by_table = alert.found.iter().any(|found| is_of_table(&found.rule));
    if !by_table || !alert.stands() {
        return Ok(());
    }
    let tables = tables(&app.store)?;
    let Some(table) = tables.iter().find(|table| table.event == alert.cause) else {
        return Ok(());
    };
    let filter = Filter {
        open: None,
        before: None,
        limit: MOST,
    };
    let warnings: Vec<Kept<Warning>> = app.store.sheets(filter)?;
    let city = app.city();
    let about = warnings
        .iter()
        .filter(|warning| is_about(warning, kept, table));
    let mut drafted = None;
    for warning in about {
        if warning.sheet.content.colour >= alert.colour {
            return Ok(());
        }
        let own = warning.sheet.stage == Stage::Draft && warning.sheet.drafted_by == BY;
        drafted = drafted.or(own.then_some(warning));
    }
    let Some(content) = content(&city, alert, table, now()) else {
        return Ok(());
    };
    let command = match drafted {
        Some(_) => WarningCommand::Revise { content },
        None => WarningCommand::Draft {
            alert: Some(kept.id),
            ground: format!("告警 {0};alert {0}", kept.id),
            content,
            status: Status::Actual,
        },
    };
    let sender = sender(&app.store)?;
    let context = Context {
        now: now(),
        by: BY,
        id: drafted.map_or(0, |warning| warning.id),
        sender: &sender,
        offset_minutes: offset_minutes(&city, now()),
    };
    warn(&app.store, drafted, &command, &context)
        .await
        .map(drop)
}

/// Whether a warning is of the same alert, or still in force for the same thing
/// in the same place.
fn is_about(warning: &Kept<Warning>, kept: &Kept<Alert>, table: &Table) -> bool {
    let sheet = &warning.sheet;
    if sheet.status != Status::Actual || sheet.content.event != table.event {
        return false;
    }
    let in_force = matches!(sheet.stage, Stage::Draft | Stage::Issued);
    let here = kept.sheet.area();
    let there = here.is_none_or(|area| sheet.content.areas.contains(area));
    sheet.alert == Some(kept.id) || in_force && there
}

/// What the warning says: the line of the table that is reached.
pub(crate) fn content(
    city: &City,
    alert: &Alert,
    table: &Table,
    now: Timestamp,
) -> Option<Content> {
    let reached = table
        .lines
        .iter()
        .filter(|line| line.colour == alert.colour);
    let line: &Due = reached.min_by_key(|line| line.hours)?;
    let area = alert.area().and_then(|code| city.rules.areas.get(code));
    let area_words = match area {
        Some(area) => area.name.clone(),
        None => LocalText::new("本市", "the city"),
    };
    let unit = table.streams.units.first().map_or("", String::as_str);
    let colour = alert.colour.name();
    let (hours, amount) = (line.hours, line.amount);
    let (zh, en) = (&table.event_name.zh, &table.event_name.en);
    let seconds = i64::from(hours) * 3_600;
    let expires = now.checked_add(jiff::SignedDuration::from_secs(seconds));
    Some(Content {
        areas: alert.area().cloned().into_iter().collect(),
        description: LocalText::new(
            format!(
                "{}{hours} 小时内实测已达 {amount} {unit} 以上，且可能持续，达到{zh}{}预警标准。",
                area_words.zh, colour.zh
            ),
            format!(
                "{}: {amount} {unit} or more measured within {hours} h, and it may go on; this is the threshold of a {} warning of {en}.",
                area_words.en, colour.en
            ),
        ),
        area_words,
        colour: alert.colour,
        event: table.event.clone(),
        event_name: table.event_name.clone(),
        expires: expires.ok()?,
        instruction: LocalText::new(
            "请注意防范，减少外出，远离低洼、临水等危险地带，并留意后续预警信息。",
            "Take care, stay inside if you can, keep away from low ground and water, and follow further warnings.",
        ),
        outlines: Vec::new(),
    })
}
