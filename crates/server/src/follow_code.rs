//! Follow codes (查询码): by them residents see their own case without signing in.
//!
//! Twelve symbols of Crockford's base 32, 60 random bits: read aloud without
//! mistaking O for 0 or I for 1, and not to be guessed.

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;

/// A fresh code.
///
/// # Errors
/// When the system's random source fails.
pub fn new() -> Result<String, getrandom::Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(SYMBOLS[usize::from(byte & 31)]))
        .collect())
}

/// The code of 60 bits, the lowest first.
pub(crate) fn of_bits(bits: u64) -> String {
    (0..LENGTH)
        .map(|symbol| char::from(SYMBOLS[(bits >> (5 * symbol) & 31) as usize]))
        .collect()
}

/// The code as people see it: `ABCD-EFGH-JKMN`.
pub fn show(code: &str) -> String {
    let symbols: Vec<char> = code.chars().collect();
    symbols
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// What someone typed, as it is stored; `None` when it cannot be a code.
pub fn read(typed: &str) -> Option<String> {
    let mut code = String::with_capacity(LENGTH);
    for symbol in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let symbol = match symbol.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !SYMBOLS.contains(&u8::try_from(symbol).ok()?) {
            return None;
        }
        code.push(symbol);
    }
    (code.len() == LENGTH).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_being_read_aloud() {
        let code = new().unwrap();
        assert_eq!(read(&show(&code).to_lowercase()), Some(code));
        assert_eq!(read("oi l0 1234 5678"), Some("011012345678".into()));
        for typed in [
            "",
            "ABCD",
            "ABCD-EFGH-JKMU",
            "ABCD-EFGH-JKM路",
            "ABCD-EFGH-JKMNP",
        ] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
