//! Reading cases.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use yiwang_base::{CaseId, LocalText, Purpose, Refusal, RefusalKind, Timestamp};
use yiwang_cases::triage::LikelyLead;
use yiwang_cases::{Action, Case, CaseStore, Recorded, possible};

use super::answers::{CaseAnswer, CaseProblems, FilterProblems};
use super::commands::no_case;
use super::parameters::{CaseFilterQuery, CasePageQuery, CasePath};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use super::{cursor, filter};
use crate::city::City;
use crate::follow_code;
use crate::judging::Judging;
use crate::policy::{Right, User};
use crate::wire::{
    BreakdownView, CaseDetail, CasePage, CaseRow, CountsView, DutyView, EventWord, FileView,
    LifeView, MergingView, ProofView, ReporterBody, SourceView, SuggestedUnit, Time, TimelineRow,
    UsualView, Word, seen_note, seen_words,
};

/// How many hours a breakdown looks back.
const HOURS: i64 = 24;

/// A page of cases.
#[utoipa::path(get, path = "/api/v1/cases", operation_id = "list_cases", tag = "cases", security(("session" = [])),
    params(CaseFilterQuery, CasePageQuery),
    responses((status = 200, body = CasePage), FilterProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<CasePage>> {
    let user = visitor.with(Right::ReadCases)?;
    let now = now();
    let query = filter::read(&query.unwrap_or_default(), &app.city(), &user, now)?;
    let start = query.cursor.as_deref().map(cursor::read).transpose()?;
    let page = app
        .store
        .list(&query.filter, query.order, start, query.limit)
        .await?;
    let sight = user.sight();
    Ok(Json(CasePage {
        cases: page
            .cases
            .iter()
            .map(|case| CaseRow::of(case, sight, now))
            .collect(),
        next: page.next.map(cursor::show),
        as_of: Time(now),
    }))
}

/// How many cases a filter finds. Takes the filters of the list.
#[utoipa::path(get, path = "/api/v1/cases/counts", operation_id = "count_cases", tag = "cases", security(("session" = [])),
    params(CaseFilterQuery),
    responses((status = 200, body = CountsView), FilterProblems))]
pub(super) async fn counts(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<CountsView>> {
    let user = visitor.with(Right::ReadCases)?;
    let now = now();
    let query = filter::read(&query.unwrap_or_default(), &app.city(), &user, now)?;
    Ok(Json(CountsView::of(
        &app.store.counts(&query.filter, now).await?,
        now,
    )))
}

/// How the cases that a filter finds divide by category, by area, and by the hour
/// in which they came in. Takes the filters of the list.
#[utoipa::path(get, path = "/api/v1/cases/breakdown", operation_id = "divide_cases", tag = "cases", security(("session" = [])),
    params(CaseFilterQuery),
    responses((status = 200, body = BreakdownView), FilterProblems))]
pub(super) async fn breakdown(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<BreakdownView>> {
    let user = visitor.with(Right::ReadCases)?;
    let now = now();
    let query = filter::read(&query.unwrap_or_default(), &app.city(), &user, now)?;
    let hours = last_hours(now);
    let found = app.store.breakdown(&query.filter, &hours, now).await?;
    Ok(Json(BreakdownView::of(&found, &hours, now)))
}

/// The beginnings of the last [`HOURS`] full hours, the present one among them, and its end.
fn last_hours(now: Timestamp) -> Vec<Timestamp> {
    let hour = now.as_second().div_euclid(3600);
    (hour + 1 - HOURS..=hour + 1)
        .filter_map(|hour| Timestamp::from_second(hour * 3600).ok())
        .collect()
}

/// One case, whole. Its `ETag` is its version.
#[utoipa::path(get, path = "/api/v1/cases/{id}", operation_id = "read_case", tag = "cases", security(("session" = [])), params(CasePath),
    responses(CaseAnswer, CaseProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadCases)?;
    let case = visible(&app, &user, case_id(&id)?).await?;
    detail_response(&app, &app.city(), &user, case).await
}

/// The case's entries with their inclusion proofs and a signed checkpoint: to
/// be checked without trusting this server.
#[utoipa::path(get, path = "/api/v1/cases/{id}/proof", operation_id = "prove_case", tag = "cases", security(("session" = [])), params(CasePath),
    responses((status = 200, body = ProofView), CaseProblems))]
pub(super) async fn proof(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Json<ProofView>> {
    let user = visitor.with(Right::ReadCases)?;
    let case = visible(&app, &user, case_id(&id)?).await?;
    // What is sealed holds the sender's name too.
    let sealed = user.may(Right::ReadReporter);
    let exported = app.store.export_case(case.id, &app.key, sealed).await?;
    Ok(Json(exported.ok_or_else(|| no_case(case.id))?.into()))
}

/// A case's number from a path.
pub(super) fn case_id(text: &str) -> Result<CaseId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::NotFound,
            "case.not-found",
            "没有这个案卷；案卷号如 C1024",
            "there is no such case; a case's number is like C1024",
        )
        .found(text)
    })
}

