//! What gateways ask of the city.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use yiwang_base::{Refusal, RefusalKind};

use super::answers::OneStaffProblems;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::edge::{Bundle, Signed};
use crate::policy::Right;

/// The rules, streams and mappings of the gateway that asks, signed with the
/// city's key. A gateway is registered as a device; its things are those that it
/// speaks for.
#[utoipa::path(get, path = "/api/v1/edge/bundle", operation_id = "edge_bundle", tag = "sensing", security(("session" = [])),
    responses((status = 200, body = Signed), OneStaffProblems))]
pub(super) async fn bundle(State(app): State<Arc<App>>, visitor: Visitor) -> Answer<Json<Signed>> {
    let user = visitor.with(Right::SendReadings)?;
    let name = user.account.name.to_string();
    let device = app.sensing.devices.device(&name).ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "edge.none",
            "此账户未登记为设备；请数据管理员登记网关及其所属的物",
            "this account is not registered as a device; ask the data steward to register the gateway with its things",
        )
        .found(&name)
    })?;
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

fn stopped() -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "edge.stopped",
        "规则包暂时不能生成，请稍后再试",
        "the bundle cannot be made now; try again later",
    )
}
