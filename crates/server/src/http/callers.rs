//! A caller's earlier cases, for whoever answers the hotline.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use yiwang_base::{Refusal, RefusalKind};

use super::answers::CommandBodyProblems;
use super::body::Body;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::policy::Right;
use crate::wire::{CallerBody, CallerView, CaseRow};

/// Most cases of one caller in an answer.
const MOST: usize = 20;

/// What came from this telephone number before. The number is in the body, so
/// that no address and no log has it.
#[utoipa::path(post, path = "/api/v1/callers", operation_id = "know_caller", tag = "requests", security(("session" = [])),
    request_body = CallerBody,
    responses((status = 200, body = CallerView), CommandBodyProblems))]
pub(super) async fn know(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<CallerBody>,
) -> Answer<Json<CallerView>> {
    let user = visitor.with(Right::FindCaller)?;
    let hash = app.callers.hash(&body.phone).ok_or_else(no_number)?;
    let cases = app.store.cases_of_caller(hash, MOST).await?;
    let (sight, now) = (user.sight(), now());
    let rows = cases.iter().filter(|case| user.sees(case));
    Ok(Json(CallerView {
        cases: rows.map(|case| CaseRow::of(case, sight, now)).collect(),
    }))
}

fn no_number() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "caller.number",
        "电话号码至少有 5 位数字",
        "a telephone number has at least five digits",
    )
    .at("phone")
}
