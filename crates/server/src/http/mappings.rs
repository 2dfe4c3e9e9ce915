//! Topics of MQTT whose messages are readings.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::Value;
use yiwang_base::{Refusal, RefusalKind, RuleCode};
use yiwang_cases::StoreError;
use yiwang_sensing::registry::{Key, Kind, RegistryStore as _};
use yiwang_store::{Item, ItemKind};

use super::answers::{ChangeProblems, CommandBodyProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::commands::code;
use super::kept::{self, Stored};
use super::parameters::{IfMatchHeader, MappingPath};
use super::problem::Answer;
use super::session::Visitor;
use super::state::App;
use crate::mqtt::{Mapping, try_message};
use crate::policy::Right;
use crate::wire::{
    MappingBody, SetBody, Setting, SettingHistory, Settings, TriedMappingView, TryMappingBody,
};

impl Stored for MappingBody {
    const KIND: ItemKind = ItemKind::TopicMapping;

    fn read(body: Value) -> Result<Self, StoreError> {
        Ok(MappingBody::from(kept::read::<Mapping>(body)?))
    }
}

/// The mappings, by their codes, each with who set it.
#[utoipa::path(get, path = "/api/v1/mqtt/mappings", operation_id = "topic_mappings", tag = "sensing", security(("session" = [])),
    responses((status = 200, body = Settings<MappingBody>), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Settings<MappingBody>>> {
    visitor.may(Right::KeepDevices)?;
    Ok(Json(kept::all(&app)?))
}

/// All that a mapping was set to.
#[utoipa::path(get, path = "/api/v1/mqtt/mappings/{mapping}/history", operation_id = "topic_mapping_history", tag = "sensing", security(("session" = [])),
    params(MappingPath),
    responses((status = 200, body = SettingHistory<MappingBody>), OneStaffProblems))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(mapping): Path<String>,
) -> Answer<Json<SettingHistory<MappingBody>>> {
    visitor.may(Right::KeepDevices)?;
    Ok(Json(kept::history(&app, &mapping)?))
}

/// Set a mapping: a new code makes a new one, `active: false` takes it back.
#[utoipa::path(put, path = "/api/v1/mqtt/mappings/{mapping}", operation_id = "set_topic_mapping", tag = "sensing", security(("session" = [])),
    params(MappingPath, IfMatchHeader), request_body = SetBody<MappingBody>,
    responses((status = 200, body = Setting<MappingBody>), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(mapping): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<MappingBody>>,
) -> Answer<Json<Setting<MappingBody>>> {
    visitor.may(Right::KeepDevices)?;
    let name: RuleCode = code(&mapping, "mapping")?;
    let mapping = body.value.mapping();
    check(&app, &mapping)?;
    let turn = app.city_change().await;
    let item = Item::of(ItemKind::TopicMapping, name.as_str(), &mapping)?;
    let change = (item, body.grounds);
    let set = kept::set(&app, &turn, &visitor, &headers, change).await?;
    app.sensing.mappings.reload(&app.store)?;
    Ok(Json(set))
}

/// Try a mapping on a message, without setting it: which readings it would be.
#[utoipa::path(post, path = "/api/v1/mqtt/mappings/try", operation_id = "try_topic_mapping", tag = "sensing", security(("session" = [])),
    request_body = TryMappingBody,
    responses((status = 200, body = TriedMappingView), CommandBodyProblems))]
pub(super) async fn try_on(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<TryMappingBody>,
) -> Answer<Json<TriedMappingView>> {
    visitor.may(Right::KeepDevices)?;
    let mapping = body.mapping.mapping();
    check(&app, &mapping)?;
    let (stream, value, at) = try_message(mapping, &body.topic, &body.message)?;
    Ok(Json(TriedMappingView::of(stream, value, at)))
}

fn check(app: &App, mapping: &Mapping) -> Result<(), Refusal> {
    mapping.check()?;
    for stream in mapping.streams.values() {
        let found = app.store.entity(Key(Kind::Datastream, *stream));
        if found?.is_none() {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "reading.no-stream",
                "没有这个数据流",
                "there is no such datastream",
            )
            .at("streams")
            .found(stream.to_string()));
        }
    }
    Ok(())
}
