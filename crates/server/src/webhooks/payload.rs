//! What a hook is told of a change.

use serde::Serialize;
use yiwang_base::Purpose;
use yiwang_store::Changed;

use super::Hook;
use crate::city::channel_word;
use crate::wire::{PointBody, Time};

/// A message: what happened, when, and the case as it is when it is told.
#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Time,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    /// The journal entry's number: a receiver that has seen it passes it over.
    seq: u64,
    id: String,
    version: u32,
    stage: &'static str,
    channel: &'static str,
    category: Option<&'a str>,
    area: Option<&'a str>,
    unit: Option<&'a str>,
    submitted_at: Time,
    due_at: Option<Time>,
    source: Option<Source<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    system: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct Request<'a> {
    words: &'a str,
    address: Option<&'a str>,
    point: Option<PointBody>,
}

/// The message as JSON. Residents' words and places are in it only where the
/// hook's purpose allows them, and never who they are.
pub(super) fn body(hook: &Hook, change: &Changed) -> Result<Vec<u8>, serde_json::Error> {
    let case = &change.case;
    let words = case.request.as_ref().filter(|_| hook.purpose.sight().words);
    let words = words.map(|words| words.disclose(Purpose::HandleCase));
    let source = case.source.as_ref();
    serde_json::to_vec(&Message {
        kind: format!("case.{}", change.event),
        timestamp: Time(change.at),
        data: Data {
            seq: change.seq,
            id: case.id.to_string(),
            version: case.version,
            stage: case.stage.word(),
            channel: channel_word(case.channel),
            category: case.category.as_ref().map(|code| code.as_str()),
            area: case.area.as_ref().map(|code| code.as_str()),
            unit: case.unit.as_ref().map(|code| code.as_str()),
            submitted_at: Time(case.submitted_at),
            due_at: case.due_at.map(Time),
            source: source.map(|source| Source {
                system: &source.system,
                id: &source.id,
            }),
            request: words.map(|words| Request {
                words: &words.words,
                address: words.place.address.as_deref(),
                point: words.place.point.map(|point| PointBody {
                    lon: point.lon(),
                    lat: point.lat(),
                }),
            }),
        },
    })
}
