//! Whether an alert would still have been raised: the rules that found it, as they were
//! then, on the readings of the history, as they were judged and as they hold now.

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::{Refusal, RuleCode, Timestamp};
use yiwang_history::{Amendment, Query, Streams};
use yiwang_sensing::alert::{
    Alert, Beginning, Readings, Times, Unclear, Verdict, beginnings, judge_again, together,
};
use yiwang_sensing::docket::Docket;
use yiwang_sensing::rule::{Rule, Stream, When};
use yiwang_sensing::{Reading, StreamId};
use yiwang_store::{ItemKind, ItemVersion};

use super::preview::streams_of;
use super::{broken, offset_minutes, stream};
use crate::http::App;

/// Most readings that a rule is followed by for one finding.
const MOST_READINGS: u64 = 500_000;
/// Most findings of an alert that are judged again.
const MOST_FINDINGS: usize = 32;
/// How far back readings are taken for a rule that learns, milliseconds: sixty days.
const LEARNS_FROM: i64 = 60 * 24 * 3_600 * 1_000;
/// How much more than a rule looks back, milliseconds: an hour.
const AND_MORE: i64 = 3_600 * 1_000;

/// Whether an alert would still have been raised, as its readings hold now. Blocks.
///
/// # Errors
/// When the record or the history cannot be read.
pub fn verdict(app: &App, alert: u64, now: Timestamp) -> Result<Verdict, Refusal> {
    let steps = Docket::<Alert>::steps(&app.store, alert)?;
    let mut verdicts = Vec::new();
    let mut versions = BTreeMap::new();
    let mut judged = 0;
    for beginning in beginnings(&steps) {
        let unclear = |why| Verdict::Unclear { why };
        let Some(rule) = rule_then(app, &mut versions, &beginning)? else {
            verdicts.push(unclear(Unclear::RuleUnknown));
            continue;
        };
        let from = begins(&rule, &beginning);
        let amended = app.sensing.history.amendments_of(&beginning.found.streams);
        if let (false, Some(colour)) = (
            amended.iter().any(|a| is_since(a, from)),
            beginning.found.to,
        ) {
            // It rests on nothing that was amended.
            verdicts.push(Verdict::Raised {
                at: beginning.found.at,
                colour,
                rule: beginning.found.rule,
            });
            continue;
        }
        judged += 1;
        verdicts.push(if judged > MOST_FINDINGS {
            unclear(Unclear::TooMuch)
        } else {
            of_finding(app, &rule, &beginning, from, now)?
        });
    }
    Ok(together(verdicts))
}

/// The rule as it was when it found something.
fn rule_then(
    app: &App,
    versions: &mut BTreeMap<RuleCode, Vec<ItemVersion>>,
    beginning: &Beginning,
) -> Result<Option<Rule>, Refusal> {
    let code = &beginning.found.rule;
    if !versions.contains_key(code) {
        let all = app.store.item_history(ItemKind::Rule, code.as_str())?;
        versions.insert(code.clone(), all);
    }
    let all = versions.get(code).into_iter().flatten().rev();
    let mut then = all.filter(|version| version.at <= beginning.written_at);
    let Some(version) = then.next() else {
        return Ok(None);
    };
    // A rule of an older form may not be read any more.
    Ok(serde_json::from_value(version.body.clone()).ok())
}

/// From when on readings are taken, event time in milliseconds.
fn begins(rule: &Rule, beginning: &Beginning) -> i64 {
    let at = beginning.found.at.as_millisecond();
    if rule.learns() {
        return at.saturating_sub(LEARNS_FROM);
    }
    let seconds = i64::try_from(rule.looks_back_seconds()).unwrap_or(i64::MAX);
    at.saturating_sub(seconds.saturating_mul(2_000).saturating_add(AND_MORE))
}

fn is_since(amendment: &Amendment, from: i64) -> bool {
    let said = [Some(&amendment.was), amendment.now.as_ref()];
    said.into_iter().flatten().any(|said| said.at >= from)
}

fn of_finding(
    app: &App,
    rule: &Rule,
    beginning: &Beginning,
    from: i64,
    now: Timestamp,
) -> Result<Verdict, Refusal> {
    let city = app.city();
    let streams: Vec<Stream> = match &rule.when {
        When::One(_) => {
            let ids = beginning.found.streams.iter();
            let found = ids.map(|id| stream(&app.store, &city, *id));
            found
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?
        }
        When::Near(_) | When::Joint(_) => streams_of(app, rule)?,
    };
    let ids: Vec<StreamId> = streams.iter().map(|stream| stream.id).collect();
    let until = now.as_millisecond();
    let Some(readings) = readings(app, &ids, from, until)? else {
        let why = Unclear::TooMuch;
        return Ok(Verdict::Unclear { why });
    };
    let times = Times {
        from,
        until,
        offset_minutes: offset_minutes(&city, now),
    };
    judge_again(rule, &streams, &beginning.found, &readings, times)
}

/// The readings of a time as they were judged and as they hold now; none where there are
/// too many.
fn readings(
    app: &App,
    streams: &[StreamId],
    from: i64,
    until: i64,
) -> Result<Option<Readings>, Refusal> {
    let history = &app.sensing.history;
    let mut query = Query::of(Streams::these(streams.iter().copied()));
    (query.from, query.to) = (from, until);
    if history.count(&query).map_err(broken)? > MOST_READINGS {
        return Ok(None);
    }
    let amended = history.amendments_of(streams);
    let put_right: BTreeSet<u64> = amended.iter().map(|amendment| amendment.id).collect();
    let was = amended.iter().filter_map(|amendment| {
        let reading = Reading {
            stream: StreamId(amendment.stream),
            at: amendment.was.at,
            value: amendment.was.value?,
        };
        Some((amendment.id, reading))
    });
    let mut then: Vec<(u64, Reading)> = was
        .filter(|(_, reading)| (from..until).contains(&reading.at))
        .collect();
    let mut readings = Readings::default();
    for row in history.rows(query) {
        let row = row.map_err(broken)?;
        if row.reading.value.is_nan() {
            continue;
        }
        readings.now.push(row.reading);
        if !put_right.contains(&row.id) {
            then.push((row.id, row.reading));
        }
    }
    then.sort_by_key(|(id, reading)| (reading.at, *id));
    readings.then = then.into_iter().map(|(_, reading)| reading).collect();
    Ok(Some(readings))
}
