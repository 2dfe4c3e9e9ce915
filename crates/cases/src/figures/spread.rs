//! How long things took: the middle, and what nine in ten do not exceed.

/// How times are spread, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// How many were measured.
    pub measured: u64,
    /// The smallest time that at least half of them do not exceed.
    pub median: u32,
    /// The smallest time that at least nine in ten of them do not exceed.
    pub p90: u32,
}

impl Spread {
    /// The spread of these times, which it puts in another order; `None` of none.
    ///
    /// # References
    /// The inverse of the empirical distribution: definition 1 of R. J. Hyndman and
    /// Y. Fan, "Sample quantiles in statistical packages", The American Statistician
    /// 50 (1996), 361–365. Each is a time that something took.
    ///
    /// # Examples
    /// Of 10, 20, 30 and 40 seconds the median is 20, and nine tenths took at most 40.
    pub fn of(seconds: &mut [u32]) -> Option<Spread> {
        if seconds.is_empty() {
            return None;
        }
        let count = seconds.len();
        let mut at = |tenths: usize| {
            let place = (count * tenths).div_ceil(10) - 1;
            *seconds.select_nth_unstable(place).1
        };
        Some(Spread {
            measured: count as u64,
            median: at(5),
            p90: at(9),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_median_and_nine_tenths_are_times_that_something_took() {
        let spread = Spread::of(&mut [40, 10, 30, 20]).unwrap();
        assert_eq!((spread.median, spread.p90), (20, 40));
    }

    proptest! {
        #[test]
        fn half_and_nine_tenths_do_not_exceed_it_and_fewer_are_below(
            mut seconds in prop::collection::vec(0..50_u32, 1..60)
        ) {
            let spread = Spread::of(&mut seconds).unwrap();
            let share = |times: &dyn Fn(&u32) -> bool| {
                seconds.iter().filter(|one| times(one)).count() * 10
            };
            for (found, tenths) in [(spread.median, 5), (spread.p90, 9)] {
                prop_assert!(share(&|one| *one <= found) >= tenths * seconds.len());
                prop_assert!(share(&|one| *one < found) < tenths * seconds.len());
            }
            prop_assert!(Spread::of(&mut []).is_none());
        }
    }
}
