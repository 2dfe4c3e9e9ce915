//! Several sensors near each other.

use std::collections::BTreeMap;

use rstar::RTree;
use rstar::primitives::GeomWithData;
use serde::{Deserialize, Serialize};
use yiwang_base::{Colour, Point, RuleCode};

use super::finding::MAX_STREAMS;
use super::shard::Change;
use super::{Finding, Ground, Near};
use crate::StreamId;

/// Mean radius of the earth, metres (IUGG).
const EARTH: f64 = 6_371_008.8;

/// How one sensor stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sensor {
    on: bool,
    last: Option<i64>,
    /// What was found with it in the middle; empty while nothing is.
    pub(super) found: Vec<StreamId>,
}

/// A rule on sensors near each other.
#[derive(Debug)]
pub(super) struct NearRule {
    code: RuleCode,
    colour: Colour,
    count: usize,
    within_ms: i64,
    metres: f64,
    points: BTreeMap<StreamId, Point>,
    /// Those near each, itself among them, in order of their numbers.
    around: BTreeMap<StreamId, Vec<StreamId>>,
    stale: bool,
    /// Up to when time has passed.
    judged: i64,
    pub(super) sensors: BTreeMap<StreamId, Sensor>,
}

impl NearRule {
    pub(super) fn new(code: &RuleCode, near: &Near) -> Self {
        Self {
            code: code.clone(),
            colour: near.colour,
            count: usize::from(near.count),
            within_ms: i64::from(near.within_seconds) * 1_000,
            metres: near.within_metres,
            points: BTreeMap::new(),
            around: BTreeMap::new(),
            stale: false,
            judged: i64::MIN,
            sensors: BTreeMap::new(),
        }
    }

    /// A sensor whose place is not known is near nothing.
    pub(super) fn add(&mut self, stream: StreamId, point: Option<Point>) {
        if let Some(point) = point {
            self.points.insert(stream, point);
            self.stale = true;
        }
    }

    pub(super) fn resume(&mut self, sensors: BTreeMap<StreamId, Sensor>) {
        self.sensors = sensors;
        let points = &self.points;
        self.sensors.retain(|stream, _| points.contains_key(stream));
    }

    /// Finds who is near whom: on a plane that touches the earth in their midst,
    /// exact enough for neighbourhoods in one city.
    fn settle_places(&mut self) {
        if !self.stale {
            return;
        }
        self.stale = false;
        let count = self.points.len().max(1) as f64;
        let middle: f64 = self.points.values().map(|p| p.lat()).sum::<f64>() / count;
        let east = EARTH.to_radians() * middle.to_radians().cos();
        let plane = |p: &Point| [p.lon() * east, p.lat() * EARTH.to_radians()];
        let on_plane = self
            .points
            .iter()
            .map(|(stream, point)| GeomWithData::new(plane(point), *stream));
        let tree = RTree::bulk_load(on_plane.collect());
        let square = self.metres * self.metres;
        let near = |point: &Point| {
            let found = tree.locate_within_distance(plane(point), square);
            let mut near: Vec<StreamId> = found.map(|other| other.data).collect();
            near.sort_unstable();
            near
        };
        self.around = self.points.iter().map(|(s, p)| (*s, near(p))).collect();
    }

    pub(super) fn take(&mut self, change: &Change, at: i64, out: &mut Vec<Finding>) {
        self.settle_places();
        if !self.points.contains_key(&change.stream) {
            return;
        }
        let sensor = self.sensors.entry(change.stream).or_default();
        sensor.on = change.on;
        sensor.last = Some(at);
        self.judge(change.stream, at, out);
    }

    /// The earliest time at which time alone may end something.
    pub(super) fn wake(&mut self) -> Option<i64> {
        self.settle_places();
        let standing = self.sensors.iter().filter(|(_, s)| !s.found.is_empty());
        standing
            .flat_map(|(stream, _)| self.around.get(stream).into_iter().flatten())
            .filter_map(|other| self.sensors.get(other))
            .filter(|sensor| !sensor.on)
            .filter_map(|sensor| sensor.last?.checked_add(self.within_ms))
            .filter(|at| *at > self.judged)
            .min()
    }

    pub(super) fn pass(&mut self, at: i64, out: &mut Vec<Finding>) {
        self.settle_places();
        self.judged = at;
        let standing = self.sensors.iter().filter(|(_, s)| !s.found.is_empty());
        let middles: Vec<StreamId> = standing.map(|(stream, _)| *stream).collect();
        for middle in middles {
            self.judge(middle, at, out);
        }
        // What ended long ago and has nothing to do with anything is let go.
        let within = self.within_ms;
        self.sensors.retain(|_, sensor| {
            sensor.on || !sensor.found.is_empty() || sensor.last.is_some_and(|l| at - l < within)
        });
    }

    fn is_recent(&self, stream: StreamId, at: i64) -> bool {
        self.sensors.get(&stream).is_some_and(|sensor| {
            sensor.on || sensor.last.is_some_and(|last| at - last < self.within_ms)
        })
    }

    fn recent_around(&self, middle: StreamId, at: i64) -> Vec<StreamId> {
        let around = self.around.get(&middle).into_iter().flatten().copied();
        around.filter(|other| self.is_recent(*other, at)).collect()
    }

    /// Ends what no longer holds around a sensor, then begins what does where
    /// nothing near stands already.
    fn judge(&mut self, changed: StreamId, at: i64, out: &mut Vec<Finding>) {
        let around = self.around.get(&changed).cloned().unwrap_or_default();
        let mut affected = around.clone();
        for middle in &around {
            let stands = self
                .sensors
                .get(middle)
                .is_some_and(|s| !s.found.is_empty());
            if !stands {
                continue;
            }
            let count = self.recent_around(*middle, at).len();
            if count >= self.count {
                continue;
            }
            if let Some(sensor) = self.sensors.get_mut(middle) {
                let streams = std::mem::take(&mut sensor.found);
                let colour = (Some(self.colour), None);
                out.push(self.finding(at, streams, colour, count));
            }
            affected.extend(self.around.get(middle).into_iter().flatten());
        }
        affected.sort_unstable();
        affected.dedup();
        for middle in affected {
            if !self.is_recent(middle, at) || self.stands_near(middle) {
                continue;
            }
            let recent = self.recent_around(middle, at);
            if recent.len() < self.count {
                continue;
            }
            let others = recent.iter().copied().filter(|other| *other != middle);
            let streams: Vec<StreamId> = std::iter::once(middle)
                .chain(others)
                .take(MAX_STREAMS)
                .collect();
            out.push(self.finding(at, streams.clone(), (None, Some(self.colour)), recent.len()));
            self.sensors.entry(middle).or_default().found = streams;
        }
    }

    fn stands_near(&self, middle: StreamId) -> bool {
        let mut around = self.around.get(&middle).into_iter().flatten();
        around.any(|other| self.sensors.get(other).is_some_and(|s| !s.found.is_empty()))
    }

    fn finding(
        &self,
        at: i64,
        streams: Vec<StreamId>,
        (from, to): (Option<Colour>, Option<Colour>),
        count: usize,
    ) -> Finding {
        Finding {
            at,
            from,
            ground: Ground::Together {
                count: count as u32,
            },
            rule: self.code.clone(),
            streams,
            to,
        }
    }
}
