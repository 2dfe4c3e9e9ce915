//! Values of a table.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing is known.
    None,
    /// Words of ours: codes, times.
    Own(Cow<'a, str>),
    /// Text that someone typed.
    Typed(&'a str),
    /// A number.
    Number(Number),
    /// Yes or no.
    Flag(bool),
}

impl Cell<'_> {
    /// As a field of CSV, harmless in a spreadsheet.
    pub fn field(&self) -> Cow<'_, str> {
        match self {
            Cell::None => Cow::Borrowed(""),
            Cell::Own(text) => Cow::Borrowed(text),
            Cell::Typed(text) => harmless(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Flag(yes) => Cow::Borrowed(if *yes { "true" } else { "false" }),
        }
    }

    /// As JSON.
    pub fn json(self) -> Value {
        match self {
            Cell::None => Value::Null,
            Cell::Own(text) => Value::String(text.into_owned()),
            Cell::Typed(text) => Value::from(text),
            Cell::Number(number) => Value::Number(number),
            Cell::Flag(yes) => Value::Bool(yes),
        }
    }
}

/// What a resident typed must not become a formula in whoever's spreadsheet
/// (CSV injection, OWASP): such a cell begins with an apostrophe.
fn harmless(text: &str) -> Cow<'_, str> {
    // The last four are the full-width forms, which some spreadsheets read alike.
    let formula = [
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ];
    if text.trim_start_matches(' ').starts_with(formula) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn cells_that_could_be_formulas_are_text() {
        for bad in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            " =1",
            "\u{ff1d}1",
            "\r\n=1",
        ] {
            assert_eq!(harmless(bad), format!("'{bad}"));
        }
        for good in ["", "路灯不亮", "a=b", "1-2", "'=1"] {
            assert_eq!(harmless(good), good);
        }
    }
}
