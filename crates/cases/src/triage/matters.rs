//! What sort of matter a word belongs to: a small thesaurus of the house's own,
//! so that a model that has seen few messages still knows that "headteacher"
//! and "classroom", 校长 and 教室, speak of the same thing.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

static LIST: &str = include_str!("matters.txt");

/// The matters, and a searcher for all of their words at once.
pub(crate) struct Matters {
    names: Vec<&'static str>,
    /// By word: which matters it belongs to.
    belongs: Vec<Vec<u16>>,
    searcher: AhoCorasick,
}

static MATTERS: LazyLock<Matters> = LazyLock::new(|| Matters::read(LIST));

impl Matters {
    /// The matters of the house.
    pub(crate) fn of_the_house() -> &'static Matters {
        &MATTERS
    }

    fn read(list: &'static str) -> Matters {
        let mut names = Vec::new();
        let mut words: Vec<String> = Vec::new();
        let mut belongs: Vec<Vec<u16>> = Vec::new();
        let lines = list.lines().filter(|line| !line.starts_with('#'));
        for (name, listed) in lines.filter_map(|line| line.split_once('|')) {
            let matter = names.len() as u16;
            names.push(name.trim());
            for word in listed.split_whitespace() {
                let word = word.replace('_', " ");
                match words.iter().position(|known| *known == word) {
                    Some(known) => belongs[known].push(matter),
                    None => {
                        words.push(word);
                        belongs.push(vec![matter]);
                    }
                }
            }
        }
        #[expect(
            clippy::expect_used,
            reason = "the list is part of the program, and a test reads it"
        )]
        let searcher = AhoCorasick::builder()
            // A few megabytes of table for fewer steps a byte.
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&words)
            .expect("the list of matters is small");
        Matters {
            names,
            belongs,
            searcher,
        }
    }

    /// Tells this list from another: a model is of use with its own list only.
    pub(crate) fn fingerprint() -> u64 {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        LIST.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.names.len()
    }

    /// Finds words of matters in a text; the longest at each place.
    pub(crate) fn find(&self, text: &str, mut found: impl FnMut(u16, Range<usize>)) {
        for hit in self.searcher.find_iter(text) {
            let on = hit.range();
            if !stands_alone(text, &on) {
                continue;
            }
            for matter in &self.belongs[hit.pattern().as_usize()] {
                found(*matter, on.clone());
            }
        }
    }
}

/// A word in letters counts only where no letter touches it: "cab" is not in "cable".
fn stands_alone(text: &str, on: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    !letter(bytes.get(on.start))
        || !(letter(on.start.checked_sub(1).and_then(|n| bytes.get(n)))
            || letter(bytes.get(on.end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, &str)> {
        let matters = Matters::of_the_house();
        let mut found = Vec::new();
        matters.find(text, |matter, on| {
            found.push((matters.names[usize::from(matter)], &text[on]));
        });
        found
    }

    #[test]
    fn words_of_both_languages_speak_of_the_same_matter() {
        assert_eq!(found("校长"), [("school", "校长")]);
        assert_eq!(found("The Headteacher left"), [("school", "Headteacher")]);
    }

    #[test]
    fn the_longest_word_wins() {
        assert_eq!(found("下水道"), [("drainage", "下水道")]);
    }

    #[test]
    fn a_word_inside_another_is_none() {
        assert_eq!(found("cable of a cabin"), []);
    }

    #[test]
    fn each_matter_has_a_name_of_its_own_and_words() {
        let matters = Matters::of_the_house();
        let mut names = matters.names.clone();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), matters.count());
        assert!(matters.belongs.len() > 900);
        for matter in 0..matters.count() {
            let has = matters
                .belongs
                .iter()
                .any(|to| to.contains(&(matter as u16)));
            assert!(has, "{}", matters.names[matter]);
        }
    }
}
