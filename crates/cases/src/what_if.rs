//! Old cases under other limits: how many steps would have been late. Pure.
//!
//! A case's events say what each deadline was. Here the same steps, taken at
//! the same times, are measured against what other rules would have set. What
//! people would have done differently under them nobody knows.

use std::collections::BTreeMap;

use yiwang_base::{CategoryCode, LocalText, Span, Timestamp};

use crate::limits::DeskStep;
use crate::{Event, Happening, Rules};

/// A step that has a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// From coming in to accepted or declined (受理).
    Accept,
    /// From accepted, given back or opened again to dispatched (派单).
    Dispatch,
    /// From dispatched to the first contact with the resident (响应).
    Respond,
    /// From dispatched to reported back (办结反馈).
    Resolve,
    /// From reported back to verified (核查).
    Verify,
    /// From verified to closed (结案).
    Close,
}

impl Step {
    /// All of them, in the order of the road.
    pub const ALL: [Step; 6] = [
        Step::Accept,
        Step::Dispatch,
        Step::Respond,
        Step::Resolve,
        Step::Verify,
        Step::Close,
    ];

    /// The word of the interface, `accept`.
    pub fn word(self) -> &'static str {
        match self {
            Step::Accept => "accept",
            Step::Dispatch => "dispatch",
            Step::Respond => "respond",
            Step::Resolve => "resolve",
            Step::Verify => "verify",
            Step::Close => "close",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            Step::Accept => ("受理", "accept"),
            Step::Dispatch => ("派单", "dispatch"),
            Step::Respond => ("响应", "respond"),
            Step::Resolve => ("办结", "resolve"),
            Step::Verify => ("核查", "verify"),
            Step::Close => ("结案", "close"),
        };
        LocalText::new(zh, en)
    }
}

/// How many steps were taken, and how many of them late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Steps taken, or late and not taken yet.
    pub taken: u64,
    /// Late by the deadlines that were set.
    pub late: u64,
    /// Late by those that the other limits would have set.
    pub late_then: u64,
}

/// What many cases add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// Cases looked at.
    pub cases: u64,
    /// By step.
    pub steps: BTreeMap<Step, Tally>,
    /// The step [`Step::Resolve`] by category.
    pub categories: BTreeMap<CategoryCode, Tally>,
}

/// A deadline that runs.
#[derive(Clone, Copy)]
struct Running {
    set: Option<Timestamp>,
    other: Option<Timestamp>,
    limit: Span,
    /// What was left of the other deadline when the clock stopped.
    left: Option<Span>,
}

/// One case's way through its steps.
struct Walk<'a> {
    rules: &'a Rules,
    category: Option<CategoryCode>,
    running: BTreeMap<Step, Running>,
    paused_until: Option<Timestamp>,
}

impl WhatIf {
    /// Adds a case: its events, the other rules, and the time up to which steps
    /// that were never taken are judged.
    pub fn add(&mut self, events: &[Happening], rules: &Rules, now: Timestamp) {
        self.cases += 1;
        let mut walk = Walk {
            rules,
            category: None,
            running: BTreeMap::new(),
            paused_until: None,
        };
        for happening in events {
            for step in walk.ended(&happening.event) {
                if let Some(running) = walk.running.remove(&step) {
                    self.count(step, running, happening.at, &walk);
                }
            }
            walk.go(happening);
        }
        for (step, running) in std::mem::take(&mut walk.running) {
            let late = |by: Option<Timestamp>| by.is_some_and(|by| by < now);
            if walk.paused_until.is_none() && (late(running.set) || late(running.other)) {
                self.count(step, running, now, &walk);
            }
        }
    }

    fn count(&mut self, step: Step, running: Running, at: Timestamp, walk: &Walk<'_>) {
        let late = |by: Option<Timestamp>| u64::from(by.is_some_and(|by| by < at));
        let add = |tally: &mut Tally| {
            tally.taken += 1;
            tally.late += late(running.set);
            tally.late_then += late(running.other);
        };
        add(self.steps.entry(step).or_default());
        if let (Step::Resolve, Some(category)) = (step, &walk.category) {
            add(self.categories.entry(category.clone()).or_default());
        }
    }
}

