//! Devices that send readings: who they are, and whom not to believe.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use yiwang_base::{Refusal, RefusalKind, UserName};

use super::answers::{ChangeProblems, StaffProblems};
use super::body::Body;
use super::parameters::DevicePath;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::policy::Right;
use crate::wire::{DeviceBody, DeviceView, MqttView, OutsideView, ReleaseDeviceBody};

/// Devices and programs that send readings, with what was refused of theirs
/// since the server started.
#[utoipa::path(get, path = "/api/v1/devices", operation_id = "devices", tag = "sensing", security(("session" = [])),
    responses((status = 200, body = Vec<DeviceView>), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Vec<DeviceView>>> {
    visitor.may(Right::ReadSensing)?;
    Ok(Json(views(&app).collect()))
}

fn views(app: &App) -> impl Iterator<Item = DeviceView> + '_ {
    let devices = app.sensing.devices.list().into_iter();
    devices.map(|device| {
        let (usage, _) = app.mqtt.hub.usage(Some(&device.0));
        DeviceView::of(device, usage)
    })
}

/// How MQTT stands: what is kept for clients, what was dropped, and whether a broker
/// that is not ours is connected.
#[utoipa::path(get, path = "/api/v1/mqtt", operation_id = "mqtt", tag = "sensing", security(("session" = [])),
    responses((status = 200, body = MqttView), StaffProblems))]
pub(super) async fn mqtt(State(app): State<Arc<App>>, visitor: Visitor) -> Answer<Json<MqttView>> {
    visitor.may(Right::ReadSensing)?;
    let (usage, connected) = app.mqtt.hub.usage(None);
    Ok(Json(MqttView {
        listening: app.mqtt.listening.get().cloned(),
        connected,
        sessions: usage.sessions,
        bytes: usage.bytes,
        retained: usage.retained,
        dropped: usage.dropped,
        outside: app.mqtt.outside().map(OutsideView::from),
    }))
}

/// Register a device, or change what is registered of it. From then on it may
/// send for the datastreams of its things only.
#[utoipa::path(put, path = "/api/v1/devices/{device}", operation_id = "set_device", tag = "sensing", security(("session" = [])),
    params(DevicePath), request_body = DeviceBody,
    responses((status = 200, body = DeviceView), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<UserName>,
    Body { value: body, .. }: Body<DeviceBody>,
) -> Answer<Json<DeviceView>> {
    let by = visitor.actor().to_string();
    visitor.may(Right::KeepDevices)?;
    if app.store.account(name.clone()).await?.is_none() {
        return Err(no_such(name.as_str()).into());
    }
    let before = app.sensing.devices.device(name.as_str());
    let device = body.device(before)?;
    app.sensing
        .set_device(&app.store, name.as_str(), &device, by, None, now())
        .await?;
    view(&app, name.as_str())
}

/// Believe a quarantined device again.
#[utoipa::path(post, path = "/api/v1/devices/{device}/release", operation_id = "release_device", tag = "sensing", security(("session" = [])),
    params(DevicePath), request_body = ReleaseDeviceBody,
    responses((status = 200, body = DeviceView), ChangeProblems))]
pub(super) async fn release(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    Body { value: body, .. }: Body<ReleaseDeviceBody>,
) -> Answer<Json<DeviceView>> {
    let by = visitor.actor().to_string();
    visitor.may(Right::KeepDevices)?;
    let mut device = app
        .sensing
        .devices
        .device(&name)
        .ok_or_else(|| no_such(&name))?;
    device.quarantine = None;
    app.sensing
        .set_device(&app.store, &name, &device, by, Some(body.reason), now())
        .await?;
    view(&app, &name)
}

fn view(app: &App, name: &str) -> Answer<Json<DeviceView>> {
    let found = views(app).find(|view| view.name == name);
    Ok(Json(found.ok_or_else(|| no_such(name))?))
}

fn no_such(name: &str) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "device.none",
        "没有这台设备或这个账户",
        "there is no such device or account",
    )
    .found(name)
}
