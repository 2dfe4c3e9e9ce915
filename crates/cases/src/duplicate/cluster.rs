//! Clusters: cases that candidates hold together.

use std::collections::BTreeMap;

use yiwang_base::CaseId;

/// Cases that speak of one matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The oldest of them: the one that others would be merged with.
    pub main: CaseId,
    /// All of them, oldest first.
    pub cases: Vec<CaseId>,
    /// The weakest of the links that hold it together, thousandths.
    pub weakest: u16,
}

/// The clusters that links make of cases, the largest first: union-find, where
/// a link joins the clusters of its two ends. Links are taken strongest first,
/// and none makes a cluster larger than `most`, so that a chain of weak links
/// does not swallow a whole quarter.
pub fn clusters(links: &[(CaseId, CaseId, u16)], most: usize) -> Vec<Cluster> {
    let mut links: Vec<_> = links.to_vec();
    links.sort_by_key(|(one, other, score)| (std::cmp::Reverse(*score), *one, *other));
    let mut parents: BTreeMap<CaseId, CaseId> = BTreeMap::new();
    let mut sizes: BTreeMap<CaseId, (usize, u16)> = BTreeMap::new();
    for (one, other, score) in links {
        let (one, other) = (root(&mut parents, one), root(&mut parents, other));
        if one == other {
            continue;
        }
        let size = |of| sizes.get(&of).map_or(1, |(size, _)| *size);
        let together = size(one) + size(other);
        if together > most {
            continue;
        }
        let (old, new) = (one.min(other), one.max(other));
        parents.insert(new, old);
        // Links come strongest first, so this one is the weakest so far.
        sizes.insert(old, (together, score));
    }
    let mut members: BTreeMap<CaseId, Vec<CaseId>> = BTreeMap::new();
    let known: Vec<CaseId> = parents.keys().copied().collect();
    for case in known {
        let root = root(&mut parents, case);
        members.entry(root).or_default().push(case);
    }
    let mut clusters: Vec<Cluster> = members
        .into_iter()
        .filter(|(_, cases)| cases.len() > 1)
        .map(|(main, cases)| Cluster {
            main,
            weakest: sizes.get(&main).map_or(0, |(_, weakest)| *weakest),
            cases,
        })
        .collect();
    clusters.sort_by_key(|cluster| (std::cmp::Reverse(cluster.cases.len()), cluster.main));
    clusters
}

/// The root of a case's cluster; shortens the way there by half.
fn root(parents: &mut BTreeMap<CaseId, CaseId>, case: CaseId) -> CaseId {
    let mut at = case;
    loop {
        let up = *parents.entry(at).or_insert(at);
        if up == at {
            return at;
        }
        let higher = *parents.entry(up).or_insert(up);
        parents.insert(at, higher);
        at = higher;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn link(one: u64, other: u64, score: u16) -> (CaseId, CaseId, u16) {
        (CaseId(one), CaseId(other), score)
    }

    #[test]
    fn links_hold_cases_together_and_the_oldest_is_the_main_one() {
        let found = clusters(&[link(5, 3, 700), link(3, 9, 600), link(7, 8, 900)], 100);
        let ids = |ids: &[u64]| ids.iter().map(|id| CaseId(*id)).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                Cluster {
                    main: CaseId(3),
                    cases: ids(&[3, 5, 9]),
                    weakest: 600
                },
                Cluster {
                    main: CaseId(7),
                    cases: ids(&[7, 8]),
                    weakest: 900
                },
            ]
        );
        assert_eq!(clusters(&[], 100), []);
    }

    #[test]
    fn a_chain_of_links_makes_no_cluster_larger_than_allowed() {
        let chain: Vec<_> = (1..100).map(|n| link(n, n + 1, 600)).collect();
        assert!(clusters(&chain, 10).iter().all(|c| c.cases.len() <= 10));
        assert_eq!(clusters(&chain, 1000)[0].cases.len(), 100);
    }

    proptest! {
        #[test]
        fn each_case_is_in_one_cluster_and_every_link_is_inside_one(
            links in vec((1..30_u64, 1..30_u64, 500..1000_u16), 0..60),
        ) {
            let links: Vec<_> = links.into_iter().map(|(a, b, s)| link(a, b, s)).collect();
            let found = clusters(&links, usize::MAX);
            let mut seen = BTreeSet::new();
            for cluster in &found {
                prop_assert_eq!(cluster.cases.first(), Some(&cluster.main));
                for case in &cluster.cases {
                    prop_assert!(seen.insert(*case));
                }
            }
            for (one, other, score) in links {
                if one == other {
                    continue;
                }
                let home = found.iter().find(|cluster| cluster.cases.contains(&one)).unwrap();
                prop_assert!(home.cases.contains(&other));
                // A link weaker than the weakest is one that was not needed.
                prop_assert!(home.weakest >= 500 && score >= 500);
            }
        }
    }
}
