//! Rules on several streams together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use yiwang_base::{AreaCode, Colour, RuleCode};

use super::finding::MAX_STREAMS;
use super::shard::Change;
use super::tree::{Standing, Tree};
use super::{Finding, Ground, Joint, Per, Stream};
use crate::StreamId;

/// Which streams are looked at together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Key {
    Thing(u64),
    Area(AreaCode),
    City,
}

impl Key {
    pub(super) fn of(per: Per, stream: &Stream) -> Option<Key> {
        match per {
            Per::Thing => Some(Key::Thing(stream.thing)),
            Per::Area => stream.areas.first().cloned().map(Key::Area),
            Per::City => Some(Key::City),
        }
    }
}

/// One group of streams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Group {
    standing: Standing,
    /// The conditions that hold, and on which streams.
    on: BTreeSet<(u16, StreamId)>,
    /// When it may cease to hold by time alone.
    wake: Option<i64>,
    /// What it was found on; empty while nothing is.
    pub(super) found: Vec<StreamId>,
}

/// A rule on several streams, with all its groups.
#[derive(Debug)]
pub(super) struct JointRule {
    code: RuleCode,
    colour: Colour,
    tree: Tree,
    members: BTreeMap<StreamId, Key>,
    pub(super) groups: BTreeMap<Key, Group>,
}

impl JointRule {
    pub(super) fn new(code: &RuleCode, joint: &Joint) -> Self {
        Self {
            code: code.clone(),
            colour: joint.colour,
            tree: Tree::new(&joint.of),
            members: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, per: Per, stream: &Stream) {
        if let Some(key) = Key::of(per, stream) {
            self.members.insert(stream.id, key);
        }
    }

    /// Goes on with the groups of before, as far as their streams still belong to them.
    pub(super) fn resume(&mut self, groups: BTreeMap<Key, Group>) {
        self.groups = groups;
        for (key, group) in &mut self.groups {
            group
                .on
                .retain(|(_, stream)| self.members.get(stream) == Some(key));
            group.wake = group.wake.or(Some(i64::MIN));
        }
    }

    pub(super) fn take(&mut self, change: &Change, at: i64, out: &mut Vec<Finding>) {
        let Some(key) = self.members.get(&change.stream) else {
            return;
        };
        let group = self.groups.entry(key.clone()).or_insert_with(|| Group {
            standing: self.tree.standing(),
            on: BTreeSet::new(),
            wake: None,
            found: Vec::new(),
        });
        let entry = (change.part, change.stream);
        if change.on {
            group.on.insert(entry);
        } else {
            group.on.remove(&entry);
        }
        judge(&self.code, self.colour, &self.tree, group, at, out);
    }

    /// The earliest time at which time alone may end something.
    pub(super) fn wake(&self) -> Option<i64> {
        self.groups.values().filter_map(|group| group.wake).min()
    }

    pub(super) fn pass(&mut self, at: i64, out: &mut Vec<Finding>) {
        for group in self.groups.values_mut() {
            if group.wake.is_some_and(|wake| wake <= at) {
                judge(&self.code, self.colour, &self.tree, group, at, out);
            }
        }
    }
}

fn judge(
    code: &RuleCode,
    colour: Colour,
    tree: &Tree,
    group: &mut Group,
    at: i64,
    out: &mut Vec<Finding>,
) {
    let on = &group.on;
    let leaf_holds = |leaf: u16| {
        let all = (leaf, StreamId(0))..=(leaf, StreamId(u64::MAX));
        on.range(all).next().is_some()
    };
    let (holds, wake) = tree.judge(&mut group.standing, leaf_holds, at);
    group.wake = wake;
    if holds != group.found.is_empty() {
        return;
    }
    let count = on.len() as u32;
    let finding = |streams, from, to| Finding {
        at,
        from,
        ground: Ground::Together { count },
        rule: code.clone(),
        streams,
        to,
    };
    if holds {
        let streams: BTreeSet<StreamId> = on.iter().map(|(_, stream)| *stream).collect();
        group.found = streams.into_iter().take(MAX_STREAMS).collect();
        out.push(finding(group.found.clone(), None, Some(colour)));
    } else {
        let streams = std::mem::take(&mut group.found);
        out.push(finding(streams, Some(colour), None));
    }
}
