//! What waits for a unit (待办): its cases by deadline, and what can be done with each.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use yiwang_base::{Refusal, Span, Timestamp};
use yiwang_cases::{Case, CaseFilter, CaseStore, Counts, Order, Queue, QueuePart, Rules};

use super::answers::FilterProblems;
use super::cases::possible_for;
use super::parameters::{CaseFilterQuery, QueuePageQuery};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use super::{cursor, filter};
use crate::city::City;
use crate::policy::{Right, User};
use crate::wire::{
    CaseRow, QueueCounts, QueuePartName, QueueRow, QueueView, Time, Word, open_parts,
};

/// What waits for a unit, the earliest deadline first. Staff of a unit need not name it.
#[utoipa::path(get, path = "/api/v1/queue", operation_id = "read_queue", tag = "cases", security(("session" = [])),
    params(CaseFilterQuery, QueuePageQuery),
    responses((status = 200, body = QueueView), FilterProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<QueueView>> {
    let user = visitor.with(Right::ReadCases)?;
    let (city, now) = (app.city(), now());
    let asked = filter::read(&query.unwrap_or_default(), &city, &user, now)?;
    let queue = match asked.filter.queue.clone() {
        Some(queue) => queue,
        None => filter::queue_of(&asked.filter, &user, None)?,
    };
    let start = asked.cursor.as_deref().map(cursor::read).transpose()?;
    let filter = CaseFilter {
        // A unit assists where another one leads.
        units: Vec::new(),
        queue: Some(queue.clone()),
        ..asked.filter
    };
    let page = app.store.list(&filter, Order::Due, start, asked.limit);
    let page = page.await?;
    let row = |case: &Case| row(&city, &user, &queue, case, now);
    Ok(Json(QueueView {
        unit: queue.unit.to_string(),
        cases: page.cases.iter().map(row).collect(),
        next: page.next.map(cursor::show),
        counts: counts(&app, &filter, &queue, now).await?,
        parts: QueuePartName::all(),
        as_of: Time(now),
    }))
}

fn row(city: &City, user: &User, queue: &Queue, case: &Case, now: Timestamp) -> QueueRow {
    let parts = QueuePart::ALL.into_iter();
    QueueRow {
        row: CaseRow::of(case, user.sight(), now),
        waits_for: parts
            .filter(|part| part.holds(case, &queue.unit))
            .map(Word)
            .collect(),
        working_minutes_left: case.due_at.and_then(|due| left(&city.rules, now, due)),
        paused: case.more.pauses.now.is_some(),
        open_parts: open_parts(case),
        actions: possible_for(city, user, case).map(Word).collect(),
    }
}

/// Minutes of working time until a deadline, or since it. Nothing where the calendar
/// cannot say it.
fn left(rules: &Rules, now: Timestamp, due: Timestamp) -> Option<i64> {
    let between = |from, to| {
        let minutes = rules
            .calendar
            .between(from, to, Span::Working { minutes: 0 });
        minutes.ok().map(|span| i64::from(span.amount()))
    };
    if due >= now {
        between(now, due)
    } else {
        between(due, now).map(|minutes| -minutes)
    }
}

/// How many there are of each part, under the filters that the page has beside it.
pub(super) async fn counts(
    app: &App,
    filter: &CaseFilter,
    queue: &Queue,
    now: Timestamp,
) -> Result<QueueCounts, Refusal> {
    let of = async |part| {
        let queue = Queue {
            unit: queue.unit.clone(),
            part,
        };
        let filter = CaseFilter {
            queue: Some(queue),
            ..filter.clone()
        };
        app.store.counts(&filter, now).await
    };
    let total = |counts: &Counts| counts.by_stage.values().sum();
    let all = of(None).await?;
    let mut parts = [0; QueuePart::ALL.len()];
    for (count, part) in parts.iter_mut().zip(QueuePart::ALL) {
        *count = total(&of(Some(part)).await?);
    }
    let [to_accept, in_work, assisting, sent_back] = parts;
    Ok(QueueCounts {
        all: total(&all),
        to_accept,
        in_work,
        assisting,
        sent_back,
        late: all.late,
        due_soon: all.due_soon,
    })
}
