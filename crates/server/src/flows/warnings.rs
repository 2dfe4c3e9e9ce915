//! Steps of public warnings, and who says them.

use yiwang_base::{Refusal, RuleCode};
use yiwang_cases::StoreError;
use yiwang_sensing::docket::{Docket as _, Kept};
use yiwang_sensing::warning::{Context, Sender, Table, Warning, WarningCommand, decide};
use yiwang_store::Store;

/// The setting that says who issues warnings.
pub const SENDER: &str = "warning-sender";
/// The setting that holds the tables of thresholds.
pub const TABLES: &str = "warning-tables";

/// Who issues warnings; before it is set, somebody no identifier can be made of.
///
/// # Errors
/// When the record cannot be read.
pub fn sender(store: &Store) -> Result<Sender, StoreError> {
    Ok(store.setting(SENDER)?.unwrap_or_else(Sender::unnamed))
}

/// The tables of thresholds; before they are set, that of rainstorms.
///
/// # Errors
/// When the record cannot be read.
pub fn tables(store: &Store) -> Result<Vec<Table>, StoreError> {
    let set = store.setting(TABLES)?;
    Ok(set.unwrap_or_else(|| vec![Table::rainstorm()]))
}

/// The code of the rule of a table for so many hours.
pub fn rule_code(event: &str, hours: u32) -> String {
    format!("warning.{event}.{hours}h")
}

/// Whether a rule is one of a table's.
pub fn is_of_table(rule: &RuleCode) -> bool {
    rule.as_str().starts_with("warning.")
}

/// Takes a step of a warning.
///
/// # Errors
/// What the room refuses, or that somebody else was quicker.
pub async fn warn(
    store: &Store,
    kept: Option<&Kept<Warning>>,
    command: &WarningCommand,
    context: &Context<'_>,
) -> Result<Kept<Warning>, Refusal> {
    let steps = decide(kept.map(|k| &k.sheet), command, context)?;
    if let Some(kept) = kept
        && steps.is_empty()
    {
        return Ok(kept.clone());
    }
    let seen = kept.map(|kept| (kept.id, kept.version));
    Ok(store.write(seen, steps).await?)
}
