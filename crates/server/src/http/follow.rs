//! Residents follow their own case by its code.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use yiwang_base::{CaseId, Personal, Purpose, Refusal, RefusalKind};
use yiwang_cases::{
    Action, Actor, AnswerJoined, AnswerQuestion, Asked, Case, CaseStore, Command, Context, Event,
    Happening, Recorded, StoreError, Withdraw, execute, possible,
};

use super::answers::{FollowProblems, OneProblems};
use super::body::Body;
use super::commands::{note, receipt};
use super::duplicates::main_lets_call_back;
use super::parameters::{FollowPath, KeyHeader};
use super::problem::Answer;
use super::state::{App, now};
use crate::follow_code;
use crate::policy::Sight;
use crate::wire::{
    ActionWord, AnswerBody, CallBackView, EventWord, FileView, FollowRow, FollowView, NoteBody,
    PauseView, Text, Time, UsualView, Word, seen_note,
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
    let followed = followed(&app, &code).await?;
    view(&app, &followed).await
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
    let followed = followed(&app, &code).await?;
    let command = match followed.joined {
        None => Command::CallBack {
            reached: true,
            solved: Some(body.solved),
            satisfaction: body.satisfaction,
            note: note(body.note),
        },
        Some(number) => Command::AnswerJoined(AnswerJoined {
            number,
            solved: body.solved,
            satisfaction: body.satisfaction,
            note: note(body.note),
        }),
    };
    main_lets_call_back(&app, &followed.case).await?;
    let on = followed.case.id;
    act_on(&app, followed, on, &headers, &bytes, command).await
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
    let followed = followed(&app, &code).await?;
    // The main case is what goes on.
    let on = followed.shown().id;
    act_on(&app, followed, on, &headers, &bytes, command).await
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

/// What a code leads to.
struct Followed {
    /// The resident's own case, or the one that the resident joined.
    case: Case,
    /// The main case, where it was merged.
    main: Option<Case>,
    /// The resident's number among those who joined.
    joined: Option<u32>,
}

impl Followed {
    /// The case whose progress the resident sees.
    fn shown(&self) -> &Case {
        self.main.as_ref().unwrap_or(&self.case)
    }
}

/// Does something to the resident's own case.
pub(super) async fn act(
    app: &App,
    code: &str,
    headers: &HeaderMap,
    bytes: &[u8],
    command: Command,
) -> Answer<Json<FollowView>> {
    let case = find(app, code).await?;
    let on = case.id;
    let followed = with_main(app, case, None).await?;
    act_on(app, followed, on, headers, bytes, command).await
}

async fn act_on(
    app: &App,
    followed: Followed,
    on: CaseId,
    headers: &HeaderMap,
    bytes: &[u8],
    command: Command,
) -> Answer<Json<FollowView>> {
    let actor = Actor::Resident;
    let own = followed.case.id;
    let path = format!("follow/{own}/{}", command.action().word());
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
        id: Some(on),
        seen_version: None,
        command,
        receipt,
    };
    let after = execute(&app.store, &asked, &context).await?;
    let (case, main) = if own == after.id {
        (after, followed.main)
    } else {
        (followed.case, Some(after))
    };
    let joined = followed.joined;
    view(app, &Followed { case, main, joined }).await
}

pub(super) async fn find(app: &App, typed: &str) -> Result<Case, Refusal> {
    let unknown = || {
        Refusal::new(
            RefusalKind::NotFound,
            "follow.unknown",
            "没有这个查询码，请核对后再试；查询码共 12 位，如 ABCD-EFGH-JKMN",
            "there is no such code; check it and try again: 12 characters, such as ABCD-EFGH-JKMN",
        )
    };
    let code = follow_code::read(typed).ok_or_else(unknown)?;
    app.store
        .case_by_follow_code(&code)
        .await?
        .ok_or_else(unknown)
}

/// The case of a code, also of somebody who joined it.
async fn followed(app: &App, typed: &str) -> Result<Followed, Refusal> {
    match find(app, typed).await {
        Ok(case) => Ok(with_main(app, case, None).await?),
        Err(unknown) => {
            let code = follow_code::read(typed).ok_or_else(|| unknown.clone())?;
            let joined = app.store.joined_by_follow_code(&code).await?;
            let (id, number) = joined.ok_or_else(|| unknown.clone())?;
            let case = app.store.case(id).await?.ok_or(unknown)?;
            Ok(with_main(app, case, Some(number)).await?)
        }
    }
}

async fn with_main(app: &App, case: Case, joined: Option<u32>) -> Result<Followed, StoreError> {
    let main = match &case.more.merged {
        Some(merged) => app.store.case(merged.into).await?,
        None => None,
    };
    Ok(Followed { case, main, joined })
}

