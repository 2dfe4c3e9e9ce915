//! Putting neighbouring pieces of land together to about equal groups.

use super::plane::{Xy, distance};
use crate::sample::dice::Dice;

/// A piece of land to be put in a group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) at: Xy,
    /// About how many people live there; groups have about the same.
    pub(crate) weight: f64,
    /// Which side of the river.
    pub(crate) side: bool,
}

/// Times the middles of groups are moved.
const ROUNDS: usize = 40;

/// The group of each spot, 0 to below `count`; the spots of a group hang
/// together. `touching` names each spot's neighbours and the length of the edge
/// they share.
pub(crate) fn group(
    spots: &[Spot],
    touching: &[Vec<(usize, f64)>],
    count: usize,
    dice: &mut Dice,
) -> Vec<usize> {
    let mut middles = first_middles(spots, count, dice);
    // Who has too much pushes its border inward.
    let mut push = vec![1.0_f64; count];
    let whole: f64 = spots.iter().map(|s| s.weight).sum();
    let mut of = nearest(spots, &middles, &push);
    for _ in 0..ROUNDS {
        for own in 0..count {
            let members = || {
                spots
                    .iter()
                    .zip(&of)
                    .filter(|(_, g)| **g == own)
                    .map(|(s, _)| s)
            };
            let weight: f64 = members().map(|s| s.weight).sum();
            if weight <= 0.0 {
                continue;
            }
            let sum = members().fold(Xy::default(), |sum, s| sum + s.at * s.weight);
            let left: f64 = members().filter(|s| s.side).map(|s| s.weight).sum();
            middles[own] = (sum / weight, left > weight / 2.0);
            let share = weight * count as f64 / whole;
            push[own] = (push[own] * (1.0 + 0.1 * (share - 1.0))).clamp(0.6, 1.7);
        }
        of = nearest(spots, &middles, &push);
    }
    hang_together(spots, touching, count, of)
}

/// Middles far from each other: each the heaviest spot for its distance to the others.
fn first_middles(spots: &[Spot], count: usize, dice: &mut Dice) -> Vec<(Xy, bool)> {
    let weights: Vec<f64> = spots.iter().map(|s| s.weight).collect();
    let mut chosen = vec![dice.weighted(&weights)];
    while chosen.len() < count {
        let far = |s: &Spot| {
            let nearest = chosen.iter().map(|c| distance(spots[*c].at, s.at));
            let nearest = nearest.fold(f64::MAX, f64::min);
            s.weight * nearest * nearest
        };
        let best = (0..spots.len()).max_by(|a, b| far(&spots[*a]).total_cmp(&far(&spots[*b])));
        chosen.extend(best);
    }
    chosen
        .iter()
        .map(|c| (spots[*c].at, spots[*c].side))
        .collect()
}

fn nearest(spots: &[Spot], middles: &[(Xy, bool)], push: &[f64]) -> Vec<usize> {
    let cost = |spot: &Spot, own: usize| {
        let (middle, side) = middles[own];
        let across = if side == spot.side { 1.0 } else { 2.2 };
        distance(spot.at, middle) * across * push[own]
    };
    spots
        .iter()
        .map(|spot| {
            (0..middles.len())
                .min_by(|a, b| cost(spot, *a).total_cmp(&cost(spot, *b)))
                .unwrap_or(0)
        })
        .collect()
}

/// Gives what is cut off from the rest of its group to the neighbour it shares
/// the longest edge with, until nothing is cut off.
fn hang_together(
    spots: &[Spot],
    touching: &[Vec<(usize, f64)>],
    count: usize,
    mut of: Vec<usize>,
) -> Vec<usize> {
    loop {
        let mut moved = false;
        for own in 0..count {
            let mut parts = parts(touching, &of, own);
            let weight = |part: &Vec<usize>| part.iter().map(|s| spots[*s].weight).sum::<f64>();
            parts.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
            for part in parts.iter().skip(1) {
                let mut shared = vec![0.0; count];
                for (other, edge) in part.iter().flat_map(|s| &touching[*s]) {
                    if of[*other] != own {
                        shared[of[*other]] += edge;
                    }
                }
                let to = (0..count).max_by(|a, b| shared[*a].total_cmp(&shared[*b]));
                if let Some(to) = to.filter(|to| shared[*to] > 0.0) {
                    part.iter().for_each(|s| of[*s] = to);
                    moved = true;
                }
            }
        }
        if !moved {
            return of;
        }
    }
}

/// The parts of a group that hang together.
fn parts(touching: &[Vec<(usize, f64)>], of: &[usize], own: usize) -> Vec<Vec<usize>> {
    let mut seen = vec![false; of.len()];
    let mut parts = Vec::new();
    for start in (0..of.len()).filter(|s| of[*s] == own) {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut part = vec![start];
        let mut at = 0;
        while at < part.len() {
            for (other, _) in &touching[part[at]] {
                if of[*other] == own && !std::mem::replace(&mut seen[*other], true) {
                    part.push(*other);
                }
            }
            at += 1;
        }
        parts.push(part);
    }
    parts
}
