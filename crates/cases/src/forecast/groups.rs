//! Groups within groups of ended cases, and the quantiles of their times.

use std::collections::HashMap;

use super::{Ended, Times, WEIGHT_OF_OUTER, WITHIN, quantile, scale};

/// Early, median, late, on the scale ln(1 + hours).
type Three = [f64; 3];

/// For each beginning of a list of traits, what the cases that share it showed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Groups {
    groups: HashMap<Vec<String>, (Three, usize)>,
}

impl Groups {
    pub(super) fn of(cases: &[Ended]) -> Groups {
        let mut times = Times::new();
        for case in cases {
            for finest in 0..=case.traits.len() {
                let group = times.entry(case.traits[..finest].to_vec()).or_default();
                group.push(scale(case.hours));
            }
        }
        let mut keys: Vec<Vec<String>> = times.keys().cloned().collect();
        keys.sort_unstable_by_key(Vec::len);
        let mut groups: HashMap<Vec<String>, (Three, usize)> = HashMap::with_capacity(keys.len());
        for key in keys {
            let mut own = times.remove(&key).unwrap_or_default();
            own.sort_unstable_by(f64::total_cmp);
            let outer = key.split_last().and_then(|(_, outer)| groups.get(outer));
            let three = towards(&own, outer.map(|(three, _)| three));
            groups.insert(key, (three, own.len()));
        }
        Groups { groups }
    }

    /// The quantiles of the finest group that has these traits, and how many
    /// cases agree in all of them.
    pub(super) fn quantiles(&self, traits: &[String]) -> (Three, usize) {
        for known in (0..=traits.len()).rev() {
            if let Some((three, count)) = self.groups.get(&traits[..known]) {
                return (*three, if known == traits.len() { *count } else { 0 });
            }
        }
        ([0.0; 3], 0)
    }
}

/// A group's own quantiles, drawn towards those of the group around it.
fn towards(ascending: &[f64], outer: Option<&Three>) -> Three {
    let part = (1.0 - WITHIN) / 2.0;
    let count = ascending.len() as f64;
    let mut three = [0.0; 3];
    for (n, p) in [part, 0.5, 1.0 - part].into_iter().enumerate() {
        let own = quantile(ascending, p).unwrap_or(0.0);
        three[n] = match outer {
            Some(outer) => (count * own + WEIGHT_OF_OUTER * outer[n]) / (count + WEIGHT_OF_OUTER),
            None => own,
        };
    }
    three
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_group_is_drawn_towards_the_one_around_it() {
        let own = towards(&[1.0], Some(&[5.0, 5.0, 5.0]));
        let expected = (1.0 + WEIGHT_OF_OUTER * 5.0) / (1.0 + WEIGHT_OF_OUTER);
        assert_eq!(own, [expected; 3]);
        let many = towards(&vec![1.0; 10_000], Some(&[5.0, 5.0, 5.0]));
        assert!(many[1] < 1.01);
    }
}
