//! When a call that failed is tried again. Pure.

use std::time::Duration;

use jiff::ToSpan as _;
use yiwang_base::Timestamp;

/// Longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(6 * 3600);

/// How often and how soon a call is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// Tries in all before it is a dead letter.
    pub most: u32,
    /// The first pause; each one after that is twice as long, six hours at most.
    pub pause: Duration,
}

impl Tries {
    /// When to try again after so many failures; `None` when it is given up.
    pub fn next(self, failures: u32, now: Timestamp) -> Option<Timestamp> {
        (failures < self.most).then(|| self.after(failures, now))
    }

    /// When somebody who was not there is called again: that is never given up.
    pub fn after(self, failures: u32, now: Timestamp) -> Timestamp {
        let doubled = 1_u32
            .checked_shl(failures.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let pause = self.pause.saturating_mul(doubled).min(LONGEST);
        let millis = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        now.checked_add(millis.milliseconds())
            .unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pauses_double_and_then_it_is_given_up() {
        let tries = Tries {
            most: 4,
            pause: Duration::from_secs(10),
        };
        let now: Timestamp = "2026-01-31T08:00:00Z".parse().unwrap();
        let pauses: Vec<Option<i64>> = (1..=5)
            .map(|failures| {
                tries
                    .next(failures, now)
                    .map(|at| at.duration_since(now).as_secs())
            })
            .collect();
        assert_eq!(pauses, [Some(10), Some(20), Some(40), None, None]);
        assert_eq!(tries.after(5, now).duration_since(now).as_secs(), 160);
    }

    proptest! {
        #[test]
        fn a_pause_never_shrinks_and_has_a_bound(failures in 1..u32::MAX, seconds in 0..1_000_000_u64) {
            let tries = Tries { most: u32::MAX, pause: Duration::from_secs(seconds) };
            let now = Timestamp::UNIX_EPOCH;
            let (this, next) = (tries.after(failures, now), tries.after(failures.saturating_add(1), now));
            prop_assert!(now <= this && this <= next);
            prop_assert!(next.duration_since(now).as_secs() <= LONGEST.as_secs() as i64);
        }
    }
}
