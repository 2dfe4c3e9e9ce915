//! Readings summed up: by datastream, thing, area, district or the whole city, for
//! each minute, hour or day, or for all of a time.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Number;
use yiwang_base::{AreaCode, Refusal, Timestamp};
use yiwang_history::{Streams, Summaries};
use yiwang_sensing::StreamId;
use yiwang_sensing::rule::Stream;

use super::answers::FilterProblems;
use super::filter::wrong;
use super::parameters::{AggregatesQuery, ReadingsQuery};
use super::problem::Answer;
use super::readings::{Asked, bucket, known_areas, stopped, unreadable};
use super::session::Visitor;
use super::state::App;
use crate::alerting::streams;
use crate::city::City;
use crate::export::{Cell, Format, Table, aggregates_parquet};
use crate::policy::Right;
use crate::wire::{AggregateView, AggregatesView, Time};

/// What readings are summed up by.
const BY: [&str; 5] = ["stream", "thing", "area", "district", "city"];

/// Whose readings are summed up: of one kind of measure and one unit only, since
/// nothing else adds up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Group {
    of: String,
    property: String,
    unit: String,
}

/// What is asked for beside the readings.
struct How {
    by: &'static str,
    areas: Vec<AreaCode>,
    properties: Vec<String>,
}

impl How {
    fn read(asked: &Asked, city: &City) -> Result<How, Refusal> {
        let by = asked.by.as_deref().unwrap_or("thing");
        let by = BY.into_iter().find(|known| *known == by);
        let by = by.ok_or_else(|| wrong("by", asked.by.as_deref().unwrap_or_default(), BY))?;
        Ok(How {
            by,
            areas: known_areas(&asked.areas, city)?,
            properties: asked.properties.clone(),
        })
    }

    fn wants(&self, stream: &Stream) -> bool {
        let area = |area: &AreaCode| stream.areas.contains(area);
        (self.areas.is_empty() || self.areas.iter().any(area))
            && (self.properties.is_empty() || self.properties.contains(&stream.property))
    }

    /// Whose a stream's readings are; none where it lies in no area.
    fn group(&self, stream: Stream) -> Option<Group> {
        let of = match self.by {
            "stream" => stream.id.0.to_string(),
            "thing" => stream.thing.to_string(),
            "area" => stream.areas.first()?.to_string(),
            "district" => stream.areas.last()?.to_string(),
            _ => "city".to_owned(),
        };
        Some(Group {
            of,
            property: stream.property,
            unit: stream.unit,
        })
    }
}

/// The groups, and which of them each stream is in.
#[derive(Default)]
struct Groups {
    all: Vec<Group>,
    numbers: HashMap<Group, u64>,
    of_stream: HashMap<u64, u64>,
}

impl Groups {
    fn add(&mut self, how: &How, stream: Stream) {
        if !how.wants(&stream) {
            return;
        }
        let id = stream.id.0;
        let Some(group) = how.group(stream) else {
            return;
        };
        let number = *self.numbers.entry(group).or_insert_with_key(|group| {
            self.all.push(group.clone());
            self.all.len() as u64 - 1
        });
        self.of_stream.insert(id, number);
    }

    fn read(app: &App, asked: &Asked, how: &How) -> Result<Groups, Refusal> {
        let mut groups = Groups::default();
        let city = app.city();
        if asked.names_streams() {
            for id in asked.stream_ids(app)? {
                if let Some(stream) = streams::stream(&app.store, &city, StreamId(id))? {
                    groups.add(how, stream);
                }
            }
        } else {
            streams::each(&app.store, &city, &mut |stream| groups.add(how, stream))?;
        }
        Ok(groups)
    }
}

/// Readings in a few numbers for each group of datastreams and each stretch of
/// time. Without `stream`, `thing` or `area` they are those of the whole city.
#[utoipa::path(get, path = "/api/v1/readings/aggregates", operation_id = "aggregate_readings", tag = "sensing", security(("session" = [])),
    params(ReadingsQuery, AggregatesQuery),
    responses(
        (status = 200, content(
            (AggregatesView = "application/json"),
            (String = "text/csv"),
            (String = "application/vnd.apache.parquet"))),
        FilterProblems))]
