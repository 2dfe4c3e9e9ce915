//! What the fields of definitions and commands must hold.

use std::fmt::Display;
use std::ops::RangeInclusive;

use yiwang_base::{Refusal, RefusalKind};

pub(crate) fn missing(field: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "field.missing", zh, en).at(field)
}

/// Text that is there, not too long, and hides nothing.
pub(crate) fn text<'a>(text: &'a str, field: &str, max: usize) -> Result<&'a str, Refusal> {
    if text.trim().is_empty() {
        return Err(missing(field, "此项不能为空", "this cannot be empty"));
    }
    let length = text.chars().count();
    if length > max {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "field.too-long",
            format!("最多 {max} 字,现有 {length} 字"),
            format!("at most {max} characters, found {length}"),
        )
        .at(field)
        .found(length.to_string())
        .allowing([format!("1–{max}")]));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "field.control-character",
            "含有不可见的控制字符,请删去",
            "contains control characters; remove them",
        )
        .at(field));
    }
    Ok(text)
}

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
