//! What residents say of each matter, without a city around it: for measurements
//! that need words of many categories.

use super::DataError;
use super::dice::Dice;
use super::matter::{Matter, groups};
use super::phrase::expand;

/// Share of sayings that are in English.
const ENGLISH: f64 = 0.1;
/// Share of sayings that add something.
const MORE: f64 = 0.6;

/// What is said of every matter of the sample city.
pub(crate) struct Sayings(Vec<Matter>);

impl Sayings {
    pub(crate) fn read() -> Result<Sayings, DataError> {
        let groups = groups()?.into_iter();
        Ok(Sayings(groups.flat_map(|group| group.categories).collect()))
    }

    /// One saying, the same for the same number: which matter it is about, by its
    /// place in the list, and the words.
    pub(crate) fn one(&self, number: u64) -> (usize, String) {
        let dice = &mut Dice::new(1, "saying", number);
        let index = dice.below(self.0.len());
        let matter = &self.0[index];
        let said = match dice.chance(ENGLISH) {
            true => &matter.en,
            false => &matter.zh,
        };
        let mut words = expand(dice.pick(&said.says).clone().as_str(), dice, &mut fill);
        if dice.chance(MORE) && !said.more.is_empty() {
            words.push(' ');
            words += &expand(dice.pick(&said.more).clone().as_str(), dice, &mut fill);
        }
        (index, words)
    }
}

/// Places and numbers that tell nothing of the matter.
fn fill(name: &str, dice: &mut Dice) -> String {
    let number = 1 + dice.below(199);
    match name {
        "days" | "few" | "n" | "floor" => (1 + dice.below(9)).to_string(),
        _ => format!("春风路{number}号"),
    }
}
