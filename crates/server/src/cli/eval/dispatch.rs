//! Scoring suggestions against what was done. Pure.

use std::collections::BTreeMap;

use yiwang_base::{CategoryCode, UnitCode};

/// A closed case: what was suggested for it, and who handled it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'a> {
    pub(super) category: Option<&'a CategoryCode>,
    pub(super) handled_by: Option<&'a UnitCode>,
    pub(super) suggested: Option<&'a UnitCode>,
}

/// Counts of one category, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Cases with a category and a lead unit.
    pub(super) counted: u64,
    /// Those of them for which a unit was suggested.
    pub(super) covered: u64,
    /// Those of them where it was the unit that handled the case.
    pub(super) right: u64,
}

impl Tally {
    /// Right among the covered, 0…1; `None` when none are covered.
    pub(super) fn accuracy(&self) -> Option<f64> {
        share(self.right, self.covered)
    }

    /// Covered among the counted, 0…1; `None` when none are counted.
    pub(super) fn coverage(&self) -> Option<f64> {
        share(self.covered, self.counted)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// What the cases add up to.
#[derive(Debug, Default)]
pub(super) struct Score {
    categories: BTreeMap<CategoryCode, Tally>,
    /// How many covered cases each unit handled.
    units: BTreeMap<UnitCode, u64>,
    /// Cases left out: they have no category.
    pub(super) without_category: u64,
    /// Cases left out: they were closed without a dispatch.
    pub(super) without_unit: u64,
}

impl Score {
    pub(super) fn add(&mut self, case: &Judged<'_>) {
        let Some(category) = case.category else {
            self.without_category += 1;
            return;
        };
        let Some(handled_by) = case.handled_by else {
            self.without_unit += 1;
            return;
        };
        let tally = self.categories.entry(category.clone()).or_default();
        tally.counted += 1;
        if let Some(suggested) = case.suggested {
            tally.covered += 1;
            tally.right += u64::from(suggested == handled_by);
            *self.units.entry(handled_by.clone()).or_default() += 1;
        }
    }

    /// All cases seen, also those left out.
    pub(super) fn cases(&self) -> u64 {
        self.all().counted + self.without_category + self.without_unit
    }

    /// All categories together.
    pub(super) fn all(&self) -> Tally {
        self.categories
            .values()
            .fold(Tally::default(), |sum, one| Tally {
                counted: sum.counted + one.counted,
                covered: sum.covered + one.covered,
                right: sum.right + one.right,
            })
    }

    /// Each category, by its code.
    pub(super) fn by_category(&self) -> impl Iterator<Item = (&CategoryCode, &Tally)> {
        self.categories.iter()
    }

    /// The unit that handled the most covered cases, with their share.
    pub(super) fn most_frequent_unit(&self) -> Option<(&UnitCode, f64)> {
        let (unit, handled) = self.units.iter().max_by_key(|(_, handled)| **handled)?;
        Some((unit, share(*handled, self.all().covered)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(cases: &[(&str, &str, &str)]) -> Score {
        let mut score = Score::default();
        for (category, handled_by, suggested) in cases {
            let unit = |code: &str| code.parse::<UnitCode>().ok();
            score.add(&Judged {
                category: category.parse().ok().as_ref(),
                handled_by: unit(handled_by).as_ref(),
                suggested: unit(suggested).as_ref(),
            });
        }
        score
    }

    #[test]
    fn nothing_gives_no_figure() {
        let score = score(&[]);
        assert_eq!(score.all(), Tally::default());
        assert_eq!(score.all().accuracy(), None);
        assert_eq!(score.all().coverage(), None);
        assert!(score.most_frequent_unit().is_none());
    }

    #[test]
    fn accuracy_is_over_the_covered_and_coverage_over_the_counted() {
        let score = score(&[
            ("lamp", "roads", "roads"),
            ("lamp", "roads", "parks"),
            ("lamp", "parks", "parks"),
            ("tree", "parks", ""),
            ("", "parks", "parks"),
            ("tree", "", "parks"),
        ]);
        let all = score.all();
        assert_eq!((all.counted, all.covered, all.right), (4, 3, 2));
        assert_eq!(all.accuracy(), Some(2.0 / 3.0));
        assert_eq!(all.coverage(), Some(0.75));
        assert_eq!((score.without_category, score.without_unit), (1, 1));
        assert_eq!(score.cases(), 6);
        let tallies: Vec<_> = score
            .by_category()
            .map(|(code, tally)| (code.as_str(), *tally))
            .collect();
        let tree = Tally {
            counted: 1,
            covered: 0,
            right: 0,
        };
        let lamp = Tally {
            counted: 3,
            covered: 3,
            right: 2,
        };
        assert_eq!(tallies, [("lamp", lamp), ("tree", tree)]);
        assert_eq!(tree.accuracy(), None);
    }

    #[test]
    fn the_baseline_is_the_share_of_the_most_frequent_unit_among_the_covered() {
        let score = score(&[
            ("a", "roads", "parks"),
            ("a", "roads", "parks"),
            ("a", "parks", "parks"),
            ("b", "parks", ""),
            ("b", "parks", ""),
        ]);
        let (unit, share) = score.most_frequent_unit().unwrap();
        assert_eq!((unit.as_str(), share), ("roads", 2.0 / 3.0));
    }
}
