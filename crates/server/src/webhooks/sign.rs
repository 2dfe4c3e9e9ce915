//! Signing what is told, as Standard Webhooks has it
//! (github.com/standard-webhooks/standard-webhooks, `v1`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// How a secret begins when it is shown.
const PREFIX: &str = "whsec_";
/// Bytes of a secret.
const LENGTH: usize = 32;

/// The secret that a hook and its receiver share. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; LENGTH]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹secret›")
    }
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the system's random source fails.
    pub fn new() -> Result<Secret, getrandom::Error> {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Secret(bytes))
    }

    /// One that is kept.
    pub fn from_bytes(bytes: &[u8]) -> Option<Secret> {
        bytes.try_into().ok().map(Secret)
    }

    /// As it is kept.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As its receiver gets it, once: `whsec_…`.
    pub fn show(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }
}

/// The signature of a message: `v1,` and the HMAC-SHA256, in Base64, of its id,
/// its time in seconds since 1970 and its body, joined by full stops.
pub fn sign(secret: &Secret, id: &str, seconds: i64, body: &[u8]) -> String {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&secret.0) else {
        return String::new();
    };
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value was computed by the PyPI package `standardwebhooks` 1.1.0.
    #[test]
    fn a_signature_is_what_others_compute() {
        let secret = Secret::from_bytes(&[7; 32]).unwrap();
        assert_eq!(
            secret.show(),
            "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
        );
        let signed = sign(
            &secret,
            "msg_1",
            1_700_000_000,
            br#"{"type":"case.closed"}"#,
        );
        assert_eq!(signed, "v1,chWy5xM3KkyFzgN+4hAC34LKHxq39WG8PFHWmkHyf+c=");
        assert_eq!(format!("{secret:?}"), "‹secret›");
        assert_eq!(Secret::from_bytes(&[7; 31]), None);
    }
}
