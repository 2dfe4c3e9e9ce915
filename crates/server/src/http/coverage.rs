//! What scenarios cover, and what they do not: by domain, category and area.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Number, Value};
use yiwang_base::{CategoryCode, Lang, Refusal, Timestamp};
use yiwang_cases::StoreError;
use yiwang_cases::scenario::{Domain, Domains, Gate, Passing};
use yiwang_store::ItemKind;

use super::answers::{ChangeProblems, ExportProblems, FilterProblems, StaffProblems};
use super::body::Body;
use super::exports::{Form, failed};
use super::figures::soon_ready;
use super::kept::{self, Stored, current, history, set, shown};
use super::parameters::{ExportQuery, IfMatchHeader, SpanQuery};
use super::problem::{Answer, reader_language};
use super::scenarios::measured;
use super::session::Visitor;
use super::settings::turn;
use super::state::{App, now};
use crate::city::City;
use crate::export::{Cell, Table};
use crate::figures::wrong;
use crate::policy::Right;
use crate::scenarios::{
    DOMAINS, board, day_before, domains as stored_domains, domains_item, usual_domains,
};
use crate::settings::known;
use crate::wire::{
    CoveredView, DomainCoverage, DomainsBody, ScenarioCoverage, SetBody, Setting, SettingHistory,
    Time, Word,
};

/// How far back cases are counted, unless told.
const USUAL_DAYS: i64 = 180;

impl Stored for DomainsBody {
    const KIND: ItemKind = ItemKind::Setting;

    fn read(body: Value) -> Result<Self, StoreError> {
        Ok(DomainsBody::from(&kept::read::<Domains>(body)?))
    }
}

/// Which cases lie in a scenario and which in none, by domain, category and area; domains
/// for older people and for emergencies first.
#[utoipa::path(get, path = "/api/v1/scenario-coverage", operation_id = "scenario_coverage", tag = "scenarios", security(("session" = [])),
    params(SpanQuery), responses((status = 200, body = ScenarioCoverage), FilterProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<ScenarioCoverage>> {
    visitor.may(Right::ReadFigures)?;
    soon_ready(&app).await;
    Ok(Json(coverage(&app, &query.unwrap_or_default()).await?))
}

/// The same by domain, as a table.
#[utoipa::path(get, path = "/api/v1/scenario-coverage/export", operation_id = "export_scenario_coverage", tag = "scenarios", security(("session" = [])),
    params(SpanQuery, ExportQuery),
    responses(
        (status = 200, description = "The table, CSV or XLSX", content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        ExportProblems))]
pub(super) async fn export(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    visitor.may(Right::ReadFigures)?;
    let (form, query) = Form::split(&query.unwrap_or_default(), false)?;
    soon_ready(&app).await;
    let told = coverage(&app, &query).await?;
    let standing = ["accepted", "lapsed", "on_trial", "withdrawn"];
    let gates = Gate::ALL.map(Gate::word);
    let mut columns: Vec<String> = [
        "domain",
        "name",
        "categories",
        "cases",
        "covered",
        "in_none",
    ]
    .map(String::from)
    .into();
    columns.push("share".into());
    columns.extend(standing.map(|word| format!("scenarios.{word}")));
    columns.extend(gates.map(|word| format!("passed.{word}")));
    let mut table = Table::begin(Vec::new(), form.format, columns).map_err(failed)?;
    let lang = reader_language(&headers);
    let number = |count: u64| Cell::Number(count.into());
    for row in &told.domains {
        let name = match (row.domain, lang) {
            (Some(Word(domain)), Lang::Zh) => domain.name().zh,
            (Some(Word(domain)), Lang::En) => domain.name().en,
            (None, Lang::Zh) => "未归入领域".to_owned(),
            (None, Lang::En) => "in no domain".to_owned(),
        };
        let tally = row.tally.as_ref();
        let share = tally
            .and_then(|tally| tally.rate)
            .and_then(Number::from_f64);
        let mut cells = vec![
            row.domain
                .map_or(Cell::None, |Word(domain)| Cell::Own(domain.word().into())),
            Cell::Own(name.into()),
            number(row.categories.len() as u64),
            number(tally.map_or(0, |tally| tally.counted)),
            number(tally.map_or(0, |tally| tally.met)),
            number(tally.map_or(0, |tally| tally.counted - tally.met)),
            share.map_or(Cell::None, Cell::Number),
        ];
        let of = |counts: &BTreeMap<String, u64>, word: &str| {
            number(counts.get(word).copied().unwrap_or(0))
        };
        cells.extend(standing.map(|word| of(&row.standing, word)));
        cells.extend(gates.map(|word| of(&row.passed, word)));
        table.row(cells.into_iter()).map_err(failed)?;
    }
    Ok(form.answer("scenario-coverage", table.finish().map_err(failed)?))
}

/// Which categories belong to each domain.
#[utoipa::path(get, path = "/api/v1/city/domains", operation_id = "read_domains", tag = "scenarios", security(("session" = [])),
    responses((status = 200, body = Setting<DomainsBody>), StaffProblems))]
