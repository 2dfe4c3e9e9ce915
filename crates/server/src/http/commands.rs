//! Commands to a case: the straight road here, what leads off it in files of its own.

pub(super) mod duty;
pub(super) mod life;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use yiwang_base::{CaseId, IdError, Personal, Refusal, RefusalKind};
use yiwang_cases::{
    Action, Actor, Asked, CaseStore, Command, Context, Limits, Receipt, execute, execute_pair,
};

use super::answers::{CaseAnswer, CommandProblems};
use super::body::Body;
use super::cases::{case_id, detail_response};
use super::duplicates::main_lets_call_back;
use super::parameters::{CasePath, CommandHeaders};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::policy::{Right, User};
use crate::wire::{
    AcceptBody, CallBackBody, CloseBody, DeclineBody, DispatchBody, EraseBody, NoteBody,
    ReportBackBody, StartBody, VerifyBody,
};

/// A body that asks for one sort of command.
trait AsksFor: DeserializeOwned {
    /// The sort.
    const ACTION: Action;

    /// The command, asked for by this user.
    fn command(self, user: &User) -> Result<Command, Refusal>;
}

/// The calls of a topic: for each a handler, made from its body.
macro_rules! calls {
    ($($(#[$doc:meta])+ $name:ident $path:literal $body:ident;)*) => {$(
        $(#[$doc])+
        #[utoipa::path(post, path = $path, tag = "cases", security(("session" = [])), request_body = $body,
            params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
        pub(crate) async fn $name(
            State(app): State<Arc<App>>,
            visitor: Visitor,
            Path(id): Path<String>,
            headers: HeaderMap,
            Body { value: body, bytes }: Body<$body>,
        ) -> Answer<Response> {
            asked(&app, visitor, &headers, &id, &bytes, body).await
        }
    )*};
}
pub(crate) use calls;

/// Carries out what a body asks for.
async fn asked<B: AsksFor>(
    app: &App,
    visitor: Visitor,
    headers: &HeaderMap,
    id: &str,
    bytes: &[u8],
    body: B,
) -> Answer<Response> {
    let make = |user: &User| body.command(user);
    carry_out(app, visitor, headers, id, bytes, B::ACTION, make).await
}

/// Carries out a command for whoever is signed in.
async fn act(
    app: &App,
    visitor: Visitor,
    headers: &HeaderMap,
    id: &str,
    bytes: &[u8],
    command: Command,
) -> Answer<Response> {
    let action = command.action();
    carry_out(app, visitor, headers, id, bytes, action, |_| Ok(command)).await
}

pub(super) async fn carry_out(
    app: &App,
    visitor: Visitor,
    headers: &HeaderMap,
    id: &str,
    bytes: &[u8],
    action: Action,
    command: impl FnOnce(&User) -> Result<Command, Refusal>,
) -> Answer<Response> {
    let actor = visitor.actor();
    let user = visitor.with(Right::Act(action))?;
    let command = command(&user)?;
    let id = case_id(id)?;
    let seen = seen_version(headers)?;
    let before = app.store.case(id).await?.filter(|case| user.sees(case));
    let before = before.ok_or_else(|| no_case(id))?;
    user.must_act(action, &before)?;
    if action == Action::CallBack {
        main_lets_call_back(app, &before).await?;
    }
    let path = format!("cases/{id}/{}", action.word());
    let receipt = receipt(headers, &actor, &Method::POST, &path, bytes)?;
    let city = app.city();
    let context = Context {
        rules: &city.rules,
        actor: &actor,
        grounds: None,
        now: now(),
    };
    let asked = Asked {
        id: Some(id),
        seen_version: Some(seen),
        command,
        receipt,
    };
    let case = match action {
        Action::Merge | Action::Unmerge => execute_pair(&app.store, &asked, &context).await?,
        _ => execute(&app.store, &asked, &context).await?,
    };
    if action == Action::Erase {
        app.duplicates.forget(id);
    }
    if action == Action::Erase
        && let Err(error) = app.store.forget_erased().await
    {
        // The words are gone from the record. A copy stays in its log until
        // the log is next emptied, at the latest when it is full.
        tracing::warn!(%error, "what was erased could not be taken out of the log at once");
    }
    detail_response(app, &city, &user, case).await
}

/// Take a request on (受理).
#[utoipa::path(post, path = "/api/v1/cases/{id}/accept", tag = "cases", security(("session" = [])), request_body = AcceptBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn accept(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<AcceptBody>,
) -> Answer<Response> {
    let area = body.area.filter(|area| !area.is_empty());
    let command = Command::Accept {
        category: code(&body.category, "category")?,
        area: area.map(|area| code(&area, "area")).transpose()?,
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// Decline a request (不予受理).
#[utoipa::path(post, path = "/api/v1/cases/{id}/decline", tag = "cases", security(("session" = [])), request_body = DeclineBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn decline(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<DeclineBody>,
) -> Answer<Response> {
    let command = Command::Decline {
        reason: body.reason.0,
        responsible: given(body.responsible),
        note: Personal::new(body.note),
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// Send it to the unit that must act (派单).
#[utoipa::path(post, path = "/api/v1/cases/{id}/dispatch", tag = "cases", security(("session" = [])), request_body = DispatchBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn dispatch(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<DispatchBody>,
) -> Answer<Response> {
    let command = Command::Dispatch {
        unit: code(&body.unit, "unit")?,
        assisting: codes(&body.assisting, "assisting")?,
        limits: Limits::ByCategory,
        reason: given(body.reason),
        note: note(body.note),
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// Begin; the resident has been contacted.
#[utoipa::path(post, path = "/api/v1/cases/{id}/start", tag = "cases", security(("session" = [])), request_body = StartBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn start(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { bytes, .. }: Body<StartBody>,
) -> Answer<Response> {
    act(&app, visitor, &headers, &id, &bytes, Command::Start).await
}

/// Say that it is done (反馈).
#[utoipa::path(post, path = "/api/v1/cases/{id}/report-back", tag = "cases", security(("session" = [])), request_body = ReportBackBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn report_back(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<ReportBackBody>,
) -> Answer<Response> {
    let command = Command::ReportBack {
        note: Personal::new(body.note),
        open_parts_reason: given(body.open_parts_reason),
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// Check what was done (核查).
#[utoipa::path(post, path = "/api/v1/cases/{id}/verify", tag = "cases", security(("session" = [])), request_body = VerifyBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn verify(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<VerifyBody>,
) -> Answer<Response> {
    let command = Command::Verify {
        pass: body.pass,
        note: note(body.note),
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// Close it (结案).
#[utoipa::path(post, path = "/api/v1/cases/{id}/close", tag = "cases", security(("session" = [])), request_body = CloseBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn close(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<CloseBody>,
) -> Answer<Response> {
    let command = Command::Close {
        reason: note(body.reason),
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// Write down what the resident says (回访).
#[utoipa::path(post, path = "/api/v1/cases/{id}/call-back", tag = "cases", security(("session" = [])), request_body = CallBackBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn call_back(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<CallBackBody>,
) -> Answer<Response> {
    let command = Command::CallBack {
        reached: body.reached,
        solved: body.solved,
        satisfaction: body.satisfaction,
        note: note(body.note),
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// Open it again (重新办理).
#[utoipa::path(post, path = "/api/v1/cases/{id}/reopen", tag = "cases", security(("session" = [])), request_body = NoteBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn reopen(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<NoteBody>,
) -> Answer<Response> {
    let command = Command::Reopen {
        note: Personal::new(body.note),
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// Erase the words and personal data of the case (依法删除).
#[utoipa::path(post, path = "/api/v1/cases/{id}/erase", tag = "cases", security(("session" = [])), request_body = EraseBody,
    params(CasePath, CommandHeaders), responses(CaseAnswer, CommandProblems))]
pub(super) async fn erase(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body { value: body, bytes }: Body<EraseBody>,
) -> Answer<Response> {
    visitor.may(Right::Act(Action::Erase))?;
    let entries = app.store.sealed_entries(case_id(&id)?).await?;
    let command = Command::Erase {
        ground: body.ground,
        entries,
    };
    act(&app, visitor, &headers, &id, &bytes, command).await
}

/// A note, if there is one.
pub(super) fn note(text: Option<String>) -> Option<Personal<String>> {
    given(text).map(Personal::new)
}

/// A text, if there is one.
pub(super) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// Codes from a list in a body.
fn codes<T: std::str::FromStr<Err = IdError>>(
    texts: &[String],
    field: &str,
) -> Result<Vec<T>, Refusal> {
    let codes = texts.iter().enumerate();
    codes
        .map(|(n, text)| code(text, &format!("{field}[{n}]")))
        .collect()
}

/// A code from a body.
pub(crate) fn code<T: std::str::FromStr<Err = IdError>>(
    text: &str,
    field: &str,
) -> Result<T, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            RefusalKind::Invalid,
            "code.malformed",
            "编码由 1 至 64 个小写字母、数字或 . _ - 组成,以字母或数字开头",
            "a code has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit",
        )
        .at(field)
        .found(text)
    })
}

/// No such case, or none that this reader may see: the same answer.
pub(super) fn no_case(id: CaseId) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "case.not-found",
        format!("没有案卷 {id}"),
        format!("there is no case {id}"),
    )
    .found(id.to_string())
}

pub(super) fn seen_version(headers: &HeaderMap) -> Result<u32, Refusal> {
    let refusal = |code| {
        Refusal::new(
            RefusalKind::Invalid,
            code,
            "请在 If-Match 中给出您所见的版本,如 \"3\"",
            "give the version you have seen in If-Match, such as \"3\"",
        )
        .at("If-Match")
    };
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Err(refusal("if-match.missing"));
    };
    let text = value.to_str().unwrap_or_default();
    let digits = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    digits
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| {
            refusal("if-match.malformed")
                .found(text)
                .allowing(["\"3\""])
        })
}

/// The idempotency key, bound to who asks and to what is asked.
pub(super) fn receipt(
    headers: &HeaderMap,
    actor: &Actor,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Result<Option<Receipt>, Refusal> {
    let Some(key) = headers.get("Idempotency-Key") else {
        return Ok(None);
    };
    // What is no ASCII is no key, and is refused as such.
    let key = String::from_utf8_lossy(key.as_bytes());
    receipt_for(&key, "Idempotency-Key", actor, method, path, body).map(Some)
}

/// The receipt under a key that stands in this field.
pub(super) fn receipt_for(
    key: &str,
    field: &str,
    actor: &Actor,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Result<Receipt, Refusal> {
    let wrong = || {
        Refusal::new(
            RefusalKind::Invalid,
            "idempotency.key-malformed",
            "幂等键为 1 至 128 个可见的 ASCII 字符",
            "an idempotency key is 1 to 128 visible ASCII characters",
        )
        .at(field)
    };
    if key.is_empty() || key.len() > 128 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(wrong().found(key));
    }
    let mut hasher = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Ok(Receipt {
        key: format!("{actor}/{key}"),
        fingerprint: hasher.finalize().into(),
    })
}
