//! Readings over time: summaries, and readings to take away.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use yiwang_base::{AreaCode, Refusal, RefusalKind, Timestamp};
use yiwang_history::{Bucket, HistoryError, Query, Row, Streams, write_rows};
use yiwang_sensing::StreamId;
use yiwang_sensing::registry::{Key, Kind, RegistryStore as _};

use super::answers::{ExportProblems, FilterProblems};
use super::filter::wrong;
use super::parameters::{ReadingsExportQuery, ReadingsQuery, SummariesQuery};
use super::problem::Answer;
use super::session::Visitor;
use super::state::{App, now};
use crate::alerting::streams;
use crate::city::City;
use crate::policy::Right;
use crate::wire::{SummariesView, SummaryView, Time};

/// Most readings of one file.
const MOST_ROWS: u64 = 2_000_000;

/// Which readings are asked for.
pub(super) struct Asked {
    pub(super) streams: Vec<u64>,
    things: Vec<u64>,
    /// Codes of areas.
    pub(super) areas: Vec<String>,
    /// Names of what is observed.
    pub(super) properties: Vec<String>,
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) every: Option<String>,
    pub(super) by: Option<String>,
    pub(super) format: Option<String>,
}

impl Asked {
    pub(super) fn read(query: &str, known: &[&'static str]) -> Result<Asked, Refusal> {
        let mut asked = Asked {
            streams: Vec::new(),
            things: Vec::new(),
            areas: Vec::new(),
            properties: Vec::new(),
            from: i64::MIN,
            to: now().as_millisecond() + 1,
            every: None,
            by: None,
            format: None,
        };
        let time = |name: &str, value: &str| {
            let at: Result<Timestamp, _> = value.parse();
            at.map(Timestamp::as_millisecond)
                .map_err(|_| wrong(name, value, ["2026-01-31T00:00:00Z"]))
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let number = || value.parse().map_err(|_| wrong(&name, &value, ["1, 2, …"]));
            match name.as_ref() {
                name if !known.contains(&name) => {
                    return Err(wrong("query", name, known.iter().copied()));
                }
                "stream" => asked.streams.push(number()?),
                "thing" => asked.things.push(number()?),
                "from" => asked.from = time("from", &value)?,
                "to" => asked.to = time("to", &value)?,
                "area" => asked.areas.push(value.into_owned()),
                "property" => asked.properties.push(value.into_owned()),
                "by" => asked.by = Some(value.into_owned()),
                "every" => asked.every = Some(value.into_owned()),
                _ => asked.format = Some(value.into_owned()),
            }
        }
        Ok(asked)
    }

    /// Whether datastreams or things are named.
    pub(super) fn names_streams(&self) -> bool {
        !self.streams.is_empty() || !self.things.is_empty()
    }

    /// The streams that are named, with those of the things.
    pub(super) fn stream_ids(&self, app: &App) -> Result<Vec<u64>, Refusal> {
        let mut streams = self.streams.clone();
        for thing in &self.things {
            let thing = Key(Kind::Thing, *thing);
            streams.extend(app.store.neighbours(thing, Kind::Datastream)?);
        }
        Ok(streams)
    }

    /// The streams that are named, or those of all things in the areas.
    fn streams(&self, app: &App) -> Result<Streams, Refusal> {
        let mut streams = self.stream_ids(app)?;
        if !self.areas.is_empty() {
            let city = app.city();
            let areas = known_areas(&self.areas, &city)?;
            let mut within = Vec::new();
            streams::each(&app.store, &city, &mut |stream| {
                if areas.iter().any(|area| stream.areas.contains(area)) {
                    within.push(stream.id.0);
                }
            })?;
            match self.names_streams() {
                true => streams.retain(|stream| within.binary_search(stream).is_ok()),
                false => streams = within,
            }
        } else if !self.names_streams() {
            return Err(wrong("stream", "", ["stream=1", "thing=1", "area=…"]));
        }
        Ok(Streams::these(streams.into_iter().map(StreamId)))
    }
}

/// The areas of these codes.
pub(super) fn known_areas(codes: &[String], city: &City) -> Result<Vec<AreaCode>, Refusal> {
    let one = |code: &String| {
        let area: Option<AreaCode> = code.parse().ok();
        let area = area.filter(|area| city.rules.areas.contains_key(area));
        area.ok_or_else(|| {
            let known = city.rules.areas.keys().map(ToString::to_string);
            wrong("area", code, known)
        })
    };
    codes.iter().map(one).collect()
}

/// How time is cut, by the clocks of the city.
pub(super) fn bucket(
    every: Option<&str>,
    city: &City,
    allowed: &[&'static str],
) -> Result<Bucket, Refusal> {
    let every = every.unwrap_or("hour");
    let offset = city.rules.calendar.zone().to_offset(now());
    let local = |bucket| Bucket {
        offset_ms: i64::from(offset.seconds()) * 1000,
        ..bucket
    };
    match every {
        every if !allowed.contains(&every) => Err(wrong("every", every, allowed.iter().copied())),
        "minute" => Ok(Bucket::MINUTE),
        "day" => Ok(local(Bucket::DAY)),
        "all" => Ok(Bucket::ALL),
        _ => Ok(local(Bucket::HOUR)),
    }
}

/// Readings of datastreams, or of all those of things, in a few numbers for each
/// minute, hour or day of the city.
#[utoipa::path(get, path = "/api/v1/readings/summaries", operation_id = "summarize_readings", tag = "sensing", security(("session" = [])),
    params(ReadingsQuery, SummariesQuery),
    responses((status = 200, body = SummariesView), FilterProblems))]
