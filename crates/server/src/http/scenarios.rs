//! Scenarios: what the city is used for, their gates, and who accepts them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::Value;
use yiwang_base::{Refusal, RefusalKind, ScenarioCode};
use yiwang_cases::StoreError;
use yiwang_cases::figures::Scope;
use yiwang_cases::scenario::{
    Acceptance, BY_CHOICE, Domain, Drill, DrillStep, Gate, Scenario, Thresholds,
};
use yiwang_store::{Item, ItemKind, ItemVersion};

use super::answers::{ChangeProblems, OneStaffProblems, StaffProblems};
use super::body::Body;
use super::commands::code;
use super::figures::soon_ready;
use super::kept::{self, Stored, current, given, history as all_versions, one, set as set_kept};
use super::parameters::{IfMatchHeader, ScenarioPath};
use super::problem::Answer;
use super::session::Visitor;
use super::settings::turn;
use super::state::{App, now};
use crate::policy::Right;
use crate::scenarios::{Measured, measure};
use crate::settings::{known, name};
use crate::wire::{
    AcceptanceBody, DomainBody, DrillBody, RatingBody, ScenarioBody, ScenarioRow, ScenarioView,
    ScenariosView, SetBody, Setting, SettingHistory, Time, Word,
};

impl Stored for ScenarioBody {
    const KIND: ItemKind = ItemKind::Scenario;

    fn read(body: Value) -> Result<Self, StoreError> {
        Ok(ScenarioBody::from(&kept::read::<Scenario>(body)?))
    }
}

/// The scenarios with how each stands: those for older people and for emergencies first.
#[utoipa::path(get, path = "/api/v1/scenarios", operation_id = "list_scenarios", tag = "scenarios", security(("session" = [])),
    responses((status = 200, body = ScenariosView), StaffProblems))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<ScenariosView>> {
    visitor.may(Right::ReadFigures)?;
    soon_ready(&app).await;
    let city = app.city();
    let mut all: Vec<&Scenario> = city.scenarios.values().collect();
    all.sort_by_key(|one| (one.retired, one.domain));
    let mut rows = Vec::with_capacity(all.len());
    for scenario in all {
        let (setting, measured) = measured(&app, scenario).await?;
        rows.push(ScenarioRow::of(setting, measured));
    }
    let domains = Domain::ALL.into_iter().map(|domain| DomainBody {
        domain: Word(domain),
        name: domain.name().into(),
    });
    Ok(Json(ScenariosView {
        scenarios: rows,
        domains: domains.collect(),
        usual_gates: Thresholds::default().into(),
        steps: BY_CHOICE.into_iter().map(Word).collect(),
        as_of: Time(now()),
    }))
}

/// A scenario: satisfaction and friction, each opening to its cases, and its gates with
/// their evidence.
#[utoipa::path(get, path = "/api/v1/scenarios/{scenario}", operation_id = "read_scenario", tag = "scenarios", security(("session" = [])),
    params(ScenarioPath), responses((status = 200, body = ScenarioView), OneStaffProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(scenario): Path<String>,
) -> Answer<Json<ScenarioView>> {
    visitor.may(Right::ReadFigures)?;
    soon_ready(&app).await;
    Ok(Json(view(&app, &visitor, &scenario).await?))
}

/// Set a scenario; a new code makes a new one. An acceptance of an earlier version lapses.
#[utoipa::path(put, path = "/api/v1/scenarios/{scenario}", operation_id = "set_scenario", tag = "scenarios", security(("session" = [])),
    params(ScenarioPath, IfMatchHeader), request_body = SetBody<ScenarioBody>,
    responses((status = 200, body = Setting<ScenarioBody>), ChangeProblems))]
pub(super) async fn set(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(scenario): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<ScenarioBody>>,
) -> Answer<Json<Setting<ScenarioBody>>> {
    let turn = turn(&app, &visitor).await?;
    let scenario = asked_for(&app, &scenario, body.value)?;
    let item = Item::of(ItemKind::Scenario, scenario.code.as_str(), &scenario)?;
    let change = (item, body.grounds);
    Ok(Json(
        set_kept(&app, &turn, &visitor, &headers, change).await?,
    ))
}

