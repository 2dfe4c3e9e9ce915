//! `CreateObservations`: many observations in data arrays, the quick way in.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use yiwang_base::Refusal;
use yiwang_history::{Batch, BatchKey};
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::Kind;
use yiwang_sta::{Created, names, read_create_observations};

use super::answer::links;
use super::body::malformed;
use super::write::json_body;
use crate::http::problem::Answer;
use crate::http::session::Visitor;
use crate::http::state::{App, now};
use crate::policy::Right;
use crate::sensing::{Sender, Taken, add_features};

/// Takes data arrays; answers the address of each observation, or `error`, in
/// their order. `Idempotency-Key: NAME:NUMBER` numbers the bodies of a source:
/// one that is sent again is not kept again.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    request: Request,
) -> Answer<Response> {
    let user = visitor.with(Right::SendReadings)?;
    let name = user.account.name.to_string();
    let links = links(&headers);
    let key = batch_key(&headers, &name)?;
    let body = json_body(request, &app).await?;
    let at = now();
    let created = read_create_observations(&body, at);
    let created = created.inspect_err(|_| app.sensing.devices.malformed(&name, at))?;
    add_features(&app.store, &features(&created), at).await?;
    let Created {
        readings,
        notes,
        bad,
    } = created;
    let sent = readings.len() + bad.len();
    let batch = Batch {
        readings,
        notes,
        key,
    };
    let sender = Sender { name };
    let mut taken = app.sensing.take(&app.store, &sender, batch, at).await?;
    app.sensing.devices.refused(&sender.name, &bad);
    let unread: Vec<u32> = bad.iter().map(|(at, _)| *at).collect();
    let body = addresses(links.root(), sent, &unread, &mut taken);
    let head = [(header::CONTENT_TYPE, "application/json")];
    Ok((StatusCode::CREATED, head, body).into_response())
}

/// The features that observations name, each with its stream, once.
fn features(created: &Created) -> Vec<(u64, StreamId)> {
    let mut pairs = Vec::new();
    for (position, note) in &created.notes {
        let Ok(noted) = serde_json::from_str::<serde_json::Value>(note) else {
            continue;
        };
        if let Some(feature) = noted.get("foi").and_then(serde_json::Value::as_u64) {
            let stream = created.readings[*position as usize].stream;
            pairs.push((feature, stream));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// What each observation that was sent became.
fn addresses(root: &str, sent: usize, unread: &[u32], taken: &mut Taken) -> String {
    let set = names::set(Kind::Observation);
    let mut body = String::with_capacity(sent * (root.len() + 32) + 2);
    let mut refused = taken
        .refused
        .iter()
        .map(|(position, _)| *position)
        .peekable();
    let mut unread = unread.iter().copied().peekable();
    let mut reading = 0;
    let mut id = taken.first;
    body.push('[');
    for place in 0..sent as u32 {
        if place > 0 {
            body.push(',');
        }
        if unread.next_if_eq(&place).is_some() {
            body.push_str("\"error\"");
            continue;
        }
        reading += 1;
        if refused.next_if_eq(&(reading - 1)).is_some() {
            body.push_str("\"error\"");
            continue;
        }
        // Writing to a string cannot fail.
        let _ = match &mut id {
            Some(id) => {
                *id += 1;
                write!(body, "\"{root}/{set}({})\"", *id - 1)
            }
            // Kept long ago, under a number that is not remembered.
            None => write!(body, "\"{root}/{set}\""),
        };
    }
    body.push(']');
    body
}

/// Under which key a body may be sent again.
fn batch_key(headers: &HeaderMap, name: &str) -> Result<Option<BatchKey>, Refusal> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = key.to_str().unwrap_or_default();
    let parts = text.rsplit_once(':');
    let read = parts.and_then(|(source, seq)| Some((source, seq.parse().ok()?)));
    match read {
        Some((source, seq)) if source.len() <= 128 => Ok(Some(BatchKey {
            source: format!("{name}/{source}"),
            seq,
        })),
        _ => Err(malformed(
            "Idempotency-Key",
            "幂等键须为 名称:序号",
            "the key is NAME:NUMBER, with a number that grows by one",
        )
        .found(text)
        .allowing(["gateway-7:1042"])),
    }
}
