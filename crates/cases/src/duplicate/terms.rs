//! Terms: what a text is compared by.

use std::collections::BTreeSet;

/// Most terms of one text that are compared; of longer texts the first ones
/// count, where people say what it is about.
const MOST: usize = 96;

/// Longest piece that [`shared_words`] shows, characters.
const LONGEST_SHOWN: usize = 16;

/// The terms of a text as numbers, in order, each once: pairs of neighbouring
/// Chinese characters (bigrams, which need no dictionary), and Latin words and
/// numbers of two characters or more in small letters.
pub fn terms(text: &str) -> Vec<u32> {
    let mut found = Vec::with_capacity(MOST);
    each_term(text, |term| {
        found.push(number(term));
        found.len() < MOST
    });
    found.sort_unstable();
    found.dedup();
    found
}

/// Calls with each term in the order of the text, until told to stop.
fn each_term(text: &str, mut each: impl FnMut(&str) -> bool) {
    let mut word = String::new();
    let mut pair = String::new();
    let mut last: Option<char> = None;
    for c in text.chars().chain([' ']) {
        if is_han(c) {
            if !flush(&mut word, &mut each) {
                return;
            }
            if let Some(before) = last {
                pair.clear();
                pair.extend([before, c]);
                if !each(&pair) {
                    return;
                }
            }
            last = Some(c);
            continue;
        }
        last = None;
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if !flush(&mut word, &mut each) {
            return;
        }
    }
}

/// Hands over a word that has ended.
fn flush(word: &mut String, each: &mut impl FnMut(&str) -> bool) -> bool {
    let goes_on = word.chars().nth(1).is_none() || each(word);
    word.clear();
    goes_on
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// FNV-1a, 32 bits (draft-eastlake-fnv): the same number in every program run.
fn number(term: &str) -> u32 {
    term.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Pieces that two texts share, the longest first and at most `most`: runs of
/// Chinese characters of two or more, and Latin words.
pub fn shared_words(one: &str, other: &str, most: usize) -> Vec<String> {
    let theirs: BTreeSet<String> = {
        let mut all = BTreeSet::new();
        each_term(other, |term| {
            all.insert(term.to_owned());
            true
        });
        all
    };
    let mut pieces: Vec<String> = Vec::new();
    let mut run = String::new();
    let end_run = |run: &mut String, pieces: &mut Vec<String>| {
        if !run.is_empty() && !pieces.contains(run) {
            pieces.push(run.clone());
        }
        run.clear();
    };
    each_term(one, |term| {
        let mut chars = term.chars();
        let (first, second) = (chars.next(), chars.next());
        let pair = first.is_some_and(is_han);
        if !theirs.contains(term) {
            end_run(&mut run, &mut pieces);
        } else if pair && run.chars().last() == first && run.chars().count() < LONGEST_SHOWN {
            run.extend(second);
        } else {
            end_run(&mut run, &mut pieces);
            run.push_str(term);
            if !pair {
                end_run(&mut run, &mut pieces);
            }
        }
        true
    });
    end_run(&mut run, &mut pieces);
    // A stable sort: of pieces of one length the first said comes first.
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.chars().count()));
    pieces.truncate(most);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        each_term(text, |term| {
            all.push(term.to_owned());
            true
        });
        all
    }

    #[test]
    fn chinese_gives_pairs_and_latin_gives_words_in_small_letters() {
        assert_eq!(words("路灯坏了"), ["路灯", "灯坏", "坏了"]);
        assert_eq!(
            words("Street LIGHT out, a 12 号楼B座3单元"),
            ["street", "light", "out", "12", "号楼", "单元"]
        );
        assert_eq!(words("灯。亮"), [""; 0]);
    }

    #[test]
    fn a_text_has_a_bounded_number_of_terms() {
        let long: String = ('\u{4e00}'..'\u{9000}').collect();
        assert_eq!(terms(&long).len(), MOST);
        assert_eq!(terms(""), [0; 0]);
    }

    #[test]
    fn what_is_shared_is_shown_in_pieces_the_longest_first() {
        let shared = shared_words(
            "春风路口的路灯坏了三天 lamp no 12",
            "春风路口路灯不亮 Lamp 12",
            9,
        );
        assert_eq!(shared, ["春风路口", "lamp", "路灯", "12"]);
        assert_eq!(shared_words("春风路", "秋月桥", 9), [""; 0]);
        assert_eq!(shared_words("路灯路灯", "路灯", 9), ["路灯"]);
    }

    proptest! {
        #[test]
        fn terms_are_in_order_and_each_once(text in any::<String>()) {
            let terms = terms(&text);
            prop_assert!(terms.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn a_text_shares_all_its_terms_with_itself(text in "[路灯坏了a-c ]{0,30}") {
            let shared = shared_words(&text, &text, usize::MAX);
            prop_assert_eq!(shared.is_empty(), terms(&text).is_empty());
        }
    }
}
