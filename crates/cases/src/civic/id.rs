//! The number of a dossier.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use yiwang_base::IdError;

/// Number of a dossier (卷宗号), counted from 1 in each installation whatever
/// its kind. Shown as `D12`; read as `D12`, `d12` or `12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DossierId(pub u64);

impl fmt::Display for DossierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "D{}", self.0)
    }
}

impl FromStr for DossierId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits = text.strip_prefix(['D', 'd']).unwrap_or(text);
        let well_formed = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse() {
            // Row numbers in the record are signed 64-bit.
            Ok(number) if well_formed && number > 0 && number <= i64::MAX as u64 => {
                Ok(Self(number))
            }
            _ => Err(IdError::Code(text.chars().take(40).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dossier_number_reads_back_what_it_shows() {
        for text in ["D12", "d12", "12"] {
            assert_eq!(text.parse::<DossierId>(), Ok(DossierId(12)));
        }
        for text in ["", "D", "D0", "C12", "-1", "99999999999999999999"] {
            assert!(text.parse::<DossierId>().is_err(), "{text:?}");
        }
        assert_eq!(DossierId(12).to_string(), "D12");
    }
}