/// All that a scenario was set to.
#[utoipa::path(get, path = "/api/v1/scenarios/{scenario}/history", operation_id = "scenario_history", tag = "scenarios", security(("session" = [])),
    params(ScenarioPath), responses((status = 200, body = SettingHistory<ScenarioBody>), OneStaffProblems))]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(scenario): Path<String>,
) -> Answer<Json<SettingHistory<ScenarioBody>>> {
    visitor.may(Right::ReadFigures)?;
    Ok(Json(all_versions(&app, &scenario)?))
}

/// Record a drill that was held: when, who, each step, and by what it can be checked.
#[utoipa::path(post, path = "/api/v1/scenarios/{scenario}/drills", operation_id = "record_drill", tag = "scenarios", security(("session" = [])),
    params(ScenarioPath), request_body = DrillBody,
    responses((status = 200, body = ScenarioView), ChangeProblems))]
pub(super) async fn drill(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(scenario): Path<String>,
    Body { value: body, .. }: Body<DrillBody>,
) -> Answer<Json<ScenarioView>> {
    visitor.may(Right::RecordDrills)?;
    let turn = app.city_change().await;
    let city = app.city();
    let found = found(&app, &scenario)?;
    let on = body.on.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "drill.day",
            "请写演练的日期，如 2026-03-01",
            "write the day of the drill, 2026-03-01",
        )
        .at("on")
        .found(&body.on)
    })?;
    let steps = body.steps.into_iter().map(|step| DrillStep {
        name: step.name,
        note: step.note.filter(|note| !note.is_empty()),
        passed: step.passed,
    });
    let drill = Drill {
        evidence: body.evidence,
        on,
        scenario: found.code.clone(),
        steps: steps.collect(),
        units: known(&body.units, "units", &city.rules.units)?,
    };
    let zone = city.rules.calendar.zone().clone();
    drill.check(now().to_zoned(zone).date())?;
    let begins = format!("{}/", found.code);
    let earlier = app.store.items(ItemKind::Drill)?;
    let number = earlier.iter().filter(|one| one.code.starts_with(&begins));
    let number = number.count() + 1;
    let item = Item::of(ItemKind::Drill, &format!("{begins}{number}"), &drill)?;
    let by = visitor.actor().to_string();
    app.set_items(&turn, vec![item], by, None).await?;
    Ok(Json(view(&app, &visitor, &scenario).await?))
}

/// Rate a scenario as one who works with it; a later rating takes the place of an earlier one.
#[utoipa::path(put, path = "/api/v1/scenarios/{scenario}/rating", operation_id = "rate_scenario", tag = "scenarios", security(("session" = [])),
    params(ScenarioPath), request_body = RatingBody,
    responses((status = 200, body = ScenarioView), ChangeProblems))]
pub(super) async fn rate(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(scenario): Path<String>,
    Body { value: body, .. }: Body<RatingBody>,
) -> Answer<Json<ScenarioView>> {
    visitor.may(Right::RateScenarios)?;
    let turn = app.city_change().await;
    let found = found(&app, &scenario)?;
    if !(1..=5).contains(&body.rating) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "scenario.rating",
            "评价为 1 到 5 分",
            "a rating is 1 to 5",
        )
        .at("rating")
        .found(body.rating.to_string())
        .allowing(["1", "2", "3", "4", "5"])
        .into());
    }
    let code = own_rating(&found.code, &visitor);
    let item = Item::of(ItemKind::ScenarioRating, &code, &body.rating)?;
    let by = visitor.actor().to_string();
    app.set_items(&turn, vec![item], by, None).await?;
    Ok(Json(view(&app, &visitor, &scenario).await?))
}

/// Accept a scenario whose gates are all passed, or take an acceptance back. `If-Match`
/// names the version of the scenario that was judged.
#[utoipa::path(put, path = "/api/v1/scenarios/{scenario}/acceptance", operation_id = "accept_scenario", tag = "scenarios", security(("session" = [])),
    params(ScenarioPath, IfMatchHeader), request_body = AcceptanceBody,
    responses((status = 200, body = ScenarioView), ChangeProblems))]
