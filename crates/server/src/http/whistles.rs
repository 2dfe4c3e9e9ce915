//! Whistles: blowing, answering, directing and reading them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::{Personal, Refusal, RefusalKind};
use yiwang_cases::{
    About, Blow, CallUnit, CheckIn, CheckIns, Context, PlannedMilestone, Presence, RefuseCall,
    ScoreUnit, Whistle, WhistleAction, WhistleAsked, WhistleCommand, WhistleId, WhistleStore,
    WhistleWords, execute_whistle, possible_whistle,
};

use super::answers::{CommandProblems, FilterProblems, WhistleAnswer, WhistleProblems};
use super::body::Body;
use super::cases::{case_id, visible};
use super::commands::{code, given, note, receipt, seen_version};
use super::parameters::{
    CheckInQuery, CommandHeaders, KeyHeader, WhistleFilterQuery, WhistlePageQuery, WhistlePath,
};
use super::problem::Answer;
use super::requests::place;
use super::session::Visitor;
use super::state::{App, now};
use super::{roster, whistle_filter};
use crate::policy::{Right, User};
use crate::wire::{
    BlowBody, CallBody, CallUnitBody, CheckInBody, CheckInsPage, CheckInsView, ConfirmBody,
    EndBody, EraseBody, ReachBody, RefuseBody, ScoreCallBody, Time, UnreachBody, WhistleDetail,
    WhistlePageView, WhistleRow, WhistleTimelineRow, WithdrawWhistleBody, Word,
};

/// A page of whistles.
#[utoipa::path(get, path = "/api/v1/whistles", operation_id = "list_whistles", tag = "whistles", security(("session" = [])),
    params(WhistleFilterQuery, WhistlePageQuery),
    responses((status = 200, body = WhistlePageView), FilterProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<WhistlePageView>> {
    let user = visitor.with(Right::ReadCases)?;
    let now = now();
    let query = whistle_filter::read(&query.unwrap_or_default(), &app.city(), &user, now)?;
    let page = app
        .store
        .whistles(&query.filter, query.order, query.start, query.limit)
        .await?;
    let rows = page.whistles.iter();
    Ok(Json(WhistlePageView {
        whistles: rows
            .map(|whistle| WhistleRow::of(whistle, user.sight(), now))
            .collect(),
        next: page.next.map(whistle_filter::show_cursor),
        as_of: Time(now),
    }))
}

/// How called units checked in.
#[utoipa::path(get, path = "/api/v1/whistles/check-ins", operation_id = "count_check_ins", tag = "whistles", security(("session" = [])),
    params(CheckInQuery),
    responses((status = 200, body = CheckInsPage), FilterProblems))]
pub(super) async fn check_ins(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<CheckInsPage>> {
    let user = visitor.with(Right::ReadCases)?;
    let filter = whistle_filter::read_check_ins(&query.unwrap_or_default(), &user)?;
    let now = now();
    let counts = CheckIns::by_unit(&app.store.calls(&filter).await?, now);
    let units = counts.iter();
    Ok(Json(CheckInsPage {
        units: units
            .map(|(unit, counts)| CheckInsView::of(unit, counts))
            .collect(),
        as_of: Time(now),
    }))
}

/// One whistle, whole. Its `ETag` is its version.
#[utoipa::path(get, path = "/api/v1/whistles/{whistle}", operation_id = "read_whistle", tag = "whistles", security(("session" = [])), params(WhistlePath),
    responses(WhistleAnswer, WhistleProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadCases)?;
    let whistle = seen(&app, &user, whistle_id(&id)?).await?;
    detail_response(&app, &user, &whistle, StatusCode::OK).await
}

/// Blow a whistle (吹哨): a street, a community or the desk.
#[utoipa::path(post, path = "/api/v1/whistles", tag = "whistles", security(("session" = [])), request_body = BlowBody,
    params(KeyHeader),
    responses((status = 201, body = WhistleDetail), CommandProblems))]
