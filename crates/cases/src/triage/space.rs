//! From texts to numbers: which terms and matters a model knows, and how much
//! each of them counts in a message.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use super::matters::Matters;
use super::text::{Key, cut};

/// How much the matters of a text count beside its terms, whose norm is 1.
const MATTERS_WEIGHT: f32 = 0.35;
/// Most terms a model keeps for one text; those that most messages have go first.
pub(crate) const MOST_TERMS: usize = 1 << 17;

/// A message as numbers: features, ascending, each with its value.
pub(crate) type Vector = Vec<(u32, f32)>;

type Terms = HashMap<Key, u32, BuildHasherDefault<Mix>>;

/// Spreads the bits of a key; keys are made here and need no protection from guests.
#[derive(Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let product = (self.0 ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ (product >> 32);
    }
}

/// What a model counts in a message of so many texts (a title and a body, say).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Space {
    /// For each text, its terms by key, in the order of their features.
    terms: Vec<Terms>,
    /// Rarity of each feature: ln((1 + messages) / (1 + messages with it)) + 1.
    rarity: Vec<f32>,
}

/// Room for counting, used again for each message.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    counts: Vec<u16>,
    touched: Vec<u32>,
    pub(crate) vector: Vector,
}

impl Space {
    /// The space of these messages, each with the same number of texts; terms
    /// that fewer than `least` messages have are left out.
    pub(crate) fn of(messages: &[Vec<&str>], texts: usize, least: u32) -> Space {
        let mut terms = Vec::with_capacity(texts);
        let mut rarity = Vec::new();
        for text in 0..texts {
            let mut seen: HashMap<Key, (u32, u32), BuildHasherDefault<Mix>> = HashMap::default();
            for (n, message) in messages.iter().enumerate() {
                let n = n as u32 + 1;
                cut(message[text], |key, _| {
                    let (last, count) = seen.entry(key).or_default();
                    if *last != n {
                        *last = n;
                        *count += 1;
                    }
                });
            }
            let mut kept: Vec<(u32, Key)> = seen
                .into_iter()
                .filter(|(_, (_, count))| *count >= least)
                .map(|(key, (_, count))| (count, key))
                .collect();
            kept.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            kept.truncate(MOST_TERMS);
            let from = rarity.len() as u32;
            rarity.extend(
                kept.iter()
                    .map(|(count, _)| rarity_of(*count, messages.len())),
            );
            let keys = kept.iter().zip(from..);
            terms.push(keys.map(|((_, key), feature)| (*key, feature)).collect());
        }
        let matters = Matters::of_the_house();
        for text in 0..texts {
            let mut having = vec![(0u32, 0u32); matters.count()];
            for (n, message) in messages.iter().enumerate() {
                matters.find(message[text], |matter, _| {
                    let (last, count) = &mut having[usize::from(matter)];
                    if *last != n as u32 + 1 {
                        *last = n as u32 + 1;
                        *count += 1;
                    }
                });
            }
            let counts = having.iter().map(|(_, count)| *count);
            rarity.extend(counts.map(|count| rarity_of(count, messages.len())));
        }
        Space { terms, rarity }
    }

    /// How many texts a message has.
    pub(crate) fn texts(&self) -> usize {
        self.terms.len()
    }

    /// How many features there are.
    pub(crate) fn features(&self) -> usize {
        self.rarity.len()
    }

    /// Counts a message into `counting.vector`: (1 + ln count) · rarity, where
    /// the terms of each text together have the norm 1/√texts with any.
    /// Texts that are missing count as empty.
    pub(crate) fn count(&self, message: &[&str], counting: &mut Counting) {
        counting.counts.resize(self.features(), 0);
        counting.vector.clear();
        let mut with_terms = 0u32;
        for (n, text) in self.texts_of(message) {
            let terms = &self.terms[n];
            cut(text, |key, _| {
                if let Some(feature) = terms.get(&key) {
                    counting.touch(*feature);
                }
            });
            with_terms += u32::from(counting.settle(&self.rarity, 1.0));
        }
        if with_terms > 1 {
            let share = 1.0 / (with_terms as f32).sqrt();
            counting
                .vector
                .iter_mut()
                .for_each(|(_, value)| *value *= share);
        }
        for (n, text) in self.texts_of(message) {
            let first = self.first_matter(n);
            Matters::of_the_house().find(text, |matter, _| {
                counting.touch(first + u32::from(matter));
            });
            counting.settle(&self.rarity, MATTERS_WEIGHT);
        }
    }

    /// The message as a vector of its own, features ascending.
    pub(crate) fn vector(&self, message: &[&str], counting: &mut Counting) -> Vector {
        self.count(message, counting);
        let mut vector = counting.vector.clone();
        vector.sort_unstable_by_key(|(feature, _)| *feature);
        vector
    }

