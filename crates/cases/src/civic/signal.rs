//! Early signals of a dispute (矛盾苗头): complaints of one kind that come again
//! and again from one block.
//!
//! **The rule, `dispute-signal/1`.** A block is the tile of the web map at zoom
//! 18 (some 120 m). It is a signal when at least 4 complaints of a category
//! came from it within the weeks looked at, in at least 3 different weeks: one
//! loud night is a nuisance, three weeks are a quarrel.

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::{AreaCode, CategoryCode};

use super::recurrence::WeekCount;

/// The rule, as the interface names it.
pub const RULE: &str = "dispute-signal/1";
/// Fewest complaints, and in how many different weeks.
pub const FEWEST: u32 = 4;
/// See [`FEWEST`].
pub const WEEKS: usize = 3;

/// A block whose complaints suggest a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The leaf area.
    pub area: AreaCode,
    /// The category.
    pub category: CategoryCode,
    /// The block, as a tile's number on the Z-order curve at zoom 18.
    pub block: i64,
    /// How many complaints.
    pub count: u32,
    /// In how many weeks.
    pub weeks: u32,
}

/// Signals in counts by block (`cell` of zoom 18), the most complaints first.
pub fn signals(counts: &[WeekCount]) -> Vec<Signal> {
    let mut sums: BTreeMap<(&AreaCode, &CategoryCode, i64), (u32, BTreeSet<i32>)> = BTreeMap::new();
    for one in counts {
        if let Some(block) = one.cell {
            let sum = sums.entry((&one.area, &one.category, block)).or_default();
            sum.0 += one.count;
            sum.1.insert(one.week);
        }
    }
    let mut found: Vec<Signal> = sums
        .into_iter()
        .filter(|(_, (count, weeks))| *count >= FEWEST && weeks.len() >= WEEKS)
        .map(|((area, category, block), (count, weeks))| Signal {
            area: area.clone(),
            category: category.clone(),
            block,
            count,
            weeks: weeks.len() as u32,
        })
        .collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.count), one.block));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_loud_night_is_no_dispute_and_three_weeks_are() {
        let count = |cell, week, count| WeekCount {
            area: "west".parse().unwrap(),
            category: "noise".parse().unwrap(),
            cell,
            week,
            count,
        };
        let counts = [
            count(Some(1), 10, 9),
            count(Some(2), 10, 2),
            count(Some(2), 11, 1),
            count(Some(2), 13, 1),
            count(None, 10, 9),
            count(None, 11, 9),
            count(None, 12, 9),
        ];
        let found = signals(&counts);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].block, found[0].count, found[0].weeks), (2, 4, 3));
    }
}
