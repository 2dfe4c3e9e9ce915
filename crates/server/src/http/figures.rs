//! Figures: boards, what stands behind them, and how they are counted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use yiwang_base::{CaseId, Refusal, RefusalKind, UnitCode};
use yiwang_cases::figures::{
    Behind, CallId, Condition, Counted, FigureQuestion, FigureStore as _, Formula, Moment, TurnId,
    Verdict, Whistled,
};
use yiwang_cases::{Case, PageStart, WhistleId};

use super::answers::{FilterProblems, FormulaProblems, StaffProblems};
use super::body::Body;
use super::cursor;
use super::parameters::{BehindQuery, BoardQuery, FormulaQuery};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::figures::{Asked, Formulas, PartWord, calls_behind, count};
use crate::policy::Right;
use crate::wire::{
    BehindPageView, BehindRow, BoardView, CallBehindRow, CallsBehindView, CaseRow, ConditionView,
    FormulaBody, FormulaView, FormulasView, Time, Word,
};

/// A page of what stands behind a figure, where nobody asks for another length.
const USUAL_LIMIT: usize = 50;
/// Longest reason for a new version, characters.
const MAX_GROUNDS: usize = 300;

/// Figures by one formula, and beside it by another.
#[utoipa::path(get, path = "/api/v1/figures", operation_id = "read_board", tag = "figures", security(("session" = [])),
    params(FormulaQuery, BoardQuery), responses((status = 200, body = BoardView), FilterProblems))]
pub(super) async fn board(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<BoardView>> {
    visitor.with(Right::ReadFigures)?;
    let query = query.unwrap_or_default();
    let now = now();
    let formulas = app.formulas();
    let asked = Asked::read(&query, false, &app.city(), &formulas, now)?;
    soon_ready(&app).await;
    Ok(Json(count(&app.store, &formulas, &asked).await?))
}

/// The turns behind a figure: those counted, and those left out with the
/// reason. Staff of a unit see the turns of their own unit.
#[utoipa::path(get, path = "/api/v1/figures/cases", operation_id = "read_behind_figure", tag = "figures", security(("session" = [])),
    params(BehindQuery), responses((status = 200, body = BehindPageView), FilterProblems))]
pub(super) async fn behind(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<BehindPageView>> {
    let user = visitor.with(Right::ReadFigures)?;
    user.must(Right::ReadCases)?;
    let query = query.unwrap_or_default();
    let now = now();
    let mut asked = Asked::read(&query, true, &app.city(), &app.formulas(), now)?;
    of_sort(&asked.question.formula, Counted::Turns)?;
    let start = asked.cursor.as_deref().map(cursor::read).transpose()?;
    let limit = asked.limit.unwrap_or(USUAL_LIMIT);
    let start = start.map(turn_id);
    soon_ready(&app).await;
    let (turns, next) = if narrow_to(&mut asked.question, user.bound_to()?) {
        let page = app.store.behind(&asked.question, asked.part, start, limit);
        let page = page.await?;
        (page.turns, page.next)
    } else {
        (Vec::new(), None)
    };
    let ids = turns.iter().map(|one| one.turn.id.case).collect();
    let cases = app.store.cases(ids).await?;
    let cases: BTreeMap<CaseId, Case> = cases.into_iter().map(|case| (case.id, case)).collect();
    let row = |one: &Behind| {
        let case = cases.get(&one.turn.id.case).filter(|case| user.sees(case));
        behind_row(
            &asked.question.formula,
            one,
            case.map(|case| CaseRow::of(case, user.sight(), now)),
        )
    };
    Ok(Json(BehindPageView {
        turns: turns.iter().map(row).collect(),
        next: next.map(page_start).map(cursor::show),
        as_of: Time(now),
    }))
}

/// The calls of whistles behind a figure: those counted, and those left out with
/// the reason. Staff of a unit see the calls of their own unit.
#[utoipa::path(get, path = "/api/v1/figures/calls", operation_id = "read_calls_behind_figure", tag = "figures", security(("session" = [])),
    params(BehindQuery), responses((status = 200, body = CallsBehindView), FilterProblems))]
