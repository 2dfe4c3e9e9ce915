//! Commands to many cases in one call, each answered for itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use futures_util::future::join_all;
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_cases::{Actor, Asked, Case};

use super::super::answers::BatchProblems;
use super::super::body::{read, receive};
use super::super::cases::case_id;
use super::super::commands::{change, command_of, path, receipt_for};
use super::super::problem::{Answer, reader_language};
use super::super::session::Visitor;
use super::super::state::{App, now};
use super::{AT_ONCE, Form, problem};
use crate::city::City;
use crate::policy::{Right, User};
use crate::wire::{ActItem, ActOutcome, ActRow, ActView, CaseRow};

/// Do something to many cases: a JSON list, or one JSON value a line
/// (`application/x-ndjson`). Each is done or refused by itself, under the rules
/// and the version of the call for one case. The same item under the same key is
/// done once.
#[utoipa::path(post, path = "/api/v1/cases/batch", operation_id = "act_on_many", tag = "cases",
    security(("session" = [])),
    request_body(content((Vec<ActItem> = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 200, body = ActView), BatchProblems))]
pub(in super::super) async fn act_on_many(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    request: Request,
) -> Answer<Json<ActView>> {
    let actor = visitor.actor();
    let user = visitor.with(Right::ReadCases)?;
    let headers = request.headers().clone();
    let form = Form::of(&headers)?;
    let items = form.items(&receive(request, &app).await?)?;
    let sender = Sender {
        app: &app,
        city: app.city(),
        user: &user,
        actor: &actor,
        lang: reader_language(&headers),
    };
    let mut rows = Vec::with_capacity(items.len());
    for (part, chunk) in items.chunks(AT_ONCE).enumerate() {
        let indexed = chunk.iter().enumerate();
        let sent = indexed.map(|(n, item)| sender.send(part * AT_ONCE + n, item));
        rows.extend(join_all(sent).await);
    }
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    Ok(Json(ActView {
        done: count(ActOutcome::Done),
        refused: count(ActOutcome::Refused),
        items: rows,
    }))
}

/// Whoever sends them.
struct Sender<'a> {
    app: &'a App,
    city: Arc<City>,
    user: &'a User,
    actor: &'a Actor,
    lang: Lang,
}

impl Sender<'_> {
    async fn send(&self, index: usize, item: &[u8]) -> ActRow {
        match self.act(item).await {
            Ok(case) => ActRow {
                index,
                outcome: ActOutcome::Done,
                case: Some(CaseRow::of(&case, self.user.sight(), now())),
                problem: None,
            },
            Err(refusal) => ActRow {
                index,
                outcome: ActOutcome::Refused,
                case: None,
                problem: Some(problem(refusal, self.lang)),
            },
        }
    }

    async fn act(&self, item: &[u8]) -> Result<Case, Refusal> {
        let read: ActItem = read(item)?;
        let id = case_id(&read.id).map_err(|refusal| refusal.at("id"))?;
        let action = read.action.0;
        self.user.must(Right::Act(action))?;
        let body = read
            .body
            .as_ref()
            .map_or("{}", |body| body.get())
            .as_bytes();
        let command = command_of(action, body, self.user).map_err(in_body)?;
        let receipt = match &read.key {
            Some(key) => Some(receipt_for(
                key,
                "key",
                self.actor,
                &Method::POST,
                &path(id, action),
                body,
            )?),
            None => None,
        };
        let asked = Asked {
            id: Some(id),
            seen_version: Some(read.version),
            command,
            receipt,
        };
        change(self.app, &self.city, self.user, self.actor, id, &asked)
            .await
            .map_err(in_item)
    }
}

/// A field of the body, as it stands in the item.
fn in_body(mut refusal: Refusal) -> Refusal {
    if refusal.code != "batch.action" {
        refusal.field = refusal.field.map(|field| format!("body.{field}"));
    }
    refusal
}

/// What the call for one case has in its head stands in the item.
fn in_item(mut refusal: Refusal) -> Refusal {
    refusal.field = refusal.field.map(|field| match field.as_str() {
        "If-Match" => "version".to_owned(),
        "action" => field,
        _ if refusal.kind == RefusalKind::Forbidden => field,
        _ => format!("body.{field}"),
    });
    refusal
}