pub(super) async fn aggregates(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    visitor.may(Right::ReadSensing)?;
    let known = [
        "stream", "thing", "area", "property", "from", "to", "every", "by", "format",
    ];
    let asked = Asked::read(&query.unwrap_or_default(), &known)?;
    let city = app.city();
    let how = How::read(&asked, &city)?;
    let bucket = bucket(
        asked.every.as_deref(),
        &city,
        &["minute", "hour", "day", "all"],
    )?;
    let format = asked.format.clone().unwrap_or_else(|| "json".to_owned());
    if !["json", "csv", "parquet"].contains(&format.as_str()) {
        return Err(wrong("format", &format, ["json", "csv", "parquet"]).into());
    }
    let worker = tokio::task::spawn_blocking(move || {
        let groups = Groups::read(&app, &asked, &how)?;
        let streams = Streams::these(groups.of_stream.keys().copied().map(StreamId));
        let group = |stream| groups.of_stream.get(&stream).copied().unwrap_or(u64::MAX);
        let history = &app.sensing.history;
        let found = history.summaries_by(&streams, [asked.from, asked.to], bucket, &group);
        let found = found.map_err(|error| unreadable(&error))?;
        let whole = asked.every.as_deref() == Some("all");
        Ok(views(&groups.all, found, whole.then_some(asked.from)))
    });
    let view: AggregatesView = worker.await.unwrap_or_else(|_| Err(stopped()))?;
    if format == "json" {
        return Ok(Json(view).into_response());
    }
    let (kind, name, bytes) = match format.as_str() {
        "csv" => (
            "text/csv; charset=utf-8",
            "aggregates.csv",
            csv(&view.aggregates),
        ),
        _ => (
            "application/vnd.apache.parquet",
            "aggregates.parquet",
            aggregates_parquet(&view.aggregates),
        ),
    };
    let bytes = bytes.map_err(|error| {
        tracing::error!(%error, "aggregates could not be written out");
        stopped()
    })?;
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((head, bytes).into_response())
}

/// By group, then by time; where all of a time is summed up it begins at `from`,
/// or with the first reading.
fn views(groups: &[Group], found: Summaries, whole_from: Option<i64>) -> AggregatesView {
    let views = found.all.iter().filter_map(|((group, start), summary)| {
        let group = groups.get(usize::try_from(*group).ok()?)?;
        let from = match whole_from {
            Some(i64::MIN) => summary.first_at,
            Some(from) => from,
            None => *start,
        };
        Some(AggregateView {
            of: group.of.clone(),
            property: group.property.clone(),
            unit: group.unit.clone(),
            from: Time(Timestamp::from_millisecond(from).ok()?),
            count: summary.count,
            min: summary.min,
            max: summary.max,
            mean: summary.mean(),
            sum: summary.sum,
        })
    });
    let mut aggregates: Vec<AggregateView> = views.collect();
    aggregates.sort_by(|a, b| {
        let key = |view: &AggregateView| (view.of.clone(), view.property.clone(), view.from.0);
        let numbers = |view: &AggregateView| view.of.parse::<u64>().ok();
        numbers(a)
            .cmp(&numbers(b))
            .then_with(|| key(a).cmp(&key(b)))
    });
    AggregatesView {
        aggregates,
        coarser_left_out: found.coarser_left_out,
    }
}

fn csv(views: &[AggregateView]) -> std::io::Result<Vec<u8>> {
    let columns = [
        "of", "property", "unit", "from", "count", "min", "max", "mean", "sum",
    ];
    let columns = columns.map(String::from).to_vec();
    let mut table = Table::begin(Vec::new(), Format::Csv { bom: false }, columns)?;
    for view in views {
        let numbers = [view.min, view.max, view.mean, view.sum];
        let numbers = numbers.map(|n| Number::from_f64(n).map_or(Cell::None, Cell::Number));
        let cells = [
            Cell::Own(view.of.as_str().into()),
            Cell::Typed(&view.property),
            Cell::Typed(&view.unit),
            Cell::Own(format!("{:.3}", view.from.0).into()),
            Cell::Number(view.count.into()),
        ];
        table.row(cells.into_iter().chain(numbers))?;
    }
    table.finish()
}
