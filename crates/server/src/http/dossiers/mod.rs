//! Dossiers: what grows out of cases.

pub(super) mod contributions;
pub(super) mod filter;
pub(super) mod insight;
pub(super) mod step;
pub(super) mod voices;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use yiwang_base::{Refusal, RefusalKind, Timestamp, UnitCode, from_millis, to_millis};
use yiwang_cases::StoreError;
use yiwang_cases::civic::{
    Content, Dossier, DossierFilter, DossierId, DossierStore, Kind, Tag, topic,
};

use super::answers::{DossierAnswer, OneProblems, OpenFilterProblems};
use super::parameters::{DossierPath, DossierQuery};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::city::City;
use crate::flows::complaints::count_scope;
use crate::flows::proactive::middle;
use crate::policy::{Right, Sight, User};
use crate::wire::{
    CountView, DeedRow, DossierDetail, DossierPageView, DossierRow, PointBody, Reader, Time,
};

/// Dossiers read at a time where all of a kind are wanted.
const PAGE: usize = 500;

/// A page of dossiers, the newest first. Who is not staff sees topics, deliberations,
/// consultations, micro-projects, tasks and published appraisals, without what is for staff.
#[utoipa::path(get, path = "/api/v1/dossiers", operation_id = "list_dossiers", tag = "together",
    params(DossierQuery),
    responses((status = 200, body = DossierPageView), OpenFilterProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<DossierPageView>> {
    let now = now();
    let staff = is_staff(&visitor);
    let query = filter::read(&query.unwrap_or_default(), &app.city(), staff, now)?;
    let page = app
        .store
        .dossiers(&query.filter, query.start, query.limit)
        .await?;
    let user = visitor.0.as_ref();
    let rows = page.dossiers.iter();
    let rows = rows.filter(|one| staff || is_public(one));
    Ok(Json(DossierPageView {
        dossiers: rows
            .map(|one| DossierRow::of(one, reader(user), now))
            .collect(),
        next: page.next.map(|id| id.to_string()),
        as_of: Time(now),
    }))
}

/// One dossier, whole. Its `ETag` is its version.
#[utoipa::path(
    get,
    path = "/api/v1/dossiers/{dossier}",
    operation_id = "read_dossier",
    tag = "together",
    params(DossierPath),
    responses(DossierAnswer, OneProblems)
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Response> {
    let dossier = visible(&app, &visitor, &id).await?;
    detail_response(&app, visitor.0.as_ref(), &dossier).await
}

/// Kinds that residents see.
pub(super) const PUBLIC: [Kind; 6] = [
    Kind::Topic,
    Kind::Deliberation,
    Kind::Consultation,
    Kind::MicroProject,
    Kind::Task,
    Kind::Appraisal,
];

/// Whether anyone sees it: a micro-project only once it is written for the public, an
/// appraisal once it is published.
fn is_public(dossier: &Dossier) -> bool {
    PUBLIC.contains(&dossier.kind())
        && match &dossier.content {
            Content::MicroProject(project) => project.title.is_some(),
            Content::Appraisal(appraisal) => appraisal.published && !appraisal.withdrawn,
            _ => true,
        }
}

/// Whether whoever asks sees what is for staff.
pub(super) fn is_staff(visitor: &Visitor) -> bool {
    let user = visitor.0.as_ref();
    user.is_some_and(|user| user.may(Right::ReadCases))
}

/// For whom a dossier is shown.
fn reader(user: Option<&User>) -> Reader<'_> {
    Reader {
        staff: user.is_some_and(|user| user.may(Right::ReadCases)),
        account: user.map(|user| &user.account.name),
    }
}

/// All dossiers of a kind.
pub(super) async fn all_of(app: &App, kind: Kind) -> Result<Vec<Dossier>, StoreError> {
    let filter = DossierFilter {
        kinds: vec![kind],
        ..DossierFilter::default()
    };
    let (mut all, mut start) = (Vec::new(), None);
    loop {
        let page = app.store.dossiers(&filter, start, PAGE).await?;
        all.extend(page.dossiers);
        start = page.next;
        if start.is_none() {
            return Ok(all);
        }
    }
}