pub(super) async fn blow(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<BlowBody>,
) -> Answer<Response> {
    let actor = visitor.actor();
    let user = visitor.with(Right::Whistle(WhistleAction::Blow))?;
    let receipt = receipt(&headers, &actor, &Method::POST, "whistles", &bytes)?;
    let command = WhistleCommand::Blow(blow_from(&app, &user, body).await?);
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let asked = WhistleAsked {
        seen: None,
        command,
        receipt,
    };
    let whistle = execute_whistle(&app.store, &asked, &context).await?;
    detail_response(&app, &user, &whistle, StatusCode::CREATED).await
}

async fn blow_from(app: &App, user: &User, body: BlowBody) -> Result<Blow, Refusal> {
    let about = match given(body.case) {
        None => None,
        Some(text) => {
            let case = visible(app, user, case_id(&text)?)
                .await
                .map_err(|refusal| refusal.at("case"))?;
            Some(About {
                case: case.id,
                is_open: case.stage.is_open(),
                area: case.area.clone(),
            })
        }
    };
    let area = given(body.area);
    let calls = body.calls.into_iter().enumerate();
    let milestones = body.milestones.into_iter();
    Ok(Blow {
        kind: body.kind.0,
        by: user.calls_for()?.cloned(),
        about,
        area: area.map(|area| code(&area, "area")).transpose()?,
        calls: calls
            .map(
                |(
                    n,
                    CallBody {
                        unit,
                        within_minutes,
                    },
                )| {
                    let unit = code(&unit, &format!("calls[{n}].unit"))?;
                    Ok(CallUnit {
                        unit,
                        within_minutes,
                    })
                },
            )
            .collect::<Result<_, Refusal>>()?,
        milestones: milestones
            .map(|milestone| PlannedMilestone {
                title: milestone.title,
                due: milestone.due,
            })
            .collect(),
        words: Personal::new(WhistleWords {
            words: body.words,
            place: place(body.place)?,
        }),
    })
}

/// A body that asks for one sort of command.
trait AsksWhistle {
    /// The sort.
    const ACTION: WhistleAction;

    /// The command, asked for by this user.
    fn command(self, user: &User) -> Result<WhistleCommand, Refusal>;
}

/// The calls to a whistle: for each a handler, made from its body.
macro_rules! calls {
    ($($(#[$doc:meta])+ $name:ident $path:literal $operation:literal $body:ident;)*) => {$(
        $(#[$doc])+
        #[utoipa::path(post, path = $path, operation_id = $operation, tag = "whistles", security(("session" = [])), request_body = $body,
            params(WhistlePath, CommandHeaders), responses(WhistleAnswer, CommandProblems))]
        pub(super) async fn $name(
            State(app): State<Arc<App>>,
            visitor: Visitor,
            Path(id): Path<String>,
            headers: HeaderMap,
            Body { value: body, bytes }: Body<$body>,
        ) -> Answer<Response> {
            let make = |user: &User| body.command(user);
            carry_out(&app, visitor, &headers, &id, &bytes, <$body>::ACTION, make).await
        }
    )*};
}

calls! {
    /// Call one more unit, or insist on one that refused.
    call_unit "/api/v1/whistles/{whistle}/call-unit" "call_unit" CallUnitBody;
    /// Check in (报到).
    check_in "/api/v1/whistles/{whistle}/check-in" "check_in" CheckInBody;
    /// Refuse a call and say who is responsible.
    refuse "/api/v1/whistles/{whistle}/refuse" "refuse_call" RefuseBody;
    /// Tick a milestone of a campaign.
    reach "/api/v1/whistles/{whistle}/reach" "reach_milestone" ReachBody;
    /// Take the tick of a milestone back.
    unreach "/api/v1/whistles/{whistle}/reopen" "reopen_milestone" UnreachBody;
    /// Say that the work is done (确认).
    confirm "/api/v1/whistles/{whistle}/confirm" "confirm_whistle" ConfirmBody;
    /// Score a called unit (考评).
    score "/api/v1/whistles/{whistle}/score" "score_call" ScoreCallBody;
    /// End a whistle (销哨).
    close "/api/v1/whistles/{whistle}/close" "close_whistle" EndBody;
    /// Take a whistle back before anybody came (撤哨).
    withdraw "/api/v1/whistles/{whistle}/withdraw" "withdraw_whistle" WithdrawWhistleBody;
}

