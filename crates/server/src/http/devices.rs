//! Devices that send readings: who they are, and whom not to believe.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_store::ItemKind;

use super::accounts::{add_program, new_key};
use super::answers::{ChangeProblems, StaffProblems};
use super::body::Body;
use super::kept::{self, seen_last};
use super::parameters::{DevicePath, IfMatchHeader};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::accounts::{known_account, sign_in_name};
use crate::policy::{Right, Role};
use crate::wire::{
    DeviceBody, DeviceView, KeyBody, KeyView, MqttView, OutsideView, ReleaseDeviceBody,
};

/// Devices and programs that send readings, with what was refused of theirs
/// since the server started.
#[utoipa::path(get, path = "/api/v1/devices", operation_id = "devices", tag = "sensing", security(("session" = [])),
    responses((status = 200, body = Vec<DeviceView>), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Vec<DeviceView>>> {
    visitor.may(Right::ReadSensing)?;
    Ok(Json(views(&app)?))
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
/// send for the datastreams of its things only. Where there is no account of its
/// name yet, one is made, which nobody can sign in to before it gets a key.
#[utoipa::path(put, path = "/api/v1/devices/{device}", operation_id = "set_device", tag = "sensing", security(("session" = [])),
    params(DevicePath, IfMatchHeader), request_body = DeviceBody,
    responses((status = 200, body = DeviceView), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<DeviceBody>,
) -> Answer<Json<DeviceView>> {
    let by = visitor.actor().to_string();
    visitor.may(Right::KeepDevices)?;
    let name = sign_in_name(&name)?;
    let turn = app.city_change().await;
    seen_last(
        &headers,
        kept::current(&app, ItemKind::Device, name.as_str())?,
    )?;
    let before = app.sensing.devices.device(name.as_str());
    let mut device = body.device(before)?;
    match app.store.account(name.clone()).await? {
        None => {
            add_program(&app, &visitor, &turn, name.as_str()).await?;
            device.own_account = true;
        }
        Some((account, _)) if account.role != Role::Partner.word() => {
            return Err(Refusal::new(
                RefusalKind::NotNow,
                "device.person",
                "这个账号属于工作人员，不能登记为设备；请换一个名称",
                "this account is a person's: a device needs a name of its own",
            )
            .at("name")
            .found(name.as_str())
            .into());
        }
        Some(_) => {}
    }
    app.sensing
        .set_device(&app.store, name.as_str(), &device, by, None, now())
        .await?;
    view(&app, name.as_str())
}

/// Give a registered device a new key, by which it signs in; it is told this once.
/// Those it had before go on until they end or its account's password is set.
#[utoipa::path(post, path = "/api/v1/devices/{device}/key", operation_id = "make_device_key", tag = "sensing", security(("session" = [])),
    params(DevicePath), request_body = KeyBody,
    responses((status = 200, body = KeyView), ChangeProblems))]
pub(super) async fn key(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    Body { value: body, .. }: Body<KeyBody>,
) -> Answer<Json<KeyView>> {
    visitor.may(Right::KeepDevices)?;
    let (account, _) = known_account(&app.store, &name).await?;
    // Whoever keeps devices makes no keys for people, or for programs that are none.
    let is_program = account.role == Role::Partner.word();
    let device = app.sensing.devices.device(&name).filter(|_| is_program);
    let device = device.ok_or_else(|| no_such(&name))?;
    // Else whoever registers the account of another system could speak in its name.
    if !device.own_account {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "device.account-before",
            "这个账号在登记设备之前就有，密钥请由管理员在“用户与角色”里发放",
            "this account was there before the device: an administrator gives its keys, under users and roles",
        )
        .at("name")
        .found(name)
        .into());
    }
    Ok(Json(new_key(&app, &account, body.days).await?))
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
    let mut found = views(app)?.into_iter();
    let found = found.find(|view| view.name == name);
    Ok(Json(found.ok_or_else(|| no_such(name))?))
}

fn views(app: &App) -> Result<Vec<DeviceView>, Refusal> {
    let set = app.store.items_set(ItemKind::Device)?.into_iter();
    let versions: HashMap<String, u64> = set.map(|set| (set.item.code, set.seq)).collect();
    let devices = app.sensing.devices.list().into_iter();
    let views = devices.map(|(name, device, counts)| {
        let version = versions.get(&name).copied().unwrap_or_default();
        let (usage, _) = app.mqtt.hub.usage(Some(&name));
        DeviceView::of((name, device, counts), version, usage)
    });
    Ok(views.collect())
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
