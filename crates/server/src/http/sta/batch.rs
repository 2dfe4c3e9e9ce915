//! `$batch`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::{Lang, Refusal};
use yiwang_sta::{
    BatchAnswer, BatchItem, BatchRequest, boundary_of, names, read_batch, write_batch,
};

use super::answer::{error_json, links, status};
use super::body::malformed;
use super::read::{Found, find};
use super::write::{Call, Caller, run};
use crate::http::body::receive;
use crate::http::problem::{Answer, reader_language};
use crate::http::session::Visitor;
use crate::http::state::App;

/// Several calls in one; a changeset is done as a whole.
pub(super) async fn batch(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    request: Request,
) -> Answer<Response> {
    let lang = reader_language(request.headers());
    let caller = Caller::of(visitor, links(request.headers()))?;
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let boundary = boundary_of(content_type).ok_or_else(|| {
        malformed(
            "Content-Type",
            "内容类型须为 multipart/mixed",
            "the content type must be multipart/mixed with a boundary",
        )
        .found(content_type)
    })?;
    let body = receive(request, &app).await?;
    let mut answers = Vec::new();
    for item in read_batch(&body, &boundary)? {
        answers.push(match item {
            BatchItem::One(request) => Ok(one(&app, &caller, request, lang).await),
            BatchItem::Changeset(requests) => changeset(&app, &caller, requests, lang).await,
        });
    }
    let body = write_batch(&answers, "batch-answer");
    let head = [(
        header::CONTENT_TYPE,
        "multipart/mixed; boundary=batch-answer",
    )];
    Ok((StatusCode::OK, head, body).into_response())
}

fn refused(refusal: &Refusal, lang: Lang) -> BatchAnswer {
    let body = error_json(refusal, lang).to_string();
    (status(refusal).as_u16(), None, body.into_bytes())
}

/// A target below the root, and its query.
fn below_root(target: &str) -> (String, String) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let marker = format!("/{}/", names::VERSION);
    let path = path.split_once(&marker).map_or(path, |(_, below)| below);
    (path.trim_start_matches('/').to_owned(), query.to_owned())
}

async fn one(app: &Arc<App>, caller: &Caller, request: BatchRequest, lang: Lang) -> BatchAnswer {
    let (path, query) = below_root(&request.target);
    if request.method == "GET" {
        return match find(Arc::clone(app), caller.links.clone(), path, query).await {
            Ok(Found::Json(json)) => (200, None, json.to_string().into_bytes()),
            Ok(Found::Text(text)) => (200, None, text.into_bytes()),
            Ok(Found::Nothing) => (204, None, Vec::new()),
            Err(refusal) => refused(&refusal, lang),
        };
    }
    match changeset(app, caller, vec![request], lang).await {
        Err(mut answers) => answers.pop().unwrap_or((200, None, Vec::new())),
        Ok(answer) => answer,
    }
}

/// The answers to a changeset, or the one answer where it was refused.
async fn changeset(
    app: &Arc<App>,
    caller: &Caller,
    requests: Vec<BatchRequest>,
    lang: Lang,
) -> Result<BatchAnswer, Vec<BatchAnswer>> {
    let calls = requests.into_iter().map(|request| {
        let method = Method::from_bytes(request.method.as_bytes());
        let method = method
            .ok()
            .filter(|m| [Method::POST, Method::PATCH, Method::PUT, Method::DELETE].contains(m));
        let method = method.ok_or_else(|| {
            malformed(
                "$batch",
                "变更集中不能有这种方法",
                "a changeset has no such method",
            )
            .found(&request.method)
        })?;
        Ok(Call {
            method,
            path: below_root(&request.target).0,
            body: request.body,
            content_id: request.content_id,
        })
    });
    let calls: Result<Vec<Call>, Refusal> = calls.collect();
    let done = match calls {
        Ok(calls) => run(app, caller, calls).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(done) => Err(done
            .into_iter()
            .map(|done| {
                let body = done.body.to_string().into_bytes();
                (done.status.as_u16(), done.location, body)
            })
            .collect()),
        Err(refusal) => Ok(refused(&refusal, lang)),
    }
}
