//! What stewards set while the server runs: units, categories, limits, automatic dispatch.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::Value;
use yiwang_base::{Refusal, RefusalKind};
use yiwang_cases::{Area, Category, DuplicateLimits, Step, StoreError, Unit};
use yiwang_store::{Item, ItemKind};

use super::answers::{ChangeProblems, CommandBodyProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::kept::{Stored, all, current, history, read, set, shown};
use super::parameters::{AreaPath, CategoryPath, IfMatchHeader, UnitPath};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, CityChange, now};
use crate::city::{CitySettings, SETTINGS};
use crate::duplicates::DUPLICATES;
use crate::grid::LayerRecord;
use crate::judging::{AUTOMATIC, AutomaticSetting, Judging, Kept, train_now};
use crate::policy::Right;
use crate::seats::Seats;
use crate::sensing::Retention;
use crate::settings;
use crate::what_if::try_on;
use crate::wire::{
    AreaView, AutomaticBody, AutomaticView, CategoryBody, CityBody, DuplicatesBody, GridLayerView,
    ModelView, RetentionBody, SeatsBody, SetBody, Setting, SettingHistory, Settings, TrainBody,
    TriedLimits, TriedLine, TryLimitsBody, UnitBody,
};

/// Cases on which limits are tried, unless told, and at most.
const TRIED_CASES: u32 = 2_000;
const MOST_TRIED_CASES: u32 = 50_000;

macro_rules! stored {
    ($($body:ident of $kind:ident $as:ty;)*) => {$(
        impl Stored for $body {
            const KIND: ItemKind = ItemKind::$kind;

            fn read(body: Value) -> Result<Self, StoreError> {
                Ok($body::from(&read::<$as>(body)?))
            }
        }
    )*};
}

stored! {
    AreaView of Area Area;
    GridLayerView of GridLayer LayerRecord;
    UnitBody of Unit Unit;
    CategoryBody of Category Category;
    CityBody of Setting CitySettings;
    AutomaticBody of Setting AutomaticSetting;
    RetentionBody of Setting Retention;
    DuplicatesBody of Setting DuplicateLimits;
    SeatsBody of Setting Seats;
}

/// All that an area was set to.
#[utoipa::path(get, path = "/api/v1/areas/{area}/history", operation_id = "area_history",
    tag = "city", security(("session" = [])), params(AreaPath),
    responses((status = 200, body = SettingHistory<AreaView>), OneStaffProblems))]
pub(super) async fn area_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Answer<Json<SettingHistory<AreaView>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, &code)?))
}

/// The units with their duty lists, each with who set it.
#[utoipa::path(get, path = "/api/v1/city/units", operation_id = "list_units", tag = "city",
    security(("session" = [])),
    responses((status = 200, body = Settings<UnitBody>), StaffProblems))]
pub(super) async fn units(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Settings<UnitBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(all(&app)?))
}

/// All that a unit was set to.
#[utoipa::path(get, path = "/api/v1/city/units/{unit}/history", operation_id = "unit_history",
    tag = "city", security(("session" = [])), params(UnitPath),
    responses((status = 200, body = SettingHistory<UnitBody>), OneStaffProblems))]
pub(super) async fn unit_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Answer<Json<SettingHistory<UnitBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, &code)?))
}

/// Set a unit with its duty list; a new code makes a new unit.
#[utoipa::path(put, path = "/api/v1/city/units/{unit}", operation_id = "set_unit", tag = "city",
    security(("session" = [])), params(UnitPath, IfMatchHeader), request_body = SetBody<UnitBody>,
    responses((status = 200, body = Setting<UnitBody>), ChangeProblems))]
pub(super) async fn set_unit(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<UnitBody>>,
) -> Answer<Json<Setting<UnitBody>>> {
    let turn = turn(&app, &visitor).await?;
    let unit = settings::unit(&code, body.value, &app.city().rules)?;
    let item = Item::of(ItemKind::Unit, &code, &unit)?;
    let change = (item, body.grounds);
    Ok(Json(set(&app, &turn, &visitor, &headers, change).await?))
}

/// The categories with their limits, each with who set it.
#[utoipa::path(get, path = "/api/v1/city/categories", operation_id = "list_categories",
    tag = "city", security(("session" = [])),
    responses((status = 200, body = Settings<CategoryBody>), StaffProblems))]
pub(super) async fn categories(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Settings<CategoryBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(all(&app)?))
}

/// All that a category was set to.
#[utoipa::path(get, path = "/api/v1/city/categories/{category}/history",
    operation_id = "category_history", tag = "city", security(("session" = [])),
    params(CategoryPath),
    responses((status = 200, body = SettingHistory<CategoryBody>), OneStaffProblems))]
