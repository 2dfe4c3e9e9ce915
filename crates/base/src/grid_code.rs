//! Codes of grid cells and components (GB/T 30428 family).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::IdError;

/// Code of a unit grid cell (单元网格), 15 digits: district 6, street 3,
/// community 3, sequence 3. A place that is not divided so far has zeros for
/// its street or community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GridCode(u64);

/// Code of a component (部件), 16 digits: district 6, major class 2, minor class
/// 2, sequence 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ComponentCode(u64);

/// `count` digits that begin with a district and end with a sequence from 1.
fn number(text: &str, count: usize, sequence: u64) -> Option<u64> {
    let digits = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = text.parse().ok().filter(|_| digits)?;
    // Districts of no province begin with a zero.
    (!text.starts_with('0') && !number.is_multiple_of(sequence)).then_some(number)
}

impl GridCode {
    /// The code of the `sequence`-th cell, from 1, of a community given by its 12 digits.
    ///
    /// # Errors
    /// When these are not 12 digits that begin with a district, or the sequence
    /// is not 1 to 999.
    pub fn new(community: &str, sequence: u16) -> Result<GridCode, IdError> {
        format!("{community}{sequence:03}").parse()
    }

    /// The 6 digits of its district.
    pub fn district(self) -> String {
        self.to_string()[..6].to_owned()
    }

    /// The 9 digits of its street.
    pub fn street(self) -> String {
        self.to_string()[..9].to_owned()
    }

    /// The 12 digits of its community.
    pub fn community(self) -> String {
        self.to_string()[..12].to_owned()
    }

    /// Its number in the community, 1 to 999.
    pub fn sequence(self) -> u16 {
        u16::try_from(self.0 % 1000).unwrap_or_default()
    }
}

impl ComponentCode {
    /// The code of the `sequence`-th component of a class in a district.
    ///
    /// # Errors
    /// When the district is not 6 digits, a class is not 1 to 99, or the
    /// sequence is not 1 to 999,999.
    pub fn new(district: &str, major: u8, minor: u8, sequence: u32) -> Result<Self, IdError> {
        format!("{district}{major:02}{minor:02}{sequence:06}").parse()
    }

    /// The 6 digits of its district.
    pub fn district(self) -> String {
        self.to_string()[..6].to_owned()
    }

    /// Its major class, 1 to 99.
    pub fn major(self) -> u8 {
        u8::try_from(self.0 / 100_000_000 % 100).unwrap_or_default()
    }

    /// Its minor class, 1 to 99.
    pub fn minor(self) -> u8 {
        u8::try_from(self.0 / 1_000_000 % 100).unwrap_or_default()
    }

    /// Its number in the class, 1 to 999,999.
    pub fn sequence(self) -> u32 {
        u32::try_from(self.0 % 1_000_000).unwrap_or_default()
    }
}

impl FromStr for GridCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::Grid(text.chars().take(40).collect());
        number(text, 15, 1000).map(GridCode).ok_or_else(wrong)
    }
}

impl FromStr for ComponentCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::Component(text.chars().take(40).collect());
        let number = number(text, 16, 1_000_000).ok_or_else(wrong)?;
        let code = ComponentCode(number);
        if code.major() == 0 || code.minor() == 0 {
            return Err(wrong());
        }
        Ok(code)
    }
}

impl fmt::Display for GridCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}", self.0)
    }
}

impl fmt::Display for ComponentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016}", self.0)
    }
}

macro_rules! text_form {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.to_string()
            }
        }
    )*};
}

text_form! { GridCode ComponentCode }

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_grid_code_has_fifteen_digits_in_four_parts() {
        let code = GridCode::new("110101001005", 7).unwrap();
        assert_eq!(code.to_string(), "110101001005007");
        assert_eq!(code.district(), "110101");
        assert_eq!(code.street(), "110101001");
        assert_eq!(code.community(), "110101001005");
        assert_eq!(code.sequence(), 7);
        for text in [
            "",
            "11010100100500",
            "1101010010050071",
            "110101001005000",
            "010101001005001",
            "11010100100500x",
            "１10101001005007",
        ] {
            assert!(text.parse::<GridCode>().is_err(), "{text:?}");
        }
        assert!(GridCode::new("110101001005", 1000).is_err());
        assert!(GridCode::new("110101", 1).is_err());
    }

    #[test]
    fn a_component_code_has_sixteen_digits_in_four_parts() {
        let code = ComponentCode::new("110101", 1, 3, 42).unwrap();
        assert_eq!(code.to_string(), "1101010103000042");
        let parts = (code.district(), code.major(), code.minor(), code.sequence());
        assert_eq!(parts, ("110101".to_owned(), 1, 3, 42));
        for text in ["110101010300004", "1101010003000042", "1101010103000000"] {
            assert!(text.parse::<ComponentCode>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn codes_read_back_as_they_are_written(community in "[1-9][0-9]{11}", sequence in 1_u16..1000) {
            let code = GridCode::new(&community, sequence).unwrap();
            prop_assert_eq!(code.to_string().parse::<GridCode>().unwrap(), code);
            prop_assert_eq!(code.community(), community);
            let json = serde_json::to_string(&code).unwrap();
            prop_assert_eq!(serde_json::from_str::<GridCode>(&json).unwrap(), code);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            let _ = text.parse::<GridCode>();
            let _ = text.parse::<ComponentCode>();
        }
    }
}
