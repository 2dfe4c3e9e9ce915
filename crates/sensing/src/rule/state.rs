//! How an engine stands, apart from its rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yiwang_base::{Colour, RuleCode};

use super::grades::Ladder;
use super::joints::{Joints, TogetherState};
use super::memory::Memory;
use super::order::Buffer;
use super::shard::{Counts, Shard};
use super::{Finding, Ground, Plan, When};
use crate::StreamId;

/// A part of how an engine stands: small enough to be written and read one by
/// one, however many streams there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// The rules that the others name by their places; always first.
    Rules(Vec<(RuleCode, When)>, Counts),
    /// How one stream stands.
    Stream(StreamState),
    /// How a rule on several streams stands.
    Together(u32, TogetherState),
}

/// How an engine stands (快照). It names the rules that it stands by, so that it
/// can be taken up by an engine with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot(Vec<Part>);

/// How one stream stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamState {
    id: u64,
    last: i64,
    quiet_since: i64,
    late: u32,
    buffer: Option<Buffer>,
    probes: Vec<ProbeState>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ProbeState {
    rule: u32,
    part: u16,
    ladder: Ladder,
    memory: Option<Memory>,
}

impl FromIterator<Part> for Snapshot {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Self {
        Self(parts.into_iter().collect())
    }
}

impl IntoIterator for Snapshot {
    type Item = Part;
    type IntoIter = std::vec::IntoIter<Part>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The parts of an engine, each made as it is asked for.
pub(super) fn parts<'a>(
    plan: &'a Plan,
    shards: &'a [Shard],
    joints: &'a Joints,
    counts: Counts,
) -> impl Iterator<Item = Part> + 'a {
    let rules = plan.rules.iter();
    let rules = rules.map(|(code, rule)| (code.clone(), rule.when.clone()));
    let first = Part::Rules(rules.collect(), counts);
    let streams = shards.iter().flat_map(|shard| {
        let all = 0..shard.heads.len();
        all.map(|index| Part::Stream(stream_state(shard, index)))
    });
    let places = 0..plan.rules.len() as u32;
    let together = places.filter_map(|p| Some(Part::Together(p, joints.state(p)?)));
    std::iter::once(first).chain(streams).chain(together)
}

/// An engine that goes on where another one stopped, part by part.
pub(super) struct Resuming<'a> {
    plan: &'a Plan,
    shards: &'a mut [Shard],
    joints: &'a mut Joints,
    rules: Vec<(RuleCode, When)>,
    /// Where each of those rules stands in the plan, if it is there unchanged.
    places: Vec<Option<u32>>,
    latest: i64,
    gone: Vec<Finding>,
}

impl<'a> Resuming<'a> {
    pub(super) fn new(plan: &'a Plan, shards: &'a mut [Shard], joints: &'a mut Joints) -> Self {
        Self {
            plan,
            shards,
            joints,
            rules: Vec::new(),
            places: Vec::new(),
            latest: i64::MIN,
            gone: Vec::new(),
        }
    }

    /// Puts a part in its place.
    pub(super) fn put(&mut self, part: Part) {
        match part {
            Part::Rules(rules, counts) => {
                let plan = &self.plan.rules;
                let place = |(code, when): &(RuleCode, When)| {
                    let at = plan.binary_search_by(|(other, _)| other.cmp(code)).ok()?;
                    (plan[at].1.when == *when).then_some(at as u32)
                };
                self.places = rules.iter().map(place).collect();
                self.rules = rules;
                if let Some(first) = self.shards.first_mut() {
                    first.counts = counts;
                }
            }
            Part::Stream(stream) => {
                self.latest = self.latest.max(stream.last);
                let of = self.shards.len() as u64;
                let shard = &mut self.shards[(stream.id % of) as usize];
                let rules = (&*self.rules, &*self.places);
                put_stream(self.plan, shard, stream, rules, &mut self.gone);
            }
            Part::Together(rule, state) => {
                let place = self.places.get(rule as usize).copied().flatten();
                if let Some(place) = place {
                    self.joints.resume(place, state);
                    return;
                }
                let Some((code, when)) = self.rules.get(rule as usize) else {
                    return;
                };
                let colour = match when {
                    When::Joint(joint) => joint.colour,
                    When::Near(near) => near.colour,
                    When::One(_) => return,
                };
                let at = state.reached.max(self.latest);
                let ended = state.found().map(|s| ended(code, colour, at, s));
                self.gone.extend(ended);
            }
        }
    }

