//! Gathering messages into clusters: agglomerative, average linkage.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

use super::alike::Pair;

/// Two clusters that might become one.
struct Candidate {
    alike: f32,
    clusters: Pair,
    /// How often each had grown when this was computed.
    grown: Pair,
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    /// The most alike first; of equals those with the smallest numbers, so that
    /// the same messages always give the same clusters.
    fn cmp(&self, other: &Self) -> Ordering {
        let alike = self.alike.total_cmp(&other.alike);
        alike.then_with(|| other.clusters.cmp(&self.clusters))
    }
}

/// Joins the two clusters that are most alike on average, pair by pair, until
/// none are at least `least` alike. Pairs that are not given are not alike at
/// all. Returns the number of each item's cluster: that of its first item.
pub(super) fn gather(items: usize, pairs: &[(Pair, f32)], least: f32) -> Vec<u32> {
    let mut cluster: Vec<u32> = (0..items as u32).collect();
    let mut size = vec![1u32; items];
    let mut grown = vec![0u32; items];
    // Sums of likeness between the items of two clusters.
    let mut near: Vec<HashMap<u32, f32>> = vec![HashMap::new(); items];
    let mut candidates = BinaryHeap::with_capacity(pairs.len());
    for &((a, b), alike) in pairs {
        near[a as usize].insert(b, alike);
        near[b as usize].insert(a, alike);
        if alike >= least {
            candidates.push(Candidate {
                alike,
                clusters: (a, b),
                grown: (0, 0),
            });
        }
    }
    while let Some(best) = candidates.pop() {
        let (a, b) = best.clusters;
        let now = (grown[a as usize], grown[b as usize]);
        if best.grown != now || size[a as usize] == 0 || size[b as usize] == 0 {
            continue;
        }
        let gone = std::mem::take(&mut near[b as usize]);
        near[a as usize].remove(&b);
        for (other, sum) in gone {
            if other == a {
                continue;
            }
            let joined = near[a as usize].entry(other).or_default();
            *joined += sum;
            let joined = *joined;
            let row = &mut near[other as usize];
            row.remove(&b);
            row.insert(a, joined);
        }
        size[a as usize] += std::mem::take(&mut size[b as usize]);
        grown[a as usize] += 1;
        for one in &mut cluster {
            if *one == b {
                *one = a;
            }
        }
        for (&other, &sum) in &near[a as usize] {
            let pairs = size[a as usize] as f32 * size[other as usize] as f32;
            if sum / pairs >= least {
                let clusters = (a.min(other), a.max(other));
                candidates.push(Candidate {
                    alike: sum / pairs,
                    clusters,
                    grown: (grown[clusters.0 as usize], grown[clusters.1 as usize]),
                });
            }
        }
    }
    cluster
}
