//! What comes back: the same category at the same place in the same season.
//!
//! **The rule, `recurrence/1`.** Weeks are whole weeks from Monday, `W` the
//! last complete one. For a category at a place, with h = 4 weeks to come:
//!
//! - *Weeks looked at* (exposure E): the r = 8 weeks up to W, and in each of the
//!   last 3 years that the record knows whole the h weeks of the same season,
//!   one week wider on either side (W+1−52y−1 … W+h−52y+1; 52 weeks are a day
//!   and a quarter short of a year, which the wider window covers). N is the
//!   number of cases in them.
//! - *Expected* in the h weeks to come: λ = h · N / E, the pooled estimate of a
//!   Poisson rate.
//! - *Ordinary here*: the mean per week over all weeks of the record, times E.
//! - *Elsewhere*: the mean over the other places with this category, in the same weeks.
//! - *Surprise*: twice the smaller of P(X ≥ N | ordinary here) and
//!   P(X ≥ N | elsewhere), X a Poisson variable: the chance that so many come
//!   without a reason, for two tests (Bonferroni).
//! - It is proposed when N ≥ 5, when at least 3 cases in the weeks to come are
//!   likely, P(X ≥ 3 | λ) ≥ 0.8, and when its surprise is among those that the
//!   procedure of Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995) finds over
//!   all patterns at a false discovery rate of 0.1: of ten proposals one may be
//!   chance, and a person looks at each.
//!
//! Places are leaf areas, and within them tiles of some 500 m. A tile stands
//! for its area where it has most of the area's cases; otherwise the area does.

use std::collections::BTreeMap;

use yiwang_base::{AreaCode, CategoryCode};

use super::at_least;
use super::proposal::{Pattern, Unusual};

/// The rule, as the record names it.
pub const RULE: &str = "recurrence/1";

/// How many cases of a category came in at a place in a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekCount {
    /// The leaf area.
    pub area: AreaCode,
    /// The category.
    pub category: CategoryCode,
    /// The tile at zoom 16, if the place is known.
    pub cell: Option<i64>,
    /// The week: 0 is the one that begins on Monday, 29 December 1969.
    pub week: i32,
    /// How many.
    pub count: u32,
}

/// The rule's numbers.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Weeks to come.
    pub ahead: i32,
    /// Weeks just past.
    pub recent: i32,
    /// Weeks by which a season is wider on either side.
    pub widen: i32,
    /// Most years looked back.
    pub years: i32,
    /// Fewest cases.
    pub fewest: u32,
    /// So many are to be likely in the weeks to come …
    pub at_least: u32,
    /// … with this probability.
    pub likely: f64,
    /// Share of what is found that may be chance.
    pub false_discoveries: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            ahead: 4,
            recent: 8,
            widen: 1,
            years: 3,
            fewest: 5,
            at_least: 3,
            likely: 0.8,
            false_discoveries: 0.1,
        }
    }
}

/// A pattern that stands out.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrence {
    /// The category and the place.
    pub pattern: Pattern,
    /// N: cases in the weeks looked at.
    pub counted: u32,
    /// Of them in the weeks just past.
    pub recent: u32,
    /// Of them in the same season, one, two … years ago.
    pub seasons: Vec<u32>,
    /// λ: expected in the weeks to come.
    pub expected: f64,
    /// Expected by what is ordinary here.
    pub here: f64,
    /// Mean of other places.
    pub elsewhere: f64,
    /// How likely so many are by chance.
    pub surprise: f64,
    /// Why it stands out.
    pub unusual: Unusual,
}

/// The spans of weeks looked at, first and last, the weeks just past first.
/// `first` is the first week the record knows whole, `last` the last.
pub fn spans(first: i32, last: i32, settings: &Settings) -> Vec<(i32, i32)> {
    let recent = (last - settings.recent + 1, last);
    let season = |year: i32| {
        let from = last + 1 - 52 * year - settings.widen;
        (from, last + settings.ahead - 52 * year + settings.widen)
    };
    let seasons = (1..=settings.years).map(season);
    let known = |(from, until): &(i32, i32)| *from >= first && *until < recent.0;
    std::iter::once(recent)
        .chain(seasons.filter(known))
        .collect()
}

