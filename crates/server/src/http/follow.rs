//! Residents follow their own case by its code.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use yiwang_base::{Personal, Purpose, Refusal, RefusalKind};
use yiwang_cases::{
    Action, Actor, AnswerQuestion, Asked, Case, CaseStore, Command, Context, Event, Happening,
    Withdraw, execute, possible,
};

use super::answers::{FollowProblems, OneProblems};
use super::body::Body;
use super::commands::{note, receipt};
use super::parameters::{FollowPath, KeyHeader};
use super::problem::Answer;
use super::state::{App, now};
use crate::follow_code;
use crate::policy::Sight;
use crate::wire::{
    AnswerBody, CallBackView, EventWord, FileView, FollowRow, FollowView, NoteBody, PauseView,
    Text, Time, UsualView, Word, seen_note,
};

/// What a resident sees of the own case.
const OWN: Sight = Sight {
    words: true,
    reporter: true,
};

/// The sender's own case.
#[utoipa::path(get, path = "/api/v1/follow/{code}", operation_id = "follow", tag = "requests", params(FollowPath),
    responses((status = 200, body = FollowView), OneProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
) -> Answer<Json<FollowView>> {
    let case = find(&app, &code).await?;
    view(&app, &case).await
}

/// Say whether it is solved.
#[utoipa::path(post, path = "/api/v1/follow/{code}/call-back", operation_id = "answer_call_back", tag = "requests",
    request_body = AnswerBody, params(FollowPath, KeyHeader),
    responses((status = 200, body = FollowView), FollowProblems))]
pub(super) async fn answer(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<AnswerBody>,
) -> Answer<Json<FollowView>> {
    let command = Command::CallBack {
        reached: true,
        solved: Some(body.solved),
        satisfaction: body.satisfaction,
        note: note(body.note),
    };
    act(&app, &code, &headers, &bytes, command).await
}

/// Ask to open it again.
#[utoipa::path(post, path = "/api/v1/follow/{code}/reopen", operation_id = "ask_to_reopen", tag = "requests",
    request_body = NoteBody, params(FollowPath, KeyHeader),
    responses((status = 200, body = FollowView), FollowProblems))]
pub(super) async fn reopen(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<NoteBody>,
) -> Answer<Json<FollowView>> {
    let command = Command::Reopen {
        note: Personal::new(body.note),
    };
    act(&app, &code, &headers, &bytes, command).await
}

/// Answer what the unit asks; the clock runs again.
#[utoipa::path(post, path = "/api/v1/follow/{code}/answer-question", operation_id = "answer_own_question", tag = "requests",
    request_body = NoteBody, params(FollowPath, KeyHeader),
    responses((status = 200, body = FollowView), FollowProblems))]
pub(super) async fn answer_question(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<NoteBody>,
) -> Answer<Json<FollowView>> {
    let note = Personal::new(body.note);
    let command = Command::AnswerQuestion(AnswerQuestion { note });
    act(&app, &code, &headers, &bytes, command).await
}

/// Withdraw the own request.
#[utoipa::path(post, path = "/api/v1/follow/{code}/withdraw", operation_id = "withdraw_own", tag = "requests",
    request_body = NoteBody, params(FollowPath, KeyHeader),
    responses((status = 200, body = FollowView), FollowProblems))]
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<NoteBody>,
) -> Answer<Json<FollowView>> {
    let note = Personal::new(body.note);
    let command = Command::Withdraw(Withdraw { note });
    act(&app, &code, &headers, &bytes, command).await
}

pub(super) async fn act(
    app: &App,
    code: &str,
    headers: &HeaderMap,
    bytes: &[u8],
    command: Command,
) -> Answer<Json<FollowView>> {
    let case = find(app, code).await?;
    let actor = Actor::Resident;
    let path = format!("follow/{}/{}", case.id, command.action().word());
    let receipt = receipt(headers, &actor, &Method::POST, &path, bytes)?;
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    // A resident acts on what the page shows; no version, the newest state counts.
    let asked = Asked {
        id: Some(case.id),
        seen_version: None,
        command,
        receipt,
    };
    let case = execute(&app.store, &asked, &context).await?;
    view(app, &case).await
}

pub(super) async fn find(app: &App, typed: &str) -> Result<Case, Refusal> {
    let unknown = || {
        Refusal::new(
            RefusalKind::NotFound,
            "follow.unknown",
            "没有这个查询码,请核对后再试;查询码共 12 位,如 ABCD-EFGH-JKMN",
            "there is no such code; check it and try again: 12 characters, such as ABCD-EFGH-JKMN",
        )
    };
    let code = follow_code::read(typed).ok_or_else(unknown)?;
    app.store
        .case_by_follow_code(&code)
        .await?
        .ok_or_else(unknown)
}

async fn view(app: &App, case: &Case) -> Answer<Json<FollowView>> {
    let city = app.city();
    let timeline = app.store.timeline(case.id).await?;
    let request = case
        .request
        .as_ref()
        .map(|request| request.disclose(Purpose::OwnRequest));
    let unit = case
        .unit
        .as_ref()
        .and_then(|code| city.rules.units.get(code));
    let actions = possible(case);
    let can = [
        Action::AnswerQuestion,
        Action::CallBack,
        Action::Reopen,
        Action::Attach,
        Action::Withdraw,
    ];
    let files = FileView::all(&timeline, Purpose::OwnRequest);
    Ok(Json(FollowView {
        id: case.id.to_string(),
        stage: Word(case.stage),
        category: case.category.as_ref().map(ToString::to_string),
        area: case.area.as_ref().map(ToString::to_string),
        unit: case.unit.as_ref().map(ToString::to_string),
        unit_name: unit.map(|unit| Text::from(&unit.name)),
        submitted_at: Time(case.submitted_at),
        due_at: case.due_at.map(Time),
        usually_done: app.judging().usually_done(case).map(UsualView::from),
        words: request.map(|request| request.words.clone()),
        address: request.and_then(|request| request.place.address.clone()),
        can: can
            .into_iter()
            .filter(|a| actions.contains(a))
            .map(Word)
            .collect(),
        timeline: timeline
            .iter()
            .filter(|recorded| for_resident(&recorded.happening))
            .map(|recorded| {
                let happening = &recorded.happening;
                FollowRow {
                    at: Time(happening.at),
                    event: EventWord(happening.event.word()),
                    note: seen_note(happening.sealed.as_ref(), OWN)
                        .filter(|_| happening.event.speaks_with_resident()),
                }
            })
            .collect(),
        call_back: case.call_back.as_ref().map(CallBackView::from),
        pause: case.more.pauses.now.as_ref().map(PauseView::of),
        files: files.into_iter().filter(|file| file.for_resident).collect(),
    }))
}

/// Whether the resident sees that it happened: what units say to each other and
/// of each other stays with them.
fn for_resident(happening: &Happening) -> bool {
    match &happening.event {
        Event::Attached(attached) => attached.for_resident,
        Event::Commented {} | Event::Scored(_) => false,
        _ => true,
    }
}
