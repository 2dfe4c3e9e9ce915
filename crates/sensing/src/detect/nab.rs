//! How the Numenta Anomaly Benchmark scores a detector.
//!
//! Source: Lavin and Ahmad, *Evaluating Real-time Anomaly Detection Algorithms –
//! the Numenta Anomaly Benchmark* (2015), and the benchmark's version 1.1. A
//! labelled window rewards the best of its flagged readings, the more the
//! earlier; a flagged reading outside costs, the less the nearer it follows a
//! window; the first readings of a series are not counted. One threshold holds
//! for all series of a profile.

/// What a find, a false alarm and a miss weigh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// What a window found at its first reading earns.
    pub found: f64,
    /// What a false alarm far from any window costs.
    pub false_alarm: f64,
    /// What a window costs in which nothing was flagged.
    pub missed: f64,
}

/// The three profiles of the benchmark, by the names its configuration uses.
pub const PROFILES: [(&str, Weights); 3] = [
    ("standard", Weights::new(1.0, 0.11, 1.0)),
    ("reward_low_FP_rate", Weights::new(1.0, 0.22, 1.0)),
    ("reward_low_FN_rate", Weights::new(1.0, 0.11, 2.0)),
];

impl Weights {
    const fn new(found: f64, false_alarm: f64, missed: f64) -> Weights {
        Weights {
            found,
            false_alarm,
            missed,
        }
    }
}

/// What a profile makes of scores at one threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Readings that score at least this are flagged.
    pub threshold: f64,
    /// 100 for the perfect detector, 0 for one that never flags anything.
    pub score: f64,
    /// Windows in which a reading was flagged.
    pub found: usize,
    /// Windows in which none was.
    pub missed: usize,
    /// Flagged readings outside the windows.
    pub false_alarms: usize,
}

/// How many readings at the beginning of a series of `length` are not counted.
#[must_use]
pub fn probation(length: usize) -> usize {
    (length * 15 / 100).min(750)
}

/// The credit of a place relative to a window's end: 0 at the end, towards 1
/// before it, towards −1 after it.
fn sigmoid(x: f64) -> f64 {
    if x > 3.0 {
        -1.0
    } else {
        2.0 / (1.0 + (5.0 * x).exp()) - 1.0
    }
}

#[derive(Clone, Copy)]
struct Row {
    score: f64,
    window: Option<usize>,
    credit: f64,
}

/// The scored readings of several series, ready to be judged by a profile.
#[derive(Clone, Default)]
pub struct Corpus {
    rows: Vec<Row>,
    windows: usize,
    scorable: usize,
}

impl Corpus {
    /// Adds a series: a score for each reading, and the labelled windows as
    /// positions of their first and last readings, in order, not overlapping.
    pub fn add(&mut self, scores: &[f64], windows: &[(usize, usize)]) {
        let skipped = probation(scores.len());
        let mut ahead = windows.iter().copied().enumerate().peekable();
        let mut last: Option<(usize, f64)> = None;
        for (i, &score) in scores.iter().enumerate() {
            while ahead.next_if(|(_, (_, to))| *to < i).is_some() {}
            let row = match ahead.peek() {
                Some(&(number, (from, to))) if i >= from => {
                    let width = (to - from + 1) as f64;
                    if i == to {
                        last = Some((to, width));
                    }
                    Row {
                        score,
                        window: Some(self.windows + number),
                        credit: sigmoid(-((to - i + 1) as f64) / width) / sigmoid(-1.0),
                    }
                }
                _ => Row {
                    score,
                    window: None,
                    credit: last.map_or(-1.0, |(end, width)| {
                        sigmoid((i - end) as f64 / (width - 1.0).max(1.0))
                    }),
                },
            };
            if i >= skipped {
                self.rows.push(row);
            }
        }
        self.windows += windows.len();
        self.scorable += windows.iter().filter(|(_, to)| *to >= skipped).count();
    }

    /// Labelled windows, also those among the readings that are not counted.
    #[must_use]
    pub fn windows(&self) -> usize {
        self.windows
    }

    /// The threshold that serves a profile best, and what it then scores.
    #[must_use]
    pub fn best(&self, weights: Weights) -> Outcome {
        self.sweep(weights, None)
    }

    /// What a profile scores at a threshold chosen elsewhere.
    #[must_use]
    pub fn at(&self, weights: Weights, threshold: f64) -> Outcome {
        self.sweep(weights, Some(threshold))
    }

    /// Lowers the threshold over the scores, highest first.
    fn sweep(&self, weights: Weights, fixed: Option<f64>) -> Outcome {
        let floor = fixed.unwrap_or(f64::MIN);
        let mut rows: Vec<&Row> = self.rows.iter().filter(|r| r.score >= floor).collect();
        rows.sort_by(|a, b| b.score.total_cmp(&a.score));
        let null = -weights.missed * self.scorable as f64;
        let mut best_credit = vec![None::<f64>; self.windows];
        let (mut total, mut found, mut false_alarms) = (null, 0, 0);
        let mut best = (total, fixed.unwrap_or(f64::INFINITY), found, false_alarms);
        for (at, row) in rows.iter().enumerate() {
            match row.window {
                None => {
                    total += row.credit * weights.false_alarm;
                    false_alarms += 1;
                }
                Some(window) => {
                    let credit = row.credit * weights.found;
                    match &mut best_credit[window] {
                        Some(old) if *old >= credit => {}
                        Some(old) => {
                            total += credit - *old;
                            *old = credit;
                        }
                        empty => {
                            total += credit + weights.missed;
                            found += 1;
                            *empty = Some(credit);
                        }
                    }
                }
            }
            let next_differs = rows.get(at + 1).is_none_or(|n| n.score != row.score);
            if next_differs && (fixed.is_some() || total > best.0 + 1e-12) {
                let threshold = fixed.unwrap_or(row.score);
                best = (total, threshold, found, false_alarms);
            }
        }
        let perfect = self.windows as f64 * weights.found;
        let range = perfect - null;
        Outcome {
            threshold: best.1,
            score: if range > 0.0 {
                100.0 * (best.0 - null) / range
            } else {
                0.0
            },
            found: best.2,
            missed: self.scorable - best.2,
            false_alarms: best.3,
        }
    }
}
