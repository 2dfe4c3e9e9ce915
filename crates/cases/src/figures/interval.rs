//! How sure a rate is.

/// Where the true rate probably lies, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
}

/// The standard normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % score interval of a share: `met` of `counted`; `None` of nothing.
///
/// # References
/// E. B. Wilson, "Probable inference, the law of succession, and statistical
/// inference", JASA 22 (1927), 209–212. It stays within 0 and 1 and holds for
/// small numbers, where the usual interval does not.
///
/// # Examples
/// 8 of 10 lie between 0.490 and 0.943.
pub fn wilson(met: u64, counted: u64) -> Option<Interval> {
    if counted == 0 {
        return None;
    }
    let (n, p) = (counted as f64, met as f64 / counted as f64);
    let z2 = Z * Z;
    let middle = p + z2 / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Some(Interval {
        low: ((middle - half) / scale).max(0.0),
        high: ((middle + half) / scale).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_interval_is_the_published_one() {
        // Newcombe, "Two-sided confidence intervals for the single proportion",
        // Statistics in Medicine 17 (1998), table I, method 3.
        let table = [
            (81, 263, "0.2553 0.3662"),
            (15, 148, "0.0624 0.1605"),
            (0, 20, "0.0000 0.1611"),
            (1, 29, "0.0061 0.1718"),
            // That of the examples.
            (8, 10, "0.4902 0.9433"),
        ];
        for (met, counted, expected) in table {
            let found = wilson(met, counted).unwrap();
            assert_eq!(
                format!("{:.4} {:.4}", found.low, found.high),
                expected,
                "{met} of {counted}"
            );
        }
        assert_eq!(wilson(0, 0), None);
    }

    proptest! {
        #[test]
        fn the_rate_lies_within_and_more_turns_make_it_narrower(
            counted in 1..100_000_u64, share in 0.0..=1.0_f64
        ) {
            let met = (counted as f64 * share) as u64;
            let found = wilson(met, counted).unwrap();
            let rate = met as f64 / counted as f64;
            prop_assert!((0.0..=1.0).contains(&found.low) && (0.0..=1.0).contains(&found.high));
            prop_assert!(found.low <= rate + 1e-12 && rate <= found.high + 1e-12);
            let more = wilson(met * 4, counted * 4).unwrap();
            prop_assert!(more.high - more.low < found.high - found.low);
        }
    }
}
