//! How good forecasts were.

use std::collections::HashMap;

use super::quantile::quantile;
use super::{Ended, Forecaster};

/// How good forecasts of ended cases were.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HandlingScore {
    /// How many cases.
    pub cases: usize,
    /// Mean distance between the median forecast and the time it took, days.
    pub mean_absolute_error_days: f64,
    /// Share of the cases that ended within the interval.
    pub within_interval: f64,
    /// Share that ended before the interval.
    pub before_interval: f64,
    /// Mean length of the interval, days.
    pub mean_interval_days: f64,
}

impl HandlingScore {
    /// The yardstick: the mean distance, days, of the same cases from the plain
    /// median of the learnt cases with the same first trait, or of all.
    pub fn median_error_days(learnt: &[Ended], cases: &[Ended]) -> f64 {
        let mut times: HashMap<Option<&str>, Vec<f64>> = HashMap::new();
        for case in learnt {
            times.entry(None).or_default().push(case.hours);
            times.entry(category(case)).or_default().push(case.hours);
        }
        for own in times.values_mut() {
            own.sort_unstable_by(f64::total_cmp);
        }
        let median = |key: Option<&str>| times.get(&key).and_then(|own| quantile(own, 0.5));
        let error = |case: &Ended| {
            let usual = median(category(case)).or_else(|| median(None));
            (usual.unwrap_or(0.0) - case.hours).abs() / 24.0
        };
        cases.iter().map(error).sum::<f64>() / cases.len().max(1) as f64
    }

    /// Scores forecasts of these cases, which the forecaster has not seen.
    pub fn of(forecaster: &Forecaster, cases: &[Ended]) -> HandlingScore {
        let mut score = HandlingScore::default();
        for case in cases {
            let forecast = forecaster.forecast(&case.traits);
            score.cases += 1;
            score.mean_absolute_error_days += (forecast.median - case.hours).abs() / 24.0;
            score.mean_interval_days += (forecast.late - forecast.early) / 24.0;
            if case.hours < forecast.early {
                score.before_interval += 1.0;
            } else if case.hours <= forecast.late {
                score.within_interval += 1.0;
            }
        }
        let count = score.cases.max(1) as f64;
        score.mean_absolute_error_days /= count;
        score.mean_interval_days /= count;
        score.before_interval /= count;
        score.within_interval /= count;
        score
    }
}

fn category(case: &Ended) -> Option<&str> {
    case.traits.first().map(String::as_str)
}
