//! Withdrawing a request (撤诉): the resident, or the desk on the resident's word.

use yiwang_base::{Personal, Refusal};

use crate::decide::Context;
use crate::{Case, Event, Happening, Stage};

/// Withdraw the request (撤诉).
#[derive(Debug, Clone)]
pub struct Withdraw {
    /// Why, in the resident's words: the reason for which the case closes
    /// without a verification.
    pub note: Personal<String>,
}

pub(crate) fn decide(command: &Withdraw, context: &Context<'_>) -> Result<Happening, Refusal> {
    context
        .event(Event::Withdrawn {})
        .with_note(&command.note, "note")
}

impl Case {
    pub(crate) fn withdraw(&mut self, at: yiwang_base::Timestamp) {
        self.closed_at = Some(at);
        self.closed_unverified = self.stage != Stage::Verified;
        self.more.withdrawn = true;
        self.to(Stage::Closed, None);
    }
}
