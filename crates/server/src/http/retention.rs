//! How long readings are kept, as stewards set it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use yiwang_store::{Item, ItemKind};

use super::answers::{ChangeProblems, StaffProblems};
use super::body::Body;
use super::kept::{current, history, set, shown};
use super::parameters::IfMatchHeader;
use super::problem::Answer;
use super::session::Visitor;
use super::settings::turn;
use super::state::App;
use crate::policy::Right;
use crate::sensing::RETENTION;
use crate::wire::{RetentionBody, SetBody, Setting, SettingHistory};

/// How long readings are kept as they came, and then as which summaries.
#[utoipa::path(get, path = "/api/v1/readings/retention", operation_id = "read_retention", tag = "sensing",
    security(("session" = [])),
    responses((status = 200, body = Setting<RetentionBody>), StaffProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Setting<RetentionBody>>> {
    visitor.may(Right::ReadSensing)?;
    let stored = current(&app, ItemKind::Setting, RETENTION)?;
    let usual = RetentionBody::from(&app.sensing.retention());
    Ok(Json(shown(RETENTION, stored, usual)?))
}

/// All that it was set to.
#[utoipa::path(get, path = "/api/v1/readings/retention/history", operation_id = "retention_history", tag = "sensing",
    security(("session" = [])),
    responses((status = 200, body = SettingHistory<RetentionBody>), StaffProblems))]
pub(super) async fn versions(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<SettingHistory<RetentionBody>>> {
    visitor.may(Right::ReadSensing)?;
    Ok(Json(history(&app, RETENTION)?))
}

/// Set after how many days readings give way to summaries by minute, those to
/// summaries by hour, and those to summaries by day; 0 keeps them for good. In
/// force at once: what gave way does not come back.
#[utoipa::path(put, path = "/api/v1/readings/retention", operation_id = "set_retention", tag = "sensing",
    security(("session" = [])), params(IfMatchHeader), request_body = SetBody<RetentionBody>,
    responses((status = 200, body = Setting<RetentionBody>), ChangeProblems))]
pub(super) async fn write(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<RetentionBody>>,
) -> Answer<Json<Setting<RetentionBody>>> {
    let turn = turn(&app, &visitor).await?;
    let retention = body.value.retention()?;
    let item = Item::of(ItemKind::Setting, RETENTION, &retention)?;
    let change = (item, body.grounds);
    let setting = set(&app, &turn, &visitor, &headers, change).await?;
    app.sensing.set_retention(retention);
    Ok(Json(setting))
}
