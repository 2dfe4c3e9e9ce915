//! Whether an alert would still have been raised, now that readings were put right
//! (重新判定). The rule is followed twice over the same time: by what was judged then, and by
//! what holds now. Only where the first finds what was found then does the second tell
//! anything; what a rule had learned before, or what came late, may make it differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yiwang_base::{Colour, Refusal, RuleCode, Timestamp, from_millis};

use super::{AlertEvent, Found};
use crate::docket::Step;
use crate::rule::{Episode, Preview, Rule, Stream};
use crate::{Reading, StreamId};

/// What judging again came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    /// It would have been raised all the same (仍会告警).
    Raised {
        /// From when on it would have been found, event time.
        at: Timestamp,
        /// How grave it would have become.
        colour: Colour,
        /// By which rule.
        rule: RuleCode,
    },
    /// It would not have been raised (不会告警).
    NotRaised {},
    /// It cannot be told (无法判定).
    Unclear {
        /// Why not.
        why: Unclear,
    },
}

/// Why it cannot be told whether an alert would still have been raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unclear {
    /// Judged again by what was judged then, it is not found: it rests on what the rule had
    /// learned or on an order of arrival that is not kept.
    NotFoundAgain,
    /// The rule as it was then is not in the record.
    RuleUnknown,
    /// More readings than are judged again.
    TooMuch,
}

/// One place where a rule found something of an alert for the first time.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginning {
    /// What it found.
    pub found: Found,
    /// When that was written down: the rule is that of this time.
    pub written_at: Timestamp,
}

/// Where each rule first found something of an alert, as its steps tell.
pub fn beginnings(steps: &[Step<AlertEvent>]) -> Vec<Beginning> {
    let mut first: BTreeMap<(RuleCode, Option<StreamId>), Beginning> = BTreeMap::new();
    for step in steps {
        if let AlertEvent::Raised { found, .. } | AlertEvent::Found(found) = &step.event
            && found.to.is_some()
        {
            let key = (found.rule.clone(), found.streams.first().copied());
            first.entry(key).or_insert_with(|| Beginning {
                found: found.clone(),
                written_at: step.at,
            });
        }
    }
    let mut all: Vec<Beginning> = first.into_values().collect();
    all.sort_by_key(|beginning| beginning.found.at);
    all
}

/// The readings of a time, in the order of their times.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    /// As they were judged.
    pub then: Vec<Reading>,
    /// As they hold now.
    pub now: Vec<Reading>,
}

/// The time that is judged again, event time in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Where it begins: far enough back that the rule has seen all it rests on.
    pub from: i64,
    /// Where it ends.
    pub until: i64,
    /// What the city's clocks are ahead of UTC, minutes.
    pub offset_minutes: i32,
}

/// Whether a rule would still have found what it found.
///
/// # Errors
/// What [`Rule::check`] refuses.
pub fn judge_again(
    rule: &Rule,
    streams: &[Stream],
    found: &Found,
    readings: &Readings,
    times: Times,
) -> Result<Verdict, Refusal> {
    let at = found.at.as_millisecond();
    let lasts = |episode: &Episode| episode.until.is_none_or(|until| until > at);
    let follow = |readings: &[Reading]| -> Result<Vec<Episode>, Refusal> {
        let mut preview = Preview::new(
            found.rule.clone(),
            rule.clone(),
            streams,
            times.offset_minutes,
            times.from,
        )?;
        preview.feed(readings);
        let mut episodes = preview.finish(times.until);
        // What ended before it was found is another matter.
        episodes.retain(|episode| {
            let mut there = episode.streams.iter();
            lasts(episode) && there.any(|stream| found.streams.contains(stream))
        });
        Ok(episodes)
    };
    if !follow(&readings.then)?
        .iter()
        .any(|episode| episode.from <= at)
    {
        let why = Unclear::NotFoundAgain;
        return Ok(Verdict::Unclear { why });
    }
    let now = follow(&readings.now)?.into_iter();
    Ok(now
        .min_by_key(|episode| episode.from)
        .map_or(Verdict::NotRaised {}, |episode| Verdict::Raised {
            at: from_millis(episode.from),
            colour: episode.gravest,
            rule: found.rule.clone(),
        }))
}

/// What several places come to together: an alert is raised by the first of them, is not
/// where none would be, and cannot be told otherwise.
pub fn together(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Raised { at, .. } => (0, *at),
        Verdict::Unclear { .. } => (1, Timestamp::MIN),
        Verdict::NotRaised {} => (2, Timestamp::MIN),
    };
    verdicts
        .into_iter()
        .min_by_key(rank)
        .unwrap_or(Verdict::NotRaised {})
}
