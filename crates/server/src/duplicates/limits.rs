//! From which likeness on cases are taken for duplicates, as the city sets it.

use yiwang_cases::{DuplicateLimits, StoreError};
use yiwang_store::Store;

/// The code of the setting.
pub const DUPLICATES: &str = "duplicates";

/// The limits in the record; the usual ones where none are set.
///
/// # Errors
/// When the record cannot be read.
pub fn read_limits(store: &Store) -> Result<DuplicateLimits, StoreError> {
    Ok(store.setting(DUPLICATES)?.unwrap_or_default())
}