pub(super) async fn category_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Answer<Json<SettingHistory<CategoryBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, &code)?))
}

/// Set a category with its limits; a new code makes a new category. Limits hold
/// for steps taken from then on.
#[utoipa::path(put, path = "/api/v1/city/categories/{category}", operation_id = "set_category",
    tag = "city", security(("session" = [])), params(CategoryPath, IfMatchHeader),
    request_body = SetBody<CategoryBody>,
    responses((status = 200, body = Setting<CategoryBody>), ChangeProblems))]
pub(super) async fn set_category(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<CategoryBody>>,
) -> Answer<Json<Setting<CategoryBody>>> {
    let turn = turn(&app, &visitor).await?;
    let category = settings::category(&code, body.value)?;
    let item = Item::of(ItemKind::Category, &code, &category)?;
    let change = (item, body.grounds);
    Ok(Json(set(&app, &turn, &visitor, &headers, change).await?))
}

/// The city's name, hours and limits, with who set them.
#[utoipa::path(get, path = "/api/v1/city/settings", operation_id = "read_settings", tag = "city",
    security(("session" = [])), responses((status = 200, body = Setting<CityBody>), StaffProblems))]
pub(super) async fn city(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Setting<CityBody>>> {
    visitor.may(Right::ReadUnits)?;
    let stored = current(&app, ItemKind::Setting, SETTINGS)?;
    let usual = CityBody::from(&CitySettings::stored_or_unnamed(&app.store)?);
    Ok(Json(shown(SETTINGS, stored, usual)?))
}

/// All that the city's name, hours and limits were set to.
#[utoipa::path(get, path = "/api/v1/city/settings/history", operation_id = "settings_history",
    tag = "city", security(("session" = [])),
    responses((status = 200, body = SettingHistory<CityBody>), StaffProblems))]
pub(super) async fn city_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<SettingHistory<CityBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, SETTINGS)?))
}

/// Set the city's name, hours and limits. Limits hold for steps taken from then on.
#[utoipa::path(put, path = "/api/v1/city/settings", operation_id = "set_settings", tag = "city",
    security(("session" = [])), params(IfMatchHeader), request_body = SetBody<CityBody>,
    responses((status = 200, body = Setting<CityBody>), ChangeProblems))]
pub(super) async fn set_city(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<CityBody>>,
) -> Answer<Json<Setting<CityBody>>> {
    let turn = turn(&app, &visitor).await?;
    let item = settings::city(body.value)?.item()?;
    let change = (item, body.grounds);
    Ok(Json(set(&app, &turn, &visitor, &headers, change).await?))
}

/// Try limits on old cases: how many of their steps would have been late.
#[utoipa::path(post, path = "/api/v1/city/limits/try", operation_id = "try_limits", tag = "city",
    security(("session" = [])), request_body = TryLimitsBody,
    responses((status = 200, body = TriedLimits), CommandBodyProblems))]
pub(super) async fn try_limits(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<TryLimitsBody>,
) -> Answer<Json<TriedLimits>> {
    visitor.may(Right::KeepCity)?;
    let city = app.city();
    let rules = settings::tried(&city.rules, &body)?;
    let most = body.cases.unwrap_or(TRIED_CASES);
    if !(1..=MOST_TRIED_CASES).contains(&most) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "limits.cases",
            "案件数不在允许的范围内",
            "the number of cases is out of its range",
        )
        .at("cases")
        .found(most.to_string())
        .allowing([format!("1–{MOST_TRIED_CASES}")])
        .into());
    }
    let most = Some(u64::from(most));
    let (tried, more) = try_on(&app.store, &rules, now(), most, |_| ()).await?;
    let steps = Step::ALL.into_iter().filter_map(|step| {
        let tally = tried.steps.get(&step)?;
        Some(TriedLine::of(step.word(), &step.name(), tally))
    });
    let categories = tried.categories.iter().filter_map(|(code, tally)| {
        let name = &rules.categories.get(code)?.name;
        Some(TriedLine::of(code.as_str(), name, tally))
    });
    Ok(Json(TriedLimits {
        cases: tried.cases,
        more,
        steps: steps.collect(),
        categories: categories.collect(),
    }))
}

/// From which confidence on requests are dispatched without a person, and what
/// the model has shown.
#[utoipa::path(get, path = "/api/v1/city/automatic", operation_id = "read_automatic",
    tag = "city", security(("session" = [])),
    responses((status = 200, body = AutomaticView), StaffProblems))]
pub(super) async fn automatic(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<AutomaticView>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(automatic_view(&app)?))
}

