//! The streams of one thread, and what is known of each.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use yiwang_base::RuleCode;

use super::grades::{Ladder, Step};
use super::memory::{Memory, climb, deadline, pass_slots, remember};
use super::order::Buffer;
use super::plan::{Class, Classes, Probe};
use super::{Finding, Ground, Measure, Plan, Stream};
use crate::detect::Outcome;
use crate::{Reading, StreamId};

/// Numbers up to this times the number of shards are found by place, larger
/// ones in a tree.
const BY_PLACE: u64 = 1 << 26;
const NONE: u32 = u32::MAX;

/// What was not judged, and why; counted since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Judged.
    pub judged: u64,
    /// Older than what the stream was judged by already.
    pub late: u64,
    /// Of the same time as one before.
    pub repeated: u64,
    /// Judged before their turn, since too many waited.
    pub hurried: u64,
    /// Of streams that are not known.
    pub unknown: u64,
    /// Not a finite number.
    pub impossible: u64,
}

/// That a condition of a joint rule begins or ends on a stream.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub(super) at: i64,
    pub(super) rule: u32,
    pub(super) part: u16,
    pub(super) stream: StreamId,
    pub(super) on: bool,
}

/// What a shard found.
#[derive(Debug, Default)]
pub struct Output {
    /// Of rules on one stream.
    pub findings: Vec<Finding>,
    /// For rules on several, which [`super::Joints`] judge.
    pub changes: Vec<Change>,
}

impl Output {
    pub(super) fn step(
        &mut self,
        plan: &Plan,
        probe: &Probe,
        stream: u64,
        at: i64,
        step: Step,
        value: f64,
    ) {
        let stream = StreamId(stream);
        if probe.alone {
            self.findings.push(Finding {
                at,
                from: probe.grades.colour(step.from),
                ground: Ground::Measured {
                    level: probe.grades.limit(step),
                    value,
                },
                rule: plan.code(probe.rule).clone(),
                streams: vec![stream],
                to: probe.grades.colour(step.to),
            });
        } else if (step.from == 0) != (step.to == 0) {
            self.changes.push(Change {
                at,
                rule: probe.rule,
                part: probe.part,
                stream,
                on: step.to > 0,
            });
        }
    }
}

/// What is known of each stream, whatever its class.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) id: u64,
    /// The latest reading that was judged.
    pub(super) last: i64,
    /// Since when it is silent.
    pub(super) quiet_since: i64,
    /// When to look at it again, if no reading comes.
    wake: i64,
    pub(super) class: u32,
    pub(super) ladders: u32,
    pub(super) memories: u32,
    pub(super) buffer: u32,
    pub(super) late: u32,
}

/// The streams of one thread (分片): every stream whose number leaves the shard's
/// place as remainder when divided by the number of shards.
#[derive(Debug)]
pub struct Shard {
    pub(super) plan: Arc<Plan>,
    pub(super) classes: Classes,
    place: u64,
    of: u64,
    by_place: Vec<u32>,
    by_number: BTreeMap<u64, u32>,
    pub(super) heads: Vec<Head>,
    pub(super) ladders: Vec<Ladder>,
    pub(super) memories: Vec<Memory>,
    pub(super) buffers: Vec<Buffer>,
    wakes: BinaryHeap<Reverse<(i64, u32)>>,
    /// Streams that wait for the first time they hear.
    unarmed: Vec<u32>,
    pub(super) counts: Counts,
}

