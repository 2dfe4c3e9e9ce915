//! Times as figures keep them.

use std::num::NonZeroU32;

use yiwang_base::{Timestamp, from_millis, to_millis};

/// A whole second, counted from 1970-01-01T00:00:00Z; four bytes, also when
/// there is none. Earlier times count as the first second, times after
/// February 2106 as the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(NonZeroU32);

impl Moment {
    /// The second that a time lies in.
    pub fn of(at: Timestamp) -> Moment {
        let seconds = to_millis(at).div_euclid(1000).clamp(1, u32::MAX.into());
        Moment(NonZeroU32::new(seconds as u32).unwrap_or(NonZeroU32::MIN))
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> u32 {
        self.0.get()
    }

    /// From seconds since 1970; `None` for zero.
    pub fn from_seconds(seconds: u32) -> Option<Moment> {
        NonZeroU32::new(seconds).map(Moment)
    }

    /// The beginning of the second.
    pub fn time(self) -> Timestamp {
        from_millis(i64::from(self.0.get()) * 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_second_that_a_time_lies_in() {
        let moment = |text: &str| Moment::of(text.parse().unwrap());
        assert_eq!(moment("2026-01-01T00:00:00.999Z").seconds(), 1_767_225_600);
        assert_eq!(
            moment("2026-01-01T00:00:00.999Z").time().to_string(),
            "2026-01-01T00:00:00Z"
        );
        assert_eq!(moment("1969-12-31T23:59:59Z").seconds(), 1);
        assert_eq!(moment("2500-01-01T00:00:00Z").seconds(), u32::MAX);
        assert_eq!(size_of::<Option<Moment>>(), 4);
    }
}
