//! The Poisson distribution's upper tail.

/// The probability of at least `count` events where `expected` are expected:
/// P(X ≥ k) for X ~ Poisson(λ), 0 to 1.
///
/// The smaller side of the sum is added up, so that small tails keep their
/// precision: from k upwards where k > λ, otherwise 1 minus what lies below k.
/// Source: Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, ch. 4.
pub fn at_least(count: u32, expected: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    if expected.is_nan() || expected <= 0.0 {
        return 0.0;
    }
    let log_factorial: f64 = (2..=count).map(|n| f64::from(n).ln()).sum();
    let at_count = (f64::from(count) * expected.ln() - expected - log_factorial).exp();
    if f64::from(count) > expected {
        let mut term = at_count;
        let mut sum = term;
        let mut n = f64::from(count);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= expected / n;
            sum += term;
        }
        sum.min(1.0)
    } else {
        // From k − 1 down to 0.
        let mut term = at_count * f64::from(count) / expected;
        let mut sum = 0.0;
        let mut n = f64::from(count - 1);
        loop {
            sum += term;
            if n < 1.0 {
                break;
            }
            term *= n / expected;
            n -= 1.0;
        }
        (1.0 - sum).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::at_least;

    /// Values of `scipy.stats.poisson.sf(k - 1, mu)`.
    #[test]
    fn the_tail_agrees_with_tables() {
        let table = [
            (1, 1.0, 0.632_120_558_828_557_7),
            (3, 1.0, 0.080_301_397_071_394_2),
            (10, 2.0, 4.649_807_501_726_38e-5),
            (5, 5.0, 0.559_506_714_934_787_6),
            (2, 10.0, 0.999_500_600_772_612_6),
        ];
        for (count, expected, tail) in table {
            let found = at_least(count, expected);
            assert!(
                (found / tail - 1.0).abs() < 1e-9,
                "{count} {expected}: {found}"
            );
        }
    }

    #[test]
    fn it_falls_with_the_count_and_rises_with_what_is_expected() {
        for k in 1..200 {
            assert!(at_least(k + 1, 20.0) <= at_least(k, 20.0));
            assert!(at_least(k, 21.0) >= at_least(k, 20.0));
        }
        assert_eq!(at_least(0, 0.0), 1.0);
        assert_eq!(at_least(1, 0.0), 0.0);
        assert!(at_least(5000, 20.0) >= 0.0);
    }
}
