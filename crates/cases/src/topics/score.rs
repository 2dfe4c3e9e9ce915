//! Scoring clusters against known ones.

use std::collections::BTreeMap;

/// How well pairs of messages were put together (pairwise precision and recall).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairScore {
    /// Of pairs put together, the share that belongs together; 1 for no pairs.
    pub precision: f64,
    /// Of pairs that belong together, the share put together; 1 for no pairs.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// Scores messages given as (the topic they belong to, the cluster they were
/// put in); messages in no cluster are each alone.
pub fn pair_score(messages: &[(&str, Option<usize>)]) -> PairScore {
    let mut both: BTreeMap<(&str, usize), u64> = BTreeMap::new();
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    let mut put: BTreeMap<usize, u64> = BTreeMap::new();
    for (topic, cluster) in messages {
        *known.entry(topic).or_default() += 1;
        if let Some(cluster) = cluster {
            *both.entry((topic, *cluster)).or_default() += 1;
            *put.entry(*cluster).or_default() += 1;
        }
    }
    let pairs = |count: u64| count * (count - 1) / 2;
    let right: u64 = both.into_values().map(pairs).sum();
    let put: u64 = put.into_values().map(pairs).sum();
    let known: u64 = known.into_values().map(pairs).sum();
    let share = |whole: u64| {
        if whole == 0 {
            1.0
        } else {
            right as f64 / whole as f64
        }
    };
    let sum = put + known;
    PairScore {
        precision: share(put),
        recall: share(known),
        f1: if sum == 0 {
            1.0
        } else {
            2.0 * right as f64 / sum as f64
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted_as_by_hand() {
        // Belong together: ab, cd, ce, de. Put together: ab, ac, bc, de.
        let messages = [
            ("x", Some(1)),
            ("x", Some(1)),
            ("y", Some(1)),
            ("y", Some(2)),
            ("y", Some(2)),
        ];
        let score = pair_score(&messages);
        assert_eq!((score.precision, score.recall, score.f1), (0.5, 0.5, 0.5));
        let alone = pair_score(&[("x", None), ("x", None)]);
        assert_eq!((alone.precision, alone.recall, alone.f1), (1.0, 0.0, 0.0));
    }
}
