//! Steps of dossiers.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use yiwang_base::{
    CaseId, Personal, Refusal, RefusalKind, Timestamp, UnitCode, from_millis, to_millis,
};
use yiwang_cases::civic::{
    AskedOf, Content, Dossier, DossierCommand, DossierStore, Kind, appraisal, carry_out,
    deliberation, dispute, micro_project, pool, proposal, task, topic, training,
};
use yiwang_cases::{
    Action, Asked, CaseStore, Channel, Command, Context, Place, RequestWords, SourceRef, Submit,
    change,
};

use super::super::answers::{CommandProblems, DossierAnswer, DossierOpened, OpenDossierProblems};
use super::super::body::Body;
use super::super::commands::{code, no_case, receipt, seen_version};
use super::super::figures::soon_ready;
use super::super::filter::wrong;
use super::super::parameters::{CommandHeaders, DossierPath, KeyHeader};
use super::super::problem::Answer;
use super::super::session::Visitor;
use super::super::state::{App, now};
use super::{all_of, detail_response, units, visible};
use crate::city::City;
use crate::figures;
use crate::flows::complaints::count_scope;
use crate::flows::proactive;
use crate::policy::Right;
use crate::wire::{DossierBody, DossierCaseBody, EraseDossierBody, Facts};

/// Complaints before a topic are counted over so many days.
const BEFORE_DAYS: i64 = 90;

/// Open a dossier. Staff, by kind; a micro-project may be proposed by anyone.
#[utoipa::path(post, path = "/api/v1/dossiers", operation_id = "open_dossier", tag = "together", request_body = DossierBody,
    params(KeyHeader), responses(DossierOpened, OpenDossierProblems))]
pub(in super::super) async fn open(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    Body { value, bytes }: Body<DossierBody>,
) -> Answer<Response> {
    let city = app.city();
    let command = command(&app, &city, None, value).await?;
    must_open(&visitor, &command)?;
    let actor = visitor.actor();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let asked = AskedOf {
        id: None,
        seen_version: None,
        command,
        receipt: receipt(&headers, &actor, &Method::POST, "dossiers", &bytes)?,
        case: None,
    };
    let dossier = carry_out(&app.store, &asked, &context).await?;
    let location = format!("/api/v1/dossiers/{}", dossier.id);
    let answer = detail_response(&app, visitor.0.as_ref(), &dossier).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer).into_response())
}

/// Take a step of a dossier.
#[utoipa::path(post, path = "/api/v1/dossiers/{dossier}", operation_id = "step_dossier", tag = "together", security(("session" = [])), request_body = DossierBody,
    params(DossierPath, CommandHeaders), responses(DossierAnswer, CommandProblems))]
pub(in super::super) async fn step(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value, bytes }: Body<DossierBody>,
) -> Answer<Response> {
    let actor = visitor.actor();
    if visitor.may(Right::HelpOut).is_err() {
        visitor.may(Right::ReadCases)?;
    }
    let dossier = visible(&app, &visitor, &id).await?;
    let user = visitor.signed_in()?;
    let others = value.others_step().unwrap_or_default();
    user.must_step(dossier.kind(), others, &units(&dossier))?;
    let seen = seen_version(&headers)?;
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let path = format!("dossiers/{}", dossier.id);
    let receipt = receipt(&headers, &actor, &Method::POST, &path, &bytes)?;
    // The case is made once more than it is written if the call is a repeat.
    let accepts = value.accepts_proposal() && dossier.version == seen;
    let mut command = command(&app, &city, Some(&dossier), value).await?;
    if let Some(of) = part_of(&dossier.content, &command) {
        user.must_be_of(&of)?;
    }
    let mut case = None;
    if accepts
        && let (Content::Proposal(one), DossierCommand::Proposal(accept)) =
            (&dossier.content, &mut command)
        && let proposal::Command::Accept {
            case: id,
            unit,
            note,
        } = accept
        && dossier.possible().contains(&"accept")
    {
        let made = proactive::case_of(
            &app.store,
            dossier.id,
            one,
            unit.as_ref(),
            note.as_ref(),
            &context,
        )?;
        *id = made.after.id;
        case = Some(made);
    }
    let asked = AskedOf {
        id: Some(dossier.id),
        seen_version: Some(seen),
        command,
        receipt,
        case,
    };
    let dossier = carry_out(&app.store, &asked, &context).await?;
    detail_response(&app, Some(&user), &dossier).await
}

