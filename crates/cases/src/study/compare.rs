//! Whether people with the suggestion are quicker than people without.

use super::trial::mixed;

/// Fewer timed cases in a group than this are too few to say.
pub const ENOUGH: usize = 30;
/// How often both groups are drawn again.
const DRAWS: usize = 2_000;

/// What a comparison says of the aim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A group has too few cases.
    TooFew,
    /// Even the low end of the interval is at the aim or above.
    Reached,
    /// Even the high end is below it.
    NotReached,
    /// The aim lies within the interval.
    Unclear,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 4] = [
        Outcome::TooFew,
        Outcome::Reached,
        Outcome::NotReached,
        Outcome::Unclear,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::TooFew => "too_few",
            Outcome::Reached => "reached",
            Outcome::NotReached => "not_reached",
            Outcome::Unclear => "unclear",
        }
    }
}

/// How many more cases an hour people handle with the suggestion: 0.2 are 20 % more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// By the medians: hidden / shown − 1.
    pub gain: f64,
    /// Where it probably lies (95 %): from.
    pub low: f64,
    /// To.
    pub high: f64,
}

/// The gain of the times with the suggestion over those without, milliseconds, and what it
/// says of an aim; no gain where a group has too few.
///
/// # References
/// Percentile bootstrap of the ratio of medians: B. Efron, R. J. Tibshirani, "An
/// Introduction to the Bootstrap" (1993), chapter 13, with 2,000 draws of each group. The
/// draws follow from the times alone, so that the same record gives the same interval. The
/// median is the lower one, a time that something took.
pub fn compare(shown: &[u32], hidden: &[u32], aim_percent: u16) -> (Option<Gain>, Outcome) {
    if shown.len() < ENOUGH || hidden.len() < ENOUGH {
        return (None, Outcome::TooFew);
    }
    let mut dice = Dice(0x7969_7761_6e67);
    let gain_of = |shown: &mut [u32], hidden: &mut [u32]| {
        f64::from(median(hidden)) / f64::from(median(shown)).max(1.0) - 1.0
    };
    // In order, so that the order in which cases came plays no part.
    let (mut shown, mut hidden) = (shown.to_vec(), hidden.to_vec());
    shown.sort_unstable();
    hidden.sort_unstable();
    let mut gains: Vec<f64> = (0..DRAWS)
        .map(|_| gain_of(&mut dice.draw(&shown), &mut dice.draw(&hidden)))
        .collect();
    gains.sort_unstable_by(f64::total_cmp);
    let gain = Gain {
        gain: gain_of(&mut shown, &mut hidden),
        low: gains[DRAWS / 40],
        high: gains[DRAWS - 1 - DRAWS / 40],
    };
    let aim = f64::from(aim_percent) / 100.0;
    let outcome = if gain.low >= aim {
        Outcome::Reached
    } else if gain.high < aim {
        Outcome::NotReached
    } else {
        Outcome::Unclear
    };
    (Some(gain), outcome)
}

fn median(times: &mut [u32]) -> u32 {
    let place = times.len().div_ceil(2) - 1;
    *times.select_nth_unstable(place).1
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// As many as there are, each drawn from all of them.
    fn draw(&mut self, from: &[u32]) -> Vec<u32> {
        let n = from.len() as u64;
        // The bias of a remainder is below one in 2^40 for any number of cases there is.
        from.iter()
            .map(|_| from[(self.next() % n) as usize])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Times around a middle, spread like handling times are: a few take long.
    fn times(middle: u32, count: usize, seed: u64) -> Vec<u32> {
        let mut dice = Dice(seed);
        let mut one = || {
            let twelve: f64 = (0..12)
                .map(|_| (dice.next() >> 11) as f64 / (1u64 << 53) as f64)
                .sum();
            (f64::from(middle) * (0.5 * (twelve - 6.0)).exp()) as u32
        };
        (0..count).map(|_| one()).collect()
    }

    #[test]
    fn too_few_cases_on_either_side_tell_nothing() {
        let (few, many) = (times(60_000, 29, 1), times(60_000, 400, 2));
        for (shown, hidden) in [(&few, &many), (&many, &few)] {
            assert_eq!(compare(shown, hidden, 20), (None, Outcome::TooFew));
        }
    }

    #[test]
    fn a_large_gain_is_reached_a_missing_one_is_not_and_a_doubtful_one_is_unclear() {
        let of = |shown, hidden, count| {
            let (gain, outcome) = compare(&times(shown, count, 1), &times(hidden, count, 2), 20);
            let gain = gain.unwrap();
            assert!(gain.low <= gain.gain && gain.gain <= gain.high, "{gain:?}");
            outcome
        };
        assert_eq!(of(60_000, 120_000, 300), Outcome::Reached);
        assert_eq!(of(60_000, 60_000, 2_000), Outcome::NotReached);
        assert_eq!(of(60_000, 72_000, 60), Outcome::Unclear);
    }

    #[test]
    fn the_interval_covers_the_true_gain_about_as_often_as_it_says() {
        let covers = |seed: u64| {
            let (shown, hidden) = (times(60_000, 80, 2 * seed), times(75_000, 80, 2 * seed + 1));
            let gain = compare(&shown, &hidden, 20).0.unwrap();
            (gain.low..=gain.high).contains(&0.25)
        };
        let covered = (1..=100).filter(|seed| covers(*seed)).count();
        assert!((88..=99).contains(&covered), "{covered} of 100");
    }

    proptest! {
        #[test]
        fn the_order_of_cases_plays_no_part(
            mut shown in prop::collection::vec(1_000..900_000_u32, 30..60),
            hidden in prop::collection::vec(1_000..900_000_u32, 30..60),
        ) {
            let before = compare(&shown, &hidden, 20);
            shown.reverse();
            prop_assert_eq!(before, compare(&shown, &hidden, 20));
        }
    }
}
