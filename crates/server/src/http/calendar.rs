//! The working calendar and its years.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use yiwang_base::{CalendarParts, CalendarYear, Refusal, RefusalKind};
use yiwang_cases::{CaseFilter, CaseStore as _};
use yiwang_store::{ItemKind, ItemVersion};

use super::answers::{ChangeProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::commands::seen_version;
use super::parameters::{IfMatchHeader, YearPath};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::calendars::{items_of_years, mainland_china, settle_all};
use crate::policy::Right;
use crate::wire::{CalendarView, Time, YearBody, YearHistory, YearSet, YearView};

/// The working calendar: hours, own days, published years.
#[utoipa::path(get, path = "/api/v1/calendar", operation_id = "read_calendar", tag = "city",
    security(("session" = [])), responses((status = 200, body = CalendarView), StaffProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<CalendarView>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(view(&app).await?))
}

/// All that a year was ever set to.
#[utoipa::path(get, path = "/api/v1/calendar/{year}/history", operation_id = "calendar_history",
    tag = "city", security(("session" = [])), params(YearPath),
    responses((status = 200, body = YearHistory), OneStaffProblems))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(year): Path<String>,
) -> Answer<Json<YearHistory>> {
    visitor.may(Right::ReadUnits)?;
    let year = year_number(&year)?;
    let versions = versions(&app, year)?;
    if versions.is_empty() {
        return Err(no_year(year).into());
    }
    Ok(Json(YearHistory { versions }))
}

/// Set a year as published; deadlines that waited for it are settled.
#[utoipa::path(put, path = "/api/v1/calendar/{year}", operation_id = "set_calendar_year",
    tag = "city", security(("session" = [])), params(YearPath, IfMatchHeader),
    request_body = YearBody, responses((status = 200, body = YearSet), ChangeProblems))]
pub(super) async fn set_year(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(year): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<YearBody>,
) -> Answer<Json<YearSet>> {
    visitor.may(Right::KeepCity)?;
    let number = year_number(&year)?;
    if body.year != number {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "calendar.other-year",
            "内容中的年份与地址中的不一致",
            "the year in the body is not the one in the address",
        )
        .at("year")
        .found(body.year.to_string())
        .allowing([number.to_string()])
        .into());
    }
    let year = CalendarYear::try_from(body).map_err(|error| broken_year(&error))?;
    let seen = seen_version(&headers)?;
    let by = visitor.actor();
    let change = app.city_change().await;
    let current = versions(&app, number)?
        .last()
        .map_or(0, |last| last.version);
    if current != u64::from(seen) {
        return Err(Refusal::new(
            RefusalKind::Changed,
            "calendar.changed",
            "该年的安排已被他人改动，请重新载入后再改",
            "this year has been set by someone else since you read it; reload it and try again",
        )
        .at("If-Match")
        .allowing([current.to_string()])
        .into());
    }
    let items = items_of_years(&app.store, std::slice::from_ref(&year))?;
    let source = year.source().to_owned();
    app.set_items(&change, items, by.to_string(), Some(source))
        .await?;
    let settled = settle_all(&app.store, &app.city().rules, &by).await?;
    Ok(Json(YearSet {
        settled: settled.settled,
        waiting: settled.waiting,
        calendar: view(&app).await?,
    }))
}

async fn view(app: &App) -> Result<CalendarView, Refusal> {
    let city = app.city();
    let calendar = &city.rules.calendar;
    let today = now().to_zoned(calendar.zone().clone()).date();
    let mut view = CalendarView::of(&CalendarParts::from(calendar.clone()));
    view.known_until = calendar.known_until(today).map(|day| day.to_string());
    for number in calendar.years().keys() {
        view.years.extend(versions(app, *number)?.pop());
    }
    let available = mainland_china()?.into_iter();
    let available = available.filter(|year| !calendar.years().contains_key(&year.year()));
    view.available = available.map(|year| YearBody::from(&year)).collect();
    let filter = CaseFilter {
        provisional: true,
        ..CaseFilter::default()
    };
    let counts = app.store.counts(&filter, now()).await?;
    view.provisional = counts.by_stage.values().sum();
    Ok(view)
}

fn versions(app: &App, year: i16) -> Result<Vec<YearView>, Refusal> {
    let history = app
        .store
        .item_history(ItemKind::Calendar, &year.to_string())?;
    let one = |version: ItemVersion| {
        let year: CalendarYear = serde_json::from_value(version.body)
            .map_err(|error| yiwang_cases::StoreError::Broken(error.to_string()))?;
        Ok(YearView {
            version: version.seq,
            set_at: Time(version.at),
            set_by: version.by,
            year: YearBody::from(&year),
        })
    };
    history.into_iter().map(one).collect()
}

fn year_number(text: &str) -> Result<i16, Refusal> {
    let year = text
        .parse()
        .ok()
        .filter(|year| (1900..=9000).contains(year));
    year.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "calendar.no-year",
            "年份是 1900 到 9000 的数",
            "a year is 1900 to 9000",
        )
        .at("year")
        .found(text)
    })
}

fn no_year(year: i16) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "calendar.no-year",
        format!("工作日历中没有 {year} 年"),
        format!("the calendar does not hold the year {year}"),
    )
    .at("year")
    .found(year.to_string())
}

fn broken_year(error: &yiwang_base::CalendarYearError) -> Refusal {
    use yiwang_base::CalendarYearError::{Both, Elsewhere, Length, NoHolidays, Source, Year};
    let field = match error {
        Year(_) => "year",
        Source => "source",
        NoHolidays | Length { .. } => "holidays",
        Both(_) | Elsewhere { .. } => "make_up_days",
    };
    Refusal::new(
        RefusalKind::Invalid,
        "calendar.year",
        "这不是一年的节假日安排，请对照通知核对",
        "this is not a year of holidays: compare it with the notice",
    )
    .at(field)
    .found(error.to_string())
}
