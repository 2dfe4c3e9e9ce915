//! Forecast (预计办结): how long handling usually takes, from cases that ended.
//!
//! **Words:** an *ended* case has the *traits* by which it is compared with
//! others (its category, the unit that handled it, its area), from the coarsest
//! to the finest, and the *hours* it took. A *forecast* is the median and an
//! interval in which four of five cases end.
//!
//! **Method:** cases with the same first trait, the same first two, and so on
//! form groups within groups. Of each group's times the quantiles are taken on
//! the scale ln(1 + hours), and drawn towards those of the group around it as if
//! that had contributed [`WEIGHT_OF_OUTER`] more cases: a small group says
//! little by itself (shrinkage, as in James–Stein and empirical Bayes
//! estimates). The interval is then widened or narrowed by what newer cases show
//! (conformalized quantile regression: Romano, Patterson, Candès, NeurIPS 2019).

mod groups;
mod quantile;
mod score;

pub use score::HandlingScore;

use std::collections::HashMap;

use groups::Groups;
use quantile::quantile;

/// How many cases' weight the group around a group has in it.
pub const WEIGHT_OF_OUTER: f64 = 3.0;
/// Share of cases that end within the interval.
pub const WITHIN: f64 = 0.8;
/// The newest part of the cases, which the interval is measured on.
const NEWEST: f64 = 0.25;
/// Fewer cases give no forecast.
const FEWEST: usize = 20;

/// A case that ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// What it is compared by, the coarsest first.
    pub traits: Vec<String>,
    /// Hours from coming in to being done, at least 0.
    pub hours: f64,
}

/// When a case will probably be done, hours after it came in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// As many end before it as after it.
    pub median: f64,
    /// One in ten ends before it.
    pub early: f64,
    /// One in ten ends after it: "usually done by".
    pub late: f64,
    /// How many ended cases agree in all traits that were known.
    pub like_it: usize,
}

/// What ended cases taught.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecaster {
    groups: Groups,
    /// By how much both ends of the interval move apart, ln hours.
    wider: (f64, f64),
    /// How many cases it was made from.
    cases: usize,
}

impl Forecaster {
    /// Learns from cases in the order in which they came in; `None` where they
    /// are too few.
    pub fn learn(cases: &[Ended]) -> Option<Forecaster> {
        if cases.len() < FEWEST {
            return None;
        }
        let older = cases.len() - (cases.len() as f64 * NEWEST) as usize;
        let (before, newest) = cases.split_at(older);
        let groups = Groups::of(before);
        // Each end by itself, since times are skewed: how far beyond it the
        // cases lie of which one in ten should lie beyond.
        let part = (1.0 - WITHIN) / 2.0;
        let mut below = Vec::with_capacity(newest.len());
        let mut above = Vec::with_capacity(newest.len());
        for case in newest {
            let [early, _, late] = groups.quantiles(&case.traits).0;
            let took = scale(case.hours);
            below.push(early - took);
            above.push(took - late);
        }
        let wider = (
            conformal(&mut below, 1.0 - part),
            conformal(&mut above, 1.0 - part),
        );
        Some(Forecaster {
            groups: Groups::of(cases),
            wider,
            cases: cases.len(),
        })
    }

    /// The forecast for a case with these traits, the coarsest first; fewer
    /// may be known than the ended cases had.
    pub fn forecast(&self, traits: &[String]) -> Forecast {
        let ([early, median, late], like_it) = self.groups.quantiles(traits);
        let early = (early - self.wider.0).min(median);
        let late = (late + self.wider.1).max(median);
        Forecast {
            median: hours(median),
            early: hours(early),
            late: hours(late),
            like_it,
        }
    }

    /// How many cases it was made from.
    pub fn cases(&self) -> usize {
        self.cases
    }
}

/// The finite-sample quantile of conformal prediction: rank ⌈(n + 1) p⌉.
fn conformal(scores: &mut [f64], p: f64) -> f64 {
    scores.sort_unstable_by(f64::total_cmp);
    let rank = ((scores.len() + 1) as f64 * p).ceil() as usize;
    scores
        .get(rank.clamp(1, scores.len()) - 1)
        .copied()
        .unwrap_or(0.0)
}

fn scale(hours: f64) -> f64 {
    hours.max(0.0).ln_1p()
}

fn hours(scaled: f64) -> f64 {
    scaled.max(0.0).exp_m1()
}

type Times = HashMap<Vec<String>, Vec<f64>>;

#[cfg(test)]
mod tests {
    use super::*;

    /// Cases of two categories that take `fast` and `slow` hours, more or less.
    fn cases() -> Vec<Ended> {
        (0..400)
            .map(|n| {
                let (category, usual) = if n % 2 == 0 {
                    ("lamp", 10.0)
                } else {
                    ("tree", 200.0)
                };
                Ended {
                    traits: vec![category.to_owned(), "unit".to_owned()],
                    hours: usual * (0.5 + f64::from((n * 7919) % 100) / 100.0),
                }
            })
            .collect()
    }

    fn traits(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_category_is_forecast_by_its_own_cases() {
        let forecaster = Forecaster::learn(&cases()).unwrap();
        let lamp = forecaster.forecast(&traits(&["lamp", "unit"]));
        let tree = forecaster.forecast(&traits(&["tree", "unit"]));
        assert!((9.0..11.0).contains(&lamp.median), "{lamp:?}");
        assert!((180.0..220.0).contains(&tree.median), "{tree:?}");
        assert_eq!((lamp.like_it, tree.like_it), (200, 200));
    }

    #[test]
    fn what_was_never_seen_is_forecast_by_what_is_around_it() {
        let forecaster = Forecaster::learn(&cases()).unwrap();
        let known = forecaster.forecast(&traits(&["lamp"]));
        let unknown = forecaster.forecast(&traits(&["lamp", "another unit"]));
        assert_eq!(known.median, unknown.median);
        assert_eq!(unknown.like_it, 0);
        let nothing = forecaster.forecast(&[]);
        assert!((10.0..200.0).contains(&nothing.median));
    }

    #[test]
    fn four_of_five_cases_end_within_the_interval() {
        let all = cases();
        let forecaster = Forecaster::learn(&all).unwrap();
        let within = all.iter().filter(|case| {
            let forecast = forecaster.forecast(&case.traits);
            (forecast.early..=forecast.late).contains(&case.hours)
        });
        let share = within.count() as f64 / all.len() as f64;
        assert!((0.75..0.87).contains(&share), "{share}");
    }

    #[test]
    fn few_cases_give_no_forecast() {
        assert_eq!(Forecaster::learn(&cases()[..FEWEST - 1]), None);
    }
}