pub(super) async fn accept(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(scenario): Path<String>,
    headers: HeaderMap,
    Body { value: body, .. }: Body<AcceptanceBody>,
) -> Answer<Json<ScenarioView>> {
    visitor.may(Right::AcceptScenarios)?;
    let turn = app.city_change().await;
    let found = found(&app, &scenario)?;
    let version = last(&app, &found)?;
    let of = version.seq;
    kept::seen_last(&headers, Some(version))?;
    let grounds = given(Some(body.grounds))?.ok_or_else(|| {
        Refusal::new(
            RefusalKind::Invalid,
            "scenario.grounds",
            "请写明依据",
            "say on what grounds",
        )
        .at("grounds")
    })?;
    if body.accepted {
        soon_ready(&app).await;
        let (_, measured) = measured(&app, &found).await?;
        let missing = measured.gates.missing();
        if !missing.is_empty() {
            let words: Vec<_> = missing.iter().map(|gate| gate.word()).collect();
            return Err(Refusal::new(
                RefusalKind::NotNow,
                "scenario.gates",
                "三道验收关尚未全部通过，暂不能验收；请先补足演练、干部使用或群众评价",
                "it does not pass all three gates yet: drill it, let staff use it, or wait for residents' ratings",
            )
            .found(words.join(", "))
            .allowing(Gate::ALL.map(Gate::word))
            .into());
        }
    }
    let acceptance = Acceptance {
        accepted: body.accepted,
        of,
        scenario: found.code.clone(),
    };
    let item = Item::of(
        ItemKind::ScenarioAcceptance,
        found.code.as_str(),
        &acceptance,
    )?;
    let by = visitor.actor().to_string();
    app.set_items(&turn, vec![item], by, Some(grounds)).await?;
    Ok(Json(view(&app, &visitor, &scenario).await?))
}

fn own_rating(scenario: &ScenarioCode, visitor: &Visitor) -> String {
    let user = visitor.0.as_ref();
    let name = user.map_or("", |user| user.account.name.as_str());
    format!("{scenario}/{name}")
}

/// The scenario that a call describes, in this city.
fn asked_for(app: &App, scenario: &str, body: ScenarioBody) -> Result<Scenario, Refusal> {
    let rules = &app.city().rules;
    let scenario = Scenario {
        code: code(scenario, "scenario")?,
        domain: body.domain.0,
        gates: body.gates.into(),
        name: name(body.name, "value.name")?,
        pages: body.pages,
        retired: body.retired,
        scope: Scope {
            areas: known(&body.areas, "value.areas", &rules.areas)?,
            categories: known(&body.categories, "value.categories", &rules.categories)?,
            channels: body.channels.into_iter().map(|Word(one)| one).collect(),
        },
        serves: name(body.serves, "value.serves")?,
        steps: body.steps.into_iter().map(|Word(step)| step).collect(),
    };
    scenario.check().map_err(|refusal| {
        let field = refusal
            .field
            .as_deref()
            .map(|field| format!("value.{field}"));
        match field {
            Some(field) => refusal.at(field),
            None => refusal,
        }
    })?;
    Ok(scenario)
}

fn found(app: &App, code: &str) -> Result<Scenario, Refusal> {
    let city = app.city();
    let known = code.parse().ok();
    let known = known.and_then(|code: ScenarioCode| city.scenarios.get(&code).cloned());
    known.ok_or_else(|| {
        Refusal::new(
            RefusalKind::NotFound,
            "scenario.unknown",
            "没有这个应用场景",
            "there is no such scenario",
        )
        .found(code)
    })
}

fn last(app: &App, scenario: &Scenario) -> Result<ItemVersion, Refusal> {
    let last = current(app, ItemKind::Scenario, scenario.code.as_str())?;
    Ok(last.ok_or_else(|| StoreError::Broken(format!("{} was not set", scenario.code)))?)
}

pub(super) async fn measured(
    app: &App,
    scenario: &Scenario,
) -> Result<(Setting<ScenarioBody>, Measured), Refusal> {
    let version = last(app, scenario)?;
    let of = (scenario, version.seq);
    let measured = measure(&app.store, &app.formulas(), &app.city(), of, now()).await?;
    Ok((one(scenario.code.as_str(), version)?, measured))
}

async fn view(app: &App, visitor: &Visitor, code: &str) -> Result<ScenarioView, Refusal> {
    let scenario = found(app, code)?;
    let (setting, measured) = measured(app, &scenario).await?;
    let own = own_rating(&scenario.code, visitor);
    let own = current(app, ItemKind::ScenarioRating, &own)?;
    let own = own.map(|version| kept::read(version.body)).transpose()?;
    Ok(ScenarioView::of(setting, measured, own, Time(now())))
}
