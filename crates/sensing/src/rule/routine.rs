//! A person's own habit, and when it is missing.

use serde::{Deserialize, Serialize};

const DAY_MS: i64 = 86_400_000;
/// Half hours of a day.
const SLOTS: i64 = 48;
const SLOT_MS: i64 = DAY_MS / SLOTS;
/// Days that a habit remembers: what is older fades.
const MEMORY_DAYS: f32 = 28.0;
/// No half hour is certain, however regular a life.
const MOST: f32 = 0.95;
/// Half hours that are looked at one by one after a long quiet; a week.
const MOST_SLOTS: i64 = 7 * SLOTS;

/// The habit (作息) of a stream: in which half hours of a day there is a sign of
/// life, learned apart for weekdays and weekends.
///
/// For each half hour, `p` is the share of days with a sign of life in it, a mean
/// that forgets with a memory of twenty-eight days. A day without any sign
/// teaches nothing: somebody is away, or what the rule is there to find has
/// happened. How unlikely a quiet stretch is, is `−Σ log10(1 − p)` over its
/// whole half hours, as if they were independent: 2 says that one such stretch
/// in a hundred is as quiet. Nights weigh nothing where nobody is up, so no hours
/// need to be set, and no two people are alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Routine {
    /// Shares of weekdays, then of weekends.
    habit: [Vec<f32>; 2],
    /// Days learned of each.
    days: [u16; 2],
    /// The half hour that is going on, counted from 1970 in local time.
    slot: i64,
    /// Half hours of the day that had a sign, a bit each.
    today: u64,
    /// How unlikely the quiet so far is.
    pub(super) quiet: f32,
}

impl Routine {
    pub(super) fn begin(at: i64, offset_ms: i64) -> Self {
        let none = || vec![0.0; SLOTS as usize];
        Self {
            habit: [none(), none()],
            days: [0, 0],
            slot: (at + offset_ms).div_euclid(SLOT_MS),
            today: 0,
            quiet: 0.0,
        }
    }

    /// When the half hour that is going on ends, event time.
    pub(super) fn next_end(&self, offset_ms: i64) -> i64 {
        (self.slot + 1) * SLOT_MS - offset_ms
    }

    /// Ends the half hour that is going on, and tells when it ended and how
    /// unlikely the quiet is by then; none while there is too little to judge by.
    pub(super) fn end_slot(&mut self, learn_days: u16, offset_ms: i64) -> (i64, Option<f32>) {
        let ended = self.next_end(offset_ms);
        let kind = kind(self.slot);
        let place = self.slot.rem_euclid(SLOTS) as usize;
        let learned = self.days[0] + self.days[1] >= learn_days && self.days[kind] >= 2;
        if self.today & (1 << place) == 0 && learned {
            let p = self.habit[kind]
                .get(place)
                .copied()
                .unwrap_or(0.0)
                .min(MOST);
            self.quiet -= (1.0 - p).log10();
        }
        if place as i64 == SLOTS - 1 {
            self.learn_day(kind);
        }
        self.slot += 1;
        (ended, learned.then_some(self.quiet))
    }

    /// Leaves out half hours so long ago that only the last week of them counts.
    pub(super) fn skip_to(&mut self, at: i64, offset_ms: i64) {
        let now = (at + offset_ms).div_euclid(SLOT_MS);
        let behind = now - self.slot - MOST_SLOTS;
        if behind > 0 {
            let kind = kind(self.slot);
            self.learn_day(kind);
            self.slot += behind;
        }
    }

    /// A sign of life in the half hour that is going on.
    pub(super) fn sign(&mut self) {
        self.today |= 1 << self.slot.rem_euclid(SLOTS);
        self.quiet = 0.0;
    }

    fn learn_day(&mut self, kind: usize) {
        let signs = std::mem::take(&mut self.today);
        if signs == 0 {
            return;
        }
        self.days[kind] = self.days[kind].saturating_add(1);
        let weight = 1.0 / f32::from(self.days[kind]).min(MEMORY_DAYS);
        for (place, share) in self.habit[kind].iter_mut().enumerate() {
            let sign = if signs & (1 << place) == 0 { 0.0 } else { 1.0 };
            *share += (sign - *share) * weight;
        }
    }
}

/// 0 on weekdays, 1 on weekends. The first of January 1970 was a Thursday.
fn kind(slot: i64) -> usize {
    let weekday = (slot.div_euclid(SLOTS) + 3).rem_euclid(7);
    usize::from(weekday >= 5)
}