/// Open a case that follows from a deliberation; it names the dossier as its source.
#[utoipa::path(post, path = "/api/v1/dossiers/{dossier}/cases", operation_id = "open_case_of_dossier", tag = "together", security(("session" = [])), request_body = DossierCaseBody,
    params(DossierPath, CommandHeaders), responses(DossierAnswer, CommandProblems))]
pub(in super::super) async fn open_case(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value, bytes }: Body<DossierCaseBody>,
) -> Answer<Response> {
    let actor = visitor.actor();
    visitor.may(Right::ReadCases)?;
    let dossier = visible(&app, &visitor, &id).await?;
    let user = visitor.with(Right::Run(Kind::Deliberation))?;
    user.must_run(Kind::Deliberation, &units(&dossier))?;
    let Content::Deliberation(deliberation) = &dossier.content else {
        return Err(only_deliberations(&dossier).into());
    };
    let seen = seen_version(&headers)?;
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let submit = Command::Submit(Submit {
        channel: Channel::Proactive,
        category: Some(code(&value.category, "category")?),
        request: Personal::new(RequestWords {
            words: value.words,
            place: Place {
                address: Some(value.address),
                point: None,
            },
            ..RequestWords::default()
        }),
        source: Some(SourceRef {
            id: format!("{}/{}", dossier.id, deliberation.cases.len() + 1),
            system: "deliberation".into(),
        }),
    });
    let asked = Asked {
        id: None,
        seen_version: None,
        command: submit,
        receipt: None,
    };
    let made = change(&app.store, None, &asked, &context)?;
    let follow = deliberation::Command::FollowUp {
        case: made.after.id,
    };
    let path = format!("dossiers/{}/cases", dossier.id);
    let asked = AskedOf {
        id: Some(dossier.id),
        seen_version: Some(seen),
        command: DossierCommand::Deliberation(follow),
        receipt: receipt(&headers, &actor, &Method::POST, &path, &bytes)?,
        case: Some(made),
    };
    let dossier = carry_out(&app.store, &asked, &context).await?;
    detail_response(&app, Some(&user), &dossier).await
}

/// Erase what is sealed beside a dossier (依法删除).
#[utoipa::path(post, path = "/api/v1/dossiers/{dossier}/erase", operation_id = "erase_dossier", tag = "together", security(("session" = [])), request_body = EraseDossierBody,
    params(DossierPath, CommandHeaders), responses(DossierAnswer, CommandProblems))]
pub(in super::super) async fn erase(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value, bytes }: Body<EraseDossierBody>,
) -> Answer<Response> {
    let actor = visitor.actor();
    visitor.may(Right::Act(Action::Erase))?;
    let dossier = visible(&app, &visitor, &id).await?;
    let user = visitor.with(Right::Act(Action::Erase))?;
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let path = format!("dossiers/{}/erase", dossier.id);
    let asked = AskedOf {
        id: Some(dossier.id),
        seen_version: Some(seen_version(&headers)?),
        command: DossierCommand::Erase {
            ground: value.ground,
            entries: app.store.sealed_deeds(dossier.id).await?,
        },
        receipt: receipt(&headers, &actor, &Method::POST, &path, &bytes)?,
        case: None,
    };
    let dossier = carry_out(&app.store, &asked, &context).await?;
    if let Err(error) = app.store.forget_erased().await {
        // The words are gone from the record. A copy stays in its log until
        // the log is next emptied, at the latest when it is full.
        tracing::warn!(%error, "what was erased could not be taken out of the log at once");
    }
    detail_response(&app, Some(&user), &dossier).await
}

