//! Rules made ready to be followed.

use std::collections::BTreeMap;
use std::sync::Arc;

use yiwang_base::{AreaCode, Colour, Refusal, RuleCode};

use super::grades::Grades;
use super::{Measure, Rule, Scope, Stream, When};

/// One condition of one rule.
#[derive(Debug)]
pub(super) struct Probe {
    /// The rule's place in the plan.
    pub(super) rule: u32,
    /// The condition's place in the rule.
    pub(super) part: u16,
    pub(super) measure: Measure,
    pub(super) grades: Grades,
    /// Whether it is the whole rule, so that its steps are findings.
    pub(super) alone: bool,
    pub(super) scope: Scope,
}

impl Probe {
    /// Judged by the time that passes, not only by readings.
    pub(super) fn is_timed(&self) -> bool {
        matches!(self.measure, Measure::Silence {} | Measure::Routine { .. })
    }
}

/// What all streams that the same conditions are for have in common.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// Places of conditions in the plan.
    pub(super) probes: Vec<u32>,
    pub(super) timed: bool,
}

/// Rules made ready (编译后的规则): what each stream is judged by, found once for
/// all streams of a class and not with each reading.
#[derive(Debug, Default)]
pub struct Plan {
    pub(super) rules: Vec<(RuleCode, Rule)>,
    pub(super) probes: Vec<Probe>,
    pub(super) offset_ms: i64,
}

impl Plan {
    /// Makes rules ready; `offset_minutes` is what the city's clocks are ahead
    /// of UTC, for habits by the hour and the weekday.
    ///
    /// # Errors
    /// What [`Rule::check`] refuses.
    pub fn new(rules: BTreeMap<RuleCode, Rule>, offset_minutes: i32) -> Result<Self, Refusal> {
        let mut probes = Vec::new();
        for (place, rule) in (0u32..).zip(rules.values()) {
            rule.check()?;
            for (part, condition) in (0u16..).zip(rule.when.conditions()) {
                probes.push(Probe {
                    rule: place,
                    part,
                    measure: condition.measure,
                    grades: Grades::new(condition),
                    alone: matches!(rule.when, When::One(_)),
                    scope: condition.streams.clone(),
                });
            }
        }
        Ok(Self {
            rules: rules.into_iter().collect(),
            probes,
            offset_ms: i64::from(offset_minutes) * 60_000,
        })
    }

    pub(super) fn code(&self, rule: u32) -> &RuleCode {
        &self.rules[rule as usize].0
    }

    /// The gravest colour that a rule can find.
    pub fn gravest(rule: &Rule) -> Option<Colour> {
        match &rule.when {
            When::One(condition) => condition.levels.last().map(|level| level.colour),
            When::Joint(joint) => Some(joint.colour),
            When::Near(near) => Some(near.colour),
        }
    }
}

/// Finds the class of each stream; what streams of one kind share is looked up once.
#[derive(Debug)]
pub(super) struct Classes {
    plan: Arc<Plan>,
    kinds: BTreeMap<(String, String, Vec<AreaCode>), Vec<u32>>,
    numbers: BTreeMap<Vec<u32>, u32>,
    pub(super) all: Vec<Class>,
}

impl Classes {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        Self {
            plan,
            kinds: BTreeMap::new(),
            numbers: BTreeMap::new(),
            all: Vec::new(),
        }
    }

    pub(super) fn of(&mut self, stream: &Stream) -> u32 {
        let kind = (
            stream.property.clone(),
            stream.unit.clone(),
            stream.areas.clone(),
        );
        let plan = &self.plan;
        let candidates = self.kinds.entry(kind).or_insert_with(|| {
            let all = (0u32..).zip(&plan.probes);
            all.filter(|(_, probe)| probe.scope.holds_kind(stream))
                .map(|(place, _)| place)
                .collect()
        });
        let probes: Vec<u32> = candidates
            .iter()
            .copied()
            .filter(|p| plan.probes[*p as usize].scope.holds_thing(stream.thing))
            .collect();
        if let Some(number) = self.numbers.get(&probes) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(Class {
            timed: probes.iter().any(|p| plan.probes[*p as usize].is_timed()),
            probes: probes.clone(),
        });
        self.numbers.insert(probes, number);
        number
    }
}
