//! Who speaks (一人一声): a telephone number becomes a keyed hash.
//!
//! The key comes of the trail's secret key, which never enters the record: from
//! the record alone nobody can try out numbers. The dossier and its vote are
//! hashed with the number, so that voices of one person in two votes do not
//! look alike.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use yiwang_cases::civic::{DossierId, Voter};
use yiwang_journal::SigningKey;

/// What the key is for; another use of the same secret would name another.
const PURPOSE: &[u8] = b"yiwang voices/1";

/// The digits of a telephone number, without the country's code; `None` when
/// they cannot be one.
pub(crate) fn normal_phone(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let trimmed = phone.trim_start();
    let national = match (trimmed.starts_with("+86"), trimmed.starts_with("0086")) {
        (true, _) => digits.get(2..)?,
        (_, true) => digits.get(4..)?,
        _ => digits.as_str(),
    };
    (5..=20)
        .contains(&national.len())
        .then(|| national.to_owned())
}

/// Who speaks with this number in a dossier's vote.
pub(crate) fn voter(key: &SigningKey, id: DossierId, round: u8, phone: &str) -> Voter {
    let secret = key.secret_text();
    let own = keyed(secret.as_bytes(), &[PURPOSE]);
    let said = format!("{id}/{round}");
    Voter(keyed(&own, &[said.as_bytes(), b"\0", phone.as_bytes()]))
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length (RFC 2104).
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length")
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_one_person_however_it_is_written() {
        let same = ["199 0000 1234", "+86 199-0000-1234", "0086 19900001234"];
        for phone in same {
            assert_eq!(normal_phone(phone).as_deref(), Some("19900001234"));
        }
        for phone in ["", "12", "abc", "+86", "0086"] {
            assert_eq!(normal_phone(phone), None, "{phone:?}");
        }
    }

    #[test]
    fn a_person_looks_different_in_each_vote_and_under_each_key() {
        let key = |seed| SigningKey::from_seed("yiwang.test/trail", &[seed; 32]).unwrap();
        let one = voter(&key(1), DossierId(1), 0, "19900001234");
        assert_eq!(one, voter(&key(1), DossierId(1), 0, "19900001234"));
        for other in [
            voter(&key(1), DossierId(1), 1, "19900001234"),
            voter(&key(1), DossierId(11), 0, "19900001234"),
            voter(&key(1), DossierId(1), 0, "19900001235"),
            voter(&key(2), DossierId(1), 0, "19900001234"),
        ] {
            assert_ne!(one, other);
        }
    }
}
