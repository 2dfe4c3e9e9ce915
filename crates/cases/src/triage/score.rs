//! How good judgements were.

/// One message: what it is, and what was said of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The label it has.
    pub is: usize,
    /// The label it was given.
    pub said: usize,
    /// With what confidence, 0…1.
    pub confidence: f32,
}

/// How good the judgements of one label were.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LabelScore {
    /// Right among those given the label; 0 when none were.
    pub precision: f64,
    /// Right among those that have the label; 0 when none have.
    pub recall: f64,
    /// Harmonic mean of the two; 0 when both are.
    pub f1: f64,
    /// How many have the label.
    pub support: usize,
}

/// What is left to automatic decisions at a threshold, and how good they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtThreshold {
    /// Share of messages judged with at least this confidence.
    pub coverage: f64,
    /// Right among those; `None` when there are none.
    pub accuracy: Option<f64>,
}

/// How good judgements of messages were.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Right among all.
    pub accuracy: f64,
    /// Mean of the labels' F1, over labels that occur as `is` or as `said`.
    pub macro_f1: f64,
    /// By label.
    pub labels: Vec<LabelScore>,
    /// Mean distance between confidence and the share that was right, over ten
    /// bins of confidence (expected calibration error).
    pub calibration_error: f64,
}

impl Score {
    /// Scores judgements of messages with so many labels.
    pub fn of(judged: &[Judged], labels: usize) -> Score {
        let mut said = vec![0usize; labels];
        let mut is = vec![0usize; labels];
        let mut right = vec![0usize; labels];
        for one in judged {
            is[one.is] += 1;
            said[one.said] += 1;
            right[one.is] += usize::from(one.is == one.said);
        }
        let each = (0..labels).map(|label| {
            let precision = share(right[label], said[label]).unwrap_or(0.0);
            let recall = share(right[label], is[label]).unwrap_or(0.0);
            let sum = precision + recall;
            LabelScore {
                precision,
                recall,
                f1: if sum > 0.0 {
                    2.0 * precision * recall / sum
                } else {
                    0.0
                },
                support: is[label],
            }
        });
        let each: Vec<LabelScore> = each.collect();
        let occurring = (0..labels).filter(|label| is[*label] + said[*label] > 0);
        let f1: Vec<f64> = occurring.map(|label| each[label].f1).collect();
        Score {
            accuracy: share(right.iter().sum(), judged.len()).unwrap_or(0.0),
            macro_f1: f1.iter().sum::<f64>() / f1.len().max(1) as f64,
            labels: each,
            calibration_error: calibration_error(judged),
        }
    }
}

impl AtThreshold {
    /// What the judgements come to where only those at least this sure are taken.
    pub fn of(judged: &[Judged], threshold: f32) -> AtThreshold {
        let sure = judged.iter().filter(|one| one.confidence >= threshold);
        let (mut count, mut right) = (0, 0);
        for one in sure {
            count += 1;
            right += usize::from(one.is == one.said);
        }
        AtThreshold {
            coverage: share(count, judged.len()).unwrap_or(0.0),
            accuracy: share(right, count),
        }
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn calibration_error(judged: &[Judged]) -> f64 {
    let mut bins = [(0usize, 0.0f64, 0usize); 10];
    for one in judged {
        let bin = ((one.confidence * 10.0) as usize).min(9);
        bins[bin].0 += 1;
        bins[bin].1 += f64::from(one.confidence);
        bins[bin].2 += usize::from(one.is == one.said);
    }
    let distance = |(_, sure, right): &(usize, f64, usize)| (sure - *right as f64).abs();
    bins.iter().map(distance).sum::<f64>() / judged.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(rows: &[(usize, usize, f32)]) -> Vec<Judged> {
        let one = |(is, said, confidence): &(usize, usize, f32)| Judged {
            is: *is,
            said: *said,
            confidence: *confidence,
        };
        rows.iter().map(one).collect()
    }

    #[test]
    fn the_figures_are_those_computed_by_hand() {
        let judged = judged(&[
            (0, 0, 0.9),
            (0, 1, 0.6),
            (1, 1, 0.8),
            (1, 1, 0.7),
            (2, 0, 0.5),
        ]);
        let score = Score::of(&judged, 4);
        assert_eq!(score.accuracy, 0.6);
        let f1: Vec<f64> = score.labels.iter().map(|label| label.f1).collect();
        assert_eq!(f1, [0.5, 0.8, 0.0, 0.0]);
        // The fourth label neither occurs nor was given.
        assert!((score.macro_f1 - 1.3 / 3.0).abs() < 1e-12);
        assert_eq!(score.labels[1].support, 2);
        assert_eq!(score.labels[1].precision, 2.0 / 3.0);
    }

    #[test]
    fn at_a_threshold_only_the_sure_ones_count() {
        let judged = judged(&[(0, 0, 0.9), (0, 1, 0.8), (1, 0, 0.3)]);
        let at = AtThreshold::of(&judged, 0.8);
        assert_eq!(at.coverage, 2.0 / 3.0);
        assert_eq!(at.accuracy, Some(0.5));
        assert_eq!(AtThreshold::of(&judged, 0.95).accuracy, None);
    }

    #[test]
    fn well_calibrated_judgements_have_no_error() {
        let mut rows = vec![(0, 0, 0.75); 3];
        rows.push((0, 1, 0.75));
        assert!(Score::of(&judged(&rows), 2).calibration_error < 1e-6);
        assert!(Score::of(&judged(&[(0, 1, 1.0)]), 2).calibration_error > 0.99);
    }
}
