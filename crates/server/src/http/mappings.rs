//! Topics of MQTT whose messages are readings.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use yiwang_base::{Refusal, RefusalKind, RuleCode};
use yiwang_cases::StoreError;
use yiwang_sensing::registry::{Key, Kind, RegistryStore as _};
use yiwang_store::{Item, ItemKind};

use super::answers::{ChangeProblems, StaffProblems};
use super::body::Body;
use super::commands::code;
use super::parameters::MappingPath;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::policy::Right;
use crate::wire::{MappingBody, MappingView};

/// The mappings, by their codes.
#[utoipa::path(get, path = "/api/v1/mqtt/mappings", operation_id = "topic_mappings", tag = "sensing", security(("session" = [])),
    responses((status = 200, body = Vec<MappingView>), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Vec<MappingView>>> {
    visitor.may(Right::KeepDevices)?;
    let items = app.store.items(ItemKind::TopicMapping)?.into_iter();
    let views = items.map(|item| Ok(MappingView::of(item.code.clone(), item.read()?)));
    let views: Result<Vec<MappingView>, StoreError> = views.collect();
    Ok(Json(views?))
}

/// Set a mapping: a new code makes a new one, `active: false` takes it back.
#[utoipa::path(put, path = "/api/v1/mqtt/mappings/{mapping}", operation_id = "set_topic_mapping", tag = "sensing", security(("session" = [])),
    params(MappingPath), request_body = MappingBody,
    responses((status = 200, body = MappingView), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(mapping): Path<String>,
    Body { value: body, .. }: Body<MappingBody>,
) -> Answer<Json<MappingView>> {
    let by = visitor.actor().to_string();
    visitor.may(Right::KeepDevices)?;
    let name: RuleCode = code(&mapping, "mapping")?;
    let mapping = body.mapping();
    mapping.check()?;
    for stream in mapping.streams.values() {
        let found = app.store.entity(Key(Kind::Datastream, *stream));
        if found.map_err(Refusal::from)?.is_none() {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "reading.no-stream",
                "没有这个数据流",
                "there is no such datastream",
            )
            .at("streams")
            .found(stream.to_string())
            .into());
        }
    }
    let item = Item::of(ItemKind::TopicMapping, name.as_str(), &mapping)?;
    app.store.set_items(vec![item], by, None, now()).await?;
    app.sensing.mappings.reload(&app.store)?;
    Ok(Json(MappingView::of(name.to_string(), mapping)))
}
