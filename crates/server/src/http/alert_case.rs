//! A case for an alert, made by hand: first what others reported of the same
//! thing is offered, and only what is none of these becomes a new case.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use yiwang_base::{CaseId, CategoryCode, Refusal, RefusalKind};
use yiwang_cases::{Action, Actor, CaseStore as _, Context};
use yiwang_sensing::alert::{Alert, AlertAction, AlertCommand, possible};
use yiwang_sensing::docket::{DocketError, Kept};

use super::alerts::{detail, known};
use super::answers::{ChangeProblems, OneStaffProblems};
use super::body::Body;
use super::cases::{case_id, visible};
use super::commands::{code, given, seen_version};
use super::parameters::{AlertPath, IfMatchHeader};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::flows::alerts::{act, alike, category_of, new_case};
use crate::policy::{Right, User};
use crate::wire::{AlertCaseBody, AlertReportsView, CandidateView, CaseRow};

/// How many cases are shown, and looked at for that.
const SHOWN: usize = 5;
const LOOKED_AT: usize = 30;
/// How far away a report of the same thing is, at most, metres.
const NEAR: u32 = 300;

/// Open cases that may be about the same thing as an alert.
#[utoipa::path(get, path = "/api/v1/alerts/{alert}/reports", operation_id = "alert_reports", tag = "alerts", security(("session" = [])),
    params(AlertPath),
    responses((status = 200, body = AlertReportsView), OneStaffProblems))]
pub(super) async fn reports(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Json<AlertReportsView>> {
    let user = visitor.with(Right::HandleAlerts)?;
    let kept = known(&app, &id)?;
    user.must_handle_alert(&kept.sheet, &app.city())?;
    let category = category_of(&app, &kept.sheet);
    Ok(Json(AlertReportsView {
        candidates: candidates(&app, &user, &kept, category.clone()).await?,
        category: category.map(|category| category.to_string()),
    }))
}

async fn candidates(
    app: &App,
    user: &User,
    kept: &Kept<Alert>,
    category: Option<CategoryCode>,
) -> Result<Vec<CandidateView>, Refusal> {
    let mut views: Vec<CandidateView> = Vec::new();
    for found in alike(app, kept, category, LOOKED_AT) {
        if views.len() == SHOWN {
            break;
        }
        let likeness = &found.likeness;
        let is_here = likeness.metres.is_some_and(|metres| metres <= NEAR);
        let Some(case) = app.store.case(found.case).await? else {
            continue;
        };
        if is_here && likeness.same_category != Some(false) && may_take(user, &case) {
            let row = CaseRow::of(&case, user.sight(), now());
            views.push(CandidateView::of(&found, row, Vec::new()));
        }
    }
    Ok(views)
}

/// Whether a case may take an alert on: it is open, stands for itself and is seen.
fn may_take(user: &User, case: &yiwang_cases::Case) -> bool {
    case.stage.is_open() && case.more.merged.is_none() && user.sees(case)
}

/// Have a case take an alert on: one that is there, or a new one. Where others
/// seem to have reported the same thing, a new one is refused until it is said
/// that none of their cases is.
#[utoipa::path(post, path = "/api/v1/alerts/{alert}/case", operation_id = "make_alert_case", tag = "alerts", security(("session" = [])),
    params(AlertPath, IfMatchHeader), request_body = AlertCaseBody,
    responses((status = 200, body = crate::wire::AlertDetail), ChangeProblems))]
pub(super) async fn make(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<AlertCaseBody>,
) -> Answer<Response> {
    let actor = visitor.actor();
    let user = visitor.with(Right::HandleAlerts)?;
    let seen = seen_version(&headers)?;
    let kept = known(&app, &id)?;
    user.must_handle_alert(&kept.sheet, &app.city())?;
    let found = kept.version;
    if found != u64::from(seen) {
        return Err(Refusal::from(DocketError::Changed { found }).into());
    }
    // Everything that can be refused is, before a case is opened.
    let link = |case, joined| AlertCommand::LinkCase {
        case,
        joined,
        reason: Some(body.reason.clone()),
    };
    may_be_linked(&kept, &link(CaseId(0), false), &actor)?;
    let (case, joined) = match given(body.case.clone()) {
        Some(case) => (join(&app, &user, &case).await?, true),
        None => (open(&app, &user, &kept, &actor, &body).await?, false),
    };
    let kept = act(
        &app.store,
        Some(&kept),
        &link(case, joined),
        &actor.to_string(),
    )
    .await?;
    detail(&app, &user, &kept)
}

/// Refuses what the alert would refuse.
fn may_be_linked(kept: &Kept<Alert>, link: &AlertCommand, actor: &Actor) -> Result<(), Refusal> {
    let by = actor.to_string();
    let context = yiwang_sensing::alert::Context {
        now: now(),
        by: &by,
    };
    yiwang_sensing::alert::decide(Some(&kept.sheet), link, &context)?;
    if possible(&kept.sheet, now()).contains(&AlertAction::MakeCase) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::NotNow,
        "alert.over",
        "这条告警已处置并恢复，不再转工单",
        "this alert is handled and cleared: no case takes it on any more",
    ))
}

/// The case of somebody who reported the same thing.
async fn join(app: &App, user: &User, case: &str) -> Result<CaseId, Refusal> {
    let case = async { visible(app, user, case_id(case)?).await }.await;
    let case = case.map_err(|refusal| refusal.at("case"))?;
    if may_take(user, &case) {
        return Ok(case.id);
    }
    Err(Refusal::new(
        RefusalKind::NotNow,
        "alert.case-over",
        "该工单已办结或已并入别的工单，不能承接告警",
        "this case is over or merged with another: it takes no alert on",
    )
    .at("case")
    .found(case.id.to_string()))
}

/// A new case, where none that is there is about the same thing.
async fn open(
    app: &App,
    user: &User,
    kept: &Kept<Alert>,
    actor: &Actor,
    body: &AlertCaseBody,
) -> Result<CaseId, Refusal> {
    let city = app.city();
    let said = given(body.category.clone());
    let said = said.map(|word| code::<CategoryCode>(&word, "category"));
    let category = said.transpose()?.or_else(|| category_of(app, &kept.sheet));
    if let Some(category) = category.as_ref()
        && !city.rules.categories.contains_key(category)
    {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "category.unknown",
            "没有这个类别",
            "there is no such category",
        )
        .at("category")
        .found(category.as_str()));
    }
    if !body.none_of_these {
        let same = candidates(app, user, kept, category.clone()).await?;
        if !same.is_empty() {
            return Err(Refusal::new(
                RefusalKind::NotNow,
                "alert.reported-already",
                "附近已有未办结的工单可能说的是同一件事：请选其中一件，或说明都不是",
                "open cases nearby may be about the same thing: choose one of them, or say that none is",
            )
            .at("none_of_these")
            .allowing(same.into_iter().map(|view| view.case.id)));
        }
    }
    let context = Context {
        rules: &city.rules,
        actor,
        grounds: None,
        now: now(),
    };
    // Who may not accept leaves that to the desk.
    let accepts = user.may(Right::Act(Action::Accept));
    let case = new_case(&app.store, &city, category, accepts, kept, &context).await?;
    app.duplicates.take_in(&case);
    Ok(case.id)
}
