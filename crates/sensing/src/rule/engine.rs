//! All streams with all rules.

use std::sync::Arc;

use yiwang_base::RuleCode;

use super::shard::{Counts, Output, Shard};
use super::state::{self, Part, Resuming, Snapshot};
use super::{Finding, Joints, Plan, Stream};
use crate::detect::Outcome;
use crate::{Reading, StreamId};

/// From how many readings on a batch is worth the work of several threads.
const MANY: usize = 4_096;

/// Judges readings by rules (规则引擎).
///
/// What it finds depends only on the readings, in the order of each stream, and
/// not on how they were divided into batches or among shards; for rules on
/// silence, habit and several streams, on condition that [`Engine::advance`] is
/// told no time before all readings up to it, less their lateness, have come.
#[derive(Debug)]
pub struct Engine {
    plan: Arc<Plan>,
    shards: Vec<Shard>,
    joints: Joints,
}

impl Engine {
    /// An engine with so many shards, at least one; each can be fed by a thread.
    pub fn new<'a>(plan: Plan, streams: impl IntoIterator<Item = &'a Stream>, shards: u16) -> Self {
        let plan = Arc::new(plan);
        let of = u64::from(shards.max(1));
        let mut engine = Self {
            shards: (0..of)
                .map(|k| Shard::new(Arc::clone(&plan), k, of))
                .collect(),
            joints: Joints::new(&plan),
            plan,
        };
        for stream in streams {
            engine.add(stream);
        }
        engine
    }

    /// Begins to judge one more stream.
    pub fn add(&mut self, stream: &Stream) {
        for shard in &mut self.shards {
            shard.add(stream);
        }
        self.joints.add(&self.plan, stream);
    }

    /// Whether it judges a stream.
    pub fn knows(&self, stream: StreamId) -> bool {
        let of = self.shards.len() as u64;
        self.shards[(stream.0 % of) as usize]
            .find(stream.0)
            .is_some()
    }

    /// Judges a batch. Rules on several streams answer with the next
    /// [`Engine::advance`].
    pub fn feed(&mut self, readings: &[Reading]) -> Vec<Finding> {
        self.each_shard(readings.len(), |shard, out| shard.feed(readings, out))
    }

    /// Lets event time pass: every reading up to `now`, less its stream's
    /// lateness, has been fed. Finds silences, missing habits, and what
    /// several streams show together.
    pub fn advance(&mut self, now: i64) -> Vec<Finding> {
        let mut found = self.each_shard(usize::MAX, |shard, out| shard.advance(now, out));
        self.joints.advance(now, &mut found);
        found
    }

    /// Runs all shards, on threads of their own where that pays.
    fn each_shard(
        &mut self,
        work: usize,
        run: impl Fn(&mut Shard, &mut Output) + Sync,
    ) -> Vec<Finding> {
        let mut outputs: Vec<Output> = Vec::new();
        outputs.resize_with(self.shards.len(), Output::default);
        let apart = self.shards.len() > 1 && work >= MANY;
        let pairs = self.shards.iter_mut().zip(&mut outputs);
        if apart {
            std::thread::scope(|scope| {
                for (shard, out) in pairs {
                    scope.spawn(|| run(shard, out));
                }
            });
        } else {
            for (shard, out) in pairs {
                run(shard, out);
            }
        }
        let mut found = Vec::new();
        for output in outputs {
            found.extend(output.findings);
            self.joints.take(output.changes);
        }
        // Stable, so what one stream shows in one instant keeps its order.
        found.sort_by(|a, b| (a.at, &a.streams).cmp(&(b.at, &b.streams)));
        found
    }

    /// What was judged and what was not, since the start.
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        for shard in &self.shards {
            let c = shard.counts;
            sum.judged += c.judged;
            sum.late += c.late;
            sum.repeated += c.repeated;
            sum.hurried += c.hurried;
            sum.unknown += c.unknown;
            sum.impossible += c.impossible;
        }
        sum
    }

    /// How everything stands, to go on with after a restart or with other rules.
    pub fn snapshot(&self) -> Snapshot {
        self.parts().collect()
    }

    /// The same, part by part.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        state::parts(&self.plan, &self.shards, &self.joints, self.counts())
    }

    /// Goes on where another engine stopped: as far as rules and streams are
    /// still the same. What stood and is no longer judged is found to end.
    pub fn resume(&mut self, parts: impl IntoIterator<Item = Part>) -> Vec<Finding> {
        let mut resuming = Resuming::new(&self.plan, &mut self.shards, &mut self.joints);
        parts.into_iter().for_each(|part| resuming.put(part));
        resuming.finish()
    }

    /// Leaves out of every silence a time in which nobody listened: it grew by
    /// that long without meaning anything.
    pub fn leave_out(&mut self, millis: i64, now: i64) {
        for shard in &mut self.shards {
            shard.leave_out(millis, now);
        }
    }

    /// Lets the detector of a rule on a stream learn what became of its finding;
    /// says whether there is one.
    pub fn learn(&mut self, rule: &RuleCode, stream: StreamId, outcome: Outcome) -> bool {
        let mut all = self.shards.iter_mut();
        all.any(|shard| shard.learn(rule, stream, outcome))
    }

    /// The rules that it follows.
    pub fn rules(&self) -> impl Iterator<Item = &RuleCode> {
        self.plan.rules.iter().map(|(code, _)| code)
    }
}
