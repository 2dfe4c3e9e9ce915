//! Many requests in one call, each answered for itself.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use futures_util::future::join_all;
use serde_json::value::RawValue;
use yiwang_base::{Lang, Refusal, RefusalKind};
use yiwang_cases::{
    Actor, Asked, CaseStore, Channel, Command, Context, Receipt, SourceRef, StoreError, Submit,
};

use super::answers::BatchProblems;
use super::body::{read, receive};
use super::commands::receipt_for;
use super::problem::{Answer, reader_language};
use super::requests::{own_code, submission, taken_in};
use super::session::Visitor;
use super::state::{App, now};
use crate::city::City;
use crate::policy::{Right, Role, User};
use crate::wire::{BatchItem, BatchOutcome, BatchRow, BatchView, ItemProblem};

/// Most requests in one call.
const MOST_ITEMS: usize = 1000;
/// Decided at once: enough to share a flush to disk.
const AT_ONCE: usize = 128;

/// Send many requests: a JSON list, or one JSON value a line
/// (`application/x-ndjson`). Each is taken, known or refused by itself, so
/// that one mistake keeps no other back; sent again, what was taken is known.
#[utoipa::path(post, path = "/api/v1/requests/batch", operation_id = "submit_many", tag = "requests",
    security(("session" = [])),
    request_body(content((Vec<BatchItem> = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 200, body = BatchView), BatchProblems))]
pub(super) async fn submit_many(
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

/// How the items stand in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    List,
    Lines,
}

impl Form {
    fn of(headers: &HeaderMap) -> Result<Form, Refusal> {
        let kind = headers.get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim() {
            essence if essence.eq_ignore_ascii_case("application/json") => Ok(Form::List),
            essence if essence.eq_ignore_ascii_case("application/x-ndjson") => Ok(Form::Lines),
            _ => Err(Refusal::new(
                RefusalKind::Invalid,
                "body.content-type",
                "内容类型须为 application/json 或 application/x-ndjson",
                "the content type must be application/json or application/x-ndjson",
            )
            .at("Content-Type")
            .found(kind)
            .allowing(["application/json", "application/x-ndjson"])),
        }
    }

    /// The items, each as it was sent.
    fn items(self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Refusal> {
        let items: Vec<Vec<u8>> = match self {
            Form::List => serde_json::from_slice::<Vec<Box<RawValue>>>(bytes)
                .map_err(|error| no_list(&error))?
                .iter()
                .map(|item| item.get().as_bytes().to_vec())
                .collect(),
            Form::Lines => bytes
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::trim_ascii)
                .filter(|line| !line.is_empty())
                .map(<[u8]>::to_vec)
                .collect(),
        };
        if items.is_empty() || items.len() > MOST_ITEMS {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "batch.count",
                format!("一次应有 1 至 {MOST_ITEMS} 件"),
                format!("a call has 1 to {MOST_ITEMS} items"),
            )
            .found(items.len().to_string())
            .allowing([format!("1–{MOST_ITEMS}")]));
        }
        Ok(items)
    }
}

fn no_list(error: &serde_json::Error) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "body.not-json",
        "内容不是合格的 JSON 列表,请检查后重新发送",
        "the body is not a well-formed JSON list; correct it and send it again",
    )
    .at(format!("line {}, column {}", error.line(), error.column()))
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
                problem: Some(self.problem(refusal)),
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
            Ok(case) => Ok((BatchOutcome::Taken, case.id.to_string(), own_code(&case))),
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

    fn problem(&self, refusal: Refusal) -> ItemProblem {
        ItemProblem {
            detail: refusal.text(self.lang).to_owned(),
            code: refusal.code.to_owned(),
            retry: refusal.kind == RefusalKind::Unavailable,
            field: refusal.field,
            found: refusal.found,
            allowed: refusal.allowed,
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the body: so many items at most, and each is read or refused.
        #[test]
        fn any_body_is_a_list_or_refused(text in "[\\[\\]{}\",:a-z0-9\n ]{0,200}", lines: bool) {
            let form = if lines { Form::Lines } else { Form::List };
            if let Ok(items) = form.items(text.as_bytes()) {
                prop_assert!((1..=MOST_ITEMS).contains(&items.len()));
                for item in items {
                    let refused = read::<BatchItem>(&item).is_err();
                    let object = item.first() == Some(&b'{');
                    prop_assert!(refused || object);
                }
            }
        }
    }

    #[test]
    fn a_list_keeps_its_order_and_its_bounds() {
        let list = Form::List.items(b"[1, {\"a\": 2} ,\"x\"]").unwrap();
        assert_eq!(list, [&b"1"[..], b"{\"a\": 2}", b"\"x\""]);
        assert_eq!(Form::Lines.items(b"1\r\n\n 2").unwrap(), [b"1", b"2"]);
        let many = format!("[{}1]", "1,".repeat(MOST_ITEMS));
        for body in ["[]", &many] {
            assert_eq!(
                Form::List.items(body.as_bytes()).unwrap_err().code,
                "batch.count"
            );
        }
        assert_eq!(Form::List.items(b"{}").unwrap_err().code, "body.not-json");
    }
}
