//! Commands to a case: how one is carried out; which there are, in files of their own.

mod any;
pub(super) mod duty;
pub(super) mod life;
pub(super) mod road;

pub(super) use any::command_of;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use yiwang_base::{CaseId, IdError, Personal, Refusal, RefusalKind};
use yiwang_cases::{
    Action, Actor, Asked, Case, CaseStore, Command, Context, Receipt, execute, execute_pair,
};

use super::answers::{CaseAnswer, CommandProblems};
use super::body::Body;
use super::cases::{case_id, detail_response};
use super::duplicates::main_lets_call_back;
use super::parameters::{CasePath, CommandHeaders};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::city::City;
use crate::policy::{Right, User};
use crate::studies;
use crate::wire::EraseBody;

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
    let asked = Asked {
        id: Some(id),
        seen_version: Some(seen_version(headers)?),
        command,
        receipt: receipt(headers, &actor, &Method::POST, &path(id, action), bytes)?,
    };
    let city = app.city();
    let case = change(app, &city, &user, &actor, id, &asked).await?;
    detail_response(app, &city, &user, case).await
}

/// The path of an action, as receipts have it.
pub(super) fn path(id: CaseId, action: Action) -> String {
    format!("cases/{id}/{}", action.word())
}

/// Lets a user change a case that the user sees; gives the case after it.
pub(super) async fn change(
    app: &App,
    city: &City,
    user: &User,
    actor: &Actor,
    id: CaseId,
    asked: &Asked,
) -> Result<Case, Refusal> {
    let action = asked.command.action();
    user.must(Right::Act(action))?;
    let before = app.store.case(id).await?.filter(|case| user.sees(case));
    let before = before.ok_or_else(|| no_case(id))?;
    user.must_act(action, &before)?;
    if action == Action::CallBack {
        main_lets_call_back(app, &before).await?;
    }
    // While a study runs, the record says whether the suggestion was followed.
    let grounds = studies::grounds(city, &app.judging(), &before, &asked.command);
    let context = Context {
        rules: &city.rules,
        actor,
        grounds: grounds.as_deref(),
        now: now(),
    };
    let case = match action {
        Action::Merge | Action::Unmerge => execute_pair(&app.store, asked, &context).await?,
        _ => execute(&app.store, asked, &context).await?,
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
    Ok(case)
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
            "编码由 1 至 64 个小写字母、数字或 . _ - 组成，以字母或数字开头",
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
            "请在 If-Match 中给出您所见的版本，如 \"3\"",
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
