//! Reading cases.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use yiwang_base::{CaseId, Purpose, Refusal};
use yiwang_cases::{Case, CaseStore, Recorded, possible};

use super::commands::{code, no_case};
use super::problem::{Answer, Problem};
use super::session::Visitor;
use super::state::{App, now};
use super::{cursor, filter};
use crate::city::{City, decline_word};
use crate::follow_code;
use crate::policy::{Right, User};
use crate::wire::{
    CaseDetail, CasePage, CaseRow, CountsView, ReporterBody, SuggestedUnit, TimelineRow, time,
};
use crate::wire::{seen_note, seen_words};

/// A page of cases.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases",
    params(
        ("stage" = Option<String>, Query, description = "stages, comma separated"),
        ("unit" = Option<String>, Query, description = "codes of lead units"),
        ("area" = Option<String>, Query, description = "codes of areas, with all that lie in them"),
        ("category" = Option<String>, Query, description = "codes of categories"),
        ("channel" = Option<String>, Query, description = "channels"),
        ("late" = Option<bool>, Query, description = "only those whose next step is late"),
        ("from" = Option<String>, Query, description = "came in at or after, RFC 3339"),
        ("until" = Option<String>, Query, description = "came in before, RFC 3339"),
        ("q" = Option<String>, Query, description = "a case number, or words of the request or its address"),
        ("order" = Option<String>, Query, description = "newest or due"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 unless told"),
        ("cursor" = Option<String>, Query, description = "next of the page before"),
    ),
    responses((status = 200, body = CasePage), (status = 422, body = Problem)))]
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
        as_of: time(now),
    }))
}

/// How many cases a filter finds. Takes the filters of the list.
#[utoipa::path(get, path = "/api/v1/cases/counts", tag = "cases",
    params(
        ("stage" = Option<String>, Query), ("unit" = Option<String>, Query),
        ("area" = Option<String>, Query), ("category" = Option<String>, Query),
        ("channel" = Option<String>, Query), ("late" = Option<bool>, Query),
        ("from" = Option<String>, Query), ("until" = Option<String>, Query),
        ("q" = Option<String>, Query),
    ),
    responses((status = 200, body = CountsView), (status = 422, body = Problem)))]
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

/// One case, whole. Its `ETag` is its version.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = CaseDetail), (status = 404, body = Problem)))]
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
#[utoipa::path(get, path = "/api/v1/cases/{id}/proof", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn proof(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Response> {
    let user = visitor.with(Right::ReadCases)?;
    let case = visible(&app, &user, case_id(&id)?).await?;
    // What is sealed holds the sender's name too.
    let sealed = user.may(Right::ReadReporter);
    let exported = app.store.export_case(case.id, &app.key, sealed).await?;
    Ok(Json(exported.ok_or_else(|| no_case(case.id))?).into_response())
}

/// A case's number from a path.
pub(super) fn case_id(text: &str) -> Result<CaseId, Refusal> {
    code(text, "id")
}

async fn visible(app: &App, user: &User, id: CaseId) -> Result<Case, Refusal> {
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
    let detail = detail(city, user, &case, &timeline);
    Ok(([(header::ETAG, etag)], Json(detail)).into_response())
}

fn detail(city: &City, user: &User, case: &Case, timeline: &[Recorded]) -> CaseDetail {
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
    let actions = possible(case)
        .into_iter()
        .filter(|action| user.may_act(*action, case));
    CaseDetail {
        row: CaseRow::of(case, sight, now()),
        reporter,
        follow_code: words
            .filter(|_| sight.reporter)
            .and_then(|words| words.follow_code.as_deref())
            .map(follow_code::show),
        source: case
            .source
            .as_ref()
            .map(|source| format!("{} {}", source.system, source.id)),
        decline: case.decline.map(|reason| decline_word(reason).to_owned()),
        respond_by: case.deadlines.respond_by.map(time),
        resolve_by: case.deadlines.resolve_by.map(time),
        dispatched_at: case.dispatched_at.map(time),
        started_at: case.started_at.map(time),
        reported_at: case.reported_at.map(time),
        closed_unverified: case.closed_unverified,
        actions: actions.map(|action| action.word()).collect(),
        suggested_units: suggested(city, case),
        timeline: timeline
            .iter()
            .map(|recorded| {
                let happening = &recorded.happening;
                TimelineRow {
                    seq: recorded.seq,
                    at: time(happening.at),
                    recorded_at: time(recorded.recorded_at),
                    by: happening.by.to_string(),
                    event: happening.event.word(),
                    data: particulars(&happening.event),
                    grounds: happening.grounds.clone(),
                    note: seen_note(happening.sealed.as_ref(), sight),
                }
            })
            .collect(),
    }
}

/// What an event holds, without its name.
fn particulars(event: &yiwang_cases::Event) -> Value {
    match serde_json::to_value(event) {
        Ok(Value::Object(object)) => object.into_iter().next().map_or(Value::Null, |(_, v)| v),
        _ => Value::Null,
    }
}

fn suggested(city: &City, case: &Case) -> Vec<SuggestedUnit> {
    let Some(category) = &case.category else {
        return Vec::new();
    };
    let units = city.rules.dutiful_units(category, case.area.as_ref());
    let why = |local: bool| {
        if local {
            yiwang_base::LocalText::new(
                "权责清单列有此事项,且在其辖区内",
                "on its duty list, and in its area",
            )
        } else {
            yiwang_base::LocalText::new("权责清单列有此事项", "on its duty list")
        }
    };
    units
        .into_iter()
        .map(|unit| SuggestedUnit {
            unit: unit.code.to_string(),
            why: why(!unit.areas.is_empty()).into(),
        })
        .collect()
}