async fn view(app: &App, followed: &Followed) -> Answer<Json<FollowView>> {
    let city = app.city();
    let (case, shown) = (&followed.case, followed.shown());
    let own = app.store.timeline(case.id).await?;
    let request = case
        .request
        .as_ref()
        // What somebody else wrote is not for whoever joined.
        .filter(|_| followed.joined.is_none())
        .map(|request| request.disclose(Purpose::OwnRequest));
    let unit = shown.unit.as_ref();
    let unit = unit.and_then(|code| city.rules.units.get(code));
    let files = match followed.joined {
        None => FileView::all(&own, Purpose::OwnRequest),
        Some(_) => Vec::new(),
    };
    Ok(Json(FollowView {
        id: case.id.to_string(),
        follows: followed.main.as_ref().map(|main| main.id.to_string()),
        joined: followed.joined.is_some(),
        stage: Word(shown.stage),
        category: case.category.as_ref().map(ToString::to_string),
        area: case.area.as_ref().map(ToString::to_string),
        unit: shown.unit.as_ref().map(ToString::to_string),
        unit_name: unit.map(|unit| Text::from(&unit.name)),
        submitted_at: Time(case.submitted_at),
        due_at: shown.due_at.map(Time),
        usually_done: app.judging().usually_done(shown).map(UsualView::from),
        words: request.map(|request| request.words.clone()),
        address: request.and_then(|request| request.place.address.clone()),
        can: can(followed),
        timeline: timeline(app, followed, &own).await?,
        call_back: match followed.joined {
            None => case.call_back.as_ref().map(CallBackView::from),
            Some(number) => {
                let answers = &case.more.joiners.answers;
                answers.get(&number).map(|answer| CallBackView {
                    at: Time(answer.at),
                    reached: true,
                    solved: Some(answer.solved),
                    satisfaction: answer.satisfaction,
                })
            }
        },
        pause: case
            .more
            .pauses
            .now
            .as_ref()
            .filter(|_| followed.joined.is_none())
            .map(PauseView::of),
        files: files.into_iter().filter(|file| file.for_resident).collect(),
    }))
}

/// What the resident can do now.
fn can(followed: &Followed) -> Vec<ActionWord> {
    let of_shown = possible(followed.shown());
    let of_own = possible(&followed.case);
    let done = of_shown.contains(&Action::CallBack);
    let own = followed.joined.is_none();
    let answers = if own {
        Action::CallBack
    } else {
        Action::AnswerJoined
    };
    let mut can = Vec::new();
    if own && of_own.contains(&Action::AnswerQuestion) {
        can.push(Action::AnswerQuestion);
    }
    if done && of_own.contains(&answers) {
        can.push(Action::CallBack);
    }
    if of_shown.contains(&Action::Reopen) {
        can.push(Action::Reopen);
    }
    let own_only = [Action::Attach, Action::Withdraw];
    can.extend(own_only.into_iter().filter(|a| own && of_own.contains(a)));
    can.into_iter().map(Word).collect()
}

/// What happened, as the resident sees it: of the own case all of it, of a main
/// case what happened since the merge, of a case that was joined what happened
/// since. What others were told stays with them.
async fn timeline(
    app: &App,
    followed: &Followed,
    own: &[Recorded],
) -> Result<Vec<FollowRow>, StoreError> {
    let row = |recorded: &Recorded, with_note: bool| {
        let happening = &recorded.happening;
        FollowRow {
            at: Time(happening.at),
            event: EventWord(happening.event.word()),
            note: seen_note(happening.sealed.as_ref(), OWN)
                .filter(|_| with_note && happening.event.speaks_with_resident()),
        }
    };
    let since = followed.joined.and_then(|number| {
        own.iter().position(|recorded| {
            matches!(&recorded.happening.event, Event::Joined(joined) if joined.number == number)
        })
    });
    let others = |event: &Event| {
        matches!(
            event,
            Event::Joined(_) | Event::JoinedAnswered(_) | Event::Absorbed(_) | Event::Released(_)
        )
    };
    let told = |recorded: &Recorded| {
        !others(&recorded.happening.event) && for_resident(&recorded.happening)
    };
    let mut rows: Vec<FollowRow> = own
        .iter()
        .enumerate()
        .skip(since.unwrap_or(0))
        .filter(|(place, recorded)| Some(*place) == since || told(recorded))
        .map(|(_, recorded)| row(recorded, followed.joined.is_none()))
        .collect();
    if let Some(main) = &followed.main {
        let merged_at = followed.case.closed_at;
        let of_main = app.store.timeline(main.id).await?;
        let after = of_main
            .iter()
            .filter(|recorded| Some(recorded.happening.at) > merged_at && told(recorded));
        rows.extend(after.map(|recorded| row(recorded, false)));
    }
    Ok(rows)
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