pub(super) async fn calls(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<CallsBehindView>> {
    let user = visitor.with(Right::ReadFigures)?;
    user.must(Right::ReadCases)?;
    let query = query.unwrap_or_default();
    let now = now();
    let mut asked = Asked::read(&query, true, &app.city(), &app.formulas(), now)?;
    of_sort(&asked.question.formula, Counted::Calls)?;
    let start = asked.cursor.as_deref().map(cursor::read).transpose()?;
    let limit = asked.limit.unwrap_or(USUAL_LIMIT);
    let start = start.map(call_id);
    let (calls, next) = if narrow_to(&mut asked.question, user.calls_for()?) {
        let page = calls_behind(&app.store, &asked.question, asked.part, start, limit).await?;
        (page.turns, page.next)
    } else {
        (Vec::new(), None)
    };
    let formula = &asked.question.formula;
    let at = asked.question.now;
    Ok(Json(CallsBehindView {
        calls: calls.iter().map(|one| call_row(formula, one, at)).collect(),
        next: next.map(call_start).map(cursor::show),
        as_of: Time(now),
    }))
}

/// Refuses a formula that is about something else than the call is for.
fn of_sort(formula: &Formula, wanted: Counted) -> Result<(), Refusal> {
    let (calls, for_calls) = (Counted::Calls, wanted == Counted::Calls);
    if (formula.counted == calls) == for_calls {
        return Ok(());
    }
    let other = match for_calls {
        true => "/api/v1/figures/cases",
        false => "/api/v1/figures/calls",
    };
    Err(Refusal::new(
        RefusalKind::Invalid,
        "figures.other-sort",
        "这个公式统计的不是这类对象，请改用所列的地址",
        "this formula counts something else; ask at the address that is listed",
    )
    .at("formula")
    .found(formula.key().to_string())
    .allowing([other]))
}

/// The formulas that figures are counted by, all versions of each, and what
/// they can be made of.
#[utoipa::path(get, path = "/api/v1/formulas", operation_id = "list_formulas", tag = "figures", security(("session" = [])),
    responses((status = 200, body = FormulasView), StaffProblems))]
pub(super) async fn formulas(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Answer<Json<FormulasView>> {
    visitor.with(Right::ReadFigures)?;
    let formulas = app.formulas();
    let view = |(formula, added)| FormulaView::of(formula, added);
    Ok(Json(FormulasView {
        formulas: formulas.all().map(view).collect(),
        conditions: Condition::ALL.into_iter().map(ConditionView::of).collect(),
    }))
}

/// Adds a version of a formula. Versions that are there never change.
#[utoipa::path(post, path = "/api/v1/formulas", operation_id = "add_formula", tag = "figures", security(("session" = [])),
    request_body = FormulaBody, responses((status = 201, body = FormulaView), FormulaProblems))]
pub(super) async fn add_formula(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body { value: body, .. }: Body<FormulaBody>,
) -> Answer<Response> {
    let by = visitor.actor().to_string();
    visitor.with(Right::SetFormulas)?;
    let (formula, grounds) = body.formula()?;
    let grounds = check_grounds(grounds)?;
    let _adding = app.adding_formula.lock().await;
    app.formulas().check_new(&formula)?;
    let item = Formulas::item(&formula).map_err(Refusal::from)?;
    let set = app.store.set_items(vec![item], by, Some(grounds), now());
    set.await.map_err(Refusal::from)?;
    let formulas = app.reload_formulas().map_err(Refusal::from)?;
    let added = formulas.all().find(|(one, _)| one.key() == formula.key());
    let view = FormulaView::of(&formula, added.and_then(|(_, added)| added));
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// Counts by a version of a formula that nobody has adopted yet, beside the latest
/// version of the same formula or the one asked for. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/formulas/try", operation_id = "try_formula", tag = "figures", security(("session" = [])),
    params(BoardQuery), request_body = FormulaBody, responses((status = 200, body = BoardView), FormulaProblems))]
