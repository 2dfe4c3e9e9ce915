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

/// How an engine stands (快照). It names the rules that it stands by, so that it
/// can be taken up by an engine with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    rules: Vec<(RuleCode, When)>,
    streams: Vec<StreamState>,
    together: Vec<(u32, TogetherState)>,
    counts: Counts,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StreamState {
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

impl Snapshot {
    pub(super) fn take(plan: &Plan, shards: &[Shard], joints: &Joints) -> Self {
        let mut streams = Vec::new();
        let mut counts = Counts::default();
        for shard in shards {
            streams.extend((0..shard.heads.len()).map(|index| stream_state(shard, index)));
            let c = shard.counts;
            counts = Counts {
                judged: counts.judged + c.judged,
                late: counts.late + c.late,
                repeated: counts.repeated + c.repeated,
                hurried: counts.hurried + c.hurried,
                unknown: counts.unknown + c.unknown,
                impossible: counts.impossible + c.impossible,
            };
        }
        let rules = plan.rules.iter();
        let places = 0..plan.rules.len() as u32;
        Self {
            rules: rules
                .map(|(code, rule)| (code.clone(), rule.when.clone()))
                .collect(),
            streams,
            together: places.filter_map(|p| Some((p, joints.state(p)?))).collect(),
            counts,
        }
    }

    /// Puts it in place, and finds ended what stood and is not judged any more.
    pub(super) fn put(
        self,
        plan: &Plan,
        shards: &mut [Shard],
        joints: &mut Joints,
    ) -> Vec<Finding> {
        let mut gone = Vec::new();
        // Where each of its rules stands in the plan, if it is there unchanged.
        let place = |(code, when): &(RuleCode, When)| {
            let at = plan
                .rules
                .binary_search_by(|(other, _)| other.cmp(code))
                .ok()?;
            (plan.rules[at].1.when == *when).then_some(at as u32)
        };
        let places: Vec<Option<u32>> = self.rules.iter().map(place).collect();
        let mut latest = i64::MIN;
        let of = shards.len() as u64;
        if let Some(first) = shards.first_mut() {
            first.counts = self.counts;
        }
        for stream in self.streams {
            latest = latest.max(stream.last);
            let shard = &mut shards[(stream.id % of) as usize];
            put_stream(plan, shard, stream, (&self.rules, &places), &mut gone);
        }
        for shard in shards {
            shard.rearm();
        }
        for (rule, state) in self.together {
            match places.get(rule as usize).copied().flatten() {
                Some(place) => joints.resume(place, state),
                None => {
                    let Some((code, when)) = self.rules.get(rule as usize) else {
                        continue;
                    };
                    let colour = match when {
                        When::Joint(joint) => joint.colour,
                        When::Near(near) => near.colour,
                        When::One(_) => continue,
                    };
                    let at = state.reached.max(latest);
                    let ended = state.found().map(|s| ended(code, colour, at, s));
                    gone.extend(ended);
                }
            }
        }
        gone
    }
}

fn stream_state(shard: &Shard, index: usize) -> StreamState {
    let head = &shard.heads[index];
    let class = &shard.classes.all[head.class as usize];
    let mut memories = shard.memories[head.memories as usize..].iter();
    let ladders = &shard.ladders[head.ladders as usize..];
    let states = class.probes.iter().zip(ladders).map(|(place, ladder)| {
        let probe = &shard.plan.probes[*place as usize];
        let has_memory = Memory::of(&probe.measure).is_some();
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
        let has_memory = Memory::of(&probe.measure).is_some();
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