/// All that automatic dispatch was set to.
#[utoipa::path(get, path = "/api/v1/city/automatic/history", operation_id = "automatic_history",
    tag = "city", security(("session" = [])),
    responses((status = 200, body = SettingHistory<AutomaticBody>), StaffProblems))]
pub(super) async fn automatic_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<SettingHistory<AutomaticBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, AUTOMATIC)?))
}

/// Set from which confidence on requests are dispatched without a person.
#[utoipa::path(put, path = "/api/v1/city/automatic", operation_id = "set_automatic",
    tag = "city", security(("session" = [])), params(IfMatchHeader),
    request_body = SetBody<AutomaticBody>,
    responses((status = 200, body = AutomaticView), ChangeProblems))]
pub(super) async fn set_automatic(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<AutomaticBody>>,
) -> Answer<Json<AutomaticView>> {
    let turn = turn(&app, &visitor).await?;
    let item = settings::automatic(body.value)?.item()?;
    let change = (item, body.grounds);
    set::<AutomaticBody>(&app, &turn, &visitor, &headers, change).await?;
    app.set_judging(Judging::from_record(&app.store, &app.city()).await?);
    Ok(Json(automatic_view(&app)?))
}

/// Train a model on the city's own closed cases now.
#[utoipa::path(post, path = "/api/v1/city/automatic/train", operation_id = "train_model",
    tag = "city", security(("session" = [])), request_body = TrainBody,
    responses((status = 200, body = AutomaticView), CommandBodyProblems))]
pub(super) async fn train(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { .. }: Body<TrainBody>,
) -> Answer<Json<AutomaticView>> {
    let _turn = turn(&app, &visitor).await?;
    train_now(&app, &visitor.actor().to_string()).await?;
    Ok(Json(automatic_view(&app)?))
}

/// From which likeness on cases are taken for duplicates.
#[utoipa::path(get, path = "/api/v1/city/duplicates", operation_id = "read_duplicate_limits",
    tag = "city", security(("session" = [])),
    responses((status = 200, body = Setting<DuplicatesBody>), StaffProblems))]
pub(super) async fn duplicates(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Setting<DuplicatesBody>>> {
    visitor.may(Right::ReadUnits)?;
    let stored = current(&app, ItemKind::Setting, DUPLICATES)?;
    let usual = DuplicatesBody::from(&DuplicateLimits::default());
    Ok(Json(shown(DUPLICATES, stored, usual)?))
}

/// All that these limits were set to.
#[utoipa::path(get, path = "/api/v1/city/duplicates/history", operation_id = "duplicate_limits_history",
    tag = "city", security(("session" = [])),
    responses((status = 200, body = SettingHistory<DuplicatesBody>), StaffProblems))]
pub(super) async fn duplicates_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<SettingHistory<DuplicatesBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, DUPLICATES)?))
}

/// Set from which likeness on cases are taken for duplicates. Candidates go by it at
/// once, clusters are found anew in the background; what is merged stays merged.
#[utoipa::path(put, path = "/api/v1/city/duplicates", operation_id = "set_duplicate_limits",
    tag = "city", security(("session" = [])), params(IfMatchHeader),
    request_body = SetBody<DuplicatesBody>,
    responses((status = 200, body = Setting<DuplicatesBody>), ChangeProblems))]
pub(super) async fn set_duplicates(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<DuplicatesBody>>,
) -> Answer<Json<Setting<DuplicatesBody>>> {
    let turn = turn(&app, &visitor).await?;
    let limits = settings::duplicates(body.value)?;
    let item = Item::of(ItemKind::Setting, DUPLICATES, &limits)?;
    let change = (item, body.grounds);
    let set = set::<DuplicatesBody>(&app, &turn, &visitor, &headers, change).await?;
    app.duplicates.set_limits(limits);
    Ok(Json(set))
}

/// The turn of who may keep the city.
pub(super) async fn turn<'a>(app: &'a App, visitor: &Visitor) -> Result<CityChange<'a>, Refusal> {
    visitor.may(Right::KeepCity)?;
    Ok(app.city_change().await)
}

fn automatic_view(app: &App) -> Result<AutomaticView, Refusal> {
    let stored = current(app, ItemKind::Setting, AUTOMATIC)?;
    let usual = AutomaticBody::from(&AutomaticSetting::default());
    Ok(AutomaticView {
        setting: shown(AUTOMATIC, stored, usual)?,
        in_force: app.judging().automatic_from.is_some(),
        model: Kept::read(&app.store)?.map(|kept| ModelView::from(&kept.card)),
    })
}
