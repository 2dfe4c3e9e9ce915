//! Webhooks as the steward sees them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{HookPurposeWord, Time};

/// What another system is to be told, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookBody {
    /// Its code; a new one makes a new webhook.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$")]
    pub code: String,
    /// Where: `https` only, unless the configuration allows addresses inside the house.
    #[schema(max_length = 500)]
    pub url: String,
    /// Words of the events it hears of, `dispatched`; none means all.
    #[serde(default)]
    pub events: Vec<String>,
    /// For what it is told.
    pub purpose: HookPurposeWord,
    /// Whether it is told anything now.
    pub active: bool,
    /// Makes a new secret; the one before is good no more.
    #[serde(default)]
    pub new_secret: bool,
}

/// A webhook and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct HookView {
    /// Its code.
    pub code: String,
    /// Where.
    pub url: String,
    /// Words of the events it hears of; none means all.
    pub events: Vec<String>,
    /// For what it is told.
    pub purpose: HookPurposeWord,
    /// Whether it is told anything now.
    pub active: bool,
    /// Entries of the journal that it has not been shown yet.
    pub behind: u64,
    /// Events that wait for another try.
    pub waiting: u64,
    /// Dead letters.
    pub dead: u64,
    /// When something was last taken.
    #[schema(required)]
    pub told_at: Option<Time>,
    /// Before this nothing is tried, since nobody was there.
    #[schema(required)]
    pub retry_at: Option<Time>,
    /// Why the last try failed, if it did.
    #[schema(required)]
    pub error: Option<String>,
}

/// A webhook that was set.
#[derive(Debug, Serialize, ToSchema)]
pub struct HookSetView {
    /// The webhook.
    pub webhook: HookView,
    /// Its new secret, `whsec_…`: shown this once. `null` where it stays as it was.
    #[schema(required)]
    pub secret: Option<String>,
}

/// An event that was not taken, however often it was tried.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetter {
    /// The journal entry's number.
    pub seq: u64,
    /// The case.
    pub id: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    #[schema(required)]
    pub error: Option<String>,
}

/// Which dead letters to try again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResendBody {
    /// Entry numbers; all where there are none.
    pub seqs: Option<Vec<u64>>,
}

/// How many dead letters are tried again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResentView {
    /// How many.
    pub resent: usize,
}
