//! Before there are cases to learn from: categories by their names.

use super::Verdict;
use super::space::{Counting, Space, Vector};

/// The most that a name's likeness is trusted, 0…1: names are not examples.
const MOST_TRUSTED: f32 = 0.5;

/// Categories by the words and matters of their names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Names {
    space: Space,
    names: Vec<Vector>,
}

impl Names {
    /// Knows each category by all of its names in one text.
    pub(super) fn of(names: &[String]) -> Names {
        let messages: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
        let space = Space::of(&messages, 1, 1);
        let mut counting = Counting::default();
        let names = messages
            .iter()
            .map(|name| space.vector(name, &mut counting));
        Names {
            names: names.collect(),
            space,
        }
    }

    /// Categories whose names share anything with the words, the likest first.
    pub(super) fn ranked(&self, words: &str) -> Vec<Verdict> {
        let vector = self.space.vector(&[words], &mut Counting::default());
        let cosine = |name: &Vector| {
            let norms = square(name).sqrt() * square(&vector).sqrt();
            if norms > 0.0 {
                product(name, &vector) / norms
            } else {
                0.0
            }
        };
        let alike = self.names.iter().map(cosine).enumerate();
        let mut ranked: Vec<Verdict> = alike
            .filter(|(_, cosine)| *cosine > 0.0)
            .map(|(label, cosine)| Verdict {
                label,
                confidence: cosine.min(1.0) * MOST_TRUSTED,
            })
            .collect();
        ranked.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        ranked
    }
}

fn square(vector: &Vector) -> f32 {
    vector.iter().map(|(_, value)| value * value).sum()
}

/// The product of two vectors, features ascending.
fn product(one: &Vector, other: &Vector) -> f32 {
    let value = |feature: u32| {
        let found = other.binary_search_by_key(&feature, |(feature, _)| *feature);
        found.map_or(0.0, |at| other[at].1)
    };
    one.iter().map(|(feature, own)| own * value(*feature)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_its_words_and_by_its_matter() {
        let names = ["路灯不亮 Street light out", "垃圾清运 Rubbish collection"];
        let names = Names::of(&names.map(str::to_owned));
        let best = |words: &str| names.ranked(words).first().map(|verdict| verdict.label);
        assert_eq!(best("门口路灯坏了"), Some(0));
        assert_eq!(best("the garbage bin is full of litter"), Some(1));
        assert_eq!(best("qqq"), None);
        assert!(names.ranked("路灯不亮")[0].confidence <= MOST_TRUSTED);
    }
}
