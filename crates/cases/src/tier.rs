//! Tiers of a city's areas.

use serde::{Deserialize, Serialize};
use yiwang_base::LocalText;

/// A tier (层级) of areas, from the whole city to one cell of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The whole city (市).
    City,
    /// A district (区).
    District,
    /// A street (街道, 镇).
    Street,
    /// A community (社区, 村).
    Community,
    /// A cell of the grid (网格).
    Cell,
}

impl Tier {
    /// All of them, the largest first.
    pub const ALL: [Tier; 5] = [
        Tier::City,
        Tier::District,
        Tier::Street,
        Tier::Community,
        Tier::Cell,
    ];

    /// The word of the interface, `street`.
    pub fn word(self) -> &'static str {
        match self {
            Tier::City => "city",
            Tier::District => "district",
            Tier::Street => "street",
            Tier::Community => "community",
            Tier::Cell => "cell",
        }
    }

    /// Its name for readers.
    pub fn name(self) -> LocalText {
        let (zh, en) = match self {
            Tier::City => ("市", "City"),
            Tier::District => ("区", "District"),
            Tier::Street => ("街道", "Street"),
            Tier::Community => ("社区", "Community"),
            Tier::Cell => ("网格", "Grid cell"),
        };
        LocalText::new(zh, en)
    }

    /// The tier of a word.
    pub fn from_word(word: &str) -> Option<Tier> {
        Tier::ALL.into_iter().find(|tier| tier.word() == word)
    }

    /// The tier next above, which has this one in it.
    pub fn above(self) -> Option<Tier> {
        let place = Tier::ALL.iter().position(|tier| *tier == self)?;
        place.checked_sub(1).map(|above| Tier::ALL[above])
    }

    /// How many digits a code of this tier has: district 6, street and community
    /// 3 more each, cell 15 (GB/T 2260, GB/T 10114, GB/T 30428).
    pub fn digits(self) -> Option<usize> {
        match self {
            Tier::City => None,
            Tier::District => Some(6),
            Tier::Street => Some(9),
            Tier::Community => Some(12),
            Tier::Cell => Some(15),
        }
    }

    /// The tier of a code of digits; `None` for codes of another kind.
    pub fn of_code(code: &str) -> Option<Tier> {
        let digits = code_digits(code)?;
        Tier::ALL
            .into_iter()
            .find(|tier| tier.digits() == Some(digits.len()))
    }
}

/// The digits of an administrative code without the country's 156, which some
/// files put before a district's six: no province's districts begin so.
pub fn code_digits(code: &str) -> Option<&str> {
    let all = !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit());
    let digits = match code.strip_prefix("156") {
        Some(rest) if rest.len() == 6 => rest,
        _ => code,
    };
    all.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_its_tier_by_its_digits() {
        for (code, tier) in [
            ("110101", Some(Tier::District)),
            ("156110101", Some(Tier::District)),
            ("110101001", Some(Tier::Street)),
            ("110101001005", Some(Tier::Community)),
            ("110101001005001", Some(Tier::Cell)),
            ("1101", None),
            ("back-bay", None),
            ("", None),
        ] {
            assert_eq!(Tier::of_code(code), tier, "{code}");
        }
    }

    #[test]
    fn each_tier_lies_in_the_one_above() {
        assert_eq!(Tier::City.above(), None);
        for two in Tier::ALL.windows(2) {
            assert_eq!(two[1].above(), Some(two[0]));
            assert_eq!(Tier::from_word(two[0].word()), Some(two[0]));
        }
    }
}
