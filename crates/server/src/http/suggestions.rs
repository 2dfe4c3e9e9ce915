//! What the city's judgement suggests, for a case and for words being written.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use yiwang_base::{Purpose, Refusal, RefusalKind};
use yiwang_cases::CaseStore as _;
use yiwang_cases::triage::Matter;

use super::answers::{CaseProblems, SubmitProblems};
use super::body::Body;
use super::cases::case_id;
use super::commands::no_case;
use super::parameters::CasePath;
use super::problem::Answer;
use super::requests::place;
use super::session::Visitor;
use super::state::App;
use crate::judging::matter;
use crate::policy::Right;
use crate::wire::{SuggestBody, SuggestedCategory, SuggestionView};

/// Most categories that are suggested.
const MOST: usize = 3;

/// What fits a case: categories and lead units with confidence, and the words
/// that decided.
#[utoipa::path(get, path = "/api/v1/cases/{id}/suggestion", operation_id = "suggest_for_case", tag = "cases", security(("session" = [])),
    params(CasePath), responses((status = 200, body = SuggestionView), CaseProblems))]
pub(super) async fn for_case(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Answer<Json<SuggestionView>> {
    let user = visitor.with(Right::ReadWords)?;
    let id = case_id(&id)?;
    let case = app.store.case(id).await?.filter(|case| user.sees(case));
    let case = case.ok_or_else(|| no_case(id))?;
    let held_back = app.city().is_control(&case);
    let request = case.request.as_ref().filter(|_| !held_back);
    let request = request.map(|request| request.disclose(Purpose::HandleCase));
    let matter = request.map(|request| matter(request, &case));
    Ok(Json(SuggestionView {
        held_back,
        ..view(&app, matter.as_ref(), true)
    }))
}

/// What fits words that are being written. Anyone may ask; nothing is kept.
/// Units are named to staff only.
#[utoipa::path(post, path = "/api/v1/suggestions", operation_id = "suggest", tag = "requests", request_body = SuggestBody,
    responses((status = 200, body = SuggestionView), SubmitProblems))]
pub(super) async fn for_words(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<SuggestBody>,
) -> Answer<Json<SuggestionView>> {
    within(&body.words, "words", 1, 4000)?;
    let place = place(body.place)?;
    let address = place.address.as_deref();
    within(address.unwrap_or_default(), "place.address", 0, 300)?;
    let area = place
        .point
        .and_then(|point| app.city().rules.locator.locate(point));
    let matter = Matter {
        words: &body.words,
        address,
        area: area.as_ref(),
    };
    let staff = visitor
        .0
        .as_ref()
        .is_some_and(|user| user.may(Right::ReadUnits));
    Ok(Json(view(&app, Some(&matter), staff)))
}

fn view(app: &App, matter: Option<&Matter<'_>>, with_units: bool) -> SuggestionView {
    let (city, judging) = (app.city(), app.judging());
    let suggested = matter.map(|matter| judging.judge.suggest(&city.rules, matter, MOST));
    let suggested = suggested.unwrap_or_default().into_iter();
    let model = judging.card.as_ref().filter(|_| judging.judge.is_trained());
    SuggestionView {
        held_back: false,
        model: model.map(|card| card.name()),
        categories: suggested
            .map(|one| SuggestedCategory::of(one, with_units))
            .collect(),
    }
}

/// Refuses a text that is shorter or longer than may be.
pub(super) fn within(text: &str, field: &str, least: usize, most: usize) -> Result<(), Refusal> {
    let length = text.trim().chars().count();
    if (least..=most).contains(&length) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "text.length",
        format!("须为 {least} 至 {most} 个字"),
        format!("this takes {least} to {most} characters"),
    )
    .at(field)
    .found(length.to_string()))
}
