//! Devices that send readings: who they are, and whom not to believe.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_store::{Account, ItemKind, KeysEnding, account_subject, keys_subject};

use super::accounts::{add_program, new_key};
use super::answers::{ChangeProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::kept::{self, read, seen_last};
use super::parameters::{DeviceKeyPath, DevicePath, IfMatchHeader};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::accounts::{known_account, sign_in_name};
use crate::policy::{Right, Role};
use crate::wire::{
    DeviceBody, DeviceKeyBody, DeviceKeyView, DeviceVersion, DeviceView, KeyView, MqttView,
    OutsideView, ReleaseDeviceBody, Setting, SettingHistory,
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
        dropped: usage.dropped.total(),
        dropped_by: usage.dropped.into(),
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
/// Those it had before go on until they end or are ended, unless this ends them.
#[utoipa::path(post, path = "/api/v1/devices/{device}/key", operation_id = "make_device_key", tag = "sensing", security(("session" = [])),
    params(DevicePath), request_body = DeviceKeyBody,
    responses((status = 200, body = KeyView), ChangeProblems))]
pub(super) async fn key(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    Body { value: body, .. }: Body<DeviceKeyBody>,
) -> Answer<Json<KeyView>> {
    visitor.may(Right::KeepDevices)?;
    let account = own_account(&app, &name).await?;
    let ending = match body.end_others {
        true => KeysEnding::All,
        false => KeysEnding::None,
    };
    let by = visitor.actor().to_string();
    Ok(Json(new_key(&app, &account, body.days, ending, by).await?))
}

/// The keys of a registered device that have not ended, the latest first.
#[utoipa::path(get, path = "/api/v1/devices/{device}/keys", operation_id = "device_keys", tag = "sensing", security(("session" = [])),
    params(DevicePath),
    responses((status = 200, body = Vec<DeviceKeyView>), ChangeProblems))]
pub(super) async fn keys(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Answer<Json<Vec<DeviceKeyView>>> {
    visitor.may(Right::KeepDevices)?;
    let account = own_account(&app, &name).await?;
    keys_now(&app, account).await
}

/// End a key of a device: within half a minute nothing more is taken by it, and its
/// connections are closed. Answers the keys that are left.
#[utoipa::path(delete, path = "/api/v1/devices/{device}/keys/{key}", operation_id = "end_device_key", tag = "sensing", security(("session" = [])),
    params(DeviceKeyPath),
    responses((status = 200, body = Vec<DeviceKeyView>), ChangeProblems))]
pub(super) async fn end_key(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
) -> Answer<Json<Vec<DeviceKeyView>>> {
    visitor.may(Right::KeepDevices)?;
    let account = own_account(&app, &name).await?;
    let (of, by) = (account.name.clone(), visitor.actor().to_string());
    let ending = KeysEnding::One(key.clone());
    let ended = app.store.change_keys(of, None, ending, by, now()).await?;
    if ended.is_empty() {
        return Err(Refusal::new(
            RefusalKind::NotFound,
            "device.no-key",
            "这台设备没有这把密钥，或它已经停用",
            "the device has no such key, or it has ended already",
        )
        .found(key)
        .into());
    }
    keys_now(&app, account).await
}

/// What was registered of a device, and its keys, each time one of them changed: by
/// whom, when and on what grounds.
#[utoipa::path(get, path = "/api/v1/devices/{device}/history", operation_id = "device_history", tag = "sensing", security(("session" = [])),
    params(DevicePath),
    responses((status = 200, body = SettingHistory<DeviceVersion>), OneStaffProblems))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Answer<Json<SettingHistory<DeviceVersion>>> {
    visitor.may(Right::ReadEntries)?;
    if !app.sensing.devices.is_registered(&name) {
        return Err(no_such(&name).into());
    }
    let of_keys = keys_subject(&name);
    let of_account = account_subject(&name);
    let subjects = [&*format!("device/{name}"), &*of_keys, &*of_account];
    let mut state = DeviceVersion::default();
    let mut versions = Vec::new();
    for (subject, mut entry) in app.store.entries_of(&subjects)? {
        let body = std::mem::take(&mut entry.body);
        if subject == of_keys {
            state.keys.change(read(body)?, entry.at);
        } else if subject == of_account {
            if !state.keys.end_all() {
                continue;
            }
        } else {
            state.set(read(body)?);
        }
        versions.push(Setting::of(&name, entry, state.clone()));
    }
    Ok(Json(SettingHistory { versions }))
}

async fn keys_now(app: &App, account: Account) -> Answer<Json<Vec<DeviceKeyView>>> {
    let keys = app.store.keys(account.name, now()).await?;
    Ok(Json(keys.into_iter().map(DeviceKeyView::from).collect()))
}

/// The account of a registered device, where it was made with it: whoever keeps devices
/// keeps no keys of people, or of programs that are none.
async fn own_account(app: &App, name: &str) -> Result<Account, Refusal> {
    let (account, _) = known_account(&app.store, name).await?;
    let is_program = account.role == Role::Partner.word();
    let device = app.sensing.devices.device(name).filter(|_| is_program);
    let device = device.ok_or_else(|| no_such(name))?;
    // Else whoever registers the account of another system could speak in its name.
    if !device.own_account {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "device.account-before",
            "这个账号在登记设备之前就有，密钥请由管理员在“用户与角色”里发放",
            "this account was there before the device: an administrator gives its keys, under users and roles",
        )
        .at("name")
        .found(name));
    }
    Ok(account)
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
