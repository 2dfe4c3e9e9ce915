//! Personal data, marked in the type.

use std::fmt;

/// Why personal data is looked at. Each use names one, so that a reader of the
/// code can list every way by which such data leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Writing it into the record, sealed beside its entry.
    Record,
    /// Handling the case it belongs to, by someone whom policy lets see it.
    HandleCase,
    /// Showing residents what they themselves sent.
    OwnRequest,
    /// An export or back-up ordered by someone whom policy lets do so.
    Export,
}

/// A value that is personal data: it does not print, it does not serialize.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Marks a value as personal.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for a named purpose.
    pub fn disclose(&self, _purpose: Purpose) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹personal›")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_does_not_print() {
        let phone = Personal::new("19900001234".to_owned());
        assert_eq!(format!("{phone:?}"), "‹personal›");
        assert_eq!(phone.disclose(Purpose::HandleCase), "19900001234");
    }
}
