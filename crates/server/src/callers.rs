//! Knowing a caller again: a keyed hash of the telephone number leads to the
//! cases that came from it.
//!
//! The key is a file of the data directory. A task follows the journal and
//! keeps the table of hashes; it is some moments behind, and catches up by
//! itself after anything. Where a case's words are erased its hash goes with them.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use yiwang_base::Purpose;
use yiwang_cases::{Case, StoreError};
use yiwang_store::Store;

/// Entries looked at together.
const WINDOW: usize = 500;
/// How often the table follows at most, and when after an error.
const PACE: Duration = Duration::from_millis(100);
const AFTER_ERROR: Duration = Duration::from_secs(5);
/// Fewer digits than this are no telephone number.
const LEAST_DIGITS: usize = 5;

/// The key of the hashes.
#[derive(Clone)]
pub struct CallerKey([u8; 32]);

impl CallerKey {
    /// A key.
    pub fn new(bytes: [u8; 32]) -> CallerKey {
        CallerKey(bytes)
    }

    /// The hash of a number, however it is written; none for what is no number.
    pub fn hash(&self, phone: &str) -> Option<[u8; 32]> {
        let digits = digits(phone)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(digits.as_bytes());
        Some(mac.finalize().into_bytes().into())
    }

    fn of_case(&self, case: &Case) -> Option<[u8; 32]> {
        let words = case.request.as_ref()?.disclose(Purpose::HandleCase);
        self.hash(words.reporter.phone.as_deref()?)
    }
}

/// The digits that tell one number from another: without what stands between
/// them and without China's country code.
fn digits(phone: &str) -> Option<String> {
    let all: String = phone.chars().filter(char::is_ascii_digit).collect();
    let plus = phone.trim_start().starts_with('+');
    let abroad = match all.strip_prefix("00") {
        Some(rest) if !plus => Some(rest),
        _ => plus.then_some(all.as_str()),
    };
    let own = match (abroad, all.strip_prefix("86")) {
        (Some(number), _) => match number.strip_prefix("86") {
            Some(rest) => rest.to_owned(),
            // The plus keeps it apart from the same digits at home.
            None => format!("+{number}"),
        },
        (None, Some(rest)) if rest.len() == 11 => rest.to_owned(),
        _ => all,
    };
    (own.len() >= LEAST_DIGITS).then_some(own)
}

/// Keeps the table of callers until the record is closed.
pub async fn follow(app: Arc<impl AsRef<Store> + Send + Sync + 'static>, key: CallerKey) {
    let store = (*app).as_ref();
    let mut durable = store.durable();
    loop {
        durable.mark_unchanged();
        match round(store, &key).await {
            Ok(true) => continue,
            Ok(false) => tokio::time::sleep(PACE).await,
            Err(error) => {
                tracing::error!(%error, "the table of callers could not be kept; it is tried again");
                tokio::time::sleep(AFTER_ERROR).await;
            }
        }
        if !durable.has_changed().unwrap_or(true) && durable.changed().await.is_err() {
            return;
        }
    }
}

/// Takes in what is new; says whether there may be more.
async fn round(store: &Store, key: &CallerKey) -> Result<bool, StoreError> {
    let from = store.callers_next().await?;
    let end = *store.durable().borrow();
    if from >= end {
        return Ok(false);
    }
    let changes = store.changes_from(from, WINDOW).await?;
    let full = changes.len() == WINDOW;
    let last = changes.last().map_or(from, |change| change.seq + 1);
    let submitted = changes.iter().filter(|change| change.event == "submitted");
    let callers = submitted.filter_map(|change| Some((key.of_case(&change.case)?, change.case.id)));
    // Behind the last change lies nothing about cases.
    let next = if full { last } else { end.max(last) };
    store.add_callers(callers.collect(), next).await?;
    Ok(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_many_dresses_is_one_caller() {
        let key = CallerKey::new([1; 32]);
        let plain = key.hash("19900001234").unwrap();
        for dressed in [
            "199 0000 1234",
            "+86 199-0000-1234",
            "0086 19900001234",
            "8619900001234",
            " 199.0000.1234 ",
        ] {
            assert_eq!(key.hash(dressed), Some(plain), "{dressed}");
        }
        for other in ["19900001235", "1990000123", "+1 9900001234"] {
            assert_ne!(key.hash(other), Some(plain), "{other}");
        }
        assert_ne!(CallerKey::new([2; 32]).hash("19900001234"), Some(plain));
        for nobody in ["", "匿名", "1234", "n/a"] {
            assert_eq!(key.hash(nobody), None, "{nobody}");
        }
        assert!(key.hash("010-65120001").is_some());
    }
}
