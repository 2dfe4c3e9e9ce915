//! Many requests in one call, each answered for itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::Method;
use futures_util::future::join_all;
use yiwang_base::{Lang, Refusal};
use yiwang_cases::{
    Actor, Asked, CaseStore, Channel, Command, Context, Receipt, SourceRef, StoreError, Submit,
    TakenIn,
};

use super::super::answers::BatchProblems;
use super::super::body::{read, receive};
use super::super::commands::receipt_for;
use super::super::problem::{Answer, reader_language};
use super::super::requests::{own_code, submission, taken_in};
use super::super::session::Visitor;
use super::super::state::{App, now};
use super::{AT_ONCE, Form, problem};
use crate::city::City;
use crate::policy::{Right, Role, User};
use crate::wire::{BatchItem, BatchOutcome, BatchRow, BatchView};

/// Send many requests: a JSON list, or one JSON value a line
/// (`application/x-ndjson`). Each is taken, known or refused by itself, so
/// that one mistake keeps no other back; sent again, what was taken is known.
#[utoipa::path(post, path = "/api/v1/requests/batch", operation_id = "submit_many", tag = "requests",
    security(("session" = [])),
    request_body(content((Vec<BatchItem> = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 200, body = BatchView), BatchProblems))]
pub(in super::super) async fn submit_many(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    request: Request,
) -> Answer<Json<BatchView>> {
    let actor = visitor.actor();
    let user = visitor.with(Right::SubmitMany)?;
    let headers = request.headers().clone();
    let form = Form::of(&headers)?;
    let bytes = receive(request, &app).await?;
    let items = form.items(&bytes)?;
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
    Ok(Json(BatchView {
        taken: count(BatchOutcome::Taken),
        known: count(BatchOutcome::Known),
        refused: count(BatchOutcome::Refused),
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
    async fn send(&self, index: usize, item: &[u8]) -> BatchRow {
        match self.take(item).await {
            Ok((outcome, id, follow_code)) => BatchRow {
                index,
                outcome,
                id: Some(id),
                follow_code,
                problem: None,
            },
            Err(refusal) => BatchRow {
                index,
                outcome: BatchOutcome::Refused,
                id: None,
                follow_code: None,
                problem: Some(problem(refusal, self.lang)),
            },
        }
    }

    async fn take(&self, item: &[u8]) -> Result<(BatchOutcome, String, Option<String>), Refusal> {
        let read: BatchItem = read(item)?;
        let known = |id: yiwang_base::CaseId| (BatchOutcome::Known, id.to_string(), None);
        let receipt = match &read.key {
            Some(key) => Some(self.receipt(key, item)?),
            None => None,
        };
        if let Some(receipt) = &receipt
            && let Some(id) = self.app.store.repeated(receipt).await?
        {
            return Ok(known(id));
        }
        let source = read.source_id.map(|id| SourceRef {
            id,
            // Each sender's numbers are its own: nobody can take up another's.
            system: self.user.account.name.to_string(),
        });
        if let Some(source) = &source
            && let Some(id) = self.app.store.by_source(source).await?
        {
            return Ok(known(id));
        }
        let mut submit = submission(read.request, Some(self.user)).map_err(in_request)?;
        if self.user.role == Role::Partner {
            submit.channel = Channel::Partner;
        }
        self.execute(Submit { source, ..submit }, receipt).await
    }

    async fn execute(
        &self,
        submit: Submit,
        receipt: Option<Receipt>,
    ) -> Result<(BatchOutcome, String, Option<String>), Refusal> {
        let source = submit.source.clone();
        let context = Context {
            rules: &self.city.rules,
            actor: self.actor,
            grounds: None,
            now: now(),
        };
        let asked = Asked {
            id: None,
            seen_version: None,
            command: Command::Submit(submit),
            receipt,
        };
        match taken_in(self.app, &self.city, &asked, &context).await {
            Ok(TakenIn { case, .. }) => {
                Ok((BatchOutcome::Taken, case.id.to_string(), own_code(&case)))
            }
            // The same list names it twice, or another call was quicker.
            Err(refusal) if refusal.code == "case.source-known" => match source {
                Some(source) => {
                    let id = self.app.store.by_source(&source).await?;
                    let id = id.ok_or_else(|| StoreError::Broken("a source was known".into()))?;
                    Ok((BatchOutcome::Known, id.to_string(), None))
                }
                None => Err(refusal),
            },
            Err(refusal) => Err(in_request(refusal)),
        }
    }

    fn receipt(&self, key: &str, item: &[u8]) -> Result<Receipt, Refusal> {
        receipt_for(
            key,
            "key",
            self.actor,
            &Method::POST,
            "requests/batch",
            item,
        )
    }
}

/// What a decision calls `words` stands at `request.words` here.
fn in_request(mut refusal: Refusal) -> Refusal {
    refusal.field = refusal.field.map(|field| match field.as_str() {
        "source.id" => "source_id".to_owned(),
        _ => format!("request.{field}"),
    });
    refusal
}
