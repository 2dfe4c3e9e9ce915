//! Duplicates for the desk: candidates, merging and its undoing, clusters.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use yiwang_base::{Purpose, Refusal};
use yiwang_cases::{
    Action, Case, CaseStore, Command, DUPLICATES_RULE, FoundPlace, Match, Merge, Stage, Unmerge,
    shared_words,
};

use super::answers::{CaseAnswer, CaseProblems, CommandProblems, StaffProblems};
use super::body::Body;
use super::cases::{case_id, visible};
use super::commands::{carry_out, given};
use super::parameters::{CasePath, CommandHeaders};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::duplicates::text_of;
use crate::policy::{Right, User};
use crate::wire::{
    CandidateView, CaseRow, ClusterView, ClustersView, DuplicatesView, FoundPlaceView, MergeBody,
    Time, UnmergeBody,
};

/// How many candidates are shown, and looked at for that.
const SHOWN: usize = 10;
const LOOKED_AT: usize = 30;
/// How many shared pieces are shown of each.
const PIECES: usize = 5;
/// How many clusters are shown, and how many cases of each.
const CLUSTERS: usize = 50;
const CASES_OF_CLUSTER: usize = 50;

/// What may be about the same matter as a case, what follows it, and which
/// places its words name.
#[utoipa::path(get, path = "/api/v1/cases/{id}/duplicates", operation_id = "read_duplicates", tag = "cases", security(("session" = [])), params(CasePath),
    responses((status = 200, body = DuplicatesView), CaseProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Json<DuplicatesView>> {
    let user = visitor.with(Right::ReadWords)?;
    let case = visible(&app, &user, case_id(&id)?).await?;
    let row = |case: &Case| CaseRow::of(case, user.sight(), now());
    let main = match &case.more.merged {
        Some(merged) => app.store.case(merged.into).await?,
        None => None,
    };
    let mut merged = Vec::with_capacity(case.more.duplicates.len());
    for id in &case.more.duplicates {
        let other = app.store.case(*id).await?;
        merged.extend(other.as_ref().map(row));
    }
    let places = places(&app, &text(&case));
    let point = case
        .request
        .as_ref()
        .and_then(|words| words.disclose(Purpose::HandleCase).place.point);
    let suggested_area = match point {
        Some(_) => None,
        None => places.iter().find_map(|place| place.area.clone()),
    };
    Ok(Json(DuplicatesView {
        rule: DUPLICATES_RULE.to_owned(),
        complete: app.duplicates.is_ready(),
        candidates: candidates(&app, &user, &case).await?,
        main: main.as_ref().map(row),
        merged,
        places,
        suggested_area,
    }))
}

async fn candidates(app: &App, user: &User, case: &Case) -> Result<Vec<CandidateView>, Refusal> {
    let own = words(case);
    let mut views: Vec<CandidateView> = Vec::new();
    for found in app.duplicates.candidates_of(case, LOOKED_AT) {
        if views.len() == SHOWN {
            break;
        }
        let Some(other) = open_or_main(app, &found, case).await? else {
            continue;
        };
        let known = other.id.to_string();
        if !user.sees(&other) || views.iter().any(|view| view.case.id == known) {
            continue;
        }
        let shared = shared_words(&own, &words(&other), PIECES);
        let row = CaseRow::of(&other, user.sight(), now());
        views.push(CandidateView::of(&found, row, shared));
    }
    Ok(views)
}

/// The open case that a match leads to: itself, or the main case it follows.
async fn open_or_main(
    app: &App,
    found: &Match,
    case: &Case,
) -> Result<Option<Case>, yiwang_cases::StoreError> {
    let Some(other) = app.store.case(found.case).await? else {
        return Ok(None);
    };
    let main = match &other.more.merged {
        Some(merged) => app.store.case(merged.into).await?,
        None => Some(other),
    };
    Ok(main.filter(|main| {
        let follows = case.more.merged.as_ref().map(|merged| merged.into);
        main.stage.is_open() && main.id != case.id && follows != Some(main.id)
    }))
}

/// Merge a case with another as a duplicate (并案).
#[utoipa::path(post, path = "/api/v1/cases/{id}/merge", operation_id = "merge", tag = "cases", security(("session" = [])), request_body = MergeBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn merge(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<MergeBody>,
) -> Answer<Response> {
    let action = Action::Merge;
    visitor.may(Right::Act(action))?;
    let main = match &visitor.0 {
        Some(user) => visible(&app, user, case_id(&body.into)?).await,
        None => Err(super::commands::no_case(case_id(&body.into)?)),
    };
    let main = Box::new(main.map_err(|refusal| refusal.at("into"))?);
    let reason = given(body.reason);
    let make = |_: &User| Ok(Command::Merge(Merge { main, reason }));
    carry_out(&app, visitor, &headers, &id, &bytes, action, make).await
}