    /// Finds ended what stood and is not judged any more.
    pub(super) fn finish(self) -> Vec<Finding> {
        for shard in self.shards {
            shard.rearm();
        }
        self.gone
    }
}

fn stream_state(shard: &Shard, index: usize) -> StreamState {
    let head = &shard.heads[index];
    let class = &shard.classes.all[head.class as usize];
    let mut memories = shard.memories[head.memories as usize..].iter();
    let ladders = &shard.ladders[head.ladders as usize..];
    let states = class.probes.iter().zip(ladders).map(|(place, ladder)| {
        let probe = &shard.plan.probes[*place as usize];
        let has_memory = Memory::is_kept(&probe.measure);
        ProbeState {
            rule: probe.rule,
            part: probe.part,
            ladder: *ladder,
            memory: if has_memory {
                memories.next().cloned()
            } else {
                None
            },
        }
    });
    StreamState {
        id: head.id,
        last: head.last,
        quiet_since: head.quiet_since,
        late: head.late,
        probes: states.collect(),
        buffer: shard.buffers.get(head.buffer as usize).cloned(),
    }
}

fn put_stream(
    plan: &Plan,
    shard: &mut Shard,
    stream: StreamState,
    (rules, places): (&[(RuleCode, When)], &[Option<u32>]),
    gone: &mut Vec<Finding>,
) {
    let index = shard.find(stream.id);
    let mut known: BTreeMap<(u32, u16), ProbeState> = BTreeMap::new();
    for probe in stream.probes {
        let place = places.get(probe.rule as usize).copied().flatten();
        let judged = index.and_then(|index| {
            let class = &shard.classes.all[shard.heads[index].class as usize];
            let mut probes = class.probes.iter().map(|p| &plan.probes[*p as usize]);
            let place = place?;
            probes
                .any(|p| p.rule == place && p.part == probe.part)
                .then_some(place)
        });
        match (judged, rules.get(probe.rule as usize)) {
            (Some(place), _) => {
                known.insert((place, probe.part), probe);
            }
            (None, Some((code, When::One(condition)))) if probe.ladder.level > 0 => {
                let level = condition.levels.get(usize::from(probe.ladder.level) - 1);
                let at = stream.last.max(stream.quiet_since);
                let streams = vec![StreamId(stream.id)];
                gone.extend(level.map(|level| ended(code, level.colour, at, streams)));
            }
            _ => {}
        }
    }
    let Some(index) = index else { return };
    let head = &mut shard.heads[index];
    head.last = stream.last;
    head.quiet_since = stream.quiet_since;
    head.late = stream.late;
    if let (Some(own), Some(before)) = (shard.buffers.get_mut(head.buffer as usize), stream.buffer)
    {
        own.resume(before);
    }
    let class = &shard.classes.all[head.class as usize];
    let mut memories = shard.memories[head.memories as usize..].iter_mut();
    let ladders = &mut shard.ladders[head.ladders as usize..];
    for (place, ladder) in class.probes.iter().zip(ladders) {
        let probe = &plan.probes[*place as usize];
        let has_memory = Memory::is_kept(&probe.measure);
        let memory = if has_memory { memories.next() } else { None };
        let Some(before) = known.remove(&(probe.rule, probe.part)) else {
            continue;
        };
        *ladder = before.ladder;
        if let (Some(memory), Some(kept)) = (memory, before.memory) {
            *memory = kept;
        }
    }
}

fn ended(code: &RuleCode, colour: Colour, at: i64, streams: Vec<StreamId>) -> Finding {
    Finding {
        at,
        from: Some(colour),
        ground: Ground::RuleGone {},
        rule: code.clone(),
        streams,
        to: None,
    }
}
