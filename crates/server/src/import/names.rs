//! Names, and codes made of them.

use sha2::{Digest, Sha256};

/// A code made of a name: `Request for Pothole Repair` → `request-for-pothole-repair`,
/// 汉字 as pinyin. Where that loses something, eight digits of the name's
/// SHA-256 keep two names apart.
pub(crate) fn slug(name: &str) -> String {
    const MAX: usize = 64;
    const DIGITS: usize = 8;
    let mut code = String::new();
    for c in deunicode::deunicode(name).chars() {
        if c.is_ascii_alphanumeric() {
            code.push(c.to_ascii_lowercase());
        } else if !code.is_empty() && !code.ends_with('-') {
            code.push('-');
        }
    }
    let lossy = code.len() > MAX || name.chars().any(|c| c.is_alphanumeric() && !c.is_ascii());
    if lossy {
        code.truncate(MAX - DIGITS - 1);
    }
    let mut code = code.trim_end_matches('-').to_owned();
    if lossy {
        let digest = hex::encode(Sha256::digest(name));
        if !code.is_empty() {
            code.push('-');
        }
        code.push_str(&digest[..DIGITS]);
    }
    code
}

/// The text with single spaces.
pub(crate) fn spaced_once(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_made_of_a_name() {
        for (name, code) in [
            ("Request for Pothole Repair", "request-for-pothole-repair"),
            (
                "Improper Storage of Trash (Barrels)",
                "improper-storage-of-trash-barrels",
            ),
            ("GEN_", "gen"),
            ("//", ""),
        ] {
            assert_eq!(slug(name), code);
        }
        let long = "very ".repeat(20);
        assert_eq!(slug(&long).len(), 63);
        assert_ne!(slug(&long), slug(&format!("{long}long")));
        assert!(slug("路灯").starts_with("lu-deng-"), "{}", slug("路灯"));
        assert_ne!(slug("山西"), slug("陕西"), "the same without tones");
        assert_ne!(slug("Café"), slug("Cafö"));
    }
}