/// A dossier's number from a path.
pub(super) fn dossier_id(text: &str) -> Result<DossierId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::NotFound,
            "dossier.not-found",
            "没有这个卷宗；卷宗号如 D12",
            "there is no such dossier; a dossier's number is like D12",
        )
        .found(text)
    })
}

/// A dossier that whoever asks may see; another is as one that is not there.
pub(super) async fn visible(app: &App, visitor: &Visitor, id: &str) -> Result<Dossier, Refusal> {
    let id = dossier_id(id)?;
    let staff = is_staff(visitor);
    let dossier = app.store.dossier(id).await?;
    let seen = dossier.filter(|one| staff || is_public(one));
    seen.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "dossier.not-found",
            format!("没有卷宗 {id}"),
            format!("there is no dossier {id}"),
        )
        .found(id.to_string())
    })
}

/// Units that lead or assist.
pub(super) fn units(dossier: &Dossier) -> Vec<UnitCode> {
    let tags = dossier.head().tags.into_iter();
    tags.filter_map(|tag| match tag {
        Tag::Unit(code) => Some(code),
        _ => None,
    })
    .collect()
}

/// The dossier as this reader sees it, with its version.
pub(super) async fn detail_response(
    app: &App,
    user: Option<&User>,
    dossier: &Dossier,
) -> Answer<Response> {
    let reader = reader(user);
    let sight = user.map_or(Sight::NONE, User::sight);
    let now = now();
    let timeline = if reader.staff {
        app.store.deeds(dossier.id).await?
    } else {
        Vec::new()
    };
    let voices = match dossier.content.poll() {
        Some(poll) => {
            let tally = app.store.tally(dossier.id, poll.round, poll.options);
            Some(tally.await?.voices)
        }
        None => None,
    };
    let own = units(dossier);
    let mut actions = dossier.possible();
    if let (Content::Task(task), Some(user)) = (&dossier.content, user) {
        actions.retain(|step| task.lets(&user.account.name, step));
    }
    actions
        .retain(|step| user.is_some_and(|user| user.must_step(dossier.kind(), step, &own).is_ok()));
    // Comments are residents', and what became of a proposal is counted by itself.
    actions.retain(|action| !["comment", "measure"].contains(action));
    if user.is_some_and(|user| user.may(Right::Act(yiwang_cases::Action::Erase))) {
        actions.push("erase");
    }
    let point = match &dossier.content {
        Content::Proposal(proposal) => middle(&proposal.pattern),
        _ => None,
    };
    let detail = DossierDetail {
        row: DossierRow::of(dossier, reader, now),
        actions: actions.into_iter().map(str::to_owned).collect(),
        voices,
        counts: counts(app, &app.city(), dossier, now).await?,
        point: point.map(|point| PointBody {
            lon: point.lon(),
            lat: point.lat(),
        }),
        timeline: timeline.iter().map(|one| DeedRow::of(one, sight)).collect(),
    };
    let etag = format!("\"{}\"", dossier.version);
    Ok(([(header::ETAG, etag)], Json(detail)).into_response())
}

/// A topic's complaints before and since, by one filter.
async fn counts(
    app: &App,
    city: &City,
    dossier: &Dossier,
    now: Timestamp,
) -> Result<Vec<CountView>, StoreError> {
    let Content::Topic(topic) = &dossier.content else {
        return Ok(Vec::new());
    };
    let view = |what: &str, count: topic::Count| CountView {
        what: what.to_owned(),
        cases: count.cases,
        from: Time(count.from),
        until: Time(count.until),
    };
    let mut counts = vec![view("before", topic.before)];
    let since = match topic.after {
        Some(after) => after,
        None => count_scope(&app.store, city, &topic.scope, dossier.opened_at, now).await?,
    };
    counts.push(view("since", since));
    // The same days a year earlier: most complaints have a season.
    let year = 365 * 86_400_000;
    let earlier = |at: Timestamp| from_millis(to_millis(at) - year);
    let (from, until) = (earlier(since.from), earlier(since.until));
    let before = count_scope(&app.store, city, &topic.scope, from, until).await?;
    counts.push(view("year_before", before));
    Ok(counts)
}
