//! Cutting a text into its terms (词项), the features a model counts.
//!
//! Chinese is not written with spaces: single characters and pairs of
//! neighbours serve where a dictionary of words would have to be kept. What is
//! written in letters is cut into words and pairs of neighbouring words.

use std::ops::Range;

/// A term's key. Characters fit whole (21 bits each), so that two different
/// terms of one or two characters never share a key; words are hashed (FNV-1a)
/// and have the top bit set.
pub(crate) type Key = u64;

const WORD: u64 = 1 << 63;
/// Longest word that is told apart by all of its letters, bytes.
const LONGEST_WORD: usize = 64;

/// What becomes of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// They differ from message to message and tell nothing of the matter.
    Left,
    /// They name things: line 7, house 58.
    Kept,
}

/// Cuts a text without its numbers; `found` is given each term with the bytes
/// of the text it stands on.
pub(crate) fn cut(text: &str, found: impl FnMut(Key, Range<usize>)) {
    cut_with(text, Numbers::Left, found);
}

/// Cuts a text; digits that are kept are cut as characters are.
pub(crate) fn cut_with(text: &str, numbers: Numbers, mut found: impl FnMut(Key, Range<usize>)) {
    let mut walk = Walk::default();
    for (at, raw) in text.char_indices() {
        let end = at + raw.len_utf8();
        let character = plain(raw);
        if character.is_ascii_digit() && numbers == Numbers::Left {
            walk.end_word(&mut found);
            walk.before = None;
        } else if is_letter(character) {
            walk.before = None;
            walk.letter(character, at, end);
        } else {
            walk.end_word(&mut found);
            if is_han(character) || character.is_alphanumeric() {
                walk.character(character, at..end, &mut found);
            } else {
                walk.before = None;
                if !character.is_whitespace() {
                    walk.word_before = None;
                }
            }
        }
    }
    walk.end_word(&mut found);
}

#[derive(Default)]
struct Walk {
    /// The character before, and where it begins.
    before: Option<(char, usize)>,
    /// The word under way: hash, beginning, end.
    word: Option<(u64, usize, usize)>,
    /// The word before, and where it begins.
    word_before: Option<(u64, usize)>,
}

impl Walk {
    fn letter(&mut self, letter: char, at: usize, end: usize) {
        let (hash, start, _) = self.word.unwrap_or((FNV_OFFSET, at, at));
        let hash = if end - start <= LONGEST_WORD {
            fnv(hash, letter)
        } else {
            hash
        };
        self.word = Some((hash, start, end));
    }

    fn end_word(&mut self, found: &mut impl FnMut(Key, Range<usize>)) {
        let Some((hash, start, end)) = self.word.take() else {
            return;
        };
        found(hash | WORD, start..end);
        if let Some((before, from)) = self.word_before {
            let pair = before.rotate_left(23) ^ hash.wrapping_mul(FNV_PRIME);
            found(pair | WORD, from..end);
        }
        self.word_before = Some((hash, start));
    }

    fn character(
        &mut self,
        character: char,
        on: Range<usize>,
        found: &mut impl FnMut(Key, Range<usize>),
    ) {
        self.word_before = None;
        found(u64::from(u32::from(character)), on.clone());
        if let Some((before, from)) = self.before {
            let pair = (u64::from(u32::from(before)) << 21) | u64::from(u32::from(character));
            found(pair, from..on.end);
        }
        self.before = Some((character, on.start));
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

fn fnv(hash: u64, letter: char) -> u64 {
    (hash ^ u64::from(u32::from(letter))).wrapping_mul(FNV_PRIME)
}

/// Small letters, and the narrow form of what has a wide one (U+FF01…U+FF5E).
pub(crate) fn plain(character: char) -> char {
    if is_han(character) {
        return character;
    }
    let narrow = match u32::from(character) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(character),
        _ => character,
    };
    if narrow.is_ascii() {
        narrow.to_ascii_lowercase()
    } else {
        narrow.to_lowercase().next().unwrap_or(narrow)
    }
}

/// Whether it is a usual Chinese character: most are, and need no look into
/// Unicode's tables.
fn is_han(character: char) -> bool {
    matches!(u32::from(character), 0x4E00..=0x9FFF)
}

/// Whether it belongs to a script that is written in words: Latin, Greek, Cyrillic.
fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic()
        || (matches!(u32::from(character), 0xC0..=0x52F | 0x1E00..=0x1FFF)
            && character.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<&str> {
        let mut terms = Vec::new();
        cut(text, |_, on| terms.push(&text[on]));
        terms
    }

    fn keys(text: &str) -> Vec<Key> {
        let mut keys = Vec::new();
        cut(text, |key, _| keys.push(key));
        keys
    }

    #[test]
    fn chinese_is_cut_into_characters_and_pairs() {
        assert_eq!(terms("路灯坏"), ["路", "灯", "路灯", "坏", "灯坏"]);
        assert_eq!(terms("路,灯"), ["路", "灯"]);
    }

    #[test]
    fn letters_are_cut_into_words_and_pairs_of_words() {
        assert_eq!(
            terms("Street light out"),
            ["Street", "light", "Street light", "out", "light out"]
        );
        assert_eq!(terms("out. The"), ["out", "The"]);
    }

    #[test]
    fn small_and_large_wide_and_narrow_are_the_same() {
        assert_eq!(keys("ＡＢ路"), keys("ab路"));
        assert_eq!(keys("Straße"), keys("STRAße"));
    }

    #[test]
    fn numbers_are_left_out_and_part_what_stands_around_them() {
        assert_eq!(terms("3号楼12层"), ["号", "楼", "号楼", "层"]);
    }

    #[test]
    fn different_terms_have_different_keys() {
        let mut all = keys("路灯坏了没人修 street light is out on main");
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