pub(super) async fn domains(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<Setting<DomainsBody>>> {
    visitor.may(Right::ReadUnits)?;
    let stored = current(&app, ItemKind::Setting, DOMAINS)?;
    let usual = DomainsBody::from(&usual_domains(&app.city()));
    Ok(Json(shown(DOMAINS, stored, usual)?))
}

/// All that the domains were set to.
#[utoipa::path(get, path = "/api/v1/city/domains/history", operation_id = "domains_history", tag = "scenarios", security(("session" = [])),
    responses((status = 200, body = SettingHistory<DomainsBody>), StaffProblems))]
pub(super) async fn domains_history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<SettingHistory<DomainsBody>>> {
    visitor.may(Right::ReadUnits)?;
    Ok(Json(history(&app, DOMAINS)?))
}

/// Set which categories belong to each domain.
#[utoipa::path(put, path = "/api/v1/city/domains", operation_id = "set_domains", tag = "scenarios", security(("session" = [])),
    params(IfMatchHeader), request_body = SetBody<DomainsBody>,
    responses((status = 200, body = Setting<DomainsBody>), ChangeProblems))]
pub(super) async fn set_domains(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value: body, .. }: Body<SetBody<DomainsBody>>,
) -> Answer<Json<Setting<DomainsBody>>> {
    let turn = turn(&app, &visitor).await?;
    let city = app.city();
    let mut domains = Domains::default();
    for (word, codes) in &body.value.categories {
        let field = format!("value.categories.{word}");
        let mut all = Domain::ALL.into_iter();
        let domain = all.find(|domain| domain.word() == word);
        let domain = domain.ok_or_else(|| wrong(&field, word, Domain::ALL.map(Domain::word)))?;
        let codes = known(codes, &field, &city.rules.categories)?;
        domains.0.insert(domain, codes);
    }
    let change = (domains_item(&domains)?, body.grounds);
    Ok(Json(set(&app, &turn, &visitor, &headers, change).await?))
}

async fn coverage(app: &App, query: &str) -> Result<ScenarioCoverage, Refusal> {
    let (city, formulas, now) = (app.city(), app.formulas(), now());
    let span = span(query, &city, now)?;
    let ask = async |rest: &str| {
        let query = format!("formula=covered&{span}{rest}");
        board(&app.store, &formulas, &city, &query, now).await
    };
    let categories = ask("&group=category").await?;
    let areas = ask("&group=area").await?;
    let set = stored_domains(&app.store, &city)?;
    let placed: BTreeSet<&CategoryCode> = set.0.values().flatten().collect();
    let all = city.rules.categories.keys();
    let unplaced: Vec<CategoryCode> = all.filter(|code| !placed.contains(code)).cloned().collect();
    let named = Domain::ALL.map(|domain| (Some(domain), set.of(domain)));
    let mut domains = Vec::new();
    for (domain, codes) in named.into_iter().chain([(None, unplaced.as_slice())]) {
        let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
        // What belongs to no domain may have no category at all.
        let none = if domain.is_none() { Some("-") } else { None };
        let asked: Vec<&str> = codes.iter().map(String::as_str).chain(none).collect();
        let own = format!("&category={}", asked.join(","));
        let some = !asked.is_empty();
        domains.push(DomainCoverage {
            domain: domain.map(Word),
            tally: match some {
                true => Some(ask(&own).await?.total),
                false => None,
            },
            query: some.then(|| format!("formula=covered&{span}{own}")),
            categories: codes,
            standing: BTreeMap::new(),
            passed: BTreeMap::new(),
        });
    }
    for scenario in city.scenarios.values().filter(|one| !one.retired) {
        let (_, measured) = measured(app, scenario).await?;
        let mut rows = domains.iter_mut();
        let row = rows.find(|row| row.domain == Some(Word(scenario.domain)));
        if let Some(row) = row {
            let stands = measured.standing.word().to_owned();
            *row.standing.entry(stands).or_default() += 1;
            for gate in Gate::ALL {
                if measured.gates.says(gate) == Passing::Passed {
                    *row.passed.entry(gate.word().to_owned()).or_default() += 1;
                }
            }
        }
    }
    Ok(ScenarioCoverage {
        from: categories.from.unwrap_or(Time(now)),
        until: categories.until.unwrap_or(Time(now)),
        domains,
        covered: CoveredView {
            total: categories.total,
            categories: categories.figures,
            areas: areas.figures,
        },
        query: format!("formula=covered&{span}"),
    })
}

/// The time that is asked for, as parameters of a figure.
fn span(query: &str, city: &City, now: Timestamp) -> Result<String, Refusal> {
    let (mut from, mut until) = (String::new(), String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "from" => from = value.into_owned(),
            "until" => until = value.into_owned(),
            other => return Err(wrong("query", other, ["from", "until"])),
        }
    }
    if from.is_empty() {
        from = day_before(city, now, USUAL_DAYS).to_string();
    }
    let mut span = form_urlencoded::Serializer::new(String::new());
    span.append_pair("from", &from);
    if !until.is_empty() {
        span.append_pair("until", &until);
    }
    Ok(span.finish())
}
