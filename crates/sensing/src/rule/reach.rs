//! How far back a rule looks.

use super::{Condition, Expr, Measure, Rule, When};

/// Taken for a measure that looks at the reading before, however far back that was, or
/// that learned from all of them: only what lies this near counts, seconds.
const NEAR_SECONDS: u64 = 3_600;

impl Rule {
    /// Whether it measures a stream by what it has learned of it.
    pub fn learns(&self) -> bool {
        let conditions = self.when.conditions();
        let mut measures = conditions.iter().map(|condition| condition.measure);
        measures.any(|measure| matches!(measure, Measure::Routine { .. } | Measure::Score {}))
    }

    /// How long before a finding the readings that it rests on may lie, seconds: what is
    /// held, summed and waited for, one after the other. What a detector or a habit
    /// learned lies further back and is not counted.
    pub fn looks_back_seconds(&self) -> u64 {
        match &self.when {
            When::One(condition) => of_condition(condition),
            When::Near(near) => {
                of_condition(&near.of)
                    + u64::from(near.within_seconds)
                    + u64::from(near.settle_seconds)
            }
            When::Joint(joint) => of_expr(&joint.of) + u64::from(joint.settle_seconds),
        }
    }
}

fn of_expr(expr: &Expr) -> u64 {
    let longest = |of: &[Expr]| of.iter().map(of_expr).max().unwrap_or(0);
    match expr {
        Expr::Is(condition) => of_condition(condition),
        Expr::Any { of } => longest(of),
        Expr::All { of, within_seconds } | Expr::Sequence { of, within_seconds } => {
            longest(of) + u64::from(*within_seconds)
        }
    }
}

fn of_condition(condition: &Condition) -> u64 {
    let level = condition
        .levels
        .iter()
        .map(|level| level.at)
        .fold(0.0, f64::max);
    let measured = match condition.measure {
        Measure::Value {} => 0,
        Measure::Rate {
            over_seconds: 0, ..
        }
        | Measure::Routine { .. }
        | Measure::Score {} => NEAR_SECONDS,
        // Against a reading less than about twice that back.
        Measure::Rate { over_seconds, .. } => 2 * u64::from(over_seconds),
        // One step of twenty-four too long at most.
        Measure::Sum { over_seconds } | Measure::Mean { over_seconds } => {
            u64::from(over_seconds) + u64::from(over_seconds).div_ceil(24)
        }
        // The level is so long a time.
        Measure::Silence {} | Measure::Stuck { .. } => level.max(0.0) as u64,
    };
    measured + u64::from(condition.held_seconds)
}