impl Shard {
    pub(super) fn new(plan: Arc<Plan>, place: u64, of: u64) -> Self {
        Self {
            classes: Classes::new(Arc::clone(&plan)),
            plan,
            place,
            of,
            by_place: Vec::new(),
            by_number: BTreeMap::new(),
            heads: Vec::new(),
            ladders: Vec::new(),
            memories: Vec::new(),
            buffers: Vec::new(),
            wakes: BinaryHeap::new(),
            unarmed: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// Begins to judge a stream; one that it knows already is left as it is.
    pub(super) fn add(&mut self, stream: &Stream) {
        if stream.id.0 % self.of != self.place || self.find(stream.id.0).is_some() {
            return;
        }
        let index = self.heads.len() as u32;
        let number = self.classes.of(stream);
        let class = &self.classes.all[number as usize];
        let buffer = if stream.lateness_seconds > 0 {
            let millis = i64::from(stream.lateness_seconds) * 1_000;
            self.buffers.push(Buffer::new(millis));
            self.buffers.len() as u32 - 1
        } else {
            NONE
        };
        self.heads.push(Head {
            id: stream.id.0,
            last: i64::MIN,
            quiet_since: i64::MIN,
            wake: i64::MAX,
            class: number,
            ladders: self.ladders.len() as u32,
            memories: self.memories.len() as u32,
            buffer,
            late: 0,
        });
        for probe in &class.probes {
            self.ladders.push(Ladder::default());
            let measure = &self.plan.probes[*probe as usize].measure;
            self.memories.extend(Memory::of(measure));
        }
        if class.timed {
            self.unarmed.push(index);
        }
        let place = stream.id.0 / self.of;
        if place < BY_PLACE {
            let place = place as usize;
            if place >= self.by_place.len() {
                self.by_place.resize(place + 1, NONE);
            }
            self.by_place[place] = index;
        } else {
            self.by_number.insert(stream.id.0, index);
        }
    }

    pub(super) fn find(&self, id: u64) -> Option<usize> {
        let place = id / self.of;
        let index = if place < BY_PLACE {
            self.by_place.get(place as usize).copied()
        } else {
            self.by_number.get(&id).copied()
        };
        index.filter(|index| *index != NONE).map(|i| i as usize)
    }

    /// Judges those readings of a batch that are its own; they may be in any
    /// order, as far as their streams' lateness allows.
    pub fn feed(&mut self, readings: &[Reading], out: &mut Output) {
        for reading in readings {
            let id = reading.stream.0;
            if self.of > 1 && id % self.of != self.place {
                continue;
            }
            let Some(index) = self.find(id) else {
                self.counts.unknown += 1;
                continue;
            };
            if !reading.value.is_finite() {
                self.counts.impossible += 1;
                continue;
            }
            let head = &mut self.heads[index];
            if reading.at <= head.last {
                if reading.at == head.last {
                    self.counts.repeated += 1;
                } else {
                    head.late = head.late.saturating_add(1);
                    self.counts.late += 1;
                }
            } else if head.buffer == NONE {
                self.judge(index, reading.at, reading.value, out);
            } else {
                self.hold(index, reading, out);
            }
        }
    }

    /// Puts a reading in its place and judges what has waited long enough.
    fn hold(&mut self, index: usize, reading: &Reading, out: &mut Output) {
        let buffer = &mut self.buffers[self.heads[index].buffer as usize];
        if !buffer.put(reading.at, reading.value) {
            self.counts.repeated += 1;
            return;
        }
        if buffer.is_full()
            && let Some((at, value)) = buffer.take_first()
        {
            self.counts.hurried += 1;
            self.judge(index, at, value, out);
        }
        self.release(index, out);
        self.wake_by_buffer(index);
    }

    fn release(&mut self, index: usize, out: &mut Output) {
        let buffer = self.heads[index].buffer as usize;
        while let Some((at, value)) = self.buffers[buffer].take_ripe() {
            self.judge(index, at, value, out);
        }
    }

    fn wake_by_buffer(&mut self, index: usize) {
        let ripe = self.buffers[self.heads[index].buffer as usize].next_ripe();
        if let Some(ripe) = ripe {
            self.wake_at(index, ripe);
        }
    }

    fn wake_at(&mut self, index: usize, at: i64) {
        let head = &mut self.heads[index];
        if at < head.wake {
            head.wake = at;
            self.wakes.push(Reverse((at, index as u32)));
        }
    }

    #[inline]
    fn judge(&mut self, index: usize, at: i64, value: f64, out: &mut Output) {
        self.counts.judged += 1;
        let plan = &*self.plan;
        let head = &mut self.heads[index];
        head.last = at;
        let class: &Class = &self.classes.all[head.class as usize];
        if class.probes.is_empty() {
            return;
        }
        let mut memories = self.memories[head.memories as usize..].iter_mut();
        let ladders = &mut self.ladders[head.ladders as usize..][..class.probes.len()];
        for (place, ladder) in class.probes.iter().zip(ladders) {
            let probe = &plan.probes[*place as usize];
            let measured = match probe.measure {
                Measure::Value {} => Some(value),
                Measure::Silence {} => {
                    climb(plan, probe, ladder, head, at, out);
                    let seconds = at.saturating_sub(head.quiet_since) as f64 / 1_000.0;
                    if let Some(step) = ladder.go(0) {
                        out.step(plan, probe, head.id, at, step, seconds);
                    }
                    None
                }
                measure => match memories.next() {
                    Some(memory) => remember(
                        plan,
                        probe,
                        &measure,
                        memory,
                        ladder,
                        head,
                        (at, value),
                        out,
                    ),
                    None => None,
                },
            };
            if let Some(measured) = measured
                && let Some(step) = ladder.measure(&probe.grades, measured, at)
            {
                out.step(plan, probe, head.id, at, step, measured);
            }
        }
        // A reading from before a tick that counted silence does not take it back.
        head.quiet_since = head.quiet_since.max(at);
        if class.timed
            && let Some(next) = self.next_time(index)
        {
            self.wake_at(index, next);
        }
    }

    /// Lets time pass: every reading up to `now`, less its stream's lateness, has come.
    pub fn advance(&mut self, now: i64, out: &mut Output) {
        for index in std::mem::take(&mut self.unarmed) {
            let head = &mut self.heads[index as usize];
            if head.quiet_since == i64::MIN {
                head.quiet_since = now;
            }
            if let Some(next) = self.next_time(index as usize) {
                self.wake_at(index as usize, next);
            }
        }
        while let Some(Reverse((at, index))) = self.wakes.peek().copied() {
            if at >= now {
                break;
            }
            self.wakes.pop();
            let index = index as usize;
            if self.heads[index].wake != at {
                continue;
            }
            self.heads[index].wake = i64::MAX;
            let mut until = now;
            if self.heads[index].buffer != NONE {
                let buffer = &mut self.buffers[self.heads[index].buffer as usize];
                until = now - buffer.lateness_ms;
                buffer.reach(until);
                self.release(index, out);
                self.wake_by_buffer(index);
            }
            self.pass(index, until, out);
            if let Some(next) = self.next_time(index) {
                self.wake_at(index, next);
            }
        }
    }

    /// What the time that passed brings about on one stream.
    fn pass(&mut self, index: usize, until: i64, out: &mut Output) {
        let plan = &*self.plan;
        let head = &self.heads[index];
        let class = &self.classes.all[head.class as usize];
        let mut memories = self.memories[head.memories as usize..].iter_mut();
        let ladders = &mut self.ladders[head.ladders as usize..][..class.probes.len()];
        for (place, ladder) in class.probes.iter().zip(ladders) {
            let probe = &plan.probes[*place as usize];
            let memory = if Memory::is_kept(&probe.measure) {
                memories.next()
            } else {
                None
            };
            match (&probe.measure, memory) {
                (Measure::Silence {}, _) => climb(plan, probe, ladder, head, until, out),
                (Measure::Routine { learn_days, .. }, Some(Memory::Routine(Some(routine)))) => {
                    pass_slots(
                        plan,
                        probe,
                        *learn_days,
                        routine,
                        ladder,
                        head.id,
                        until,
                        out,
                    );
                }
                _ => {}
            }
        }
    }

    /// When time alone may next bring something about on a stream.
    fn next_time(&self, index: usize) -> Option<i64> {
        let head = &self.heads[index];
        let class = &self.classes.all[head.class as usize];
        if head.quiet_since == i64::MIN {
            return None;
        }
        let mut memories = self.memories[head.memories as usize..].iter();
        let ladders = &self.ladders[head.ladders as usize..][..class.probes.len()];
        let mut next: Option<i64> = None;
        for (place, ladder) in class.probes.iter().zip(ladders) {
            let probe = &self.plan.probes[*place as usize];
            let memory = match probe.measure {
                Measure::Value {} | Measure::Silence {} => None,
                _ => memories.next(),
            };
            let at = match (&probe.measure, memory) {
                (Measure::Silence {}, _) => deadline(probe, ladder, head.quiet_since),
                (Measure::Routine { .. }, Some(Memory::Routine(Some(routine)))) => {
                    Some(routine.next_end(self.plan.offset_ms))
                }
                _ => None,
            };
            next = match (next, at) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        let lateness = match head.buffer {
            NONE => 0,
            buffer => self.buffers[buffer as usize].lateness_ms,
        };
        next.map(|at| at + lateness)
    }

    /// Takes a time in which nobody listened out of silences that do not stand.
    pub(super) fn leave_out(&mut self, millis: i64, now: i64) {
        for head in &mut self.heads {
            let class = &self.classes.all[head.class as usize];
            if !class.timed || head.quiet_since == i64::MIN {
                continue;
            }
            let ladders = &self.ladders[head.ladders as usize..];
            let mut probes = class.probes.iter().zip(ladders);
            let stands = probes.any(|(place, ladder)| {
                let probe = &self.plan.probes[*place as usize];
                matches!(probe.measure, Measure::Silence {}) && ladder.level > 0
            });
            if !stands {
                head.quiet_since = head.quiet_since.saturating_add(millis).min(now);
            }
        }
    }

    /// Lets the detector of a rule on a stream learn.
    pub(super) fn learn(&mut self, rule: &RuleCode, stream: StreamId, outcome: Outcome) -> bool {
        if stream.0 % self.of != self.place {
            return false;
        }
        let Some(index) = self.find(stream.0) else {
            return false;
        };
        let head = &self.heads[index];
        let class = &self.classes.all[head.class as usize];
        let mut memories = self.memories[head.memories as usize..].iter_mut();
        let mut learned = false;
        for place in &class.probes {
            let probe = &self.plan.probes[*place as usize];
            if !Memory::is_kept(&probe.measure) {
                continue;
            }
            if let Some(Memory::Detector(detector)) = memories.next()
                && self.plan.code(probe.rule) == rule
            {
                detector.learn(outcome);
                learned = true;
            }
        }
        learned
    }

    /// Has every stream that time alone may change looked at anew.
    pub(super) fn rearm(&mut self) {
        self.unarmed.clear();
        for index in 0..self.heads.len() {
            let head = &self.heads[index];
            if head.buffer != NONE {
                self.wake_by_buffer(index);
            }
            if !self.classes.all[self.heads[index].class as usize].timed {
                continue;
            }
            match self.next_time(index) {
                Some(next) => self.wake_at(index, next),
                None => self.unarmed.push(index as u32),
            }
        }
    }
}