/// Whoever opens one must have the right, and staff of a unit open their unit's.
fn must_open(visitor: &Visitor, command: &DossierCommand) -> Result<(), Refusal> {
    if let DossierCommand::MicroProject(micro_project::Command::Propose { .. }) = command {
        return Ok(());
    }
    let Some(kind) = command.kind() else {
        return visitor.may(Right::Act(Action::Erase));
    };
    visitor.may(Right::Run(kind))?;
    let Some(user) = &visitor.0 else {
        return Ok(());
    };
    match unit_of(command) {
        Some(unit) => user.must_run(kind, std::slice::from_ref(unit)),
        None => Ok(()),
    }
}

/// The unit that a new dossier is given.
fn unit_of(command: &DossierCommand) -> Option<&UnitCode> {
    use yiwang_cases::civic::{asset, consultation, property_party};
    match command {
        DossierCommand::Topic(topic::Command::Open { lead, .. }) => Some(lead),
        DossierCommand::Dispute(dispute::Command::Register { unit, .. })
        | DossierCommand::PropertyParty(property_party::Command::Register { unit, .. })
        | DossierCommand::Asset(asset::Command::Register { unit, .. })
        | DossierCommand::Pool(pool::Command::SetUp { unit, .. })
        | DossierCommand::Task(task::Command::Publish { unit, .. })
        | DossierCommand::Training(training::Command::Plan { unit, .. })
        | DossierCommand::Deliberation(deliberation::Command::Convene { unit, .. })
        | DossierCommand::Consultation(consultation::Command::Announce { unit, .. }) => Some(unit),
        _ => None,
    }
}

/// Units one of which whoever is bound to a unit must be of, to take this step: what a
/// department shares is its own, who came of a unit is said by it or by who holds the
/// training, and a unit objects for itself.
fn part_of(content: &Content, command: &DossierCommand) -> Option<Vec<UnitCode>> {
    match (content, command) {
        (Content::Pool(_), DossierCommand::Pool(pool::Command::Offer { unit, .. }))
        | (_, DossierCommand::Appraisal(appraisal::Command::Object { unit, .. })) => {
            Some(vec![unit.clone()])
        }
        (Content::Pool(pool), DossierCommand::Pool(pool::Command::TakeOut { number, .. })) => {
            let resource = pool.resources.get((*number as usize).checked_sub(1)?)?;
            Some(vec![resource.unit.clone()])
        }
        (Content::Pool(pool), DossierCommand::Pool(pool::Command::Retire { .. })) => {
            Some(vec![pool.unit.clone()])
        }
        (Content::Training(held), DossierCommand::Training(command)) => Some(match command {
            training::Command::Record { unit, .. } => vec![held.unit.clone(), unit.clone()],
            _ => vec![held.unit.clone()],
        }),
        _ => None,
    }
}

/// The command a body asks for, with what the server counts for it.
async fn command(
    app: &App,
    city: &City,
    dossier: Option<&Dossier>,
    mut body: DossierBody,
) -> Result<DossierCommand, Refusal> {
    let now = now();
    let mut facts = Facts {
        // A proposal's case is known only once it is made.
        case: Some(CaseId(0)),
        ..Facts::default()
    };
    if let Some(scope) = body.scope() {
        from_cases(app, scope).await?;
        let days = from_millis(to_millis(now) - BEFORE_DAYS * 86_400_000);
        facts.before = Some(count_body(app, city, scope, days, now).await?);
    }
    match dossier.map(|dossier| (dossier, &dossier.content)) {
        Some((dossier, Content::Topic(topic))) => {
            let count = count_scope(&app.store, city, &topic.scope, dossier.opened_at, now);
            facts.after = Some(count.await?);
        }
        Some((dossier, content)) => {
            if let Some(poll) = content.poll() {
                let tally = app
                    .store
                    .tally(dossier.id, poll.round, poll.options)
                    .await?;
                facts.scores = Some(tally.clone());
                facts.tally = Some(tally);
            }
        }
        None => {}
    }
    if let Some((units, from, until)) = body.appraised() {
        facts.sheet = Some(sheet(app, city, units, from, until, now).await?);
    }
    let command = body.command(&facts)?;
    let (field, cases) = named_cases(&command);
    for case in cases {
        if app.store.case(*case).await?.is_none() {
            return Err(no_case(*case).at(field));
        }
    }
    Ok(command)
}

