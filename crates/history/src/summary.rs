//! Summaries of readings over a time: what roll-ups hold and aggregates answer.

use yiwang_sensing::Reading;

/// Readings of one stream in one bucket of time. Two summaries of different
/// readings add up to the summary of both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// How many readings with a number.
    pub count: u64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// Their sum.
    pub sum: f64,
    /// The earliest value, and when.
    pub first: f64,
    /// When that was, milliseconds since 1970-01-01 UTC.
    pub first_at: i64,
    /// The latest value.
    pub last: f64,
    /// When that was.
    pub last_at: i64,
}

impl Summary {
    /// The summary of one reading.
    pub fn of(reading: &Reading) -> Summary {
        Summary::of_value(reading.at, reading.value)
    }

    pub(crate) fn of_value(at: i64, value: f64) -> Summary {
        Summary {
            count: 1,
            min: value,
            max: value,
            sum: value,
            first: value,
            first_at: at,
            last: value,
            last_at: at,
        }
    }

    /// Adds what another summary is about.
    pub fn add(&mut self, other: &Summary) {
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        if other.first_at < self.first_at {
            (self.first, self.first_at) = (other.first, other.first_at);
        }
        if other.last_at >= self.last_at {
            (self.last, self.last_at) = (other.last, other.last_at);
        }
    }

    /// The mean of the values.
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }
}

/// How time is cut into buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Length of a bucket, milliseconds, at least 1.
    pub width_ms: i64,
    /// How far local time is ahead of UTC: a day begins at local midnight.
    pub offset_ms: i64,
}

impl Bucket {
    /// A minute.
    pub const MINUTE: Bucket = Bucket::utc(60_000);
    /// An hour.
    pub const HOUR: Bucket = Bucket::utc(3_600_000);
    /// A day of UTC.
    pub const DAY: Bucket = Bucket::utc(86_400_000);

    /// All of time in one.
    pub const ALL: Bucket = Bucket {
        width_ms: 1 << 62,
        offset_ms: 1 << 61,
    };

    /// Buckets of this length that begin with UTC's.
    pub const fn utc(width_ms: i64) -> Bucket {
        Bucket {
            width_ms,
            offset_ms: 0,
        }
    }

    /// When the bucket of a time begins.
    pub fn start(self, at: i64) -> i64 {
        let width = self.width_ms.max(1);
        let local = at.saturating_add(self.offset_ms);
        local
            .saturating_sub(local.rem_euclid(width))
            .saturating_sub(self.offset_ms)
    }

    /// Whether buckets of this kind are made of whole ones of a finer kind.
    pub fn is_made_of(self, finer: Bucket) -> bool {
        self == Bucket::ALL
            || self.width_ms % finer.width_ms == 0
                && (self.offset_ms - finer.offset_ms) % finer.width_ms == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use yiwang_sensing::StreamId;

    proptest! {
        #[test]
        fn a_bucket_holds_its_times(at in -1_i64 << 45..1_i64 << 45, width in 1..100_000_000_i64, offset in -50_000_000..50_000_000_i64) {
            let bucket = Bucket { width_ms: width, offset_ms: offset };
            let start = bucket.start(at);
            prop_assert!(start <= at && at < start + width);
            prop_assert_eq!(bucket.start(start), start);
        }

        #[test]
        fn parts_add_up_to_the_whole(values in proptest::collection::vec((0..1000_i64, -100..100_i32), 2..40), cut in any::<prop::sample::Index>()) {
            let readings: Vec<Reading> = values
                .iter()
                .map(|(at, value)| Reading { stream: StreamId(1), at: *at, value: f64::from(*value) })
                .collect();
            let sum = |readings: &[Reading]| {
                let mut all = readings.iter().map(Summary::of);
                let mut sum = all.next().unwrap();
                all.for_each(|one| sum.add(&one));
                sum
            };
            let cut = 1 + cut.index(readings.len() - 1);
            let mut parts = sum(&readings[..cut]);
            parts.add(&sum(&readings[cut..]));
            prop_assert_eq!(parts, sum(&readings));
        }
    }
}