/// Take a case out of a merge (撤销并案): it comes back at the stage and with the
/// deadline that it had.
#[utoipa::path(post, path = "/api/v1/cases/{id}/unmerge", operation_id = "unmerge", tag = "cases", security(("session" = [])), request_body = UnmergeBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn unmerge(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<UnmergeBody>,
) -> Answer<Response> {
    let reason = body.reason;
    let make = |_: &User| Ok(Command::Unmerge(Unmerge { reason }));
    carry_out(&app, visitor, &headers, &id, &bytes, Action::Unmerge, make).await
}

/// Clusters among open cases, for merging many at once.
#[utoipa::path(get, path = "/api/v1/duplicates/clusters", operation_id = "list_clusters", tag = "cases", security(("session" = [])),
    responses((status = 200, body = ClustersView), StaffProblems))]
pub(super) async fn clusters(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<ClustersView>> {
    let user = visitor.with(Right::Act(Action::Merge))?;
    let found = app.duplicates.found();
    let mut views = Vec::new();
    for cluster in &found.clusters {
        if views.len() == CLUSTERS {
            break;
        }
        let mut open = Vec::new();
        for id in &cluster.cases {
            let case = app.store.case(*id).await?;
            open.extend(case.filter(|case| case.stage.is_open()));
            if open.len() > CASES_OF_CLUSTER {
                break;
            }
        }
        let mut rows = open
            .iter()
            .map(|case| CaseRow::of(case, user.sight(), now()));
        let (Some(main), cases) = (rows.next(), rows.collect::<Vec<_>>()) else {
            continue;
        };
        if cases.is_empty() {
            continue;
        }
        views.push(ClusterView {
            main,
            cases,
            size: cluster.cases.len(),
            weakest: cluster.weakest,
        });
    }
    Ok(Json(ClustersView {
        rule: DUPLICATES_RULE.to_owned(),
        clusters: views,
        as_of: found.at.map(Time),
    }))
}

/// Places that a text names, each with the area that it is or lies in.
pub(super) fn places(app: &App, text: &str) -> Vec<FoundPlaceView> {
    let city = app.city();
    let area = |place: &FoundPlace| {
        let lies_in = || city.rules.locator.locate(place.point?);
        place.area.clone().or_else(lies_in)
    };
    let found = app.duplicates.gazetteer().find(text);
    let views = found.iter().map(|place| {
        let area = area(place).map(|code| code.to_string());
        FoundPlaceView::of(place, area)
    });
    views.collect()
}

/// What a case says; nothing once that is erased.
fn words(case: &Case) -> String {
    let words = case.request.as_ref();
    words.map_or_else(String::new, |words| {
        words.disclose(Purpose::HandleCase).words.clone()
    })
}

/// Where places are looked for in a case; nothing once its words are erased.
fn text(case: &Case) -> String {
    let words = case.request.as_ref();
    words.map_or_else(String::new, |words| {
        text_of(words.disclose(Purpose::HandleCase))
    })
}

/// Whether the main case of a merged one is so far that its reporter can be
/// called back.
pub(super) async fn main_lets_call_back(app: &App, case: &Case) -> Result<(), Refusal> {
    let Some(merged) = case
        .more
        .merged
        .as_ref()
        .filter(|_| case.stage == Stage::Merged)
    else {
        return Ok(());
    };
    let Some(main) = app.store.case(merged.into).await? else {
        return Ok(());
    };
    let actions = yiwang_cases::possible(&main);
    if actions.contains(&Action::CallBack) {
        return Ok(());
    }
    Err(Refusal::new(
        yiwang_base::RefusalKind::NotNow,
        "merge.main-not-done",
        format!("主案{}还在办理中，办结后再回访", main.id),
        format!("the main case {} is not done yet: call back then", main.id),
    )
    .at("action")
    .found(main.stage.word()))
}
