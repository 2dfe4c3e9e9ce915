//! Whether areas cover the city, and who may act on what.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use yiwang_base::{AreaCode, CategoryCode, Refusal, RefusalKind, UnitCode};
use yiwang_cases::authority::{Direction, escalate, ladder, route, unclear};
use yiwang_cases::coverage::{Coverage, check};
use yiwang_cases::known_area;

use super::answers::{FilterProblems, StaffProblems};
use super::commands::code;
use super::parameters::LadderQuery;
use super::problem::Answer;
use super::session::Visitor;
use super::state::App;
use crate::city::{City, pieces_geojson};
use crate::policy::Right;
use crate::wire::{CoverageView, LadderView, UnclearView};

/// Slivers below this are left out, square metres.
const LEAST_M2: f64 = 1.0;

/// Whether the areas cover the city once: gaps and overlaps with their size.
#[utoipa::path(get, path = "/api/v1/areas/coverage", operation_id = "check_coverage", tag = "city",
    security(("session" = [])), responses((status = 200, body = CoverageView), StaffProblems))]
pub(super) async fn coverage(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<CoverageView>> {
    visitor.may(Right::ReadUnits)?;
    let found = checked(app.city()).await?;
    Ok(Json(CoverageView::from(&found)))
}

/// Gaps and overlaps of the areas, GeoJSON.
#[utoipa::path(get, path = "/api/v1/areas/coverage.geojson", operation_id = "coverage_outlines",
    tag = "city", security(("session" = [])),
    responses((status = 200, content_type = "application/geo+json", body = Object), StaffProblems))]
pub(super) async fn coverage_outlines(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Response> {
    visitor.may(Right::ReadUnits)?;
    let found = checked(app.city()).await?;
    let body = pieces_geojson(&found.pieces).to_string();
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], body).into_response())
}

async fn checked(city: Arc<City>) -> Result<Coverage, Refusal> {
    let work = move || check(city.rules.areas.values(), &city.outlines, LEAST_M2);
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "the check of coverage failed");
        Refusal::new(
            RefusalKind::Unavailable,
            "coverage.failed",
            "这次检查没有完成，请稍后再试",
            "the check could not be finished; try again later",
        )
    })
}

/// Categories that nobody answers for somewhere, or several units of one tier.
#[utoipa::path(get, path = "/api/v1/authority", operation_id = "unclear_authority", tag = "city",
    security(("session" = [])), responses((status = 200, body = UnclearView), StaffProblems))]
pub(super) async fn list_unclear(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<UnclearView>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(UnclearView::of(&unclear(&app.city().rules))))
}

/// Who may act on a category at a place and who only sees it, the lowest tier
/// first; and where a report of a unit goes.
#[utoipa::path(get, path = "/api/v1/authority/ladder", operation_id = "authority_ladder",
    tag = "city", security(("session" = [])), params(LadderQuery),
    responses((status = 200, body = LadderView), FilterProblems))]
pub(super) async fn read_ladder(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<LadderView>> {
    visitor.may(Right::ReadUnits)?;
    let city = app.city();
    let asked = Asked::read(query.as_deref().unwrap_or_default(), &city)?;
    let (rules, category, area) = (&city.rules, &asked.category, asked.area.as_ref());
    let mut view = LadderView::of(&ladder(rules, category, area));
    if let Some(unit) = &asked.unit {
        let next = |direction| escalate(rules, category, area, unit, direction);
        view.goes(&route(rules, category, area, unit));
        view.up = next(Direction::Up).map(|unit| unit.code.to_string());
        view.down = next(Direction::Down).map(|unit| unit.code.to_string());
    }
    Ok(Json(view))
}

/// What the ladder is asked for.
struct Asked {
    category: CategoryCode,
    area: Option<AreaCode>,
    unit: Option<UnitCode>,
}

impl Asked {
    fn read(query: &str, city: &City) -> Result<Asked, Refusal> {
        let (mut category, mut area, mut unit) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                _ if value.is_empty() => {}
                "category" => category = Some(code(&value, "category")?),
                "area" => area = Some(code(&value, "area")?),
                "unit" => unit = Some(code(&value, "unit")?),
                other => {
                    return Err(unknown("query.invalid", "query", other)
                        .allowing(["category", "area", "unit"]));
                }
            }
        }
        known_area(&city.rules, area.as_ref())?;
        let known = city.rules.categories.keys().map(ToString::to_string);
        let Some(category) = category else {
            return Err(unknown("category.unknown", "category", "").allowing(known));
        };
        if !city.rules.categories.contains_key(&category) {
            let refusal = unknown("category.unknown", "category", category.as_str());
            return Err(refusal.allowing(known));
        }
        if let Some(unit) = &unit
            && !city.rules.units.contains_key(unit)
        {
            let known = city.rules.units.keys().map(ToString::to_string);
            return Err(unknown("unit.unknown", "unit", unit.as_str()).allowing(known));
        }
        Ok(Asked {
            category,
            area,
            unit,
        })
    }
}

fn unknown(code: &'static str, field: &str, found: &str) -> Refusal {
    let (zh, en) = match code {
        "category.unknown" => ("请给出一个已有的分类", "name a category that there is"),
        "unit.unknown" => ("没有这个单位", "there is no such unit"),
        _ => ("筛选条件不对", "a filter cannot be read"),
    };
    Refusal::new(RefusalKind::Invalid, code, zh, en)
        .at(field)
        .found(found)
}
