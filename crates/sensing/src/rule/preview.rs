//! What a rule would have found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yiwang_base::{Colour, Refusal, RuleCode};

use super::{Engine, Finding, Plan, Rule, Stream};
use crate::{Reading, StreamId};

/// From when until when a rule would have held, and where (试算).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Episode {
    /// When it began, event time in milliseconds.
    pub from: i64,
    /// The gravest colour it reached.
    pub gravest: Colour,
    /// On which streams.
    pub streams: Vec<StreamId>,
    /// When it ended; none if it would still hold.
    pub until: Option<i64>,
}

/// A rule tried on past readings.
#[derive(Debug)]
pub struct Preview {
    engine: Engine,
    open: BTreeMap<Option<StreamId>, Episode>,
    done: Vec<Episode>,
}

impl Preview {
    /// Begins at a time, before the first reading.
    ///
    /// # Errors
    /// What [`Rule::check`] refuses.
    pub fn new(
        code: RuleCode,
        rule: Rule,
        streams: &[Stream],
        offset_minutes: i32,
        from: i64,
    ) -> Result<Self, Refusal> {
        let plan = Plan::new(BTreeMap::from([(code, rule)]), offset_minutes)?;
        let mut engine = Engine::new(plan, streams, 1);
        engine.advance(from);
        Ok(Self {
            engine,
            open: BTreeMap::new(),
            done: Vec::new(),
        })
    }

    /// Takes past readings in, all streams in the order of time.
    pub fn feed(&mut self, readings: &[Reading]) {
        let found = self.engine.feed(readings);
        self.note(found);
        if let Some(last) = readings.last() {
            let found = self.engine.advance(last.at);
            self.note(found);
        }
    }

    /// Ends at a time, after the last reading.
    pub fn finish(mut self, until: i64) -> Vec<Episode> {
        let found = self.engine.advance(until);
        self.note(found);
        self.done.extend(self.open.into_values());
        self.done.sort_by_key(|episode| episode.from);
        self.done
    }

    fn note(&mut self, found: Vec<Finding>) {
        for finding in found {
            let place = finding.streams.first().copied();
            match finding.to {
                Some(colour) => {
                    let episode = self.open.entry(place).or_insert_with(|| Episode {
                        from: finding.at,
                        gravest: colour,
                        streams: finding.streams,
                        until: None,
                    });
                    episode.gravest = episode.gravest.max(colour);
                }
                None => {
                    if let Some(mut episode) = self.open.remove(&place) {
                        episode.until = Some(finding.at);
                        self.done.push(episode);
                    }
                }
            }
        }
    }
}
