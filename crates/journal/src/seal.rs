//! Seals: personal data and residents' words (个人信息与居民原话) bound to an
//! entry without being in it.
//!
//! What identifies a person must be erasable on lawful request, and the tree
//! must not change when it is. So such text is stored beside the entry together
//! with a random 32-byte salt, and the entry carries only the commitment. To
//! erase is to delete salt and body: without the salt the commitment tells
//! nothing, even to one who guesses the text, and the entry's own hash, the
//! tree and every checkpoint stay valid. That something was erased, when and by
//! whom is an entry of its own.

use sha2::{Digest, Sha256};

use crate::Hash;

/// Separates commitments from leaves (0x00) and nodes (0x01) of the tree.
const DOMAIN: &[u8] = b"yiwang/seal/v1\n";

/// Commitment to `body` under `salt`: SHA-256("yiwang/seal/v1\n" ‖ salt ‖ body).
/// The salt must be fresh from a secure source for every body.
#[must_use]
pub fn commit(salt: &[u8; 32], body: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update(salt);
    hasher.update(body);
    Hash(hasher.finalize().into())
}
