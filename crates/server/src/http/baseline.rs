//! What was expected of a stream, as its detector had learned it until then.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use yiwang_base::{Refusal, from_millis};
use yiwang_history::{Bucket, Query, Streams};
use yiwang_sensing::StreamId;
use yiwang_sensing::detect::Baseline;

use super::answers::FilterProblems;
use super::filter::wrong;
use super::parameters::BaselineQuery;
use super::problem::Answer;
use super::readings::{Asked, bucket, stopped, unreadable};
use super::session::Visitor;
use super::state::App;
use crate::policy::Right;
use crate::wire::{BaselineView, ExpectedView, Time};

/// How long before the time that is asked for a detector learns, milliseconds.
const LEARNS_MS: i64 = 60 * 86_400_000;
/// The longest time that is answered for, milliseconds: a year.
const LONGEST_MS: i64 = 366 * 86_400_000;
/// Most readings that it learns; of more, the latest.
const MOST: u64 = 500_000;
/// What may be asked.
const KNOWN: [&str; 4] = ["stream", "from", "to", "every"];
const EVERY: [&str; 3] = ["minute", "hour", "day"];

/// What was expected of a datastream, in each minute, hour or day: learned from
/// the readings of up to sixty days before and judged without a look ahead.
#[utoipa::path(get, path = "/api/v1/readings/baseline", operation_id = "read_baseline", tag = "sensing", security(("session" = [])),
    params(BaselineQuery),
    responses((status = 200, body = BaselineView), FilterProblems))]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<BaselineView>> {
    visitor.may(Right::ReadSensing)?;
    let asked = Asked::read(&query.unwrap_or_default(), &KNOWN)?;
    let bucket = bucket(asked.every.as_deref(), &app.city(), &EVERY)?;
    let [stream] = asked.streams[..] else {
        return Err(wrong("stream", &asked.streams.len().to_string(), ["stream=1"]).into());
    };
    let times = [asked.from.max(asked.to - LONGEST_MS), asked.to];
    let found =
        tokio::task::spawn_blocking(move || baseline(&app, StreamId(stream), times, bucket));
    Ok(Json(found.await.unwrap_or_else(|_| Err(stopped()))?))
}

fn baseline(
    app: &App,
    stream: StreamId,
    [from, to]: [i64; 2],
    bucket: Bucket,
) -> Result<BaselineView, Refusal> {
    let history = &app.sensing.history;
    let mut query = Query::of(Streams::these([stream]));
    (query.from, query.to) = (from.saturating_sub(LEARNS_MS), to);
    let all = history.count(&query).map_err(|error| unreadable(&error))?;
    let mut left_out = all.saturating_sub(MOST);
    let mut baseline = Baseline::default();
    let mut learned_from = None;
    for row in history.rows(query) {
        let reading = row.map_err(|error| unreadable(&error))?.reading;
        if left_out > 0 {
            left_out -= 1;
            continue;
        }
        if reading.value.is_nan() {
            continue;
        }
        learned_from.get_or_insert(reading.at);
        let own = (reading.at >= from).then(|| bucket.start(reading.at));
        baseline.observe(reading.at, reading.value, own);
    }
    let buckets = baseline.buckets().into_iter();
    Ok(BaselineView {
        learned_from: learned_from.map(|at| Time(from_millis(at))),
        expected: buckets.map(ExpectedView::from).collect(),
    })
}