impl Walk<'_> {
    /// Which steps an event is the end of; those that came to nothing are
    /// dropped instead.
    fn ended(&mut self, event: &Event) -> Vec<Step> {
        let dropped: &[Step] = match event {
            Event::Returned(_) | Event::Redirected(_) | Event::Recalled(_) => {
                &[Step::Respond, Step::Resolve]
            }
            Event::Withdrawn {} => &Step::ALL,
            // For a logged reason, at any stage: nothing was due any more.
            Event::Closed { unverified: true } => &Step::ALL,
            _ => &[],
        };
        for step in dropped {
            self.running.remove(step);
        }
        match event {
            Event::Accepted { .. } | Event::Declined { .. } => vec![Step::Accept],
            Event::Dispatched { .. } => vec![Step::Dispatch],
            Event::Started {} => vec![Step::Respond],
            Event::ReportedBack { .. } => vec![Step::Respond, Step::Resolve],
            Event::Verified { .. } => vec![Step::Verify],
            Event::Closed { unverified: false } => vec![Step::Close],
            _ => Vec::new(),
        }
    }

    fn go(&mut self, happening: &Happening) {
        let at = happening.at;
        match &happening.event {
            Event::Submitted {
                accept_by,
                category,
                ..
            } => {
                self.category.clone_from(category);
                self.desk(at, Step::Accept, DeskStep::Accept, *accept_by);
            }
            Event::Accepted {
                category,
                dispatch_by,
                ..
            } => {
                self.category = Some(category.clone());
                self.desk(at, Step::Dispatch, DeskStep::Dispatch, *dispatch_by);
            }
            Event::Reopened { dispatch_by } => {
                self.desk(at, Step::Dispatch, DeskStep::Dispatch, *dispatch_by);
            }
            Event::Returned(returned) => {
                self.desk(at, Step::Dispatch, DeskStep::Dispatch, returned.dispatch_by);
            }
            Event::Recalled(recalled) => {
                self.desk(at, Step::Dispatch, DeskStep::Dispatch, recalled.dispatch_by);
            }
            Event::Dispatched {
                respond_by,
                resolve_by,
                ..
            } => {
                let category = self.category.as_ref();
                let known = category.and_then(|code| self.rules.categories.get(code));
                if let Some(limits) = known.map(|category| self.rules.handling(category)) {
                    self.run(at, Step::Respond, limits.respond, *respond_by);
                    self.run(at, Step::Resolve, limits.resolve, *resolve_by);
                }
            }
            Event::ReportedBack { verify_by, .. } => {
                self.desk(at, Step::Verify, DeskStep::Verify, *verify_by);
            }
            Event::Verified { by, pass: true } => {
                self.desk(at, Step::Close, DeskStep::Close, *by);
            }
            Event::Shelved(shelved) => self.stop(at, shelved.review_by),
            Event::ResidentAsked(asked) => self.stop(at, asked.answer_by),
            Event::ResidentAnswered(resumed) | Event::Resumed(resumed) => {
                self.resume(at);
                self.set(Step::Respond, resumed.respond_by);
                self.set(Step::Resolve, resumed.resolve_by);
            }
            Event::Extended(extended) => {
                self.set(Step::Resolve, Some(extended.resolve_by));
                let calendar = &self.rules.calendar;
                if let Some(running) = self.running.get_mut(&Step::Resolve) {
                    let more = calendar.between(extended.from, extended.resolve_by, running.limit);
                    let later = |by| {
                        let due = more.and_then(|more| calendar.due_or_provisional(by, more));
                        due.ok().map(|due| due.at)
                    };
                    running.other = running.other.and_then(later);
                }
            }
            _ => {}
        }
    }

    fn desk(&mut self, at: Timestamp, step: Step, limit: DeskStep, set: Timestamp) {
        let limit = self.rules.desk_limit(self.category.as_ref(), limit);
        self.run(at, step, limit, Some(set));
    }

    fn run(&mut self, at: Timestamp, step: Step, limit: Span, set: Option<Timestamp>) {
        let other = self.due(at, limit);
        self.running.insert(
            step,
            Running {
                set,
                other,
                limit,
                left: None,
            },
        );
    }

    /// By the plain week in years that the calendar lacks.
    fn due(&self, from: Timestamp, limit: Span) -> Option<Timestamp> {
        let due = self.rules.calendar.due_or_provisional(from, limit);
        due.ok().map(|due| due.at)
    }

    fn set(&mut self, step: Step, by: Option<Timestamp>) {
        if let Some(running) = self.running.get_mut(&step) {
            running.set = by;
        }
    }

    fn stop(&mut self, at: Timestamp, until: Timestamp) {
        self.paused_until = Some(until);
        for running in self.running.values_mut() {
            let other = running.other.filter(|other| *other > at);
            running.left = other.and_then(|other| {
                let left = self.rules.calendar.between(at, other, running.limit);
                left.ok()
            });
        }
    }

    fn resume(&mut self, at: Timestamp) {
        let from = self.paused_until.take().map_or(at, |until| at.min(until));
        let calendar = &self.rules.calendar;
        for running in self.running.values_mut() {
            if let Some(left) = running.left.take() {
                let again = calendar.due_or_provisional(from, left);
                let again = again.ok().map(|due| due.at);
                running.other = running.other.max(again);
            }
        }
    }
}
