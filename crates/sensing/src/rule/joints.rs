//! All rules on several streams, and the changes they wait for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::joint::{Group, JointRule, Key};
use super::near::{NearRule, Sensor};
use super::shard::Change;
use super::{Finding, Plan, Stream, When};
use crate::StreamId;

/// Rules on several streams: one for all shards, since their streams may be anywhere.
#[derive(Debug, Default)]
pub struct Joints {
    rules: BTreeMap<u32, Together>,
}

#[derive(Debug)]
struct Together {
    settle_ms: i64,
    /// Up to when everything was judged.
    reached: i64,
    waiting: Vec<Change>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Joint(JointRule),
    Near(NearRule),
}

/// How a rule on several streams stands, to go on with later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TogetherState {
    pub(super) reached: i64,
    pub(super) waiting: Vec<Change>,
    pub(super) groups: Vec<(Key, Group)>,
    pub(super) sensors: Vec<(StreamId, Sensor)>,
}

impl TogetherState {
    /// What it was found on, for each that stands.
    pub(super) fn found(self) -> impl Iterator<Item = Vec<StreamId>> {
        let groups = self.groups.into_iter().map(|(_, group)| group.found);
        let sensors = self.sensors.into_iter().map(|(_, sensor)| sensor.found);
        groups.chain(sensors).filter(|found| !found.is_empty())
    }
}

impl Joints {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut rules = BTreeMap::new();
        for (place, (code, rule)) in (0u32..).zip(&plan.rules) {
            let (settle_seconds, kind) = match &rule.when {
                When::One(_) => continue,
                When::Joint(j) => (j.settle_seconds, Kind::Joint(JointRule::new(code, j))),
                When::Near(n) => (n.settle_seconds, Kind::Near(NearRule::new(code, n))),
            };
            let settle_ms = i64::from(settle_seconds) * 1_000;
            let together = Together {
                settle_ms,
                reached: i64::MIN,
                waiting: Vec::new(),
                kind,
            };
            rules.insert(place, together);
        }
        Self { rules }
    }

    pub(super) fn add(&mut self, plan: &Plan, stream: &Stream) {
        for probe in plan.probes.iter().filter(|probe| !probe.alone) {
            if !probe.scope.holds(stream) {
                continue;
            }
            let Some(together) = self.rules.get_mut(&probe.rule) else {
                continue;
            };
            // What one of its streams shows may come as late as its readings.
            let lateness_ms = i64::from(stream.lateness_seconds) * 1_000;
            together.settle_ms = together.settle_ms.max(lateness_ms);
            match (&mut together.kind, &plan.rules[probe.rule as usize].1.when) {
                (Kind::Joint(rule), When::Joint(joint)) => rule.add(joint.per, stream),
                (Kind::Near(rule), When::Near(_)) => rule.add(stream.id, stream.point),
                _ => {}
            }
        }
    }

    /// Takes in what shards found.
    pub fn take(&mut self, changes: Vec<Change>) {
        for change in changes {
            if let Some(together) = self.rules.get_mut(&change.rule) {
                together.waiting.push(change);
            }
        }
    }

    /// Judges all changes before `now`, less what each rule waits, in the order
    /// of their times.
    pub fn advance(&mut self, now: i64, out: &mut Vec<Finding>) {
        for together in self.rules.values_mut() {
            together.advance(now, out);
        }
    }

    pub(super) fn state(&self, rule: u32) -> Option<TogetherState> {
        let together = self.rules.get(&rule)?;
        let (groups, sensors) = match &together.kind {
            Kind::Joint(rule) => (rule.groups.clone().into_iter().collect(), Vec::new()),
            Kind::Near(rule) => (Vec::new(), rule.sensors.clone().into_iter().collect()),
        };
        Some(TogetherState {
            reached: together.reached,
            waiting: together.waiting.clone(),
            groups,
            sensors,
        })
    }

    pub(super) fn resume(&mut self, rule: u32, state: TogetherState) {
        let Some(together) = self.rules.get_mut(&rule) else {
            return;
        };
        together.reached = state.reached;
        let renamed = state.waiting.into_iter().map(|c| Change { rule, ..c });
        together.waiting = renamed.collect();
        match &mut together.kind {
            Kind::Joint(rule) => rule.resume(state.groups.into_iter().collect()),
            Kind::Near(rule) => rule.resume(state.sensors.into_iter().collect()),
        }
    }
}

impl Together {
    fn advance(&mut self, now: i64, out: &mut Vec<Finding>) {
        let until = now.saturating_sub(self.settle_ms);
        if until <= self.reached {
            return;
        }
        self.waiting
            .sort_by_key(|c| (c.at.max(self.reached), c.part, c.stream, c.on));
        let ready = self.waiting.partition_point(|c| c.at < until);
        for change in self.waiting.drain(..ready).collect::<Vec<_>>() {
            let at = change.at.max(self.reached);
            self.pass_until(at, out);
            match &mut self.kind {
                Kind::Joint(rule) => rule.take(&change, at, out),
                Kind::Near(rule) => rule.take(&change, at, out),
            }
        }
        self.pass_until(until, out);
        self.reached = until;
    }

    /// What time alone ends before `until`.
    fn pass_until(&mut self, until: i64, out: &mut Vec<Finding>) {
        loop {
            let wake = match &mut self.kind {
                Kind::Joint(rule) => rule.wake(),
                Kind::Near(rule) => rule.wake(),
            };
            let Some(wake) = wake.filter(|wake| *wake < until) else {
                return;
            };
            let at = wake.max(self.reached);
            match &mut self.kind {
                Kind::Joint(rule) => rule.pass(at, out),
                Kind::Near(rule) => rule.pass(at, out),
            }
        }
    }
}