pub(super) async fn visible(app: &App, user: &User, id: CaseId) -> Result<Case, Refusal> {
    let case = app.store.case(id).await?.filter(|case| user.sees(case));
    case.ok_or_else(|| no_case(id))
}

/// The case as this user sees it, with its version.
pub(super) async fn detail_response(
    app: &App,
    city: &City,
    user: &User,
    case: Case,
) -> Answer<Response> {
    let timeline = app.store.timeline(case.id).await?;
    let etag = format!("\"{}\"", case.version);
    let detail = detail(city, &app.judging(), user, &case, &timeline);
    Ok(([(header::ETAG, etag)], Json(detail)).into_response())
}

fn detail(
    city: &City,
    judging: &Judging,
    user: &User,
    case: &Case,
    timeline: &[Recorded],
) -> CaseDetail {
    let sight = user.sight();
    let words = seen_words(case, sight);
    let reporter = case.request.as_ref().filter(|_| sight.reporter);
    let reporter = reporter.map(|request| {
        let reporter = &request.disclose(Purpose::HandleCase).reporter;
        ReporterBody {
            name: reporter.name.clone(),
            phone: reporter.phone.clone(),
        }
    });
    CaseDetail {
        row: CaseRow::of(case, sight, now()),
        reporter,
        follow_code: words
            .filter(|_| sight.reporter)
            .and_then(|words| words.follow_code.as_deref())
            .map(follow_code::show),
        source: case.source.as_ref().map(|source| SourceView {
            system: source.system.clone(),
            id: source.id.clone(),
        }),
        decline: case.decline.map(Word),
        respond_by: case.deadlines.respond_by.map(Time),
        resolve_by: case.deadlines.resolve_by.map(Time),
        dispatched_at: case.dispatched_at.map(Time),
        started_at: case.started_at.map(Time),
        reported_at: case.reported_at.map(Time),
        closed_unverified: case.closed_unverified,
        duty: DutyView::of(case),
        life: LifeView::of(case, now()),
        files: if sight.words {
            FileView::all(timeline, Purpose::HandleCase)
        } else {
            Vec::new()
        },
        merging: MergingView::of(case),
        actions: possible_for(city, user, case).map(Word).collect(),
        suggested_units: suggested(city, judging, case),
        usually_done: judging.usually_done(case).map(UsualView::from),
        timeline: timeline
            .iter()
            .map(|recorded| {
                let happening = &recorded.happening;
                TimelineRow {
                    seq: recorded.seq,
                    at: Time(happening.at),
                    recorded_at: Time(recorded.recorded_at),
                    by: happening.by.to_string(),
                    event: EventWord(happening.event.word()),
                    data: particulars(&happening.event),
                    grounds: happening.grounds.clone(),
                    note: seen_note(happening.sealed.as_ref(), sight),
                }
            })
            .collect(),
    }
}

/// What the user can do with a case now, the usual next step first.
pub(super) fn possible_for<'a>(
    city: &'a City,
    user: &'a User,
    case: &'a Case,
) -> impl Iterator<Item = Action> + 'a {
    possible(case)
        .into_iter()
        .filter(|action| user.may_act(*action, case))
        .filter(|action| !of_front_line(*action) || is_front_line(city, user))
}

/// Whether, of all units, only those of the front line may do it.
fn of_front_line(action: Action) -> bool {
    matches!(action, Action::Supervise | Action::Release | Action::Score)
}

/// Whether the user is bound to no unit, or to one of the front line.
fn is_front_line(city: &City, user: &User) -> bool {
    match user.bound_to() {
        Ok(Some(unit)) => city.rules.is_front_line(unit),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// What an event holds, without its name.
fn particulars(event: &yiwang_cases::Event) -> Value {
    match serde_json::to_value(event) {
        Ok(Value::Object(object)) => object.into_iter().next().map_or(Value::Null, |(_, v)| v),
        _ => Value::Null,
    }
}

fn suggested(city: &City, judging: &Judging, case: &Case) -> Vec<SuggestedUnit> {
    let Some(category) = &case.category else {
        return Vec::new();
    };
    if city.is_control(case) {
        return Vec::new();
    }
    let leads = judging.judge.leads();
    let ranked = leads.rank(&city.rules, category, case.area.as_ref());
    let one = |lead: LikelyLead| SuggestedUnit {
        why: why(city, &lead).into(),
        unit: lead.unit.to_string(),
    };
    ranked.into_iter().map(one).collect()
}

fn why(city: &City, lead: &LikelyLead) -> LocalText {
    let unit = city.rules.units.get(&lead.unit);
    let (mut zh, mut en) = if unit.is_some_and(|unit| !unit.areas.is_empty()) {
        (
            "权责清单列有此事项，且在其辖区内".to_owned(),
            "on its duty list, and in its area".to_owned(),
        )
    } else {
        (
            "权责清单列有此事项".to_owned(),
            "on its duty list".to_owned(),
        )
    };
    if lead.handled > 0 {
        zh += &format!(";办过 {} 件此类案卷", lead.handled);
        en += &format!("; has handled {} such cases", lead.handled);
    }
    LocalText::new(zh, en)
}
