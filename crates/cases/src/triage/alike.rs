//! Messages that are nearly the same: they make a test look better than it is.

use std::collections::HashMap;

use super::text::{Key, cut};

/// For each message of `these`, whether one of `those` shares at least the part
/// `alike` (0…1) of all terms that either has (Jaccard index of the terms).
///
/// Two sets that are so alike share one of the rarest few terms of each (prefix
/// filter: Chaudhuri, Ganti, Kaushik: A Primitive Operator for Similarity
/// Joins, ICDE 2006), so that few pairs have to be compared.
pub fn nearly_repeats(these: &[Vec<&str>], those: &[Vec<&str>], alike: f64) -> Vec<bool> {
    let these: Vec<Vec<Key>> = these.iter().map(|message| terms(message)).collect();
    let those: Vec<Vec<Key>> = those.iter().map(|message| terms(message)).collect();
    let mut count: HashMap<Key, u32> = HashMap::new();
    for key in these.iter().chain(&those).flatten() {
        *count.entry(*key).or_default() += 1;
    }
    let rarest = |terms: &[Key]| -> Vec<Key> {
        let mut terms = terms.to_vec();
        terms.sort_unstable_by_key(|key| (count[key], *key));
        let shared = (alike * terms.len() as f64).ceil() as usize;
        terms.truncate((terms.len() + 1).saturating_sub(shared.max(1)));
        terms
    };
    let mut having: HashMap<Key, Vec<usize>> = HashMap::new();
    for (n, terms) in those.iter().enumerate() {
        for key in rarest(terms) {
            having.entry(key).or_default().push(n);
        }
    }
    let repeats = |terms: &Vec<Key>| {
        let rarest = rarest(terms);
        let candidates = rarest.iter().filter_map(|key| having.get(key)).flatten();
        candidates
            .into_iter()
            .any(|n| jaccard(terms, &those[*n]) >= alike)
    };
    these.iter().map(repeats).collect()
}

fn terms(message: &[&str]) -> Vec<Key> {
    let mut terms = Vec::new();
    for text in message {
        cut(text, |key, _| terms.push(key));
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Terms that both have among those that either has; both ascending.
fn jaccard(one: &[Key], other: &[Key]) -> f64 {
    let shared = one
        .iter()
        .filter(|key| other.binary_search(key).is_ok())
        .count();
    let either = one.len() + other.len() - shared;
    if either == 0 {
        0.0
    } else {
        shared as f64 / either as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_a_word_is_nearly_the_same_and_what_shares_a_word_is_not() {
        let those = vec![
            vec!["小区门口的路灯坏了三天没有人来修理"],
            vec!["请问公积金怎么提取"],
        ];
        let these = vec![
            vec!["小区门口的路灯坏了五天没有人来修理"],
            vec!["门口的路灯很亮"],
            vec![""],
        ];
        assert_eq!(nearly_repeats(&these, &those, 0.75), [true, false, false]);
    }

    #[test]
    fn the_filter_finds_what_comparing_all_pairs_finds() {
        let words = ["路", "灯", "坏", "水", "停", "修", "楼", "电"];
        let message = |seed: usize| -> String {
            (0..6)
                .map(|n| words[(seed * (n + 3) + n * n) % words.len()])
                .collect()
        };
        let texts: Vec<String> = (0..40).map(message).collect();
        let all: Vec<Vec<&str>> = texts.iter().map(|text| vec![text.as_str()]).collect();
        let (these, those) = all.split_at(20);
        for alike in [0.3, 0.5, 0.8, 1.0] {
            let plainly: Vec<bool> = these
                .iter()
                .map(|one| {
                    those
                        .iter()
                        .any(|other| jaccard(&terms(one), &terms(other)) >= alike)
                })
                .collect();
            assert_eq!(nearly_repeats(these, those, alike), plainly, "{alike}");
        }
    }
}
