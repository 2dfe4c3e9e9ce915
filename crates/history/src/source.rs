//! Where rows come from: segments, and chunks that are not sealed.

use std::sync::Arc;

use crate::amend::Amended;
use crate::batch::{Chunk, Row};
use crate::history::HistoryError;
use crate::query::{Query, Streams};
use crate::segment::{Level, Segment, Zone};
use crate::summary::Summary;

/// Something that holds rows.
pub(crate) enum Source {
    Segment(Arc<Segment>),
    Chunk(Arc<Chunk>),
    /// The readings that were put right, as the query knows them.
    Amended,
}

/// The readings that were put right and are asked for.
fn put_right(query: &Query) -> impl Iterator<Item = Row> + '_ {
    let rows = query.amended.rows(query.ids.clone());
    rows.filter(|row| query.asks_for(row.reading.stream.0, row.reading.at, row.id))
}

impl Source {
    /// The smallest key any matching row may have; `None` where none can match.
    pub(crate) fn bound(&self, query: &Query) -> Option<i64> {
        match self {
            Source::Segment(segment) => segment
                .zones
                .iter()
                .filter(|zone| may_match(query, zone))
                .map(|zone| {
                    let [low, high] = match query.order.by_id() {
                        true => zone.ids.map(u64::cast_signed),
                        false => zone.times,
                    };
                    if query.order.backwards() { !high } else { low }
                })
                .min(),
            Source::Chunk(chunk) => (chunk.first..)
                .zip(&chunk.readings)
                .filter(|(id, reading)| query.matches(reading.stream.0, reading.at, *id))
                .map(|(id, reading)| query.order.key(reading.at, id))
                .min(),
            Source::Amended => put_right(query)
                .map(|row| query.order.key(row.reading.at, row.id))
                .min(),
        }
    }

    /// How many rows match.
    pub(crate) fn count(&self, query: &Query) -> Result<u64, HistoryError> {
        let mut count = 0;
        match self {
            Source::Segment(segment) => {
                let reader = segment.reader()?;
                for (group, zone) in segment.zones.iter().enumerate() {
                    if may_match(query, zone) {
                        let found =
                            reader.count(group, &|stream, at, id| query.matches(stream, at, id));
                        count += found.map_err(|error| segment.damaged(&error))?;
                    }
                }
            }
            Source::Chunk(chunk) => {
                let rows = (chunk.first..).zip(&chunk.readings);
                count += rows
                    .filter(|(id, r)| query.matches(r.stream.0, r.at, *id))
                    .count() as u64;
            }
            Source::Amended => count += put_right(query).count() as u64,
        }
        Ok(count)
    }

    /// The matching rows in their order, at most as many as are asked for.
    pub(crate) fn rows(&self, query: &Query) -> Result<Vec<Row>, HistoryError> {
        let key = |row: &Row| (query.order.key(row.reading.at, row.id), row.id);
        let most = query.limit.unwrap_or(usize::MAX);
        let mut rows: Vec<Row> = Vec::new();
        let cut = |rows: &mut Vec<Row>| {
            if rows.len() > most {
                rows.select_nth_unstable_by_key(most, key);
                rows.truncate(most);
            }
        };
        match self {
            Source::Segment(segment) => {
                let reader = segment.reader()?;
                for (group, zone) in segment.zones.iter().enumerate() {
                    if !may_match(query, zone) {
                        continue;
                    }
                    let keep = |stream, at, id| query.matches(stream, at, id);
                    let found = reader.readings(group, &keep);
                    rows.extend(found.map_err(|error| segment.damaged(&error))?);
                    cut(&mut rows);
                }
            }
            Source::Chunk(chunk) => {
                let matching = (chunk.first..).zip(&chunk.readings).enumerate();
                let matching = matching.filter(|(_, (id, r))| query.matches(r.stream.0, r.at, *id));
                rows.extend(matching.map(|(position, _)| chunk.row(position)));
                cut(&mut rows);
            }
            Source::Amended => rows.extend(put_right(query)),
        }
        rows.sort_unstable_by_key(key);
        Ok(rows)
    }
}

fn may_match(query: &Query, zone: &Zone) -> bool {
    let ids = &query.ids;
    zone.times[0] < query.to
        && zone.times[1] >= query.from
        && zone.ids[0] < ids.end
        && zone.ids[1] >= ids.start
        && query.streams.any_between(zone.streams)
}

/// Calls `take` with a summary of each reading, or each summary, of a segment
/// that is about the streams and begins within the times. Readings that were
/// amended are left out.
pub(crate) fn summaries_of(
    segment: &Segment,
    amended: &Amended,
    streams: Option<&Streams>,
    [from, to]: [i64; 2],
    take: &mut dyn FnMut(u64, i64, Summary) -> Result<(), HistoryError>,
) -> Result<(), HistoryError> {
    let reader = segment.reader()?;
    let damaged = |error| segment.damaged(&error);
    let some_amended = amended.any_in(segment.meta.ids);
    let wanted = |stream| streams.is_none_or(|streams| streams.contains(stream));
    for (group, zone) in segment.zones.iter().enumerate() {
        let outside = zone.times[1] < from || zone.times[0] >= to;
        if outside || streams.is_some_and(|streams| !streams.any_between(zone.streams)) {
            continue;
        }
        if segment.meta.level == Level::Readings {
            let streams = reader.whole(group, 0).map_err(damaged)?;
            let at = reader.whole(group, 1).map_err(damaged)?;
            let values = reader.number(group, 2).map_err(damaged)?;
            let ids = match some_amended {
                true => reader.whole(group, 3).map_err(damaged)?,
                false => Vec::new(),
            };
            let rows = streams.into_iter().zip(at).zip(values).enumerate();
            for (row, ((stream, at), value)) in rows {
                let stream = stream.cast_unsigned();
                let id = ids.get(row).map(|id| id.cast_unsigned());
                if id.is_some_and(|id| amended.has(id)) {
                    continue;
                }
                if at >= from && at < to && !value.is_nan() && wanted(stream) {
                    take(stream, at, Summary::of_value(at, value))?;
                }
            }
        } else {
            for (stream, at, summary) in reader.summaries(group).map_err(damaged)? {
                if at >= from && at < to && wanted(stream) {
                    take(stream, at, summary)?;
                }
            }
        }
    }
    Ok(())
}
