//! Refusals of what stands in a field, in the same words wherever it is checked.

use crate::{Refusal, RefusalKind};

/// The field is not there, or nothing is in it; the words say what to give.
pub fn missing(field: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "field.missing", zh, en).at(field)
}

/// The field holds something of the wrong kind; add what was found and what is
/// allowed.
pub fn unfit(field: impl Into<String>) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.invalid",
        "此项的内容不对",
        "this field does not hold what it should",
    )
    .at(field)
}

/// Text that is there and has at most `max` characters; control characters other
/// than line breaks and tabs are refused, since they hide what is written.
///
/// # Errors
/// A refusal that names the field, and the length where that is at fault.
pub fn text<'a>(text: &'a str, field: &str, max: usize) -> Result<&'a str, Refusal> {
    if text.trim().is_empty() {
        return Err(missing(field, "此项不能为空", "this cannot be empty"));
    }
    let length = text.chars().count();
    if length > max {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "field.too-long",
            format!("最多 {max} 字，现有 {length} 字"),
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
            "含有不可见的控制字符，请删去",
            "contains control characters; remove them",
        )
        .at(field));
    }
    Ok(text)
}
