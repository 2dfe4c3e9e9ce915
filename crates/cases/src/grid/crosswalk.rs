//! Which old cell went where.

use std::collections::BTreeMap;

/// All of a cell, in millionths.
pub const WHOLE: u32 = 1_000_000;

/// A part of an old cell that lies in a new one.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// The layer's name.
    pub layer: String,
    /// The old cell's code.
    pub old: String,
    /// Which new cell, by its place among the new cells.
    pub new: usize,
    /// The ground of the part, square metres.
    pub area_m2: f64,
    /// The same in millionths of the old cell; those of one old cell sum to [`WHOLE`].
    pub area_share: u32,
    /// The people of the part.
    pub population: f64,
    /// The same in millionths of the old cell's people; they sum to [`WHOLE`]
    /// where anyone lives in it, and are those of the ground where nobody does.
    pub population_share: u32,
}

/// The crossings of one old cell from its parts: new cell, ground, people.
pub(super) fn crossings(
    layer: &str,
    old: &str,
    parts: &BTreeMap<usize, (f64, f64)>,
) -> Vec<Crossing> {
    let ground: Vec<f64> = parts.values().map(|(area, _)| *area).collect();
    let people: Vec<f64> = parts.values().map(|(_, people)| *people).collect();
    let by_ground = millionths(&ground);
    let by_people = match people.iter().any(|people| *people > 0.0) {
        true => millionths(&people),
        false => by_ground.clone(),
    };
    parts
        .iter()
        .zip(by_ground.into_iter().zip(by_people))
        .map(
            |((new, (area, people)), (area_share, population_share))| Crossing {
                layer: layer.to_owned(),
                old: old.to_owned(),
                new: *new,
                area_m2: *area,
                area_share,
                population: *people,
                population_share,
            },
        )
        .collect()
}

/// Shares of a sum in whole millionths that sum to [`WHOLE`]: each is rounded
/// down, and what is left goes to the largest remainders (Hamilton's method).
pub(super) fn millionths(values: &[f64]) -> Vec<u32> {
    whole_parts(values, u64::from(WHOLE))
        .into_iter()
        .map(|share| u32::try_from(share).unwrap_or(WHOLE))
        .collect()
}

/// Whole numbers in proportion to the values that sum to `sum`.
pub(super) fn whole_parts(values: &[f64], sum: u64) -> Vec<u64> {
    let all: f64 = values.iter().sum();
    if all <= 0.0 {
        return vec![0; values.len()];
    }
    let exact: Vec<f64> = values
        .iter()
        .map(|value| value / all * sum as f64)
        .collect();
    let mut parts: Vec<u64> = exact.iter().map(|part| part.floor() as u64).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    let remainder = |n: usize| exact[n] - exact[n].floor();
    order.sort_by(|a, b| remainder(*b).total_cmp(&remainder(*a)).then(a.cmp(b)));
    let left = sum.saturating_sub(parts.iter().sum());
    for n in order
        .into_iter()
        .cycle()
        .take(usize::try_from(left).unwrap_or(0))
    {
        parts[n] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_sum_to_the_whole(values in prop::collection::vec(0.0_f64..1e9, 1..40)) {
            let shares = millionths(&values);
            let sum: u32 = shares.iter().sum();
            let expected = if values.iter().sum::<f64>() > 0.0 { WHOLE } else { 0 };
            prop_assert_eq!(sum, expected);
        }
    }
}
