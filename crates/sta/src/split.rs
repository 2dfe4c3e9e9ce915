//! Cutting lists at their own separators, not at those inside of members.

/// The parts of a text between separators that stand neither in brackets nor
/// in quotes.
pub(crate) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut from) = (0_usize, false, 0);
    for (index, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => {
                parts.push(&text[from..index]);
                from = index + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// `name(inside)` or `name`.
pub(crate) fn bracketed(text: &str) -> Option<(&str, Option<&str>)> {
    match text.split_once('(') {
        None => (!text.contains(')')).then_some((text, None)),
        Some((name, rest)) => Some((name, Some(rest.strip_suffix(')')?))),
    }
}
