//! What comes out: figures with what stands behind them.

use std::collections::BTreeMap;

use super::{Better, Formula, GroupKey, Interval, Spread, Verdict, wilson};

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Counted and met.
    pub met: u64,
    /// Counted, met or not.
    pub counted: u64,
    /// Left out, by the position of the reason.
    pub left_out: Vec<u64>,
}

impl Tally {
    /// Nothing counted yet by this formula.
    pub fn none(formula: &Formula) -> Tally {
        Tally {
            left_out: vec![0; formula.exclusions.len()],
            ..Tally::default()
        }
    }

    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Met => {
                self.met += 1;
                self.counted += 1;
            }
            Verdict::NotMet => self.counted += 1,
            Verdict::LeftOut(reason) => self.left_out[reason] += 1,
        }
    }

    /// Counts what another tally by the same formula counted.
    pub fn add_all(&mut self, other: &Tally) {
        self.met += other.met;
        self.counted += other.counted;
        for (here, there) in self.left_out.iter_mut().zip(&other.left_out) {
            *here += there;
        }
    }

    /// All that the question is about: counted and left out.
    pub fn all(&self) -> u64 {
        self.counted + self.left_out.iter().sum::<u64>()
    }

    /// The share that is met, 0 to 1; `None` when nothing counts.
    pub fn rate(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.met as f64 / self.counted as f64)
    }

    /// Where the rate probably lies.
    pub fn interval(&self) -> Option<Interval> {
        wilson(self.met, self.counted)
    }
}

/// What is gathered of one part while it is counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gathered {
    /// What was counted of it.
    pub tally: Tally,
    /// The times of what counts, seconds; where the formula measures any.
    pub seconds: Vec<u32>,
}

/// One part of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Which part.
    pub key: GroupKey,
    /// What was counted of it.
    pub tally: Tally,
    /// How long it took, where the formula measures that.
    pub spread: Option<Spread>,
}

/// The figures of one formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The parts, by key; those about which the question is not are left out.
    pub figures: Vec<Figure>,
    /// All parts together.
    pub total: Tally,
    /// How long they took, where the formula measures that.
    pub spread: Option<Spread>,
    /// The entries of the journal that it knows.
    pub entries: u64,
}

impl Board {
    /// The board of these parts.
    pub fn of(formula: &Formula, parts: BTreeMap<GroupKey, Gathered>, entries: u64) -> Board {
        let mut total = Tally::none(formula);
        let measured = parts.values().map(|part| part.seconds.len()).sum();
        // Of millions of cases growing costs as much as choosing among them.
        let mut all = Vec::with_capacity(measured);
        let mut figures = Vec::with_capacity(parts.len());
        for (key, Gathered { tally, mut seconds }) in parts {
            total.add_all(&tally);
            let spread = Spread::of(&mut seconds);
            all.append(&mut seconds);
            figures.push(Figure { key, tally, spread });
        }
        Board {
            figures,
            total,
            spread: Spread::of(&mut all),
            entries,
        }
    }
}

/// Where a part stands among the others: parts whose intervals overlap cannot
/// be told apart, so a rank has a best and a worst place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// The best place it may have; 1 is the best of all.
    pub best: usize,
    /// The worst.
    pub worst: usize,
}

/// The rank of each figure of a board, in the order of the board; `None` where
/// too few were counted, or where no way is better.
pub fn ranks(formula: &Formula, figures: &[Figure]) -> Vec<Option<Rank>> {
    let interval = |figure: &Figure| {
        let enough = figure.tally.counted >= u64::from(formula.enough);
        let found = figure.tally.interval().filter(|_| enough)?;
        match formula.better {
            Better::Higher => Some(found),
            Better::Lower => Some(Interval {
                low: 1.0 - found.high,
                high: 1.0 - found.low,
            }),
            Better::Neither => None,
        }
    };
    let intervals: Vec<Option<Interval>> = figures.iter().map(interval).collect();
    let mut lows: Vec<f64> = intervals.iter().flatten().map(|i| i.low).collect();
    let mut highs: Vec<f64> = intervals.iter().flatten().map(|i| i.high).collect();
    lows.sort_unstable_by(f64::total_cmp);
    highs.sort_unstable_by(f64::total_cmp);
    let rank = |own: &Interval| {
        let surely_better = lows.len() - lows.partition_point(|low| *low <= own.high);
        let surely_worse = highs.partition_point(|high| *high < own.low);
        Rank {
            best: surely_better + 1,
            worst: highs.len() - surely_worse,
        }
    };
    intervals.iter().map(|own| own.as_ref().map(rank)).collect()
}