pub(super) async fn summaries(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Json<SummariesView>> {
    visitor.may(Right::ReadSensing)?;
    let known = ["stream", "thing", "area", "from", "to", "every"];
    let asked = Asked::read(&query.unwrap_or_default(), &known)?;
    let allowed = ["minute", "hour", "day"];
    let bucket = bucket(asked.every.as_deref(), &app.city(), &allowed)?;
    let found = tokio::task::spawn_blocking(move || {
        let streams = asked.streams(&app)?;
        let found = app
            .sensing
            .history
            .summaries(&streams, [asked.from, asked.to], bucket);
        found.map_err(|error| unreadable(&error))
    });
    let found = found.await.unwrap_or_else(|_| Err(stopped()))?;
    let views = found.all.iter().filter_map(|((stream, from), summary)| {
        let from = Timestamp::from_millisecond(*from).ok()?;
        Some(SummaryView::of(*stream, Time(from), summary))
    });
    Ok(Json(SummariesView {
        summaries: views.collect(),
        coarser_left_out: found.coarser_left_out,
    }))
}

/// Readings as a file: CSV or Parquet, the earliest first, at most 2,000,000.
#[utoipa::path(get, path = "/api/v1/readings/export", operation_id = "export_readings", tag = "sensing", security(("session" = [])),
    params(ReadingsQuery, ReadingsExportQuery),
    responses(
        (status = 200, description = "The readings", content(
            (String = "text/csv"),
            (String = "application/vnd.apache.parquet"))),
        ExportProblems))]
pub(super) async fn export(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    visitor.may(Right::ReadSensing)?;
    let known = ["stream", "thing", "area", "from", "to", "format"];
    let asked = Asked::read(&query.unwrap_or_default(), &known)?;
    let parquet = match asked.format.as_deref() {
        None | Some("csv") => false,
        Some("parquet") => true,
        Some(other) => return Err(wrong("format", other, ["csv", "parquet"]).into()),
    };
    let bytes = tokio::task::spawn_blocking(move || {
        let mut query = Query::of(asked.streams(&app)?);
        (query.from, query.to) = (asked.from, asked.to);
        let history = &app.sensing.history;
        let count = history.count(&query).map_err(|error| unreadable(&error))?;
        if count > MOST_ROWS {
            return Err(too_many(count));
        }
        let rows = history.rows(query);
        let written = if parquet {
            write_rows(Vec::new(), rows)
        } else {
            csv_rows(rows)
        };
        written.map_err(|error| {
            tracing::error!(%error, "readings could not be written out");
            stopped()
        })
    });
    let bytes = bytes.await.unwrap_or_else(|_| Err(stopped()))?;
    let (kind, name) = match parquet {
        true => ("application/vnd.apache.parquet", "readings.parquet"),
        false => ("text/csv; charset=utf-8", "readings.csv"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((head, bytes).into_response())
}

fn csv_rows(rows: impl Iterator<Item = Result<Row, HistoryError>>) -> std::io::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["stream", "at", "value", "id", "note"])?;
    for row in rows {
        let row = row.map_err(std::io::Error::other)?;
        let at = Timestamp::from_millisecond(row.reading.at);
        let value = row.reading.value;
        table.write_record([
            row.reading.stream.0.to_string(),
            at.map_or_else(|_| row.reading.at.to_string(), |at| format!("{at:.3}")),
            if value.is_nan() {
                String::new()
            } else {
                value.to_string()
            },
            row.id.to_string(),
            row.note.map(String::from).unwrap_or_default(),
        ])?;
    }
    table.into_inner().map_err(|error| error.into_error())
}

fn too_many(count: u64) -> Refusal {
    Refusal::new(
        RefusalKind::TooMuch,
        "export.too-many",
        "读数过多，请缩短时间或减少数据流",
        "there are too many readings; ask for a shorter time or fewer datastreams",
    )
    .found(count.to_string())
    .allowing([format!("0–{MOST_ROWS}")])
}

pub(super) fn unreadable(error: &HistoryError) -> Refusal {
    if let HistoryError::TooMany(most) = error {
        return Refusal::new(
            RefusalKind::Invalid,
            "query.invalid",
            "汇总过多，请缩短时间、减少数据流或加长间隔",
            "there are too many summaries; ask for a shorter time, fewer datastreams or longer buckets",
        )
        .at("every")
        .allowing([format!("0–{most}")]);
    }
    tracing::error!(%error, "readings cannot be read");
    stopped()
}

pub(super) fn stopped() -> Refusal {
    Refusal::new(
        RefusalKind::Unavailable,
        "store.unavailable",
        "读数暂时不能读出，请稍后再试",
        "readings cannot be read now; try again later",
    )
}