    /// Where in a text each known feature stands.
    pub(crate) fn places(&self, n: usize, text: &str, mut found: impl FnMut(u32, Range<usize>)) {
        cut(text, |key, on| {
            if let Some(feature) = self.terms[n].get(&key) {
                found(*feature, on);
            }
        });
        let first = self.first_matter(n);
        Matters::of_the_house().find(text, |matter, on| found(first + u32::from(matter), on));
    }

    /// The texts that a message and the model both have.
    pub(crate) fn texts_of<'a>(
        &self,
        message: &'a [&'a str],
    ) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
        message.iter().take(self.texts()).copied().enumerate()
    }

    fn first_matter(&self, n: usize) -> u32 {
        let matters = Matters::of_the_house().count();
        (self.features() - (self.texts() - n) * matters) as u32
    }

    /// The terms of each text in the order of their features, and the rarities:
    /// what [`Space::from_parts`] makes the space from.
    pub(crate) fn parts(&self) -> (Vec<Vec<Key>>, &[f32]) {
        let keys = self.terms.iter().map(|terms| {
            let mut keys: Vec<(u32, Key)> = terms.iter().map(|(key, n)| (*n, *key)).collect();
            keys.sort_unstable();
            keys.into_iter().map(|(_, key)| key).collect()
        });
        (keys.collect(), &self.rarity)
    }

    /// The space of these parts; `None` where they do not fit each other.
    pub(crate) fn from_parts(keys: Vec<Vec<Key>>, rarity: Vec<f32>) -> Option<Space> {
        let mut next = 0;
        let mut terms = Vec::with_capacity(keys.len());
        for keys in keys {
            let count = keys.len();
            let own: Terms = keys.into_iter().zip(next..).collect();
            if own.len() != count {
                return None;
            }
            next += count as u32;
            terms.push(own);
        }
        let matters = terms.len() * Matters::of_the_house().count();
        (rarity.len() == next as usize + matters).then_some(Space { terms, rarity })
    }
}

impl Counting {
    fn touch(&mut self, feature: u32) {
        let count = &mut self.counts[feature as usize];
        if *count == 0 {
            self.touched.push(feature);
        }
        *count = count.saturating_add(1);
    }

    /// Moves what was touched into the vector with this norm; whether there was any.
    fn settle(&mut self, rarity: &[f32], norm: f32) -> bool {
        let from = self.vector.len();
        let mut square = 0.0f32;
        for feature in self.touched.drain(..) {
            let count = std::mem::take(&mut self.counts[feature as usize]);
            let often = if count == 1 {
                1.0
            } else {
                1.0 + f32::from(count).ln()
            };
            let value = often * rarity[feature as usize];
            square += value * value;
            self.vector.push((feature, value));
        }
        if square == 0.0 {
            return false;
        }
        let scale = norm / square.sqrt();
        self.vector[from..]
            .iter_mut()
            .for_each(|(_, value)| *value *= scale);
        true
    }
}

fn rarity_of(having: u32, messages: usize) -> f32 {
    ((1.0 + messages as f64) / (1.0 + f64::from(having))).ln() as f32 + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space() -> Space {
        Space::of(&[vec!["路灯坏了", "路灯"], vec!["路面坏了", ""]], 2, 1)
    }

    #[test]
    fn the_terms_of_all_texts_together_have_norm_one() {
        let space = space();
        let mut counting = Counting::default();
        for message in [&["路灯坏", "路灯"][..], &["路灯坏", ""], &["路灯坏"]] {
            let vector = space.vector(message, &mut counting);
            let terms = space.first_matter(0);
            let square: f32 = vector
                .iter()
                .filter(|(feature, _)| *feature < terms)
                .map(|(_, value)| value * value)
                .sum();
            assert!((square - 1.0).abs() < 1e-5, "{message:?} {square}");
        }
        assert!(space.vector(&["xyz"], &mut counting).is_empty());
    }

    #[test]
    fn a_space_is_made_again_from_its_parts() {
        let space = space();
        let (keys, rarity) = space.parts();
        let again = Space::from_parts(keys.clone(), rarity.to_vec()).unwrap();
        assert_eq!(again, space);
        assert_eq!(Space::from_parts(keys.clone(), rarity[1..].to_vec()), None);
        let twice = vec![vec![1, 1]];
        assert_eq!(Space::from_parts(twice, rarity.to_vec()), None);
    }

    #[test]
    fn rare_terms_count_more_than_common_ones() {
        let space = space();
        let vector = space.vector(&["路灯"], &mut Counting::default());
        let terms = space.first_matter(0);
        let values = vector.iter().filter(|(feature, _)| *feature < terms);
        let values: Vec<f32> = values.map(|(_, value)| *value).collect();
        let (least, most) = (
            values.iter().copied().fold(f32::MAX, f32::min),
            values.iter().copied().fold(0.0, f32::max),
        );
        assert!(least < most);
    }
}
