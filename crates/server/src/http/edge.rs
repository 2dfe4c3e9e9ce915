//! What gateways ask of the city.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_sensing::device::Device;

use super::answers::{ChangeProblems, OneStaffProblems};
use super::body::Body;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::edge::{Bundle, Signed};
use crate::policy::{Right, User};
use crate::wire::{GatewayBody, GatewayView};

/// The rules, streams and mappings of the gateway that asks, signed with the
/// city's key. A gateway is registered as a device; its things are those that it
/// speaks for.
#[utoipa::path(get, path = "/api/v1/edge/bundle", operation_id = "edge_bundle", tag = "sensing", security(("session" = [])),
    responses((status = 200, body = Signed), OneStaffProblems))]
pub(super) async fn bundle(State(app): State<Arc<App>>, visitor: Visitor) -> Answer<Json<Signed>> {
    let user = visitor.with(Right::SendReadings)?;
    let (name, device) = registered(&app, &user)?;
    let making = tokio::task::spawn_blocking(move || {
        let bundle = Bundle::of(&app, &name, &device, now())?;
        bundle.sign(&app.key).map_err(|error| {
            tracing::error!(%error, "a bundle could not be signed");
            stopped()
        })
    });
    let signed = making.await.unwrap_or_else(|_| Err(stopped()))?;
    Ok(Json(signed))
}

/// A gateway tells how it stands: what waits there, and what it did not pass on, since more
/// waited than its buffer holds. It is shown with the device.
#[utoipa::path(post, path = "/api/v1/edge/standing", operation_id = "edge_standing", tag = "sensing", security(("session" = [])),
    request_body = GatewayBody,
    responses((status = 200, body = GatewayView), ChangeProblems))]
pub(super) async fn standing(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<GatewayBody>,
) -> Answer<Json<GatewayView>> {
    let user = visitor.with(Right::SendReadings)?;
    let (name, _) = registered(&app, &user)?;
    let standing = body.standing(now());
    app.sensing.devices.gateway_stands(&name, standing);
    Ok(Json(standing.into()))
}

fn registered(app: &App, user: &User) -> Result<(String, Device), Refusal> {
    let name = user.account.name.to_string();
    match app.sensing.devices.device(&name) {
        Some(device) => Ok((name, device)),
        None => Err(Refusal::new(
            RefusalKind::NotFound,
            "edge.none",
            "此账户未登记为设备；请数据管理员登记网关及其所属的物",
            "this account is not registered as a device; ask the data steward to register the gateway with its things",
        )
        .found(name)),
    }
}

fn stopped() -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "edge.stopped",
        "规则包暂时不能生成，请稍后再试",
        "the bundle cannot be made now; try again later",
    )
}