/// Cases that a command names, and in which field.
fn named_cases(command: &DossierCommand) -> (&'static str, &[CaseId]) {
    match command {
        DossierCommand::Topic(topic::Command::Open { scope, .. }) => ("cases", &scope.cases),
        DossierCommand::Dispute(dispute::Command::Register { cases, .. })
        | DossierCommand::Deliberation(deliberation::Command::Convene { cases, .. }) => {
            ("cases", cases)
        }
        DossierCommand::Deliberation(deliberation::Command::FollowUp { case })
        | DossierCommand::Pool(pool::Command::Send { case, .. }) => {
            ("case", std::slice::from_ref(case))
        }
        DossierCommand::Task(task::Command::Publish { case, .. }) => ("case", case.as_slice()),
        _ => ("cases", &[]),
    }
}

/// What the figures say of units in a period, and who of them was trained.
async fn sheet(
    app: &App,
    city: &City,
    units: &[String],
    from: &str,
    until: &str,
    now: Timestamp,
) -> Result<appraisal::Sheet, Refusal> {
    let units: Vec<UnitCode> = read_codes(units, "units")?;
    let days = (day(from, "from")?, day(until, "until")?);
    let trainings = all_of(app, Kind::Training).await?;
    let trainings = trainings.iter().filter_map(|one| match &one.content {
        Content::Training(training) => Some(training),
        _ => None,
    });
    soon_ready(app).await;
    figures::sheet(
        &app.store,
        &app.formulas(),
        city,
        &units,
        days,
        now,
        trainings,
    )
    .await
}

fn day(text: &str, field: &str) -> Result<Date, Refusal> {
    text.parse().map_err(|_| wrong(field, text, ["2026-03-31"]))
}

/// A scope that names cases and no category is about what the cases are about.
async fn from_cases(app: &App, scope: &mut crate::wire::ScopeBody) -> Result<(), Refusal> {
    if !scope.categories.is_empty() {
        return Ok(());
    }
    let named_areas = !scope.areas.is_empty();
    for text in &scope.cases {
        let Ok(id) = text.parse::<CaseId>() else {
            continue;
        };
        let Some(case) = app.store.case(id).await? else {
            continue;
        };
        let add = |codes: &mut Vec<String>, code: Option<String>| {
            if let Some(code) = code.filter(|code| !codes.contains(code)) {
                codes.push(code);
            }
        };
        add(&mut scope.categories, case.category.map(String::from));
        if !named_areas {
            add(&mut scope.areas, case.area.map(String::from));
        }
    }
    Ok(())
}

async fn count_body(
    app: &App,
    city: &City,
    scope: &crate::wire::ScopeBody,
    from: Timestamp,
    until: Timestamp,
) -> Result<topic::Count, Refusal> {
    let codes = topic::Scope {
        areas: read_codes(&scope.areas, "topic.open.scope.areas")?,
        cases: Vec::new(),
        categories: read_codes(&scope.categories, "topic.open.scope.categories")?,
    };
    Ok(count_scope(&app.store, city, &codes, from, until).await?)
}

fn read_codes<T: std::str::FromStr<Err = yiwang_base::IdError>>(
    texts: &[String],
    field: &str,
) -> Result<Vec<T>, Refusal> {
    let texts = texts.iter().enumerate();
    texts
        .map(|(n, text)| code(text, &format!("{field}[{n}]")))
        .collect()
}

fn only_deliberations(dossier: &Dossier) -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "dossier.no-follow-up",
        "只有协商可以转出案卷；未诉先办请用受理",
        "only a deliberation opens cases this way; a proposal becomes one by being accepted",
    )
    .at("id")
    .found(dossier.kind().word())
    .allowing([Kind::Deliberation.word()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_of_anyone_needs_no_sign_in_and_nothing_else_does_without() {
        let nobody = Visitor(None);
        let propose = DossierCommand::MicroProject(micro_project::Command::Propose {
            area: "west".parse().unwrap(),
            words: Personal::new("x".into()),
            name: None,
            phone: None,
        });
        assert!(must_open(&nobody, &propose).is_ok());
        let fund = micro_project::Command::Fund { budget_cents: 1 };
        assert!(must_open(&nobody, &DossierCommand::MicroProject(fund)).is_err());
    }
}