impl AsksWhistle for CallUnitBody {
    const ACTION: WhistleAction = WhistleAction::CallUnit;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        Ok(WhistleCommand::CallUnit {
            by: user.calls_for()?.cloned(),
            call: CallUnit {
                unit: code(&self.unit, "unit")?,
                within_minutes: self.within_minutes,
            },
            reason: given(self.reason),
        })
    }
}

impl AsksWhistle for CheckInBody {
    const ACTION: WhistleAction = WhistleAction::CheckIn;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        Ok(WhistleCommand::CheckIn(CheckIn {
            unit: user.own_unit()?.clone(),
            presence: Personal::new(Presence {
                person: self.person,
                phone: given(self.phone),
                place: place(self.place)?,
                arrived_at: self.arrived_at,
                note: given(self.note),
            }),
        }))
    }
}

impl AsksWhistle for RefuseBody {
    const ACTION: WhistleAction = WhistleAction::Refuse;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        let responsible = given(self.responsible);
        Ok(WhistleCommand::Refuse(RefuseCall {
            unit: user.own_unit()?.clone(),
            reason: self.reason,
            responsible: responsible
                .map(|text| code(&text, "responsible"))
                .transpose()?,
        }))
    }
}

impl AsksWhistle for ReachBody {
    const ACTION: WhistleAction = WhistleAction::Reach;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        Ok(WhistleCommand::Reach {
            by: user.calls_for()?.cloned(),
            milestone: self.milestone,
            note: note(self.note),
        })
    }
}

impl AsksWhistle for UnreachBody {
    const ACTION: WhistleAction = WhistleAction::Reopen;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        Ok(WhistleCommand::Reopen {
            by: user.calls_for()?.cloned(),
            milestone: self.milestone,
            reason: self.reason,
        })
    }
}

impl AsksWhistle for ConfirmBody {
    const ACTION: WhistleAction = WhistleAction::Confirm;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        Ok(WhistleCommand::Confirm {
            by: user.calls_for()?.cloned(),
            note: note(self.note),
        })
    }
}

impl AsksWhistle for ScoreCallBody {
    const ACTION: WhistleAction = WhistleAction::Score;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        Ok(WhistleCommand::Score(ScoreUnit {
            by: user.calls_for()?.cloned(),
            unit: code(&self.unit, "unit")?,
            score: self.score,
            note: note(self.note),
        }))
    }
}

impl AsksWhistle for EndBody {
    const ACTION: WhistleAction = WhistleAction::Close;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        Ok(WhistleCommand::Close {
            by: user.calls_for()?.cloned(),
            reason: given(self.reason),
        })
    }
}

impl AsksWhistle for WithdrawWhistleBody {
    const ACTION: WhistleAction = WhistleAction::Withdraw;

    fn command(self, user: &User) -> Result<WhistleCommand, Refusal> {
        Ok(WhistleCommand::Withdraw {
            by: user.calls_for()?.cloned(),
            reason: self.reason,
        })
    }
}

/// Erase the words and personal data of a whistle (依法删除).
#[utoipa::path(post, path = "/api/v1/whistles/{whistle}/erase", operation_id = "erase_whistle", tag = "whistles", security(("session" = [])), request_body = EraseBody,
    params(WhistlePath, CommandHeaders), responses(WhistleAnswer, CommandProblems))]
