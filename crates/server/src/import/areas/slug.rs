//! Codes from names.

use sha2::{Digest, Sha256};
use yiwang_base::{AreaCode, IdError};

/// Longest code made here; an area code has at most 64 characters.
const LONGEST: usize = 48;

/// A code from what the file gives: itself where it is one already (in small
/// letters); else its letters in ASCII (汉字 as pinyin), words joined by `-`.
///
/// The same text always gives the same code. Where ASCII lost something that
/// tells names apart (tones, as in 山西 and 陕西; or all of it), a short hash
/// of the text is added.
///
/// # Errors
/// Never for a text that is not empty; the type says so for want of a proof.
pub(super) fn code(text: &str) -> Result<AreaCode, IdError> {
    let text = text.trim();
    if let Ok(code) = text.to_lowercase().parse() {
        return Ok(code);
    }
    let slug = deunicode::deunicode(text)
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    if text.is_ascii() && (1..=LONGEST).contains(&slug.len()) {
        return slug.parse();
    }
    let hash: String = Sha256::digest(text)
        .iter()
        .take(4)
        .map(|b| format!("{b:02x}"))
        .collect();
    let cut: String = slug.chars().take(LONGEST).collect();
    match cut.trim_end_matches('-') {
        "" => format!("area-{hash}"),
        cut => format!("{cut}-{hash}"),
    }
    .parse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(text: &str) -> String {
        code(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn codes_stay_and_names_become_words() {
        assert_eq!(made("156110118"), "156110118");
        assert_eq!(made("D-07"), "d-07");
        assert_eq!(made("Back Bay"), "back-bay");
        assert_eq!(
            made("  South Boston / Waterfront "),
            "south-boston-waterfront"
        );
    }

    #[test]
    fn names_in_chinese_are_readable_and_kept_apart() {
        assert!(
            made("密云区").starts_with("mi-yun-qu-"),
            "{}",
            made("密云区")
        );
        assert_ne!(made("山西"), made("陕西"), "the same without tones");
        assert_eq!(made("密云区"), made("密云区"));
        assert!(made("🏙").is_ascii());
    }

    proptest! {
        #[test]
        fn any_text_gives_a_code(text in "\\PC+") {
            prop_assume!(!text.trim().is_empty());
            prop_assert!(code(&text).is_ok());
        }
    }
}