pub(super) async fn try_formula(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    Body { value: body, .. }: Body<FormulaBody>,
) -> Answer<Json<BoardView>> {
    visitor.with(Right::SetFormulas)?;
    let (draft, _) = body.formula()?;
    let formulas = app.formulas();
    formulas.check_new(&draft)?;
    let query = query.unwrap_or_default();
    let asked = Asked::tried(&query, &draft, &app.city(), &formulas, now())?;
    soon_ready(&app).await;
    Ok(Json(count(&app.store, &formulas, &asked).await?))
}

/// Why there is a new version, as it will stand in the record.
fn check_grounds(grounds: String) -> Result<String, Refusal> {
    let length = grounds.chars().count();
    let blank = grounds.trim().is_empty();
    if !blank && length <= MAX_GROUNDS && !grounds.chars().any(char::is_control) {
        return Ok(grounds);
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "formula.grounds",
        "请用一行文字写明为何增加这一版",
        "say in one line why there is a new version",
    )
    .at("grounds")
    .found(length.to_string())
    .allowing([format!("1–{MAX_GROUNDS}")]))
}

/// Waits a moment for the figures to be read from the record: right after a
/// start that is soon done, and with many cases the caller is told how far it is.
pub(super) async fn soon_ready(app: &App) {
    for _ in 0..20 {
        if app.store.progress().ready {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Narrows a question to the turns of a unit's own; tells whether any is left.
fn narrow_to(question: &mut FigureQuestion, own: Option<&UnitCode>) -> bool {
    let Some(own) = own else { return true };
    let own = Some(own.clone());
    let asked = std::mem::replace(&mut question.filter.units, vec![own.clone()]);
    asked.is_empty() || asked.contains(&own)
}

/// Which part a verdict is, and the word of the reason why something is left out.
fn part_of(formula: &Formula, verdict: Verdict) -> (PartWord, Option<String>) {
    match verdict {
        Verdict::Met => (PartWord::Met, None),
        Verdict::NotMet => (PartWord::NotMet, None),
        Verdict::LeftOut(reason) => {
            let reason = formula.exclusions.get(reason);
            (PartWord::LeftOut, reason.map(|one| one.code.to_string()))
        }
    }
}

fn call_row(formula: &Formula, one: &Behind<Whistled>, now: Moment) -> CallBehindRow {
    let Whistled {
        id,
        call,
        kind,
        area,
        ..
    } = &one.turn;
    let (part, reason) = part_of(formula, one.verdict);
    CallBehindRow {
        whistle: id.whistle.to_string(),
        call: id.number,
        kind: Word(*kind),
        unit: call.unit.to_string(),
        area: area.as_ref().map(ToString::to_string),
        called_at: Time(call.called_at),
        check_in_by: Time(call.check_in_by),
        checked_in_at: call.checked_in_at.map(Time),
        attendance: Word(one.turn.attendance(now)),
        part: Word(part),
        reason,
    }
}

fn behind_row(formula: &Formula, one: &Behind, case: Option<CaseRow>) -> BehindRow {
    let turn = &one.turn;
    let (part, reason) = part_of(formula, one.verdict);
    BehindRow {
        id: turn.id.case.to_string(),
        turn: turn.id.number,
        last: turn.last,
        unit: turn.unit.as_ref().map(ToString::to_string),
        dispatched_at: turn.dispatched_at.map(|at| Time(at.time())),
        closed_at: turn.closed_at.map(|at| Time(at.time())),
        part: Word(part),
        reason,
        case,
    }
}

fn page_start(TurnId { case, number }: TurnId) -> PageStart {
    PageStart {
        key: number.into(),
        id: case,
    }
}

fn call_start(CallId { whistle, number }: CallId) -> PageStart {
    PageStart {
        key: number.into(),
        id: CaseId(whistle.0),
    }
}

fn call_id(PageStart { key, id }: PageStart) -> CallId {
    CallId {
        whistle: WhistleId(id.0),
        number: u32::try_from(key).unwrap_or(u32::MAX),
    }
}

fn turn_id(PageStart { key, id }: PageStart) -> TurnId {
    TurnId {
        case: id,
        number: u32::try_from(key).unwrap_or(u32::MAX),
    }
}
