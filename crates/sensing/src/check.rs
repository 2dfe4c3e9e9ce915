//! What the fields of definitions and commands must hold.

use std::fmt::Display;
use std::ops::RangeInclusive;

pub(crate) use yiwang_base::field::{missing, text};
use yiwang_base::{Refusal, RefusalKind};

/// A number between two others, both included; never NaN.
pub(crate) fn range<T: PartialOrd + Display>(
    value: T,
    allowed: RangeInclusive<T>,
    field: &str,
) -> Result<(), Refusal> {
    if allowed.contains(&value) {
        return Ok(());
    }
    let (least, most) = (allowed.start(), allowed.end());
    Err(Refusal::new(
        RefusalKind::Invalid,
        "field.range",
        format!("须在 {least} 到 {most} 之间"),
        format!("lies between {least} and {most}"),
    )
    .at(field)
    .found(value.to_string())
    .allowing([format!("{least}–{most}")]))
}
