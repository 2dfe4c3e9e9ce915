//! What measures remember of a stream, and what they make of a reading.

use serde::{Deserialize, Serialize};

use super::grades::Ladder;
use super::plan::Probe;
use super::routine::Routine;
use super::shard::{Head, Output};
use super::window::{Rest, Slope, Window};
use super::{Measure, Plan};
use crate::detect::{Detector, Profile};

/// What a measure remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Memory {
    Slope(Option<Slope>),
    Rest(Option<Rest>),
    Window(Box<Window>),
    Routine(Option<Box<Routine>>),
    Detector(Box<Detector>),
}

impl Memory {
    /// Whether a measure remembers anything.
    pub(super) fn is_kept(measure: &Measure) -> bool {
        !matches!(measure, Measure::Value {} | Measure::Silence {})
    }

    /// What a measure begins with; most need nothing.
    pub(super) fn of(measure: &Measure) -> Option<Memory> {
        match measure {
            Measure::Value {} | Measure::Silence {} => None,
            Measure::Rate { .. } => Some(Memory::Slope(None)),
            Measure::Stuck { .. } => Some(Memory::Rest(None)),
            Measure::Sum { .. } | Measure::Mean { .. } => {
                Some(Memory::Window(Box::new(Window::new())))
            }
            Measure::Routine { .. } => Some(Memory::Routine(None)),
            Measure::Score {} => {
                let detector = Detector::new(Profile::Standard);
                Some(Memory::Detector(Box::new(detector)))
            }
        }
    }
}

/// When a silence reaches the next level.
pub(super) fn deadline(probe: &Probe, ladder: &Ladder, quiet_since: i64) -> Option<i64> {
    let seconds = probe.grades.at(ladder.level)?;
    Some(quiet_since.saturating_add((seconds * 1_000.0) as i64))
}

/// The levels that a silence reached before `until`, each when it did.
pub(super) fn climb(
    plan: &Plan,
    probe: &Probe,
    ladder: &mut Ladder,
    head: &Head,
    until: i64,
    out: &mut Output,
) {
    if head.quiet_since == i64::MIN {
        return;
    }
    while let Some(at) = deadline(probe, ladder, head.quiet_since).filter(|at| *at < until) {
        if let Some(step) = ladder.go(ladder.level + 1) {
            let seconds = (at - head.quiet_since) as f64 / 1_000.0;
            out.step(plan, probe, head.id, at, step, seconds);
        }
    }
}

/// The half hours that ended before `until`, each in its turn.
#[expect(
    clippy::too_many_arguments,
    reason = "parts of one stream, borrowed apart"
)]
pub(super) fn pass_slots(
    plan: &Plan,
    probe: &Probe,
    learn_days: u16,
    routine: &mut Routine,
    ladder: &mut Ladder,
    stream: u64,
    until: i64,
    out: &mut Output,
) {
    routine.skip_to(until, plan.offset_ms);
    while routine.next_end(plan.offset_ms) < until {
        let (ended, quiet) = routine.end_slot(learn_days, plan.offset_ms);
        if let Some(quiet) = quiet
            && let Some(step) = ladder.measure(&probe.grades, f64::from(quiet), ended)
        {
            out.step(plan, probe, stream, ended, step, f64::from(quiet));
        }
    }
}

/// What a measure with a memory makes of a reading.
#[inline]
#[expect(
    clippy::too_many_arguments,
    reason = "parts of one stream, borrowed apart"
)]
pub(super) fn remember(
    plan: &Plan,
    probe: &Probe,
    measure: &Measure,
    memory: &mut Memory,
    ladder: &mut Ladder,
    head: &Head,
    (at, value): (i64, f64),
    out: &mut Output,
) -> Option<f64> {
    match (measure, memory) {
        (
            Measure::Rate {
                over_seconds,
                per_seconds,
            },
            Memory::Slope(slope),
        ) => {
            let slope = slope.get_or_insert_with(|| Slope::begin(at, value));
            let over_ms = i64::from(*over_seconds) * 1_000;
            let per_ms = f64::from(*per_seconds) * 1_000.0;
            slope.take(at, value, over_ms).map(|rate| rate * per_ms)
        }
        (Measure::Stuck { tolerance }, Memory::Rest(rest)) => {
            let rest = rest.get_or_insert(Rest { value, since: at });
            if (value - rest.value).abs() > *tolerance {
                *rest = Rest { value, since: at };
            }
            Some((at - rest.since) as f64 / 1_000.0)
        }
        (Measure::Score {}, Memory::Detector(detector)) => {
            let judgement = detector.observe(at, value);
            Some(if ladder.level == 0 {
                judgement.score
            } else {
                judgement.surprise
            })
        }
        (Measure::Sum { over_seconds }, Memory::Window(window)) => {
            let (sum, _) = window.take(at, value, i64::from(*over_seconds) * 1_000);
            Some(sum)
        }
        (Measure::Mean { over_seconds }, Memory::Window(window)) => {
            let (sum, count) = window.take(at, value, i64::from(*over_seconds) * 1_000);
            Some(sum / f64::from(count.max(1)))
        }
        (
            Measure::Routine {
                active_above,
                learn_days,
            },
            Memory::Routine(routine),
        ) => {
            let routine =
                routine.get_or_insert_with(|| Box::new(Routine::begin(at, plan.offset_ms)));
            // A sign at the very end of a half hour belongs to the next.
            pass_slots(
                plan,
                probe,
                *learn_days,
                routine,
                ladder,
                head.id,
                at + 1,
                out,
            );
            if value > *active_above {
                routine.sign();
                Some(0.0)
            } else {
                None
            }
        }
        _ => None,
    }
}
