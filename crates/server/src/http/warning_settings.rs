//! Who issues public warnings, and by which tables of thresholds.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use yiwang_base::{Refusal, RuleCode};
use yiwang_cases::StoreError;
use yiwang_store::{Item, ItemKind, ItemVersion};

use super::answers::{ChangeProblems, StaffProblems};
use super::body::Body;
use super::commands::code;
use super::kept::{current, given, seen_last};
use super::parameters::IfMatchHeader;
use super::problem::Answer;
use super::session::Visitor;
use super::state::App;
use crate::alerting::rules;
use crate::flows::warnings::{SENDER, TABLES, is_of_table, rule_code, sender, tables};
use crate::policy::Right;
use crate::wire::{SetBody, Setting, SettingHistory, WarningSettings};

/// The code under which both are shown as one setting.
const CODE: &str = "warnings";

/// Who issues warnings, and by which tables, with who set it.
#[utoipa::path(get, path = "/api/v1/warning-settings", operation_id = "warning_settings", tag = "alerts", security(("session" = [])),
    responses((status = 200, body = Setting<WarningSettings>), StaffProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Setting<WarningSettings>>> {
    visitor.may(Right::ReadAlerts)?;
    Ok(Json(view(&app)?))
}

/// All that they were set to.
#[utoipa::path(get, path = "/api/v1/warning-settings/history", operation_id = "warning_settings_history", tag = "alerts", security(("session" = [])),
    responses((status = 200, body = SettingHistory<WarningSettings>), StaffProblems))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<SettingHistory<WarningSettings>>> {
    visitor.may(Right::ReadAlerts)?;
    let mut value = WarningSettings::usual();
    let mut versions = BTreeMap::new();
    for code in [SENDER, TABLES] {
        let set = app.store.item_history(ItemKind::Setting, code)?.into_iter();
        versions.extend(set.map(|version| (version.seq, (code, version))));
    }
    let mut shown: Vec<Setting<WarningSettings>> = Vec::new();
    for (code, mut version) in versions.into_values() {
        let body = std::mem::take(&mut version.body);
        let broken = |error: serde_json::Error| StoreError::Broken(error.to_string());
        match code {
            SENDER => value.sender = serde_json::from_value(body).map_err(broken)?,
            _ => value.tables = serde_json::from_value(body).map_err(broken)?,
        }
        // What was set at once is two entries and one version.
        if shown.last().is_some_and(|last| last.is_of(&version)) {
            shown.pop();
        }
        shown.push(Setting::of(CODE, version, value.clone()));
    }
    Ok(Json(SettingHistory { versions: shown }))
}

/// Say who issues warnings and by which tables; each table gets rules of its own,
/// `warning.rainstorm.3h`.
#[utoipa::path(put, path = "/api/v1/warning-settings", operation_id = "set_warning_settings", tag = "alerts", security(("session" = [])),
    params(IfMatchHeader), request_body = SetBody<WarningSettings>,
    responses((status = 200, body = Setting<WarningSettings>), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<WarningSettings>>,
) -> Answer<Json<Setting<WarningSettings>>> {
    visitor.may(Right::SetRules)?;
    let grounds = given(body.grounds)?;
    let mut items = items(&body.value)?;
    let turn = app.city_change().await;
    seen_last(&headers, last(&app)?)?;
    // What no table asks for any more is judged no more.
    for (code, mut rule) in rules(&app.store)? {
        let kept = items.iter().any(|item| item.code == code.as_str());
        if is_of_table(&code) && rule.active && !kept {
            rule.active = false;
            items.push(Item::of(ItemKind::Rule, code.as_str(), &rule)?);
        }
    }
    let by = visitor.actor().to_string();
    app.set_items(&turn, items, by, grounds).await?;
    app.alerting.reload().await?;
    Ok(Json(view(&app)?))
}

/// What is set, with the rules that it makes.
fn items(value: &WarningSettings) -> Result<Vec<Item>, Refusal> {
    let under = |mut refusal: Refusal, place: &str| {
        refusal.field = refusal.field.map(|field| format!("value.{place}.{field}"));
        refusal
    };
    value.sender.check().map_err(|e| under(e, "sender"))?;
    let mut items = vec![
        Item::of(ItemKind::Setting, SENDER, &value.sender)?,
        Item::of(ItemKind::Setting, TABLES, &value.tables)?,
    ];
    for (place, table) in value.tables.iter().enumerate() {
        let place = format!("tables[{place}]");
        table.check().map_err(|e| under(e, &place))?;
        for (hours, rule) in table.rules() {
            let field = format!("value.{place}.event");
            let code: RuleCode = code(&rule_code(&table.event, hours), &field)?;
            items.push(Item::of(ItemKind::Rule, code.as_str(), &rule)?);
        }
    }
    Ok(items)
}

fn view(app: &App) -> Result<Setting<WarningSettings>, Refusal> {
    let value = WarningSettings {
        sender: sender(&app.store)?,
        tables: tables(&app.store)?,
    };
    Ok(match last(app)? {
        Some(last) => Setting::of(CODE, last, value),
        None => Setting::unset(CODE, value),
    })
}

/// The entry that last set either.
fn last(app: &App) -> Result<Option<ItemVersion>, Refusal> {
    let sender = current(app, ItemKind::Setting, SENDER)?;
    let tables = current(app, ItemKind::Setting, TABLES)?;
    Ok([sender, tables].into_iter().flatten().max_by_key(|v| v.seq))
}
