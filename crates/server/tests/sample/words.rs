//! What residents say: many things, in many ways.

use std::collections::{BTreeMap, BTreeSet};

use yiwang_base::Purpose;

use crate::cases;

fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    cases().filter_map(|case| {
        let request = case.request.as_ref()?.disclose(Purpose::Export);
        Some((
            case.category.as_ref().map_or("", |c| c.as_str()),
            request.words.as_str(),
        ))
    })
}

#[test]
fn hardly_anybody_says_what_another_said() {
    let all: Vec<&str> = words().map(|(_, words)| words).collect();
    let distinct: BTreeSet<&str> = all.iter().copied().collect();
    assert!(
        distinct.len() * 1000 > all.len() * 995,
        "{} of {}",
        distinct.len(),
        all.len()
    );
}

/// Pairs of letters of a text.
fn pairs(text: &str) -> BTreeSet<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

#[test]
fn two_reports_of_one_category_share_few_of_their_words() {
    let mut by_category = BTreeMap::<&str, Vec<BTreeSet<(char, char)>>>::new();
    for (category, words) in words().filter(|(category, _)| !category.is_empty()) {
        by_category.entry(category).or_default().push(pairs(words));
    }
    let mut worst = ("", 0.0);
    for (category, texts) in by_category.iter().filter(|(_, texts)| texts.len() > 30) {
        let likeness = |a: &BTreeSet<_>, b: &BTreeSet<_>| {
            let shared = a.intersection(b).count() as f64;
            shared / (a.len() + b.len()) as f64 * 2.0
        };
        let neighbours = texts.windows(2).map(|two| likeness(&two[0], &two[1]));
        let mean = neighbours.sum::<f64>() / (texts.len() - 1) as f64;
        if mean > worst.1 {
            worst = (category, mean);
        }
    }
    assert!(worst.1 < 0.35, "{worst:?}");
}

#[test]
fn some_write_english_and_nothing_is_left_unfilled() {
    let is_english = |words: &str| words.is_ascii();
    let english = words().filter(|(_, words)| is_english(words)).count();
    assert!((150..450).contains(&english), "{english}");
    for (_, words) in words() {
        assert!(!words.contains(['{', '}', '[', ']', '|']), "{words}");
        assert!(
            !words.contains("，，") && !words.contains("。。"),
            "{words}"
        );
        assert!(words.chars().count() > 3, "{words}");
    }
}

#[test]
fn every_category_comes_up() {
    let categories: BTreeSet<&str> = words().map(|(category, _)| category).collect();
    for code in crate::city().rules.categories.keys() {
        assert!(categories.contains(code.as_str()), "{code}");
    }
}
