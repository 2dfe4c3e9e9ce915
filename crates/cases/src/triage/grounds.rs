//! The words of a message that decided.

use std::ops::Range;

use super::model::{Desk, Model};

/// Words of a message that speak for a label.
#[derive(Debug, Clone, PartialEq)]
pub struct Deciding {
    /// Which of the message's texts they stand in.
    pub text: usize,
    /// Where they stand in it, bytes.
    pub on: Range<usize>,
    /// Their share of all that speaks for the label, 0…1.
    pub share: f32,
}

/// What touches is one finding where its pull is at least this part of the strongest.
const PART_OF_STRONGEST: f32 = 0.25;
/// Longest finding, characters; what is longer is cut at its weakest place.
const LONGEST: usize = 12;

/// Every term's and matter's pull is spread evenly over the characters it
/// stands on; runs of characters that pull strongly are the deciding words.
pub(super) fn deciding(
    model: &Model,
    message: &[&str],
    label: usize,
    most: usize,
) -> Vec<Deciding> {
    let mut desk = Desk::default();
    model.space.count(message, &mut desk.counting);
    let mut found = Vec::new();
    let mut sum = 0.0;
    for (text, words) in model.space.texts_of(message) {
        let mut times = std::collections::BTreeMap::new();
        model.space.places(text, words, |feature, _| {
            *times.entry(feature).or_insert(0u16) += 1
        });
        let value = |feature: u32| {
            let vector = &desk.counting.vector;
            vector
                .iter()
                .find(|(n, _)| *n == feature)
                .map_or(0.0, |(_, value)| *value)
        };
        let each: std::collections::BTreeMap<u32, f32> = times
            .iter()
            .map(|(feature, times)| {
                let pull = model.pull(*feature, label) * value(*feature);
                (*feature, pull / f32::from(*times))
            })
            .collect();
        let mut pulls = vec![0.0f32; words.len()];
        model.space.places(text, words, |feature, on| {
            let on_characters = words[on.clone()].chars().count() as f32;
            for (at, _) in words[on.clone()].char_indices() {
                pulls[on.start + at] += each[&feature] / on_characters;
            }
        });
        sum += pulls.iter().filter(|pull| **pull > 0.0).sum::<f32>();
        found.extend(runs(words, &pulls).map(|(on, pull)| (text, on, pull)));
    }
    found.sort_by(|a, b| b.2.total_cmp(&a.2));
    found.truncate(most);
    let one = |(text, on, pull): (usize, Range<usize>, f32)| Deciding {
        text,
        on,
        share: pull / sum,
    };
    found.into_iter().map(one).collect()
}

/// Runs of characters that pull strongly, with the sum of their pulls.
fn runs(words: &str, pulls: &[f32]) -> impl Iterator<Item = (Range<usize>, f32)> {
    let strongest = pulls.iter().copied().fold(0.0, f32::max);
    let least = (strongest * PART_OF_STRONGEST).max(f32::MIN_POSITIVE);
    let mut runs: Vec<(Range<usize>, f32, usize)> = Vec::new();
    let mut open = false;
    for (at, character) in words.char_indices() {
        // Inside a word in letters the whole word stands or falls together.
        let strong = pulls[at] >= least;
        if !strong {
            open = false;
            continue;
        }
        let end = at + character.len_utf8();
        match runs.last_mut() {
            Some((on, pull, length)) if open && *length < LONGEST.max(letters(words, on)) => {
                on.end = end;
                *pull += pulls[at];
                *length += 1;
            }
            _ => runs.push((at..end, pulls[at], 1)),
        }
        open = true;
    }
    runs.into_iter().map(|(on, pull, _)| (on, pull))
}

/// A run in letters may be as long as the words are.
fn letters(words: &str, on: &Range<usize>) -> usize {
    if words[on.clone()].is_ascii() { 40 } else { 0 }
}