/// Counts of one category at one place.
#[derive(Default)]
struct Series(BTreeMap<i32, u32>);

impl Series {
    fn within(&self, (from, until): (i32, i32)) -> u32 {
        self.0.range(from..=until).map(|(_, count)| count).sum()
    }

    fn total(&self) -> u32 {
        self.0.values().sum()
    }
}

/// What stands out, the most expected first.
pub fn recurrences(
    counts: &[WeekCount],
    first: i32,
    last: i32,
    settings: &Settings,
) -> Vec<Recurrence> {
    if last - first < settings.recent {
        return Vec::new();
    }
    let mut series: BTreeMap<Pattern, Series> = BTreeMap::new();
    for one in counts.iter().filter(|c| (first..=last).contains(&c.week)) {
        let cells = [None, one.cell];
        for cell in &cells[..1 + usize::from(one.cell.is_some())] {
            let pattern = Pattern {
                area: one.area.clone(),
                category: one.category.clone(),
                cell: *cell,
            };
            *series
                .entry(pattern)
                .or_default()
                .0
                .entry(one.week)
                .or_default() += one.count;
        }
    }
    let spans = spans(first, last, settings);
    let weeks: i32 = spans.iter().map(|(from, until)| until - from + 1).sum();
    // For each category, areas and tiles apart: how many places, and how many cases in the spans.
    let mut all: BTreeMap<(&CategoryCode, bool), (u32, u32)> = BTreeMap::new();
    for (pattern, series) in &series {
        let sum = all
            .entry((&pattern.category, pattern.cell.is_some()))
            .or_default();
        sum.0 += 1;
        sum.1 += spans.iter().map(|span| series.within(*span)).sum::<u32>();
    }
    let history = f64::from(last - first + 1);
    let judged: Vec<Recurrence> = series
        .iter()
        .map(|(pattern, series)| {
            let each: Vec<u32> = spans.iter().map(|span| series.within(*span)).collect();
            let counted: u32 = each.iter().sum();
            let here = f64::from(series.total()) / history * f64::from(weeks);
            let (places, sum) = all[&(&pattern.category, pattern.cell.is_some())];
            let others = f64::from(places.saturating_sub(1));
            let elsewhere = f64::from(sum - counted) / others.max(1.0);
            // Too short a history says nothing of ordinary weeks, two places nothing of a city.
            let season = match history >= 2.0 * f64::from(weeks) {
                true => at_least(counted, here),
                false => 1.0,
            };
            let place = match others >= 2.0 {
                true => at_least(counted, elsewhere),
                false => 1.0,
            };
            Recurrence {
                pattern: pattern.clone(),
                counted,
                recent: each[0],
                seasons: each[1..].to_vec(),
                expected: f64::from(settings.ahead) * f64::from(counted) / f64::from(weeks),
                here,
                elsewhere,
                surprise: (2.0 * season.min(place)).min(1.0),
                unusual: match place <= season {
                    true => Unusual::Place,
                    false => Unusual::Season,
                },
            }
        })
        .collect();
    let most = most_surprise(&judged, settings.false_discoveries);
    let stands_out = |one: &Recurrence| {
        one.surprise <= most
            && one.counted >= settings.fewest
            && at_least(settings.at_least, one.expected) >= settings.likely
    };
    let mut found: Vec<Recurrence> = judged.into_iter().filter(stands_out).collect();
    keep_one_of_each_place(&mut found);
    found.sort_by(|a, b| {
        b.expected
            .total_cmp(&a.expected)
            .then_with(|| a.pattern.cmp(&b.pattern))
    });
    found
}

/// Up to which surprise patterns are found at a false discovery rate (Benjamini
/// and Hochberg); below 0 for none.
fn most_surprise(judged: &[Recurrence], rate: f64) -> f64 {
    let mut surprises: Vec<f64> = judged.iter().map(|one| one.surprise).collect();
    surprises.sort_unstable_by(f64::total_cmp);
    let tests = surprises.len() as f64;
    let holds = |(n, surprise): &(usize, &f64)| **surprise <= rate * (*n as f64 + 1.0) / tests;
    let last = surprises.iter().enumerate().rev().find(holds);
    last.map_or(-1.0, |(_, surprise)| *surprise)
}

