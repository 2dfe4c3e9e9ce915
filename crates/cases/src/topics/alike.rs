//! How alike two messages are.

use std::collections::HashMap;

use super::Message;
use crate::triage::text::{Key, Numbers, cut_with};

/// A pair of messages, by their numbers, the smaller first.
pub(super) type Pair = (u32, u32);

/// Weights of a text's terms, ascending by term; their norm is 1.
type Weighted = Vec<(u32, f32)>;

/// Less alike than this counts as not at all.
const LEAST: f32 = 0.02;

/// Pairs of messages that are at all alike, ascending, with how much (0…1): the
/// cosine of their titles' terms, which fades with the time between the messages.
pub(super) fn pairs(messages: &[Message<'_>], half_life_days: f32) -> Vec<(Pair, f32)> {
    let titles = weighted(messages.iter().map(|message| message.title));
    let mut pairs = cosines(&titles);
    for ((a, b), alike) in &mut pairs {
        let days = messages[*a as usize].day.zip(messages[*b as usize].day);
        let days = days.map_or(0, |(one, other)| (one - other).unsigned_abs());
        *alike *= fading(days as f32, half_life_days);
    }
    pairs.retain(|(_, alike)| *alike >= LEAST);
    pairs
}

/// 1 on the same day, ½ after `half_life` days.
fn fading(days: f32, half_life: f32) -> f32 {
    (-days / half_life).exp2()
}

/// The terms of texts, weighted by (1 + ln count) · rarity.
fn weighted<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Weighted> {
    let mut numbers: HashMap<Key, u32> = HashMap::new();
    let mut having: Vec<u32> = Vec::new();
    let mut counts: Vec<Vec<(u32, u32)>> = Vec::new();
    for text in texts {
        let mut own: HashMap<u32, u32> = HashMap::new();
        cut_with(text, Numbers::Kept, |key, _| {
            let next = numbers.len() as u32;
            let number = *numbers.entry(key).or_insert(next);
            *own.entry(number).or_default() += 1;
        });
        having.resize(numbers.len(), 0);
        for number in own.keys() {
            having[*number as usize] += 1;
        }
        let mut own: Vec<(u32, u32)> = own.into_iter().collect();
        own.sort_unstable();
        counts.push(own);
    }
    let texts = counts.len() as f32;
    let weigh = |own: Vec<(u32, u32)>| {
        let mut own: Weighted = own
            .into_iter()
            .map(|(number, count)| {
                // What every text has still counts: all of few texts may speak of one thing.
                let rarity = (texts / having[number as usize] as f32).ln_1p();
                (number, (1.0 + (count as f32).ln()) * rarity)
            })
            .collect();
        let norm = own.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
        if norm > 0.0 {
            own.iter_mut().for_each(|(_, weight)| *weight /= norm);
        }
        own
    };
    counts.into_iter().map(weigh).collect()
}

/// Cosines of all pairs that share a term which is not in too many texts: a
/// twentieth of them, or fifty. In order, since sums of them are rounded by it.
fn cosines(texts: &[Weighted]) -> Vec<(Pair, f32)> {
    let mut having: HashMap<u32, Vec<u32>> = HashMap::new();
    for (n, text) in texts.iter().enumerate() {
        for (term, _) in text {
            having.entry(*term).or_default().push(n as u32);
        }
    }
    let most = (texts.len() / 20).max(50);
    let mut pairs = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let mut others: Vec<u32> = Vec::new();
        for (term, _) in text {
            let list = &having[term];
            if list.len() <= most {
                others.extend(list.iter().filter(|other| **other > n as u32));
            }
        }
        others.sort_unstable();
        others.dedup();
        for other in others {
            let cosine = dot(text, &texts[other as usize]);
            pairs.push(((n as u32, other), cosine));
        }
    }
    pairs
}

fn dot(one: &Weighted, other: &Weighted) -> f32 {
    let (mut a, mut b, mut sum) = (0, 0, 0.0);
    while a < one.len() && b < other.len() {
        match one[a].0.cmp(&other[b].0) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => {
                sum += one[a].1 * other[b].1;
                a += 1;
                b += 1;
            }
        }
    }
    sum
}
