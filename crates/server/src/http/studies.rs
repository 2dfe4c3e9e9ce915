//! Timing studies: beginning one, ending it, and what it shows.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::StoreError;
use yiwang_cases::study::Study;
use yiwang_store::{Item, ItemKind, ItemVersion};

use super::answers::{ChangeProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::commands::code;
use super::kept::given;
use super::parameters::StudyPath;
use super::problem::Answer;
use super::session::Visitor;
use super::settings::turn;
use super::state::{App, CityChange, now};
use crate::policy::Right;
use crate::settings::name;
use crate::studies::{measure, stored};
use crate::wire::{EndStudyBody, StudiesView, StudyBody, StudyRow, StudyView, Time};

/// All studies, the last first.
#[utoipa::path(get, path = "/api/v1/studies", operation_id = "list_studies", tag = "studies", security(("session" = [])),
    responses((status = 200, body = StudiesView), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<StudiesView>> {
    visitor.may(Right::ReadFigures)?;
    let mut all = stored(&app.store)?;
    all.sort_by_key(|study| std::cmp::Reverse(study.begun_at));
    let row = |study: &Study| Ok(StudyRow::of(study, &versions(&app, study)?));
    let studies = all.iter().map(row).collect::<Result<_, StoreError>>()?;
    Ok(Json(StudiesView { studies }))
}

/// A study: how long people took with the suggestion and without, the difference with its
/// interval, what is left out and why, and whether the aim is reached.
#[utoipa::path(get, path = "/api/v1/studies/{study}", operation_id = "read_study", tag = "studies", security(("session" = [])),
    params(StudyPath), responses((status = 200, body = StudyView), OneStaffProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(study): Path<String>,
) -> Answer<Json<StudyView>> {
    visitor.may(Right::ReadFigures)?;
    let study = found(&app, &study)?;
    Ok(Json(view(&app, &study).await?))
}

/// Begin a study now: cases that come in from now on are divided, and those of the control
/// are handled without the suggestion until it ends. One runs at a time.
#[utoipa::path(put, path = "/api/v1/studies/{study}", operation_id = "begin_study", tag = "studies", security(("session" = [])),
    params(StudyPath), request_body = StudyBody,
    responses((status = 200, body = StudyView), ChangeProblems))]
pub(super) async fn begin(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(study): Path<String>,
    Body { value: body, .. }: Body<StudyBody>,
) -> Answer<Json<StudyView>> {
    let turn = turn(&app, &visitor).await?;
    let study = Study {
        aim_percent: body.aim_percent,
        away_minutes: body.away_minutes,
        begun_at: now(),
        code: code(&study, "study")?,
        control_percent: body.control_percent,
        ended_at: None,
        name: name(body.name, "name")?,
    };
    study.check()?;
    if let Some(running) = &app.city().study {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "study.running",
            "已有试验在进行，请先结束它，再开始新的",
            "a study is running: end it before another begins",
        )
        .found(running.code.as_str())
        .into());
    }
    if stored(&app.store)?.iter().any(|one| one.code == study.code) {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "study.code-taken",
            "这个代码的试验做过了，请换一个代码",
            "there was a study of this code: choose another",
        )
        .at("study")
        .found(study.code.as_str())
        .into());
    }
    let grounds = told(body.grounds)?;
    set(&app, &turn, &visitor, &study, grounds).await?;
    Ok(Json(view(&app, &study).await?))
}

/// End a study: suggestions are shown again for every case.
#[utoipa::path(post, path = "/api/v1/studies/{study}/end", operation_id = "end_study", tag = "studies", security(("session" = [])),
    params(StudyPath), request_body = EndStudyBody,
    responses((status = 200, body = StudyView), ChangeProblems))]
pub(super) async fn end(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(study): Path<String>,
    Body { value: body, .. }: Body<EndStudyBody>,
) -> Answer<Json<StudyView>> {
    let turn = turn(&app, &visitor).await?;
    let mut study = found(&app, &study)?;
    if let Some(ended) = study.ended_at {
        return Err(Refusal::new(
            RefusalKind::NotNow,
            "study.ended",
            "这项试验已经结束",
            "this study has ended",
        )
        .found(ended.to_string())
        .into());
    }
    study.ended_at = Some(now());
    let grounds = told(body.grounds)?;
    set(&app, &turn, &visitor, &study, grounds).await?;
    Ok(Json(view(&app, &study).await?))
}

fn told(grounds: String) -> Result<String, Refusal> {
    given(Some(grounds))?.ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "study.grounds",
            "请写明缘由",
            "say why",
        )
        .at("grounds")
    })
}

async fn set(
    app: &App,
    turn: &CityChange<'_>,
    visitor: &Visitor,
    study: &Study,
    grounds: String,
) -> Result<(), Refusal> {
    let item = Item::of(ItemKind::Study, study.code.as_str(), study)?;
    let by = visitor.actor().to_string();
    app.set_items(turn, vec![item], by, Some(grounds)).await?;
    Ok(())
}

fn found(app: &App, code: &str) -> Result<Study, Refusal> {
    let all = stored(&app.store)?.into_iter();
    let mut all = all.filter(|study| study.code.as_str() == code);
    all.next().ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "study.unknown",
            "没有这项试验",
            "there is no such study",
        )
        .found(code)
    })
}

fn versions(app: &App, study: &Study) -> Result<Vec<ItemVersion>, StoreError> {
    app.store.item_history(ItemKind::Study, study.code.as_str())
}

async fn view(app: &App, study: &Study) -> Result<StudyView, Refusal> {
    let versions = versions(app, study)?;
    let shown = measure(&app.store, study, &versions).await?;
    let row = StudyRow::of(study, &versions);
    Ok(StudyView::of(row, &shown, Time(now())))
}
