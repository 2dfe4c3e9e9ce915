//! How units check in, as figures.

use std::collections::BTreeMap;

use yiwang_base::{Timestamp, UnitCode, to_millis};

use super::{Attendance, Call};
use crate::figures::Whistled;

/// How one unit answered its calls. Rates are for whoever divides: of calls
/// that count (on time, late, overdue, absent), the part that was on time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckIns {
    /// Calls in all.
    pub called: u64,
    /// Came by the deadline (按时报到).
    pub on_time: u64,
    /// Came after it (逾期报到).
    pub late: u64,
    /// Has not come though the deadline has passed (逾期未到).
    pub overdue: u64,
    /// Never came before the whistle ended (未报到).
    pub absent: u64,
    /// Still has time.
    pub waiting: u64,
    /// Refused to come.
    pub refused: u64,
    /// The whistle ended before the deadline.
    pub released: u64,
    /// Milliseconds by which those that came late were late, together.
    pub late_millis: i64,
    /// Calls that the caller scored.
    pub scored: u64,
    /// Those scores, together.
    pub score_sum: u64,
}

impl CheckIns {
    /// How each called unit answered, as seen at `now`.
    pub fn by_unit(calls: &[Whistled], now: Timestamp) -> BTreeMap<UnitCode, CheckIns> {
        let mut counts: BTreeMap<UnitCode, CheckIns> = BTreeMap::new();
        for Whistled { call, ended_at, .. } in calls {
            let count = counts.entry(call.unit.clone()).or_default();
            count.add(call, *ended_at, now);
        }
        counts
    }

    /// Counts one more call, as seen at `now`; `ended_at` is when its whistle ended.
    pub fn add(&mut self, call: &Call, ended_at: Option<Timestamp>, now: Timestamp) {
        self.called += 1;
        let count = match call.attendance(ended_at, now) {
            Attendance::Waiting => &mut self.waiting,
            Attendance::OnTime => &mut self.on_time,
            Attendance::Late => &mut self.late,
            Attendance::Overdue => &mut self.overdue,
            Attendance::Absent => &mut self.absent,
            Attendance::Refused => &mut self.refused,
            Attendance::Released => &mut self.released,
        };
        *count += 1;
        if let Some(at) = call.checked_in_at {
            self.late_millis += (to_millis(at) - to_millis(call.check_in_by)).max(0);
        }
        if let Some(score) = call.score {
            self.scored += 1;
            self.score_sum += u64::from(score);
        }
    }

    /// Calls whose deadline has told: the divisor of the check-in rate (报到率).
    pub fn counted(&self) -> u64 {
        self.on_time + self.late + self.overdue + self.absent
    }
}
