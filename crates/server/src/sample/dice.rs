//! Chance that comes out the same every time: each part of the city throws
//! dice of its own, made from the seed and the part's name, so that a change to
//! one part leaves the others as they were.

use rand_core::{Rng as _, SeedableRng as _};
use rand_pcg::Pcg64;
use sha2::{Digest as _, Sha256};

/// Dice of one part of the sample city.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Pcg64);

impl Dice {
    /// The dice of a part, by its name and, where there are many of its kind,
    /// its number.
    pub(crate) fn new(seed: u64, part: &str, number: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(number.to_le_bytes());
        hash.update(part);
        Self(Pcg64::from_seed(hash.finalize().into()))
    }

    /// A whole number, all 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        // The 53 bits that an f64 can hold.
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `from` to below `to`.
    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// 0 to below `count`; 0 when there is nothing to choose from.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        // The high half of the product: every value as likely to one in 2^64 / count.
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    /// True this often.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of them.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// The place of one of them, as likely as its weight says.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// About the normal distribution, mean 0 and deviation 1: the sum of twelve
    /// throws, which never leaves ±6.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// Around `median`, the logarithm deviating by `sigma`.
    pub(crate) fn around(&mut self, median: f64, sigma: f64) -> f64 {
        median * libm::exp(sigma * self.normal())
    }

    /// Puts them in another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_part_of_the_same_seed_throws_the_same() {
        let throws = |seed, part, number| {
            let mut dice = Dice::new(seed, part, number);
            [dice.bits(), dice.bits()]
        };
        assert_eq!(throws(1, "river", 0), throws(1, "river", 0));
        for other in [(2, "river", 0), (1, "lake", 0), (1, "river", 1)] {
            assert_ne!(throws(1, "river", 0), throws(other.0, other.1, other.2));
        }
    }

    /// Written down once: a version that throws otherwise makes another city.
    #[test]
    fn the_first_throws_of_a_seed_do_not_change() {
        let mut dice = Dice::new(1, "river", 0);
        let throws = [dice.below(1000), dice.below(1000), dice.below(1000)];
        assert_eq!(throws, [569, 25, 518]);
    }

    #[test]
    fn choices_follow_their_weights() {
        let mut dice = Dice::new(7, "weights", 0);
        let mut seen = [0_u32; 3];
        for _ in 0..10_000 {
            seen[dice.weighted(&[1.0, 0.0, 3.0])] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((2_300..2_700).contains(&seen[0]), "{seen:?}");
    }
}
