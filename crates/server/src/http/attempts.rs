//! Failed sign-ins: after some, a name is refused for a while from there.
//!
//! Counted by name and address together, so that nobody can lock a colleague
//! out from another machine. Kept in memory only: it slows guessing down, and
//! is no record.

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;

use quick_cache::unsync::Cache;
use yiwang_base::Timestamp;

/// Failures after which there is a pause.
const MOST: u32 = 10;
/// How long failures count.
const PAUSE: Duration = Duration::from_secs(300);
/// Names and addresses remembered; beyond that the least used are forgotten.
const REMEMBERED: usize = 10_000;

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    first: Timestamp,
}

/// Who has lately been failing to sign in.
pub(super) struct Attempts(Mutex<Cache<(String, IpAddr), Failures>>);

impl Attempts {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Cache::new(REMEMBERED)))
    }

    /// For how long this name is refused from there; `None` when it may try.
    pub(super) fn pause(&self, name: &str, from: IpAddr, now: Timestamp) -> Option<Duration> {
        let cache = self.0.lock().ok()?;
        let failures = cache.get(&key(name, from))?;
        let left = left(failures, now)?;
        (failures.count >= MOST).then_some(left)
    }

    /// Counts a failure.
    pub(super) fn failed(&self, name: &str, from: IpAddr, now: Timestamp) {
        let Ok(mut cache) = self.0.lock() else { return };
        let key = key(name, from);
        let before = cache.get(&key).filter(|f| left(f, now).is_some()).copied();
        let failures = match before {
            Some(Failures { count, first }) => Failures {
                count: count.saturating_add(1),
                first,
            },
            None => Failures {
                count: 1,
                first: now,
            },
        };
        cache.insert(key, failures);
    }

    /// Forgets the failures of someone who signed in after all.
    pub(super) fn succeeded(&self, name: &str, from: IpAddr) {
        if let Ok(mut cache) = self.0.lock() {
            cache.remove(&key(name, from));
        }
    }
}

fn key(name: &str, from: IpAddr) -> (String, IpAddr) {
    // Names are at most 64 characters; what is longer is no name and takes no room.
    (name.chars().take(64).collect(), from)
}

fn left(failures: &Failures, now: Timestamp) -> Option<Duration> {
    let passed = now.duration_since(failures.first);
    let passed = Duration::try_from(passed).unwrap_or_default();
    PAUSE.checked_sub(passed).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use yiwang_base::from_millis;

    #[test]
    fn a_name_is_refused_after_ten_failures_and_only_from_there_and_for_a_while() {
        let attempts = Attempts::new();
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let at = |second: i64| from_millis(second * 1000);
        for second in 0..10 {
            assert_eq!(attempts.pause("li.na", here, at(second)), None);
            attempts.failed("li.na", here, at(second));
        }
        assert_eq!(
            attempts.pause("li.na", here, at(10)),
            Some(Duration::from_secs(290))
        );
        assert_eq!(attempts.pause("li.na", there, at(10)), None);
        assert_eq!(attempts.pause("wang.wei", here, at(10)), None);
        assert_eq!(attempts.pause("li.na", here, at(300)), None);
        attempts.failed("li.na", here, at(300));
        assert_eq!(attempts.pause("li.na", here, at(301)), None);
    }

    #[test]
    fn signing_in_forgets_the_failures() {
        let attempts = Attempts::new();
        let here = IpAddr::from([10, 0, 0, 1]);
        for _ in 0..10 {
            attempts.failed("li.na", here, from_millis(0));
        }
        attempts.succeeded("li.na", here);
        assert_eq!(attempts.pause("li.na", here, from_millis(1)), None);
    }
}
