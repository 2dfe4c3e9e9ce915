//! Identifiers: newtypes with a human form.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A case number is `C` and digits, or the digits alone.
    #[error("a case number looks like C1024, found {0:?}")]
    CaseId(String),
    /// A code is 1–64 of `a–z 0–9 . _ -`, beginning with a letter or digit.
    #[error("a code has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit, found {0:?}")]
    Code(String),
    /// A grid code is 15 digits.
    #[error(
        "a grid code has 15 digits (district 6, street 3, community 3, sequence 3 from 001), found {0:?}"
    )]
    Grid(String),
    /// A component code is 16 digits.
    #[error(
        "a component code has 16 digits (district 6, major 2, minor 2, sequence 6 from 000001), found {0:?}"
    )]
    Component(String),
}

/// Number of a case (案卷号), counted from 1 in each installation.
///
/// Shown as `C1024`; read as `C1024`, `c1024` or `1024`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub u64);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C{}", self.0)
    }
}

impl FromStr for CaseId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix(['C', 'c']).unwrap_or(text);
        let well_formed = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse() {
            // Row numbers in the record are signed 64-bit.
            Ok(number) if well_formed && number > 0 && number <= i64::MAX as u64 => {
                Ok(Self(number))
            }
            _ => Err(IdError::CaseId(text.chars().take(40).collect())),
        }
    }
}

fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=64).contains(&bytes.len())
        && bytes[0].is_ascii_alphanumeric()
        && bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(b))
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                if is_code(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(IdError::Code(text.chars().take(80).collect()))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code!(
    /// Code of an area (区域): a district, street, community or neighbourhood.
    AreaCode
);
code!(
    /// Code of a unit (单位): a department, a street office, a crew.
    UnitCode
);
code!(
    /// Code of a category (分类) of requests.
    CategoryCode
);
code!(
    /// Code of a formula (公式) by which figures are counted.
    FormulaCode
);
code!(
    /// Code of a rule (规则) that judges readings.
    RuleCode
);
code!(
    /// Code of a scenario (应用场景) that the city is used in.
    ScenarioCode
);
code!(
    /// Code of a timing study (计时试验).
    StudyCode
);
code!(
    /// Sign-in name of a person who works in the system.
    UserName
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_reads_back_what_it_shows() {
        let id = CaseId(1024);
        assert_eq!(id.to_string(), "C1024");
        for text in ["C1024", "c1024", "1024"] {
            assert_eq!(text.parse::<CaseId>(), Ok(id));
        }
        for text in [
            "",
            "C",
            "0",
            "-1",
            "C-1",
            "+7",
            "1e3",
            "99999999999999999999",
        ] {
            assert!(text.parse::<CaseId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn codes_are_small_and_plain() {
        assert!("road-light.2".parse::<CategoryCode>().is_ok());
        for text in ["", "-x", "Road", "路灯", "a b", "../etc", &"x".repeat(65)] {
            assert!(text.parse::<CategoryCode>().is_err(), "{text:?}");
        }
        assert!(serde_json::from_str::<UnitCode>("\"A B\"").is_err());
    }
}