pub(super) async fn erase(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<EraseBody>,
) -> Answer<Response> {
    visitor.may(Right::Whistle(WhistleAction::Erase))?;
    let entries = app.store.whistle_sealed(whistle_id(&id)?).await?;
    let ground = body.ground;
    let make = |_: &User| Ok(WhistleCommand::Erase { ground, entries });
    let action = WhistleAction::Erase;
    let answer = carry_out(&app, visitor, &headers, &id, &bytes, action, make).await?;
    if let Err(error) = app.store.forget_erased().await {
        // The words are gone from the record. A copy stays in its log until
        // the log is next emptied, at the latest when it is full.
        tracing::warn!(%error, "what was erased could not be taken out of the log at once");
    }
    Ok(answer)
}

async fn carry_out(
    app: &App,
    visitor: Visitor,
    headers: &HeaderMap,
    id: &str,
    bytes: &[u8],
    action: WhistleAction,
    command: impl FnOnce(&User) -> Result<WhistleCommand, Refusal>,
) -> Answer<Response> {
    let actor = visitor.actor();
    let user = visitor.with(Right::Whistle(action))?;
    let command = command(&user)?;
    let id = whistle_id(id)?;
    let version = seen_version(headers)?;
    user.must_act_on_whistle(action, &seen(app, &user, id).await?)?;
    let path = format!("whistles/{id}/{}", action.word());
    let receipt = receipt(headers, &actor, &Method::POST, &path, bytes)?;
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let asked = WhistleAsked {
        seen: Some((id, version)),
        command,
        receipt,
    };
    let whistle = execute_whistle(&app.store, &asked, &context).await?;
    detail_response(app, &user, &whistle, StatusCode::OK).await
}

/// The whistle as this user sees it, with its version.
async fn detail_response(
    app: &App,
    user: &User,
    whistle: &Whistle,
    status: StatusCode,
) -> Answer<Response> {
    let now = now();
    let timeline = app.store.whistle_timeline(whistle.id).await?;
    let mut on_duty = Vec::new();
    if user.may(Right::ReadRoster) && whistle.stage.is_open() {
        for call in &whistle.calls {
            on_duty.extend(roster::on_duty(app, &call.unit, now).await?);
        }
    }
    let actions = possible_whistle(whistle).into_iter();
    let detail = WhistleDetail {
        row: WhistleRow::of(whistle, user.sight(), now),
        actions: actions
            .filter(|action| user.may_act_on_whistle(*action, whistle))
            .map(Word)
            .collect(),
        on_duty,
        timeline: timeline
            .iter()
            .map(|recorded| WhistleTimelineRow::of(recorded, user.sight()))
            .collect(),
    };
    let headers = [
        (header::ETAG, format!("\"{}\"", whistle.version)),
        (header::LOCATION, format!("/api/v1/whistles/{}", whistle.id)),
    ];
    let kept = if status == StatusCode::CREATED { 2 } else { 1 };
    let mut answer = (status, Json(detail)).into_response();
    for (name, value) in headers.into_iter().take(kept) {
        if let Ok(value) = value.parse() {
            answer.headers_mut().insert(name, value);
        }
    }
    Ok(answer)
}

async fn seen(app: &App, user: &User, id: WhistleId) -> Result<Whistle, Refusal> {
    let whistle = app.store.whistle(id).await?;
    let whistle = whistle.filter(|whistle| user.sees_whistle(whistle));
    whistle.ok_or_else(|| no_whistle(&id.to_string()))
}

fn whistle_id(text: &str) -> Result<WhistleId, Refusal> {
    text.parse().map_err(|_| no_whistle(text))
}

/// No such whistle, or none that this reader may see: the same answer.
fn no_whistle(id: &str) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "whistle.not-found",
        "没有这个哨；哨号如 W12",
        "there is no such whistle; a whistle's number is like W12",
    )
    .found(id)
}
