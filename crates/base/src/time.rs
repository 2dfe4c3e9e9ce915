//! Times are UTC instants with millisecond precision.
//!
//! Milliseconds because the record stores times as whole numbers of them, and
//! an instant must be the same before and after it was stored.

use jiff::Timestamp;

/// Whole milliseconds since 1970-01-01T00:00:00Z.
pub fn to_millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The instant a number of milliseconds stands for; numbers outside the years
/// −9999 to 9999 are moved to that range's end.
pub fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// The same instant without what is finer than a millisecond.
pub fn truncate_millis(at: Timestamp) -> Timestamp {
    from_millis(to_millis(at))
}
