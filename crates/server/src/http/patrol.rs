//! What a grid worker's day begins with: where complaints come back, and how much work
//! there is.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use yiwang_cases::{CaseStore as _, Order, recurring};

use super::answers::{FilterProblems, StaffProblems};
use super::figures::soon_ready;
use super::filter;
use super::parameters::CaseFilterQuery;
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::figures::{USUAL_WEEKS, by_tier, load};
use crate::policy::Right;
use crate::wire::{
    LoadView, RecurringView, RecurringsView, TierLoadView, Time, UnitLoadView, Word,
};

/// Cases that are looked at, the newest, and how many at once.
const MOST_CASES: usize = 5_000;
const PAGE: usize = 500;
/// Places that are told.
const MOST_PLACES: usize = 100;

/// Places where the same is complained about again and again: squares of about 200 m with
/// at least three cases of one category. Takes the filters of the list.
#[utoipa::path(get, path = "/api/v1/cases/recurring", operation_id = "list_recurring", tag = "cases", security(("session" = [])),
    params(CaseFilterQuery), responses((status = 200, body = RecurringsView), FilterProblems))]
pub(super) async fn places(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<RecurringsView>> {
    let user = visitor.with(Right::ReadWords)?;
    let now = now();
    let query = filter::read(&query.unwrap_or_default(), &app.city(), &user, now)?;
    let (mut cases, mut start) = (Vec::new(), None);
    let more = loop {
        let page = app.store.list(&query.filter, Order::Newest, start, PAGE);
        let page = page.await?;
        cases.extend(page.cases);
        match page.next {
            None => break false,
            Some(_) if cases.len() >= MOST_CASES => break true,
            Some(next) => start = Some(next),
        }
    };
    let found = recurring(&cases);
    Ok(Json(RecurringsView {
        places: found
            .iter()
            .filter_map(RecurringView::of)
            .take(MOST_PLACES)
            .collect(),
        looked_at: cases.len(),
        more,
        as_of: Time(now),
    }))
}

/// How much work each unit has: open and late cases, what came in the last seven days and
/// usually, and how many people there are for it.
#[utoipa::path(get, path = "/api/v1/figures/load", operation_id = "read_load", tag = "figures", security(("session" = [])),
    responses((status = 200, body = LoadView), StaffProblems))]
pub(super) async fn loads(State(app): State<Arc<App>>, visitor: Visitor) -> Answer<Json<LoadView>> {
    visitor.with(Right::ReadFigures)?;
    soon_ready(&app).await;
    let now = now();
    let city = app.city();
    let loads = load(&app.store, &city, now).await?;
    let tiers = by_tier(&city, &loads).into_iter();
    Ok(Json(LoadView {
        units: loads
            .iter()
            .map(|(unit, load)| UnitLoadView {
                unit: unit.to_string(),
                load: load.into(),
            })
            .collect(),
        tiers: tiers
            .map(|(kind, units, load)| TierLoadView {
                tier: Word(kind),
                units,
                load: (&load).into(),
            })
            .collect(),
        usual_weeks: USUAL_WEEKS,
        as_of: Time(now),
    }))
}
