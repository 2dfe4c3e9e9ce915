//! A rule tried on the past: the same engine, on readings of the history.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use yiwang_base::{Refusal, RefusalKind, RuleCode, Timestamp};
use yiwang_history::{Query, Streams};
use yiwang_sensing::rule::{Episode, Preview, Rule, Stream, When};
use yiwang_sensing::{Reading, StreamId};

use super::{broken, offset_minutes, streams};
use crate::http::App;

/// Readings that are judged at once.
const BATCH: usize = 4_096;
/// Most readings that a rule is tried on.
const MOST_READINGS: u64 = 20_000_000;
/// The longest time it is tried on, days.
const MOST_DAYS: i64 = 366;

/// What a rule would have found.
pub struct Previewed {
    /// From when until when, and where.
    pub episodes: Vec<(Episode, Option<Stream>)>,
    /// How many streams it is for.
    pub streams: u64,
    /// On how many readings it was tried.
    pub readings: u64,
}

/// How far a trial is: readings that were read, of those to be read, and whether
/// nobody waits for it any more.
#[derive(Debug, Default)]
pub struct Pace {
    /// Read.
    pub read: AtomicU64,
    /// To be read; 0 until that is known.
    pub of: AtomicU64,
    /// Nobody waits for it.
    pub given_up: AtomicBool,
}

/// Tries a rule on the readings of a time, in the order of their times. Blocks.
///
/// # Errors
/// What the room refuses, that it would be too much, or that it was given up.
pub fn preview(
    app: &App,
    code: RuleCode,
    rule: Rule,
    times: &Range<Timestamp>,
    pace: &Pace,
) -> Result<Previewed, Refusal> {
    check(times)?;
    rule.check()?;
    let city = app.city();
    let chosen = streams_of(app, &rule)?;
    let (from, to) = (times.start.as_millisecond(), times.end.as_millisecond());
    let history = &app.sensing.history;
    let mut query = Query::of(Streams::these(chosen.iter().map(|stream| stream.id)));
    (query.from, query.to) = (from, to);
    let found = history.count(&query).map_err(broken)?;
    if found > MOST_READINGS {
        return Err(Refusal::new(
            RefusalKind::TooMuch,
            "preview.too-much",
            "试算的读数过多，请缩短时间或缩小范围",
            "that is more readings than a rule is tried on: take a shorter time or fewer streams",
        )
        .at("from")
        .found(found.to_string())
        .allowing([format!("0–{MOST_READINGS}")]));
    }
    pace.of.store(found, Ordering::Relaxed);
    let offset = offset_minutes(&city, times.end);
    let mut preview = Preview::new(code, rule, &chosen, offset, from)?;
    let rows = history
        .rows(query)
        .map(|row| Ok(row.map_err(broken)?.reading));
    let readings = follow(&mut preview, rows, pace)?;
    let streams = chosen.len() as u64;
    let by_id: HashMap<StreamId, Stream> = chosen.into_iter().map(|s| (s.id, s)).collect();
    let episodes = preview.finish(to).into_iter().map(|episode| {
        let first = episode.streams.first();
        let place = first.and_then(|id| by_id.get(id).cloned());
        (episode, place)
    });
    let episodes = episodes.collect();
    Ok(Previewed {
        episodes,
        streams,
        readings,
    })
}

/// Feeds readings in the order of their times, batch by batch, until nobody waits any
/// more. Gives how many.
fn follow(
    preview: &mut Preview,
    rows: impl Iterator<Item = Result<Reading, Refusal>>,
    pace: &Pace,
) -> Result<u64, Refusal> {
    let mut readings = 0;
    let mut batch: Vec<Reading> = Vec::with_capacity(BATCH);
    for reading in rows {
        let reading = reading?;
        if reading.value.is_nan() {
            continue;
        }
        readings += 1;
        batch.push(reading);
        if batch.len() == BATCH {
            if pace.given_up.load(Ordering::Relaxed) {
                return Err(given_up());
            }
            preview.feed(&batch);
            batch.clear();
            pace.read.store(readings, Ordering::Relaxed);
        }
    }
    preview.feed(&batch);
    Ok(readings)
}

/// The streams that a rule is for.
pub(super) fn streams_of(app: &App, rule: &Rule) -> Result<Vec<Stream>, Refusal> {
    let scopes: Vec<_> = conditions(rule);
    let mut chosen: Vec<Stream> = Vec::new();
    streams::each(&app.store, &app.city(), &mut |stream| {
        if scopes.iter().any(|scope| scope.holds(&stream)) {
            chosen.push(stream);
        }
    })?;
    Ok(chosen)
}

fn given_up() -> Refusal {
    Refusal::new(
        RefusalKind::NotNow,
        "preview.given-up",
        "试算已取消",
        "the trial was given up",
    )
}

fn check(times: &Range<Timestamp>) -> Result<(), Refusal> {
    let days = times.end.duration_since(times.start).as_hours() / 24;
    if times.start < times.end && days <= MOST_DAYS {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "preview.times",
        format!("结束须晚于开始，最长 {MOST_DAYS} 天"),
        format!("it ends after it begins, {MOST_DAYS} days at most"),
    )
    .at("to")
    .found(times.end.to_string()))
}

fn conditions(rule: &Rule) -> Vec<&yiwang_sensing::rule::Scope> {
    let all = When::conditions(&rule.when).into_iter();
    all.map(|condition| &condition.streams).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// So many readings of one stream, a second apart.
    fn readings(count: usize) -> impl Iterator<Item = Result<Reading, Refusal>> {
        (0..count as i64).map(|n| {
            Ok(Reading {
                stream: StreamId(1),
                at: n * 1_000,
                value: 1.0,
            })
        })
    }

    fn trial() -> Preview {
        let rule = serde_json::json!({
            "name": {"zh": "试", "en": "Trial"}, "cause": "trial",
            "when": {"one": {
                "measure": {"value": {}}, "levels": [{"at": 5.0, "colour": "red"}],
                "streams": {"properties": ["level"]},
            }},
        });
        let rule = serde_json::from_value(rule).unwrap();
        Preview::new("trial".parse().unwrap(), rule, &[], 480, 0).unwrap()
    }

    #[test]
    fn a_trial_that_nobody_waits_for_any_more_reads_no_further() {
        let (pace, read) = (Pace::default(), Cell::new(0));
        let rows = readings(100 * BATCH).inspect(|_| {
            read.set(read.get() + 1);
            if read.get() == 3 * BATCH + 1 {
                pace.given_up.store(true, Ordering::Relaxed);
            }
        });
        let refused = follow(&mut trial(), rows, &pace).unwrap_err();
        assert_eq!(refused.code, "preview.given-up");
        assert_eq!(read.get(), 4 * BATCH, "it ends with the batch it is at");
        assert_eq!(pace.read.load(Ordering::Relaxed), 3 * BATCH as u64);
    }

    #[test]
    fn a_trial_that_is_waited_for_reads_all_and_tells_how_far_it_is() {
        let pace = Pace::default();
        let all = follow(&mut trial(), readings(2 * BATCH + 7), &pace).unwrap();
        assert_eq!(all, 2 * BATCH as u64 + 7);
        assert_eq!(pace.read.load(Ordering::Relaxed), 2 * BATCH as u64);
    }
}
