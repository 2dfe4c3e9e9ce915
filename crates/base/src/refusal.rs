//! Why something cannot be done (办不到的原因).

use serde::Serialize;

use crate::{Lang, LocalText};

/// What sort of refusal: decides the HTTP status at the edge, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// The input is not of the form it must have.
    Invalid,
    /// No one is signed in where someone must be.
    Unauthenticated,
    /// The person may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The thing's state does not allow it now.
    NotNow,
    /// It has changed since it was read.
    Changed,
    /// Too large or too many.
    TooMuch,
    /// The system cannot do it at present; the same call may succeed later.
    Unavailable,
}

/// A refusal that a person can act on: what was wrong, where, what was found,
/// what is allowed, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message.en)]
pub struct Refusal {
    /// The sort.
    pub kind: RefusalKind,
    /// A stable word for programs, such as `case.not-now`.
    pub code: &'static str,
    /// What was wrong and what to do now.
    pub message: LocalText,
    /// The field, as a JSON pointer-like path (`place.point.lon`), if one is at fault.
    pub field: Option<String>,
    /// What was found there (never personal data).
    pub found: Option<String>,
    /// What is allowed instead.
    pub allowed: Vec<String>,
}

impl Refusal {
    /// A refusal with its message, Chinese first.
    pub fn new(
        kind: RefusalKind,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            code,
            message: LocalText::new(zh, en),
            field: None,
            found: None,
            allowed: Vec::new(),
        }
    }

    /// Names the field at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says what was found, cut to 120 characters.
    #[must_use]
    pub fn found(mut self, found: impl AsRef<str>) -> Self {
        self.found = Some(found.as_ref().chars().take(120).collect());
        self
    }

    /// Says what is allowed.
    #[must_use]
    pub fn allowing<S: Into<String>>(mut self, allowed: impl IntoIterator<Item = S>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }

    /// The message for a reader.
    pub fn text(&self, lang: Lang) -> &str {
        self.message.get(lang)
    }
}