/// Of an area and its tiles: the tiles that have most of its cases, or the area.
fn keep_one_of_each_place(found: &mut Vec<Recurrence>) {
    let whole: BTreeMap<(AreaCode, CategoryCode), u32> = found
        .iter()
        .filter(|one| one.pattern.cell.is_none())
        .map(|one| (place(&one.pattern), one.counted))
        .collect();
    let most = |one: &Recurrence| {
        whole
            .get(&place(&one.pattern))
            .is_none_or(|area| u64::from(one.counted) * 10 >= u64::from(*area) * 6)
    };
    let instead: Vec<(AreaCode, CategoryCode)> = found
        .iter()
        .filter(|one| one.pattern.cell.is_some() && most(one))
        .map(|one| place(&one.pattern))
        .collect();
    found.retain(|one| match one.pattern.cell {
        Some(_) => most(one),
        None => !instead.contains(&place(&one.pattern)),
    });
}

fn place(pattern: &Pattern) -> (AreaCode, CategoryCode) {
    (pattern.area.clone(), pattern.category.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAST: i32 = 2_900;
    const FIRST: i32 = LAST - 155;

    fn count(area: &str, cell: Option<i64>, week: i32, count: u32) -> WeekCount {
        WeekCount {
            area: area.parse().unwrap(),
            category: "drain".parse().unwrap(),
            cell,
            week,
            count,
        }
    }

    fn found(counts: &[WeekCount]) -> Vec<Recurrence> {
        recurrences(counts, FIRST, LAST, &Settings::default())
    }

    /// One case a month at each of ten places.
    fn ordinary() -> Vec<WeekCount> {
        (0..10)
            .flat_map(|n| {
                (FIRST..=LAST)
                    .filter(move |week| (week + n) % 4 == 0)
                    .map(move |week| count(&format!("a{n}"), Some(i64::from(n)), week, 1))
            })
            .collect()
    }

    #[test]
    fn what_is_ordinary_everywhere_is_not_proposed() {
        assert_eq!(found(&ordinary()), []);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn a_season_that_came_in_two_years_is_expected_again() {
        let mut counts = ordinary();
        for year in [1, 2] {
            for week in 1..=4 {
                counts.push(count("a3", None, LAST + week - 52 * year, 5));
            }
        }
        let found = found(&counts);
        assert_eq!(found.len(), 1, "{found:?}");
        let one = &found[0];
        assert_eq!(one.pattern.area.as_str(), "a3");
        assert_eq!(one.pattern.cell, None);
        assert!(one.seasons[0] >= 20 && one.seasons[1] >= 20);
        // E = 8 + 2 × 6 weeks (156 weeks know two such seasons whole).
        assert!((one.expected - 4.0 * f64::from(one.counted) / 20.0).abs() < 1e-9);
        assert!(one.surprise < 1e-6);
    }

    #[test]
    fn a_place_that_always_stands_out_is_found_by_its_tile() {
        let mut counts = ordinary();
        for week in FIRST..=LAST {
            counts.push(count("a5", Some(77), week, 2));
        }
        let found = found(&counts);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].pattern.cell, Some(77));
        assert_eq!(found[0].unusual, Unusual::Place);
    }

    #[test]
    fn a_place_whose_cases_lie_all_over_it_is_found_as_an_area() {
        let mut counts = ordinary();
        for week in FIRST..=LAST {
            for cell in 0..4 {
                counts.push(count("a5", Some(70 + cell), week, 1));
            }
        }
        let found = found(&counts);
        assert_eq!(found[0].pattern.cell, None, "{found:?}");
    }

    #[test]
    fn a_record_of_a_few_weeks_says_nothing() {
        let counts: Vec<_> = (0..5).map(|n| count("a1", None, LAST - n, 9)).collect();
        assert_eq!(
            recurrences(&counts, LAST - 5, LAST, &Settings::default()),
            []
        );
    }

    #[test]
    fn seasons_the_record_does_not_know_whole_are_not_looked_at() {
        let settings = Settings::default();
        assert_eq!(spans(LAST - 40, LAST, &settings), [(LAST - 7, LAST)]);
        let two = spans(LAST - 60, LAST, &settings);
        assert_eq!(two, [(LAST - 7, LAST), (LAST - 52, LAST - 47)]);
    }
}
