//! Putting back what applying a template changed.

use std::collections::BTreeMap;

use yiwang_base::{Refusal, RefusalKind, UnitCode};

use super::UnitChange;
use crate::Unit;

/// The units as they were before these changes. One that was made goes out of use: what
/// was sent to it meanwhile still names it.
///
/// # Errors
/// When one of them has been changed since, which putting back would lose.
pub fn restored(
    units: &BTreeMap<UnitCode, Unit>,
    changes: &[UnitChange],
) -> Result<Vec<Unit>, Refusal> {
    let moved = changes
        .iter()
        .filter(|change| change.before.as_ref() != Some(&change.after));
    let back = moved.map(|change| {
        let code = &change.after.code;
        if units.get(code) != Some(&change.after) {
            return Err(Refusal::new(
                RefusalKind::NotNow,
                "organization.changed-since",
                "这个单位之后又改过，撤销会丢掉那次修改；请到“单位与权责清单”里逐个改",
                "this unit has been changed since, which undoing would lose: change units one by one instead",
            )
            .at("unit")
            .found(code.as_str()));
        }
        Ok(change.before.clone().unwrap_or_else(|| Unit {
            duties: Vec::new(),
            retired: true,
            ..change.after.clone()
        }))
    });
    back.collect()
}
